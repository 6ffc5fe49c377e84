"""Keep a student's right answers as plain Python, in one my_answers.py for the whole course.

The file has one section per exercise. A person can read it, edit it or delete it; nothing else is stored.
"""

import os
import re
import types
from itertools import zip_longest
from pathlib import Path

import cs231n
from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.judge.failures import text_of
from cs231n.files import write_whole

HEADER = """\
# My answers: functions that a check found right, kept for later chapters.
# This is plain Python. Read it, change it or delete it: each section is checked again when it is used.
"""
MARK = "# === {} ==="
_MARK = re.compile(r"^# === (\w+) ===[ \t]*$", re.MULTILINE)


def path():
    """Path of the file, or None where nothing is to be kept (CS231N_ANSWERS is empty or 'off').

    CS231N_ANSWERS names another file; else it is my_answers.py in the notebooks folder of the course, wherever
    the kernel was started, and in the working folder where there is no such folder.
    """
    name = os.environ.get("CS231N_ANSWERS")
    if name is not None:
        name = name.strip()
        return None if name.lower() in ("", "off") else Path.cwd() / name
    return (_notebooks_folder() or Path.cwd()) / "my_answers.py"


def shown_path():
    """The path as a reader wants to see it: from the working folder where the file is in it. None without one."""
    file = path()
    return file and str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def keep(name, text):
    """Put an answer's source into the file, replacing an earlier one.

    OSError: when the file cannot be written; the old file is whole then
    """
    file = path()
    sections = {section: old for section, (_, old) in read(file).items()}
    if sections.get(name) == text:
        return
    sections[name] = text
    order = sorted(sections, key=lambda n: bank.ORDER.index(n) if n in bank.ORDER else len(bank.ORDER))
    whole = HEADER + "".join(f"\n\n{MARK.format(section)}\n{sections[section]}" for section in order)
    with write_whole(file, "w") as out:
        out.write(whole)


def read(file):
    """The sections of the file: name → (number of its first line, source). Empty when there is no file."""
    if file is None or not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8", errors="replace")
    marks = list(_MARK.finditer(text))
    found = {}
    for mark, following in zip_longest(marks, marks[1:]):
        end = following.start() if following else len(text)
        found[mark[1]] = text.count("\n", 0, mark.end()) + 2, text[mark.end() : end].strip("\n") + "\n"
    return found


def load(name, text, helpers, line=1):
    """Run one section with other exercises' functions at hand.

    returns: the function, and None; or None, and the reason as a fact
    helpers: name → function, and perhaps `my`; line: number of the section's first line in the file
    """
    import numpy as np

    mine = {"my": types.SimpleNamespace(**helpers)}
    space = {"np": np, **mine, **helpers, "__name__": "my_answers"}
    space.pop(name, None)
    try:
        exec(compile("\n" * (line - 1) + text, str(path()), "exec"), space)
    except (Exception, SystemExit) as error:
        return None, fact("section_fails", error=type(error).__name__, text=text_of(error))
    return (
        (space[name], None)
        if callable(space.get(name))
        else (None, fact("section_defines_nothing", name=name))
    )


def _notebooks_folder():
    """The folder with the chapters: the working folder, one above it or beside it, or the package's neighbour."""
    here = Path.cwd()
    package = Path(cs231n.__file__).resolve().parent
    for folder in (here, *here.parents, package.parent):
        for found in (folder, folder / "notebooks"):
            if (
                found.name not in ("solutions", "zh_CN")
                and _holds_chapters(found)
                and os.access(found, os.W_OK)
            ):
                return found
    return None


def _holds_chapters(folder):
    return any((folder / f"{bank.find(name).chapter}.ipynb").is_file() for name in bank.ORDER)
