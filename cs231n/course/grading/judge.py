"""Judge one notebook: every exercise in it, whatever its code does."""

import contextlib
import time
from dataclasses import dataclass, field

import numpy as np

from cs231n.course.grading import notebook
from cs231n.course.grading.answer import Answer
from cs231n.course.grading.process import Gone, StudentProcess
from cs231n.exercises import bank, grade
from cs231n.exercises.all_cases import attempts
from cs231n.exercises.recognise import cases, expected

MOST_BAD_CELLS = 5  # so many cells may end the process before the notebook is given up
TRUSTED = ("right", "wrong", "error", "unfilled", "missing")


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise.

    status: 'right', 'wrong', 'error' or 'unfilled' as in a check; 'missing' when it is not in the notebook; or
        one that a person should see: 'look at' (needs a name of a cell that failed here), 'reference' (calls the
        reference), 'memorised' (right on the published inputs only), 'hangs', 'crashes', 'tampers', 'unreadable'
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
    failed: dict

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
    beside = [p for p in sorted(path.parent.glob("*.py")) if p.is_file() and p.stat().st_size < 1_000_000]
    helpers = {p.name: p.read_bytes() for p in beside}
    names = notebook.exercises_in(cells)
    found = Judged(notes=notebook.notes(cells, names))
    salt = int(np.random.SeedSequence().entropy % 2**32) if salt is None else salt
    left, bad = list(names), {}
    while left:
        with StudentProcess() as process:
            try:
                loaded = _load(process, cells, seconds, helpers, bad)
            except Gone as gone:
                if len(bad) < MOST_BAD_CELLS and gone.cell:
                    bad[gone.cell] = f"cell {gone.cell}: {gone.reason}"
                    continue  # once more without that cell
                found.results.update({name: Result(gone.status, "", _gone(name, gone)) for name in left})
                break
            while left:
                name = left.pop(0)
                try:
                    found.results[name] = _judge_one(name, process, loaded, seconds, salt)
                except Gone as gone:
                    found.results[name] = Result(gone.status, "", _gone(name, gone))
                    break  # the others get a new process
    return found


def _load(process, cells, seconds, helpers, bad):
    """Run the notebook's cells in order. Each that takes too long costs itself, and leaves less for the next.

    bad: cell number → why it is left out, since it ended the process before; Gone names one more
    """
    process.ask({"do": "begin", "helpers": helpers}, seconds)
    failed, limit = dict(bad), seconds / 4
    for number, source, chosen in notebook.to_run(cells):
        if number in bad:
            continue
        try:
            request = {"do": "run", "number": number, "source": source, "chosen": chosen, "seconds": limit}
            reason = process.ask(request, limit + 2).get("failed")
        except Gone as gone:
            gone.cell = number
            raise
        if reason:
            failed[number] = str(reason)
            limit /= 2 if "to an end" in failed[number] else 1
    reply = process.ask({"do": "defined"}, seconds)
    try:
        defined = {name: dict(about) for name, about in reply.items() if name in bank.ORDER}
    except (TypeError, ValueError, AttributeError):
        raise Gone("tampers", "its replies to the grader make no sense") from None
    return Loaded(cells, defined, failed)


def _judge_one(name, process, loaded, seconds, salt):
    if not loaded.is_own(name) and (name not in loaded.defined or _unreadable(name, loaded.cells)):
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
    message = verdict.message
    if verdict.status == "error" and loaded.failed:
        message = "\n  ".join([message, "These cells of the notebook failed:", *loaded.failed.values()])
    if verdict.status == "error" and answer.missing and answer.missing in notebook.names_bound(loaded.cells):
        return Result("look at", "", message)  # the notebook has that name, and this run had not
    return Result(verdict.status, verdict.mistake or "", message)


def _not_defined(name, cells):
    if cell := _unreadable(name, cells):
        return Result("error", "", f"✗ {name}: Python cannot read cell {cell.number}.\n  {cell.problem}")
    return Result("missing", "", f"○ {name} is not defined in the notebook.")


def _unreadable(name, cells):
    """The cell that would define it, where Python cannot read that cell."""
    return next((cell for cell in cells if cell.problem and f"def {name}" in cell.source), None)


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
