"""Layers that do the same thing at every time step: word embedding, affine scores, softmax loss."""

import numpy as np

from cs231n.shapes import check_indices, check_shapes, float_type


def word_embedding_forward(x, W):
    """Look a vector up for every word: out[n, t] = W[x[n, t]].

    x: (N, T) integers in 0 … V − 1
    W: (V, D), one row per word
    returns: out (N, T, D) and cache (x, V)
    ValueError: when a word's number is out of range or a shape does not fit
    """
    check_shapes(x=(x, "N T"), W=(W, "V D"))
    check_indices("x", x, W.shape[0], "W")
    return W[x], (x, W.shape[0])


def word_embedding_backward(dout, cache):
    """Backward of `word_embedding_forward`: dW[v] = Σ dout[n, t] over all places where x[n, t] = v.

    dout: (N, T, D)
    cache: (x, V) from `word_embedding_forward`
    returns: dW (V, D)
    """
    x, V = cache
    size = check_shapes(x=(x, "N T"), dout=(dout, "N T D"))
    dW = np.zeros((V, size["D"]), dtype=dout.dtype)
    np.add.at(dW, x, dout)  # `dW[x] += dout` would count a word that stands twice only once
    return dW


def temporal_affine_forward(x, w, b):
    """The same affine layer at every time step: out[n, t] = x[n, t] w + b.

    x: (N, T, D)
    w: (D, M), b: (M,)
    returns: out (N, T, M) and cache (x, w)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N T D"), w=(w, "D M"), b=(b, "M"))
    N, T, D = x.shape
    return (x.reshape(N * T, D) @ w + b).reshape(N, T, len(b)), (x, w)


def temporal_affine_backward(dout, cache):
    """Backward of `temporal_affine_forward`; the weights are shared, so their gradients add up over N and T.

    dout: (N, T, M)
    cache: (x, w) from `temporal_affine_forward`
    returns: dx (N, T, D), dw (D, M), db (M,)
    """
    x, w = cache
    size = check_shapes(x=(x, "N T D"), w=(w, "D M"), dout=(dout, "N T M"))
    N, T, D, M = size.values()
    rows = dout.reshape(N * T, M)
    return (rows @ w.T).reshape(x.shape), x.reshape(N * T, D).T @ rows, rows.sum(axis=0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    """Softmax loss at every time step that counts: −Σ mask[n, t] log softmax(x[n, t])[y[n, t]] / N.

    Summed over time, averaged over the N captions. Steps with mask 0 (padding) change neither loss nor gradient
    and are not computed.

    x: (N, T, V) scores
    y: (N, T) integers, the right word at each step
    mask: (N, T) booleans or weights; 0 leaves a step out
    verbose: True prints the shape of dx
    returns: loss (a number) and dx (N, T, V)
    ValueError: when a word's number is out of range or a shape does not fit
    """
    N, T, V = check_shapes(x=(x, "N T V"), y=(y, "N T"), mask=(mask, "N T")).values()
    counted = mask != 0
    scores, words = x[counted].astype(float_type(x), copy=False), y[counted]  # only the K steps that count
    check_indices("y", words, V, "the vocabulary")
    shifted = scores - scores.max(axis=1, keepdims=True)  # so that exp cannot overflow
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    weights, row = mask[counted].astype(log_p.dtype) / N, np.arange(len(words))
    loss = -(weights * log_p[row, words]).sum()

    dscores = np.exp(log_p)
    dscores[row, words] -= 1
    dx = np.zeros((N, T, V), dtype=dscores.dtype)
    dx[counted] = weights[:, None] * dscores
    if verbose:
        print("dx:", dx.shape)
    return loss, dx
