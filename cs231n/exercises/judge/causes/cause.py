"""What an exception means, as one fact. A rule speaks only where it has seen the cause in the values.

names: a name that is unknown, or holds something else than one thinks; arrays: shapes, axes, indices;
calls: what is given to a function; language: how Python is written. A cause that is seen in the exception's own
text stands here.
"""

import re

from cs231n.exercises.facts import fact
from cs231n.exercises.judge.causes import arrays, calls, language, names


def cause(failure):
    """One fact, or None where the cause is not sure."""
    return _first(IN_CALLS if failure.in_package else RULES, failure)


def cause_in_call(failure):
    """The same for the line that called a helper which failed."""
    return _first(IN_CALLS, failure)


def _first(rules, failure):
    return next(filter(None, (rule(failure) for rule in rules)), None)


def says(error, pattern, kind):
    """A rule: this is what Python or NumPy says in such a case. Named groups of the pattern are values."""

    def rule(failure):
        found = isinstance(failure.error, error) and re.search(pattern, failure.text, re.DOTALL)
        return (
            fact(kind, **{name: int(value) for name, value in found.groupdict().items()}) if found else None
        )

    return rule


IN_CALLS = (  # what can be wrong with a call whose function then fails
    calls.whole_list_of_caches,
    calls.arguments_exchanged,
    names.is_a_tuple,
    names.is_none,
    names.from_another_cell,
    arrays.list_for_array,
    arrays.number_for_array,
    arrays.sample_for_step,
)
RULES = (  # the first that has something to say
    says(UnboundLocalError, "", "value_comes_later"),
    names.unknown,
    calls.self_in_def,
    calls.of_another_library,
    names.is_a_tuple,
    names.is_none,
    arrays.shape_without_brackets,
    language.truth_of_an_array,
    says(Exception, r"bitwise_xor|unsupported operand.*\^", "hat_is_no_power"),
    names.from_another_cell,
    arrays.list_for_array,
    arrays.axis_out_of_bounds,
    arrays.float_for_whole_number,
    arrays.reduced_to_one_number,
    arrays.sample_for_step,
    arrays.split_without_axis,
    arrays.index_no_whole_number,
    arrays.index_out_of_bounds,
    says(
        IndexError,
        r"too many indices.*array is (?P<count>\d+)-dimensional, but (?P<given>\d+)",
        "too_many_indices",
    ),
    says(IndexError, "list index|tuple index", "index_too_large"),
    arrays.number_for_array,
    arrays.stored_in_another_shape,
    arrays.product,
    says(
        ValueError,
        r"not enough values to unpack \(expected (?P<names>\d+), got (?P<values>\d+)\)",
        "few_values",
    ),
    says(ValueError, r"too many values to unpack \(expected (?P<names>\d+)", "many_values"),
    language.loop_over_a_number,
    language.square_brackets_at_a_function,
    language.round_brackets_at_an_array,
    language.one_number_wanted,
    says(TypeError, "positional argument|unexpected keyword", "other_arguments"),
    says(TypeError, "unhashable type: 'list'", "list_as_key"),
    says(TypeError, r"'(map|filter|zip|generator)' object is not subscriptable", "one_after_another"),
    says(ValueError, "setting an array element with a sequence", "array_for_number"),
    language.unknown_attribute,
    says(RecursionError, "", "calls_itself"),
    says(KeyError, "", "no_such_key"),
    says(SystemExit, "", "stops_the_program"),
)
