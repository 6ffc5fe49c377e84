"""Correct answers to the small exercises of chapter 5."""

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
    p = np.exp(scores / temperature)
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
    p = np.exp(scores)
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
    least = down[np.argmax(np.cumsum(down) >= top_p)]
    return np.where(probabilities >= least, probabilities, 0) / probabilities[probabilities >= least].sum()
