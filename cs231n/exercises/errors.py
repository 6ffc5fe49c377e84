"""Explain an exception in a student's function: the student's own line, and one plain sentence."""

import difflib
import re
import traceback

import numpy as np


def explain(error, function, case):
    """Lines for a reader: the line that failed, the message, the shapes, and what it may mean."""
    text = re.sub(r", with gufunc signature \S+", "", " ".join(str(error).split())) or "no message"
    lines = [f"{type(error).__name__}: {text[:200]}{' …' * (len(text) > 200)}"]
    names, arguments = dict(getattr(function, "__globals__", {})), {**case.upstream, **case.inputs}
    shapes = f"Arguments: {', '.join(map(_shape, arguments.items()))}"
    if own := _own_frame(error, function):
        frame, number, line = own
        inside = (
            ""
            if frame.f_code.co_name == getattr(function, "__name__", None)
            else f" (in {frame.f_code.co_name})"
        )
        lines.insert(0, f"Line {number}{inside}: {line or '(its text is not known)'}")
        others = {n: v for n, v in frame.f_locals.items() if n not in arguments and isinstance(v, np.ndarray)}
        others = {n: v for n, v in others.items() if re.search(rf"\b{n}\b", line)}
        if others:
            shapes += f"; in this line {', '.join(map(_shape, others.items()))}"
        names.update(frame.f_locals)
    lines.append(shapes + ".")
    if sentence := _sentence(error, names):
        lines.append(sentence)
    return lines


def raised_in(error, function):
    """Was the exception raised by the function itself, not by another one that it called?"""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return False
    code = frames[-1][0].f_code
    return code.co_name == getattr(function, "__name__", None) or code in _codes(
        getattr(function, "__code__", None)
    )


def _codes(code):
    if code is None:
        return set()
    return {code}.union(*(_codes(inner) for inner in code.co_consts if hasattr(inner, "co_name")))


def _own_frame(error, function):
    """The last frame of the student's own file, its line number and its text."""
    code = getattr(function, "__code__", None)
    frames = traceback.walk_tb(error.__traceback__)
    own = [
        (frame, number) for frame, number in frames if code and frame.f_code.co_filename == code.co_filename
    ]
    if not own:
        return None
    frame, number = own[-1]
    return frame, number, traceback.FrameSummary(code.co_filename, number, frame.f_code.co_name).line or ""


def _shape(item):
    name, value = item
    if hasattr(value, "params"):
        return f"{name} (a CaptioningRNN)"
    return f"{name} {np.shape(value)}" if np.ndim(value) else f"{name} {value}"


def _sentence(error, names):
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
