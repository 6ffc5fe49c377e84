"""What chapter 08 says about its numbers and figures."""

import numpy as np

from cs231n.course.plotting.transformer import plot_triangle
from cs231n.course.stored_results import stored_results


def over_seeds(name, read):
    return [read(entry) for entry in stored_results(name).values()]


def true_of(rows):
    return lambda one: one[rows]["true"]


def test_the_first_word_asks_itself_and_only_the_last_row_knows_the_last_word(chapter):
    chapter.says("The first word may ask only itself: its weight is 1", "only the last row changes")
    assert "first row of the weights: 1 0 0 0 0" in chapter.prints
    assert "rows that change with the last word: [4]" in chapter.prints


def test_the_gradients_agree(chapter):
    assert chapter.prints.count("✓ agrees with the measured gradient") == 4


def test_no_two_positions_are_alike(chapter):
    chapter.says("No two rows are alike.")
    rows = chapter.space["positional_encoding"](18, 64)
    apart = np.abs(rows[:, None] - rows).max(axis=2)
    assert apart[~np.eye(18, dtype=bool)].min() > 0.1


def test_the_waves_of_the_positions_are_longer_and_longer_to_the_right(chapter):
    """As the alt text of their picture says: from row to row a longer wave changes less."""
    rows = chapter.space["positional_encoding"](18, 64)
    changes = np.abs(np.diff(rows, axis=0)).reshape(17, 32, 2).sum(axis=(0, 2))  # sine and cosine together
    assert (np.diff(changes) < 0).all()


def test_gradients_vanish_grow_or_stay_with_depth(chapter):
    chapter.says(
        "Without the residual path the gradient is less than a thousandth of its length at the bottom.",
        "With the path alone it grows, to more than a hundred times.",
        "With path and norm it stays within a factor of 10.",
    )
    bare, path, both = chapter.space["walks"].values()
    assert bare[-1] < 1e-3 and path[-1] > 100
    assert 0.1 < both.min() and both.max() < 10


def test_it_has_less_than_half_of_the_weights_of_chapter_7(chapter):
    chapter.says("It has less than half of the weights of chapter 7's model.")
    weights = sum(w.size for w in chapter.space["model"].params.values())
    assert weights < over_seeds("07_attention", lambda one: one["weights"])[0] / 2
    assert weights == over_seeds("08_transformer", lambda one: one["weights"])[0]


def test_it_is_true_on_most_new_pictures(chapter):
    true, held_out = chapter.space["true"], chapter.space["held_out"]
    assert true[~held_out].mean() > 0.84 and true[held_out].mean() > 0.45


def test_without_the_mask_the_loss_is_almost_nothing_and_so_is_the_truth(chapter):
    chapter.says(
        "after one epoch it is less than a tenth of what six epochs with the mask reach",
        "almost nothing that it says is true",
    )
    with_mask, without = chapter.space["losses"].values()
    assert without < with_mask / 10
    assert chapter.space["true_without"].mean() < 0.05


def test_heads_of_the_first_block_look_at_the_word_just_heard(chapter):
    chapter.says(
        "In the first block, some head gives more than half of its weight to the word just heard.",
        "Some head gives more than a quarter to `<START>`",
        "No head looks at the word before alone.",
    )
    shares = chapter.space["shares"]
    itself, before, _, start, _ = shares.T
    assert itself[:4].max() > 0.5 and start.max() > 0.25 and before.max() < 0.6


def test_the_best_heads_look_where_the_word_points_and_are_not_one(chapter):
    chapter.says(
        "the best head has more than one and a half times the weight there that equal weights would give; for "
        "things and companions more than twice",
        "at least three different heads are best at one of them",
    )
    inside, (equal,) = chapter.space["inside"], chapter.space["equal"]
    ratio = dict(zip(chapter.space["found"], inside.max(axis=0) / equal, strict=True))
    assert len(ratio) == 4 and min(ratio.values()) > 1.5
    assert min(ratio["thing"], ratio["companion"]) > 2
    assert len(set(inside.argmax(axis=0))) >= 3


def test_the_triangle_has_a_panel_a_head_and_a_row_a_word(chapter):
    chapter.says("one panel a head of the second block")
    space = chapter.space
    words = space["texts"][space["shown"]].split()
    looks = [space[name][space["shown"], 1] for name in ("at_words", "at_cells")]
    figure = plot_triangle(np.zeros((288, 288, 3), np.uint8), words, *looks)
    assert len(figure.axes) == 4
    np.testing.assert_allclose(looks[0][:, range(len(words))].sum(axis=-1), 1, atol=1e-4)


def test_one_sentence_is_faster_without_a_loop_and_a_hundred_are_not(chapter):
    chapter.says(
        "At 64 words it is more than one and a half times as fast.",
        "With **100 sentences** this lead is gone",
    )
    times = chapter.space["times"]
    one, many = (
        times[f"LSTM, {name}"][-1] / times[f"block, {name}"][-1] for name in ("one sentence", "100 sentences")
    )
    assert one > 1.5 > many


