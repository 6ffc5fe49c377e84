"""The process in which a student's notebook runs: its cells as in Jupyter, its answers where they are checked.

It has the package without the reference. At a check it says so, and the grader sends inputs; what the answer
gives on them goes back as plain arrays. What is right, and what the verdict is, never comes here.
"""

import contextlib
import copy
import importlib
import inspect
import os
import sys
import time
import types
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from cs231n import exercises
from cs231n.exercises import bank
from cs231n.exercises.exercise import Case, NotYet
from cs231n.exercises.judge.failures import explain, line_of, raised_in, text_of
from cs231n.exercises.notebook import checking
from cs231n.exercises.notebook.session import name_of
from cs231n.exercises.run.count_calls import Counted
from cs231n.exercises.run.one_call import names_replaced, quiet, unchanged
from cs231n.exercises.run.time_limit import TooLong, limited
from cs231n.exercises.say.words import message
from instructors.wire import Kept, TooLarge, Wire

MEMORY, FILE = 4 << 30, 100 << 20  # bytes
PROCESSES = 200  # more than there are on the whole system, since a limit counts all of a user's


class Later(types.ModuleType):
    """In place of a module that every chapter imports and few answers use: it is loaded when it is first used."""

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__all__", "__version__"):
            raise AttributeError(name)
        if self.__name__.startswith("cs231n") and name.islower():  # a function: it may never be called
            return lambda *given, **named: getattr(self._loaded(), name)(*given, **named)
        return getattr(self._loaded(), name)

    def _loaded(self):
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, LoadLater)]
        for name in [name for name, module in sys.modules.items() if isinstance(module, Later)]:
            del sys.modules[name]
        return importlib.import_module(self.__name__)


class LoadLater:
    """Finds such modules: those that draw."""

    def find_spec(self, name, path=None, target=None):
        """A module of that name to be loaded later, or None."""
        drawing = name.partition(".")[0] == "matplotlib" or name.startswith("cs231n.course.plotting")
        return ModuleSpec(name, self, is_package=True) if drawing else None

    def create_module(self, spec):
        """An empty one."""
        return Later(spec.name)

    def exec_module(self, module):
        """Not yet."""


class Shell(InteractiveShell):
    """IPython without a terminal: nobody reads what it shows."""

    def showtraceback(self, *_, **__):
        """Nothing: an exception is in the result of its cell."""

    showsyntaxerror = showindentationerror = showtraceback

    def enable_matplotlib(self, gui=None):
        """%matplotlib: pictures are drawn, and not shown."""
        return gui, "agg"


