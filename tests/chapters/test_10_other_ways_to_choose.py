"""What chapter 10 says is so: its stored model is measured, and what depends on the seed in three stored runs."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.course.scenes import parse
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions, log_probabilities, sampled_captions
from cs231n.exercises import grade

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2])
)  # benchmarks/ is no part of the installed package

from benchmarks import speaking  # noqa: E402

RUNS = speaking.load_results()
each_run = pytest.mark.parametrize("run", RUNS.values(), ids=map(str, RUNS))


# ---- ways to choose


def test_a_low_temperature_is_greedy_and_at_2_most_captions_are_no_sentences(chapter):
    chapter.says(
        "at 0.2 most captions still differ from the greedy one somewhere, at 0.001 none does.",
        "At 2 it dares so much that most of its captions are no sentences",
    )
    space = chapter.space
    model, features = space["model"], space["data"]["val_features"]
    greedy = greedy_captions(model, features, 17)
    alike = {
        t: (sampled_captions(model, features, 17, temperature=t, seed=0) == greedy).all(axis=1).mean()
        for t in (0.001, 0.2)
    }
    assert 0.2 < alike[0.2] < 0.48 and alike[0.001] == pytest.approx(1, abs=0.005)
    hot = plain_texts(
        sampled_captions(model, features, 17, temperature=2, seed=0), space["data"]["idx_to_word"]
    )
    assert np.mean([parse(text) is None for text in hot]) > 0.8


def test_longer_captions_are_usually_less_likely(chapter):
    chapter.says("a longer one is usually less likely")
    space = chapter.space
    captions = sampled_captions(space["model"], space["data"]["val_features"], 17, seed=0)
    logp, words = log_probabilities(space["model"], space["data"]["val_features"], captions)
    assert np.corrcoef(logp, words)[0, 1] < -0.2


def test_the_thick_way_has_the_best_rank_and_need_not_be_the_likeliest(chapter):
    chapter.says("it has the best rank. It need not be the likeliest")
    space = chapter.space
    model, ours = space["model"], space["ours"]
    (p,), (n,) = log_probabilities(model, ours, space["beam_captions"](model, ours, 17, 3))
    (q,), (m,) = log_probabilities(model, ours, greedy_captions(model, ours, 17))
    assert p / n**0.7 >= q / m**0.7 - 1e-6


@each_run
def test_the_plain_beam_is_truest_and_states_less(run, chapter):
    chapter.says(
        "The truest way here is the beam that ranks captions by their plain probability",
        "states a little less",
    )
    ways = run["ways"]
    plain, greedy = ways["beam of 10, plain"], ways["greedy"]
    assert all(plain["regular"] > way["regular"] for name, way in ways.items() if way is not plain)
    assert greedy["statements"] - 0.5 < plain["statements"] < greedy["statements"]


@each_run
def test_dividing_by_the_length_makes_a_beam_speak_longer_not_truer(run, chapter):
    chapter.says("The beam of 10 that divides by the length speaks longer, and is about as true as greedy.")
    ways = run["ways"]
    assert ways["beam of 10"]["words"] > ways["greedy"]["words"] + 1
    assert abs(ways["beam of 10"]["regular"] - ways["greedy"]["regular"]) < 0.04


@each_run
def test_a_wider_beam_finds_better_ranks_not_likelier_captions(run, chapter):
    chapter.says(
        "It finds captions of a better *rank* for most pictures, and hardly ever one of a worse rank.",
        "many of them are *less* likely than the greedy caption",
    )
    found = run["beam of 10 against greedy"]
    assert found["ranks_higher"] > 0.7 and found["ranks_lower"] < 0.01
    assert found["less_likely"] > 0.2


def test_the_chapter_prints_what_it_says_of_beams(chapter):
    space = chapter.space
    assert (space["better"] > -1e-3).mean() > 0.99 and np.mean(space["p"] - space["q"] < -1e-3) > 0.15


@each_run
def test_random_draws_pay_with_truth_and_the_nucleus_less(run, chapter):
    chapter.says(
        "Drawing at random pays for its variety with truth, and the nucleus pays less than plain drawing"
    )
    ways = run["ways"]
    assert ways["temperature 1"]["regular"] < ways["nucleus 0.9"]["regular"] < ways["greedy"]["regular"]
    assert ways["temperature 1"]["distinct"] > ways["greedy"]["distinct"]


@each_run
def test_nothing_wins_in_every_column(run, chapter):
    chapter.says("Nothing wins in every column.")
    ways = run["ways"]
    best = [max(ways, key=lambda way, k=k: ways[way][k]) for k in ("regular", "distinct", "statements")]
    assert len(set(best)) > 1


def test_three_runs_are_stored():
    assert len(RUNS) >= 3, "run: python -m benchmarks.speaking"


def test_a_lie_can_share_most_words_and_pairs_with_the_truth(chapter):
    one, other = "There is a red car on the beach", "there is a blue car on the beach"
    chapter.says(one, other)
    one, other = one.lower().split(), other.split()
    for n in (1, 2):
        runs = [{tuple(words[i : i + n]) for i in range(len(words) - n + 1)} for words in (one, other)]
        assert len(runs[0] & runs[1]) > len(runs[0]) / 2


# ---- painted scenes, one wrong word, the debugging task


def test_a_picture_is_512_numbers(chapter):
    chapter.says("The model sees a picture as 512 numbers")
    assert chapter.space["data"]["val_features"].shape[1] == 512


def test_after_a_wrong_number_it_says_what_is_quoted(chapter):
    chapter.says('"two blue tent on the white snow"')
    space = chapter.space
    rows = [i for i, scene in enumerate(space["facts"]) if scene["count"] == 1]
    said = greedy_captions(space["model"], space["data"]["val_features"][rows], 17, first_words=["two"])
    assert any(
        "two blue tent on the white snow" == text for text in plain_texts(said, space["data"]["idx_to_word"])
    )


def test_after_a_wrong_number_most_captions_are_no_sentences(chapter):
    chapter.says("After a right number nearly every caption is a sentence. After a wrong one most are none")
    found = chapter.space["exposed"]
    assert found["teacher forcing, the right first word"]["a sentence"] > 0.95
    assert found["teacher forcing, a wrong first word"]["a sentence"] < 0.4


@each_run
def test_scheduled_sampling_does_not_help_here(run, chapter):
    chapter.says(
        "Training on its own words made fewer sentences after a wrong word, not more.",
        "makes fewer sentences after a wrong word than the other, and fewer even after the right one",
    )
    forced, scheduled = run["teacher forcing"], run["scheduled sampling"]
    assert forced["right_word"]["a sentence"] > 0.95 and forced["wrong_word"]["a sentence"] < 0.4
    for word in ("wrong_word", "right_word"):
        assert scheduled[word]["a sentence"] < forced[word]["a sentence"] - 0.05


def test_in_float32_exp_overflows_from_89_on_and_the_check_sees_it(chapter):
    chapter.says("where $e^{89}$ is already too large")
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(np.float32(88))) and np.isinf(np.exp(np.float32(89)))

    def soften(scores, temperature):
        p = np.exp(scores / temperature)
        return p / p.sum(axis=1, keepdims=True)

    verdict = grade(soften)
    assert verdict.status == "wrong" and verdict.mistake == "largest_not_taken_off"
    scores, _ = chapter.space["model"].step(
        np.ones(600, int), chapter.space["model"].initial_state(chapter.space["features"])
    )
    assert scores.max() / 0.1 > 89  # the scores of the model are as large as the check's


def test_dividing_probabilities_changes_nothing(chapter):
    chapter.says("the last line takes the factor away again")
    p = np.random.default_rng(0).dirichlet(np.ones(5), 3)
    np.testing.assert_allclose(p / 0.3 / (p / 0.3).sum(axis=1, keepdims=True), p)


def test_the_stored_model_is_that_of_the_three_runs(chapter):
    """Its weights are rounded to 16 bits: that changes hardly a caption."""
    space, stored = chapter.space, RUNS[231]["ways"]["greedy"]
    said = plain_texts(space["ways"]["greedy"], space["data"]["idx_to_word"])
    assert space["caption_scores"].statements(said, space["facts"]) == pytest.approx(
        stored["statements"], abs=0.1
    )
