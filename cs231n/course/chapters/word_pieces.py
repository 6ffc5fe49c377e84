"""Captions as word pieces, by byte-pair encoding  (Gage, 1994; Sennrich et al., 2016).

At first every piece is one character. Then, again and again, the two pieces that stand side by side most often
in the words of the training captions become one new piece. A word keeps the space before it, so that the pieces
of a caption, put side by side, are the caption.
"""

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from cs231n.course.text_units import SPECIAL, spell, with_units


def spelled_words(texts):
    """All different words of some texts, spelled in numbers.

    texts: list of texts
    returns: words (N, T), one row per word: the numbers of its characters, filled up with 0; counts (N,), how
        often each word occurs; characters, a list: what stands for each number, with <NULL> as number 0
    """
    found = Counter(word for text in texts for word in _words(text))
    characters = ["<NULL>", *sorted({c for word in found for c in spell(word)} - {"<UNK>"})]
    number = {c: k for k, c in enumerate(characters)}
    rows = [[number[c] for c in spell(word)] for word in found if "<UNK>" not in word]
    words = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for row, numbers in zip(words, rows, strict=True):
        row[: len(numbers)] = numbers
    counts = np.array([count for word, count in found.items() if "<UNK>" not in word])
    return words, counts, characters


def learn_merges(texts, how_many):
    """The pairs of pieces that become one, the first merge first: ties go to the pair that was met first.

    texts: of training
    returns: list of pairs of texts
    """
    counts = Counter(word for text in texts for word in _words(text))
    words, merges = {word: spell(word) for word in counts}, []
    for _ in range(how_many):
        pairs = Counter()
        for word, pieces in words.items():
            for pair in pairwise(pieces):
                pairs[pair] += counts[word]
        merges.append(max(pairs, key=pairs.get))
        words = {word: _merged(pieces, merges[-1]) for word, pieces in words.items()}
    return merges


def cut(text, merges):
    """The pieces of a text, when these pairs of pieces become one, in this order.

    merges: list of pairs of texts; <UNK> is one piece
    returns: list of texts, which put together are the text
    """
    return [piece for word in _words(text) for piece in cut_word(word, merges)]


def with_pieces(data, texts, merges):
    """The same pictures with captions of word pieces: every character has a number, and every merged piece.

    data, texts: as for `text_units.with_words`; merges: as for `cut`
    returns: a new dict of the same form
    """
    different = {word for some in texts.values() for text in some for word in _words(text)}
    known = {word: cut_word(word, merges) for word in different}
    units = {
        split: [[piece for word in _words(text) for piece in known[word]] for text in some]
        for split, some in texts.items()
    }
    characters = sorted({c for text in texts["train"] for c in spell(text)} - set(SPECIAL))
    merged = list(dict.fromkeys(first + second for first, second in merges))
    return with_units(data, units, [*SPECIAL, *characters, *merged])


def _words(text):
    return re.findall(" ?[^ ]+", text)


def cut_word(word, merges):
    pieces = spell(word)
    for pair in merges:
        pieces = _merged(pieces, pair)
    return pieces


def _merged(pieces, pair):
    """The pieces with every such pair, from the left, made one."""
    merged, k = [], 0
    while k < len(pieces):
        both = tuple(pieces[k : k + 2]) == tuple(pair)
        merged.append("".join(pair) if both else pieces[k])
        k += 1 + both
    return merged
