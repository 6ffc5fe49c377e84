"""Attention, and the LSTM with attention, against central differences, PyTorch and what must hold of a mean."""

import json
from pathlib import Path

import numpy as np
import pytest

from cs231n import attention as L
from cs231n.gradient_check import eval_numerical_gradient_array

SIZES = [(3, 4, 2, 5, 6), (1, 1, 1, 1, 1), (2, 3, 4, 2, 1), (2, 1, 3, 4, 9)]  # N, T, D, H, cells
VALUES = json.loads((Path(__file__).parent / "pytorch_values/attention.json").read_text(encoding="utf-8"))


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def step_arguments(N=3, T=4, D=2, H=5, cells=6, dtype=np.float64):
    shapes = [(N, D), (N, H), (N, H), (N, cells, H), (D, 4 * H), (H, 4 * H), (H, 4 * H), (4 * H,)]
    return [draw(*shape, seed=i, dtype=dtype) for i, shape in enumerate(shapes)]


def sequence_arguments(N=3, T=4, D=2, H=5, cells=6, dtype=np.float64):
    x, h0, _, *rest = step_arguments(N, T, D, H, cells, dtype)
    return [draw(N, T, D, dtype=dtype), h0, *rest]


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **tolerance})


def assert_gradients_are_numeric(forward, arguments, douts, grads):
    """forward: arguments → outputs that douts weigh."""
    for place, grad in enumerate(grads):

        def total(value, place=place):
            out = forward(*arguments[:place], value, *arguments[place + 1 :])
            return np.array(sum((o * d).sum() for o, d in zip(out, douts, strict=True)))

        numeric = eval_numerical_gradient_array(total, arguments[place].copy(), np.array(1.0))
        close(grad, numeric, rtol=1e-6, atol=1e-8)


# Gradients against central differences


@pytest.mark.parametrize("size", SIZES)
def test_attention_gradients_equal_central_differences(size):
    N, _, _, H, cells = size
    arguments, dcontext = [2 * draw(N, H), draw(N, cells, H)], draw(N, H, seed=7)
    cache = L.attention_forward(*arguments)[2]
    grads = L.attention_backward(dcontext, cache)
    assert_gradients_are_numeric(lambda *a: L.attention_forward(*a)[:1], arguments, [dcontext], grads)


@pytest.mark.parametrize("size", SIZES)
def test_step_gradients_equal_central_differences(size):
    arguments = step_arguments(*size)
    *out, cache = L.attention_lstm_step_forward(*arguments)
    douts = [draw(*o.shape, seed=7 + i) for i, o in enumerate(out)]
    grads = L.attention_lstm_step_backward(*douts, cache)
    assert_gradients_are_numeric(lambda *a: L.attention_lstm_step_forward(*a)[:2], arguments, douts, grads)


@pytest.mark.parametrize("size", SIZES)
def test_sequence_gradients_equal_central_differences(size):
    arguments = sequence_arguments(*size)
    h, _, cache = L.attention_lstm_forward(*arguments)
    dh = draw(*h.shape, seed=7)
    grads = L.attention_lstm_backward(dh, cache)
    assert_gradients_are_numeric(lambda *a: L.attention_lstm_forward(*a)[:1], arguments, [dh], grads)


# Against values that PyTorch made


def test_values_and_gradients_are_pytorchs():
    inputs = {name: np.array(value) for name, value in VALUES["inputs"].items()}
    h, weights, cache = L.attention_lstm_forward(*inputs.values())
    close(h, VALUES["h"])
    close(weights @ inputs["A"], VALUES["contexts"])
    grads = L.attention_lstm_backward(np.array(VALUES["dh"]), cache)
    for name, grad in zip(inputs, grads, strict=True):
        close(grad, VALUES["grads"][name], err_msg=name)


# What a weighted mean must keep


def test_weights_are_positive_and_add_up_to_one():
    _, weights, _ = L.attention_forward(5 * draw(4, 3), draw(4, 7, 3))
    assert (weights > 0).all()
    close(weights.sum(axis=1), 1)


def test_a_state_of_zeros_looks_everywhere_alike():
    A = draw(2, 5, 3)
    context, weights, _ = L.attention_forward(np.zeros((2, 3)), A)
    close(weights, 1 / 5)
    close(context, A.mean(axis=1))


def test_cells_in_another_order_give_the_same_context():
    h, A, order = draw(2, 3), draw(2, 6, 3), [3, 1, 5, 0, 2, 4]
    (context, weights, _), (other, other_weights, _) = (L.attention_forward(h, a) for a in (A, A[:, order]))
    close(context, other)
    close(weights[:, order], other_weights)


def test_very_large_scores_give_no_overflow():
    A = np.array([[[1e4, 0.0], [0.0, 1e4]]])
    with np.errstate(over="raise", invalid="raise"):
        context, weights, _ = L.attention_forward(np.array([[1e3, 0.0]]), A)
    close(weights, [[1, 0]])
    close(context, A[:, 0])


def test_without_a_say_of_the_context_it_is_the_lstm():
    from cs231n.lstm_layers import lstm_forward

    x, h0, A, Wx, Wh, Wc, b = sequence_arguments()
    close(L.attention_lstm_forward(x, h0, A, Wx, Wh, 0 * Wc, b)[0], lstm_forward(x, h0, Wx, Wh, b)[0])


def test_no_captions_and_no_steps_give_empty_arrays():
    for n, t in ((0, 4), (3, 0)):
        arguments = sequence_arguments(n, t)
        h, weights, cache = L.attention_lstm_forward(*arguments)
        assert (h.shape, weights.shape) == ((n, t, 5), (n, t, 6))
        assert [g.shape for g in L.attention_lstm_backward(h, cache)] == [a.shape for a in arguments]


# What all keep


def test_float32_stays_float32():
    h, weights, cache = L.attention_lstm_forward(*sequence_arguments(dtype=np.float32))
    arrays = [h, weights, *L.attention_lstm_backward(h, cache)]
    *state, step_cache = L.attention_lstm_step_forward(*step_arguments(dtype=np.float32))
    arrays += [*state, *L.attention_lstm_step_backward(*state, step_cache)]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


def test_nothing_writes_into_its_arguments():
    arguments = sequence_arguments()
    for a in arguments:
        a.flags.writeable = False
    h, _, cache = L.attention_lstm_forward(*arguments)
    dh = h + 1
    dh.flags.writeable = False
    first, second = L.attention_lstm_backward(dh, cache), L.attention_lstm_backward(dh, cache)
    for a, b in zip(first, second, strict=True):
        close(a, b)


@pytest.mark.parametrize(
    "h, A, message",
    [
        (
            draw(2, 3),
            draw(2, 5, 4),
            "A has shape (2, 5, 4), expected (N, L, H) = (2, 5, 3): N = 2 comes from h; H = 3 comes from h",
        ),
        (draw(2, 3), draw(2, 3), "A has shape (2, 3), expected 3 axes (N, L, H)"),
    ],
)
def test_a_wrong_shape_is_named(h, A, message):
    with pytest.raises(ValueError) as error:
        L.attention_forward(h, A)
    assert message in str(error.value)
