"""Where and how far an answer departs from the expected one, in the reader's terms."""

from dataclasses import dataclass, field

import numpy as np

GATES = "ifog"


@dataclass(frozen=True)
class Departure:
    """One output that is wrong in one case."""

    name: str
    axes: tuple
    expected: np.ndarray
    given: np.ndarray
    words: dict = field(default_factory=dict)  # number → special word, where the values are words
    hidden: bool = False  # True where the reader is to find the expected values

    def value(self, of):
        """A value as the reader sees it."""
        word = self.words.get(int(of)) if self.words and np.isfinite(of) else None
        return f"{number(of)} ({word})" if word else number(of)


def differing(expected, given):
    """Mask of the places where `given` is not `expected`; None when the shapes differ.

    Whole numbers are compared exactly, float64 to 5 digits of the largest value, float32 to 3.
    """
    expected, given = np.asarray(expected), np.asarray(given)
    if expected.shape != given.shape:
        return None
    if expected.dtype.kind in "iub":
        return np.asarray(given != expected)
    single = np.float32 in (expected.dtype, given.dtype) or given.dtype == np.float16
    both_nan = np.isnan(expected) & np.isnan(given)  # two mistakes may agree in NaN; the reference has none
    largest = np.abs(expected).max(initial=1e-3, where=~np.isnan(expected))
    with np.errstate(invalid="ignore"):
        return ~((np.abs(given - expected) <= (3e-4 if single else 1e-5) * largest) | both_nan)


def agrees(expected, given):
    """Is `given` as good as `expected`?"""
    mask = differing(expected, given)
    return mask is not None and not mask.any()


def describe(departure):
    """Lines that say where the departure begins, and how far off the whole output is."""
    expected, given = departure.expected, departure.given
    mask = differing(expected, given)
    if mask is None:
        return [f"Shape: expected {_shape(expected)}, yours {_shape(given)}."]
    if expected.ndim == 0 and departure.hidden:
        return [f"Yours is {number(given)}."]
    if expected.ndim == 0:
        return [f"Expected {number(expected)}, yours {number(given)}."]
    first = tuple(int(i) for i in np.argwhere(mask)[0])
    place = ", ".join(
        _axis_place(axis, i, n) for axis, i, n in zip(departure.axes, first, mask.shape, strict=True)
    )
    index = f"{departure.name}[{', '.join(map(str, first))}]"
    lines = [
        f"First difference: {index} ({place}): "
        + ("" if departure.hidden else f"expected {departure.value(expected[first])}, ")
        + f"yours {departure.value(given[first])}."
    ]
    if departure.hidden:
        return lines
    lines.append(_overall(departure, mask))
    return lines


def number(value):
    """A number with four digits, the same on every machine."""
    value = np.asarray(value).item()
    return str(value) if isinstance(value, int) else f"{value + 0.0:.4g}"


def _overall(departure, mask):
    expected, given = departure.expected.astype(float), departure.given.astype(float)
    wrong, size = int(mask.sum()), mask.size
    count = f"All {size} numbers differ" if wrong == size else f"{wrong} of {size} numbers differ"
    only = [text for axis, text in zip(departure.axes, _only(departure.axes, mask), strict=True) if text]
    where = f", only at {' and '.join(only)}" if only else ""
    if departure.expected.dtype.kind in "iub":
        return f"{count}{where}."
    if not np.isfinite(given).all():
        return f"{count}{where}; some are not finite (nan or inf)."
    largest = np.abs(given - expected).max() / max(np.abs(expected).max(), 1e-12)
    return f"{count}{where}; the largest difference is {_percent(largest)} of the largest expected value."


def _percent(ratio):
    percent = 100 * ratio
    if percent < 0.1:
        return "less than 0.1%"
    return f"{percent:.1f}%" if percent < 10 else f"{percent:.0f}%"


def _only(axes, mask):
    """For each axis, the text of the places that differ, or None when all or many of them do."""
    texts = []
    for k, axis in enumerate(axes):
        other = tuple(j for j in range(mask.ndim) if j != k)
        wrong = np.flatnonzero(mask.any(axis=other))
        length = mask.shape[k]
        if axis == "gate":
            texts.append(_only_gates(wrong, length))
        elif len(wrong) == length or len(wrong) > 5:
            texts.append(None)
        else:
            texts.append(f"{axis}{'s' if len(wrong) > 1 else ''} {_listed([str(i) for i in wrong])}")
    return texts


def _only_gates(wrong, length):
    gates = sorted({int(i) // (length // 4) for i in wrong})
    if len(gates) == 4:
        return None
    return f"gate{'s' if len(gates) > 1 else ''} {_listed([GATES[k] for k in gates])}"


def _axis_place(axis, i, length):
    if axis == "gate":
        return f"gate {GATES[i // (length // 4)]}, unit {i % (length // 4)}"
    return f"{axis} {i}"


def _listed(words):
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _shape(array):
    return str(tuple(array.shape)) if array.ndim else "one number"
