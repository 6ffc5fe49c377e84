"""Right answers to chapter 07, in many styles."""

import math

import numpy as np

from cs231n import rnn_layers as layers
from right_answers import answers


def shares(scores):
    p = np.exp(scores - scores.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


@answers("attention_forward")
def look_with_matmul(h, A):
    weights = shares((A @ h[:, :, None]).squeeze(2) / np.sqrt(h.shape[1]))
    context = (weights[:, None, :] @ A).squeeze(1)
    return context, weights, (h, A, weights)


@answers("attention_forward")
def look_with_einsum(h, A):
    scores = np.einsum("nlh,nh->nl", A, h) * h.shape[1] ** -0.5
    weights = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
    return np.einsum("nl,nlh->nh", weights, A), weights, None


@answers("attention_forward")
def look_with_loops(h, A):
    (N, H), L = h.shape, A.shape[1]
    context, weights = np.zeros((N, H), h.dtype), np.zeros((N, L), h.dtype)
    for n in range(N):
        weights[n] = [np.exp(A[n, k] @ h[n] / np.sqrt(H)) for k in range(L)]
        weights[n] /= weights[n].sum()
        for k in range(L):
            context[n] += weights[n, k] * A[n, k]
    return [context, weights, {"h": h, "A": A, "w": weights}]


@answers("attention_forward")
def look_with_broadcasting(h, A):
    scores = (A * h[:, None, :] / np.sqrt(A.shape[2])).sum(axis=2)
    weights = shares(scores)
    return (weights[:, :, None] * A).sum(axis=1), weights, (A, h)


@answers("attention_forward")
def look_with_matmul_again(h, A):
    scores = np.matmul(h[:, None], A.transpose(0, 2, 1)) / math.sqrt(h.shape[-1])
    e = np.exp(scores - scores.max(-1, keepdims=True))
    weights = e / e.sum(-1, keepdims=True)
    return np.matmul(weights, A)[:, 0], weights[:, 0], {"h": h, "A": A, "weights": weights}


@answers("attention_backward", look_with_matmul)
def look_back_with_matmul(dcontext, cache):
    h, A, weights = cache
    root = np.sqrt(h.shape[1])
    dweights = (A @ dcontext[:, :, None]).squeeze(2)
    dscores = weights * (dweights - (weights * dweights).sum(axis=1, keepdims=True))
    dh = (dscores[:, None, :] @ A).squeeze(1) / root
    dA = weights[:, :, None] * dcontext[:, None, :]
    dA += dscores[:, :, None] * h[:, None, :] / root
    return dh, dA


@answers("attention_backward", look_with_loops)
def look_back_with_jacobian(dcontext, cache):
    h, A, weights = cache["h"], cache["A"], cache["w"]
    dh, dA = np.zeros_like(h), np.zeros_like(A)
    for n in range(len(h)):
        jacobian = np.diag(weights[n]) - np.outer(weights[n], weights[n])
        dscores = jacobian @ (A[n] @ dcontext[n]) / np.sqrt(h.shape[1])
        dh[n] = A[n].T @ dscores
        dA[n] = np.outer(weights[n], dcontext[n]) + np.outer(dscores, h[n])
    return dh, dA


@answers("attention_backward", look_with_broadcasting)
def look_back_computing_weights_again(dcontext, cache):
    A, h = cache
    root = h.shape[1] ** 0.5
    w = shares(np.einsum("nlh,nh->nl", A, h) / root)
    dw = np.einsum("nlh,nh->nl", A, dcontext)
    ds = w * dw - w * np.sum(w * dw, axis=1)[:, None]
    return np.einsum("nl,nlh->nh", ds, A) / root, np.einsum("nl,nh->nlh", w, dcontext) + np.einsum(
        "nl,nh->nlh", ds, h / root
    )


@answers("attention_lstm_step_forward")
def attention_step_written_out(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    context, weights, look = look_with_matmul(prev_h, A)
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + context @ Wc + b, 4, axis=1)
    i, f, o, g = layers.sigmoid(i), layers.sigmoid(f), layers.sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (look, weights, i, f, o, g)


@answers("attention_lstm_step_forward")
def attention_step_through_the_lstm(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    context, _, look = look_with_einsum(prev_h, A)
    both, weights = np.concatenate([x, context], axis=1), np.concatenate([Wx, Wc], axis=0)
    next_h, next_c, cache = layers.lstm_step_forward(both, prev_h, prev_c, weights, Wh, b)
    return next_h, next_c, (look, cache)


@answers("attention_lstm_step_forward")
def attention_step_as_a_longer_bias(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    context = look_with_loops(prev_h, A)[0]
    a = np.hstack([x, prev_h, context]) @ np.vstack([Wx, Wh, Wc]) + b
    H = len(Wh)
    gates = 1 / (1 + np.exp(-a[:, : 3 * H]))
    next_c = gates[:, H : 2 * H] * prev_c + gates[:, :H] * np.tanh(a[:, 3 * H :])
    return gates[:, 2 * H :] * np.tanh(next_c), next_c, None


def sigma(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-np.abs(a))), 1 - 1 / (1 + np.exp(-np.abs(a))))


@answers("attention_lstm_step_forward")
def look_and_step_with_one_matrix(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    scores = np.einsum("nlh,nh->nl", A, prev_h) / np.sqrt(np.float32(len(Wh)))
    weights = np.exp(scores) / np.exp(scores).sum(1)[:, None]
    seen = np.concatenate([x, prev_h, np.einsum("nl,nlh->nh", weights, A)], axis=1)
    a = np.split(seen @ np.concatenate([Wx, Wh, Wc]) + b, 4, axis=1)
    next_c = sigma(a[1]) * prev_c + sigma(a[0]) * np.tanh(a[3])
    return sigma(a[2]) * np.tanh(next_c), next_c, (x, prev_h, prev_c, A, Wx, Wh, Wc, b)
