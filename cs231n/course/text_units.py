"""Captions as words or as characters: the same model, layers and solver train on both.

A dataset of characters has the form of every other dataset: its "words" are single characters, the space
among them. So `plain_texts` can tell which kind it has, and put captions together again. `word_pieces` has what
lies between the two.

<UNK> is one word of a vocabulary of words, and one character of a vocabulary of characters.
"""

import re
from collections import Counter

import numpy as np

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


def invented_words(captions, training_texts):
    """Words in captions that no training text holds, in order, repeated ones too.

    captions, training_texts: lists of texts
    """
    known = {word for text in training_texts for word in text.split()}
    return [word for text in captions for word in text.split() if word not in known]
