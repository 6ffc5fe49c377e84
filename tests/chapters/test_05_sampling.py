"""What chapter 05 says is so: its own model is measured, and what depends on the seed in three stored runs."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.course.caption_scores import share_true
from cs231n.course.scenes import caption_is_true, load_facts, parse, why_not_true
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions, log_probabilities, log_softmax, sampled_captions
from cs231n.exercises import grade

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2])
)  # benchmarks/ is no part of the installed package

from benchmarks import speaking  # noqa: E402

RUNS = speaking.load_results()
each_run = pytest.mark.parametrize("run", RUNS.values(), ids=map(str, RUNS))


def captions_of(space, model, **how):
    return plain_texts(
        greedy_captions(model, space["data"]["val_features"], 17, **how), space["data"]["idx_to_word"]
    )


# ---- captions end with <END>


def test_no_training_caption_goes_on_after_end(chapter):
    chapter.says("No training caption has a word after `<END>`")
    captions = chapter.space["data"]["train_captions"]
    ended = np.cumsum(captions == 2, axis=1) > 0
    assert ended[:, -1].all() and not captions[:, 1:][ended[:, :-1]].any()


# ---- training, perplexity, when to stop


def test_one_epoch_of_coco_is_4000_steps(chapter):
    chapter.says("one epoch is 4,000 steps")
    assert round(400_135 / chapter.space["solver"].batch_size, -2) == 4000


def test_after_80_steps_most_of_what_it_says_is_untrue(chapter):
    chapter.says("80 steps, on the captions of 200 pictures", "most of its captions are still untrue")
    space = chapter.space
    assert len(np.unique(space["some"]["train_image_idxs"])) == 200
    assert len(space["first_steps"].loss_history) == 80
    assert share_true(captions_of(space, space["beginner"]), space["facts"]) < 0.3


def test_the_trained_loss_is_about_9_and_its_perplexity_between_2_and_3(chapter):
    chapter.says("a loss of about 9 a caption", "The trained model chooses between two or three words")
    space = chapter.space
    loss, _ = space["model"].loss(
        space["data"]["val_features"][space["which"]], space["data"]["val_captions"][:500]
    )
    assert 8.5 < loss < 9.5
    assert 2 < space["perplexity"](loss, space["data"]["val_captions"][:500]) < 3


def test_log2_of_perplexity_is_bits_a_word(chapter):
    chapter.says(r"$\log_2$ of it is bits a word")
    captions = np.array([[1, 4, 2, 0], [1, 4, 5, 2]])
    bits = 12.5  # of both captions together, five words with <END>
    assert np.log2(chapter.space["perplexity"](bits * np.log(2) / 2, captions)) == pytest.approx(bits / 5)


def test_the_untrained_model_is_as_undecided_as_between_all_words(chapter):
    chapter.says("The untrained model is about as undecided as between all words of the vocabulary")
    space = chapter.space
    captions = space["data"]["val_captions"][:500]
    loss, _ = space["untrained"].loss(space["data"]["val_features"][space["which"]], captions)
    assert 0.85 < space["perplexity"](loss, captions) / len(space["data"]["idx_to_word"]) < 1.15


def test_with_100_pictures_the_validation_loss_falls_and_then_rises(chapter):
    chapter.says("It falls, and then it rises", "learns its 100 pictures by heart")
    short, space = chapter.space["short"], chapter.space
    assert len(np.unique(space["few"]["train_image_idxs"])) == 100
    assert (np.diff(space["steps"]) < 0).mean() > 0.8 and space["steps"][-1] < space["steps"][0] / 2
    assert 3 < short.best_epoch < short.epoch - 3
    assert short.val_loss_history[-1] > 1.1 * min(short.val_loss_history)


def test_with_all_pictures_it_was_still_low_at_the_end(chapter):
    chapter.says("With all 4,000 pictures the validation loss was still low at the end")
    solver = chapter.space["solver"]
    assert len(chapter.space["data"]["train_features"]) == 4000
    assert solver.val_loss_history[-1] < 1.01 * min(solver.val_loss_history)


# ---- truth


def test_some_written_captions_are_not_true(chapter):
    chapter.says(
        "A few of its captions are not true either",
        'they hold a rare word, which is `<UNK>` here, or say "a dark forest" by day or "a hot desert" at night',
    )
    space = chapter.space
    assert 0.94 < space["written_true"] < 0.98
    reasons = {
        reason
        for text, i in zip(space["written"], space["data"]["val_image_idxs"], strict=True)
        for reason in why_not_true(text, space["facts"][i])
    }
    assert reasons == {
        "it holds <UNK>, a word that nobody can read",
        "time: it says dark, the picture shows day",
        "time: it says hot, the picture shows night",
    }


def test_no_training_picture_shows_the_pairs_named(chapter):
    chapter.says("No training picture shows a purple house, a green car or a red whale")
    shown = {(f["colour"], f["kind"]) for f in load_facts("train")}
    assert not shown & {("purple", "house"), ("green", "car"), ("red", "whale")}


def test_the_three_suspects_are_convicted_as_told(chapter):
    chapter.says(
        "*distinct* is 1 of 600, and the first word never changes",
        "most pictures get a caption that others get",
    )
    found, space = chapter.space["convicted"], chapter.space
    assert (
        found["no features"]["distinct"] == pytest.approx(1 / 600)
        and found["no features"]["first word"] < 1e-5
    )
    chapter.says("few of their captions are true even without it", "hardly a caption stays true")
    assert all(row["true"] < 0.3 for name, row in found.items() if name != "working")
    assert 0.005 < found["another scale"]["first word"] < found["working"]["first word"] / 2
    said = captions_of(
        space | {"data": space["data"] | {"val_features": space["features"] / 10}}, space["model"]
    )
    assert np.mean([said.count(text) > 1 for text in said]) > 0.6
    assert found["80 steps"]["first word"] > 0.02 and found["80 steps"]["true"] < 0.3
    assert all(row["pictures exchanged"] < 0.02 for row in found.values())
    assert found["working"]["true"] > 0.5


@each_run
def test_broken_models_are_convicted_with_every_seed(run):
    looks = run["looks"]
    assert looks["no features"]["distinct"] < 0.002 < looks["another scale"]["distinct"] < 0.5
    assert looks["working"]["distinct"] > 0.9


# ---- ways to choose


def test_a_low_temperature_is_greedy_and_at_2_most_captions_are_no_sentences(chapter):
    chapter.says("Near 0 it is greedy. At 2 it dares so much that most of its captions are no sentences")
    space = chapter.space
    model, features = space["model"], space["data"]["val_features"]
    cold = sampled_captions(model, features, 17, temperature=1e-3, seed=0)
    assert (cold == greedy_captions(model, features, 17)).mean() > 0.999
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


def test_the_check_names_the_mistake_of_the_debugging_task(chapter):
    chapter.says("A check names this mistake")
    (task,) = (cell.source for cell in chapter.cells if "A friend's model writes" in cell.source)
    loop = task[task.index("```python\n") + len("```python\n") :].split("```")[0]
    start = "p, N = model.params, len(features)\nwords = np.full(N, model._start)\n"
    captions = "captions = np.full((N, max_length), model._null)\nended = np.zeros(N, bool)\n"
    loop = loop.replace(
        "captions[:, t] = words", "captions[~ended, t] = words[~ended]; ended |= words == model._end"
    )
    body = "".join(f"    {line}\n" for line in (start + captions + loop + "return captions").splitlines())
    room = {"np": np, "rnn_step_forward": chapter.space["rnn_step_forward"]}
    exec("def captioning_sample(model, features, max_length=30):\n" + body, room)
    assert grade(room["captioning_sample"]).mistake == "state_not_carried"


def test_training_has_no_car_on_the_sea_and_no_kite_in_the_forest(chapter):
    chapter.says("no car stood on the sea, and no kite flew in the forest")
    seen = {(f["kind"], f["place"]) for f in load_facts("train")}
    assert not seen & {("car", "sea"), ("kite", "forest")}


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


def test_a_loop_that_never_carries_its_state_walks_in_a_circle(chapter):
    chapter.says("As soon as a word comes a second time, the same words must follow it again")
    space = chapter.space
    p, features = space["model"].params, space["data"]["val_features"][:20]
    h0 = features @ p["W_proj"] + p["b_proj"]
    words, said = np.full(20, space["model"].start_word), []
    for _ in range(40):
        h, _ = space["rnn_step_forward"](p["W_embed"][words], h0, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        said.append(words)
    for row in np.array(said).T:
        first = next(t for t in range(1, 40) if row[t] in row[:t])
        period = first - list(row[:first]).index(row[first])
        assert (row[first:] == row[first - period : -period]).all()


def test_pictures_are_judged_by_the_judge(chapter):
    space = chapter.space
    assert [space["judge"](space["texts"][i], i) for i in range(9)] == [
        caption_is_true(space["texts"][i], space["facts"][i]) for i in range(9)
    ]
