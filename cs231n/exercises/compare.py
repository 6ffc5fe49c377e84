"""Where and how far an answer departs from the expected one: masks, numbers, and facts about them."""

from dataclasses import dataclass, field

import numpy as np

from cs231n.exercises.facts import Shape, Term, fact

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
        """A value for the reader: a number, and the word that it stands for."""
        word = self.words.get(int(of)) if self.words and np.isfinite(of) else None
        return fact("word", number=of.item(), word=word) if word else of.item()


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
    same = (expected == given) | (np.isnan(expected) & np.isnan(given))  # mistakes may agree in inf and nan
    largest = np.abs(expected).max(initial=1e-3, where=np.isfinite(expected))
    with np.errstate(invalid="ignore"):
        return ~((np.abs(given - expected) <= (3e-4 if single else 1e-5) * largest) | same)


def agrees(expected, given):
    """Is `given` as good as `expected`?"""
    mask = differing(expected, given)
    return mask is not None and not mask.any()


def describe(departure):
    """Lines of facts: where the departure begins, and how far off the whole output is."""
    expected, given = departure.expected, departure.given
    mask = differing(expected, given)
    if mask is None:
        return [[fact("shape", expected=Shape(expected.shape), given=Shape(given.shape))]]
    if expected.ndim == 0 and departure.hidden:
        return [[fact("only_yours", given=given.item())]]
    if expected.ndim == 0:
        return [[fact("expected_and_yours", expected=expected.item(), given=given.item())]]
    first = tuple(int(i) for i in np.argwhere(mask)[0])
    axes = zip(departure.axes, first, mask.shape, strict=True)
    where = {
        "place": f"{departure.name}[{', '.join(map(str, first))}]",
        "axes": fact("axes", places=tuple(_axis_place(*each) for each in axes)),
        "given": departure.value(given[first]),
    }
    if departure.hidden:
        return [[fact("first_difference_hidden", **where)]]
    return [
        [fact("first_difference", expected=departure.value(expected[first]), **where)],
        _overall(departure, mask),
    ]


def _overall(departure, mask):
    """How many numbers differ, where, and how much."""
    expected, given = departure.expected.astype(float), departure.given.astype(float)
    wrong, size = int(mask.sum()), mask.size
    only = tuple(place for place in _only(departure.axes, mask) if place)
    if wrong == size:
        said = [fact("all_differ", size=size)]
    elif only:
        said = [fact("some_differ_at", count=wrong, size=size, places=only)]
    else:
        said = [fact("some_differ", count=wrong, size=size)]
    if departure.expected.dtype.kind in "iub":
        return said
    if not np.isfinite(given).all():
        return [*said, fact("not_finite")]
    largest = np.abs(given - expected).max() / max(np.abs(expected).max(), 1e-12)
    return [*said, fact("largest_difference", percent=_percent(largest))]


def _percent(ratio):
    percent = 100 * ratio
    if percent < 0.1:
        return fact("less_than_percent", number="0.1%")
    return f"{percent:.1f}%" if percent < 10 else f"{percent:.0f}%"


def _only(axes, mask):
    """For each axis, the places that differ, or None when all or many of them do."""
    for k, axis in enumerate(axes):
        wrong = np.flatnonzero(mask.any(axis=tuple(j for j in range(mask.ndim) if j != k)))
        length = mask.shape[k]
        if axis == "gate":
            gates = sorted({int(i) // (length // 4) for i in wrong})
            yield None if len(gates) == 4 else _places("gate", [GATES[k] for k in gates])
        else:
            few = len(wrong) < length and len(wrong) <= 5
            yield _places(axis, [str(i) for i in wrong]) if few else None


def _places(axis, numbers):
    return fact("places", axis=Term(axis), numbers=tuple(numbers), count=len(numbers))


def _axis_place(axis, i, length):
    if axis == "gate":
        return fact("gate_place", gate=GATES[i // (length // 4)], number=i % (length // 4))
    return fact("axis_place", axis=Term(axis), number=i)
