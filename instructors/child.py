"""The process in which a student's notebook runs: its cells, then each answer on the inputs of the checks.

It is started by `process.py` with a job on its standard input. Each step ends with a file of plain arrays and
texts, from which the verdict is made elsewhere. A student's own prints and questions go nowhere.
"""

import builtins
import contextlib
import json
import linecache
import os
import sys
import traceback
import types
from importlib import import_module
from pathlib import Path

import numpy as np

from cs231n import exercises
from cs231n.exercises import grade
from cs231n.exercises.bank import ORDER, find  # by name: a notebook may spoil the module
from cs231n.exercises.judge.package_calls import runs_and_borrowed
from cs231n.exercises.notebook import checking
from cs231n.exercises.run import time_limit
from cs231n.exercises.run.cases import cases
from instructors.process import LARGEST

MEMORY, FILE = 4 << 30, 100 << 20  # bytes
PROCESSES = 200  # more than there are on the whole system, since a limit counts all of a user's

_notebook = {}  # the global names of the student's notebook
_answers = {}  # exercise → the function that was checked


def main():
    """Do the job: its "cells" in "seconds" each, then the exercises not "done", with inputs of a "seed".

    The first call that does not come to an end is stopped after the "limit" in seconds, later ones earlier.
    In the place of answers that are "gone", since they hang or crash, others call the reference.
    """
    job, out = json.load(sys.stdin), Path(sys.argv[2])
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    _limit_resources()
    limit = min(time_limit.SECONDS, job["limit"])  # for each call
    _begin()
    import_module("matplotlib.pyplot")  # every chapter begins with it: no cell's time is spent on that
    _say(out, "ready", {})
    seconds = job["seconds"]
    for number, source in job["cells"]:
        failed = _run(number, source, seconds)
        seconds /= 2 if failed and failed.get("endless") else 1
        _say(out, f"cell {number}", failed or {})
    later = [n for n in _answers if _is_own(_notebook.get(n)) and _notebook[n] is not _answers[n]]
    _notebook.update(_answers)
    names = [name for name in ORDER if name in _answers or _is_own(_notebook.get(name))]
    _notebook.update({name: find(name).reference for name in job["gone"]})
    _say(out, "cells", {"answers": names, "checked": list(_answers), "later": later})
    for name in names:
        if name not in job["done"]:
            about, arrays = _outputs(name, job["seed"], limit)
            _say(out, name, about, arrays)
            if about.get("mistake") == "endless":
                _notebook[name] = find(name).reference
                limit = max(1, limit / 2)  # a class waits; honest answers need far less


def _say(out, step, about, arrays=()):
    part = out / "part"
    with part.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **dict(arrays))
    part.replace(out / f"{step}.npz")


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


def _begin():
    """Before the first cell."""
    sys.path.append(str(Path.cwd()))  # at the end: it hides no module of Python or the course
    _notebook.update({"__name__": "__main__", "get_ipython": _NoShell})
    functions = {name: find(name).reference for name in ORDER}
    known = {"np": np, "my": types.SimpleNamespace(**functions), **functions}
    _notebook["__builtins__"] = {**vars(builtins), **known}  # found last, after everything of the student's
    exercises.check = checking.check = _check
    exercises.answers = lambda: known["my"]
    exercises.hint = exercises.progress = exercises.as_written = lambda *_: None


def _run(number, source, seconds):
    """Run one cell as Jupyter would. Returns why it failed, if it did."""
    file, code = f"<cell {number}>", None
    try:
        try:
            code = compile(source, file, "exec")
        except SyntaxError:
            from IPython.core.inputtransformer2 import TransformerManager

            source = TransformerManager().transform_cell(source)  # magics, !commands, name? as in Jupyter
            code = compile(source, file, "exec")
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        time_limit.limited(lambda: exec(code, _notebook), seconds)
    except time_limit.TooLong:
        return {"why": f"it did not come to an end in {seconds:g} seconds", "endless": True}
    except BaseException as error:
        if code is None and isinstance(error, SyntaxError):
            return {"why": f"line {error.lineno}: {error.msg}", "unreadable": True}
        line = next((line for f, line in traceback.walk_tb(error.__traceback__) if f.f_code is code), 0)
        return {"why": f"line {line}: {type(error).__name__}: {error}"[:300]}


def _check(function, forward=None):
    """In place of the check: remember the answer as it is here, whatever is made of its name later."""
    name = getattr(function, "__name__", "")
    if name in ORDER and (name not in _answers or _is_own(function)):
        _answers[name] = function
    return function


def _is_own(function):
    return callable(function) and not str(getattr(function, "__module__", "")).startswith("cs231n.")


class _NoShell:
    """In place of IPython's shell: magics and commands do nothing, but what they time is run."""

    def __getattr__(self, name):
        return lambda *_: None

    def run_line_magic(self, name, line, *_):
        if name == "time":
            exec(compile(line, "<cell 0>", "exec"), _notebook)

    def run_cell_magic(self, name, line, body):
        if name in ("time", "timeit", "capture", "prun"):
            exec(compile(body, "<cell 0>", "exec"), _notebook)
        elif name == "writefile":
            Path(line.split()[-1]).write_text(body, encoding="utf-8")


def _outputs(name, seed, limit):
    """What an answer gives on the published inputs and, where that is right, on those that the seed makes.

    returns: what the check says of it, and the outputs by "published" or "drawn", case and name
    """
    exercise, function = find(name), _notebook[name]
    if not _is_own(function):
        return {"called": [name]}, {}
    partner, called = _notebook.get(exercise.forward), set()
    try:
        verdict = grade(function, partner if _is_own(partner) else None, name, limit)
        runs = {"published": verdict.attempt.runs if verdict.attempt else []}
        if verdict.status == "right":
            runs["drawn"], called = runs_and_borrowed(
                verdict.attempt, exercise, function, cases(name, seed), limit
            )
    except BaseException as error:  # not the kind that a check expects of an answer
        about = {"status": "error", "message": f"✗ {name} stopped with {type(error).__name__}: {error}"[:300]}
        return {**about, "called": sorted(called)}, {}
    arrays = {
        f"{part}/{k}/{output}": np.asarray(value)
        for part in runs
        for k, run in enumerate(runs[part])
        for output, value in (run.outputs or {}).items()
    }
    size = sum(array.nbytes for array in arrays.values())
    about = {"status": verdict.status, "mistake": verdict.mistake, "message": verdict.message, "size": size}
    about["called"] = sorted(called)
    about["missing"] = [str(run.error.name) for run in runs["published"] if isinstance(run.error, NameError)]
    return about, arrays if size <= LARGEST else {}
