"""Judge an answer by what it computes: its status, and with `telling` the facts that are worth saying."""

import dis
import inspect
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.compare import agrees
from cs231n.exercises.exercise import NotYet
from cs231n.exercises.judge import syntax, telling
from cs231n.exercises.judge.failures import raised_in
from cs231n.exercises.judge.telling import CacheFault, Fault
from cs231n.exercises.recognise.mistakes import recognise, recognise_part
from cs231n.exercises.run.attempts import Cache, Partner, attempts
from cs231n.exercises.run.caches import in_another_order, laid_out_as_ours, what_is_missing
from cs231n.exercises.run.cases import cases, expected
from cs231n.exercises.run.count_calls import calls_grow, largest_array
from cs231n.exercises.run.one_call import Run, quiet, read_outputs
from cs231n.exercises.run.one_call import run as run_once
from cs231n.exercises.run.time_limit import SECONDS, TooLong

WORKING = ("BINARY_OP", "CALL", "FOR_ITER", "STORE_SUBSCR")  # what a TODO that is still empty does not do
OF_ANOTHER_CACHE = (TypeError, LookupError, AttributeError, ValueError)  # what reading one raises


@dataclass(frozen=True)
class Judgement:
    """What is known of an answer.

    status: 'unfilled', 'error', 'wrong' or 'right'
    said: lines of facts; the first one is the verdict
    mistake: name of the known mistake, or None; two made together are joined by ' + ', two that give the same
        numbers by ' or '
    remarks: names of things that cost nothing: 'float64_from_float32', 'changes_argument', 'list_of_numbers',
        'cache_holds_too_little'; and 'cache_does_not_fit' for a backward function where the cache lacks something
    attempt: the runs that this is about, where there are any
    """

    name: str
    status: str
    said: list = field(repr=False, compare=False)
    mistake: str | None = None
    remarks: tuple[str, ...] = ()
    attempt: object = field(default=None, repr=False, compare=False)


def judge(exercise, function, forward=None, seconds=SECONDS):
    """Judge an answer to an exercise.

    forward: for a backward function, the forward function whose cache it reads; else the reference's
    seconds: limit for each call
    returns: Judgement
    """
    tried = []
    for attempt in attempts(exercise, function, forward, seconds):
        if attempt.right:
            fault = _cache_fault(exercise, function, forward, attempt)
            if fault and fault.kind is Fault.UNCLEAR:
                said = telling.not_with_its_forward(exercise, function, tried[0], fault)
                return Judgement(exercise.name, "wrong", said, "cache_does_not_fit", attempt=attempt)
            return replace(_right(exercise, function, attempt, fault), attempt=attempt)
        if not tried and _unfilled(exercise, attempt.runs, function):
            return Judgement(exercise.name, "unfilled", telling.unfilled(exercise))
        tried.append(attempt)
    if _forward_first(exercise, forward, tried):
        return Judgement(exercise.name, "wrong", telling.forward_first(exercise), "forward_first")
    fault = next(filter(None, (_cache_fault(exercise, function, forward, each) for each in tried)), None)
    telling_one = tried[0]
    if fault and any(run.error for run in telling_one.runs):
        telling_one = next((a for a in tried[1:] if all(run.outputs for run in a.runs)), telling_one)
    fault = fault if telling_one.cache is not Cache.OWN else None
    return replace(_not_right(exercise, function, telling_one, fault), attempt=telling_one)


def is_reference(exercise):
    """The judgement on a function that is the reference, and so no answer."""
    return Judgement(exercise.name, "unfilled", telling.is_reference(exercise))


def _forward_first(exercise, forward, tried):
    """Can a backward function that is not right not be judged, because its forward function is not right?

    It can where the forward function is still empty. It can beside a wrong one that fills its cache as the
    reference does, where some output is right with the reference's cache: that is the one it was written for.
    """
    partner = tried[0].partner
    if partner is Partner.UNFILLED:
        errors = [next((run.error for run in attempt.runs if run.error), None) for attempt in tried]
        return all(isinstance(error, OF_ANOTHER_CACHE) for error in errors)
    if partner is Partner.WRONG:
        return not (_some_output_right(exercise, tried[0].runs) and laid_out_as_ours(exercise, forward))
    return partner is Partner.STOPS


