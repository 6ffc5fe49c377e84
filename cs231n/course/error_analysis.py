"""Which statements of captions are false: the table that says what to work on next."""

from collections import Counter
from typing import NamedTuple

from cs231n.course.scenes import claims


class Error(NamedTuple):
    """One false statement of a caption. fact: what kind of fact; said: its value there; is_so: the true one."""

    fact: str
    said: object
    is_so: object


NO_SENTENCE = Error("no sentence", None, None)


def errors_of(caption, scene):
    """The false statements of one caption, in the order of its words; [NO_SENTENCE] when it is none.

    caption: text; scene: facts of its picture
    returns: list of Error, empty when the caption is true
    """
    stated = claims(caption, scene)
    if not stated:
        return [NO_SENTENCE]
    return [Error(fact, said, scene[fact]) for fact, said, true in stated if not true]


def right_by_fact(captions, facts, first=None):
    """Is what captions state right, for each kind of fact?

    captions: list of texts; facts: of the picture of each
    first: True takes only what a caption states first, False only what it states later, None both
    returns: dict from fact to list of True and False, one for each time it is said
    """
    right = {}
    for caption, scene in zip(captions, facts, strict=True):
        for place, (fact, _, true) in enumerate(claims(caption, scene)):
            if first is None or first == (place == 0):
                right.setdefault(fact, []).append(true)
    return right


def false_captions(captions, facts):
    """All captions that are not true, with their errors: dict from place in the list to list of Error."""
    found = {
        k: errors_of(caption, scene) for k, (caption, scene) in enumerate(zip(captions, facts, strict=True))
    }
    return {k: errors for k, errors in found.items() if errors}


def count_errors(found):
    """In how many captions each kind of fact is false, the most frequent first.

    found: from `false_captions`
    returns: dict from fact to number of captions
    """
    counts = Counter(fact for errors in found.values() for fact in {error.fact for error in errors})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
