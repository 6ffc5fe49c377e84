"""What an exception means, in one sentence. A rule speaks only where it has seen the cause in the values.

names: a name that is unknown, or holds something else than one thinks; arrays: shapes, axes, indices;
language: how Python is written. A sentence that needs only the exception's own text stands here.
"""

import re

from cs231n.exercises.causes import arrays, language, names
from cs231n.exercises.causes.failure import Failure

__all__ = ["Failure", "cause"]


def cause(failure):
    """One sentence, or None where the cause is not sure."""
    return next(filter(None, (rule(failure) for rule in RULES)), None)


def says(error, pattern, sentence):
    """A rule: this is what such an exception means, when its text has the pattern; {0} is the first group."""

    def rule(failure):
        found = isinstance(failure.error, error) and re.search(pattern, failure.text, re.DOTALL)
        return sentence.format(*found.groups()) if found else None

    return rule


RULES = (  # the first that has something to say
    says(
        UnboundLocalError,
        "",
        "This name gets its value further down, or only in some cases. Give it a value before this line.",
    ),
    names.unknown,
    names.is_a_tuple,
    names.is_none,
    arrays.shape_without_brackets,
    language.truth_of_an_array,
    says(
        Exception, r"bitwise_xor|unsupported operand.*\^", "^ is no power in Python. Powers are written **."
    ),
    names.from_another_cell,
    arrays.list_for_array,
    arrays.axis_out_of_bounds,
    arrays.index_no_whole_number,
    arrays.index_out_of_bounds,
    says(
        IndexError,
        r"too many indices.*array is (\d+)-dimensional, but (\d+)",
        "The array has {0} axes here, and you give {1} indices.",
    ),
    says(IndexError, "list index|tuple index", "An index is too large: the list or tuple is shorter."),
    arrays.number_for_array,
    arrays.stored_in_another_shape,
    arrays.product,
    says(
        ValueError,
        r"not enough values to unpack \(expected (\d+), got (\d+)\)",
        "There are {0} names on the left, and {1} values on the right.",
    ),
    says(
        ValueError,
        r"too many values to unpack \(expected (\d+)",
        "There are {0} names on the left, and more values on the right.",
    ),
    language.square_brackets_at_a_function,
    language.round_brackets_at_an_array,
    language.one_number_wanted,
    says(
        TypeError,
        "positional argument|unexpected keyword",
        "A function got other arguments than it takes. Compare the call with its def line.",
    ),
    language.unknown_attribute,
    says(RecursionError, "", "The function calls itself again and again."),
    says(KeyError, "", "The dict has no such key. Print its keys to see what it holds."),
    says(SystemExit, "", "The function stops the whole program. Let it return its result instead."),
)
