"""Layers that do the same thing at every time step: word embedding, affine scores, softmax loss."""

from itertools import pairwise

import numpy as np

from cs231n.layers import affine_backward, affine_forward
from cs231n.shapes import check_indices, check_shapes


def word_embedding_forward(x, W):
    """Look a vector up for every word: out[n, t] = W[x[n, t]].

    x: (N, T) integers in 0 … V − 1
    W: (V, D), one row a word
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
    words, sums = sum_by_word(dout.reshape(x.size, size["D"]), x.ravel())
    dW[words] = sums
    return dW


def sum_by_word(rows, words):
    """Add up the rows of each word. The rows are sorted by word first: each word's rows are then one block,
    and adding a block is many times faster than np.add.at, which adds number by number.

    rows: (K, D), words: (K,) integers
    returns: the words that occur (U,), sorted, and their sums (U, D)
    """
    order = np.argsort(words, kind="stable")
    rows = rows[order]
    used, starts = np.unique(words[order], return_index=True)
    sums = np.empty((len(used), rows.shape[1]), dtype=rows.dtype)
    for total, (start, end) in zip(sums, pairwise([*starts, len(rows)]), strict=True):
        np.add.reduce(rows[start:end], axis=0, out=total)
    return used, sums


def word_inputs_forward(words, W_embed, Wx, b):
    """What words bring to a recurrent cell: out[k] = W_embed[words[k]] Wx + b.

    A word has the same vector wherever it stands, so the product is made once a word that occurs, and looked
    up. A batch of 128 captions has 1,400 words, but fewer than 300 different ones.

    words: (K,) integers
    W_embed: (V, W), Wx: (W, kH), b: (kH,)
    returns: out (K, kH) and cache
    """
    used, places = np.unique(words, return_inverse=True)
    vectors = W_embed[used]
    return affine_forward(vectors, Wx, b)[0][places], (words, vectors, Wx, len(W_embed))


def word_inputs_backward(dout, cache):
    """Backward of `word_inputs_forward`: rows of the same word are added up before the products.

    dout: (K, kH)
    returns: dW_embed (V, W), dWx (W, kH), db (kH,)
    """
    words, vectors, Wx, V = cache
    used, sums = sum_by_word(dout, words)
    dvectors, dWx, db = affine_backward(sums, (vectors, Wx))
    dW_embed = np.zeros((V, vectors.shape[1]), dtype=dvectors.dtype)
    dW_embed[used] = dvectors
    return dW_embed, dWx, db


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
    check_indices("y", y[counted], V, "the vocabulary")
    scores, weights = x[counted], mask[counted].astype(x.dtype) / max(N, 1)  # only the K steps that count
    loss, dscores = softmax_loss(scores, y[counted], weights, out=scores)
    dx = np.zeros((N, T, V), dtype=x.dtype)
    dx[counted] = dscores
    if verbose:
        print("dx:", dx.shape)
    return loss, dx


def softmax_loss(scores, words, weights, out=None):
    """Softmax loss of rows: −Σ_k weights[k] log softmax(scores[k])[words[k]].

    scores: (K, V), words: (K,), weights: (K,)
    out: array for the gradient; it may be scores itself, which is then overwritten
    returns: loss (a number) and dscores (K, V)
    """
    row = np.arange(len(words))
    shifted = np.subtract(scores, scores.max(axis=1, keepdims=True), out=out)  # so that exp cannot overflow
    right = shifted[row, words]
    dscores = np.exp(shifted, out=shifted)
    total = dscores.sum(axis=1)
    loss = (weights * (np.log(total) - right)).sum()
    dscores *= (weights / total)[:, None]
    dscores[row, words] -= weights
    return loss, dscores
