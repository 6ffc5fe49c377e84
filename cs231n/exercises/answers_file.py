"""Keep a student's right answers as plain Python, in my_answers.py beside the notebook.

The file has one section an exercise. A person can read it, edit it or delete it; nothing else is stored.
"""

import dis
import inspect
import os
import re
import textwrap
import types
from pathlib import Path

import numpy as np

from cs231n.exercises import bank

HEADER = """\
# My answers: functions that a check found right, kept for later chapters.
# This is plain Python. Read it, change it or delete it: each section is checked again when it is used.
"""
MARK = "# === {} ==="
_MARK = re.compile(r"^# === (\w+) ===[ \t]*$", re.MULTILINE)


def path():
    """Path of the file, or None where nothing is to be kept (CS231N_ANSWERS is empty or 'off')."""
    name = os.environ.get("CS231N_ANSWERS", "my_answers.py").strip()
    return None if name.lower() in ("", "off") else Path.cwd() / name


def keep(name, function):
    """Put the answer's source into the file, in place of an earlier one.

    returns: True when it is kept, False when its source cannot be had or nothing is to be kept
    OSError: when the file cannot be written; the old file is whole then
    """
    file = path()
    source = _source(name, function) if file else None
    if source is None:
        return False
    sections = {section: text for section, (_, text) in read(file).items()}
    if sections.get(name) == source:
        return True
    sections[name] = source
    order = sorted(sections, key=lambda n: bank.ORDER.index(n) if n in bank.ORDER else len(bank.ORDER))
    text = HEADER + "".join(f"\n\n{MARK.format(section)}\n{sections[section]}" for section in order)
    part = file.with_name(file.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return True


def read(path):
    """The sections of the file: name → (number of its first line, source). Empty when there is no file."""
    if path is None or not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8", errors="replace")
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        mark[1]: (text.count("\n", 0, mark.end()) + 2, text[mark.end() : end].strip("\n") + "\n")
        for mark, end in zip(marks, ends, strict=True)
    }


def _source(name, function):
    """The function's source with the imports, constants and small helpers that it uses."""
    if not inspect.isfunction(function):
        return None
    imports, parts, seen = [], [], set()
    if not _collect(function, imports, parts, seen):
        return None
    head = "\n".join(sorted(set(imports)))
    return "\n\n\n".join(filter(None, [head, *parts])).strip("\n") + "\n"


def _collect(function, imports, parts, seen):
    seen.add(function.__name__)
    try:
        text = textwrap.dedent(inspect.getsource(function)).strip("\n")
    except (OSError, TypeError):
        return False
    if not text.startswith(("def ", "@")):
        return False
    for name in sorted(_global_names(function.__code__)):
        value = function.__globals__.get(name)
        if name in seen or name in bank.ORDER or name not in function.__globals__:
            continue
        if isinstance(value, types.ModuleType):
            short = value.__name__ == name
            imports.append(f"import {name}" if short else f"import {value.__name__} as {name}")
        elif getattr(np, getattr(value, "__name__", ""), None) is value:
            imports.append(f"from numpy import {value.__name__} as {name}")
        elif inspect.isfunction(value) and value.__globals__ is function.__globals__:
            _collect(value, imports, parts, seen)
        elif (
            getattr(value, "__module__", None)
            and hasattr(value, "__qualname__")
            and "." not in value.__qualname__
        ):
            renamed = "" if value.__name__ == name else f" as {name}"
            imports.append(f"from {value.__module__} import {value.__name__}{renamed}")
        elif isinstance(value, int | float | str | bool):
            parts.append(f"{name} = {value!r}")
            seen.add(name)
    parts.append(text)
    return True


def _global_names(code):
    names = {
        step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    return names.union(
        *(_global_names(inner) for inner in code.co_consts if isinstance(inner, types.CodeType))
    )
