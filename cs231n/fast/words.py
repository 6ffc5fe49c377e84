"""What words bring to a recurrent cell, and the loss of the words that it has to say: one row a word."""

from itertools import pairwise

import numpy as np

from cs231n.fast.products import affine_backward, affine_forward
from cs231n.fast.workspace import empty


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
    out = take_rows(affine_forward(vectors, Wx, b)[0], places)
    return out, (words, vectors, Wx, len(W_embed))


def word_inputs_backward(dout, cache):
    """Backward of `word_inputs_forward`: rows of the same word are added up before the products.

    dout: (K, kH)
    returns: dW_embed (V, W), dWx (W, kH), db (kH,)
    """
    words, vectors, Wx, V = cache
    used, sums = sum_by_word(dout, words)
    dvectors, dWx, db = affine_backward(sums, (vectors, Wx))
    dW_embed = empty((V, vectors.shape[1]), dvectors.dtype)
    dW_embed[:] = 0
    dW_embed[used] = dvectors
    return dW_embed, dWx, db


def take_rows(array, rows):
    """array[rows] for a matrix and integers that are known to be rows of it."""
    out = empty((len(rows), array.shape[1]), array.dtype)
    return np.take(array, rows, axis=0, out=out, mode="clip")  # other modes write into a copy of out first


def sum_by_word(rows, words):
    """Add up the rows of each word. The rows are sorted by word first: each word's rows are then one block,
    and adding a block is many times faster than np.add.at, which adds number by number.

    rows: (K, D), words: (K,) integers
    returns: the words that occur (U,), sorted, and their sums (U, D)
    """
    order = np.argsort(words, kind="stable")
    rows = take_rows(rows, order)
    used, starts = np.unique(words[order], return_index=True)
    sums = empty((len(used), rows.shape[1]), rows.dtype)
    for total, (start, end) in zip(sums, pairwise([*starts, len(rows)]), strict=True):
        np.add.reduce(rows[start:end], axis=0, out=total)
    return used, sums


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
