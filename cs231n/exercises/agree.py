"""A small TODO: one value of the reader's, held beside the same value that is computed in another way."""

import numpy as np

from cs231n.exercises.compare import Departure, agrees, describe
from cs231n.exercises.printing import say


def agree(yours, another_way):
    """Say whether a value is the one that comes out when it is computed in another way.

    yours: a number, a text or an array; None as long as it is not filled in
    another_way: the right value
    returns: another_way, so that nothing that follows depends on the answer
    """
    if yours is None:
        say("○ Not filled in yet. All that follows runs without it.")
    elif not (lines := _differences(yours, another_way)):
        say("✓ Right: the same comes out in another way.")
    else:
        say("\n  ".join(["✗ Not right yet. The cells that follow use the right value.", *lines]))
    return another_way


def _differences(yours, expected):
    """Lines that say where a value departs from the expected one; none when it does not."""
    if isinstance(expected, str):
        return [] if yours == expected else [f"Expected {expected!r}, yours {yours!r}."]
    try:
        given = np.asarray(yours, dtype=float)
    except (TypeError, ValueError):
        return [f"It should be a number or an array of numbers. Yours is a {type(yours).__name__}."]
    expected = np.asarray(expected)
    if agrees(expected, given):
        return []
    return describe(Departure("yours", ("place",) * expected.ndim, expected, given))
