"""The check cell: print the verdict on an answer, and hand back a function that works."""

import os
from dataclasses import replace

from cs231n.exercises import answers_file, bank, messages
from cs231n.exercises.all_cases import is_right
from cs231n.exercises.answer_source import source_of
from cs231n.exercises.changed_reference import changed_message, changed_reference
from cs231n.exercises.fallback import as_it_was_written, fallback, is_fallback, with_reference_cache
from cs231n.exercises.judging import grade
from cs231n.exercises.one_call import quiet
from cs231n.exercises.package_calls import borrowed
from cs231n.exercises.printing import say
from cs231n.exercises.session import SESSION


class NotRight(AssertionError):
    """Raised by `check` with CS231N_STRICT=1 where an answer is not right."""


def check(function, forward=None):
    """Print the verdict on an answer, and give back the answer where it is right, else the reference.

    function: the answer; the exercise is looked up by its name
    forward: for a backward function, the forward function whose cache it reads
    returns: a function that works, so that the notebook goes on
    NotRight: with CS231N_STRICT=1, where the answer is not right
    """
    strict = os.environ.get("CS231N_STRICT", "").lower() not in ("", "0", "off", "false")
    own_forward = _own(forward)
    asked = bank.find(getattr(function, "__name__", repr(function))).name
    if not strict and (changed := changed_reference(asked)):
        say(f"✗ {changed_message(changed)}")
        return function
    try:
        verdict = grade(function, own_forward)
    except KeyboardInterrupt:
        if strict:
            raise
        say(messages.stopped_message(function.__name__))
        _remember(function.__name__, function, "error")
        return fallback(function.__name__, forward)[0]
    name, exercise = verdict.name, bank.find(verdict.name)
    if verdict.status == "right" and (strict or not bank.REFERENCE):
        if names := borrowed(exercise, as_it_was_written(function), own_forward):
            verdict = replace(verdict, status="unfilled", message=messages.borrowed_message(exercise, names))
    if verdict.status != "right" and strict:
        raise NotRight(verdict.message)
    _remember(name, function, verdict.status)
    say(verdict.message)
    if verdict.status != "right":
        function, readable = fallback(name, forward)
        helps = f'hint("{name}") helps. ' if verdict.mistake not in ("forward_first", "waits") else ""
        say(f"  {helps}Until yours is right, the reference stands in: just go on.")
        if not readable:
            say(f"  It cannot read the cache of your {forward.__name__}: keep inputs and outputs there too.")
        return function
    if not strict:
        _keep(name, as_it_was_written(function), own_forward)
    if "cache_holds_too_little" in verdict.remarks and bank.REFERENCE:
        say("  Until its cache is whole, the cache of the reference goes with your numbers: just go on.")
        return with_reference_cache(name, as_it_was_written(function))
    other_cache = own_forward is not forward or "cache_does_not_fit" in verdict.remarks
    if other_cache and not is_right(exercise, function, forward):
        say(f"  Until your {exercise.forward} goes with it, the reference stands in here: just go on.")
        return fallback(name, forward)[0]
    return function


def _remember(name, function, status):
    if not is_fallback(function, bank.find(name)):
        SESSION.answers[name] = as_it_was_written(function)
        SESSION.statuses[name] = status


def _own(forward):
    """The student's forward function, where something has taken its place or gone with it."""
    forward = as_it_was_written(forward)
    name = getattr(forward, "__name__", None)
    if name in bank.ORDER and forward is bank.find(name).reference:
        return SESSION.answers.get(name, forward)
    return forward


def _keep(name, function, forward):
    """Put a right answer into the answers file, if it is right when it is loaded from there."""
    if answers_file.path() is None:
        return
    try:
        text, reason = source_of(name, function)
        if text:
            known = {other: bank.find(other).reference for other in bank.ORDER}
            seen = {other: value for other, value in function.__globals__.items() if other in (*known, "my")}
            with quiet():
                loaded, reason = answers_file.load(name, text, {**known, **seen})
                if loaded and grade(loaded, forward).status != "right":
                    reason = "loaded from there, it is not right any more."
        if not reason:
            answers_file.keep(name, text)
            return
    except OSError as error:
        reason = f"{error.strerror}. Is the folder read-only?"
    say(f"  It could not be kept for later chapters: {reason}")
