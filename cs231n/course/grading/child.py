"""The process in which a student's code runs. It judges nothing: it gives back outputs on inputs it is sent.

Started by `process.py`. Requests come on the standard input and replies go to the standard output as it was at
the start; a student's own prints and questions go nowhere.
"""

import _thread
import ast
import builtins
import copy
import dis
import linecache
import os
import signal
import sys
import threading
import traceback
import types
from pathlib import Path

import numpy as np

from cs231n import exercises
from cs231n.course.grading import block_reference
from cs231n.course.grading.protocol import pack_array, pack_reply, pack_returned, unpack_request
from cs231n.exercises.bank import ORDER, find  # by name: a notebook may spoil the module

_notebook = {}  # the global names of the student's notebook
_answers = {}  # exercise → the function that was checked
_kept = []  # caches that stay here


def main():
    """Answer requests until there are no more."""
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(1), "wb") as replies:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        block_reference.stand_guard()
        for line in requests:
            request = unpack_request(line, _kept)
            do = {"begin": _begin, "run": _run, "defined": _defined, "call": _call}[request.pop("do")]
            replies.write(pack_reply(do(**request)))
            replies.flush()


def _begin(helpers):
    """Before the first cell. helpers: files that lay beside the notebook, by name."""
    for name, content in helpers.items():
        Path(name).write_bytes(content)
    sys.path.append(str(Path.cwd()))  # at the end: it hides no module of Python or the course
    _notebook.update({"__name__": "__main__", "get_ipython": _NoShell})
    functions = {name: find(name).reference for name in ORDER}
    known = {"np": np, "my": types.SimpleNamespace(**functions), **functions}
    _notebook["__builtins__"] = {**vars(builtins), **known}  # found last, after everything of the student's
    exercises.check = _check
    exercises.answers = lambda: known["my"]
    exercises.hint = exercises.progress = exercises.as_written = lambda *_: None
    return {}


def _run(number, source, chosen, seconds):
    """Run one cell, or the chosen statements of it, as Jupyter would. Returns why it failed, if it did."""
    file = f"<cell {number}>"
    body = ast.parse(source).body
    code = compile(ast.Module([body[k] for k in chosen], []), file, "exec")
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    stop = threading.Timer(seconds, _interrupt)
    stop.start()
    try:
        exec(code, _notebook)
    except KeyboardInterrupt:
        return {"failed": f"cell {number} did not come to an end in {seconds:g} seconds"}
    except BaseException as error:
        line = next((line for f, line in traceback.walk_tb(error.__traceback__) if f.f_code is code), 0)
        return {"failed": f"cell {number}, line {line}: {type(error).__name__}: {error}"[:300]}
    finally:
        stop.cancel()
    return {}


def _interrupt():
    if hasattr(signal, "pthread_kill"):  # wakes a sleeping cell too
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _defined():
    """What there is to judge, after the last cell."""
    return {
        name: {
            "reference": block_reference.is_reference(_answer(name)),
            "uses": _names_used(_answer(name)),
            "unpacks": _names_unpacked(_answer(name)),
        }
        for name in ORDER
        if name in _notebook or name in _answers
    }


def _check(function, forward=None):
    """In place of the check: remember the answer as it is here, whatever is made of its name later."""
    name = getattr(function, "__name__", "")
    if name in ORDER and not block_reference.is_reference(function):
        _answers[name] = function
    return function


def _answer(name):
    """The answer at its check; where no check ran, what has its name at the end."""
    return _answers[name] if name in _answers else _notebook[name]


class _NoShell:
    """In place of IPython's shell: magics and commands do nothing, but the body of a cell magic runs."""

    def __getattr__(self, name):
        return lambda *_: None

    def run_cell_magic(self, name, line, body):
        if name in ("time", "timeit", "capture", "prun"):
            exec(compile(body, "<cell 0>", "exec"), _notebook)


def _call(name, exercise, arguments, right_helpers, has_cache):
    """Call a function of the notebook, with the reference's functions in place of some helpers."""
    block_reference.judge_only(exercise)
    before = {n: _notebook[n] for n in right_helpers if n in _notebook and n != name}
    _notebook.update({n: find(n).reference for n in before})
    untouched = copy.deepcopy(arguments)
    try:
        returned = pack_returned(_answer(name)(*arguments), _kept, has_cache)
        reply = {"returned": returned, "written": _written(untouched, arguments)}
    except BaseException as error:
        reply = {"error": _explained(error, _answer(name))}
    finally:
        _notebook.update(before)
    return {**reply, "refused": sorted(block_reference.refused)}


def _written(before, after):
    """Arguments that were changed in place: (number of the argument, key in its params or None, new array)."""
    found = []
    for k, (old, new) in enumerate(zip(before, after, strict=True)):
        pairs = (
            [(key, old.params[key], new.params.get(key)) for key in old.params]
            if hasattr(old, "params")
            else []
        )
        if isinstance(old, np.ndarray):
            pairs = [(None, old, new)]
        for key, a, b in pairs:
            if b is not None and not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                found.append((k, key, pack_array(b)))
    return found


def _explained(error, function):
    """An exception as plain texts: its type, message, and the last line of the student's that was running."""
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [(f, line) for f, line in frames if f.f_code.co_filename.startswith("<cell ")]
    told = {
        "type": type(error).__name__,
        "text": str(error)[:500],
        "name": str(getattr(error, "name", "") or ""),
    }
    if own:
        frame, line = own[-1]
        told["cell"], told["line"] = int(frame.f_code.co_filename[6:-1]), line
        told["inside"] = frame.f_code.co_name
        told["locals"] = sorted(frame.f_locals)[:100]
        told["own"] = frames[-1][0] is frame and frame.f_code in _codes(getattr(function, "__code__", None))
    return told


def _codes(code):
    if code is None:
        return set()
    return {code}.union(*(_codes(inner) for inner in code.co_consts if isinstance(inner, types.CodeType)))


def _names_unpacked(function):
    """The names on the left of `x, prev_h = cache` and the like; the check may guess a cache by them."""
    code = getattr(function, "__code__", None)
    steps = list(dis.get_instructions(code)) if code else []
    found = []
    for k, step in enumerate(steps):
        if step.opname == "UNPACK_SEQUENCE":
            names = []
            for after in steps[k + 1 :]:
                if not after.opname.startswith("STORE_FAST") or len(names) >= step.arg:
                    break
                names += after.argval if isinstance(after.argval, tuple) else [after.argval]
            found.append(names)
    return found


def _names_used(function):
    codes = _codes(getattr(function, "__code__", None))
    return sorted({name for code in codes for name in code.co_names})


if __name__ == "__main__":
    main()
