"""An exception, and what can be seen of its cause without running anything of the student's."""

import ast
import functools
import re
import types
from dataclasses import dataclass

import numpy as np

from cs231n.exercises.judge import syntax

UNKNOWN = object()
LOOKING = ("sum", "mean", "max", "min", "reshape", "transpose", "squeeze", "astype", "copy")  # change nothing


@dataclass(frozen=True)
class Failure:
    """An exception in a student's function.

    frame: the student's own frame; place: the expression that failed and its statement, where they are known
    in_package: True where it was raised further down, in a function of the course
    """

    error: BaseException
    function: object
    exercise: object
    frame: types.FrameType | None = None
    place: tuple | None = None
    in_package: bool = False

    @property
    def node(self):
        return self.place[0] if self.place else None

    @property
    def text(self):
        try:
            return str(self.error)
        except Exception:  # a class of the student's own
            return ""

    def value(self, node):
        """The value of an expression, UNKNOWN where it cannot be had by looking alone."""
        return _value(node, self.frame) if node is not None and self.frame is not None else UNKNOWN

    def operands(self):
        """The expressions that were put together: sides of an operator, or arguments of a call."""
        node = self.node
        if isinstance(node, ast.BinOp):
            return [node.left, node.right]
        if isinstance(node, ast.Call):
            return [*node.args, *(word.value for word in node.keywords)]
        if isinstance(node, ast.Subscript) and isinstance(self.place[1], ast.Assign):
            return [node.value, self.place[1].value]
        if isinstance(node, ast.Subscript | ast.Attribute):
            return [node.value]
        if isinstance(node, ast.Compare):
            return [node.left, *node.comparators]
        return []

    def cache_of_call(self):
        """Where a function with an argument `cache` was called: the expression that was given for it, or None."""
        called = self.value(self.node.func) if isinstance(self.node, ast.Call) else None
        code = called.__code__ if isinstance(called, types.FunctionType) else None
        if code is None or "cache" not in code.co_varnames[: code.co_argcount]:
            return None
        place = code.co_varnames.index("cache")
        return self.node.args[place] if place < len(self.node.args) else None

    def arguments(self):
        """The names of the function's arguments, as the student and as the exercise calls them."""
        own = getattr(self.function, "__code__", None)
        names = own.co_varnames[: own.co_argcount] if own else ()
        case = self.exercise.cases()[0]
        return dict.fromkeys([*names, *case.upstream, *(() if self.exercise.forward else case.inputs)])

    def arguments_over_time(self):
        """Names of the arguments that have a time axis after that of the samples."""
        case = self.exercise.cases()[0]
        given = {**case.upstream, **case.inputs}
        return [name for name, value in given.items() if np.ndim(value) == 3] if "T=" in case.sizes else []

    def assigned(self, name):
        """What the function's text last gives to a name: an expression, or None."""
        node = syntax.tree(self.function)
        return syntax.assigned(node, name) if node else None


def when(*errors, node=None, says=""):
    """Decorator for a rule: asked only about these exceptions, of which Python or NumPy says this.

    node: the kind of the expression that failed, where a rule looks at it
    says: a pattern for the exception's text
    """

    def put(rule):
        @functools.wraps(rule)
        def asked(failure):
            fits = isinstance(failure.error, errors or BaseException) and re.search(says, failure.text)
            return rule(failure) if fits and (node is None or isinstance(failure.node, node)) else None

        return asked

    return put


def is_array(value):
    return isinstance(value, np.ndarray)


def _value(node, frame):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, UNKNOWN))
    if not _harmless(node, frame):
        return UNKNOWN
    try:
        with np.errstate(all="ignore"):
            return eval(compile(ast.Expression(node), "<looked at>", "eval"), frame.f_globals, frame.f_locals)
    except Exception:
        return UNKNOWN


def _harmless(node, frame):
    """Does looking at an expression run nothing but NumPy's own arithmetic?"""
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
        return all(isinstance(_value(part, frame), np.ndarray | int | float) for part in parts)
    if isinstance(node, ast.Attribute):
        base = _value(node.value, frame)
        return is_array(base) and node.attr in ("T", "shape", "ndim") or node.attr == "params" or base is np
    if isinstance(node, ast.Call):
        base = _value(node.func.value, frame) if isinstance(node.func, ast.Attribute) else None
        given = [*node.args, *(word.value for word in node.keywords)]
        return is_array(base) and node.func.attr in LOOKING and all(map(_is_plain, given))
    if isinstance(node, ast.Subscript):
        held = isinstance(_value(node.value, frame), np.ndarray | list | tuple | dict)
        return held and not any(isinstance(part, ast.Call) for part in ast.walk(node.slice))
    return False


def _is_plain(node):
    return all(
        isinstance(part, ast.Constant | ast.Tuple | ast.UnaryOp | ast.USub | ast.Load)
        for part in ast.walk(node)
    )
