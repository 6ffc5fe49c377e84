"""What chapter 09 says about its numbers and figures."""

import numpy as np


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
