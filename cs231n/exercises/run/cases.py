"""The cases of an exercise, and what is expected for each."""

from functools import lru_cache

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.run.one_call import Run, read_outputs


@lru_cache(256)  # drawn ones are asked for once or twice
def cases(name, *seed):
    """The cases of an exercise, made once: the same in every session, or others of their own for a seed."""
    return bank.find(name).cases(*seed)


def expected(name, *seed):
    """For each case, the reference's outputs by name."""
    return _expected(name, *seed)  # a call that can be seen, unlike that of a cache: see package_calls


@lru_cache(256)
def _expected(name, *seed):
    exercise = bank.find(name)
    found = []
    for case in cases(name, *seed):
        result = Run(case)
        read_outputs(exercise, returned(exercise, case), result)
        found.append(result.outputs)
    return found


def returned(exercise, case):
    """What the reference returns on a case."""
    inputs = tuple(case.inputs.values())
    with np.errstate(all="ignore"):
        if exercise.forward:
            cache = bank.find(exercise.forward).reference(*inputs)[-1]
            return exercise.reference(*case.upstream.values(), cache)
        return exercise.reference(*inputs)
