"""Right answers to chapter 13, in many styles."""

import numpy as np

from right_answers import answers


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
