"""The long short-term memory network (LSTM): one step, and a whole sequence of steps.

The columns of Wx, Wh and b hold four blocks of H, always in the order i, f, o, g:
input gate, forget gate, output gate, candidate.
"""

import numpy as np

from cs231n.shapes import check_shapes, float_type


def sigmoid(x):
    """Logistic function 1 / (1 + e^(−x)), written as (1 + tanh(x/2)) / 2, which cannot overflow.

    x: array of any shape
    returns: array of the same shape and dtype
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One LSTM step  (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000).

    a = x Wx + prev_h Wh + b, cut into a_i, a_f, a_o, a_g
    i, f, o = sigmoid(a_i, a_f, a_o), g = tanh(a_g)
    next_c = f ⊙ prev_c + i ⊙ g
    next_h = o ⊙ tanh(next_c)

    x: (N, D) input at this step
    prev_h, prev_c: (N, H) hidden state and cell of the step before
    Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    returns: next_h (N, H), next_c (N, H), cache (x, prev_h, prev_c, Wx, Wh, gates, tanh_c) where gates is
        (N, 4H), the values of i, f, o, g side by side, and tanh_c is tanh(next_c)
    ValueError: when a shape does not fit
    """
    check_shapes(
        x=(x, "N D"),
        prev_h=(prev_h, "N H"),
        prev_c=(prev_c, "N H"),
        Wx=(Wx, "D 4H"),
        Wh=(Wh, "H 4H"),
        b=(b, "4H"),
    )
    gates = squash_gates(x @ Wx + prev_h @ Wh + b)
    i, f, o, g = np.split(gates, 4, axis=1)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    return o * tanh_c, next_c, (x, prev_h, prev_c, Wx, Wh, gates, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Backward of `lstm_step_forward`.

    The cell is reached on two paths, from next_c itself and through next_h = o ⊙ tanh(next_c):
    dc = dnext_c + dnext_h ⊙ o ⊙ (1 − tanh²(next_c))

    dnext_h, dnext_c: (N, H) gradients with respect to next_h and next_c
    cache: (x, prev_h, prev_c, Wx, Wh, gates, tanh_c) from `lstm_step_forward`
    returns: dx (N, D), dprev_h (N, H), dprev_c (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    x, prev_h, prev_c, Wx, Wh, gates, tanh_c = cache
    check_shapes(prev_c=(prev_c, "N H"), dnext_h=(dnext_h, "N H"), dnext_c=(dnext_c, "N H"))
    da, dprev_c = gates_backward(dnext_h, dnext_c, prev_c, gates, tanh_c)
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def squash_gates(a):
    """The values of the gates: sigmoid on the blocks i, f, o of a, tanh on the block g.

    a: (N, 4H)
    returns: (N, 4H)
    """
    H = a.shape[1] // 4
    gates = np.empty(a.shape, float_type(a))
    gates[:, : 3 * H] = sigmoid(a[:, : 3 * H])
    np.tanh(a[:, 3 * H :], out=gates[:, 3 * H :])
    return gates


def gates_backward(dnext_h, dnext_c, prev_c, gates, tanh_c):
    """Back through one step to the sums a, before they are squashed, and to the cell before.

    dnext_h, dnext_c, prev_c, tanh_c: (N, H); gates: (N, 4H)
    returns: da (N, 4H), dprev_c (N, H)
    """
    i, f, o, g = np.split(gates, 4, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    da_i = dc * g * i * (1 - i)
    da_f = dc * prev_c * f * (1 - f)
    da_o = dnext_h * tanh_c * o * (1 - o)
    da_g = dc * i * (1 - g * g)
    return np.concatenate([da_i, da_f, da_o, da_g], axis=1), dc * f


def lstm_forward(x, h0, Wx, Wh, b):
    """An LSTM over a sequence, the cell starting at zero and the same weights at every step.

    The products x_t Wx do not depend on the state, so all of them come before the loop.

    x: (N, T, D) input sequence
    h0: (N, H) state before the first step
    Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    returns: h (N, T, H) and cache (x, h0, Wx, Wh, h, c, gates, tanh_c): c and tanh_c (N, T, H), gates (N, T, 4H)
    ValueError: when a shape does not fit
    """
    size = check_shapes(x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D 4H"), Wh=(Wh, "H 4H"), b=(b, "4H"))
    a = x @ Wx + b  # (N, T, 4H)
    gates = np.empty(a.shape, float_type(a, h0, Wh))
    h, c, tanh_c = (np.empty((*a.shape[:2], size["H"]), gates.dtype) for _ in range(3))
    state, cell = h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        gates[:, t] = squash_gates(a[:, t] + state @ Wh)
        i, f, o, g = np.split(gates[:, t], 4, axis=1)
        c[:, t] = cell = f * cell + i * g
        tanh_c[:, t] = np.tanh(cell)
        h[:, t] = state = o * tanh_c[:, t]
    return h, (x, h0, Wx, Wh, h, c, gates, tanh_c)


def lstm_backward(dh, cache):
    """Backward of `lstm_forward`: the step's backward from the last step to the first.

    dh: (N, T, H) gradient that reaches each state from its own step's output
    cache: (x, h0, Wx, Wh, h, c, gates, tanh_c) from `lstm_forward`
    returns: dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    x, h0, Wx, Wh, h, c, gates, tanh_c = cache
    check_shapes(h=(h, "N T H"), dh=(dh, "N T H"))
    prev_h = np.concatenate([h0[:, None], h], axis=1)[:, :-1]  # (N, T, H) the state before each step
    prev_c = np.concatenate([np.zeros_like(h0)[:, None], c], axis=1)[:, :-1]
    da = np.empty(gates.shape, float_type(dh, gates))
    dstate = dcell = np.zeros(h0.shape, da.dtype)  # from the steps after
    for t in reversed(range(x.shape[1])):
        da[:, t], dcell = gates_backward(dh[:, t] + dstate, dcell, prev_c[:, t], gates[:, t], tanh_c[:, t])
        dstate = da[:, t] @ Wh.T
    dWx = np.einsum("ntd,nth->dh", x, da, optimize=True)  # Σ over captions and steps
    dWh = np.einsum("ntk,nth->kh", prev_h, da, optimize=True)
    return da @ Wx.T, dstate, dWx, dWh, da.sum(axis=(0, 1))
