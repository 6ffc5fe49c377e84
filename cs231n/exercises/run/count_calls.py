"""Does a function go through time step by step? Count what it asks of NumPy, for a short and a long sequence."""

import numpy as np

from cs231n.exercises.run.one_call import quiet


class Counted(np.ndarray):
    """An array that counts what is computed from it, and what is cut out of it."""

    calls = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
        Counted.calls += 1
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


def calls_grow(function, inputs_of_length, lengths=(4, 40)):
    """Does a function ask NumPy for more, the longer its sequence is?

    inputs_of_length: T → dict of arrays
    returns: False too where the function does not take such arrays
    """
    counts = []
    for T in lengths:
        Counted.calls = 0
        with quiet():
            try:
                function(*(array.view(Counted) for array in inputs_of_length(T).values()))
            except Exception:
                return False
        counts.append(Counted.calls)
    return counts[1] - counts[0] >= lengths[1] - lengths[0]


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, Counted) else value
