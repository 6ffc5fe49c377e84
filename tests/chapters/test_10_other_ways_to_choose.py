"""What chapter 10 says is so: its stored model is measured, and what depends on the seed in three stored runs."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.course.scenes import parse
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions, log_probabilities, log_softmax, sampled_captions

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2])
)  # benchmarks/ is no part of the installed package

from benchmarks import speaking  # noqa: E402

RUNS = speaking.load_results()
each_run = pytest.mark.parametrize("run", RUNS.values(), ids=map(str, RUNS))


# ---- ways to choose


def test_a_low_temperature_is_greedy_and_at_2_most_captions_are_no_sentences(chapter):
    chapter.says("Near 0 it is greedy. At 2 it dares so much that most of its captions are no sentences")
    space = chapter.space
    model, features = space["model"], space["data"]["val_features"]
    cold = sampled_captions(model, features, 17, temperature=1e-3, seed=0)
    # Two words whose scores are nearly equal may change places: one caption in hundreds, on some processors.
    assert (cold == greedy_captions(model, features, 17)).mean() > 0.99
    hot = plain_texts(
        sampled_captions(model, features, 17, temperature=2, seed=0), space["data"]["idx_to_word"]
    )
    assert np.mean([parse(text) is None for text in hot]) > 0.8


def test_unlikely_words_have_4_percent_together(chapter):
    chapter.says("the words below 5 % have about 4 % together at each place", "in every third caption")
    space = chapter.space
    model, features = space["model"], space["data"]["val_features"]
    captions, tails = greedy_captions(model, features, 17), []
    state, words = model.initial_state(features), np.full(len(features), model.start_word)
    for said in captions.T:
        scores, state = model.step(words, state)
        p = np.exp(log_softmax(scores))
        tails.extend(np.where(p < 0.05, p, 0).sum(axis=1)[said != 0])
        words = said
    assert 0.03 < np.mean(tails) < 0.06
    assert 0.25 < 1 - (1 - np.mean(tails)) ** 10 < 0.45


def test_longer_captions_are_usually_less_likely(chapter):
    chapter.says("a longer one is usually less likely")
    space = chapter.space
    captions = sampled_captions(space["model"], space["data"]["val_features"], 17, seed=0)
    logp, words = log_probabilities(space["model"], space["data"]["val_features"], captions)
    assert np.corrcoef(logp, words)[0, 1] < -0.2


def test_the_thick_way_has_the_best_rank_and_need_not_be_the_likeliest(chapter):
    chapter.says("it has the best **rank**. It need not be the likeliest")
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
    chapter.says("about 40 % of its captions, greedy in about 14 %", "It is about as true as greedy")
    ways = run["ways"]
    assert ways["beam of 10"]["words"] > ways["greedy"]["words"] + 1
    assert 0.35 < ways["beam of 10"]["time"] < 0.45 and 0.1 < ways["greedy"]["time"] < 0.18
    assert abs(ways["beam of 10"]["regular"] - ways["greedy"]["regular"]) < 0.03


@each_run
def test_a_wider_beam_finds_better_ranks_not_likelier_captions(run, chapter):
    chapter.says(
        "about 80 % of the pictures, and never loses", "in less than half of the pictures", "in about a third"
    )
    found = run["beam of 10 against greedy"]
    assert 0.75 < found["ranks_higher"] < 0.85 and found["ranks_lower"] == 0
    assert 0.4 < found["likelier"] < 0.5 and 0.28 < found["less_likely"] < 0.36


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
    chapter.says('"two purple house in …"')
    space = chapter.space
    rows = [i for i, scene in enumerate(space["facts"]) if scene["count"] == 1]
    said = greedy_captions(space["model"], space["data"]["val_features"][rows], 17, first_words=["two"])
    assert any("two purple house in" in text for text in plain_texts(said, space["data"]["idx_to_word"]))


def test_after_a_wrong_number_most_captions_are_no_sentences(chapter):
    chapter.says("After a right number nearly every caption is a sentence. After a wrong one most are none")
    found = chapter.space["exposed"]
    assert found["teacher forcing, the right first word"]["a sentence"] > 0.95
    assert found["teacher forcing, a wrong first word"]["a sentence"] < 0.4


@each_run
def test_scheduled_sampling_does_not_help_here(run, chapter):
    chapter.says(
        "makes fewer sentences after a wrong word than the other, and fewer even after the right one"
    )
    forced, scheduled = run["teacher forcing"], run["scheduled sampling"]
    assert forced["right_word"]["a sentence"] > 0.95 and forced["wrong_word"]["a sentence"] < 0.4
    for word in ("wrong_word", "right_word"):
        assert scheduled[word]["a sentence"] < forced[word]["a sentence"] - 0.05
