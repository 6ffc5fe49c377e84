"""Python: conditions, brackets, calls and attributes."""

import ast

from cs231n.exercises.causes.failure import UNKNOWN, is_array


def truth_of_an_array(failure):
    """`if captions > 2:`, `a and b`, `not a`."""
    if "truth value of an array" not in failure.text or not failure.place:
        return None
    statement = failure.place[1]
    asks = isinstance(statement, ast.If | ast.While)
    if any(isinstance(node, ast.BoolOp) for node in ast.walk(statement.test if asks else statement)):
        return (
            "`and` and `or` want one True or False. Between arrays write & or |, with each side in brackets."
        )
    if asks:
        return "`if` and `while` want one True or False, and an array has many. np.where chooses for each."
    if any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) for node in ast.walk(statement)):
        return "`not` wants one True or False. For an array write ~."
    return None


def square_brackets_at_a_function(failure):
    """`np.zeros[3]`."""
    node, text = failure.node, failure.text
    named = "not subscriptable" in text and ("function" in text or "method" in text)
    if not named or not isinstance(node, ast.Subscript):
        return None
    return f"{ast.unparse(node.value)} is a function: call it with round brackets."


def round_brackets_at_an_array(failure):
    """`h(0)`."""
    node = failure.node
    if "not callable" not in failure.text or not isinstance(node, ast.Call):
        return None
    if not is_array(failure.value(node.func)):
        return None
    return f"{ast.unparse(node.func)} is an array, and round brackets call a function."


def one_number_wanted(failure):
    """`math.tanh(a)`, `float(a)`."""
    node, text = failure.node, failure.text
    if "converted to Python scalars" not in text and "to a scalar" not in text:
        return None
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("math."):
        return f"{ast.unparse(node.func)} takes one number. np.{node.func.attr} takes arrays."
    return "One number is wanted here, and an array came."


def unknown_attribute(failure):
    """`h.add(…)`."""
    node = failure.node
    if not isinstance(failure.error, AttributeError) or not isinstance(node, ast.Attribute):
        return None
    value = failure.value(node.value)
    if value is UNKNOWN:
        return None
    kind = type(value).__name__
    what = {"ndarray": "an array", "int": "a number", "float": "a number"}.get(kind, f"a {kind}")
    return f"{ast.unparse(node.value)} is {what}, and has nothing called {node.attr}."
