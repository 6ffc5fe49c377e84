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
    expected = np.asarray(expected)
    try:
        given = np.asarray(yours)
        numbers = given.dtype.kind in "fiub" and given.astype(float)
        same = numbers is not False and agrees(expected, numbers)
    except Exception:  # anything may be typed
        numbers = False
    if numbers is False:
        return [fact("agree_no_numbers", type=type(yours).__name__)]
    return [] if same else describe(Departure("yours", ("place",) * expected.ndim, expected, numbers))


def _short(value):
    try:
        return f"{value!r:.80}"
    except Exception:
        return type(value).__name__
