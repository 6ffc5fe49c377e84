"""The long short-term memory network (LSTM): one step, and a whole sequence of steps.

The columns of Wx, Wh and b hold four blocks of H, always in the order i, f, o, g:
input gate, forget gate, output gate, candidate.
"""

import numpy as np

from cs231n.packing import batch_major, previous_rows, row_blocks, time_major
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
    N, T = size["N"], size["T"]
    a = time_major(x) @ Wx + b
    a = a.astype(np.result_type(a, h0, Wh), copy=False)
    h, (*_, c, gates, tanh_c) = lstm_states(a, h0, np.zeros_like(h0), Wh, [N] * T)
    h, c, gates, tanh_c = (batch_major(part, N, T) for part in (h, c, gates, tanh_c))
    return h, (x, h0, Wx, Wh, h, c, gates, tanh_c)


def lstm_backward(dh, cache):
    """Backward of `lstm_forward`: the step's backward from the last step to the first.

    dh: (N, T, H) gradient that reaches each state from its own step's output
    cache: (x, h0, Wx, Wh, h, c, gates, tanh_c) from `lstm_forward`
    returns: dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    x, h0, Wx, Wh, h, c, gates, tanh_c = cache
    size = check_shapes(x=(x, "N T D"), h=(h, "N T H"), dh=(dh, "N T H"))
    N, T = size["N"], size["T"]
    h, c, gates, tanh_c = (time_major(part) for part in (h, c, gates, tanh_c))
    states = (h, h0, np.zeros_like(h0), Wh, [N] * T, c, gates, tanh_c)
    da, dh0, dWh = lstm_states_backward(time_major(dh), states)
    return batch_major(da @ Wx.T, N, T), dh0, time_major(x).T @ da, dWh, da.sum(axis=0)


def lstm_states(a, h0, c0, Wh, counts):
    """The part of an LSTM that has to go step by step: everything after a_t = x_t Wx + b.

    a: (K, 4H) packed rows of x_t Wx + b, overwritten with the gates
    h0, c0: (N, H), Wh: (H, 4H)
    counts: rows at each step, see `packing`
    returns: h (K, H) packed rows and cache (h, h0, c0, Wh, counts, c, gates, tanh_c)
    """
    H = h0.shape[1]
    h, c, tanh_c = (np.empty((len(a), H), dtype=a.dtype) for _ in range(3))
    state, cell = h0, c0
    for rows in row_blocks(counts):
        still = slice(rows.stop - rows.start)
        a[rows] += state[still] @ Wh
        i, f, o, g = np.split(_squash(a[rows], out=a[rows]), 4, axis=1)
        np.multiply(f, cell[still], out=c[rows])
        c[rows] += i * g
        np.tanh(c[rows], out=tanh_c[rows])
        np.multiply(o, tanh_c[rows], out=h[rows])
        state, cell = h[rows], c[rows]
    return h, (h, h0, c0, Wh, counts, c, a, tanh_c)


def lstm_states_backward(dh, cache):
    """Backward of `lstm_states`.

    dh: (K, H) packed rows
    returns: da (K, 4H), dh0 (N, H), dWh (H, 4H)
    """
    h, h0, c0, Wh, counts, c, gates, tanh_c = cache
    da = np.empty(gates.shape, dtype=np.result_type(dh, h, Wh))
    Wh_T = np.ascontiguousarray(Wh.T)  # laid out for the product that every step makes
    dstate = np.zeros((0, h.shape[1]), dtype=da.dtype)  # from the step after: only captions that have one
    dcell = np.zeros_like(h0, dtype=da.dtype)
    prev_c = previous_rows(c, c0, counts)
    for rows in reversed(row_blocks(counts)):
        still = slice(rows.stop - rows.start)
        dh_t = dh[rows].astype(da.dtype)
        dh_t[: len(dstate)] += dstate
        dcell[still] = _step_gradient(
            dh_t, dcell[still], prev_c[rows], gates[rows], tanh_c[rows], out=da[rows]
        )[1]
        dstate = da[rows] @ Wh_T
    dh0 = np.zeros_like(dcell)
    dh0[: len(dstate)] = dstate
    return da, dh0, previous_rows(h, h0, counts).T @ da


def _squash(a, out=None):
    """Sigmoid on the blocks i, f, o of a (N, 4H), tanh on the block g; out may be a itself."""
    H = a.shape[1] // 4
    gates = np.empty_like(a) if out is None else out
    gates[:, : 3 * H] = sigmoid(a[:, : 3 * H])
    np.tanh(a[:, 3 * H :], out=gates[:, 3 * H :])
    return gates


def _step_gradient(dnext_h, dnext_c, prev_c, gates, tanh_c, out=None):
    """Gradients with respect to a (N, 4H), before the squashing, and to prev_c (N, H)."""
    i, f, o, g = np.split(gates, 4, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    parts = [
        dc * g * i * (1 - i),
        dc * prev_c * f * (1 - f),
        dnext_h * tanh_c * o * (1 - o),
        dc * i * (1 - g * g),
    ]
    return np.concatenate(parts, axis=1, out=out), dc * f
