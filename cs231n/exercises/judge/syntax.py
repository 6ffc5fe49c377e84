"""A student's function as a syntax tree. It serves what is told; no verdict depends on it."""

import ast
import inspect
import textwrap

from cs231n.exercises.facts import fact

# Methods and functions that change something in place and return None.
IN_PLACE = {
    "at",
    "append",
    "extend",
    "insert",
    "sort",
    "fill",
    "put",
    "copyto",
    "shuffle",
    "update",
    "reverse",
}


def tree(function):
    """The syntax tree of a function, with the line numbers of its cell; None when its text cannot be had."""
    text = getattr(function, "text", None)  # of a function in another process
    if not inspect.isfunction(function) and not text:
        return None
    try:
        module = ast.parse(text or textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    if not module.body or not isinstance(module.body[0], ast.FunctionDef):
        return None
    ast.increment_lineno(module, 0 if text else function.__code__.co_firstlineno - 1)
    return module.body[0]


def raise_left(function):
    """Is there code of the student's as well as the `raise` of the TODO?"""
    node = tree(function)
    if node is None:
        return False
    left = [line for line in node.body if isinstance(line, ast.Raise)]
    others = [line for line in node.body if not isinstance(line, ast.Raise | ast.Pass | ast.Import)]
    return bool(left) and any(not _is_text(line) for line in others)


def why_none(function, place=None):
    """A fact that says why an output came back as None, as far as the text tells; or None.

    place: which value of the returned tuple; None for all that is returned
    """
    node = tree(function)
    returns = [line for line in own_lines(node) if isinstance(line, ast.Return) and line.value is not None]
    if not returns:
        return None
    value = returns[-1].value
    if place is not None:
        if not isinstance(value, ast.Tuple) or place >= len(value.elts):
            return None
        value = value.elts[place]
    text = ast.unparse(value)
    if isinstance(value, ast.Name):
        value = assigned(node, value.id) or value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in IN_PLACE:
        called = ast.unparse(value.func)
        numpys = called.startswith(("np.", "numpy."))
        changed = ast.unparse(value.args[0] if numpys and value.args else value.func.value)
        if text == ast.unparse(value):
            return fact("in_place_returns_none", function=called, changed=changed)
        return fact("in_place_assigned", function=called, changed=changed, name=text)
    return None


def returns_something(function):
    """Is there a return line with a value? None when the text is not known."""
    node = tree(function)
    if node is None:
        return None
    return any(isinstance(line, ast.Return) and line.value is not None for line in own_lines(node))


def prints_instead(function):
    """Does a function end with a print, and return nothing?"""
    node = tree(function)
    last = node.body[-1] if node is not None and returns_something(function) is False else None
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and ast.unparse(last.value.func) == "print"
    )


def is_a_starter(function):
    """Does a function only take its arguments apart, and return None or names that are None?"""
    node = tree(function)
    if node is None:
        return False
    allowed = (ast.Expr, ast.Pass, ast.Assign, ast.Return)
    lines = [line for line in node.body if not _is_text(line)]
    if not all(isinstance(line, allowed) for line in lines) or any(
        isinstance(line, ast.Expr) for line in lines
    ):
        return False
    working = (ast.Call, ast.BinOp, ast.Compare, ast.ListComp, ast.Lambda)
    return not any(isinstance(part, working) for line in lines for part in ast.walk(line))


def assigned(node, name):
    """The value on the right of the last `name = value` of a function, or None."""
    values = [
        line.value
        for line in own_lines(node)
        if isinstance(line, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in line.targets)
    ]
    return values[-1] if values else None


def own_lines(node):
    """All statements of a function in order, without those of functions inside it."""
    for line in getattr(node, "body", ()):
        if isinstance(line, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield line
        yield from own_lines(line)
        for part in ("orelse", "finalbody"):
            for other in getattr(line, part, ()):
                yield other
                yield from own_lines(other)


def in_place_operator(function, name):
    """`+` where the text has `name += …`; an empty text where it has `name[…] += …`; None where neither."""
    node = tree(function)
    found = None
    for line in own_lines(node):
        if isinstance(line, ast.AugAssign):
            if isinstance(line.target, ast.Name) and line.target.id == name:
                return ast.unparse(line).removeprefix(name).split("=")[0].strip()
            if isinstance(line.target, ast.Subscript) and ast.unparse(line.target.value) == name:
                found = ""
    return found


def _is_text(line):
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
