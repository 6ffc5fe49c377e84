"""How much work does a function ask of NumPy? How many calls, and with how large arrays."""

import numpy as np

from cs231n.exercises.run.one_call import quiet

LENGTHS = 4, 40  # of inputs, to see whether the calls grow with them


class Counted(np.ndarray):
    """An array that counts what is computed from it, and what is cut out of it."""

    calls = 0
    largest = 0  # numbers in the largest array that took part

    def __array_finalize__(self, made_from):
        Counted.largest = max(Counted.largest, self.size)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
        Counted.calls += 1
        Counted.largest = max(Counted.largest, *map(np.size, inputs))
        if out is not None:
            settings["out"] = tuple(_plain(array) for array in out)
        returned = getattr(ufunc, method)(*map(_plain, inputs), **settings)
        return returned.view(Counted) if isinstance(returned, np.ndarray) else returned

    def __array_function__(self, function, types, arguments, settings):
        Counted.calls += 1
        return super().__array_function__(function, types, arguments, settings)

    def __getitem__(self, index):
        Counted.calls += 1
        return super().__getitem__(index)


def calls_grow(function, inputs_of_length):
    """Does a function ask NumPy for more, the longer its inputs are?

    inputs_of_length: a length → dict of arrays
    returns: False too where the function does not take such arrays
    """
    counts = []
    for length in LENGTHS:
        if not _counts(function, inputs_of_length(length)):
            return False
        counts.append(Counted.calls)
    return counts[1] - counts[0] >= LENGTHS[1] - LENGTHS[0]


def largest_array(function, inputs):
    """How many numbers the largest array has that a function works with; 0 where it does not take such arrays."""
    return Counted.largest if _counts(function, inputs) else 0


def _counts(function, inputs):
    """Call a function with arrays that count. False where it does not take them."""
    Counted.calls = Counted.largest = 0
    with quiet():
        try:
            function(*(array.view(Counted) for array in inputs.values()))
        except Exception:
            return False
    return True


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, Counted) else value
