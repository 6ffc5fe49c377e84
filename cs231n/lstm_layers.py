"""The long short-term memory network (LSTM): one step, and a whole sequence of steps.

The columns of Wx, Wh and b hold four blocks of H, always in the order i, f, o, g:
input gate, forget gate, output gate, candidate.
"""

import numpy as np

from cs231n.shapes import check_shapes


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
    gates = _squash(x @ Wx + prev_h @ Wh + b)
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
    da, dprev_c = _step_gradient(dnext_h, dnext_c, prev_c, gates, tanh_c)
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    """An LSTM over a sequence, the cell starting at zero and the same weights at every step.

    The products x_t Wx do not depend on the state, so all of them are one product before the loop.

    x: (N, T, D) input sequence
    h0: (N, H) state before the first step
    Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    returns: h (N, T, H) and cache (x, h0, Wx, Wh, h, c, gates, tanh_c): c and tanh_c (N, T, H), gates (N, T, 4H)
    ValueError: when a shape does not fit
    """
    size = check_shapes(x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D 4H"), Wh=(Wh, "H 4H"), b=(b, "4H"))
    N, T, D, H = (size[letter] for letter in "NTDH")
    gates = (x.reshape(N * T, D) @ Wx + b).reshape(N, T, 4 * H)
    gates = gates.astype(np.result_type(gates, h0, Wh), copy=False)
    h, c, tanh_c = (np.empty((N, T, H), dtype=gates.dtype) for _ in range(3))
    state, cell = h0, np.zeros((N, H), dtype=gates.dtype)
    for t in range(T):
        gates[:, t] = _squash(gates[:, t] + state @ Wh)
        i, f, o, g = np.split(gates[:, t], 4, axis=1)
        cell = c[:, t] = f * cell + i * g
        tanh_c[:, t] = np.tanh(cell)
        state = h[:, t] = o * tanh_c[:, t]
    return h, (x, h0, Wx, Wh, h, c, gates, tanh_c)


def lstm_backward(dh, cache):
    """Backward of `lstm_forward`: the step's backward from the last step to the first.

    dh: (N, T, H) gradient that reaches each state from its own step's output
    cache: (x, h0, Wx, Wh, h, c, gates, tanh_c) from `lstm_forward`
    returns: dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    x, h0, Wx, Wh, h, c, gates, tanh_c = cache
    size = check_shapes(x=(x, "N T D"), h=(h, "N T H"), dh=(dh, "N T H"))
    N, T, D, H = (size[letter] for letter in "NTDH")
    da = np.empty((N, T, 4 * H), dtype=np.result_type(dh, h))
    dstate, dcell = (np.zeros((N, H), dtype=da.dtype) for _ in range(2))
    start = np.zeros_like(dcell)
    for t in reversed(range(T)):
        prev_c = c[:, t - 1] if t else start
        da[:, t], dcell = _step_gradient(dh[:, t] + dstate, dcell, prev_c, gates[:, t], tanh_c[:, t])
        dstate = da[:, t] @ Wh.T
    rows = da.reshape(N * T, 4 * H)
    prev_h = np.concatenate([h0[:, None], h], axis=1)[:, :T].reshape(N * T, H)
    dx = (rows @ Wx.T).reshape(N, T, D)
    return dx, dstate, x.reshape(N * T, D).T @ rows, prev_h.T @ rows, rows.sum(axis=0)


def _squash(a):
    """Sigmoid on the blocks i, f, o of a (N, 4H), tanh on the block g."""
    H = a.shape[1] // 4
    gates = np.empty_like(a)
    gates[:, : 3 * H] = sigmoid(a[:, : 3 * H])
    gates[:, 3 * H :] = np.tanh(a[:, 3 * H :])
    return gates


def _step_gradient(dnext_h, dnext_c, prev_c, gates, tanh_c):
    """Gradients with respect to a (N, 4H), before the squashing, and to prev_c (N, H)."""
    i, f, o, g = np.split(gates, 4, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    da = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * prev_c * f * (1 - f),
            dnext_h * tanh_c * o * (1 - o),
            dc * i * (1 - g * g),
        ],
        axis=1,
    )
    return da, dc * f
