"""Judge one notebook: every exercise in it, whatever its code does, by what it computes."""

import re
import secrets
import time
import unicodedata
from dataclasses import dataclass

from cs231n.exercises import bank
from cs231n.exercises.notebook.grading import grade
from cs231n.exercises.run.attempts import all_right
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.time_limit import SECONDS
from instructors.process import Gone
from instructors.remote import GRACE, Remote, Student

MOST_BAD_CELLS = 5  # so many cells may end the process before the notebook is given up
ALL_CELLS = 6  # times as long as the exercises may all cells take together
ALL = 30  # times as long may the whole notebook take, in however many processes
MOST_CHECKS = 300  # in one process
SLOW = 3  # times its seconds may a cell take on the wall, where it waits, or the computer has much to do
SHORTEST = 2  # seconds; an honest answer needs a few hundredths of one
TRUSTED = ("right", "wrong", "error", "unfilled", "missing")  # the best first


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise.

    status: 'right', 'wrong', 'error' or 'unfilled' as in a check; 'missing' when it is not in the notebook; or
        one that a person should see: 'look at', 'reference' (calls the package's function), 'hangs', 'crashes',
        'unreadable'. The message says why
    """

    status: str
    mistake: str = ""
    message: str = ""


class Judged:
    """One notebook, judged. results: exercise → Result; notes: for the instructor; failed: cell → why, a dict."""

    def __init__(self, notebook, seconds):
        self.notebook, self.results, self.notes = notebook, {}, []
        self._unchecked, self._lost = set(), set()  # exercises; cell and exercise where the process was lost
        self._left = self._each = seconds  # for all exercises, and for one call
        self._end = time.monotonic() + ALL * seconds
        self.again({}, seconds)

    def again(self, failed, seconds):
        """A new process begins, without the cells that failed: number → why."""
        self.failed, self._checks, self._cells = dict(failed), 0, ALL_CELLS * seconds

    def cell(self, student, number, source, seconds):
        """Run one cell, and judge what it checks."""
        seconds = min(seconds, self._cells)
        if seconds <= 0 or time.monotonic() > self._end:
            self.failed[number] = {"why": f"cell {number} was not run: those before it took too long"}
            return
        began, judging = time.monotonic(), self._left
        student.send(do="cell", source=source, seconds=seconds, slow=SLOW)
        failed = self._hear(student, number, SLOW * seconds + GRACE)
        self._cells -= max(0, time.monotonic() - began - (judging - self._left)) / SLOW
        if failed.get("why"):
            self.failed[number] = {**failed, "why": f"cell {number}, {plain(failed['why'])}"}

    def rest(self, student, seconds):
        """Judge what is there, and was not checked."""
        student.send(do="left")
        self._hear(student, None, seconds + GRACE)

    def _hear(self, student, number, seconds):
        """Judge each check that comes, up to the end of the cell."""
        end = time.monotonic() + seconds
        while (told := student.hear(end - time.monotonic()))["say"] == "check":
            began = time.monotonic()
            self._check(student, number, told)
            student.send(do="go_on")
            end += time.monotonic() - began
        return told

    def finish(self):
        """What is not there, and why; and notes for the instructor."""
        for name in bank.ORDER:
            if name not in self.results and (self.notebook.checks(name) or self.notebook.defining(name)):
                self.results[name] = self._not_there(name)
        for name, result in self.results.items():
            unchecked = self.notebook.checks(name) and name in self._unchecked
            if self.failed and result.status != "right" and unchecked:
                self.notes.append(f"the check of {name} did not run, so the last one written counts")

    def _not_there(self, name):
        about = self.failed.get(self.notebook.defining(name)) or self.failed.get(None)
        if not about:
            return Result("missing", "", f"○ {name} is not defined in the notebook.")
        if about.get("unreadable"):
            return Result("error", "", f"✗ {name}: Python cannot read its cell.\n  {about['why']}")
        return Result("look at", "", f"✗ {name} was not there to be judged: {about['why']}.")

    def _check(self, student, cell, told):
        """Judge the answer of a check; before it those that it may call and that came to no check yet."""
        self._checks += 1
        if self._checks > MOST_CHECKS or time.monotonic() > self._end:
            raise Gone("hangs", "there was no end of checks")
        name, numbers = str(told["name"]), dict(told["helpers"])
        exercise = bank.find(name)
        if exercise.forward:
            numbers[exercise.forward] = told["forward"]
        if cell is None:
            self._unchecked.add(name)
        for need in exercise.needs:
            if need not in self.results and numbers.get(need) is not None:
                self._judge(student, cell, need, numbers[need], numbers)
        if told["function"] is None:
            new = Result("reference", "", f"✗ {name} is the function of the package.")
            self.results.setdefault(name, new)
        else:
            self._judge(student, cell, name, told["function"], numbers, str(told["text"]))

    def _judge(self, student, cell, name, number, numbers, text=""):
        """Judge the function of a number; `numbers` has those of the others, None for the package's own."""
        here, exercise = self.results.get(name), bank.find(name)
        if (cell, name) in self._lost or (here and here.status == "right"):
            return
        gone = {n for n, result in self.results.items() if result.status in ("hangs", "crashes")}
        helpers = {
            n: bank.find(n).reference if n in gone or k is None else Remote(student, n, k)
            for n, k in numbers.items()
            if n != name
        }
        function = Remote(student, name, number, helpers, text)
        forward = _stops if exercise.forward in gone else helpers.get(exercise.forward)
        began = time.monotonic()
        try:
            student.judge(name, max(SHORTEST, self._left), min(SECONDS, self._each / 2))
            self.results[name] = self._decide(student, exercise, function, forward)
        except Gone as gone:
            self._lost.add((cell, name))
            self.results[name] = Result(gone.args[0], "", f"✗ {name} could not be judged: {gone.args[1]}.")
            raise
        except Exception as error:  # nothing that is sent may stop the class
            why = f"✗ {name} could not be judged: {type(error).__name__}."
            self.results[name] = Result("look at", "", why)
        finally:
            self._left -= time.monotonic() - began
        student.judged = None
        if self.results[name].status == "hangs":
            self._each = max(2, self._each / 2)  # a class waits; honest answers need far less

    def _decide(self, student, exercise, function, forward):
        """The verdict of the check, and on other inputs where that is right."""
        name, limit = exercise.name, min(SECONDS, self._each)
        verdict = grade(function, forward, name, limit)
        status, mistake = verdict.status, verdict.mistake or ""
        message = plain(verdict.message, lines=True)
        if student.large:
            size = f"{student.large / 1e6:.0f} MB"
            return Result("look at", "", f"✗ {name} gives back {size}, which is too much to compare.")
        if status == "right":
            seed = secrets.randbits(32)
            if all_right(name, verdict.attempt.on(exercise, function, cases(name, seed), limit), seed):
                return Result("right", "", message)
            return Result("look at", "", f"✗ {name} is right on the published inputs, and wrong on others.")
        if student.asked:
            used = " and ".join(sorted({plain(each)[:60] for each in student.asked}))
            text = f"✗ {name} calls {used} of the package instead of computing the answer."
            return Result("reference", "", text)
        if instead := {"endless": "hangs", "forward_first": "look at"}.get(mistake):
            return Result(instead, "", message)
        if status == "error" and self.failed:
            reasons = [why["why"] for why in self.failed.values()]
            message = "\n  ".join([message, "These cells of the notebook failed:", *reasons])
            runs = verdict.attempt.runs if verdict.attempt else ()
            missing = {run.error.name for run in runs if isinstance(run.error, NameError)}
            cells = (self.notebook.cells.get(number, "") for number in self.failed)
            elsewhere = "\n".join([self.notebook.left_out, *cells])
            if any(re.search(rf"\b{re.escape(other)}\b", elsewhere) for other in missing if other):
                return Result("look at", "", message)  # the notebook has that name, and this run had not
        return Result(status, mistake, message)


def judge(notebook, seconds=10):
    """Judge all exercises of a notebook in a process of its own; in a new one after each hang or crash.

    seconds: limit for each two cells, and for all exercises together, where each gets SHORTEST at least
    """
    judged, ended = Judged(notebook, seconds), {}
    while True:
        judged.again(ended, seconds)
        student, step = Student(notebook.helpers), None
        try:
            with student:
                for step, source in notebook.cells.items():
                    if step not in ended:
                        judged.cell(student, step, source, seconds / 2)
                step = None
                judged.rest(student, seconds)
        except Gone as gone:
            if student.judged:
                continue  # the others, in a new process
            if step is not None and len(ended) < MOST_BAD_CELLS:
                ended[step] = {"why": f"cell {step}: {gone.args[1]}"}
                continue  # once more without that cell
            judged.failed = {None: {"why": gone.args[1]}}
        break
    judged.finish()
    return judged


def _stops(*_):
    """In place of a forward function that hangs or crashes."""
    raise RuntimeError


def plain(text, lines=False):
    """A student's text without control characters, and without paths of the computer that grades."""
    text = re.sub(r"(?<![\w.)\]])(?:[A-Za-z]:)?(?:[\\/]+[^\s\\/'\",:;()]+){2,}[\\/]?", "…", str(text)[:4000])
    kept = "\n" if lines else ""
    return "".join(c if c in kept or not unicodedata.category(c).startswith("C") else " " for c in text)
