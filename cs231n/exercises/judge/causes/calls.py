"""Calls: arguments in another order, a cache too much, and words of other libraries."""

import ast
import inspect

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.judge.causes.failure import UNKNOWN, is_array, when

LIBRARIES = ("torch", "tf", "tensorflow", "keras", "F", "nn", "jnp", "jax")
OF_PYTORCH = {  # what an array of PyTorch has, and what is written for it with NumPy
    "unsqueeze": "x[:, None]",
    "view": "x.reshape(…)",
    "permute": "x.transpose(…)",
    "clone": "x.copy()",
    "mm": "@",
    "matmul": "@",
    "t": "x.T",
    "float": "x.astype(float)",
    "long": "x.astype(int)",
}
NOT_NEEDED = ("detach", "cpu", "cuda", "to", "numpy", "contiguous", "requires_grad_", "backward")


@when(TypeError)
def self_in_def(failure):
    """`def rnn_forward(self, x, …)`, from a class."""
    code = getattr(failure.function, "__code__", None)
    first = code.co_varnames[:1] if code else ()
    return fact("self_in_def") if failure.frame is None and "self" in first else None


@when(AttributeError, TypeError)
def of_another_library(failure):
    """`x.unsqueeze(1)`, `x.size()`, `dim=1`."""
    node, error = failure.node, failure.error
    if (
        isinstance(error, AttributeError)
        and isinstance(node, ast.Attribute)
        and is_array(failure.value(node.value))
    ):
        if node.attr in OF_PYTORCH:
            return fact("pytorch_instead", attribute=node.attr, instead=OF_PYTORCH[node.attr])
        if node.attr in NOT_NEEDED:
            return fact("pytorch_not_needed", attribute=node.attr)
    if not isinstance(error, TypeError) or not isinstance(node, ast.Call):
        return None
    if any(word.arg == "dim" for word in node.keywords):
        return fact("axis_for_dim")
    if (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "size"
        and is_array(failure.value(node.func.value))
    ):
        return fact("shape_for_size", name=ast.unparse(node.func.value))
    return None


@when(ValueError, TypeError)
def whole_list_of_caches(failure):
    """`rnn_step_backward(dh[:, t], cache)`, where `cache` is the list of all steps' caches."""
    called = _called(failure)
    if called is None:
        return None
    for node in failure.node.args:
        value = failure.value(node)
        if isinstance(value, list) and value and all(isinstance(part, tuple | dict) for part in value):
            about = {"name": ast.unparse(node), "function": called.__name__, "count": len(value)}
            return fact("whole_list_of_caches", **about)
    return None


def arguments_exchanged(failure):
    """`rnn_step_forward(state, x[:, t], …)`, which would run with two arguments exchanged."""
    called = _called(failure)
    if called is None or called.__name__ not in bank.ORDER or failure.node.keywords:
        return None
    reference = bank.find(called.__name__).reference
    given = [failure.value(node) for node in failure.node.args]
    if any(value is UNKNOWN for value in given) or not all(map(is_array, given)) or _runs(reference, given):
        return None
    fits = []
    for k in range(len(given)):
        for j in range(k):
            order = [*given]
            order[j], order[k] = order[k], order[j]
            if _runs(reference, order):
                fits.append((ast.unparse(failure.node.args[j]), ast.unparse(failure.node.args[k])))
    if len(fits) != 1:
        return None
    signature = ", ".join(inspect.signature(reference).parameters)
    return fact(
        "arguments_exchanged", first=fits[0][0], second=fits[0][1], call=f"{called.__name__}({signature})"
    )


def _called(failure):
    """The function that was called where it failed, or None."""
    value = failure.value(failure.node.func) if isinstance(failure.node, ast.Call) else None
    return value if inspect.isfunction(value) else None


def _runs(function, given):
    try:
        with np.errstate(all="ignore"):
            function(*(value.copy() for value in given))
    except Exception:
        return False
    return True
