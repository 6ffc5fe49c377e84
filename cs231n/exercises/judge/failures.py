"""An exception in a student's function: the student's own line, the shapes, and the cause where it is sure."""

import ast
import dis
import linecache
import re
import traceback
import types
from pathlib import Path

import numpy as np

import cs231n
from cs231n.exercises.facts import Shape, fact
from cs231n.exercises.judge.causes.cause import cause
from cs231n.exercises.judge.causes.failure import Failure

PACKAGE = str(Path(cs231n.__file__).parent)


def explain(error, function, case, exercise):
    """Lines of facts: the line that failed, the message, the shapes, and what it means where that is sure."""
    text = re.sub(r", with gufunc signature \S+", "", text_of(error))
    kind = "error_says" if text else "error_without_message"
    lines = [fact(kind, error=type(error).__name__, text=f"{text[:200]}{' …' * (len(text) > 200)}")]
    arguments = {**case.upstream, **case.inputs}
    shapes = fact("arguments", arguments=_shapes(arguments))
    failure = Failure(error, function, exercise, raised_by_package=_raised_by_package(error))
    if own := _own_frame(error, function):
        entry, line = own
        frame = entry.tb_frame
        failure = Failure(error, function, exercise, frame, _failing(entry), failure.raised_by_package)
        where = {"number": entry.tb_lineno, "text": line or fact("text_not_known")}
        if frame.f_code.co_name == _name(function):
            lines.insert(0, fact("line", **where))
        else:
            lines.insert(0, fact("line_in", function=frame.f_code.co_name, **where))
        others = {n: v for n, v in frame.f_locals.items() if n not in arguments and isinstance(v, np.ndarray)}
        if others := {n: v for n, v in others.items() if re.search(rf"\b{n}\b", line)}:
            shapes = fact("arguments_and_others", arguments=_shapes(arguments), others=_shapes(others))
    return [*lines, shapes, *filter(None, [cause(failure)])]


def text_of(error):
    """The message of an exception on one line; empty where it has none, or cannot tell it."""
    try:
        return " ".join(str(error).split())
    except Exception:
        return ""


def raised_in(error, function):
    """Was the exception raised by the function itself, not by another one that it called?"""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return False
    code = frames[-1][0].f_code
    return code.co_name == _name(function) or code in _codes(getattr(function, "__code__", None))


def line_of(error, function):
    """Number and text of the student's own line where an exception came up, or None."""
    own = _own_frame(error, function)
    return (own[0].tb_lineno, own[1]) if own and own[1] else None


def uses(function, name):
    """Does a function name this, such as `squeeze`?"""
    return any(name in code.co_names for code in _codes(getattr(function, "__code__", None)))


def globals_read(function):
    """Names of arrays and numbers that a function takes from other cells, not from its arguments."""
    if not isinstance(function, types.FunctionType):
        return ()
    names = {
        step.argval
        for code in _codes(function.__code__)
        for step in dis.get_instructions(code)
        if step.opname == "LOAD_GLOBAL"
    }
    return tuple(name for name in sorted(names) if _is_data(function.__globals__.get(name)))


def _is_data(value):
    return isinstance(value, np.ndarray | np.generic | int | float | list | tuple) and not isinstance(
        value, bool
    )


def _name(function):
    return getattr(function, "__name__", None)


def _codes(code):
    if code is None:
        return set()
    return {code}.union(*(_codes(inner) for inner in code.co_consts if hasattr(inner, "co_name")))


def _raised_by_package(error):
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code.co_filename.startswith(PACKAGE)


def _own_frame(error, function):
    """The last entry of the traceback in the student's own file, and the text of its line."""
    code = getattr(function, "__code__", None)
    entry, own = error.__traceback__, None
    while entry is not None:
        if code and entry.tb_frame.f_code.co_filename == code.co_filename:
            own = entry
        entry = entry.tb_next
    return own and (own, linecache.getline(code.co_filename, own.tb_lineno).strip())


def _failing(entry):
    """The smallest piece of the syntax tree that failed, with the statement that it stands in; or None."""
    code = entry.tb_frame.f_code
    places = list(code.co_positions())
    place = places[entry.tb_lasti // 2] if entry.tb_lasti >= 0 else (None,) * 4
    try:
        module = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return None
    statement = None
    for node in ast.walk(module):
        if isinstance(node, ast.stmt) and node.lineno <= entry.tb_lineno <= node.end_lineno:
            statement = node  # the walk goes from the outside to the inside
    for node in ast.walk(module):
        at = (getattr(node, "lineno", -1), getattr(node, "end_lineno", -1),
              getattr(node, "col_offset", -1), getattr(node, "end_col_offset", -1))  # fmt: skip
        if at == tuple(place) and isinstance(node, ast.expr) and statement is not None:
            return node, statement
    return None


def _shapes(arrays):
    return tuple(_shape(name, value) for name, value in arrays.items())


def _shape(name, value):
    if hasattr(value, "params"):
        return fact("a_model", name=name, type="CaptioningRNN")
    if np.ndim(value):
        return fact("name_and_shape", name=name, shape=Shape(np.shape(value)))
    return fact("name_and_value", name=name, value=str(value))
