"""Chapter 01: what it says about tanh, gradients, suspects and ε, measured."""

import contextlib
import io

import numpy as np

from cs231n import rnn_layers
from cs231n.course.chapters.gradient_suspects import SUSPECTS
from cs231n.course.measure_gradients import compare_gradients


def test_100_samples_with_20_numbers_each(chapter):
    chapter.says("the states of 100 samples, 20 numbers each")
    assert chapter.space["states"](1.0).shape == (100, 20)


def test_small_weights_keep_values_near_0_and_large_ones_press_them_against_1(chapter):
    chapter.says(
        "With small weights the values stay near 0",
        "most values are pressed against −1 or 1, and the middle is nearly empty",
    )
    small, large = (np.abs(chapter.space["states"](size)) for size in (0.3, 3.0))
    assert np.mean(small < 0.5) > 0.85
    assert np.mean(large > 0.9) > 0.6 and np.mean(large < 0.2) < 0.06


def test_the_pencil_example_gives_30_and_38(chapter):
    chapter.says(r"1 \cdot 6 + 3 \cdot 8 = 30", r"2 \cdot 5 + 4 \cdot 7 = 38")
    assert chapter.space["x"].tolist() == [[1, 2], [3, 4]] and chapter.space["da"].tolist() == [
        [5, 6],
        [7, 8],
    ]
    dW = chapter.space["x"].T @ chapter.space["da"]
    assert (dW[0, 1], dW[1, 0]) == (30, 38)


def test_the_entry_that_is_measured_by_hand_is_the_one_of_dWx(chapter):
    space = chapter.space
    _, cache = rnn_layers.rnn_step_forward(**space["inputs"])
    dWx = rnn_layers.rnn_step_backward(space["dnext_h"], cache)[2]
    assert f"measured dWx[0, 1]: {dWx[0, 1]:.4f}" in chapter.prints


def test_our_two_functions_are_about_20_lines(chapter):
    chapter.says("the first two functions in `cs231n/rnn_layers.py`, about 20 lines")
    import inspect

    lines = [
        line
        for function in (rnn_layers.rnn_step_forward, rnn_layers.rnn_step_backward)
        for line in inspect.getsource(function).splitlines()
    ]
    assert 15 <= len(lines) <= 30
    functions = [
        name for name, f in vars(rnn_layers).items() if getattr(f, "__module__", "") == rnn_layers.__name__
    ]
    assert functions[:2] == ["rnn_step_forward", "rnn_step_backward"]


def step(name, **changes):
    """A suspect's gradients and the right ones, with some inputs changed."""
    rng = np.random.default_rng(1)
    shapes = {"x": (4, 5), "prev_h": (4, 6), "Wx": (5, 6), "Wh": (6, 6), "b": (6,)}
    inputs = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
    dnext_h = rng.standard_normal((4, 6))
    for key, change in changes.items():
        inputs[key] = change(inputs[key])
    _, cache = rnn_layers.rnn_step_forward(**inputs)
    return SUSPECTS[name](dnext_h, cache), rnn_layers.rnn_step_backward(dnext_h, cache), dnext_h


def test_with_a_symmetric_Wh_suspect_A_is_right(chapter):
    chapter.says('A: make `case["Wh"]` symmetric')
    given, right, _ = step("A", Wh=lambda Wh: Wh + Wh.T)
    np.testing.assert_allclose(given[1], right[1])
    given, right, _ = step("A")
    assert np.abs(given[1] - right[1]).max() > 0.1


def test_with_a_prev_h_of_zeros_the_right_dWh_is_zero_and_Bs_is_not(chapter):
    chapter.says("B: what is dWh when `prev_h` is 0?")
    given, right, _ = step("B", prev_h=lambda prev_h: 0 * prev_h)
    assert (right[3] == 0).all() and np.abs(given[3]).max() > 0.1


def test_saturated_units_tell_the_three_slopes_apart_and_C_has_the_third(chapter):
    chapter.says(
        'saturate the units: `case["b"][:] = 20`, so that next_h is 1. Then the right db is almost 0'
    )
    given, right, dnext_h = step("C", b=lambda b: 0 * b + 20)
    assert np.abs(right[4]).max() < 1e-6
    np.testing.assert_allclose(given[4], 0.42 * dnext_h.sum(axis=0), rtol=1e-2)


def test_the_best_step_in_float64_is_near_1e_5_and_float32_is_a_million_times_worse(chapter):
    chapter.says(
        "With float64 the best ε lies near $10^{-5}$",
        "an error about a million times larger",
        "the form of a V",
    )
    steps, errors = chapter.space["steps"], chapter.space["errors"]
    best = int(np.argmin(errors["float64"]))
    assert 1e-6 < steps[best] < 1e-4
    assert 2e5 < min(errors["float32"]) / min(errors["float64"]) < 5e6
    assert (np.diff(errors["float64"][: best + 1]) < 0).all() and (
        np.diff(errors["float64"][best:]) > 0
    ).all()


def printed(*call):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        compare_gradients(*call)
    return out.getvalue()


def test_the_friends_check_shows_five_crosses_that_are_near_and_float64_mends_it(chapter):
    chapter.says("still gets five ✗", "look at how near they are")
    space = chapter.space
    call = (rnn_layers.rnn_step_backward, space["inputs"], space["dnext_h"])
    lines = printed(space["friends_forward"], *call).splitlines()
    assert len(lines) == 5 and all("✗ differs" in line for line in lines)
    for line in lines:
        measured, given = (float(word.rstrip(",")) for word in line.split()[-3::2])
        assert abs(measured - given) < 0.02 * max(abs(given), 0.1)
    assert "✗" not in printed(rnn_layers.rnn_step_forward, *call)


def test_a_mistake_in_both_functions_agrees_with_itself(chapter):
    chapter.says("If the forward step has a mistake, and the backward step makes the same one, they agree.")

    def without_bias(x, prev_h, Wx, Wh, b):
        next_h = np.tanh(x @ Wx + prev_h @ Wh)
        return next_h, (x, prev_h, Wx, Wh, next_h)

    def backward(dnext_h, cache):
        *gradients, db = rnn_layers.rnn_step_backward(dnext_h, cache)
        return *gradients, 0 * db

    space = chapter.space
    assert "✗" not in printed(without_bias, backward, space["inputs"], space["dnext_h"])
    assert not np.allclose(
        without_bias(**space["inputs"])[0], rnn_layers.rnn_step_forward(**space["inputs"])[0]
    )


def test_at_the_corner_of_relu_the_measurement_takes_the_mean_a_half(chapter):
    chapter.says("the measurement takes the mean, a half")

    def relu_step_forward(x, prev_h, Wx, Wh, b):
        next_h = np.maximum(0, x @ Wx + prev_h @ Wh + b)
        return next_h, (x, prev_h, Wx, Wh, next_h)

    def relu_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, next_h = cache
        da = dnext_h * (next_h > 0)
        return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)

    inputs = chapter.space["inputs"]
    call = (relu_step_forward, relu_step_backward)
    assert "✗" not in printed(*call, inputs, chapter.space["dnext_h"])
    flat = {name: value * (name in ("x", "prev_h")) for name, value in inputs.items()}
    line = printed(*call, flat, np.ones((4, 6))).splitlines()[-1]
    assert "db" in line and "measured 2, given 0" in line  # four samples, a half each
