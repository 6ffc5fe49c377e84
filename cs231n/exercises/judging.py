"""Judge an answer by what it computes: `grade` gives a verdict, and prints nothing."""

import dis
import inspect
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np

from cs231n.exercises import bank, messages, source
from cs231n.exercises.all_cases import FORWARD_FIRST, attempts, with_reference
from cs231n.exercises.cache_contents import what_is_missing
from cs231n.exercises.compare import agrees
from cs231n.exercises.count_calls import calls_grow
from cs231n.exercises.errors import raised_in
from cs231n.exercises.fallback import as_it_was_written, is_fallback
from cs231n.exercises.one_call import Run, read_outputs
from cs231n.exercises.recognise import expected, recognise
from cs231n.exercises.time_limit import TooLong

WORKING = ("BINARY_OP", "CALL", "FOR_ITER", "STORE_SUBSCR")  # what a TODO that is still empty does not do


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    status: 'unfilled', 'error', 'wrong' or 'right'
    mistake: name of the known mistake, or None; two made together are joined by ' + ', two that give the same
        numbers by ' or '
    remarks: names of things that cost nothing: 'float64_from_float32', 'changes_argument', 'list_of_numbers',
        'cache_holds_too_little'; and 'cache_does_not_fit' for a backward function that is right with other caches
    message: what the student reads
    attempt: the runs that the verdict is about, where there are any
    """

    name: str
    status: str
    message: str
    mistake: str | None = None
    remarks: tuple[str, ...] = ()
    attempt: object = field(default=None, repr=False, compare=False)

    def __str__(self):
        return self.message


def grade(function, forward=None, name=None):
    """Judge an answer by what it computes.

    function: the answer; the exercise is looked up by its name, or by `name`
    forward: for a backward function, the forward function whose cache it reads; else the reference's
    returns: Verdict
    ValueError: when there is no exercise of that name
    """
    exercise = bank.find(name or getattr(function, "__name__", repr(function)))
    if is_fallback(function, exercise):
        return Verdict(exercise.name, "unfilled", messages.is_reference_message(exercise))
    function = as_it_was_written(function)
    tried = []
    for attempt in attempts(exercise, function, forward):
        if attempt.right:
            return replace(_right(exercise, function, attempt), attempt=attempt)
        if not tried and _unfilled(exercise, attempt.runs, function):
            return Verdict(exercise.name, "unfilled", messages.unfilled_message(exercise))
        tried.append(attempt)
    telling = _most_telling(exercise.name, tried)
    wrong_numbers = telling.fault == FORWARD_FIRST and all(run.outputs for run in telling.runs)
    if wrong_numbers or (exercise.forward and _cannot_be_read(exercise, tried)):
        return Verdict(exercise.name, "wrong", messages.forward_first_message(exercise), "forward_first")
    return replace(_not_right(exercise, function, telling), attempt=telling)


def _most_telling(name, tried):
    """The first attempt; where its cache is at fault and it fails, one with a right cache that does not fail.

    Where the forward function is wrong, the attempt that gets most right.
    """
    first = tried[0]
    fault = next((attempt.fault for attempt in tried if attempt.fault), None)
    if first.note.startswith("but your "):
        return max(tried, key=lambda attempt: _count_right(name, attempt.runs))
    if fault and any(run.error for run in first.runs):
        return next((a for a in tried[1:] if all(run.outputs for run in a.runs)), first)
    return first


def _cannot_be_read(exercise, tried):
    """Does the answer fail on every cache as it would on one that it was not written for?"""
    other = with_reference(exercise.forward)
    for attempt in tried:
        error = next((run.error for run in attempt.runs if run.error), None)
        layout = isinstance(error, TypeError | LookupError | AttributeError) or "to unpack" in str(error)
        shape = attempt.fault == FORWARD_FIRST and isinstance(error, ValueError)
        if not (shape or (layout and (attempt.note == other or attempt.fault == FORWARD_FIRST))):
            return False
    return True


def _count_right(name, runs):
    """How many outputs are right, over all cases; -1 where some case gives none."""
    if not all(run.outputs for run in runs):
        return -1
    pairs = zip(expected(name), runs, strict=True)
    return sum(agrees(right[output], run.outputs[output]) for right, run in pairs for output in right)


def _right(exercise, function, attempt):
    if attempt.fault and attempt.fault[0] == "unpacking":
        message = messages.unpacking_message(exercise, attempt.fault[1])
        return Verdict(exercise.name, "wrong", message, "cache_in_another_order")
    for run in attempt.runs:
        if run.alters:
            message = messages.alters_message(exercise, run, function)
            return Verdict(exercise.name, "wrong", message, "writes_into_argument")
        if exercise.whole_numbers and any(value.dtype.kind == "f" for value in run.outputs.values()):
            return Verdict(exercise.name, "wrong", messages.not_whole_message(exercise), "not_whole_numbers")
    if exercise.without_loop and calls_grow(function, exercise.without_loop):
        return Verdict(exercise.name, "wrong", messages.loop_message(exercise), "loop_over_time")
    remarks = _remarks(exercise, function, attempt.runs)
    if attempt.fault and attempt.fault != FORWARD_FIRST:
        remarks["cache_does_not_fit"] = f"But not with the cache that it gets. {attempt.fault[1]}"
    message = messages.right_message(exercise, attempt.note, remarks.values())
    return Verdict(exercise.name, "right", message, None, tuple(remarks))


def _remarks(exercise, function, runs):
    """What is worth a remark, and costs nothing: name → sentence."""
    found = {}
    if missing := what_is_missing(exercise, function):
        found["cache_holds_too_little"] = f"Remark: the cache {missing}"
    if written := sorted({name for run in runs for name in run.written}):
        found["changes_argument"] = messages.changed_remark(function, written)
    lists = sorted({name for run in runs for name in run.lists})
    if lists and not exercise.hide_expected:  # a table filled in by hand is a list, and good so
        found["list_of_numbers"] = messages.list_remark(lists)
    if any(run.made_float64 for run in runs):
        found["float64_from_float32"] = messages.FLOAT64
    return found


def _not_right(exercise, function, attempt):
    runs = attempt.runs
    if type(runs[0].error).__name__ == "NotYet":  # only in a pack without the reference
        return Verdict(exercise.name, "unfilled", messages.waits_message(exercise, runs[0].error), "waits")
    if isinstance(runs[-1].error, TooLong):
        return Verdict(
            exercise.name, "error", messages.endless_message(exercise, function, runs[-1]), "endless"
        )
    if isinstance(runs[0].error, NotImplementedError) and source.raise_left(function):
        return Verdict(exercise.name, "error", messages.raise_left_message(exercise), "raise_left")
    known = recognise(exercise.name, runs)
    in_the_bank = any(each.function for group in known for each in group)
    if not in_the_bank and (places := _order(exercise, runs)):
        message = messages.order_message(exercise, places)
        return Verdict(exercise.name, "wrong", message, "outputs_in_another_order")
    for run in runs:
        if run.trouble:
            message = messages.trouble_message(exercise, function, runs, run)
            return Verdict(exercise.name, "wrong", message, run.trouble[0])
    mistake = " + ".join(" or ".join(each.name for each in group) for group in known) or None
    if any(run.error is not None for run in runs):
        message = messages.error_message(exercise, function, runs, known, attempt)
        return Verdict(exercise.name, "error", message, mistake)
    message = messages.wrong_message(exercise, function, runs, known, attempt)
    return Verdict(exercise.name, "wrong", message, mistake)


def _unfilled(exercise, runs, function):
    """Is the TODO still there, ours or that of the original course?"""
    run = runs[0]
    if isinstance(run.error, NotImplementedError):
        return raised_in(run.error, function) and not source.raise_left(function)
    if run.unfilled:
        return True
    if run.trouble and run.trouble[0] == "return_forgotten":
        return len(exercise.outputs) == 1 and _does_nothing(function)  # dW = None … return dW
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
