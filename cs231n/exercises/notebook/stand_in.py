"""What stands in for an answer that is not right yet: the reference, made to read the student's own cache.

A student's forward function may be right while its backward partner is still empty. The reference's backward
function cannot know that cache, so a few ways of reading it are tried on the test inputs, and the first one that
gives right gradients is used.
"""

import functools
import inspect

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.run.attempts import is_right
from cs231n.exercises.run.caches import leaves
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.one_call import outputs_and_cache


def fallback(name, forward=None):
    """The reference of an exercise.

    forward: for a backward function, the forward function whose cache will come in
    returns: a function, and whether it can read that cache
    """
    exercise = bank.find(name)
    if exercise.forward is None or forward is None or forward is bank.find(exercise.forward).reference:
        return exercise.reference, True
    made = outputs_and_cache(forward, cases(exercise.name)[0])
    if made is None:  # it fails, and so has no cache to read
        return exercise.reference, True
    for candidate in _candidates(exercise, forward, leaves(made[1])):
        if is_right(exercise, candidate, forward):
            return candidate, True
    return exercise.reference, False


def is_fallback(function, exercise):
    """Is the function the reference, not an answer?"""
    stands_in = getattr(function, "fallback_for", None) if inspect.isroutine(function) else None
    return function is exercise.reference or stands_in == exercise.name


def with_reference_cache(name, function):
    """A right forward function whose cache nobody can use, together with the cache of the reference."""
    reference = bank.find(name).reference

    @functools.wraps(function)
    def with_a_cache(*inputs, **named):
        return (*function(*inputs, **named)[:-1], reference(*inputs, **named)[-1])

    with_a_cache.written = function
    return with_a_cache


def as_it_was_written(function):
    """The reader's function inside such a pair; any other function as it is."""
    return getattr(function, "written", function) if inspect.isroutine(function) else function


def _candidates(exercise, forward, theirs):
    yield exercise.reference
    if exercise.step:
        yield _as(exercise, functools.partial(_walk, _step_backward(exercise, forward)))
    ours = bank.find(exercise.forward).reference(*cases(exercise.name)[0].inputs.values())[-1]
    readers = [_reader(theirs, wanted) for wanted in ours]
    if None not in readers:
        yield _as(exercise, functools.partial(_translated, exercise.reference, readers))


def _as(exercise, function):
    """The function under the reference's name and docstring."""

    @functools.wraps(exercise.reference)
    def reads_your_cache(*upstream_and_cache):
        return function(*upstream_and_cache)

    reads_your_cache.fallback_for = exercise.name
    return reads_your_cache


def _step_backward(exercise, forward):
    """The backward partner of the step that the forward function is built from."""
    name = exercise.step.replace("forward", "backward")
    return getattr(forward, "__globals__", {}).get(name, bank.find(name).reference)


def _walk(step_backward, dh, cache):
    """Backward over a list of step caches."""
    T = dh.shape[1]
    state = [0, 0 * dh[:, 0]] if step_backward.__name__.startswith("lstm") else [0]
    dx, dweights = [], [0, 0, 0]
    for t in reversed(range(T)):
        dx_t, *after = step_backward(dh[:, t] + state[0], *state[1:], cache[t])
        state, dweights_t = after[: len(state)], after[len(state) :]
        dx.append(dx_t)
        dweights = [total + new for total, new in zip(dweights, dweights_t, strict=True)]
    return np.stack(dx[::-1], axis=1), state[0], *dweights


def _translated(reference, readers, *upstream_and_cache):
    """The reference on its own kind of cache, put together from the student's."""
    *upstream, cache = upstream_and_cache
    found = leaves(cache)
    return reference(*upstream, tuple(read(found) for read in readers))


def _reader(held, wanted):
    """A function that finds `wanted` among the held of a cache, or None when it is not there."""
    arrays = {path: leaf for path, leaf in held.items() if isinstance(leaf, np.ndarray)}
    if isinstance(wanted, int):
        for path, leaf in held.items():
            if isinstance(leaf, int) and leaf == wanted:
                return lambda found: found[path]
        for path, leaf in arrays.items():
            if wanted in leaf.shape:
                axis = leaf.shape.index(wanted)
                return lambda found: found[path].shape[axis]
        return None
    for path, leaf in arrays.items():
        if _equal(leaf, wanted):
            return lambda found: found[path]
        if leaf.dtype.kind == "f" and _equal(np.tanh(leaf), wanted):
            return lambda found: np.tanh(found[path])
    if wanted.shape[-1] % 4:
        return None
    gates = [
        _reader(arrays, gate) if gate.shape != wanted.shape else None for gate in np.split(wanted, 4, axis=-1)
    ]
    if None in gates:
        return None
    return lambda found: np.concatenate([gate(found) for gate in gates], axis=-1)


def _equal(a, b):
    return a.shape == b.shape and np.allclose(a, b)
