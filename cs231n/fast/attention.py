"""The LSTM with attention on packed rows, without ever making A = grid W_grid + b_grid.

A has L rows of H numbers per picture; making it, and its gradient, is most of the work. Brackets moved, it is not
needed (q_t asks, r_t is what was read):

    scores   A h / √H = grid q_t + (one number, the same for all cells), q_t = W_grid h / √H
    context  Σ weights · A = r_t W_grid + b_grid, r_t = Σ weights · grid

The one number changes no weight: softmax takes differences only. So a step reads the grid as it came, twice.
"""

import numpy as np

from cs231n.attention import dot_cells, mix_cells, softmax, softmax_backward
from cs231n.fast.gates import gates_backward_in_place, squash_gates_in_place
from cs231n.fast.packing import previous_rows, row_blocks
from cs231n.fast.products import product
from cs231n.fast.workspace import empty


def attention_states(a, state, Wh, Wc, W_grid, b_grid, counts):
    """The states and cells of an LSTM with attention.

    a: (K, 4H) packed rows of x_t Wx + b, overwritten with the gates
    state: (h0, c0, grid), (N, H), (N, H) and (N, L, G), captions in the order of the packed rows
    Wh, Wc: (H, 4H), W_grid: (G, H), b_grid: (H,)
    counts: rows at each step
    returns: (h, c, grid), h and c (K, H) packed rows, and a cache
    """
    h0, c0, grid = state
    (K, H4), H, (_, L, G) = a.shape, h0.shape[1], grid.shape
    h, c, tanh_c = (empty((K, H), a.dtype) for _ in range(3))
    weights, read = empty((K, L), a.dtype), empty((K, G), a.dtype)
    from_state = np.hstack(
        [Wh, W_grid.T / a.dtype.type(H**0.5)]
    )  # (H, 4H + G): the sums' part and the question
    from_read = W_grid @ Wc if K > G else None  # for a few rows, two products cost less than this one
    a += b_grid @ Wc
    before, cell = h0, c0
    for rows in row_blocks(counts):
        still = slice(rows.stop - rows.start)
        asked = before[still] @ from_state
        weights[rows] = softmax(dot_cells(grid[still], asked[:, H4:]))
        read[rows] = mix_cells(weights[rows], grid[still])
        a[rows] += asked[:, :H4]
        a[rows] += (read[rows] @ W_grid) @ Wc if from_read is None else read[rows] @ from_read
        squash_gates_in_place(a[rows], cell[still], c[rows], tanh_c[rows], h[rows])
        before, cell = h[rows], c[rows]
    projections = (Wc, W_grid, b_grid, from_state, from_read)
    return (h, c, grid), (h, c, state, counts, a, tanh_c, weights, read, projections)


def attention_states_backward(dh, cache):
    """Backward of `attention_states`, the gradient of the last cells being zero. The grid gets none: it is data.

    dh: (K, H) packed rows, overwritten
    returns: da (K, 4H), dh0 (N, H), dWh (H, 4H), dWc (H, 4H), dW_grid (G, H), db_grid (H,)
    """
    h, c, (h0, c0, grid), counts, gates, tanh_c, weights, read, projections = cache
    Wc, W_grid, b_grid, from_state, from_read = projections
    from_read = W_grid @ Wc if from_read is None else from_read
    H, H4 = h0.shape[1], gates.shape[1]
    dasked = empty((len(h), from_state.shape[1]), h.dtype)  # da and dq side by side
    prev_c = previous_rows(c, c0, counts)
    from_state_T, from_read_T = np.ascontiguousarray(from_state.T), np.ascontiguousarray(from_read.T)
    # Of the step after; zero for a caption that has none.
    dstate, dcell = np.zeros_like(h0), np.zeros_like(h0)
    for rows in reversed(row_blocks(counts)):
        still = slice(rows.stop - rows.start)
        dh_t = dh[rows]
        dh_t += dstate[still]
        da = dasked[rows, :H4]
        gates_backward_in_place(dh_t, dcell[still], prev_c[rows], gates[rows], tanh_c[rows], da)
        dweights = dot_cells(grid[still], da @ from_read_T)
        dasked[rows, H4:] = mix_cells(softmax_backward(dweights, weights[rows]), grid[still])
        np.matmul(dasked[rows], from_state_T, out=dstate[still])

    da, db = dasked[:, :H4], dasked[:, :H4].sum(axis=0)
    dfrom_state = product(previous_rows(h, h0, counts).T, dasked)
    dfrom_read = read.T @ da
    dW_grid = dfrom_state[:, H4:].T / h.dtype.type(H**0.5) + dfrom_read @ Wc.T
    dWc = W_grid.T @ dfrom_read + np.outer(b_grid, db)
    return da, dstate, dfrom_state[:, :H4], dWc, dW_grid, Wc @ db
