"""Captions as words or as characters: the same model, layers and solver train on both.

A dataset of characters has the form of every other dataset: its "words" are single characters, the space
among them. So `plain_texts` can tell which kind it has, and put captions together again. `word_pieces` has what
lies between the two.

<UNK> is one word of a vocabulary of words, and one character of a vocabulary of characters.
"""

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from cs231n.decoding import log_softmax

SPECIAL = ("<NULL>", "<START>", "<END>", "<UNK>")


def plain_texts(captions, idx_to_word):
    """Turn word or character numbers into text: without <START>, <END> and <NULL>, up to the first <END>.

    captions: (N, T) integers
    idx_to_word: list of words or of characters
    returns: list of N texts
    """
    joiner = "" if " " in idx_to_word else " "
    texts = []
    for row in np.asarray(captions):
        words = [idx_to_word[number] for number in row]
        if "<END>" in words:
            words = words[: words.index("<END>")]
        texts.append(joiner.join(word for word in words if word not in ("<START>", "<NULL>")))
    return texts


def caption_texts(data):
    """All captions of a dataset of words or characters as texts: {"train": […], "val": […]}."""
    return {split: plain_texts(data[f"{split}_captions"], data["idx_to_word"]) for split in ("train", "val")}


def with_words(data, texts, at_least=1):
    """The same pictures with other captions, a number for each word.

    data: dict from `load_coco_data`
    texts: {"train": […], "val": […]}, one text for each entry of data's {split}_image_idxs
    at_least: words that occur less often in the training texts become <UNK>
    returns: a new dict of the same form
    """
    units = {split: [text.split() for text in some] for split, some in texts.items()}
    return with_units(data, units, vocabulary(units["train"], at_least)[0])


def with_characters(data, texts=None):
    """The same pictures with captions of characters: a number for each character, the space among them.

    data: dict from `load_coco_data`
    texts: as in `with_words`; left out, those of data itself
    returns: a new dict of the same form; characters that training never shows become <UNK>
    """
    texts = texts or caption_texts(data)
    units = {split: [spell(text) for text in some] for split, some in texts.items()}
    return with_units(data, units, vocabulary(units["train"])[0])


def with_units(data, units, idx_to_word):
    """The same pictures with captions cut into units of any kind.

    data: dict from `load_coco_data`
    units: {"train": […], "val": […]}, a list of units for each entry of data's {split}_image_idxs
    idx_to_word: the four special units and all that have a number of their own; any other becomes <UNK>
    returns: a new dict of the same form
    ValueError: when there are not as many captions as entries
    """
    for split, some in units.items():
        if len(some) != len(data[f"{split}_image_idxs"]):
            raise ValueError(
                f"texts[{split!r}] has {len(some)} entries, expected {len(data[f'{split}_image_idxs'])}: "
                f"one for each entry of {split}_image_idxs"
            )
    word_to_idx = {unit: number for number, unit in enumerate(idx_to_word)}
    columns = 2 + max((len(caption) for some in units.values() for caption in some), default=0)
    numbers = {f"{split}_captions": encode(some, word_to_idx, columns) for split, some in units.items()}
    return data | {"idx_to_word": idx_to_word, "word_to_idx": word_to_idx} | numbers


def vocabulary(captions, at_least=1):
    """Units that occur often enough, the most frequent first, after the four special ones.

    captions: lists of units (words, pieces or characters)
    at_least: units that occur less often are left out: they are <UNK>
    returns: idx_to_word, a list; word_to_idx, a dict
    """
    counts = Counter(unit for caption in captions for unit in caption if unit not in SPECIAL)
    frequent = sorted((u for u, n in counts.items() if n >= at_least), key=lambda u: (-counts[u], u))
    idx_to_word = [*SPECIAL, *frequent]
    return idx_to_word, {unit: number for number, unit in enumerate(idx_to_word)}


def encode(captions, word_to_idx, columns):
    """Numbers of units, with <START> before and <END> after them, filled up with <NULL>.

    captions: N lists of units
    returns: (N, columns) int32
    ValueError: when a caption, with <START> and <END>, is longer than columns
    """
    numbers = np.full((len(captions), columns), word_to_idx["<NULL>"], dtype=np.int32)
    for row, caption in zip(numbers, captions, strict=True):
        row[: len(caption) + 2] = [
            word_to_idx["<START>"],
            *(word_to_idx.get(unit, word_to_idx["<UNK>"]) for unit in caption),
            word_to_idx["<END>"],
        ]
    return numbers


def spell(text):
    """The characters of a text; <UNK> counts as one."""
    return re.findall("<UNK>|.", text)


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


def invented_words(captions, training_texts):
    """Words in captions that no training text holds, in order, repeated ones too.

    captions, training_texts: lists of texts
    """
    known = {word for text in training_texts for word in text.split()}
    return [word for text in captions for word in text.split() if word not in known]


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
