"""An exception in a student's function: the student's own line, the shapes, and the cause where it is sure."""

import ast
import dis
import linecache
import re
import sysconfig
import traceback
import types
from pathlib import Path

import numpy as np

import cs231n
from cs231n.exercises.facts import Shape, fact
from cs231n.exercises.judge.causes.cause import cause, cause_in_call
from cs231n.exercises.judge.causes.failure import Failure

PACKAGE = str(Path(cs231n.__file__).parent)
LIBRARIES = (
    str(Path(np.__file__).parents[1]),
    sysconfig.get_path("stdlib"),
    "<frozen",
    "<__array_function__",
)


def explain(error, function, case, exercise):
    """Lines of facts: the line that failed, the message, the shapes, and what it means where that is sure."""
    if lines := _told(error).get("lines"):
        return lines
    text = re.sub(r", with gufunc signature \S+", "", text_of(error))
    kind = "error_says" if text else "error_without_message"
    said = fact(kind, error=type(error).__name__, text=f"{text[:200]}{' …' * (len(text) > 200)}")
    arguments = {**case.upstream, **case.inputs}
    shapes = fact("arguments", arguments=_shapes(arguments)) if arguments else None
    own, helper, in_package = _places(error, function)
    if own is None:
        return [said, shapes, cause(Failure(error, function, exercise))]
    lines = [_line(own, function)]
    calls = Failure(error, function, exercise, own.tb_frame, _failing(own), in_package)
    fails = calls
    if helper is not None:
        lines.append(_line(helper, function))
        fails = Failure(error, function, exercise, helper.tb_frame, _failing(helper), in_package)
    last = helper or own
    line, local = _text(last), last.tb_frame.f_locals
    others = {n: v for n, v in local.items() if n not in arguments and isinstance(v, np.ndarray)}
    if arguments and (others := {n: v for n, v in others.items() if re.search(rf"\b{n}\b", line)}):
        shapes = fact("arguments_and_others", arguments=_shapes(arguments), others=_shapes(others))
    return [*lines, said, shapes, (helper is not None and cause_in_call(calls)) or cause(fails)]


def text_of(error):
    """The message of an exception on one line; empty where it has none, or cannot tell it."""
    try:
        return " ".join(str(error).split())
    except Exception:
        return ""


def raised_in(error, function):
    """Was the exception raised by the function itself, not by another one that it called?"""
    if told := _told(error):
        return told["inside"]
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return False
    code = frames[-1][0].f_code
    return code.co_name == _name(function) or code in codes(getattr(function, "__code__", None))


def line_of(error, function):
    """Number and text of the student's own line where an exception came up, or None."""
    if told := _told(error):
        return told["line"]
    own, _, _ = _places(error, function)
    return (own.tb_lineno, _text(own)) if own is not None and _text(own) else None


def _told(error):
    """What is known of an exception that was raised in another process: lines, line, and inside, as above."""
    return getattr(error, "told", {})


def uses(function, name):
    """Does a function name this, such as `squeeze`?"""
    return any(name in code.co_names for code in codes(getattr(function, "__code__", None)))


def globals_read(function):
    """Names of arrays and numbers that a function takes from other cells, not from its arguments."""
    if not isinstance(function, types.FunctionType):
        return ()
    names = {
        step.argval
        for code in codes(function.__code__)
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


def codes(code):
    """The code of a function, and of those inside it."""
    if code is None:
        return set()
    return {code}.union(*(codes(inner) for inner in code.co_consts if hasattr(inner, "co_name")))


def _places(error, function):
    """Where an exception came up: entries of its traceback, None where there is none.

    returns: the last one in the student's own function or cell; the last one below it, in a helper of another
        cell; and whether it was raised further down, in a function of the package
    """
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    entry, own, helper, in_package = error.__traceback__, None, None, False
    while entry is not None:
        name = entry.tb_frame.f_code.co_filename
        if file and name == file:
            own, helper, in_package = entry, None, False
        elif own is not None and name.startswith(PACKAGE):
            in_package = True
        elif own is not None and not name.startswith(LIBRARIES):
            helper, in_package = entry, False
        entry = entry.tb_next
    return own, helper, in_package


def _line(entry, function):
    where = {"number": entry.tb_lineno, "text": _text(entry) or fact("text_not_known")}
    name = entry.tb_frame.f_code.co_name
    return fact("line", **where) if name == _name(function) else fact("line_in", function=name, **where)


def _text(entry):
    return linecache.getline(entry.tb_frame.f_code.co_filename, entry.tb_lineno).strip()


def _failing(entry):
    """The smallest piece of the syntax tree that failed, with the statement that it stands in; or None."""
    code = entry.tb_frame.f_code
    places = list(code.co_positions())
    place = places[entry.tb_lasti // 2] if entry.tb_lasti >= 0 else (None,) * 4
    try:
        module = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return None
    if None in place:
        return None
    line, end_line, column, end_column = place
    statement = found = None
    for node in ast.walk(module):  # the walk goes from the outside to the inside
        if not isinstance(node, ast.stmt | ast.expr):
            continue
        start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        if isinstance(node, ast.stmt) and start <= (line, column) and (end_line, end_column) <= end:
            statement = node
            if isinstance(node, ast.For) and (start, end) == ((line, column), (end_line, end_column)):
                found = node.iter  # Python 3.11 names the whole loop
        elif isinstance(node, ast.expr) and (start, end) == ((line, column), (end_line, end_column)):
            found = found or node
    return (found, statement) if found and statement is not None else None


def _shapes(arrays):
    return tuple(_shape(name, value) for name, value in arrays.items())


def _shape(name, value):
    if hasattr(value, "params"):
        return fact("a_model", name=name, type="CaptioningRNN")
    if np.ndim(value):
        return fact("name_and_shape", name=name, shape=Shape(np.shape(value)))
    return fact("name_and_value", name=name, value=str(value))