def _some_output_right(exercise, runs):
    pairs = list(zip(expected(exercise.name), runs, strict=True))
    return all(run.outputs for run in runs) and any(
        all(agrees(right[name], run.outputs[name]) for right, run in pairs)
        for name in expected(exercise.name)[0]
    )


def _cache_fault(exercise, function, forward, attempt):
    """What is wrong between a right forward function's cache and the answer, where others were tried; or None."""
    if attempt.cache is Cache.OWN or attempt.partner not in (Partner.NONE, Partner.RIGHT):
        return None
    asked = bank.find(exercise.forward)
    forward = forward or asked.reference
    if orders := in_another_order(exercise, function, forward):
        return CacheFault(Fault.ORDER, telling.order_of_cache(*orders))
    if missing := what_is_missing(asked, forward):
        return CacheFault(Fault.CONTENTS, telling.cache(asked, missing))
    return CacheFault(Fault.UNCLEAR, telling.cache_does_not_fit(asked))


def _right(exercise, function, attempt, fault):
    if fault and fault.kind is Fault.ORDER:
        said = telling.another_order_of_cache(exercise, fault)
        return Judgement(exercise.name, "wrong", said, "cache_in_another_order")
    for each in attempt.runs:
        if each.alters:
            return Judgement(exercise.name, "wrong", telling.alters(exercise, each), "writes_into_argument")
        if lost := tuple(name for name in each.written if name in exercise.of_the_notebook):
            said = telling.alters_the_notebook(exercise, function, lost)
            return Judgement(exercise.name, "wrong", said, "writes_into_argument")
        if exercise.whole_numbers and any(v.dtype.kind == "f" for v in (each.outputs or {}).values()):
            return Judgement(exercise.name, "wrong", telling.not_whole(exercise), "not_whole_numbers")
    for right, each in zip(expected(exercise.name), attempt.runs, strict=True):
        if any(right[k].dtype == bool != value.dtype for k, value in (each.outputs or {}).items()):
            return Judgement(exercise.name, "wrong", telling.not_booleans(exercise), "not_booleans")
    if exercise.without_loop and calls_grow(function, exercise.without_loop):
        return Judgement(exercise.name, "wrong", telling.loop(exercise), "loop")
    if exercise.without_waste and (waste := _waste(function, exercise.without_waste())):
        return Judgement(exercise.name, "wrong", telling.waste(exercise, *waste), "computed_everywhere")
    remarks = _remarks(exercise, function, attempt.runs)
    if fault:
        remarks["cache_does_not_fit"] = telling.not_with_its_cache(fault)
    said = telling.right(exercise, attempt, remarks.values())
    return Judgement(exercise.name, "right", said, None, tuple(remarks))


def _waste(function, inputs):
    """Places that count, all places, and the numbers in one array that holds a score for every place; or None."""
    places, words = inputs["mask"].size, len(inputs["b"])
    largest = largest_array(function, inputs)
    return (inputs["mask"].sum(), places, largest) if largest >= places * words else None


def _remarks(exercise, function, runs):
    """What is worth a remark, and costs nothing: name → line of facts."""
    found = {}
    if missing := what_is_missing(exercise, function):
        found["cache_holds_too_little"] = telling.remark(telling.cache(exercise, missing))
    if written := tuple(sorted({name for run in runs for name in run.written})):
        found["changes_argument"] = telling.changed(function, written)
    if not all(map(_is_right, expected(exercise.name), runs)):
        found["fails_at_one_feature"] = telling.fails_at_one_feature()
    lists = tuple(sorted({name for run in runs for name in run.lists}))
    if lists and not exercise.hide_expected:  # a table filled in by hand is a list, and good so
        found["list_of_numbers"] = telling.lists(lists)
    if any(run.made_float64 for run in runs):
        found["float64_from_float32"] = telling.float64(function, _makes_float64(exercise, function))
    return found


def _is_right(right, run):
    return run.outputs is not None and all(agrees(right[name], run.outputs[name]) for name in right)


def _makes_float64(exercise, function):
    """The helper of the reader's own that makes float64 of float32, or None."""
    seen = getattr(function, "__globals__", {})
    for name in exercise.needs:
        helper, reference = seen.get(name), bank.find(name).reference
        if inspect.isfunction(helper) and helper is not reference and name in function.__code__.co_names:
            forward = seen.get(bank.find(name).forward)
            maker = (lambda *inputs, f=forward: f(*inputs)[-1]) if forward else None
            if any(run_once(bank.find(name), helper, case, maker).made_float64 for case in cases(name)):
                return name
    return None


