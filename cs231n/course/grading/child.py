"""The process in which a student's code runs. It judges nothing: it gives back outputs on inputs it is sent.

Started by `process.py`. Requests come on the standard input and replies go to the standard output as it was at
the start; a student's own prints and questions go nowhere.
"""

import ast
import builtins
import copy
import dis
import os
import traceback
import types

import numpy as np

from cs231n.course.grading import block_reference
from cs231n.course.grading.protocol import pack_array, pack_reply, pack_returned, unpack_request
from cs231n.exercises import bank

_notebook = {}  # the global names of the student's notebook
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
            reply = _load(request["cells"]) if "cells" in request else _call(**request)
            replies.write(pack_reply(reply))
            replies.flush()


def _load(cells):
    """Run the chosen statements of the notebook, each for itself: one that fails does not stop the others."""
    helpers = {name: bank.find(name).reference for name in bank.ORDER}
    known = {"np": np, "my": types.SimpleNamespace(**helpers), **helpers}
    _notebook["__builtins__"] = {**vars(builtins), **known}  # found last, after everything of the student's
    _notebook["__name__"] = "__main__"
    failed = []
    for number, source, chosen in cells:
        statements = ast.parse(source).body
        for k in chosen:
            try:
                exec(compile(ast.Module([statements[k]], []), f"<cell {number}>", "exec"), _notebook)
            except BaseException as error:
                failed.append(
                    f"cell {number}, line {statements[k].lineno}: {type(error).__name__}: {error}"[:300]
                )
    return {
        "failed": failed,
        "defined": {
            name: {
                "reference": block_reference.is_reference(_notebook[name]),
                "uses": _names_used(_notebook[name]),
                "unpacks": _names_unpacked(_notebook[name]),
            }
            for name in bank.ORDER
            if name in _notebook
        },
    }


def _call(name, exercise, arguments, right_helpers, has_cache):
    """Call a function of the notebook, with the reference's functions in place of some helpers."""
    block_reference.judge_only(exercise)
    before = {n: _notebook[n] for n in right_helpers if n in _notebook and n != name}
    _notebook.update({n: bank.find(n).reference for n in before})
    untouched = copy.deepcopy(arguments)
    try:
        returned = pack_returned(_notebook[name](*arguments), _kept, has_cache)
        reply = {"returned": returned, "written": _written(untouched, arguments)}
    except BaseException as error:
        reply = {"error": _explained(error, _notebook[name])}
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
        found += [
            (k, key, pack_array(b)) for key, a, b in pairs if b is not None and not np.array_equal(a, b)
        ]
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
