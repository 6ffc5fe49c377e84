"""Ask a captioner for the time of day, by multiple choice: which of all phrases that name it are likeliest?

Nothing is drawn at random. So the answer can be compared with a probe that reads the time from the same state.
"""

import numpy as np

from cs231n.course.scenes.grammar import IT_IS, WHEN
from cs231n.course.text_units import plain_texts
from cs231n.decoding import log_softmax

TIMES = ("day", "sunset", "night")


def phrases_of(time, vocabulary, first):
    """The phrases that name a time of day, as lists of words; first: with those that only begin a caption."""
    texts = [text for (named, _), some in WHEN.items() for text in some if named == time]
    texts += [text for (named, _), some in IT_IS.items() for text in some if named == time and first]
    return [text.split() for text in texts if set(text.split()) <= set(vocabulary)]


def ask_first(model, data, facts, split):
    """Ask straight after <START>, once for each picture of a split.

    facts: of its pictures
    returns: states (N, K); true (N,) texts; chosen (N,) texts, and None for the training pictures
    """
    pictures = np.arange(len(facts))
    return _ask(model, data, facts, split, pictures, np.full((len(facts), 1), model.start_word), first=True)


def ask_last(model, data, facts, split, captions=2000):
    """Ask where people name the time at the end of a caption: they wrote the words before it, the model goes on.

    captions: at most
    returns: as `ask_first`
    """
    phrases = [phrase for time in TIMES for phrase in phrases_of(time, model.word_to_idx, first=False)]
    rows, lengths = [], []
    for row, text in enumerate(plain_texts(data[f"{split}_captions"], data["idx_to_word"])):
        words = text.split()
        at_the_end = [len(phrase) for phrase in phrases if words[-len(phrase) :] == phrase]
        if at_the_end and len(rows) < captions:
            rows.append(row)
            lengths.append(len(words) - max(at_the_end))
    rows, lengths, parts = np.array(rows), np.array(lengths), []
    for length in np.unique(lengths):
        some = rows[lengths == length]
        read = data[f"{split}_captions"][some, : length + 1]  # <START> too
        parts.append(_ask(model, data, facts, split, data[f"{split}_image_idxs"][some], read, first=False))
    states, true, chosen = zip(*parts, strict=True)
    return np.concatenate(states), np.concatenate(true), None if split == "train" else np.concatenate(chosen)


def _ask(model, data, facts, split, pictures, read, first):
    """The states after some words, the true time, and the one that the model would name next."""
    state = model.initial_state(data[f"{split}_features"][pictures])
    for words in read.T:
        scores, state = model.step(words, state)
    states, true = np.concatenate(state, axis=1), np.array([facts[i]["time"] for i in pictures])
    if split == "train":
        return states, true, None
    phrases = [phrases_of(time, model.word_to_idx, first) for time in TIMES]
    chances = [sum(_chance(model, phrase, scores, state) for phrase in some) for some in phrases]
    return states, true, np.array(TIMES)[np.argmax(chances, axis=0)]


def _chance(model, phrase, scores, state):
    """P(phrase | all before it), for each row."""
    logp = 0
    for word in phrase:
        number = model.word_to_idx[word]
        logp = logp + log_softmax(scores)[:, number]
        scores, state = model.step(np.full(len(scores), number), state)
    return np.exp(logp)
