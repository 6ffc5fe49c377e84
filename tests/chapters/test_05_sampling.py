"""What chapter 05 says is so: its own model is measured, and what depends on the seed in three stored runs."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.course.caption_scores import share_true
from cs231n.course.scenes import caption_is_true, load_facts, why_not_true
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions
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
    chapter.says("80 steps, on the captions of 200 pictures", "about most pictures it is not")
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
    assert 8.3 < loss < 9.5
    assert 2 < space["perplexity"](loss, space["data"]["val_captions"][:500]) < 3


def test_log2_of_perplexity_is_bits_a_word(chapter):
    chapter.says(r"$\log_2$ of it is bits per word")
    captions = np.array([[1, 4, 2, 0], [1, 4, 5, 2]])
    bits = 12.5  # of both captions together, five words with <END>
    assert np.log2(chapter.space["perplexity"](bits * np.log(2) / 2, captions)) == pytest.approx(bits / 5)


def test_the_untrained_model_is_as_undecided_as_between_all_words(chapter):
    chapter.says("The untrained model is about as undecided as between all words of the vocabulary")
    space = chapter.space
    captions = space["data"]["val_captions"][:500]
    loss, _ = space["untrained"].loss(space["data"]["val_features"][space["which"]], captions)
    assert 1 < space["perplexity"](loss, captions) / len(space["data"]["idx_to_word"]) < 1.15


@pytest.mark.parametrize("seed", [1, 2, 231])
def test_a_model_that_prefers_words_at_random_is_more_undecided_than_between_all(chapter, seed):
    chapter.says(
        "Whoever finds all words equally likely has exactly as many as there are words.",
        "a wrong preference costs more than a right one saves",
    )
    space, V = chapter.space, len(chapter.space["data"]["idx_to_word"])
    captions, features = space["data"]["val_captions"][:500], space["data"]["val_features"][space["which"]]
    np.random.seed(seed)
    model = space["MyCaptioner"](space["data"]["word_to_idx"], wordvec_dim=64, hidden_dim=192)
    assert V * 1.01 < space["perplexity"](model.loss(features, captions)[0], captions) < 1.15 * V
    model.params["W_vocab"] *= 0  # all words equally likely
    assert space["perplexity"](model.loss(features, captions)[0], captions) == pytest.approx(V, rel=1e-4)


def test_with_100_pictures_the_validation_loss_falls_and_then_rises(chapter):
    chapter.says("It falls, and then it rises", "learns its 100 pictures by heart")
    short, space = chapter.space["short"], chapter.space
    assert len(np.unique(space["few"]["train_image_idxs"])) == 100
    assert (np.diff(space["steps"]) < 0).mean() > 0.8 and space["steps"][-1] < space["steps"][0] / 2
    assert len(space["steps"]) == short.epoch == len(short.val_loss_history)
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
        "A few of them are not true either",
        'they hold a rare word, which is `<UNK>` here, or say "a dark forest" by day or "a hot desert" at night',
        "This is no ceiling",
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


# ---- what it gets wrong most


@each_run
def test_what_is_stated_last_is_wrong_most_with_every_seed(run, chapter):
    chapter.says(
        "Number, colour and place are right nearly always, what the thing is a little less often.",
        "What is stated after these is wrong most often: the time, the weather, what stands beside the thing, "
        "and on which side.",
    )
    right = run["stated"]
    early = min(right[fact][1] for fact in ("count", "colour", "place"))
    late = max(right[fact][1] for fact in ("time", "weather", "companion", "companion_side"))
    assert early > 0.93 and late < 0.82 and late < right["kind"][1] < early
    places = {fact: place for fact, (place, _) in right.items()}
    assert max(places[f] for f in ("count", "colour", "kind", "place")) < min(
        places[f] for f in ("time", "weather", "companion", "companion_side")
    )


def test_the_chapter_s_own_table_agrees(chapter):
    said = chapter.space["said"]
    right = {fact: np.mean([true for _, true in stated]) for fact, stated in said.items()}
    assert min(right[fact] for fact in ("count", "colour", "place")) > 0.88
    late = [true for fact in ("time", "weather", "companion", "companion_side") for _, true in said[fact]]
    assert np.mean(late) < 0.8
    assert chapter.space["right_late"] < 0.8 < 0.88 < np.mean(chapter.space["early"])


def test_stop_in_the_middle_of_an_epoch_leaves_a_curve(chapter):
    """The stop button in "When to stop": the epoch that was not finished does not count."""
    code = next(cell.source for cell in chapter.cells if "short.train()" in cell.source)
    for minibatches in (0, 3, 5, 12):
        space = dict(chapter.space)
        loss, seen = space["MyCaptioner"].loss, []

        def stopped(model, *inputs, loss=loss, seen=seen, minibatches=minibatches):
            if len(inputs[1]) == 100 and (seen.append(1) or len(seen) > minibatches):
                raise KeyboardInterrupt
            return loss(model, *inputs)

        space["MyCaptioner"] = type("Stopped", (space["MyCaptioner"],), {"loss": stopped})
        exec(compile(code, "when to stop", "exec"), space)
        assert len(space["steps"]) == len(space["short"].val_loss_history)
