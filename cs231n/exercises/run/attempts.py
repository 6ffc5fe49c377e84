"""Run an answer on every case; where that fails, once more with helpers and caches that are right.

An answer is judged alone: `rnn_forward` may call a `rnn_step_forward` that is wrong or missing, and a backward
function may read the cache of a forward function that is wrong, or whose cache holds too little.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from cs231n.exercises import bank
from cs231n.exercises.compare import agrees
from cs231n.exercises.run.caches import in_another_order, layout_of_names, step_caches
from cs231n.exercises.run.cases import cases, expected
from cs231n.exercises.run.one_call import names_replaced, run
from cs231n.exercises.run.time_limit import SECONDS, TooLong

Partner = Enum("Partner", "NONE RIGHT UNFILLED STOPS WRONG")  # the forward function, as it is
Cache = Enum("Cache", "OWN REFERENCE GUESSED")  # where an answer got its cache from


@dataclass(frozen=True)
class Attempt:
    """The runs of one attempt, whether all are right, and what was taken from elsewhere.

    wrong_helpers: names of helpers that are not right, and were replaced; other_helpers: others replaced
    partner, cache: what is known of the forward function, and whose cache was read
    helpers, cache_from: what took the place of the answer's helpers, and what made the cache
    """

    runs: list
    right: bool
    wrong_helpers: tuple = ()
    other_helpers: tuple = ()
    partner: Partner = Partner.NONE
    cache: Cache = Cache.OWN
    helpers: dict = field(default_factory=dict)
    cache_from: Callable | None = None

    def on(self, exercise, function, others, seconds=SECONDS):
        """Runs of the same attempt on other cases."""
        with names_replaced(function, self.helpers):
            return [run(exercise, function, case, self.cache_from, seconds) for case in others]


def attempts(exercise, function, forward=None, seconds=SECONDS):
    """Yield attempts: the answer as it stands first, then with right helpers and right caches."""
    shown = False
    partner = partner_of(exercise, forward, seconds)
    for helpers, wrong, other in _helpers(exercise, function, seconds):
        about = {"wrong_helpers": wrong, "other_helpers": other, "partner": partner, "helpers": helpers}
        for cache, cache_from in _caches(exercise, function, forward, partner):
            runs = []
            with names_replaced(function, helpers):
                for case in cases(exercise.name):
                    runs.append(run(exercise, function, case, cache_from, seconds, show_prints=not shown))
                    shown = True
                    if isinstance(runs[-1].error, TooLong):
                        yield Attempt(runs, False, cache=cache, **about)
                        return
            yield Attempt(runs, all_right(exercise.name, runs), cache=cache, cache_from=cache_from, **about)


def all_right(name, runs, *seed):
    """Does every run give what the reference gives? With a single feature it need not. seed: of the cases"""
    return all(
        one_feature(result.case)
        or (result.outputs is not None and all(agrees(right[o], result.outputs[o]) for o in right))
        for right, result in zip(expected(name, *seed), runs, strict=True)
    )


def one_feature(case):
    """Is this a case that nobody has outside of tests, where np.squeeze finds another axis to remove?"""
    return "D=1" in case.sizes.split(", ")


def is_right(exercise, function, forward=None, seconds=SECONDS):
    """Is a function right as it stands, with the cache of `forward`?"""
    cache_from = (lambda *inputs: forward(*inputs)[-1]) if exercise.forward else None
    runs = []
    for case in cases(exercise.name):
        runs.append(run(exercise, function, case, cache_from, seconds))
        if runs[-1].outputs is None and not one_feature(case):
            return False
    return all_right(exercise.name, runs)


def partner_of(exercise, forward, seconds=SECONDS):
    """What is known of the forward function that comes with a backward one; NONE for the reference."""
    if exercise.forward is None or forward is None or forward is bank.find(exercise.forward).reference:
        return Partner.NONE
    asked = bank.find(exercise.forward)
    first = run(asked, forward, cases(asked.name)[0], seconds=seconds)
    nothing = first.trouble and first.trouble[0] == "return_forgotten"
    if isinstance(first.error, NotImplementedError) or first.unfilled or nothing:
        return Partner.UNFILLED
    if first.error is not None:
        return Partner.STOPS
    return Partner.RIGHT if is_right(asked, forward, seconds=seconds) else Partner.WRONG


def _helpers(exercise, function, seconds):
    """What the names of other exercises mean to the function: as they are, then all of them the reference.

    yields: replacements, names of those that are not right, names of the others that it uses
    """
    yield {}, (), ()
    seen = getattr(function, "__globals__", {})
    others = {n: bank.find(n).reference for n in bank.ORDER if n in seen and n != exercise.name}
    others = {n: reference for n, reference in others.items() if seen[n] is not reference}
    if not others:
        return
    read = getattr(getattr(function, "__code__", None), "co_names", ())
    used = tuple(name for name in others if name in read)
    wrong = tuple(name for name in used if not _helper_is_right(name, seen, seconds))
    yield others, wrong, () if wrong else used


def _helper_is_right(name, seen, seconds):
    """Is a helper right, as far as this answer can know: a backward one with its forward partner beside it?"""
    helper = bank.find(name)
    partner = seen.get(helper.forward, bank.find(helper.forward or name).reference)
    return is_right(helper, seen[name], partner, seconds)


def _caches(exercise, function, forward, partner):
    """Where a backward function may get its cache from: its own partner where that is right, then others."""
    if exercise.forward is None:
        yield Cache.OWN, None
        return
    reference = bank.find(exercise.forward).reference
    if partner in (Partner.NONE, Partner.RIGHT):
        own = forward or reference
        yield Cache.OWN, lambda *inputs: own(*inputs)[-1]
        if partner is Partner.NONE and not in_another_order(exercise, function, reference):
            return
    yield Cache.REFERENCE, lambda *inputs: reference(*inputs)[-1]
    if guess := layout_of_names(exercise, function):
        yield Cache.GUESSED, guess
    if exercise.step:
        ours = bank.find(exercise.step).reference
        own = getattr(function, "__globals__", {}).get(exercise.step, ours)
        for step in dict.fromkeys((own, ours)):
            yield Cache.GUESSED, lambda *inputs, step=step: step_caches(step, *inputs)
