"""Run an answer on every stored case; a backward function with the reader's own cache first."""

from dataclasses import dataclass

from cs231n.exercises import bank
from cs231n.exercises.compare import agrees
from cs231n.exercises.one_call import run
from cs231n.exercises.recognise import cases, expected


@dataclass(frozen=True)
class Attempt:
    """The runs of one attempt, whether all are right, and a note."""

    runs: list
    right: bool
    note: str = ""


def attempts(exercise, function, forward=None):
    """Yield attempts, one a way of getting a cache."""
    for k, cache_from in enumerate(_caches(exercise, forward)):
        runs = [run(exercise, function, case, cache_from, show_prints=not k) for case in cases(exercise.name)]
        yield Attempt(runs, all_right(exercise.name, runs))


def all_right(name, runs):
    """Does every run give what is expected?"""
    return all(
        result.outputs is not None and all(agrees(right[output], result.outputs[output]) for output in right)
        for right, result in zip(expected(name), runs, strict=True)
    )


def _caches(exercise, forward):
    if exercise.forward is None:
        yield None
        return
    stored = bank.find(exercise.forward).reference
    for function in (forward, stored):
        if function is not None:
            yield lambda *inputs, function=function: function(*inputs)[-1]
