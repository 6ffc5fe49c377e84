"""Chapter 02: what it says about memories, gradients through time and clipping, measured."""

import contextlib
import io

import numpy as np
import pytest

from cs231n import rnn_layers
from cs231n.course.measure_gradients import compare_gradients


def bend(lengths):
    """How far the curve departs from a straight line on its logarithmic axis, as a part of its whole height."""
    y = np.log10(lengths)
    steps = np.arange(len(y))
    line = np.polyval(np.polyfit(steps, y, 1), steps)
    return np.abs(y - line).max() / abs(y[-1] - y[0])


def test_memory_is_gone_at_half_size_stays_at_nine_tenths_and_never_rests_at_two(chapter):
    chapter.says(
        "With × 0.5 the memory is gone after a few steps. With × 0.9 a trace of the push stays much longer.",
        "With × 2.0 the network never becomes quiet",
    )
    states = chapter.run(until="states_after(push + 0.001")["states_after"]
    push = chapter.space["push"]
    sizes = {size: np.abs(states(push, size)).max(axis=1) for size in (0.5, 0.9, 2.0)}
    assert sizes[0.5][6:].max() < 0.01
    assert sizes[0.9][20] > 0.05 and sizes[0.9][-1] < 0.05
    assert sizes[2.0].min() > 0.9


def test_two_pushes_come_together_at_small_sizes_and_part_at_two(chapter):
    chapter.says(
        "With × 0.5 and × 0.9 the two come together",
        "With × 2.0 it *grows*: after these 40 steps it is several times what it was",
        "two starts that are almost equal lead to quite different states",
    )
    states = chapter.run(until="states_after(push + 0.001")["states_after"]
    push = chapter.space["push"]
    gaps = {
        size: np.linalg.norm(states(push + 0.001, size) - states(push, size), axis=1)
        for size in (0.5, 0.9, 2.0)
    }
    assert gaps[0.5][-1] < 1e-6 * gaps[0.5][0] and gaps[0.9][-1] < 0.1 * gaps[0.9][0]
    assert 3 < gaps[2.0][-1] / gaps[2.0][0] < 30
    # ten times as many steps: by then the two differ as much as two states that have nothing in common
    space, zeros = chapter.space, np.zeros
    H, long = space["push"].shape[1], zeros((1, 400, 1))
    rng = np.random.default_rng(3)
    rng.uniform(-1, 1, (1, H))
    Wh = 2.0 * rng.standard_normal((H, H)) / np.sqrt(H)
    one, other = (
        rnn_layers.rnn_forward(long, start, zeros((1, H)), Wh, zeros(H))[0][0]
        for start in (push, push + 0.001)
    )
    assert np.allclose(one[:40], states(push, 2.0))
    assert np.linalg.norm(one - other, axis=1).max() > 0.5 * np.linalg.norm(one, axis=1).mean()


def test_code_agrees_with_the_pencil(chapter):
    chapter.says("for very small numbers tanh(a) is almost a")
    h, g, shares, dWh = chapter.space["bptt_by_hand"]()
    assert "states: [ 3.  5. 12.]" in chapter.prints and "dWh:    21.0" in chapter.prints
    assert (h, dWh) == ([3, 5, 12], sum(shares))
    # the table with real numbers: each state, moved
    for t in range(3):

        def loss(moved, t=t):
            total, state = 0.0, 1.0
            for step, x in enumerate((1, -1, 2)):
                state = x + 2 * state + (moved if step == t else 0)
                total += state
            return total

        assert g[t] == pytest.approx((loss(1e-3) - loss(-1e-3)) / 2e-3)


def test_the_second_table_is_what_code_measures_on_the_numbers_of_its_picture(chapter):
    chapter.says("the states and slopes stand in the picture (x is rounded)")
    given, from_L = chapter.space["given"], chapter.space["from_L"]
    h, cache = rnn_layers.rnn_forward(**given)
    np.testing.assert_allclose(h.ravel(), [0.5, -0.5, 0.8], atol=1e-5)
    np.testing.assert_allclose(1 - h.ravel() ** 2, [0.75, 0.75, 0.36], atol=1e-5)
    np.testing.assert_allclose(given["x"].ravel(), [-1.45, -1.55, 2.1], atol=2e-3)
    dx, dh0, dWx, dWh, db = rnn_layers.rnn_backward(from_L, cache)
    da, *pencil = chapter.space["bptt_with_tanh"]()
    np.testing.assert_allclose(dx.ravel(), da, rtol=1e-4)  # Wx is 1, so dx is da
    np.testing.assert_allclose(pencil, [dWx.item(), dWh.item(), db.item(), dh0.item()], rtol=1e-3)
    for line in ("dWx: -9.57", "dWh: 6.60", "db: 10.80", "dh0: 12.00"):
        assert line in chapter.prints


def test_the_size_that_stays_nearest_to_one_is_between_1_0_and_1_2(chapter):
    chapter.says("Between 1.0 and 1.2: there the gradient that arrives")
    away = {
        size: abs(np.log10(chapter.space["walk_back"](size)[-1]))
        for size in [0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 3.0, 5.0]
    }
    assert min(away, key=away.get) in (1.0, 1.1, 1.2)
    assert all(away[size] < 0.7 for size in (1.0, 1.1, 1.2)) and min(away[0.7], away[1.5]) > 0.7


def test_without_tanh_the_curves_are_almost_straight(chapter):
    chapter.says("Without tanh the curves are almost straight lines")
    walks = chapter.space["without"]
    assert list(walks) == [0.5, 0.9, 1.5, 3, 5]
    assert all(bend(walks[size]) < 0.03 for size in (0.5, 1.5, 3, 5))
    y = np.log10(walks[0.9])
    assert np.abs(y - np.linspace(y[0], y[-1], len(y))).max() < 0.5  # within the figure's 50 powers of ten


