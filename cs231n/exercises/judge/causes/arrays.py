"""Arrays: how they are made, indexed, stored into and multiplied."""

import ast
import re

import numpy as np

from cs231n.exercises.facts import Shape, fact
from cs231n.exercises.judge.causes.failure import is_array, when

MAKERS = ("zeros", "ones", "empty")
OUT_OF_BOUNDS = r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)"
INTO = r"from shape \(([^)]*)\) into shape \(([^)]*)\)"
REDUCE = ("argmax", "argmin", "max", "min", "sum", "mean")


@when(node=ast.Call)
def shape_without_brackets(failure):
    """`np.zeros(N, T, H)`."""
    node = failure.node
    if getattr(node.func, "attr", None) in MAKERS and len(node.args) > 1:
        if all(isinstance(failure.value(each), int | np.integer) for each in node.args[:2]):
            shape = ", ".join(map(ast.unparse, node.args))
            return fact("shape_in_brackets", call=f"{ast.unparse(node.func)}(({shape}))")
    return None


def list_for_array(failure):
    """A list where an array is wanted."""
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(value, list) and not value and isinstance(failure.node, ast.Call):
            return fact("list_is_empty", name=ast.unparse(node))
        if isinstance(value, list) and (not value or any(map(is_array, value))):
            indexed = isinstance(failure.node, ast.Subscript) and node is failure.node.value
            return fact("list_takes_one_index" if indexed else "list_for_array", name=ast.unparse(node))
    return None


@when(ValueError, node=ast.Call)
def number_for_array(failure):
    """A function of the package wants an array, and a number came."""
    given = [(each, failure.value(each)) for each in failure.node.args]
    if failure.in_package and sum(isinstance(value, int | float) for _, value in given) == 1:
        for each, value in given:
            if isinstance(value, int | float) and not isinstance(value, bool):
                kind = "number_for_array" if value else "zero_for_array"
                return fact(kind, name=ast.unparse(each), number=value)
    return None


@when(np.exceptions.AxisError)
def axis_out_of_bounds(failure):
    """`np.squeeze(h).sum(axis=1)`."""
    if failure.error.axis is None:
        return None
    squeezes = "squeeze" in getattr(getattr(failure.function, "__code__", None), "co_names", ())
    kind = "axis_after_squeeze" if squeezes else "no_such_axis"
    return fact(kind, axes=fact("count_of_axes", count=failure.error.ndim), axis=failure.error.axis)


@when(TypeError, node=ast.expr, says="interpreted as an integer|slice indices must be integers")
def float_for_whole_number(failure):
    """`H = Wx.shape[1] / 4`, and then a length or a slice of it."""
    for node in ast.walk(failure.place[1]):
        value = failure.value(node) if isinstance(node, ast.Name) else None
        if isinstance(value, float | np.floating):
            return fact("float_for_whole_number", name=node.id, number=str(value))
    return None


@when(IndexError, TypeError, node=ast.Subscript)
def reduced_to_one_number(failure):
    """`scores.argmax()` without an axis, used as one number for each sample."""
    node = failure.node
    if not isinstance(failure.value(node.value), np.generic) or not isinstance(node.value, ast.Name):
        return None
    made = failure.assigned(node.value.id)
    if isinstance(made, ast.Call) and getattr(made.func, "attr", None) in REDUCE:
        if len(made.args) < 2 and not any(word.arg == "axis" for word in made.keywords):
            return fact("reduced_to_one_number", name=node.value.id, function=made.func.attr)
    return None


@when(ValueError, IndexError, node=ast.expr)
def sample_for_step(failure):
    """`x[t]` where time is axis 1."""
    for node in ast.walk(failure.place[1]):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Name)
            and isinstance(node.ctx, ast.Load)
        ):
            array, name = failure.value(node.value), ast.unparse(node.value)
            if not isinstance(failure.value(node.slice), int | np.integer):
                continue
            if is_array(array) and array.ndim == 3 and name in failure.arguments_over_time():
                return fact("sample_for_step", name=name, index=node.slice.id, shape=Shape(array.shape))
    return None