class Child:
    """Does what the grader says, until it closes the line."""

    # When the cell began, and its check: on the clock of the processor, and on the wall.
    began = stopped = 0, 0

    def __init__(self, wire):
        self.wire, self.answering, self.checked = wire, False, set()
        settings = Config()
        settings.HistoryManager.enabled = False
        self.shell = Shell.instance(config=settings)
        self.names = self.shell.user_ns
        sys.meta_path.insert(0, LoadLater())
        functions = {name: bank.find(name).reference for name in bank.ORDER}
        exercises.answers = lambda: types.SimpleNamespace(**functions)
        exercises.check = checking.check = self.check
        exercises.hint = exercises.progress = exercises.as_written = lambda *_: None
        bank._own = lambda name: (lambda *given: self.ask(name, given), None)

    def serve(self):
        """Do what comes, up to `go on`."""
        while (order := self.wire.receive())["do"] != "go_on":
            getattr(self, order.pop("do"))(**order)

    def begin(self, files, home, commands):
        """Write the files that lay beside the notebook, and go there. commands: whether !commands are run"""
        Path(home).mkdir(parents=True, exist_ok=True)
        os.chdir(home)
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content.tobytes())
        sys.path.append(home)  # at the end: it hides no module of Python or the course
        if not commands:
            self.shell.system = lambda *_: None
        self.wire.send(say="ready")

    def cell(self, source, seconds, slow):
        """Run one cell, and say why it failed, if it did.

        seconds: of the processor that it may take; `slow` times as many on the wall
        """
        self.slow = slow
        self.began, failed = (time.process_time(), time.monotonic()), {}
        try:
            result = limited(lambda: self.shell.run_cell(source, store_history=True), seconds, self.clock)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:  # the clock may ring outside of the cell's own code
            error = raised
        if isinstance(error, TooLong):
            failed = {"why": f"it did not come to an end in {seconds:g} seconds", "endless": True}
        elif isinstance(error, SyntaxError) and error is result.error_before_exec:
            failed = {"why": f"line {error.lineno}: {error.msg}", "unreadable": True}
        elif error is not None:
            line, entry = 0, error.__traceback__
            while entry is not None and not line:
                line, entry = entry.tb_lineno * (entry.tb_frame.f_globals is self.names), entry.tb_next
            failed = {"why": f"line {line}: {type(error).__name__}: {text_of(error)}"[:300]}
        self.wire.send(say="cell", **failed)

    def clock(self):
        """Seconds that the cell has taken: of the processor, or a part of those on the wall. A check stops it."""
        now = self.stopped if self.answering else (time.process_time(), time.monotonic())
        return max(now[0] - self.began[0], (now[1] - self.began[1]) / self.slow)

    def left(self):
        """Exercises that are in the notebook, and came to no check: each comes to one now."""
        for name in bank.ORDER:
            if name not in self.checked and self._is_own(self.names.get(name)):
                self.check(self.names[name], name=name)
        self.wire.send(say="left")

    def check(self, function, forward=None, name=None):
        """In place of the check: the grader judges the answer, here and now, with the names as they are."""
        name = name or name_of(function)
        if self.answering or name not in bank.ORDER:
            return function
        self.stopped, self.answering = (time.process_time(), time.monotonic()), True
        self.checked.add(name)
        try:
            seen = getattr(function, "__globals__", {})
            partner = bank.find(name).forward
            forward = forward if self._is_own(forward) else self.names.get(partner)
            others = {n: self._named(seen[n]) for n in bank.ORDER if n != name and callable(seen.get(n))}
            about = {"function": self._named(function), "text": _text(function)}
            about |= {"forward": self._named(forward), "helpers": others}
            self.wire.send(say="check", name=name, **about)
            self.serve()
        finally:
            stopped = time.process_time() - self.stopped[0], time.monotonic() - self.stopped[1]
            self.began = self.began[0] + stopped[0], self.began[1] + stopped[1]
            self.answering = False
        return function

    def call(self, number, exercise, given, cache, instead, counted, seconds):
        """Call a function, an answer to an exercise, and send what it gives.

        cache: a tuple with the cache for a backward function
        instead: names of helpers for which the grader's own are called; counted: count the work, too
        """
        function = self.wire.mine[number]
        before = copy.deepcopy(given)
        if counted:
            Counted.calls = Counted.largest = 0
            given = tuple(value.view(Counted) for value in given)
        try:
            with names_replaced(function, {n: bank.find(n).reference for n in instead}), quiet():
                returned = limited(lambda: function(*given, *cache), seconds)
            changed = {k: v for k, v in enumerate(given) if not unchanged(before[k], v)}
            if bank.find(exercise).returns_cache and isinstance(returned, tuple | list) and len(returned):
                returned = (*returned[:-1], Kept(returned[-1]))
            count = [Counted.calls, Counted.largest]
            self.wire.send(say="gave", value=returned, changed={} if counted else changed, count=count)
        except TooLarge as error:
            self.wire.send(say="large", size=error.args[0])
        except BaseException as error:
            self.raised = error, function, given, bank.find(exercise)
            kinds = [kind.__name__ for kind in type(error).__mro__]
            about = {"text": text_of(error)[:1000], "name": str(getattr(error, "name", "") or "")[:100]}
            self.wire.send(say="raised", kinds=kinds, **about)

    def explain(self, sizes, inputs, upstream):
        """Say what is told to the student of the exception that a call has raised. The first case: its parts."""
        error, function, given, exercise = self.raised
        here = Case("", dict(zip(upstream or inputs, given, strict=False)))
        exercise = replace(exercise, cases=lambda: [Case(sizes, inputs, upstream)])
        lines, line, inside = [], None, False
        with contextlib.suppress(Exception):
            line, inside = line_of(error, function), raised_in(error, function)
            lines = message(explain(error, function, here, exercise)).split("\n  ")
        self.wire.send(say="told", lines=lines, line=line, inside=inside)

    def ask(self, name, given):
        """What a function of the package would give, if this answer may call it."""
        if not self.answering:
            raise NotYet(f"{name} of the package is only there while an answer that may call it is checked")
        self.wire.send(say="ask", name=name, given=given)
        reply = self.wire.receive()
        if "value" in reply:
            return reply["value"]
        raise NotYet(reply["why"]) if reply["refused"] else ValueError(reply["why"])

    def _named(self, function):
        """The number of a function; None for one of the package, or none at all."""
        return self.wire.keep(function) if self._is_own(function) else None

    def _is_own(self, function):
        return callable(function) and not str(getattr(function, "__module__", "")).startswith("cs231n.")


def _text(function):
    """The text of a function as it stands in its cell, where it can be had."""
    try:
        return inspect.getsource(function)[:100_000]
    except (OSError, TypeError):
        return ""


def _limit_resources():
    """Limit memory, files and processes, where the system can."""
    with contextlib.suppress(ImportError):  # Windows has no such module
        import resource

        limits = {"RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": FILE, "RLIMIT_CORE": 0}
        with contextlib.suppress(OSError):
            running = Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[2]
            limits["RLIMIT_NPROC"] = int(running) + PROCESSES
        for name, most in limits.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):  # unknown, or lower already
                resource.setrlimit(getattr(resource, name), (most, most))


def main():
    """Take the line that is the standard input and output for the grader; a student's prints go nowhere."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    _limit_resources()
    with contextlib.suppress(EOFError):
        Child(Wire(source, sink)).serve()
    os._exit(0)