def test_at_half_size_1e_14_arrives_and_at_one_and_a_half_thousands_of_millions(chapter):
    chapter.says("is about $10^{-14}$", "With × 1.5 it is thousands of millions")
    for walks in (chapter.space["with_tanh"], chapter.space["without"]):
        assert 3e-15 < walks[0.5][-1] < 1e-13
    assert 1e9 < chapter.space["without"][1.5][-1] < 2e10


def test_tanh_saves_one_and_a_half_but_three_and_five_explode(chapter):
    chapter.says(
        "With tanh all curves end lower",
        "× 0.5 hardly changes",
        "× 1.5 ends below 100",
        "× 3 and × 5 explode in spite of tanh",
    )
    tanh, without = chapter.space["with_tanh"], chapter.space["without"]
    assert all(tanh[size][-1] < without[size][-1] for size in tanh)
    assert tanh[0.5][-1] > 0.3 * without[0.5][-1]
    assert 1 < tanh[1.5][-1] < 100 and tanh[3][-1] > 1e6 and tanh[5][-1] > 1e10


def slopes(chapter, size):
    """Mean slope of tanh over the walk of a size."""
    space = chapter.space
    state, found = np.zeros((space["N"], space["H"])), []
    for t in range(space["T"]):
        state = np.tanh(space["x"][:, t] + state @ (size * space["matrix"]))
        found.append(1 - state**2)
    return np.mean(found)


def test_the_mean_slope_is_about_0_65_at_one_and_a_half_and_almost_1_at_a_half(chapter):
    chapter.says("its mean is about 0.65 here", "there the slope is almost 1")
    assert abs(slopes(chapter, 1.5) - 0.65) < 0.02 and slopes(chapter, 0.5) > 0.97


def test_all_pairs_a_thin_band_a_pale_picture_and_a_red_corner(chapter):
    chapter.says(
        "ten steps later it has forgotten",
        "in the corner itself a state answers thousands of times too strongly",
        "× 1.1 is what we wish for: everything is pale, near 1",
    )
    maps = chapter.space["maps"]
    t, s = np.indices(maps[1.1].shape)
    assert all(np.allclose(np.diag(values), 1) for values in maps.values())
    assert maps[0.5][t - s >= 10].max() < 0.01
    pale = maps[1.1][t >= s]
    assert 0.4 < pale.min() and pale.max() < 2
    assert np.unravel_index(np.nanargmax(maps[3]), maps[3].shape)[1] == 0  # the oldest state acts most
    assert 2e3 < maps[3][-1, 0] < 1e5


def test_influence_is_what_moving_a_state_does(chapter):
    """The map's entries against measured ones: move h[s], run on, and see how h[t] answers."""
    space = chapter.space
    Wh, x, s, t = 1.1 * space["matrix"], space["x"][0], 4, 9
    state = np.zeros(space["H"])
    for step in range(s + 1):
        state = np.tanh(x[step] + state @ Wh)

    def answer(moved):
        for step in range(s + 1, t + 1):
            moved = np.tanh(x[step] + moved @ Wh)
        return moved

    ways = np.eye(len(state)) * 1e-5
    jacobian = [(answer(state + way) - answer(state - way)) / 2e-5 for way in ways]
    assert np.linalg.norm(jacobian) / np.sqrt(len(state)) == pytest.approx(space["maps"][1.1][t, s], rel=1e-6)


def test_clipping_keeps_the_direction_and_makes_the_step_small(chapter):
    chapter.says("keeps its direction and cuts its length", "explodes")
    dWh, clip, Wh = (chapter.space[name] for name in ("dWh", "clip_gradient", "Wh"))
    clipped = clip(dWh, 5.0)
    assert np.linalg.norm(clipped) == pytest.approx(5)
    assert np.sum(clipped * dWh) == pytest.approx(5 * np.linalg.norm(dWh))
    size = np.linalg.norm(Wh)
    assert 0.01 * np.linalg.norm(dWh) / size > 1e6 and 0.01 * np.linalg.norm(clipped) / size < 1e-2


def test_the_friends_backward_is_right_for_one_step_and_only_dx_is_wrong_for_three(chapter):
    chapter.says("For sequences of one step it is right. For three steps it is not.", "Only dx differs")
    rng = np.random.default_rng(0)
    for steps, wrong in ((1, set()), (3, {"dx"})):
        shapes = {"x": (2, steps, 3), "h0": (2, 4), "Wx": (3, 4), "Wh": (4, 4), "b": (4,)}
        inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            compare_gradients(
                chapter.space["friends_forward"],
                chapter.space["friends_backward"],
                inputs,
                rng.standard_normal((2, steps, 4)),
            )
        assert {line.split()[0] for line in out.getvalue().splitlines() if "✗" in line} == wrong


def test_an_orthogonal_matrix_keeps_the_length_without_tanh(chapter):
    chapter.says(
        "Without tanh and with size 1.0 the curve is flat",
        "still shrinks at 1.0, to about a twentieth",
        "somewhere between 1.1 and 1.2 the start gets back what the end sent",
    )
    space = dict(chapter.space)
    code = next(c.source for c in chapter.cells if c.cell_type == "code" and "def walk_back" in c.source)
    function = code[code.index("def walk_back") : code.index("with_tanh =")]
    space["matrix"] = np.linalg.qr(space["matrix"])[0]
    exec(function, space)
    walk = space["walk_back"]
    np.testing.assert_allclose(walk(1.0, squash=False), 1)
    assert abs(walk(1.0)[-1] - 1 / 20) < 0.01 and walk(1.1)[-1] < 1 < walk(1.2)[-1]
