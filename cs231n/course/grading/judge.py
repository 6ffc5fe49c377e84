"""Judge one notebook: every exercise in it, whatever its code does."""

import contextlib
import time
from dataclasses import dataclass, field, replace

import numpy as np

from cs231n.course.grading import notebook
from cs231n.course.grading.answer import Answer
from cs231n.course.grading.process import Gone, StudentProcess
from cs231n.exercises import bank, grade
from cs231n.exercises.all_cases import attempts
from cs231n.exercises.recognise import cases, expected

TRUSTED = ("right", "wrong", "error", "unfilled", "missing")


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise.

    status: 'right', 'wrong', 'error' or 'unfilled' as in a check; 'missing' when it is not in the notebook; or
        one that is not trusted: 'reference' (calls the reference), 'memorised' (right on the published inputs
        only), 'hangs', 'crashes', 'tampers', 'unreadable'
    """

    status: str
    mistake: str = ""
    message: str = ""


@dataclass
class Judged:
    """The results of one notebook by exercise, and notes for the instructor."""

    results: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


@dataclass
class Loaded:
    """What the student's process found in the notebook."""

    cells: list
    defined: dict

    def uses(self, name):
        return [str(n) for n in self.defined.get(name, {}).get("uses", ())]

    def unpacks(self, name):
        return [[str(n) for n in names] for names in self.defined.get(name, {}).get("unpacks", ())]

    def is_own(self, name):
        return name in self.defined and not self.defined[name].get("reference")

    def source(self, number):
        return next((cell.source for cell in self.cells if cell.number == number), "")


def judge(path, seconds=20, salt=None):
    """Judge all exercises of a notebook file, in a process of their own; a new one after each hang or crash.

    seconds: limit for each exercise, and for the start
    salt: number that makes the second, unpublished set of inputs; None draws one
    NotANotebook: when the file cannot be read
    """
    cells = notebook.read(path)
    names = notebook.exercises_in(cells)
    found = Judged(notes=notebook.notes(cells, names))
    salt = int(np.random.SeedSequence().entropy % 2**32) if salt is None else salt
    left = list(names)
    while left:
        with StudentProcess() as process:
            try:
                loaded, failed = _load(process, cells, left, seconds)
            except Gone as gone:
                found.results.update({name: Result(gone.status, "", _gone(name, gone)) for name in left})
                break
            while left:
                name = left.pop(0)
                try:
                    result = _judge_one(name, process, loaded, seconds, salt)
                    if failed and result.status in ("error", "missing"):
                        message = "\n  ".join(
                            [result.message, "These lines of the notebook failed:", *failed]
                        )
                        result = replace(result, message=message)
                    found.results[name] = result
                except Gone as gone:
                    found.results[name] = Result(gone.status, "", _gone(name, gone))
                    break  # the others get a new process
    return found


def _load(process, cells, names, seconds):
    wanted = [*names, *(bank.find(name).forward for name in names if bank.find(name).forward)]
    reply = process.ask({"cells": notebook.needed(cells, wanted)}, seconds)
    try:
        defined = {name: dict(about) for name, about in reply["defined"].items() if name in bank.ORDER}
        return Loaded(cells, defined), [str(text) for text in reply["failed"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Gone("tampers", "its replies to the grader make no sense") from None


def _judge_one(name, process, loaded, seconds, salt):
    if name not in loaded.defined:
        return _not_defined(name, loaded.cells)
    deadline = time.monotonic() + seconds
    answer = Answer(name, name, process, loaded, deadline)
    partner = bank.find(name).forward
    forward = None
    if partner and loaded.is_own(partner):
        forward = Answer(partner, name, process, loaded, deadline)
        forward.__globals__ = answer.__globals__  # both live in one notebook, and see the same helpers
    verdict = grade(answer, forward)
    if answer.refused:
        used = " and ".join(sorted(answer.refused))
        return Result(
            "reference", "", f"✗ {name} calls {used} of the package instead of computing the answer."
        )
    if verdict.status == "right" and not _right_on_other_inputs(name, answer, forward, salt):
        return Result(
            "memorised", "", f"✗ {name} is right on the published inputs only, and wrong on others."
        )
    return Result(verdict.status, verdict.mistake or "", verdict.message)


def _not_defined(name, cells):
    for cell in cells:
        if cell.problem and f"def {name}" in cell.source:
            text = f"✗ {name}: Python cannot read cell {cell.number}.\n  {cell.problem}"
            return Result("error", "", text)
    return Result("missing", "", f"○ {name} is not defined in the notebook.")


def _gone(name, gone):
    return f"✗ {name} could not be judged: {gone.reason}."


def _right_on_other_inputs(name, answer, forward, salt):
    """Is it right on inputs that nobody has seen before?"""
    with _other_inputs(name, salt):
        return (
            any(attempt.right for attempt in attempts(bank.find(name), answer, forward))
            and not answer.refused
        )


@contextlib.contextmanager
def _other_inputs(name, salt):
    """The cases of an exercise drawn once more with other random numbers, for as long as the block runs."""
    needed_too = [name, *filter(None, [bank.find(name).forward])]
    draw = np.random.default_rng
    for made in (cases, expected):
        made.cache_clear()
    np.random.default_rng = lambda seed: draw([seed, salt])
    try:
        for each in needed_too:
            cases(each)
    finally:
        np.random.default_rng = draw
    try:
        yield
    finally:
        for made in (cases, expected):
            made.cache_clear()
