"""A small TODO: one value of the reader's, compared with the same value computed in another way."""

import numpy as np

from cs231n.exercises.compare import Departure, agrees, describe
from cs231n.exercises.facts import fact
from cs231n.exercises.say.printing import say
from cs231n.exercises.say.words import message


def agree(yours, another_way):
    """Say whether a value is the one that comes out when it is computed in another way.

    yours: a number, a text or an array; None as long as it is not filled in
    another_way: the right value
    returns: another_way, so that nothing that follows depends on the answer
    """
    if yours is None:
        say(message([fact("agree_empty")]))
    elif lines := _differences(yours, another_way):
        say(message([fact("agree_wrong"), *lines]))
    else:
        say(message([fact("agree_right")]))
    return another_way


def _differences(yours, expected):
    """Lines of facts: where a value departs from the expected one; none when it does not."""
    if isinstance(expected, str):
        same = isinstance(yours, str) and yours == expected
        return [] if same else [fact("expected_and_yours", expected=repr(expected), given=_short(yours))]
    expected, given = np.asarray(expected), _numbers(yours)
    if given is None or expected.dtype.kind not in "fiub":
        return [fact("agree_no_numbers", type=type(yours).__name__)]
    if agrees(expected, given):
        return []
    return describe(Departure("yours", ("place",) * expected.ndim, expected, given))


def _numbers(value):
    """A value as an array of floats; None where it is none. Anything may be typed."""
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in "fiub" else None
    except Exception:
        return None


def _short(value):
    try:
        return f"{value!r:.80}"
    except Exception:
        return type(value).__name__
