"""Correct answers to the small exercises of chapters 5, 10 and 11."""

import math

import numpy as np
from styles import answers

# ---- perplexity


@answers("perplexity")
def perplexity_of_counted_words(loss, captions):
    return np.exp(loss * captions.shape[0] / np.count_nonzero(captions[:, 1:]))


@answers("perplexity")
def perplexity_by_a_loop(loss, captions):
    words = 0
    for row in captions:
        words += sum(1 for word in row if word not in (0, 1))
    return math.e ** (loss * len(captions) / words)


@answers("perplexity")
def perplexity_of_the_mean_length(loss, captions):
    return math.exp(loss / ((captions > 0).sum(axis=1) - 1).mean())


# ---- temperature


@answers("soften")
def softmax_of_scaled_scores(scores, temperature):
    scaled = scores / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@answers("soften")
def softmax_row_by_row(scores, temperature):
    rows = []
    for row in scores:
        e = np.exp((row - row.max()) / temperature)
        rows.append(e / e.sum())
    return np.array(rows)


@answers("soften")
def power_of_the_probabilities(scores, temperature):
    p = np.exp(scores - scores.max(axis=1)[:, None])
    p = (p / p.sum(axis=1)[:, None]) ** (1 / temperature)
    return p / p.sum(axis=1)[:, None]


# ---- nucleus


@answers("nucleus")
def nucleus_by_a_loop(probabilities, top_p):
    kept, total = np.zeros_like(probabilities), 0.0
    for word in np.argsort(probabilities)[::-1]:
        if total >= top_p:
            break
        kept[word] = probabilities[word]
        total += probabilities[word]
    return kept / total


@answers("nucleus")
def nucleus_by_searchsorted(probabilities, top_p):
    order = probabilities.argsort()[::-1]
    many = np.searchsorted(np.cumsum(probabilities[order]), top_p) + 1
    out = np.zeros(len(probabilities))
    out[order[:many]] = probabilities[order[:many]]
    return out / out.sum()


@answers("nucleus")
def nucleus_by_a_threshold(probabilities, top_p):
    down = np.sort(probabilities)[::-1]
    least = down[np.sum(np.cumsum(down)[:-1] < top_p)]
    return np.where(probabilities >= least, probabilities, 0) / probabilities[probabilities >= least].sum()


# ---- a probe


@answers("fit_probe")
def probe_by_the_normal_equations(states, targets, strength):
    s = states - states.mean(0)
    left = s.T.dot(s) + np.diag([strength] * s.shape[1])
    W = np.linalg.inv(left) @ s.T @ targets
    return W, (targets - states @ W).mean(axis=0)


@answers("fit_probe")
def probe_with_a_column_of_ones(states, targets, strength):
    N, K = states.shape
    S = np.hstack([states, np.ones((N, 1))])
    small = strength * np.eye(K + 1)
    small[K, K] = 0  # b may be as large as it likes
    both = np.linalg.solve(S.T @ S + small, S.T @ targets)
    return both[:K], both[K]


@answers("fit_probe")
def probe_by_rows_that_pull_to_zero(states, targets, strength):
    K, C = states.shape[1], targets.shape[1]
    s, t = states - states.mean(axis=0), targets - targets.mean(axis=0)
    more = np.sqrt(strength) * np.eye(K)
    W = np.linalg.lstsq(np.vstack([s, more]), np.vstack([t, np.zeros((K, C))]), rcond=None)[0]
    return W, targets.mean(axis=0) - states.mean(axis=0) @ W
