"""Memory for the engine's large arrays, which is used again from step to step.

Large arrays that NumPy makes get fresh memory from the system, and give it back when they are gone: at each step
of a training the system clears the same pages again. Here the memory waits for the next array of its size.

It is on loan. An array made here, and every view of it, holds on to its memory, so whoever keeps a result keeps
it whole: memory goes to another array only when nobody has the last one any more.
"""

import math
from collections import defaultdict

import numpy as np

SMALL = 1 << 17  # bytes below which NumPy's own memory is as good
MOST = 1 << 28  # bytes that may wait at a time; when there are more, all are given back
LINE = 64  # bytes of a line of the processor's cache, where arrays begin

waiting = defaultdict(list)  # size in bytes → pieces of memory that nobody uses


def empty(shape, dtype):
    """As np.empty: an array whose values are not set yet."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size < SMALL:
        return np.empty(shape, dtype)
    step = 1 << (size.bit_length() - 4)  # sizes that differ by less than an eighth share their pieces
    size = -(-size // step) * step
    try:
        piece = waiting[size].pop()
    except IndexError:
        piece = np.empty(size + LINE, np.uint8)
    return np.asarray(_Loan(piece, shape, dtype))


class _Loan:
    """A piece of memory that an array reads: the array's base, which goes when no view of it is left."""

    def __init__(self, piece, shape, dtype):
        self.piece = piece
        start = piece.__array_interface__["data"][0]
        data = start + -start % LINE, False  # not read-only
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": dtype.str, "data": data}

    def __del__(self, waiting=waiting):  # the argument is there even when Python is about to end
        if sum(size * len(pieces) for size, pieces in list(waiting.items())) > MOST:
            waiting.clear()
        waiting[len(self.piece) - LINE].append(self.piece)
