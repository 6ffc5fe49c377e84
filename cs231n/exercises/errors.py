"""Explain an exception in a student's function: the student's own line, and one plain sentence."""

import difflib
import traceback

import numpy as np


def explain(error, function, case):
    """Lines for a reader: the line that failed, the message, the shapes that went in, and what it may mean."""
    line, local_names = _own_line(error, function)
    text = " ".join(str(error).split()) or "no message"
    if len(text) > 200:
        text = text[:200] + " …"
    lines = [f"{type(error).__name__}: {text}"]
    if line:
        lines.insert(0, line)
    lines.append("Arguments: " + ", ".join(_shapes({**case.upstream, **case.inputs})) + ".")
    if sentence := _sentence(error, function, local_names):
        lines.append(sentence)
    return lines


def raised_in(error, function):
    """Was the exception raised by the function itself, not by another one that it called?"""
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code in _codes(getattr(function, "__code__", None))


def raising_function(error):
    """Name of the function that raised."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return frames[-1][0].f_code.co_name if frames else ""


def _codes(code):
    if code is None:
        return set()
    return {code}.union(*(_codes(inner) for inner in code.co_consts if hasattr(inner, "co_name")))


def _own_line(error, function):
    """The last line of the student's own file that was running, and the names known there."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None, []
    names = list(getattr(function, "__globals__", {}))
    own = [
        (frame, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == code.co_filename
    ]
    if isinstance(error, SyntaxError) or not own:
        return None, names
    frame, number = own[-1]
    summary = traceback.FrameSummary(code.co_filename, number, frame.f_code.co_name)
    where = "" if frame.f_code.co_name == function.__name__ else f" (in {frame.f_code.co_name})"
    return f"Line {number}{where}: {summary.line or '(its text is not known)'}", names + list(frame.f_locals)


def _shapes(arguments):
    for name, value in arguments.items():
        if hasattr(value, "params"):
            yield f"{name} (a CaptioningRNN)"
        else:
            yield f"{name} {np.shape(value)}" if np.ndim(value) else f"{name} {value}"


def _sentence(error, function, names):
    text = str(error)
    if isinstance(error, UnboundLocalError):
        return (
            "This name gets its value further down, or only in some cases. Give it a value before this line."
        )
    if isinstance(error, NameError):
        near = difflib.get_close_matches(getattr(error, "name", None) or "", names, 1)
        meant = f" Did you mean {near[0]}?" if near else " Is it a typo, or is a line missing above?"
        return f"Python does not know the name {getattr(error, 'name', '')} here.{meant}"
    if "NoneType" in text:
        return "Something here is None. Perhaps a function that you call has no return line."
    if "must be a NumPy array" in text:
        return "A function that you call wants an array here. Perhaps start with np.zeros of the right shape."
    if isinstance(error, ValueError) and "unpack" in text:
        return (
            "The names on the left are more or fewer than the values on the right. What does the cache hold?"
        )
    if isinstance(error, ValueError) and any(
        w in text for w in ("matmul", "shape", "broadcast", "aligned", "dimension")
    ):
        return "Two shapes do not fit. Write the shape beside each array in this line. Is a transpose needed?"
    if isinstance(error, IndexError):
        return "An index is too large, or has too many parts. Compare it with the shape of the array."
    if isinstance(error, RecursionError):
        return "The function calls itself again and again."
    if isinstance(error, KeyError):
        return "The dict has no such key. Print its keys to see what it holds."
    if isinstance(error, AttributeError):
        return "There is no such attribute. Is it a typo, or is the value of another type than you think?"
    if isinstance(error, TypeError) and "argument" in text:
        return "A function got other arguments than it takes. Compare the call with its def line."
    if isinstance(error, SystemExit):
        return "The function stops the whole program. Let it return its result instead."
    return None
