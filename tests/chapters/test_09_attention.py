"""What chapter 09 says about its numbers and figures."""

import numpy as np

from cs231n.course.stored_results import stored_results


def test_the_three_cells_by_hand(chapter):
    chapter.says(
        "The scores are 0, 2 and 1",
        "The sum of the three exponentials is 11.1.",
        "which is 0.09, 0.67 and 0.24",
        "all scores are 0, all weights 1/3, and the context is the plain mean",
    )
    space = chapter.space
    h, A, look = space["h_small"], space["A_small"], space["attention_forward"]
    np.testing.assert_array_equal(A[0] @ h[0] / 2, [0, 2, 1])
    assert round(float(np.exp([0, 2, 1]).sum()), 1) == 11.1
    np.testing.assert_array_equal(look(h, A)[1].round(2), [[0.09, 0.67, 0.24]])
    context, weights, _ = look(0 * h, A)
    np.testing.assert_allclose(weights, 1 / 3)
    np.testing.assert_allclose(context, A.mean(axis=1))


def test_cells_are_25_of_64_numbers_and_equal_weights_are_4_percent(chapter):
    chapter.says("here 64 numbers", "Equal weights would be 1/25, which is 4 %.")
    assert chapter.space["data"]["val_features"].grid.shape == (600, 25, 64)


def test_it_is_true_on_most_new_pictures(chapter):
    true, held_out = chapter.space["true"], chapter.space["held_out"]
    assert true[~held_out].mean() > 0.86 and true[held_out].mean() > 0.45


def over_seeds(name, read):
    return [read(entry) for entry in stored_results(name).values()]


def test_with_every_seed_attention_is_right_more_often_than_the_models_of_chapter_6(chapter):
    chapter.says(
        "With every seed, attention with our cells says more true captions of regular pictures than each "
        "of the others.",
        "both rows with attention are right more often than the models of chapter 6",
        "About the companion's side, only the last row is",
        "attention was trained for 8 epochs and the others for 4. It took longer, too.",
    )
    right, true = chapter.space["right"], chapter.space["columns"]["true"]
    *chapter_6, channels, cells = chapter.space["beside"].values()

    def best(read):
        return max(max(over_seeds(name, read)) for name in chapter_6)

    assert min(over_seeds(cells, true)) > max(best(true), *over_seeds(channels, true))
    for fact in ("time", "weather"):
        assert min(over_seeds(cells, right(fact)) + over_seeds(channels, right(fact))) > best(right(fact))
    side = right("companion_side")
    assert min(over_seeds(cells, side)) > best(side) > min(over_seeds(channels, side))
    epochs, seconds = (lambda one: one["epochs"]), (lambda one: one["seconds"])
    assert set(over_seeds(cells, epochs) + over_seeds(channels, epochs)) == {8}
    assert {number for name in chapter_6 for number in over_seeds(name, epochs)} == {4}
    assert min(over_seeds(cells, seconds) + over_seeds(channels, seconds)) > best(seconds)


def test_the_side_is_right_with_summands_and_not_with_channels(chapter):
    chapter.says(
        "the companion's side is right in half of the cases, or little more. With the summands "
        "it is right in 80 % or more, with every seed.",
    )
    side = chapter.space["right"]("companion_side")
    assert all(0.45 < share <= 0.6 for share in over_seeds("09_channels", side))
    assert min(over_seeds("09_attention", side)) >= 0.8


def test_on_held_out_pairs_the_seeds_do_not_decide(chapter):
    chapter.says("the range of the last row and that of the LSTM with bias 3 overlap")
    ours, opened = (
        over_seeds(name, lambda one: one["held_out"]["true"]) for name in ("09_attention", "06_lstm_open")
    )
    assert min(ours) < max(opened) and min(opened) < max(ours)


def test_false_weather_and_companions_went_and_the_kind_stayed(chapter):
    chapter.says(
        "false statements about the weather and about the companion are fewer with every seed",
        "with every seed of attention it is the most frequent mistake",
        "For the time and the companion's side the ranges overlap as well",
    )
    space = chapter.space
    opened, ours = (
        {kind: over_seeds(name, space["number_false"](kind)) for kind in space["mistakes"]["attention"]}
        for name in ("06_lstm_open", "09_attention")
    )
    for kind in ("weather", "companion"):
        assert max(ours[kind]) < min(opened[kind])
    for kind in ("kind", "time", "companion_side"):
        assert min(ours[kind]) <= max(opened[kind]) and min(opened[kind]) <= max(ours[kind])
    for numbers in zip(*ours.values(), strict=True):
        assert dict(zip(ours, numbers, strict=True))["kind"] == max(numbers)


def test_the_companion_is_where_looking_stands_out(chapter):
    chapter.says(
        "It is clearest for the **companion**: there the weight inside the outline is more than twice that of "
        "equal weights.",
        "For colours and things the two bars are not far apart.",
    )
    ratio = {kind: row["weight"] / row["equal"] for kind, row in chapter.space["shares"].items()}
    assert ratio["companion"] == max(ratio.values()) > 2
    assert 1 < ratio["colour"] < 1.6 and 1 < ratio["thing"] < 1.6


def test_most_captions_stay_true_with_other_weights_but_fewer(chapter):
    chapter.says("Fewer captions are true", "**most captions stay true**")
    lines = [line for line in chapter.prints.splitlines() if "   false: " in line]
    shares = [float(line.split("true:")[1].split("%")[0]) / 100 for line in lines]
    learned, *changed = shares
    chapter.says(
        "What becomes wrong most often is what the thing is.",
        "What stands beside it is wrong more often, too.",
    )
    false_in = chapter.space["false_in"]
    for name in ("equal weights", "shuffled"):
        more = {
            kind: false_in[name].get(kind, 0) - false_in["as learned"].get(kind, 0) for kind in false_in[name]
        }
        assert more["kind"] == max(more.values()) and more["companion"] > 0
    assert len(changed) == 2 and all(0.5 < share < learned - 0.03 for share in changed)


def test_the_step_in_a_hurry_depends_on_the_batch(chapter):
    chapter.says("The same call on one picture alone gives other numbers, too.")
    rng = np.random.default_rng(0)
    shapes = [(3, 2), (3, 4), (3, 4), (3, 5, 4), (2, 16), (4, 16), (4, 16), (16,)]
    x, h, c, A, *weights = (rng.standard_normal(shape) for shape in shapes)
    step = chapter.space["step_in_a_hurry"]
    together, alone = step(x, h, c, A, *weights)[0], step(x[:1], h[:1], c[:1], A[:1], *weights)[0]
    assert not np.allclose(together[:1], alone)
