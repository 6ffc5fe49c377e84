"""Check an answer: `grade` gives a verdict, `check` prints it and hands back a function that works."""

import os
from dataclasses import dataclass
from itertools import permutations

from cs231n.exercises import answers_file, bank, messages
from cs231n.exercises.all_cases import attempts
from cs231n.exercises.compare import agrees
from cs231n.exercises.errors import raised_in
from cs231n.exercises.fallback import fallback, is_fallback
from cs231n.exercises.one_call import Run, read_outputs
from cs231n.exercises.printing import say
from cs231n.exercises.recognise import expected, recognise
from cs231n.exercises.session import SESSION


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    status: 'unfilled', 'error', 'wrong' or 'right'
    mistake: name of the known mistake, or None; two made together are joined by ' + ', two that give the same
        numbers by ' or '
    remark: 'float64_from_float32' or None; it costs nothing
    message: what the student reads
    """

    name: str
    status: str
    message: str
    mistake: str | None = None
    remark: str | None = None

    def __str__(self):
        return self.message


class NotRight(AssertionError):
    """Raised by `check` with CS231N_STRICT=1 where an answer is not right."""


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
    first = None
    for attempt in attempts(exercise, function, forward):
        if attempt.right:
            return _right(exercise, attempt)
        if _unfilled(attempt.runs[0], function):
            return Verdict(exercise.name, "unfilled", messages.unfilled_message(exercise))
        first = first or attempt
    return _not_right(exercise, function, first)


def check(function, forward=None):
    """Print the verdict on an answer, and give back the answer where it is right, else the reference.

    function: the answer; the exercise is looked up by its name
    forward: for a backward function, the forward function whose cache it reads
    returns: a function that works, so that the notebook goes on
    NotRight: with CS231N_STRICT=1, where the answer is not right
    """
    verdict = grade(function, _own(forward))
    strict = os.environ.get("CS231N_STRICT", "").lower() not in ("", "0", "off", "false")
    if verdict.status != "right" and strict:
        raise NotRight(verdict.message)
    if not is_fallback(function, bank.find(verdict.name)):
        SESSION.answers[verdict.name] = function
        SESSION.statuses[verdict.name] = verdict.status
    if verdict.status == "right":
        say(verdict.message)
        if not strict:
            _keep(verdict.name, function)
        if _own(forward) is not forward and grade(function, forward).status != "right":
            say(f"  Until your {forward.__name__} is right too, the reference stands in for both.")
            return bank.find(verdict.name).reference
        return function
    say(verdict.message)
    function, readable = fallback(verdict.name, forward)
    say(f'  hint("{verdict.name}") helps. Until yours is right, the reference stands in: just go on.')
    if not readable:
        say(
            f"  It cannot read the cache of your {forward.__name__}: keep the inputs and the outputs there too."
        )
    return function


def _own(forward):
    """The student's forward function, where the reference has taken its place: the cache that is known."""
    name = getattr(forward, "__name__", None)
    if name in bank.ORDER and forward is bank.find(name).reference:
        return SESSION.answers.get(name, forward)
    return forward


def _keep(name, function):
    try:
        answers_file.keep(name, function)
    except OSError as error:
        say(f"  It could not be kept for later chapters: {error.strerror}. Is the folder read-only?")


def _right(exercise, attempt):
    for run in attempt.runs:
        if run.written:
            return Verdict(
                exercise.name, "wrong", messages.written_message(exercise, run), "writes_into_argument"
            )
        if exercise.whole_numbers and any(value.dtype.kind == "f" for value in run.outputs.values()):
            return Verdict(exercise.name, "wrong", messages.not_whole_message(exercise), "not_whole_numbers")
    remark = "float64_from_float32" if any(run.made_float64 for run in attempt.runs) else None
    return Verdict(
        exercise.name, "right", messages.right_message(exercise, attempt.note, remark), None, remark
    )


def _not_right(exercise, function, attempt):
    runs = attempt.runs
    known = recognise(exercise.name, runs)
    if not known and (places := _order(exercise, runs)):
        message = messages.order_message(exercise, places)
        return Verdict(exercise.name, "wrong", message, "outputs_in_another_order")
    for run in runs:
        if run.trouble:
            return Verdict(exercise.name, "wrong", messages.trouble_message(exercise, run), run.trouble[0])
    mistake = " + ".join(" or ".join(each.name for each in group) for group in known) or None
    for run in runs:
        if run.error is not None:
            message = messages.error_message(exercise, function, run, known, attempt.note)
            return Verdict(exercise.name, "error", message, mistake)
    if not known and any(run.written for run in runs):
        mistake = "writes_into_argument"
    return Verdict(
        exercise.name, "wrong", messages.wrong_message(exercise, runs, known, attempt.note), mistake
    )


def _unfilled(run, function):
    """Is the TODO still there? Either it raises NotImplementedError itself, or all its outputs are None."""
    return run.unfilled or (isinstance(run.error, NotImplementedError) and raised_in(run.error, function))


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
