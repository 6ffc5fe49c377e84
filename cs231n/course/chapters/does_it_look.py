"""Three tests of whether a captioner looks at its pictures, or says the same for all of them."""

import numpy as np

from cs231n.course.caption_scores import share_distinct, share_true
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions, log_softmax


def does_it_look(model, features, facts, max_length=17):
    """A row of a table: true captions, the same with pictures exchanged, different captions, the first word.

    features: (N, D), as the model gets them; facts: list of N dicts
    returns: dict; `first word` is how much the probability of the likeliest first word differs between pictures
        (its standard deviation)
    """
    order = np.roll(np.arange(len(features)), len(features) // 2)
    said = plain_texts(greedy_captions(model, features, max_length), _words(model))
    exchanged = plain_texts(greedy_captions(model, features[order], max_length), _words(model))
    return {
        "true": share_true(said, facts),
        "pictures exchanged": share_true(exchanged, facts),
        "distinct": share_distinct(said),
        "first word": first_words(model, features).std(axis=0).max(),
    }


def first_words(model, features):
    """Probabilities of the first word of a caption: (N, V)."""
    words = np.full(len(features), model.start_word, dtype=np.int32)
    scores, _ = model.step(words, model.initial_state(features))
    return np.exp(log_softmax(scores))


def _words(model):
    return [model.idx_to_word[number] for number in range(len(model.idx_to_word))]
