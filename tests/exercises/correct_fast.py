"""Correct answers to the exercises of chapters 12 and 13."""

from collections import Counter
from itertools import pairwise

import numpy as np
from styles import answers

# ---- weight gradients


@answers("weight_gradients")
def gradients_by_products(x, h0, h, da):
    (N, T, D), H = x.shape, h.shape[2]
    rows = da.reshape(N * T, H)
    prev_h = np.concatenate([h0[:, None, :], h[:, :-1]], axis=1)
    return x.reshape(N * T, D).T @ rows, prev_h.reshape(N * T, H).T @ rows, rows.sum(axis=0)


@answers("weight_gradients")
def gradients_by_einsum(x, h0, h, da):
    prev_h = np.append(h0[:, np.newaxis], h, axis=1)[:, : x.shape[1]]
    return np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", prev_h, da), da.sum(axis=1).sum(axis=0)


@answers("weight_gradients")
def gradients_by_tensordot(x, h0, h, da):
    prev_h = np.empty_like(h)
    prev_h[:, 0], prev_h[:, 1:] = h0, h[:, :-1]
    axes = ((0, 1), (0, 1))
    return [np.tensordot(x, da, axes), np.tensordot(prev_h, da, axes), np.einsum("nth->h", da)]


# ---- loss of the words that count


@answers("counted_words_loss")
def loss_of_gathered_rows(h, y, mask, W, b):
    rows, words = h[mask], y[mask]
    scores = rows @ W + b
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    k = np.arange(len(words))
    loss = -np.log(p[k, words]).sum() / len(h)
    p[k, words] -= 1
    p /= len(h)
    dh = np.zeros_like(h)
    dh[mask] = p @ W.T
    return loss, dh, rows.T @ p, p.sum(axis=0)


@answers("counted_words_loss")
def loss_of_numbered_rows(h, y, mask, W, b):
    n, t = np.nonzero(mask)
    s = np.matmul(h[n, t], W) + b
    logp = s - np.log(np.exp(s).sum(axis=1))[:, None]
    one_hot = np.eye(len(b), dtype=h.dtype)[y[n, t]]
    ds = (np.exp(logp) - one_hot) / h.shape[0]
    dh = np.zeros(h.shape, h.dtype)
    dh[n, t] = ds.dot(W.T)
    return -np.sum(logp * one_hot) / h.shape[0], dh, h[n, t].T.dot(ds), ds.sum(axis=0)


@answers("counted_words_loss")
def loss_word_by_word(h, y, mask, W, b):
    N, T, _ = h.shape
    loss, dh, dW, db = 0.0, np.zeros_like(h), np.zeros_like(W), np.zeros_like(b)
    for n in range(N):
        for t in range(T):
            if mask[n, t]:
                s = h[n, t] @ W + b
                logp = s - np.log(np.sum(np.exp(s)))
                loss -= logp[y[n, t]] / N
                ds = np.exp(logp) / N
                ds[y[n, t]] -= 1 / N
                dh[n, t] = W @ ds
                dW += np.outer(h[n, t], ds)
                db += ds
    return loss, dh, dW, db


# ---- word pieces


@answers("most_frequent_pair")
def pair_by_counter(words, counts):
    pairs = Counter()
    for word, count in zip(words.tolist(), counts.tolist(), strict=True):
        for pair in pairwise(word):
            if 0 not in pair:
                pairs[pair] += count
    return pairs.most_common(1)[0][0]


@answers("most_frequent_pair")
def pair_by_places(words, counts):
    N, T = words.shape
    first, second, best = 0, 0, 0
    for n in range(N):
        for t in range(T - 1):
            a, b = words[n, t], words[n, t + 1]
            here = (words[:, :-1] == a) & (words[:, 1:] == b)
            total = (here.sum(axis=1) * counts).sum()
            if b > 0 and total > best:
                first, second, best = a, b, total
    return first, second


@answers("most_frequent_pair")
def pair_in_a_table(words, counts):
    size = words.max() + 1
    table = np.zeros((size, size), dtype=int)
    np.add.at(table, (words[:, :-1], words[:, 1:]), counts[:, None])
    table[:, 0] = 0
    return np.unravel_index(table.argmax(), table.shape)


@answers("merge")
def merge_by_list(word, pair, new):
    left, merged = list(word), []
    while left:
        if tuple(left[:2]) == pair:
            left = left[2:]
            merged.append(new)
        else:
            merged.append(left.pop(0))
    return merged + [0] * (len(word) - len(merged))


@answers("merge")
def merge_in_a_copy(word, pair, new):
    merged, k, t = np.zeros_like(word), 0, 0
    while t < len(word):
        if t < len(word) - 1 and (word[t], word[t + 1]) == pair:
            merged[k] = new
            t += 1
        else:
            merged[k] = word[t]
        t, k = t + 1, k + 1
    return merged


@answers("merge")
def merge_with_a_for_loop(word, pair, new):
    merged = []
    for piece in word:
        if merged and merged[-1] == pair[0] and piece == pair[1]:
            merged[-1] = new
        else:
            merged.append(piece)
    return np.pad(np.array(merged), (0, len(word) - len(merged)))
