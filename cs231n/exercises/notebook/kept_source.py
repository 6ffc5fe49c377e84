"""The text of an answer with all that it needs from the notebook, so that it can be run elsewhere."""

import ast
import dis
import inspect
import textwrap
import types

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.facts import fact

LARGEST = 2000  # numbers in an array that is written out


class _CannotKeep(Exception):
    """Something that an answer uses cannot be written down. Its argument is a fact."""


def source_of(name, function):
    """The function's source with the imports, constants and small helpers that it uses, and None.

    Where that is not possible: None, and the reason, a fact
    """
    imports, parts = [], []
    try:
        if not inspect.isfunction(function):
            raise _CannotKeep(fact("no_function_with_def"))
        _collect(name, function, imports, parts, set())
    except _CannotKeep as reason:
        return None, reason.args[0]
    head = "\n".join(sorted(set(imports)))
    return "\n\n\n".join(filter(None, [head, *parts])).strip("\n") + "\n", None


def _collect(name, function, imports, parts, seen):
    seen.update((name, function.__name__))
    try:
        text = textwrap.dedent(inspect.getsource(function)).strip("\n")
    except (OSError, TypeError):
        text = ""
    if not text.startswith(("def ", "@", f"{name} = lambda")):
        raise _CannotKeep(fact("text_not_found", function=name))
    for used in sorted(_global_names(function.__code__) & function.__globals__.keys()):
        if used in seen or used in bank.ORDER or used == "my":
            continue
        value = function.__globals__[used]
        if inspect.isfunction(value) and value.__globals__ is function.__globals__:
            _collect(used, value, imports, parts, seen)
        elif line := _import_of(used, value):
            imports.append(line)
        else:
            seen.add(used)
            parts.append(f"{used} = {_written_out(used, value, imports)}")
    parts.append(text)


def _import_of(name, value):
    """The import that gives a module, function or class this name; None for other values."""
    if isinstance(value, types.ModuleType):
        return f"import {name}" if value.__name__ == name else f"import {value.__name__} as {name}"
    called = getattr(value, "__name__", None)
    if not isinstance(called, str):
        return None
    renamed = "" if called == name else f" as {name}"
    if getattr(np, called, None) is value:
        return f"from numpy import {called}{renamed}"
    place, inside = getattr(value, "__module__", None), getattr(value, "__qualname__", ".")
    if place in (None, "__main__") or "." in inside:
        return None
    return f"from {place} import {called}{renamed}"


def _written_out(name, value, imports):
    """A value as Python text."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub" or value.size > LARGEST:
            raise _CannotKeep(fact("uses_large_array", name=name, size=f"{value.size:,}"))
        imports.append("import numpy as np")
        numbers = f"np.array({value.tolist()!r}, dtype=np.{value.dtype.name})"
        return numbers.replace("nan", "np.nan").replace("inf", "np.inf")
    if isinstance(value, np.generic):
        value = value.item()
    try:
        same = ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError, TypeError, RecursionError):
        same = False
    if not same:
        raise _CannotKeep(fact("uses_value", name=name, type=type(value).__name__))
    return repr(value)


def _global_names(code):
    names = {
        step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    return names.union(
        *(_global_names(inner) for inner in code.co_consts if isinstance(inner, types.CodeType))
    )
