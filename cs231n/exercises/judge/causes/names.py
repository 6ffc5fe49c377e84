"""Names: one that Python does not know, or that holds something else than its user thinks."""

import ast
import re
import sys
import types

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.facts import Shape, fact
from cs231n.exercises.judge import syntax
from cs231n.exercises.judge.causes.calls import LIBRARIES
from cs231n.exercises.judge.causes.failure import is_array, when


@when(NameError)
def unknown(failure):
    """`tanh(a)`, or a name with a slip of the finger."""
    name = getattr(failure.error, "name", None) or ""
    known = _promised(failure)
    if name == "self" and "model" in known:
        return fact("model_for_self")
    if name in LIBRARIES:
        return fact("numpy_here", name=name)
    if name in sys.stdlib_module_names:
        return fact("module_to_import", name=name)
    near = [other for other in known if one_slip(name, other)]
    if len(near) == 1:
        return fact("did_you_mean", name=name, meant=near[0])
    if callable(getattr(np, name, None)):
        return fact("belongs_to_numpy", name=name)
    if name in bank.ORDER:
        return fact("cell_not_run", name=name)
    if failure.exercise.forward and name in failure.exercise.cases()[0].inputs:
        return fact("in_the_cache", name=name)
    return fact("unknown_name", name=name)


def is_a_tuple(failure):
    """`h = rnn_step_forward(…)`, which returns two things."""
    for node in failure.operands():
        value = failure.value(node)
        if node is not failure.cache_of_call() and isinstance(node, ast.Name) and isinstance(value, tuple):
            if not any(map(is_array, value)):
                continue
            made = failure.assigned(node.id)
            if isinstance(made, ast.Call):
                return fact("tuple_of_call", name=node.id, function=ast.unparse(made.func), count=len(value))
            if node.id not in failure.arguments():
                return fact("is_a_tuple", name=node.id, count=len(value))
    return None


@when(says="None")
def is_none(failure):
    """`dW = np.add.at(…)`, or a function whose return line was forgotten."""
    nodes = failure.operands()
    if failure.place and isinstance(failure.place[1], ast.Assign) and isinstance(failure.error, TypeError):
        nodes = [*nodes, failure.place[1].value]
    for node in nodes:
        if isinstance(node, ast.Name) and failure.value(node) is None:
            if node.id in failure.arguments():
                return fact("came_in_as_none", name=node.id)
            made = failure.assigned(node.id)
            if _returns_nothing(failure, made):
                return fact("none_from_call", name=node.id, function=ast.unparse(made.func))
            if isinstance(made, ast.Call) and getattr(made.func, "attr", None) in syntax.IN_PLACE:
                return fact("none_from_in_place", name=node.id, function=ast.unparse(made.func))
            return fact("is_none", name=node.id)
        if _returns_nothing(failure, node):
            return fact("call_returns_none", function=ast.unparse(node.func))
    return None


@when(ValueError, IndexError, TypeError, node=ast.expr)
def from_another_cell(failure):
    """A name from another cell in the expression that failed."""
    places = failure.frame.f_globals
    for node in ast.walk(failure.place[1]):
        if isinstance(node, ast.Name) and node.id not in failure.frame.f_locals and node.id in places:
            value = places[node.id]
            if is_array(value):
                return fact("array_of_another_cell", name=node.id, shape=Shape(value.shape))
            if isinstance(value, np.generic | int | float | list | tuple):
                return fact("value_of_another_cell", name=node.id, value=f"{value!r:.40}")
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
    return isinstance(called, types.FunctionType) and syntax.returns_something(called) is False
