"""Arrays: how they are made, indexed, stored into and multiplied."""

import ast
import re

import numpy as np

from cs231n.exercises.causes.failure import is_array

MAKERS = ("zeros", "ones", "empty")


def shape_without_brackets(failure):
    """`np.zeros(N, T, H)`."""
    node = failure.node
    if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in MAKERS and len(node.args) > 1:
        if all(isinstance(failure.value(each), int | np.integer) for each in node.args[:2]):
            shape = ", ".join(map(ast.unparse, node.args))
            return f"The shape is one argument, in brackets of its own: {ast.unparse(node.func)}(({shape}))."
    return None


def list_for_array(failure):
    """A list where an array is wanted."""
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(value, list) and (not value or any(map(is_array, value))):
            name = ast.unparse(node)
            if "list indices" in failure.text:
                return f"{name} is a list. It takes one index only; an array takes several."
            return f"{name} is a list of arrays, not an array. np.stack makes one array of it."
    return None


def number_for_array(failure):
    """A function of the package wants an array, and something else came."""
    if "must be a NumPy array" not in failure.text and "must be an array" not in failure.text:
        return None
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                f"{ast.unparse(node)} is the number {value} here, and an array is wanted: np.zeros makes one."
            )
    return None


def axis_out_of_bounds(failure):
    """`np.squeeze(h).sum(axis=1)`."""
    match = re.search(r"axis (-?\d+) is out of bounds for array of dimension (\d+)", failure.text)
    if not isinstance(failure.error, np.exceptions.AxisError) or not match:
        return None
    squeezes = "squeeze" in getattr(getattr(failure.function, "__code__", None), "co_names", ())
    lost = " np.squeeze removes every axis of length 1." if squeezes else ""
    count = f"{match[2]} {'axis' if match[2] == '1' else 'axes'}"
    return f"The array has {count} here, so there is no axis {match[1]}.{lost}"


def index_no_whole_number(failure):
    """`dW[len(x) / 2]`, or `np.add.at` with its arguments in another order."""
    node = failure.node
    if not isinstance(failure.error, IndexError) or not re.search(
        "must be of integer|only integers", failure.text
    ):
        return None
    if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "at" and len(node.args) == 3:
        held = failure.value(node.args[1])
        if is_array(held) and held.dtype.kind == "f":
            order = f"The order is {ast.unparse(node.func)}(array, indices, values)."
            return f"{order} Your indices are {ast.unparse(node.args[1])}, which holds floats."
    indices = node.slice if isinstance(node, ast.Subscript) else ast.Tuple([])
    for index in indices.elts if isinstance(indices, ast.Tuple) else [indices]:
        held = failure.value(index)
        if isinstance(held, float | np.floating) or (is_array(held) and held.dtype.kind == "f"):
            what = "holds floats" if is_array(held) else "is a float"
            return f"An index must be a whole number, and {ast.unparse(index)} {what}."
    return "An index must be a whole number, or an array of whole numbers or booleans."


def index_out_of_bounds(failure):
    """`range(T + 1)`."""
    match = re.search(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", failure.text)
    if not isinstance(failure.error, IndexError) or not match:
        return None
    index, axis, size = match.groups()
    return f"Axis {axis} has size {size}, so its last index is {int(size) - 1}. Index {index} does not exist."


def stored_in_another_shape(failure):
    """`h[t] = state` where time is another axis."""
    node = failure.node
    match = re.search(r"from shape \(([^)]*)\) into shape \(([^)]*)\)", failure.text)
    if not match or not isinstance(node, ast.Subscript):
        return None
    array = failure.value(node.value)
    came = tuple(int(part) for part in match[1].split(",") if part.strip())
    if not is_array(array):
        return None
    name, index = ast.unparse(node.value), ast.unparse(node.slice)
    text = f"{ast.unparse(node)} has shape ({match[2]}), and what you put there has shape ({match[1]})."
    one = not isinstance(node.slice, ast.Tuple | ast.Slice)
    fits = [axis for axis in range(1, array.ndim) if array.shape[:axis] + array.shape[axis + 1 :] == came]
    if one and fits:
        return (
            f"{text} {name} has shape {array.shape}, and [{index}] counts along axis 0. Which axis is meant?"
        )
    return text


def product(failure):
    """`x * Wx` where a matrix product fits, `f @ c` where a product of numbers does, a transpose, a lost axis."""
    node = failure.node
    if not isinstance(failure.error, ValueError) or not isinstance(node, ast.BinOp):
        return None
    a, b = failure.value(node.left), failure.value(node.right)
    if not (is_array(a) and is_array(b)):
        return None
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    shapes = f"{left} has shape {a.shape}, {right} has shape {b.shape}."
    if isinstance(node.op, ast.MatMult):
        if a.shape == b.shape:
            return f"{shapes} @ is the matrix product; * multiplies number by number."
        if a.ndim == b.ndim == 2 and (b.shape[0] in a.shape or b.shape[1] in a.shape):
            return f"{shapes} @ wants last length on the left = first on the right. Is a transpose needed?"
        if a.ndim == b.ndim == 2:
            return f"{shapes} No transpose makes them fit: is one of them another array than you think?"
        return shapes
    if isinstance(node.op, ast.Mult) and a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0]:
        return f"{shapes} * multiplies number by number; the matrix product is written @."
    small, large = sorted((a, b), key=lambda array: array.ndim)
    if 0 < small.ndim < large.ndim and _fits_with_an_axis(small.shape, large.shape):
        return f"{shapes} One axis is missing: keepdims=True in a sum keeps it, [:, None] puts it back."
    return shapes


def _fits_with_an_axis(small, large):
    """Does one more axis of length 1, not in front, let two shapes go together?"""
    for axis in range(1, len(small) + 1):
        try:
            np.broadcast_shapes(small[:axis] + (1,) + small[axis:], large)
        except ValueError:
            continue
        return True
    return False
