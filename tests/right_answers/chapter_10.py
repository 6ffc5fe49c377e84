"""Right answers to chapter 10, in many styles."""

import numpy as np

from right_answers import answers


@answers("soften")
def softened_by_log(scores, temperature):
    scaled = scores / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled, axis=1)[:, None])


@answers("soften")
def softened_in_double_precision(scores, temperature):
    scaled = np.float64(scores) / temperature
    e = np.exp(scaled - np.max(scaled, axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(scores.dtype)


@answers("soften")
def softmax_of_scaled_scores(scores, temperature):
    scaled = scores / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@answers("nucleus")
def nucleus_word_after_word(probabilities, top_p):
    kept, total = [], 0.0
    for word in sorted(range(len(probabilities)), key=lambda word: -probabilities[word]):
        if total < top_p:
            kept.append(word)
        total += probabilities[word]
    out = np.zeros(len(probabilities))
    out[kept] = probabilities[kept]
    return out / sum(out)


@answers("nucleus")
def nucleus_of_what_is_likelier(probabilities, top_p):
    likelier = (probabilities[:, None] > probabilities) * probabilities[:, None]
    left = np.where(likelier.sum(axis=0) < top_p, probabilities, 0)
    return left / left.sum()


@answers("nucleus")
def nucleus_by_a_loop(probabilities, top_p):
    kept, total = np.zeros_like(probabilities), 0.0
    for word in np.argsort(probabilities)[::-1]:
        if total >= top_p:
            break
        kept[word] = probabilities[word]
        total += probabilities[word]
    return kept / total
