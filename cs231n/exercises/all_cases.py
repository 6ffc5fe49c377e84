"""Run an answer on every case; where that fails, once more with helpers that are right.

An answer is judged alone: `rnn_forward` may call a `rnn_step_forward` that is wrong or missing, and a backward
function may read the cache of a wrong forward function. The second and later attempts take these away.
"""

from dataclasses import dataclass

from cs231n.exercises import bank
from cs231n.exercises.cache_layouts import cache_layout
from cs231n.exercises.compare import agrees
from cs231n.exercises.one_call import names_replaced, run
from cs231n.exercises.recognise import cases, expected


@dataclass(frozen=True)
class Attempt:
    """The runs of one attempt, whether all are right, and a note on what was taken from the reference."""

    runs: list
    right: bool
    note: str = ""


def attempts(exercise, function, forward=None):
    """Yield attempts: the answer as it stands first, then with right helpers and right caches."""
    shown = False
    for replacements, note in _helpers(exercise, function):
        for cache_from, cache_note in _caches(exercise, function, forward):
            runs = []
            with names_replaced(function, replacements):
                for case in cases(exercise.name):
                    runs.append(run(exercise, function, case, cache_from, show_prints=not shown))
                    shown = True
            yield Attempt(runs, all_right(exercise.name, runs), note or cache_note)


def all_right(name, runs):
    """Does every run give what the reference gives?"""
    return all(
        result.outputs is not None and all(agrees(right[output], result.outputs[output]) for output in right)
        for right, result in zip(expected(name), runs, strict=True)
    )


def _helpers(exercise, function):
    """Which other exercises' names the function sees, when they are not the reference already."""
    yield {}, ""
    seen = getattr(function, "__globals__", {})
    others = {n: bank.find(n).reference for n in bank.ORDER if n in seen and n != exercise.name}
    others = {n: reference for n, reference in others.items() if seen[n] is not reference}
    if others:
        used = [n for n in others if n in function.__code__.co_names]
        yield (
            others,
            f"with the reference {' and '.join(used)}, because yours is not right yet" if used else "",
        )


def _caches(exercise, function, forward):
    """Where a backward function may get its cache from."""
    if exercise.forward is None:
        yield None, ""
        return
    asked = bank.find(exercise.forward)
    reference = asked.reference
    if forward is None or forward is reference:
        yield lambda *inputs: reference(*inputs)[-1], ""
        return
    runs = [run(asked, forward, case) for case in cases(asked.name)]
    if all_right(asked.name, runs):
        yield lambda *inputs: forward(*inputs)[-1], ""
        return
    note = f"with the reference {asked.name}, because yours is not right yet"
    if not all(result.error for result in runs):
        yield (
            lambda *inputs: forward(*inputs)[-1],
            f"but the {asked.name} that makes its cache is not right yet",
        )
    yield lambda *inputs: reference(*inputs)[-1], note
    if guess := cache_layout(exercise, function):
        yield guess, note
    if exercise.step:
        for step in _steps(exercise, function):
            yield lambda *inputs, step=step: _step_caches(step, *inputs), note


def _steps(exercise, function):
    """The step functions with which a list of step caches can be made: the reader's own, then the reference."""
    reference = bank.find(exercise.step).reference
    own = getattr(function, "__globals__", {}).get(exercise.step, reference)
    return [own, reference] if own is not reference else [reference]


def _step_caches(step, x, h0, *weights):
    """The most usual cache of a sequence: the list of the steps' caches."""
    caches, state = [], (h0,)
    if step.__name__.startswith("lstm"):
        state = (h0, 0 * h0)
    for t in range(x.shape[1]):
        *state, cache = step(x[:, t], *state, *weights)
        caches.append(cache)
    return caches
