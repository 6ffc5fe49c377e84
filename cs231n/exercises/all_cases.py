"""Run an answer on every case; where that fails, once more with helpers and caches that are right.

An answer is judged alone: `rnn_forward` may call a `rnn_step_forward` that is wrong or missing, and a backward
function may read the cache of a forward function that is wrong, or whose cache holds too little.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cs231n.exercises import bank
from cs231n.exercises.cache_contents import (
    holds_only_right_numbers,
    taken_out_in_another_order,
    what_is_missing,
    with_right_outputs,
)
from cs231n.exercises.cache_layouts import cache_layout, unpacked
from cs231n.exercises.compare import agrees
from cs231n.exercises.one_call import names_replaced, run
from cs231n.exercises.recognise import cases, expected
from cs231n.exercises.time_limit import TooLong

FORWARD_FIRST = ("forward_first", "")


@dataclass(frozen=True)
class Attempt:
    """The runs of one attempt, whether all are right, and what was taken from elsewhere.

    note: what was taken from the reference, for a reader
    fault: what is wrong with the cache that the answer should read, or None; a kind and a sentence. 'cache' and
        'unpacking' are seen in the cache itself; 'unclear' is so only where this attempt is right; FORWARD_FIRST
        where it holds numbers of a wrong forward function
    helpers, cache_from: what took the place of the answer's helpers, and what made the cache
    """

    runs: list
    right: bool
    note: str = ""
    fault: tuple[str, str] | None = None
    helpers: dict = field(default_factory=dict)
    cache_from: Callable | None = None

    def on(self, exercise, function, others):
        """Runs of the same attempt on other cases."""
        with names_replaced(function, self.helpers):
            return [run(exercise, function, case, self.cache_from) for case in others]


def attempts(exercise, function, forward=None):
    """Yield attempts: the answer as it stands first, then with right helpers and right caches."""
    shown = False
    for replacements, note in _helpers(exercise, function):
        for cache_from, cache_note, fault in _caches(exercise, function, forward):
            runs = []
            with names_replaced(function, replacements):
                for case in cases(exercise.name):
                    runs.append(run(exercise, function, case, cache_from, show_prints=not shown))
                    shown = True
                    if isinstance(runs[-1].error, TooLong):
                        yield Attempt(runs, False, note or cache_note, fault)
                        return
            right = all_right(exercise.name, runs)
            yield Attempt(runs, right, note or cache_note, fault, replacements, cache_from)


def all_right(name, runs, *seed):
    """Does every run give what the reference gives? seed: that of the cases"""
    return all(
        result.outputs is not None and all(agrees(right[output], result.outputs[output]) for output in right)
        for right, result in zip(expected(name, *seed), runs, strict=True)
    )


def is_right(exercise, function, forward=None):
    """Is a function right as it stands, with the cache of `forward`?"""
    cache_from = (lambda *inputs: forward(*inputs)[-1]) if exercise.forward else None
    runs = []
    for case in cases(exercise.name):
        runs.append(run(exercise, function, case, cache_from))
        if runs[-1].outputs is None:
            return False
    return all_right(exercise.name, runs)


def with_reference(*names):
    """The note on an attempt for which something wrong was replaced."""
    return f"with the reference {' and '.join(names)}, because yours is not right yet"


def _helpers(exercise, function):
    """Which other exercises' names the function sees, when they are not the reference already."""
    yield {}, ""
    seen = getattr(function, "__globals__", {})
    others = {n: bank.find(n).reference for n in bank.ORDER if n in seen and n != exercise.name}
    others = {n: reference for n, reference in others.items() if seen[n] is not reference}
    if not others:
        return
    used = [name for name in others if name in function.__code__.co_names]
    wrong = [name for name in used if not _helper_is_right(name, seen)]
    if wrong:
        yield others, with_reference(*wrong)
    else:
        yield others, f"with the reference {' and '.join(used)} in place of yours" if used else ""


def _helper_is_right(name, seen):
    """Is a helper right, as far as this answer can know: a backward one with its forward partner beside it?"""
    helper = bank.find(name)
    return is_right(helper, seen[name], seen.get(helper.forward, bank.find(helper.forward or name).reference))


def _caches(exercise, function, forward):
    """Where a backward function may get its cache from: (maker, note, fault of the forward function's cache)."""
    if exercise.forward is None:
        yield None, "", None
        return
    asked = bank.find(exercise.forward)
    reference = asked.reference
    own = forward is not None and forward is not reference
    works = own and run(asked, forward, cases(asked.name)[0]).error is None
    if own and not (works and is_right(asked, forward)):
        note = with_reference(asked.name)
        if works:
            for maker in (with_right_outputs(forward, reference), lambda *inputs: forward(*inputs)[-1]):
                fault = None if holds_only_right_numbers(exercise, forward, maker) else FORWARD_FIRST
                yield maker, f"but your {asked.name} is not right yet", fault
        for maker in _other_caches(exercise, function, reference):
            yield maker, note, None
        return
    yield lambda *inputs: (forward or reference)(*inputs)[-1], "", None
    fault = _fault(exercise, function, forward or reference)
    if own or (fault and fault[0] == "unpacking"):
        for maker in _other_caches(exercise, function, reference):
            yield maker, "", fault


def _fault(exercise, function, forward):
    """What may be wrong between a right forward function's cache and the function that reads it."""
    for names in unpacked(function):
        if sentence := taken_out_in_another_order(exercise, names, forward):
            return "unpacking", sentence
    asked = bank.find(exercise.forward)
    if sentence := what_is_missing(asked, forward):
        return "cache", f"The cache of your {asked.name} {sentence}"
    return "unclear", f"What your {asked.name} puts in and what this takes out do not go together."


def _other_caches(exercise, function, reference):
    """Caches that are right, in the layouts that an answer may have in mind."""
    yield lambda *inputs: reference(*inputs)[-1]
    if guess := cache_layout(exercise, function):
        yield guess
    if exercise.step:
        for step in _steps(exercise, function):
            yield lambda *inputs, step=step: _step_caches(step, *inputs)


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
