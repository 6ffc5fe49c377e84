"""Names: one that Python does not know, or that holds something else than its user thinks."""

import ast
import re
import types

import numpy as np

from cs231n.exercises import bank, source
from cs231n.exercises.causes.failure import is_array


def unknown(failure):
    """`tanh(a)`, or a name with a slip of the finger."""
    if not isinstance(failure.error, NameError):
        return None
    name = getattr(failure.error, "name", None) or ""
    known = _promised(failure)
    if name == "self" and "model" in known:
        return "Here the model comes in as the argument model."
    near = [other for other in known if one_slip(name, other)]
    if len(near) == 1:
        return f"Python does not know the name {name} here. Did you mean {near[0]}?"
    if callable(getattr(np, name, None)):
        return f"{name} belongs to NumPy: np.{name}."
    if name in bank.ORDER:
        return f"Python does not know {name} here. Was the cell run that defines or loads it?"
    return f"Python does not know the name {name} here: no line above gives it a value."


def is_a_tuple(failure):
    """`h = rnn_step_forward(…)`, which gives back two things."""
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(node, ast.Name) and isinstance(value, tuple) and any(map(is_array, value)):
            made = failure.assigned(node.id)
            if isinstance(made, ast.Call):
                return (
                    f"{node.id} is a tuple: {ast.unparse(made.func)} gives back {len(value)} things. "
                    "Take them apart where you call it."
                )
            if node.id not in failure.arguments():
                return f"{node.id} is a tuple of {len(value)} values, not an array."
    return None


def is_none(failure):
    """`dW = np.add.at(…)`, or a function whose return line was forgotten."""
    if "None" not in failure.text:
        return None
    nodes = failure.operands()
    if failure.place and isinstance(failure.place[1], ast.Assign) and "unpack" in failure.text:
        nodes = [failure.place[1].value]
    for node in nodes:
        if isinstance(node, ast.Name) and failure.value(node) is None:
            if node.id in failure.arguments():
                return f"{node.id} is None: it came in so."
            made = failure.assigned(node.id)
            if _returns_nothing(failure, made):
                return f"{node.id} is None: {ast.unparse(made.func)} has no return line with a value."
            if isinstance(made, ast.Call) and getattr(made.func, "attr", None) in source.IN_PLACE:
                return f"{node.id} is None: {ast.unparse(made.func)} works in place and gives back None."
            return f"{node.id} is None here."
        if _returns_nothing(failure, node):
            return f"{ast.unparse(node.func)} gives back None: it has no return line with a value."
    return None


def from_another_cell(failure):
    """A name from another cell in the expression that failed."""
    if failure.node is None or not isinstance(failure.error, ValueError | IndexError | TypeError):
        return None
    places = failure.frame.f_globals
    for node in ast.walk(failure.place[1]):
        if isinstance(node, ast.Name) and node.id not in failure.frame.f_locals and node.id in places:
            value = places[node.id]
            if isinstance(value, np.ndarray | np.generic | int | float | list | tuple):
                what = f"an array of shape {value.shape}" if is_array(value) else f"{value!r:.40}"
                return f"{node.id} is not from this function: it is {what} of another cell."
    return None


def one_slip(name, other):
    """Is `name` one slip of the finger away from `other`: a letter too many, too few, wrong, or two exchanged?"""
    if name == other:
        return False
    if name.lower() == other.lower():
        return True
    if min(len(name), len(other)) < 4 or abs(len(name) - len(other)) > 1:
        return False
    if len(name) == len(other):
        wrong = [k for k in range(len(name)) if name[k] != other[k]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and name[wrong[0]] == other[wrong[1]]
        return len(wrong) == 1 or (swapped and name[wrong[1]] == other[wrong[0]])
    short, long = sorted((name, other), key=len)
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))


def _promised(failure):
    """Names that the signature or the docstring has, of the answer or of our own."""
    names = set(failure.arguments()) | set(failure.exercise.outputs)
    for function in (failure.function, failure.exercise.reference):
        text = re.sub(r"\.(?=\w)", " ", getattr(function, "__doc__", None) or "")
        names |= set(re.findall(r"\b[A-Za-z_]\w*\b", text))
    return sorted(names)


def _returns_nothing(failure, node):
    """Is this the call of a function that has no return line with a value?"""
    called = failure.value(node.func) if isinstance(node, ast.Call) else None
    return isinstance(called, types.FunctionType) and source.returns_something(called) is False