@when(ValueError, node=ast.Call)
def split_without_axis(failure):
    """`np.split(a, 4)`, which cuts the samples."""
    called, with_axis = failure.node.func, len(failure.node.args) > 2 or failure.node.keywords
    if getattr(called, "attr", None) in ("split", "array_split") and not with_axis:
        return fact("split_without_axis", function=ast.unparse(called))
    return None


@when(IndexError, says="must be of integer|only integers")
def index_no_whole_number(failure):
    """`dW[len(x) / 2]`, or `np.add.at` with its arguments in another order."""
    node = failure.node
    if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "at" and len(node.args) == 3:
        held = failure.value(node.args[1])
        if is_array(held) and held.dtype.kind == "f":
            return fact("order_of_at", function=ast.unparse(node.func), indices=ast.unparse(node.args[1]))
    indices = node.slice if isinstance(node, ast.Subscript) else ast.Tuple([])
    for index in indices.elts if isinstance(indices, ast.Tuple) else [indices]:
        held = failure.value(index)
        if is_array(held) and held.dtype.kind == "f":
            return fact("index_holds_floats", index=ast.unparse(index))
        if isinstance(held, float | np.floating):
            return fact("index_is_a_float", index=ast.unparse(index))
    return fact("index_no_whole_number")


@when(IndexError, says=OUT_OF_BOUNDS)
def index_out_of_bounds(failure):
    """`range(T + 1)`."""
    index, axis, size = map(int, re.search(OUT_OF_BOUNDS, failure.text).groups())
    return fact("index_out_of_bounds", axis=axis, size=size, last=size - 1, index=index)


@when(node=ast.Subscript, says=INTO)
def stored_in_another_shape(failure):
    """`h[t] = state` where time is another axis."""
    node, array = failure.node, failure.value(failure.node.value)
    if not is_array(array):
        return None
    shapes = re.search(INTO, failure.text).groups()
    came, place = (Shape(int(part) for part in text.split(",") if part.strip()) for text in shapes)
    about = {"place": ast.unparse(node), "shape": place, "came": came}
    one = not isinstance(node.slice, ast.Tuple | ast.Slice)
    if one and came in [array.shape[:axis] + array.shape[axis + 1 :] for axis in range(1, array.ndim)]:
        name, index = ast.unparse(node.value), ast.unparse(node.slice)
        return fact("stored_along_axis_0", **about, name=name, whole=Shape(array.shape), index=index)
    return fact("stored_in_another_shape", **about)


@when(ValueError, node=ast.BinOp)
def product(failure):
    """`x * Wx` where a matrix product fits, `f @ c` where a product of numbers does, a transpose, a lost axis."""
    node = failure.node
    a, b = failure.value(node.left), failure.value(node.right)
    if not (is_array(a) and is_array(b)):
        return None
    shapes = {
        "left": ast.unparse(node.left),
        "left_shape": Shape(a.shape),
        "right": ast.unparse(node.right),
        "right_shape": Shape(b.shape),
    }
    return fact(_product(node.op, a, b), **shapes)


def _product(operator, a, b):
    if isinstance(operator, ast.MatMult):
        if a.shape == b.shape:
            return "at_for_star"
        if a.ndim == b.ndim == 2:
            turned = b.shape[0] in a.shape or b.shape[1] in a.shape
            return "transpose_needed" if turned else "no_transpose_fits"
        return "two_shapes"
    fits = a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0]
    if isinstance(operator, ast.Mult) and fits and a.shape[0] != b.shape[0]:
        return "star_for_at"
    small, large = sorted((a, b), key=lambda array: array.ndim)
    if 0 < small.ndim < large.ndim and _fits_with_an_axis(small.shape, large.shape):
        return "axis_missing"
    return "two_shapes"


def _fits_with_an_axis(small, large):
    """Does one more axis of length 1, not in front, let two shapes go together?"""
    for axis in range(1, len(small) + 1):
        try:
            np.broadcast_shapes(small[:axis] + (1,) + small[axis:], large)
        except ValueError:
            continue
        return True
    return False