def test_with_the_cache_it_says_the_same_and_sooner(chapter):
    assert "the same words: ✓ yes" in chapter.prints
    assert chapter.space["faster"] > 1.5


def test_the_attention_in_a_hurry_leaks(chapter):
    chapter.says("So a later word still changes earlier rows")
    rng = np.random.default_rng(0)
    x, matrices = rng.standard_normal((1, 5, 4)), [rng.standard_normal((4, 3)) for _ in range(3)]
    attend, right = chapter.space["attention_in_a_hurry"], chapter.space["self_attention_forward"]
    before = attend(x, *matrices)
    assert before.shape == right(x, *matrices)[0].shape
    x[0, -1] += 1
    assert np.abs(attend(x, *matrices) - before)[0, :-1].max() > 1e-3


def overlap(some, others):
    return min(some) <= max(others) and min(others) <= max(some)


def test_without_positions_it_speaks_in_sentences_and_as_true(chapter):
    chapter.says("at most 3 of 100 captions are none", "they are true about as often: the ranges overlap")
    assert max(over_seeds("08_no_positions", lambda one: one["regular"]["no_sentence"])) < 0.03
    assert overlap(*(over_seeds(name, true_of("regular")) for name in ("08_no_positions", "08_transformer")))


def test_the_transformer_is_level_with_attention_at_less_than_half_of_the_weights(chapter):
    chapter.says(
        "two blocks is level with the LSTM with attention after 12 epochs; the ranges overlap",
        "less than half of the weights, and its training takes less time",
        "Even the model with one block is less than three captions in 100 behind that LSTM's 8 epochs.",
    )
    true = true_of("regular")
    ours, longest = over_seeds("08_transformer", true), over_seeds("07_attention_12", true)
    assert overlap(ours, longest)
    weights = [
        over_seeds(name, lambda one: one["weights"])[0] for name in ("08_transformer", "07_attention_12")
    ]
    assert weights[0] < weights[1] / 2
    seconds = stored_results("seconds")
    epochs = {name: over_seeds(name, lambda one: one["epochs"])[0] for name in seconds}
    assert epochs["08_transformer"] * seconds["08_transformer"] < (
        0.9 * epochs["07_attention_12"] * seconds["07_attention_12"]
    )
    chapter.says("the models were trained for 4, 8, 8, 12, 8, 6 and 6 epochs")
    assert [epochs[name] for name in chapter.space["beside"].values()] == [4, 8, 8, 12, 8, 6, 6]
    one_block, shorter = (np.median(over_seeds(name, true)) for name in ("08_one_block", "07_attention"))
    assert one_block > shorter - 0.03


def test_it_does_not_win_at_the_companions_side_nor_on_held_out_pairs(chapter):
    chapter.says(
        "is right more often than the two smaller transformers, with every seed.",
        "On the held-out pairs it is ahead of the transformer with two blocks, with every seed.",
    )
    side = chapter.space["right"]("companion_side")
    for read, names in (side, ("08_one_block", "08_transformer")), (true_of("held_out"), ("08_transformer",)):
        ours = [over_seeds(name, read) for name in names]
        assert min(over_seeds("07_attention_12", read)) > max(map(max, ours))


def test_with_few_pictures_recurrent_networks_hold_out(chapter):
    chapter.says(
        "The LSTM with attention says at least as many true captions as the transformer.",
        "in more than 30 of 100 captions with every seed; the plain RNN and LSTM in fewer than 20",
    )
    true = {name: over_seeds(file, true_of("regular")) for name, file in chapter.space["few"].items()}
    none = {
        name: over_seeds(file, lambda one: one["regular"]["no_sentence"])
        for name, file in chapter.space["few"].items()
    }
    assert np.median(true["LSTM with attention"]) >= np.median(true["transformer"])
    assert min(none["transformer"]) > max(0.30, *none["LSTM with attention"])
    assert max(none["RNN"] + none["LSTM"]) < 0.20


def test_the_captioners_of_a_table_are_trained_alike(chapter):
    for name in ("08_no_positions", "08_prefix"):
        settings = [
            over_seeds(each, lambda one: (one["epochs"], one["rate"], one["decay"]))
            for each in (name, "08_transformer")
        ]
        assert settings[0] == settings[1]


def test_cells_in_front_are_not_as_true(chapter):
    chapter.says(
        "It was trained like the first row, and has fewer weights.", "with every seed fewer captions are true"
    )
    prefix, ours = ("08_prefix", "08_transformer")
    assert max(over_seeds(prefix, true_of("regular"))) < min(over_seeds(ours, true_of("regular")))
    weights = [over_seeds(name, lambda one: one["weights"])[0] for name in (prefix, ours)]
    assert weights[0] < weights[1]
