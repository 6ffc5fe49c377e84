"""RNN and LSTM, one step and whole sequences, against central differences, PyTorch and the assignment."""

import numpy as np
import pytest

from cs231n import rnn_layers as L
from cs231n.gradient_check import eval_numerical_gradient_array

N, T, D, H = 4, 5, 3, 6
CELLS = ("rnn", "lstm")
BLOCKS = {"rnn": 1, "lstm": 4}


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def lin(low, high, *shape):
    return np.linspace(low, high, num=np.prod(shape)).reshape(shape)


def weights(cell, D=D, H=H, dtype=np.float64):
    k = BLOCKS[cell]
    return draw(D, k * H, dtype=dtype), draw(H, k * H, seed=2, dtype=dtype) / 2, draw(k * H, dtype=dtype)


def functions(cell):
    return [getattr(L, f"{cell}_{name}") for name in ("step_forward", "step_backward", "forward", "backward")]


def step_arguments(cell, N=N, D=D, H=H, dtype=np.float64):
    states = [draw(N, H, seed=s, dtype=dtype) for s in range(2 if cell == "lstm" else 1)]
    return [draw(N, D, dtype=dtype), *states, *weights(cell, D, H, dtype)]


def sequence_arguments(cell, N=N, T=T, D=D, H=H, dtype=np.float64):
    return [draw(N, T, D, dtype=dtype), draw(N, H, dtype=dtype), *weights(cell, D, H, dtype)]


def chained(cell, x, h0, Wx, Wh, b):
    """The whole sequence as a chain of step functions, and a function for its gradients."""
    forward, backward = functions(cell)[:2]
    state, caches, h = (h0, np.zeros_like(h0)) if cell == "lstm" else (h0,), [], []
    for t in range(x.shape[1]):
        *state, cache = forward(x[:, t], *state, Wx, Wh, b)
        h.append(state[0])
        caches.append(cache)

    def gradients(dh):
        dx, dWx, dWh, db = (np.zeros_like(a) for a in (x, Wx, Wh, b))
        dstate = [np.zeros_like(s) for s in state]
        for t in reversed(range(x.shape[1])):
            dx[:, t], *dstate, a, c, d = backward(dh[:, t] + dstate[0], *dstate[1:], caches[t])
            dWx, dWh, db = dWx + a, dWh + c, db + d
        return dx, dstate[0], dWx, dWh, db

    return np.stack(h, axis=1), gradients


def numeric(f, arguments, place, dout):
    def at(value):
        return f(*arguments[:place], value, *arguments[place + 1 :])

    return eval_numerical_gradient_array(at, arguments[place].copy(), dout)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **tolerance})


def assert_all_close(these, those, **tolerance):
    for a, b in zip(these, those, strict=True):
        close(a, b, **tolerance)


# Gradients against central differences


