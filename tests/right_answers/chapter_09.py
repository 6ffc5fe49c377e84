"""Right answers to chapter 09, in many styles."""

import numpy as np

from cs231n.rnn_layers import temporal_softmax_loss
from right_answers import answers


@answers("advantages")
def advantages_from_the_sum(rewards):
    K = rewards.shape[1]
    return rewards - (rewards.sum(axis=1)[:, None] - rewards) / (K - 1)


@answers("advantages")
def advantages_with_loops(rewards):
    found = np.zeros(rewards.shape)
    for n, row in enumerate(rewards):
        for k, reward in enumerate(row):
            found[n, k] = reward - np.mean(np.delete(row, k))
    return found


@answers("advantages")
def advantages_with_a_matrix(rewards):
    K = rewards.shape[1]
    return rewards @ (np.eye(K) - (1 - np.eye(K)) / (K - 1))


@answers("reward_loss")
def loss_with_weights_as_mask(x, y, mask, advantages):
    return temporal_softmax_loss(x, y, mask * advantages[:, None])


@answers("reward_loss")
def loss_with_loops(x, y, mask, advantages):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros_like(x)
    for n in range(N):
        for t in range(T):
            if mask[n, t]:
                p = np.exp(x[n, t]) / np.exp(x[n, t]).sum()
                loss -= advantages[n] * np.log(p[y[n, t]]) / N
                dx[n, t] = advantages[n] * p / N
                dx[n, t, y[n, t]] -= advantages[n] / N
    return loss, dx


@answers("reward_loss")
def loss_with_rows(x, y, mask, advantages):
    N, T, V = x.shape
    rows, words = x.reshape(N * T, V), y.ravel()
    weights = (mask * np.expand_dims(advantages, 1) / len(x)).ravel()
    logp = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    drawn = np.arange(N * T), words
    loss = -np.sum(weights * logp[drawn])
    drows = np.exp(logp)
    drows[drawn] -= 1
    drows *= weights[:, None]
    return loss, drows.reshape(N, T, V)
