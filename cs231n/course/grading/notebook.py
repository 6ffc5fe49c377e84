"""Read a submitted notebook, and choose what of it runs: its cells in order, without the course's long ones."""

import ast
import functools
import json
import re
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

from cs231n.course.grading.process import ROOT
from cs231n.exercises import bank

LARGEST = 50_000_000  # bytes; a notebook full of pictures has a few million
CHECKERS = {"check", "grade", "hint", "progress", "answers"}


class NotANotebook(ValueError):
    """The file cannot be read as a notebook; the text says why."""


@dataclass
class Cell:
    """A code cell: its number among all cells, its text as written and as Python, its statements, or why none."""

    number: int
    written: str
    id: str
    tags: list
    source: str
    statements: list = field(default_factory=list)
    problem: str = ""


def read(path):
    """The code cells of a notebook file. NotANotebook when it is something else."""
    try:
        if path.stat().st_size > LARGEST:
            raise NotANotebook(f"the file is larger than {LARGEST // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
        if not text.strip():
            raise NotANotebook("the file is empty")
        content = json.loads(text)
        cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
        return [_cell(k, cell) for k, cell in enumerate(cells, start=1) if cell["cell_type"] == "code"]
    except OSError as error:
        raise NotANotebook(f"the file cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        kind = "a PDF" if path.read_bytes()[:4] == b"%PDF" else "something else, or cut off"
        raise NotANotebook(f"the file is not a notebook, but {kind}") from None
    except (KeyError, IndexError, TypeError, AttributeError):
        raise NotANotebook("the file is JSON, but not a notebook") from None


def exercises_in(cells):
    """Names of the exercises that a notebook asks for: those it defines, and those it checks, in order."""
    text = "\n".join(cell.source for cell in cells)
    found = set(re.findall(r"\bcheck\(\s*(\w+)", text)) | set(re.findall(r"^\s*def (\w+)", text, re.M))
    found |= names_bound(cells)
    return [name for name in bank.ORDER if name in found]


def to_run(cells):
    """What runs, in order: each cell as it stands; of a cell that the course ships, only what an answer may need.

    returns: list of (cell number, source, numbers of the statements to run)
    """
    shipped = _shipped()
    chosen = []
    for cell in cells:
        numbers = list(range(len(cell.statements)))
        if shipped.get(cell.id) == cell.written and "todo" not in cell.tags:
            numbers = [k for k in numbers if _may_be_needed(cell.statements[k])]
        if numbers:
            chosen.append((cell.number, cell.source, numbers))
    return chosen


def names_bound(cells):
    """All names that the notebook's cells give a value."""
    return {name for cell in cells for statement in cell.statements for name in _bound(statement)}


@functools.cache
def _shipped():
    """Code cells of the students' edition: id → source."""
    found = {}
    for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found |= {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    return found


def _may_be_needed(statement):
    """Of a shipped cell: imports, definitions, constants, and checks; not training, tables and plots."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return True
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    if isinstance(statement, ast.Assign) and not calls:
        return not any(
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) for node in ast.walk(statement)
        )
    return any(getattr(call.func, "id", "") in ("check", "answers") for call in calls)


def notes(cells, names):
    """What an instructor should look at: a checker replaced, the reference imported under an exercise's name."""
    found = []
    for cell in cells:
        for statement in cell.statements:
            bound = _bound(statement)
            if not isinstance(statement, ast.Import | ast.ImportFrom) and bound & CHECKERS:
                found.append(f"cell {cell.number} replaces {' and '.join(sorted(bound & CHECKERS))}")
            for node in ast.walk(statement):
                module = getattr(node, "module", "") or ""
                if isinstance(node, ast.ImportFrom) and module.startswith("cs231n"):
                    for taken in sorted({alias.name for alias in node.names} & set(names)):
                        found.append(f"cell {cell.number} imports {taken} from {module}")
            if _changes_pack(statement):
                found.append(f"cell {cell.number} changes the course package")
    return list(dict.fromkeys(found))


def _cell(number, cell):
    written = cell.get("source", cell.get("input", ""))
    written = written if isinstance(written, str) else "".join(written)
    tags = cell.get("metadata", {}).get("tags", [])
    made = Cell(number, written, str(cell.get("id", "")), tags if isinstance(tags, list) else [], written)
    try:
        made.source = TransformerManager().transform_cell(written)  # magics, !commands, name? as in Jupyter
        compile(made.source, "", "exec")  # finds more than the parser: a return outside of a function
        made.statements = ast.parse(made.source).body
    except SyntaxError as error:
        made.source, made.problem = written, f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        made.problem = str(error) or type(error).__name__
    return made


def _bound(statement):
    """Names that a statement gives a value."""
    found = set()
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def _changes_pack(statement):
    """Does it set an attribute of something called cs231n, exercises, bank and so on?"""
    inside = {"cs231n", "exercises", "checking", "bank", "recognise", "compare"}
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if inside & {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node.value)}:
                return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr" and node.args:
            if inside & {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node.args[0])}:
                return True
    return False
