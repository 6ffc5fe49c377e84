"""Read a submitted notebook, and choose what of it has to run: never the whole, and never here."""

import ast
import dis
import json
import re
import types
from dataclasses import dataclass, field

from cs231n.exercises import bank

LARGEST = 50_000_000  # bytes; a notebook full of pictures has a few million
CHECKERS = {"check", "grade", "hint", "progress", "answers"}


class NotANotebook(ValueError):
    """The file cannot be read as a notebook; the text says why."""


@dataclass
class Cell:
    """A code cell: its number among all cells, its text, and its statements, or why it has none."""

    number: int
    source: str
    todo: bool
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
    found = set()
    for cell in cells:
        for statement in cell.statements:
            if isinstance(statement, ast.FunctionDef):
                found.add(statement.name)
            found |= {call.args[0].id for call in _calls(statement, {"check"}) if _is_name(call.args[:1])}
        if cell.problem:
            found |= set(re.findall(r"^def (\w+)", cell.source, re.M))
    return [name for name in bank.ORDER if name in found]


def needed(cells, names):
    """What has to run for these names to be defined: imports, definitions and plain assignments they need.

    returns: list of (cell number, cell source, numbers of the statements to run)
    """
    wanted, kept = {*names, "*"}, set()  # from … import * may bring any name
    while True:
        found = {
            (c, s)
            for c, cell in enumerate(cells)
            for s, statement in enumerate(cell.statements)
            if (c, s) not in kept and wanted & _bound(statement) and _is_plain(statement, cell.todo)
        }
        if not found:
            break
        kept |= found
        for c, s in found:
            wanted |= _global_names(compile(ast.Module([cells[c].statements[s]], []), "", "exec"))
    return [
        (cell.number, cell.source, sorted(s for at, s in kept if at == c))
        for c, cell in enumerate(cells)
        if any(at == c for at, _ in kept)
    ]


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
    source = cell.get("source", cell.get("input", ""))
    source = source if isinstance(source, str) else "".join(source)
    made = Cell(number, source, "todo" in cell.get("metadata", {}).get("tags", []))
    for text in (source, re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.M)):  # a magic, such as %timeit
        try:
            compile(text, "", "exec")  # finds more than the parser: a return outside of a function
            made.source, made.statements, made.problem = text, ast.parse(text).body, ""
            break
        except SyntaxError as error:
            made.source, made.problem = source, f"line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            made.problem = str(error) or type(error).__name__
    return made


def _is_plain(statement, todo):
    """Does it only import, define, or name something? Only such statements are run."""
    if isinstance(
        statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    ):
        return True
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        if _calls(statement, CHECKERS):
            return False
        return todo or bool(_bound(statement) & set(bank.ORDER)) or not _calls(statement)
    if isinstance(statement, ast.If | ast.Try):
        inner = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt)]
        inner += [s for handler in getattr(statement, "handlers", []) for s in handler.body]
        return all(isinstance(s, ast.Pass) or _is_plain(s, todo) for s in inner)
    return False


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


def _global_names(code):
    names = {
        step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return names.union(*map(_global_names, inner))


def _calls(node, names=None):
    """Calls in a statement, of these names only if given; not those inside a lambda, which do not run yet."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Lambda):
            continue
        if isinstance(child, ast.Call) and (names is None or getattr(child.func, "id", None) in names):
            found.append(child)
        found += _calls(child, names)
    return found


def _is_name(arguments):
    return len(arguments) == 1 and isinstance(arguments[0], ast.Name)


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
