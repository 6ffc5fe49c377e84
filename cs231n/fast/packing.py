"""Packed rows: the words of a batch of captions in one array, step after step, without any padding."""

from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cs231n.fast.workspace import empty


class PackedCaptions(NamedTuple):
    """What a captioning model reads and has to say, as packed rows.

    order: (N,) which caption stands in which place, the longest first
    counts: list, how many captions have a word at each step; K is their sum
    words_in: (K,) the word that is fed
    words_out: (K,) the word that should come next; <NULL> inside a caption stays, after its last word not
    """

    order: np.ndarray
    counts: list
    words_in: np.ndarray
    words_out: np.ndarray


def pack_captions(captions, null):
    """Cut captions (N, T + 1) into words fed and words to come, and leave out the tail that is only <NULL>.

    Nothing after a caption's last word to come changes the loss, so leaving it out is exact. A <NULL> before
    that word moves the state like any word, so it stays.
    """
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    steps = np.arange(words_out.shape[1])
    lengths = np.where(words_out != null, steps + 1, 0).max(axis=1, initial=0)
    order = np.argsort(-lengths, kind="stable")
    there = steps[:, None] < lengths[order]  # (T, N): the first captions, fewer at each step
    counts = [count for count in there.sum(axis=1).tolist() if count]
    return PackedCaptions(order, counts, words_in[order].T[there], words_out[order].T[there])


def row_blocks(counts):
    """The packed rows of each step: a list of slices."""
    return [slice(end - count, end) for count, end in zip(counts, accumulate(counts), strict=True)]


def previous_rows(h, h0, counts):
    """The state before each packed row: h0 at step 0, then the same caption's row of the step before.

    h: (K, H) packed rows, h0: (N, H)
    returns: (K, H)
    """
    previous, before = empty(h.shape, h.dtype), h0
    for rows in row_blocks(counts):
        previous[rows] = before[: rows.stop - rows.start]
        before = h[rows]
    return previous