@pytest.mark.parametrize("size", [(N, D, H), (1, 1, 1), (1, 4, 2)])
@pytest.mark.parametrize("cell", CELLS)
def test_step_gradients_equal_central_differences(cell, size):
    forward, backward, *_ = functions(cell)
    arguments = step_arguments(cell, *size)
    *out, cache = forward(*arguments)
    douts = [draw(*o.shape, seed=7 + i) for i, o in enumerate(out)]
    for place, written in enumerate(backward(*douts, cache)):
        expected = sum(
            numeric(lambda *a, which=which: forward(*a)[which], arguments, place, dout)
            for which, dout in enumerate(douts)
        )
        close(written, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("size", [(N, T, D, H), (1, 1, 1, 1), (2, 7, 4, 2), (3, 1, 2, 2)])
@pytest.mark.parametrize("cell", CELLS)
def test_sequence_gradients_equal_central_differences(cell, size):
    *_, forward, backward = functions(cell)
    arguments = sequence_arguments(cell, *size)
    h, cache = forward(*arguments)
    dh = draw(*h.shape, seed=7)
    for place, written in enumerate(backward(dh, cache)):
        close(written, numeric(lambda *a: forward(*a)[0], arguments, place, dh), rtol=1e-6, atol=1e-8)


# The sequence is the chain of its steps


@pytest.mark.parametrize("size", [(N, T, D, H), (1, 1, 1, 1), (5, 9, 2, 3), (7, 16, 8, 32)])
@pytest.mark.parametrize("cell", CELLS)
def test_sequence_equals_chained_steps(cell, size):
    *_, forward, backward = functions(cell)
    arguments = sequence_arguments(cell, *size)
    expected_h, gradients = chained(cell, *arguments)
    h, cache = forward(*arguments)
    dh = draw(*h.shape, seed=7)
    close(h, expected_h)
    assert_all_close(backward(dh, cache), gradients(dh), rtol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
def test_a_batch_is_its_rows(cell):
    *_, forward, backward = functions(cell)
    x, h0, *w = sequence_arguments(cell)
    h, cache = forward(x, h0, *w)
    dh = draw(N, T, H, seed=7)
    dx, dh0, *dw = backward(dh, cache)
    rows = []
    for n in range(N):
        h_n, cache_n = forward(x[n : n + 1], h0[n : n + 1], *w)
        close(h_n[0], h[n])
        rows.append(backward(dh[n : n + 1], cache_n))
    close(dx, np.concatenate([r[0] for r in rows]))
    close(dh0, np.concatenate([r[1] for r in rows]))
    assert_all_close(dw, [sum(parts) for parts in list(zip(*rows, strict=True))[2:]])


@pytest.mark.parametrize("cell", CELLS)
def test_later_steps_do_not_change_earlier_states(cell):
    forward = functions(cell)[2]
    x, *rest = sequence_arguments(cell)
    close(forward(x, *rest)[0][:, :3], forward(x[:, :3], *rest)[0])


@pytest.mark.parametrize("cell", CELLS)
def test_arrays_of_any_memory_layout_give_the_same(cell):
    *_, forward, backward = functions(cell)
    arguments = sequence_arguments(cell)
    others = [np.asfortranarray(a) for a in arguments]
    others[0] = np.ascontiguousarray(arguments[0].transpose(1, 0, 2)).transpose(1, 0, 2)
    (h, cache), (other_h, other_cache) = forward(*arguments), forward(*others)
    dh = draw(N, T, H, seed=7)
    close(h, other_h)
    assert_all_close(backward(dh, cache), backward(np.asfortranarray(dh), other_cache))


@pytest.mark.parametrize("cell", CELLS)
def test_no_captions_and_no_steps_give_empty_arrays(cell):
    *_, forward, backward = functions(cell)
    for n, t in ((0, T), (N, 0)):
        h, cache = forward(*sequence_arguments(cell, n, t))
        assert h.shape == (n, t, H)
        assert [g.shape for g in backward(h, cache)] == [a.shape for a in sequence_arguments(cell, n, t)]


# What the docstrings promise of the caches


def test_step_caches_are_as_documented():
    x, prev_h, Wx, Wh, b = step_arguments("rnn")
    next_h, cache = L.rnn_step_forward(x, prev_h, Wx, Wh, b)
    assert all(a is b for a, b in zip(cache, (x, prev_h, Wx, Wh, next_h), strict=True))
    x, prev_h, prev_c, Wx, Wh, b = step_arguments("lstm")
    _, next_c, cache = L.lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)
    assert all(a is b for a, b in zip(cache[:5], (x, prev_h, prev_c, Wx, Wh), strict=True))
    i, f, o, g = np.split(cache[5], 4, axis=1)
    close(next_c, f * prev_c + i * g)
    close(cache[6], np.tanh(next_c))


@pytest.mark.parametrize("cell", CELLS)
def test_sequence_caches_can_be_indexed_by_caption_and_step(cell):
    arguments = sequence_arguments(cell)
    h, cache = functions(cell)[2](*arguments)
    for name, part, argument in zip(("x", "h0", "Wx", "Wh"), cache, arguments, strict=False):
        close(part, argument, err_msg=name)
    close(cache[4], h)
    if cell == "lstm":
        c, gates, tanh_c = cache[5:]
        i, f, o, g = np.split(gates, 4, axis=2)
        close(c[:, 0], (i * g)[:, 0])
        close(c[:, 1:], f[:, 1:] * c[:, :-1] + (i * g)[:, 1:])
        close(tanh_c, np.tanh(c))
        close(h, o * tanh_c)


# Values of the assignment, from its notebooks


def test_rnn_step_of_the_assignment():
    x, prev_h, Wx = lin(-0.4, 0.7, 3, 10), lin(-0.2, 0.5, 3, 4), lin(-0.1, 0.9, 10, 4)
    next_h, _ = L.rnn_step_forward(x, prev_h, Wx, lin(-0.3, 0.7, 4, 4), lin(-0.2, 0.4, 4))
    expected = [
        [-0.58172089, -0.50182032, -0.41232771, -0.31410098],
        [0.66854692, 0.79562378, 0.87755553, 0.92795967],
        [0.97934501, 0.99144213, 0.99646691, 0.99854353],
    ]
    close(next_h, expected, atol=1e-8)


def test_rnn_sequence_of_the_assignment():
    x, h0, Wx = lin(-0.1, 0.3, 2, 3, 4), lin(-0.3, 0.1, 2, 5), lin(-0.2, 0.4, 4, 5)
    h, _ = L.rnn_forward(x, h0, Wx, lin(-0.4, 0.1, 5, 5), lin(-0.7, 0.1, 5))
    expected = [
        [
            [-0.42070749, -0.27279261, -0.11074945, 0.05740409, 0.22236251],
            [-0.39525808, -0.22554661, -0.0409454, 0.14649412, 0.32397316],
            [-0.42305111, -0.24223728, -0.04287027, 0.15997045, 0.35014525],
        ],
        [
            [-0.55857474, -0.39065825, -0.19198182, 0.02378408, 0.23735671],
            [-0.27150199, -0.07088804, 0.13562939, 0.33099728, 0.50158768],
            [-0.51014825, -0.30524429, -0.06755202, 0.17806392, 0.40333043],
        ],
    ]
    close(h, expected, atol=1e-8)


def test_lstm_step_of_the_assignment():
    x, prev_h, prev_c = lin(-0.4, 1.2, 3, 4), lin(-0.3, 0.7, 3, 5), lin(-0.4, 0.9, 3, 5)
    Wx, Wh, b = lin(-2.1, 1.3, 4, 20), lin(-0.7, 2.2, 5, 20), lin(0.3, 0.7, 20)
    next_h, next_c, _ = L.lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)
    expected_h = [
        [0.24635157, 0.28610883, 0.32240467, 0.35525807, 0.38474904],
        [0.49223563, 0.55611431, 0.61507696, 0.66844003, 0.7159181],
        [0.56735664, 0.66310127, 0.74419266, 0.80889665, 0.858299],
    ]
    expected_c = [
        [0.32986176, 0.39145139, 0.451556, 0.51014116, 0.56717407],
        [0.66382255, 0.76674007, 0.87195994, 0.97902709, 1.08751345],
        [0.74192008, 0.90592151, 1.07717006, 1.25120233, 1.42395676],
    ]
    assert_all_close((next_h, next_c), (expected_h, expected_c), atol=1e-8)


