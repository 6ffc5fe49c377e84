"""What a recurrent network has to do step by step, on packed rows: everything after a_t = x_t Wx + b.

Arrays are overwritten where nobody needs their old values, and every product is as large as it can be.
"""

import numpy as np

from cs231n.fast.gates import gates_backward_in_place, squash_gates_in_place
from cs231n.fast.packing import previous_rows, row_blocks
from cs231n.fast.products import product
from cs231n.fast.workspace import empty


def rnn_states(a, state, Wh, counts):
    """The states of a vanilla RNN: h_t = tanh(a_t + h_{t−1} Wh).

    a: (K, H) packed rows of x_t Wx + b, overwritten with h
    state: (h0,), h0 (N, H); Wh: (H, H)
    counts: rows at each step
    returns: (h,), h (K, H) packed rows, and a cache
    """
    (h0,) = state
    h, before, products = a, h0, empty(h0.shape, a.dtype)
    for rows in row_blocks(counts):
        still = slice(rows.stop - rows.start)
        h[rows] += np.matmul(before[still], Wh, out=products[still])
        before = np.tanh(h[rows], out=h[rows])
    return (h,), (h, h0, Wh, counts)


def rnn_states_backward(dh, cache):
    """Backward of `rnn_states`: da_t = (dh_t + da_{t+1} Whᵀ) ⊙ (1 − h_t²).

    dh: (K, H) packed rows, overwritten with da
    returns: da (K, H), dh0 (N, H), dWh (H, H)
    """
    h, h0, Wh, counts = cache
    da = dh
    Wh_T = np.ascontiguousarray(Wh.T)  # laid out for the product that every step makes
    dstate = np.zeros_like(h0)  # from the step after; zero for a caption that has none
    slopes = empty(h0.shape, h.dtype)
    for rows in reversed(row_blocks(counts)):
        still = slice(rows.stop - rows.start)
        da_t, slope = da[rows], slopes[still]
        da_t += dstate[still]
        np.multiply(h[rows], h[rows], out=slope)
        np.subtract(1, slope, out=slope)
        da_t *= slope
        np.matmul(da_t, Wh_T, out=dstate[still])
    return da, dstate, product(previous_rows(h, h0, counts).T, da)


def lstm_states(a, state, Wh, counts):
    """The states and cells of an LSTM.

    a: (K, 4H) packed rows of x_t Wx + b, overwritten with the gates
    state: (h0, c0), both (N, H); Wh: (H, 4H)
    counts: rows at each step
    returns: (h, c), both (K, H) packed rows, and a cache
    """
    h0, c0 = state
    h, c, tanh_c = (empty((len(a), h0.shape[1]), a.dtype) for _ in range(3))
    products = empty((len(h0), a.shape[1]), a.dtype)
    for rows in row_blocks(counts):
        before, cell = (part[: rows.stop - rows.start] for part in state)
        a[rows] += np.matmul(before, Wh, out=products[: len(before)])
        squash_gates_in_place(a[rows], cell, c[rows], tanh_c[rows], h[rows])
        state = h[rows], c[rows]
    return (h, c), (h, h0, c, c0, Wh, counts, a, tanh_c)


def lstm_states_backward(dh, cache):
    """Backward of `lstm_states`, the gradient of the last cells being zero.

    dh: (K, H) packed rows, overwritten
    returns: da (K, 4H), dh0 (N, H), dWh (H, 4H)
    """
    h, h0, c, c0, Wh, counts, gates, tanh_c = cache
    da, prev_c = empty(gates.shape, gates.dtype), previous_rows(c, c0, counts)
    Wh_T = np.ascontiguousarray(Wh.T)  # laid out for the product that every step makes
    # Of the step after; zero for a caption that has none.
    dstate, dcell = np.zeros_like(h0), np.zeros_like(h0)
    for rows in reversed(row_blocks(counts)):
        still = slice(rows.stop - rows.start)
        dh_t = dh[rows]
        dh_t += dstate[still]
        gates_backward_in_place(dh_t, dcell[still], prev_c[rows], gates[rows], tanh_c[rows], da[rows])
        np.matmul(da[rows], Wh_T, out=dstate[still])
    return da, dstate, product(previous_rows(h, h0, counts).T, da)
