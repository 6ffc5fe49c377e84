"""How many bits a model needs for a text: the quantity that words, pieces and characters share."""

from collections import Counter
from itertools import pairwise

import numpy as np

from cs231n.course.text_units import plain_texts, spell
from cs231n.decoding import log_softmax


def bits_per_character(model, data, texts=None, split="val", batch_size=100):
    """Bits a model needs for each character of captions: (Σ −log₂ P(caption) + spelling) / characters.

    P(caption) is the product over its words or its characters, <END> included. Divided by the same number for
    both kinds: all characters of the texts, spaces among them, and one for each <END>.
    A word outside the vocabulary is <UNK> to the model, which does not say what stands there. To name it, it
    is spelled: each letter, and the space after it, costs −log₂ of its frequency in the training captions.

    model: a `CaptioningRNN` for data's vocabulary; data: of words or characters
    texts: what data's captions are the numbers of, with every word written out; left out, <UNK> is taken as
        the text itself, as one character
    returns: bits per character; the part of it that is spelling
    """
    captions, rows = data[f"{split}_captions"], data[f"{split}_image_idxs"]
    texts = plain_texts(captions, data["idx_to_word"]) if texts is None else texts
    nats = 0.0
    for start in range(0, len(captions), batch_size):
        part = slice(start, start + batch_size)
        loss, _ = model.loss(data[f"{split}_features"][rows[part]], captions[part])
        nats += float(loss) * len(captions[part])
    spelling = _spelling_bits(data, texts)
    characters = sum(len(spell(text)) + 1 for text in texts)
    return (nats / np.log(2) + spelling) / characters, spelling / characters


def bits_of_units(model, data, which, split="val"):
    """What each word (or piece, or character) of one caption costs: −log₂ P(unit).

    which: number of the caption
    returns: bits (T,), <END> included; list of T units
    """
    numbers = data[f"{split}_captions"][which]
    numbers = numbers[: np.flatnonzero(numbers == data["word_to_idx"]["<END>"])[0] + 1]
    state = model.initial_state(data[f"{split}_features"][[data[f"{split}_image_idxs"][which]]])
    bits = []
    for now, following in pairwise(numbers):
        scores, state = model.step(np.array([now]), state)
        bits.append(-log_softmax(scores)[0, following] / np.log(2))
    return np.array(bits), [data["idx_to_word"][number] for number in numbers[1:]]


def bits_by_word(bits, units):
    """The bits of one caption for each of its words: its pieces or characters, and the space before it, together.

    bits, units: from `bits_of_units`
    returns: bits (W,), <END> as a word of its own; list of W words
    """
    if not any(unit.startswith(" ") for unit in units):
        return np.array(bits), list(units)
    starts = [k for k, unit in enumerate(units) if k == 0 or unit.startswith(" ") or unit == "<END>"]
    words = ["".join(part) for part in np.split(np.array(units, dtype=object), starts[1:])]
    return np.add.reduceat(bits, starts), [word.strip() for word in words]


def next_units(model, features, units):
    """How likely each unit is to come next, after a forced beginning.

    features: (N, D); units: list of words, pieces or characters, without <START>
    returns: dict from unit to the mean of its probability over the N pictures
    """
    state = model.initial_state(features)
    for unit in ["<START>", *units]:
        number = model.word_to_idx.get(unit, model.word_to_idx["<UNK>"])
        scores, state = model.step(np.full(len(features), number), state)
    chances = np.exp(log_softmax(scores)).mean(axis=0)
    return {model.idx_to_word[number]: chance for number, chance in enumerate(chances)}


def _spelling_bits(data, texts):
    """Bits that naming the words (or characters) outside the vocabulary of data costs."""
    split_up = spell if " " in data["word_to_idx"] else str.split
    unknown = [unit for text in texts for unit in split_up(text) if unit not in data["word_to_idx"]]
    if not unknown:
        return 0.0
    training = " ".join(plain_texts(data["train_captions"], data["idx_to_word"])).replace("<UNK>", "")
    counts = Counter(training) + Counter(dict.fromkeys("".join(unknown) + " ", 1))  # never quite 0
    total = sum(counts.values())
    return float(sum(-np.log2(counts[letter] / total) for unit in unknown for letter in f"{unit} "))
