"""Which mistakes give these numbers.

First the known ones of the bank: one alone, one or two that spoil different outputs, two in one line of thought.
What is left is looked at by general rules, which say what the numbers are, not how they came about.
"""

from functools import cache
from itertools import combinations

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.compare import agrees
from cs231n.exercises.known_mistakes import together
from cs231n.exercises.recognise.rules import ONE_VALUE, general_rules
from cs231n.exercises.run.cases import cases, expected
from cs231n.exercises.run.one_call import Run, flat_axes, read_outputs


@cache
def mistaken(name):
    """For each known mistake, what it gives on each case: outputs by name, or None where it fails."""
    exercise = bank.find(name)
    with np.errstate(all="ignore"):
        return {
            mistake.name: [outputs_of(exercise, mistake.function, case) for case in cases(name)]
            for mistake in exercise.mistakes
        }


def recognise(name, runs):
    """The mistakes that explain these runs.

    returns: list of groups of `Mistake`; those in one group give the same numbers, two groups were made together.
        Empty when nothing fits. A group may also hold one `Rule`
    """
    given = [run.outputs for run in runs]
    if all(outputs is None for outputs in given):
        return []
    known = {mistake.name: mistake for mistake in bank.find(name).mistakes}
    whole = [known[m] for m, theirs in mistaken(name).items() if all(map(same, given, theirs))]
    if whole:
        return [whole]
    if any(outputs is None for outputs in given):
        return []
    wrong = wrong_outputs(name, given)
    apart, explained = _in_different_outputs(name, given, wrong)
    rules, told = _rules(name, given, wrong)
    all_alike = len(rules) == 1 and rules[0].name == ONE_VALUE
    if told == wrong and (explained != wrong or all_alike):
        return [[rule] for rule in rules]
    groups = [[known[m] for m in group] for group in apart]
    if explained != wrong:
        if both := _made_at_once(name, given, wrong):
            groups = [[mistake] for mistake in both]
        elif spoken := _up_to_end(name, given):
            groups = [spoken]
        else:
            rules, _ = _rules(name, given, wrong - explained, also_parts=True)
            groups += [[rule] for rule in rules]
    return groups


def recognise_part(name, runs):
    """The mistakes that explain the outputs that can be compared, where others cannot: one group, or none."""
    readable = set.intersection(*(set(run.readable) for run in runs))
    given = [{output: run.readable[output] for output in readable} for run in runs]
    right = expected(name)
    wrong = {o for r, g in zip(right, given, strict=True) for o in readable if not agrees(r[o], g[o])}
    with np.errstate(all="ignore"):
        known = {mistake.name: mistake for mistake in bank.find(name).mistakes}
        fits = [
            known[m] for m, theirs in mistaken(name).items() if wrong and same_in(readable, given, theirs)
        ]
    return [fits] if fits else []


def _rules(name, given, outputs, also_parts=False):
    outputs = [output for output in flat_axes(bank.find(name)) if output in outputs]
    return general_rules(bank.find(name), cases(name), expected(name), given, outputs, also_parts)


def _in_different_outputs(name, given, wrong):
    """One or two mistakes, each in outputs of its own, that explain as many wrong outputs as possible."""
    explained = {}  # set of outputs → the mistakes that make just these wrong, and give the numbers that came
    for known, theirs in mistaken(name).items():
        outputs = wrong_outputs(name, theirs)
        if outputs <= wrong and same_in(outputs, given, theirs):
            explained.setdefault(frozenset(outputs), []).append(known)
    choices = [(outputs,) for outputs in explained]
    choices += [pair for pair in combinations(explained, 2) if not pair[0] & pair[1]]
    best = max(choices, key=lambda choice: len(frozenset().union(*choice)), default=())
    order = list(flat_axes(bank.find(name))).index
    groups = [explained[outputs] for outputs in sorted(best, key=lambda outputs: min(map(order, outputs)))]
    return groups, frozenset().union(*best)


def _up_to_end(name, given):
    """The mistakes that give the same captions up to <END>, whatever comes after it. None where that is right."""
    ends = [getattr(case.inputs.get("model"), "_end", None) for case in cases(name)]
    if list(flat_axes(bank.find(name))) != ["captions"] or None in ends:
        return []

    def spoken(outputs):
        return [case and _cut(case["captions"], end) for case, end in zip(outputs, ends, strict=True)]

    def alike(first, second):
        return all(
            a is not None and b is not None and np.array_equal(a, b)
            for a, b in zip(first, second, strict=True)
        )

    mine, right = spoken(given), spoken(expected(name))
    fits = [m for m in bank.find(name).mistakes if alike(mine, spoken(mistaken(name)[m.name]))]
    return [] if alike(mine, right) else fits


def _cut(captions, end):
    """Captions with -1 after the first <END>."""
    if captions.ndim != 2:
        return captions
    return np.where((captions == end).cumsum(axis=1) - (captions == end) > 0, -1, captions)


def _made_at_once(name, given, wrong):
    """The mistakes that give these numbers when they are made at once: two, or two and the usual one.

    Where several pairs do, the one with the usual mistake, or what all have in common.
    """
    exercise = bank.find(name)
    usual = tuple(mistake for mistake in exercise.mistakes if mistake.name == exercise.usual)
    others = [mistake for mistake in exercise.mistakes if mistake not in usual]
    spoils = {mistake: wrong_outputs(name, mistaken(name)[mistake.name]) for mistake in exercise.mistakes}
    pairs = [pair for pair in combinations(others, 2) if spoils[pair[0]] | spoils[pair[1]] == wrong]
    for tried in ([(other, *usual) for other in others], pairs, [(*pair, *usual) for pair in pairs]):
        with np.errstate(all="ignore"):
            fits = [mistakes for mistakes in tried if same(given[0], _first(name, mistakes))]
            fits = [mistakes for mistakes in fits if _gives(name, mistakes, given)]
        if fits:
            return tuple(mistake for mistake in fits[0] if all(mistake in other for other in fits))
    return ()


@cache
def _first(name, mistakes):
    """What these mistakes give on the first case when they are made at once; None where they cannot be."""
    function = together(*mistakes)
    return function and outputs_of(bank.find(name), function, cases(name)[0])


def _gives(name, mistakes, given):
    exercise, function = bank.find(name), together(*mistakes)
    return all(map(same, given, (outputs_of(exercise, function, case) for case in cases(name))))


def same_in(outputs, given, theirs):
    return all(
        case is not None and all(agrees(case[output], mine[output]) for output in outputs)
        for case, mine in zip(theirs, given, strict=True)
    )


def wrong_outputs(name, given):
    """Names of the outputs that differ from the reference in some case."""
    pairs = [(right, mine) for right, mine in zip(expected(name), given, strict=True) if mine is not None]
    return {output for right, mine in pairs for output in right if not agrees(right[output], mine[output])}


def outputs_of(exercise, function, case):
    result = Run(case)
    try:
        came = function(*case.upstream.values(), *case.inputs.values())
    except Exception:  # a mistake may fail on lengths that do not fit, and so does the student's
        return None
    if exercise.returns_cache:
        came = (*came, None) if isinstance(came, tuple) else (came, None)
    read_outputs(exercise, came, result)
    return result.outputs


def same(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return all(agrees(theirs[name], mine[name]) for name in theirs)