def test_lstm_sequence_of_the_assignment():
    x, h0, Wx = lin(-0.4, 0.6, 2, 3, 5), lin(-0.4, 0.8, 2, 4), lin(-0.2, 0.9, 5, 16)
    h, _ = L.lstm_forward(x, h0, Wx, lin(-0.3, 0.6, 4, 16), lin(0.2, 0.7, 16))
    expected = [
        [
            [0.01764008, 0.01823233, 0.01882671, 0.0194232],
            [0.11287491, 0.12146228, 0.13018446, 0.13902939],
            [0.31358768, 0.33338627, 0.35304453, 0.37250975],
        ],
        [
            [0.45767879, 0.4761092, 0.4936887, 0.51041945],
            [0.6704845, 0.69350089, 0.71486014, 0.7346449],
            [0.81733511, 0.83677871, 0.85403753, 0.86935314],
        ],
    ]
    close(h, expected, atol=1e-8)


# Against PyTorch


def torch_order(w):
    """Columns in the order i, f, o, g → PyTorch's rows in the order i, f, g, o."""
    i, f, o, g = np.split(w, 4, axis=-1)
    return np.concatenate([i, f, g, o], axis=-1).T


@pytest.mark.parametrize("cell", CELLS)
def test_values_and_gradients_equal_pytorch(cell):
    torch = pytest.importorskip("torch")
    *_, forward, backward = functions(cell)
    x, h0, Wx, Wh, b = sequence_arguments(cell)
    order = torch_order if cell == "lstm" else np.transpose
    net = (torch.nn.LSTM if cell == "lstm" else torch.nn.RNN)(D, H, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), (Wx, Wh, b, 0 * b), strict=True):
            parameter.copy_(torch.tensor(order(value)))
    tx, th0 = (torch.tensor(a, requires_grad=True) for a in (x, h0))
    state = (th0[None], torch.zeros_like(th0)[None]) if cell == "lstm" else th0[None]
    expected = net(tx, state)[0]
    dh = draw(N, T, H, seed=7)
    expected.backward(torch.tensor(dh))
    h, cache = forward(x, h0, Wx, Wh, b)
    dx, dh0, dWx, dWh, db = backward(dh, cache)
    close(h, expected.detach().numpy())
    assert_all_close((dx, dh0), (tx.grad.numpy(), th0.grad.numpy()))
    torch_grads = [p.grad.numpy() for p in net.parameters()][:3]
    assert_all_close([order(g) for g in (dWx, dWh, db)], torch_grads)


