"""What stands in for an answer that is not right yet: a function that says what has to be written first."""

from cs231n.exercises import bank


def fallback(name, forward=None):
    """A function in the answer's place, and True: there is no cache that it could fail to read."""
    return bank.find(name).reference, True


def with_reference_cache(name, function):
    """The function itself: there is no other cache."""
    return function


def as_it_was_written(function):
    """The function itself."""
    return function


def is_fallback(function, exercise):
    """Is the function no answer of the reader's?"""
    return function is exercise.reference
