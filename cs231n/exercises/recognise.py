"""Recognise a known mistake by what a function computes, never by its text."""

from functools import cache
from itertools import combinations

from cs231n.exercises import bank
from cs231n.exercises.compare import agrees
from cs231n.exercises.one_call import Run, flat_axes, quiet, read_outputs


@cache
def cases(name):
    """The cases of an exercise; made once, the same in every session."""
    return bank.find(name).cases()


@cache
def expected(name):
    """For each case, the reference's outputs by name."""
    exercise = bank.find(name)
    found = []
    for case in cases(name):
        with quiet():
            inputs = tuple(case.inputs.values())
            if exercise.forward:
                made = bank.find(exercise.forward).reference(*inputs)[-1]
                returned = exercise.reference(*case.upstream.values(), made)
            else:
                returned = exercise.reference(*inputs)
        result = Run(case)
        read_outputs(exercise, returned, result)
        found.append(result.outputs)
    return found


@cache
def mistaken(name):
    """For each known mistake, what it gives on each case: outputs by name, or None where it fails."""
    exercise = bank.find(name)
    return {
        mistake.name: [_outputs(exercise, mistake, case) for case in cases(name)]
        for mistake in exercise.mistakes
    }


def recognise(name, runs):
    """Names of the known mistakes that explain these runs.

    returns: list of groups; mistakes in one group give the same numbers, two groups were made together.
        Empty when no known mistake fits
    """
    given = [run.outputs for run in runs]
    if all(outputs is None for outputs in given):
        return []
    whole = [known for known, theirs in mistaken(name).items() if all(map(_same, given, theirs))]
    if whole:
        return [whole]
    if any(outputs is None for outputs in given):
        return []
    return _combined(name, given)


def _combined(name, given):
    """One or two mistakes, each in outputs of its own, that explain as many wrong outputs as possible."""
    wrong = _wrong_outputs(name, given)
    explained = {}  # set of outputs → the mistakes that make just these wrong, and give the numbers that came
    for known, theirs in mistaken(name).items():
        outputs = _wrong_outputs(name, theirs)
        if outputs <= wrong and _same_in(outputs, given, theirs):
            explained.setdefault(frozenset(outputs), []).append(known)
    choices = [(outputs,) for outputs in explained]
    choices += [pair for pair in combinations(explained, 2) if not pair[0] & pair[1]]
    best = max(choices, key=lambda choice: len(frozenset().union(*choice)), default=())
    order = list(flat_axes(bank.find(name))).index
    return [explained[outputs] for outputs in sorted(best, key=lambda outputs: min(map(order, outputs)))]


def _same_in(outputs, given, theirs):
    return all(
        case is not None and all(agrees(case[output], mine[output]) for output in outputs)
        for case, mine in zip(theirs, given, strict=True)
    )


def _wrong_outputs(name, given):
    """Names of the outputs that differ from the reference in some case."""
    pairs = [(right, mine) for right, mine in zip(expected(name), given, strict=True) if mine is not None]
    return {output for right, mine in pairs for output in right if not agrees(right[output], mine[output])}


def _outputs(exercise, mistake, case):
    result = Run(case)
    with quiet():
        try:
            arguments = (*case.upstream.values(), *case.inputs.values())
            returned = mistake.function(*arguments)
        except Exception:  # a mistake may fail on lengths that do not fit, and so does the student's
            return None
    if exercise.returns_cache:
        returned = (*returned, None) if isinstance(returned, tuple) else (returned, None)
    read_outputs(exercise, returned, result)
    return result.outputs


def _same(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return all(agrees(theirs[name], mine[name]) for name in theirs)
