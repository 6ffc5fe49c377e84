"""What chapter 07 says about its numbers and figures."""

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
    chapter.says("projected to 64 numbers each", "Equal weights would be 1/25, which is 4 %.")
    assert chapter.space["data"]["val_features"].grid.shape == (600, 25, 64)


def test_it_is_true_on_most_new_pictures(chapter):
    true, held_out = chapter.space["true"], chapter.space["held_out"]
    assert true[~held_out].mean() > 0.86 and true[held_out].mean() > 0.45


def over_seeds(name, read):
    return [read(entry) for entry in stored_results(name).values()]


def test_all_four_are_trained_alike(chapter):
    chapter.says("8 epochs, with the same sizes and the same learning rate")
    trainings = [
        entry
        for name in chapter.space["four"].values()
        for entry in over_seeds(name, lambda one: (one["epochs"], one["rate"], one["decay"]))
    ]
    assert len(set(trainings)) == 1 and trainings[0][0] == 8


def test_what_attention_changes_with_every_seed(chapter):
    chapter.says(
        "with every seed, all three rows with attention are right about it more often than the row without",
        "The summands say more true captions of regular pictures than each of the other rows, with every seed.",
    )
    four, weather = chapter.space["four"], chapter.space["right"]("weather")
    without, *looking = (over_seeds(name, weather) for name in four.values())
    assert min(min(values) for values in looking) > max(without)
    *others, summands = (over_seeds(name, true_of("regular")) for name in four.values())
    assert min(summands) > max(max(values) for values in others)


def test_the_side_is_known_by_summands_and_guessed_by_channels(chapter):
    chapter.says(
        "They alone know the companion's side; the channels, with places or without, are about as good at it as "
        "somebody who guesses.",
        "with every seed it was far below the summands",
    )
    side = chapter.space["right"]("companion_side")
    found = {name: over_seeds(stored, side) for name, stored in chapter.space["four"].items()}
    assert min(found["summands"]) > 0.7
    for name in ("channels", "channels + places"):
        assert max(found[name]) < 0.66 and max(found[name]) < min(found["summands"]) - 0.1


def test_three_seeds_do_not_decide_whether_places_help_the_channels(chapter):
    chapter.says(
        "On the held-out pairs, three seeds do not tell the channels with places from those without: "
        "the ranges overlap."
    )
    channels, places = (
        over_seeds(chapter.space["four"][name], true_of("held_out"))
        for name in ("channels", "channels + places")
    )
    assert max(min(places), min(channels)) < min(max(places), max(channels))


def true_of(rows):
    return lambda one: one[rows]["true"]


def test_more_weight_than_chance_on_the_right_place_and_most_of_it_elsewhere(chapter):
    chapter.says(
        "It is clearest for the **companion**: more than twice as much.",
        "For the **sky** (the words of time and weather) it is a little more, and for colours and things, too.",
        "at most words the larger part of the weight lies somewhere else",
    )
    shares = chapter.space["shares"]
    ratio = {kind: row["weight"] / row["equal"] for kind, row in shares.items()}
    assert ratio["companion"] == max(ratio.values()) > 2
    assert all(1.05 < ratio[kind] < 1.6 for kind in ("colour", "thing", "time or weather"))
    assert all(shares[kind]["weight"] < 0.4 for kind in ("colour", "thing", "companion"))


def test_with_other_weights_things_and_companions_become_wrong_and_the_sky_hardly(chapter):
    chapter.says(
        "Fewer captions are true",
        "What becomes wrong is mostly what the thing is, and what stands beside it.",
        "The sky (time and weather) is hardly touched.",
        "**most captions stay true**",
    )
    lines = [line for line in chapter.prints.splitlines() if "   false: " in line]
    learned, *changed = (float(line.split("true:")[1].split("%")[0]) / 100 for line in lines)
    assert len(changed) == 2 and all(0.5 < share < learned - 0.03 for share in changed)
    false_in = chapter.space["false_in"]
    for name in ("equal weights", "shuffled"):
        more = {
            kind: false_in[name].get(kind, 0) - false_in["as learned"].get(kind, 0)
            for kind in chapter.space["kinds"]
        }
        assert more["kind"] > 0 and more["companion"] > 0
        assert more["kind"] + more["companion"] > sum(more.values()) / 2
        assert more["kind"] + more["companion"] > 2 * max(more["time"] + more["weather"], 5)


def test_the_step_in_a_hurry_depends_on_the_batch(chapter):
    chapter.says("The same call on one picture alone gives other numbers, too.")
    rng = np.random.default_rng(0)
    shapes = [(3, 2), (3, 4), (3, 4), (3, 5, 4), (2, 16), (4, 16), (4, 16), (16,)]
    x, h, c, A, *weights = (rng.standard_normal(shape) for shape in shapes)
    step = chapter.space["step_in_a_hurry"]
    together, alone = step(x, h, c, A, *weights)[0], step(x[:1], h[:1], c[:1], A[:1], *weights)[0]
    assert not np.allclose(together[:1], alone)