def _not_right(exercise, function, attempt, fault):
    name, runs = exercise.name, attempt.runs
    if isinstance(runs[0].error, NotYet):  # only in a pack without the reference
        return Judgement(name, "unfilled", telling.waits(exercise, runs[0].error), "waits")
    if isinstance(runs[-1].error, TooLong):
        return Judgement(name, "error", telling.endless(exercise, function, runs[-1].error), "endless")
    if isinstance(runs[0].error, NotImplementedError) and syntax.raise_left(function):
        return Judgement(name, "error", telling.raise_left(exercise), "raise_left")
    with quiet():
        known = recognise(name, runs)
    in_the_bank = any(each in exercise.mistakes for group in known for each in group)
    if not in_the_bank and (places := _order(exercise, runs)):
        return Judgement(name, "wrong", telling.order(exercise, places), "outputs_in_another_order")
    for run in runs:
        if run.trouble:
            part = recognise_part(name, runs)
            mistake = _names(part) or run.trouble[0]
            return Judgement(name, "wrong", telling.trouble(exercise, function, runs, run, part), mistake)
    mistake = _names(known)
    about = exercise, function, attempt, known, fault
    if any(run.error is not None for run in runs):
        return Judgement(name, "error", telling.error(*about), mistake)
    random = not in_the_bank and _gives_others(exercise, function, attempt)
    return Judgement(name, "wrong", telling.wrong(*about, random), mistake)


def _names(groups):
    return " + ".join(" or ".join(each.name for each in group) for group in groups) or None


def _gives_others(exercise, function, attempt):
    """Does a second call with the same inputs give other numbers?"""
    first = attempt.runs[0]
    with quiet():
        np.random.random()  # other random numbers than before
        [again] = attempt.on(exercise, function, [first.case])
    return again.outputs is not None and any(
        not agrees(value, again.outputs[name]) for name, value in first.outputs.items()
    )


def _unfilled(exercise, runs, function):
    """Is the TODO still there, ours or that of the original course?"""
    run = runs[0]
    if isinstance(run.error, NotImplementedError):
        return raised_in(run.error, function) and not syntax.raise_left(function)
    if run.unfilled:
        return True
    if run.trouble and run.trouble[0] == "return_forgotten":
        return syntax.is_a_starter(function) or (len(exercise.outputs) == 1 and _does_nothing(function))
    if run.returned and len(run.returned) == 2 and isinstance(run.returned[1], dict):
        return not run.returned[1] and np.ndim(run.returned[0]) == 0 and run.returned[0] == 0  # 0.0, {}
    if exercise.whole_numbers and "model" in run.case.inputs:
        return all(_only_null(each) for each in runs) and not _loops(function)
    return False


def _only_null(run):
    null = run.case.inputs["model"]._null
    return run.outputs is not None and all((value == null).all() for value in run.outputs.values())


def _does_nothing(function):
    code = getattr(function, "__code__", None)
    if not inspect.isfunction(function) or code.co_names:
        return False
    return not any(step.opname.startswith(WORKING) for step in dis.get_instructions(code))


def _loops(function):
    code = getattr(function, "__code__", None)
    return code is None or any("JUMP_BACKWARD" in step.opname for step in dis.get_instructions(code))


def _order(exercise, runs):
    """For each value that came, its place in the order asked for; None when they are not all there."""
    count = len(exercise.outputs) + exercise.returns_cache
    if count == 1 or any(run.returned is None or len(run.returned) != count for run in runs):
        return None
    for places in list(permutations(range(count)))[1:]:
        if all(
            _fits(exercise, right, run, places)
            for right, run in zip(expected(exercise.name), runs, strict=True)
        ):
            return places
    return None


def _fits(exercise, right, run, places):
    """Are the outputs right when value k of what came is put into place places[k]?"""
    result = Run(run.case)
    ordered = [value for _, value in sorted(zip(places, run.returned, strict=True), key=lambda pair: pair[0])]
    read_outputs(exercise, tuple(ordered), result)
    return result.outputs is not None and all(agrees(right[name], result.outputs[name]) for name in right)
