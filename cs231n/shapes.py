"""Check the shapes of arguments, and say in one sentence which one is wrong and why."""

import numpy as np


def check_shapes(**arrays):
    """Raise a ValueError for the first argument whose shape does not fit the others.

    check_shapes(x=(x, "N D"), Wx=(Wx, "D 4H"), b=(b, "4H")) reads as a signature: equal letters mean
    equal lengths, and "4H" means four times H.

    arrays: name = (array, axes), checked in the order given
    returns: dict from letter to length
    ValueError: names the argument, what it got and what it wanted
    """
    lengths, source = {}, {}
    for name, (array, axes) in arrays.items():
        axes = axes.split()
        if not isinstance(array, np.ndarray):
            raise ValueError(
                f"{name} must be a NumPy array of shape {_tuple(axes)}, got {type(array).__name__}"
            )
        if array.ndim != len(axes):
            raise ValueError(f"{name} has shape {array.shape}, expected {len(axes)} axes {_tuple(axes)}")
        for axis, length in zip(axes, array.shape, strict=True):
            times, letter = int(axis[:-1] or 1), axis[-1]
            if letter not in lengths:
                lengths[letter], source[letter] = length // times, name
            if length != times * lengths[letter]:
                raise ValueError(_mismatch(name, array.shape, axes, lengths, source))
    return lengths


def float_type(*arrays):
    """The dtype that products of these arrays need: the widest of theirs, and a float where all are integers."""
    return np.result_type(*arrays, np.float16)


def check_indices(name, indices, size, what):
    """Raise a ValueError unless `indices` is an integer array with all values in 0 … size − 1."""
    if not isinstance(indices, np.ndarray) or not np.issubdtype(indices.dtype, np.integer):
        kind = indices.dtype if isinstance(indices, np.ndarray) else type(indices).__name__
        raise ValueError(f"{name} must be an array of integers, got {kind}")
    if indices.size and (indices.min() < 0 or indices.max() >= size):
        bad = indices.min() if indices.min() < 0 else indices.max()
        raise ValueError(f"{name} holds {bad}, expected 0 to {size - 1}: {what} has {size} rows")


def check_finite(name, array):
    """Raise a ValueError if `array` holds NaN or infinity, with the place of the first one."""
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name} holds {array[where]} at index {where}, expected finite numbers only")


def _tuple(axes):
    return "(" + ", ".join(axes) + ("," if len(axes) == 1 else "") + ")"


def _mismatch(name, shape, axes, lengths, source):
    wanted = [str(int(a[:-1] or 1) * lengths[a[-1]]) if a[-1] in lengths else a for a in axes]
    known = {a[-1]: lengths[a[-1]] for a in axes if a[-1] in lengths and source[a[-1]] != name}
    why = "; ".join(f"{letter} = {value} comes from {source[letter]}" for letter, value in known.items())
    return f"{name} has shape {shape}, expected {_tuple(axes)} = {_tuple(wanted)}" + (
        f": {why}" if why else ""
    )
