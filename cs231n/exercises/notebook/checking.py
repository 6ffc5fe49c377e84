"""The check cell: print the verdict on an answer, and return a function that works."""

import os
from dataclasses import replace

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.judge import telling
from cs231n.exercises.judge.changed_reference import changed_reference
from cs231n.exercises.judge.package_calls import borrowed, may_borrow
from cs231n.exercises.notebook import answers_file
from cs231n.exercises.notebook.grading import grade
from cs231n.exercises.notebook.kept_source import source_of
from cs231n.exercises.notebook.session import SESSION, name_of, no_exercise
from cs231n.exercises.notebook.stand_in import (
    as_it_was_written,
    fallback,
    is_fallback,
    with_reference_cache,
)
from cs231n.exercises.run.attempts import is_right
from cs231n.exercises.run.one_call import quiet
from cs231n.exercises.say.printing import say
from cs231n.exercises.say.words import joined, message, words


class NotRight(AssertionError):
    """Raised by `check` with CS231N_STRICT=1 where an answer is not right."""


def check(function, forward=None):
    """Print the verdict on an answer, and return the answer where it is right, else the reference.

    function: the answer; the exercise is looked up by its name
    forward: for a backward function, the forward function whose cache it reads
    returns: a function that works, so that the notebook goes on
    NotRight: with CS231N_STRICT=1, where the answer is not right
    """
    strict = os.environ.get("CS231N_STRICT", "").lower() not in ("", "0", "off", "false")
    own_forward = _own(forward)
    asked = name_of(function)
    if asked not in bank.ORDER and not strict:
        say(message(no_exercise(asked)))
        return function
    if not strict and (changed := changed_reference(asked)):
        say(message(telling.reference_changed(changed)))
        return function
    try:
        verdict = grade(function, own_forward, asked)
    except KeyboardInterrupt:
        if strict:
            raise
        say(message(telling.stopped(asked)))
        _remember(asked, function, "error")
        return fallback(asked, forward)[0]
    except Exception as error:  # nothing that is typed may end a notebook
        if strict:
            raise
        say(message([fact("check_failed", exercise=asked, error=type(error).__name__), fact("go_on")]))
        return bank.find(asked).reference
    name, exercise = verdict.name, bank.find(verdict.name)
    written = as_it_was_written(function)
    if verdict.status == "right" and (strict or not bank.REFERENCE or may_borrow(exercise, written)):
        if names := borrowed(exercise, written, own_forward):
            verdict = replace(verdict, status="unfilled", message=message(telling.borrowed(exercise, names)))
    if verdict.status != "right" and strict:
        raise NotRight(verdict.message)
    _remember(name, function, verdict.status)
    say(verdict.message)
    if verdict.status != "right":
        helps = (
            fact("hint_helps", exercise=name) if verdict.mistake not in ("forward_first", "waits") else None
        )
        function, readable = fallback(name, forward)
        _say(helps, fact("go_on"))
        if not readable:
            _say(fact("cache_unreadable", forward=exercise.forward))
        return function
    if not strict:
        _keep(name, as_it_was_written(function), own_forward)
    if "cache_holds_too_little" in verdict.remarks and bank.REFERENCE:
        _say(fact("go_on_with_its_cache"))
        return with_reference_cache(name, as_it_was_written(function))
    other_cache = own_forward is not forward or "cache_does_not_fit" in verdict.remarks
    if other_cache and not is_right(exercise, function, forward):
        _say(fact("go_on_without_partner", forward=exercise.forward))
        return fallback(name, forward)[0]
    return function


def _say(*facts):
    say("  " + joined(words(each) for each in facts if each))


def _remember(name, function, status):
    if not is_fallback(function, bank.find(name)):
        SESSION.answers[name] = as_it_was_written(function)
        SESSION.statuses[name] = status


def _own(forward):
    """The student's forward function, where something has taken its place or gone with it."""
    forward = as_it_was_written(forward)
    name = name_of(forward)
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
                if loaded and grade(loaded, forward, name).status != "right":
                    reason = fact("wrong_when_loaded")
        if not reason:
            answers_file.keep(name, text)
            return
    except OSError as error:
        kind = "cannot_write_there" if isinstance(error, PermissionError) else "cannot_write"
        reason = fact(kind, reason=error.strerror or type(error).__name__)
    _say(fact("not_kept", reason=reason))
