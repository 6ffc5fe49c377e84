"""Explain an exception in a student's function: the student's own line, and one plain sentence."""

import ast
import dis
import linecache
import re
import traceback
import types

import numpy as np

from cs231n.exercises.causes import Failure, cause


def explain(error, function, case, exercise):
    """Lines for a reader: the line that failed, the message, the shapes, and what it means where that is sure."""
    text = re.sub(r", with gufunc signature \S+", "", " ".join(str(error).split())) or "no message"
    lines = [f"{type(error).__name__}: {text[:200]}{' …' * (len(text) > 200)}"]
    arguments = {**case.upstream, **case.inputs}
    shapes = f"Arguments: {', '.join(map(_shape, arguments.items()))}"
    failure = Failure(error, function, exercise)
    if own := _own_frame(error, function):
        entry, line = own
        frame = entry.tb_frame
        failure = Failure(error, function, exercise, frame, _failing(entry))
        inside = "" if frame.f_code.co_name == _name(function) else f" (in {frame.f_code.co_name})"
        lines.insert(0, f"Line {entry.tb_lineno}{inside}: {line or '(its text is not known)'}")
        others = {n: v for n, v in frame.f_locals.items() if n not in arguments and isinstance(v, np.ndarray)}
        others = {n: v for n, v in others.items() if re.search(rf"\b{n}\b", line)}
        if others:
            shapes += f"; in this line {', '.join(map(_shape, others.items()))}"
    return [*lines, shapes + ".", *filter(None, [cause(failure)])]


def raised_in(error, function):
    """Was the exception raised by the function itself, not by another one that it called?"""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return False
    code = frames[-1][0].f_code
    return code.co_name == _name(function) or code in _codes(getattr(function, "__code__", None))


def line_of(error, function):
    """` in line 7: while True:` of the student's own file, or an empty text."""
    own = _own_frame(error, function)
    return f" in line {own[0].tb_lineno}: {own[1]}" if own and own[1] else ""


def uses(function, name):
    """Does a function name this, such as `squeeze`?"""
    return any(name in code.co_names for code in _codes(getattr(function, "__code__", None)))


def globals_read(function, case):
    """A sentence on arrays and numbers that a function takes from other cells, not from its arguments."""
    if not isinstance(function, types.FunctionType):
        return ""
    names = {
        step.argval
        for code in _codes(function.__code__)
        for step in dis.get_instructions(code)
        if step.opname == "LOAD_GLOBAL"
    }
    values = {name: function.__globals__.get(name) for name in sorted(names)}
    data = [name for name, value in values.items() if _is_data(value)]
    if not data:
        return ""
    listed = data[0] if len(data) == 1 else ", ".join(data[:-1]) + " and " + data[-1]
    return f"It reads {listed} from another cell, not from its arguments."


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


def _shape(item):
    name, value = item
    if hasattr(value, "params"):
        return f"{name} (a CaptioningRNN)"
    return f"{name} {np.shape(value)}" if np.ndim(value) else f"{name} {value}"
