"""Every known mistake as a student would hand it in: with a cache, or with a forward function of its own."""

import functools

from cs231n.exercises import bank

KNOWN = [(name, mistake) for name in bank.ORDER for mistake in bank.find(name).mistakes]
NAMES = [f"{name}-{mistake.name}" for name, mistake in KNOWN]


def handed_in(name, mistake):
    """The mistake as an answer to the exercise. Returns the function and its forward function."""
    exercise = bank.find(name)
    count = len(exercise.cases()[0].upstream)

    @functools.wraps(exercise.reference)
    def forward_answer(*inputs):
        outputs = mistake.function(*inputs)
        if not exercise.returns_cache:
            return outputs
        *_, cache = exercise.reference(*inputs)
        return (*outputs, cache) if isinstance(outputs, tuple) else (outputs, cache)

    @functools.wraps(exercise.reference)
    def backward_answer(*upstream_and_cache):
        outputs = mistake.function(*upstream_and_cache[:count], *upstream_and_cache[count])
        return tuple(outputs) if isinstance(outputs, list) else outputs

    if exercise.forward is None:
        return forward_answer, None
    return backward_answer, with_inputs_as_cache(exercise.forward)


def with_inputs_as_cache(name):
    """A right forward function that keeps its inputs, and nothing else."""
    reference = bank.find(name).reference

    @functools.wraps(reference)
    def forward(*inputs):
        return *reference(*inputs)[:-1], inputs

    return forward
