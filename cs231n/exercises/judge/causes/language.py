"""Python: conditions, brackets, calls and attributes."""

import ast

import numpy as np

from cs231n.exercises.facts import fact
from cs231n.exercises.judge.causes.failure import UNKNOWN, is_array, when

GONE = ("int", "float", "bool", "object", "str", "complex")  # np.int and the like, which were Python's own


@when(node=ast.expr, says="truth value of an array")
def truth_of_an_array(failure):
    """`if captions > 2:`, `a and b`, `not a`."""
    statement = failure.place[1]
    if any(_joins_too_early(node) for node in ast.walk(statement)):
        return fact("brackets_around_comparisons")
    asks = isinstance(statement, ast.If | ast.While)
    if any(isinstance(node, ast.BoolOp) for node in ast.walk(statement.test if asks else statement)):
        return fact("and_of_arrays")
    if asks:
        return fact("if_of_an_array")
    if any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) for node in ast.walk(statement)):
        return fact("not_of_an_array")
    return None


@when(TypeError, node=ast.expr, says="'int' object is not (iterable|reversible)")
def loop_over_a_number(failure):
    """`for t in T:`, `reversed(T)`."""
    loop = failure.place[1]
    if not isinstance(loop, ast.For):
        return None
    for node in ast.walk(loop.iter):
        value = failure.value(node) if isinstance(node, ast.Name) else None
        if isinstance(value, int | np.integer):
            return fact("loop_over_a_number", name=node.id, number=int(value))
    return None


@when(TypeError, node=ast.Subscript)
def square_brackets_at_a_function(failure):
    """`np.zeros[3]`."""
    held = failure.value(failure.node.value)
    if held is UNKNOWN or not callable(held) or hasattr(type(held), "__getitem__"):
        return None
    return fact("square_brackets_at_a_function", function=ast.unparse(failure.node.value))


@when(TypeError, node=ast.Call)
def round_brackets_at_an_array(failure):
    """`h(0)`."""
    called = failure.node.func
    return (
        fact("round_brackets_at_an_array", name=ast.unparse(called))
        if is_array(failure.value(called))
        else None
    )


@when(says="converted to Python scalars|to a scalar")
def one_number_wanted(failure):
    """`math.tanh(a)`, `float(a)`."""
    node = failure.node
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("math."):
        return fact("math_takes_one_number", function=ast.unparse(node.func), numpys=f"np.{node.func.attr}")
    return fact("one_number_wanted")


@when(AttributeError, node=ast.Attribute)
def unknown_attribute(failure):
    """`h.add(…)`."""
    node = failure.node
    value, name = failure.value(node.value), ast.unparse(node.value)
    if value is UNKNOWN:
        return None
    if value is np:
        if node.attr in GONE:
            return fact("gone_from_numpy", attribute=node.attr, instead=node.attr)
        return fact("numpy_has_no", attribute=node.attr)
    if hasattr(value, "params"):
        return fact("no_attribute", name=name, type="CaptioningRNN", attribute=node.attr)
    if is_array(value):
        return fact("no_attribute_of_an_array", name=name, attribute=node.attr)
    if isinstance(value, int | float):
        return fact("no_attribute_of_a_number", name=name, attribute=node.attr)
    return fact("no_attribute", name=name, type=type(value).__name__, attribute=node.attr)


def _joins_too_early(node):
    """`a != 0 & a != 1`, which Python reads as `a != (0 & a) != 1`."""
    parts = node.comparators if isinstance(node, ast.Compare) else []
    return any(isinstance(p, ast.BinOp) and isinstance(p.op, ast.BitAnd | ast.BitOr) for p in parts)
