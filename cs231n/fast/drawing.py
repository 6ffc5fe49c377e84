"""Draw several captions for each of many pictures at once, from the model's own probabilities."""

import numpy as np


def draw_captions(model, features, each, random, max_length=30, banned=()):
    """Captions drawn word by word: P(w) = softmax of the scores, the banned words left out.

    As `decoding.sampled_captions` at temperature 1, with less work: a picture becomes a first state once for all
    its captions, only captions that have not ended are computed, and a word takes one random number.

    features: (N, D), or GridFeatures of N pictures; each: captions per picture
    random: a NumPy Generator
    max_length: words at most, <END> among them; banned: numbers of words that are never drawn
    returns: (N · each, max_length) int32, a picture's captions one after another: words with <END> but without
        <START>, filled up with <NULL>
    """
    end = model.word_to_idx.get("<END>", -1)
    state = tuple(np.repeat(part, each, axis=0) for part in model.initial_state(features))
    N = len(features) * each
    captions = np.full((N, max_length), model.word_to_idx["<NULL>"], dtype=np.int32)
    speaking, words = np.arange(N), np.full(N, model.start_word, dtype=np.int32)
    for t in range(max_length):
        scores, state = model.step(words, state)
        scores[:, banned] = -np.inf
        words = _draw(scores, random.random(len(scores)))
        captions[speaking, t] = words
        if (words == end).any():
            going_on = words != end
            speaking, words, *state = (part[going_on] for part in (speaking, words, *state))
        if not len(speaking):
            break
    return captions


def _draw(scores, uniform):
    """The word in whose share of the sum of exp(scores) a number from 0 to 1 falls, for each row."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    reached = p.cumsum(axis=1, dtype=np.float64)
    words = (reached <= (uniform * reached[:, -1])[:, None]).sum(axis=1)
    return np.minimum(words, scores.shape[1] - 1).astype(np.int32)