# What all keep


@pytest.mark.parametrize("cell", CELLS)
def test_float32_stays_float32(cell):
    step_forward, step_backward, forward, backward = functions(cell)
    *states, step_cache = step_forward(*step_arguments(cell, dtype=np.float32))
    h, cache = forward(*sequence_arguments(cell, dtype=np.float32))
    arrays = [*states, *step_cache, *step_backward(*states, step_cache), h, *cache, *backward(h, cache)]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


def whole(arrays):
    return [np.round(3 * a).astype(int) for a in arrays]


@pytest.mark.parametrize("cell", CELLS)
def test_whole_numbers_are_taken_as_floats(cell):
    step_forward, step_backward, forward, backward = functions(cell)
    for f, b, given in (
        (step_forward, step_backward, step_arguments),
        (forward, backward, sequence_arguments),
    ):
        arguments = whole(given(cell))
        (*out, cache), (*expected, other_cache) = f(*arguments), f(*[a.astype(float) for a in arguments])
        assert_all_close(out, expected)
        douts = whole([draw(*o.shape, seed=7) for o in out])
        assert_all_close(b(*douts, cache), b(*[d.astype(float) for d in douts], other_cache))


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("cell", CELLS)
def test_one_argument_in_float64_makes_all_that_follows_float64(cell, place):
    *_, forward, backward = functions(cell)
    arguments = sequence_arguments(cell, dtype=np.float32)
    exact = [a.astype(np.float64) for a in arguments]
    arguments[place] = exact[place]
    h, cache = forward(*arguments)
    expected, exact_cache = forward(*exact)
    dh = draw(N, T, H, seed=7)
    assert h.dtype == np.float64
    close(h, expected, rtol=1e-5, atol=1e-6)
    if place:  # what is exact in the backward pass too
        grads = backward(dh, cache)
        assert grads[1].dtype == grads[3].dtype == np.float64
        assert_all_close(grads, backward(dh, exact_cache), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_in_float64_stay_float64_where_all_else_is_float32(cell):
    *_, forward, backward = functions(cell)
    h, cache = forward(*sequence_arguments(cell, dtype=np.float32))
    tiny = 1e-60 * draw(N, T, H, seed=7)  # nothing of it is left in float32
    assert all(grad.dtype == np.float64 and grad.any() for grad in backward(tiny, cache))


@pytest.mark.parametrize("cell", CELLS)
def test_float32_is_near_float64(cell):
    *_, forward, backward = functions(cell)
    (h, cache), (h32, cache32) = (
        forward(*sequence_arguments(cell, dtype=t)) for t in (np.float64, np.float32)
    )
    close(h32, h, rtol=1e-4, atol=1e-5)
    assert_all_close(backward(h32, cache32), backward(h, cache), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_writes_into_its_arguments(cell):
    def freeze(arrays):
        for a in arrays:
            a.flags.writeable = False
        return arrays

    step_forward, step_backward, forward, backward = functions(cell)
    *states, step_cache = step_forward(*freeze(step_arguments(cell)))
    first = step_backward(*freeze(states), freeze(list(step_cache)))
    assert_all_close(first, step_backward(*states, step_cache))
    h, cache = forward(*freeze(sequence_arguments(cell)))
    first = backward(freeze([h + 1])[0], freeze(list(cache)))
    assert_all_close(first, backward(h + 1, cache))


@pytest.mark.parametrize("cell", CELLS)
def test_two_calls_share_no_memory(cell):
    *_, forward, backward = functions(cell)
    h, cache = forward(*sequence_arguments(cell))
    kept = h.copy()
    grads = backward(h, cache)
    kept_grads = [g.copy() for g in grads]
    other_h, other_cache = forward(*[a + 1 for a in sequence_arguments(cell)])
    backward(other_h, other_cache)
    assert np.array_equal(h, kept) and all(map(np.array_equal, grads, kept_grads))


@pytest.mark.parametrize("cell", CELLS)
def test_a_narrow_gradient_of_wide_states_loses_nothing(cell):
    *_, forward, backward = functions(cell)
    h, cache = forward(*sequence_arguments(cell))
    dh = draw(*h.shape, dtype=np.float32)
    for narrow, wide in zip(backward(dh, cache), backward(dh.astype(np.float64), cache), strict=True):
        np.testing.assert_allclose(narrow, wide, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_huge_inputs_give_finite_states_and_no_warning(cell):
    x, *rest = sequence_arguments(cell, dtype=np.float32)
    with np.errstate(over="raise", invalid="raise"):
        assert np.isfinite(functions(cell)[2](x * np.float32(1e30), *rest)[0]).all()


STEP_NAMES = {"rnn": ("x", "prev_h", "Wx", "Wh", "b"), "lstm": ("x", "prev_h", "prev_c", "Wx", "Wh", "b")}
SEQUENCE_NAMES = ("x", "h0", "Wx", "Wh", "b")


@pytest.mark.parametrize("cell", CELLS)
def test_a_wrong_shape_is_named(cell):
    step_forward, step_backward, forward, backward = functions(cell)
    cases = [(step_forward, step_arguments(cell), STEP_NAMES[cell])]
    cases += [(forward, sequence_arguments(cell), SEQUENCE_NAMES)]
    for function, arguments, names in cases:
        for place, name in enumerate(names):
            for wrong in (arguments[place][None], arguments[place].tolist()):
                with pytest.raises(ValueError, match=f"^{name} "):
                    function(*arguments[:place], wrong, *arguments[place + 1 :])
            longer = np.concatenate([arguments[place], arguments[place][:1]])
            with pytest.raises(ValueError, match=r"^\w+ has shape \(.*expected \(.* comes from \w+"):
                function(*arguments[:place], longer, *arguments[place + 1 :])
    *states, step_cache = step_forward(*step_arguments(cell))
    for place, name in enumerate(["dnext_h", "dnext_c"][: len(states)]):
        with pytest.raises(ValueError, match=f"^{name} "):
            step_backward(*states[:place], states[place][:, 1:], *states[place + 1 :], step_cache)
    h, cache = forward(*sequence_arguments(cell))
    for wrong in (h[:, 1:], h[:, :, 1:], h[1:]):
        with pytest.raises(ValueError, match="^dh "):
            backward(wrong, cache)
