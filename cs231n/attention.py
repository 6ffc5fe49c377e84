"""Attention over the cells of a picture's grid, and an LSTM that looks again before every word.

A picture is cut into L cells, and each cell has a vector of H numbers: A (N, L, H). The state h asks; every cell
answers with a score; the softmax of the scores says how much of each cell is read.
(Bahdanau et al., 2015; for captions Xu et al., 2015; the scaled dot product is that of Vaswani et al., 2017)
"""

import numpy as np

from cs231n.lstm_layers import lstm_step_backward, lstm_step_forward
from cs231n.shapes import check_shapes


def attention_forward(h, A):
    """One look at the grid: a mean of its cells, in which the cells that fit the state count most.

    scores[n, l] = A[n, l] · h[n] / √H,  weights = softmax of the scores over the L cells
    context[n] = Σ_l weights[n, l] A[n, l]

    h: (N, H) state, which asks
    A: (N, L, H) the cells
    returns: context (N, H), weights (N, L), cache (h, A, weights)
    ValueError: when a shape does not fit
    """
    check_shapes(h=(h, "N H"), A=(A, "N L H"))
    weights = softmax(dot_cells(A, h) / h.shape[1] ** 0.5)
    return mix_cells(weights, A), weights, (h, A, weights)


def attention_backward(dcontext, cache):
    """Backward of `attention_forward`: each cell is reached on two paths, as what is read and by its score.

    dweights[n, l] = A[n, l] · dcontext[n]
    dscores = weights ⊙ (dweights − Σ_l weights ⊙ dweights),  dh = Σ_l dscores A / √H
    dA[n, l] = weights[n, l] dcontext[n] + dscores[n, l] h[n] / √H

    dcontext: (N, H)
    cache: (h, A, weights) from `attention_forward`
    returns: dh (N, H), dA (N, L, H)
    """
    h, A, weights = cache
    check_shapes(h=(h, "N H"), dcontext=(dcontext, "N H"))
    dscores = softmax_backward(dot_cells(A, dcontext), weights) / h.shape[1] ** 0.5
    dA = weights[:, :, None] * dcontext[:, None] + dscores[:, :, None] * h[:, None]
    return mix_cells(dscores, A), dA


def attention_lstm_step_forward(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    """One step of an LSTM that looks first: the state before chooses the cells, the context joins the word.

    context = attention(prev_h, A)
    a = x Wx + prev_h Wh + context Wc + b, and from there on the LSTM's own step

    The context is one more input beside x. So the step is `lstm_step_forward` with the inputs [x, context]
    and the weights Wx above Wc.

    x: (N, D) input at this step
    prev_h, prev_c: (N, H) hidden state and cell of the step before
    A: (N, L, H) the cells of the grid
    Wx: (D, 4H), Wh: (H, 4H), Wc: (H, 4H), b: (4H,)
    returns: next_h (N, H), next_c (N, H), cache (attention_cache, lstm_cache) of the two parts
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N D"), prev_h=(prev_h, "N H"), A=(A, "N L H"), Wx=(Wx, "D 4H"), Wc=(Wc, "H 4H"))
    context, _, attention_cache = attention_forward(prev_h, A)
    inputs, weights = np.hstack([x, context]), np.vstack([Wx, Wc])
    next_h, next_c, lstm_cache = lstm_step_forward(inputs, prev_h, prev_c, weights, Wh, b)
    return next_h, next_c, (attention_cache, lstm_cache)


def attention_lstm_step_backward(dnext_h, dnext_c, cache):
    """Backward of `attention_lstm_step_forward`: the state before is reached through the LSTM and as the asker.

    dnext_h, dnext_c: (N, H) gradients with respect to next_h and next_c
    cache: (attention_cache, lstm_cache) from `attention_lstm_step_forward`
    returns: dx (N, D), dprev_h (N, H), dprev_c (N, H), dA (N, L, H), dWx (D, 4H), dWh (H, 4H), dWc (H, 4H),
        db (4H,)
    """
    attention_cache, lstm_cache = cache
    D = lstm_cache[0].shape[1] - dnext_h.shape[1]  # the columns after the first D are the context
    dinputs, dprev_h, dprev_c, dweights, dWh, db = lstm_step_backward(dnext_h, dnext_c, lstm_cache)
    dh, dA = attention_backward(dinputs[:, D:], attention_cache)
    return dinputs[:, :D], dprev_h + dh, dprev_c, dA, dweights[:D], dWh, dweights[D:], db


def attention_lstm_forward(x, h0, A, Wx, Wh, Wc, b):
    """A sequence of `attention_lstm_step_forward`, the cell starting at zero, the same grid at every step.

    x: (N, T, D) input sequence
    h0: (N, H) state before the first step
    A: (N, L, H) the cells of the grid
    Wx: (D, 4H), Wh: (H, 4H), Wc: (H, 4H), b: (4H,)
    returns: h (N, T, H), weights (N, T, L) that each step gave the cells, cache (arguments, step_caches)
    ValueError: when a shape does not fit
    """
    N, T, _, H, L = check_shapes(x=(x, "N T D"), h0=(h0, "N H"), A=(A, "N L H")).values()
    dtype = np.result_type(x, h0, A, Wx, Wh, Wc, b)
    h, weights, step_caches = np.empty((N, T, H), dtype), np.empty((N, T, L), dtype), []
    state, cell = h0, np.zeros_like(h0)
    for t in range(T):
        state, cell, cache = attention_lstm_step_forward(x[:, t], state, cell, A, Wx, Wh, Wc, b)
        h[:, t], weights[:, t] = state, cache[0][2]
        step_caches.append(cache)
    return h, weights, ((x, h0, A, Wx, Wh, Wc, b), step_caches)


def attention_lstm_backward(dh, cache):
    """Backward of `attention_lstm_forward`: from the last step to the first; gradients of A add up.

    dh: (N, T, H) gradient that reaches each state from its own step's output
    cache: (arguments, step_caches) from `attention_lstm_forward`
    returns: dx (N, T, D), dh0 (N, H), dA (N, L, H), dWx (D, 4H), dWh (H, 4H), dWc (H, 4H), db (4H,)
    """
    arguments, step_caches = cache
    dx, dstate, *shared = (np.zeros_like(a, dtype=dh.dtype) for a in arguments)
    dcell = np.zeros_like(dstate)
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dcell, *grads = attention_lstm_step_backward(
            dh[:, t] + dstate, dcell, step_caches[t]
        )
        for total, grad in zip(shared, grads, strict=True):
            total += grad
    return dx, dstate, *shared


def softmax(scores):
    """exp(s) / Σ exp(s) along the last axis; the largest s is taken off first: exp cannot overflow."""
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def softmax_backward(dp, p):
    """Backward of `softmax`, from its result p: dscores = p ⊙ (dp − Σ p ⊙ dp)."""
    return p * (dp - (p * dp).sum(axis=-1, keepdims=True))


def dot_cells(A, h):
    """(N, L, H) and (N, H) → (N, L): each cell's product with its own picture's vector."""
    return (A @ h[:, :, None])[:, :, 0]


def mix_cells(weights, A):
    """(N, L) and (N, L, H) → (N, H): the sum of the cells, each with its weight."""
    return (weights[:, None] @ A)[:, 0]
