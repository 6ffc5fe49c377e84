"""Read a submitted notebook, before any student's code runs."""

import ast
import functools
import hashlib
import json
import re
from dataclasses import dataclass, field

from instructors.process import ROOT

LARGEST = 200_000_000  # bytes; a notebook full of pictures has a few million
LARGEST_HELPER, ALL_HELPERS = 1_000_000, 2_000_000
KINDS = {b"%PDF": "a PDF", b"PK": "an archive: unpack it", b"": "something else, or cut off"}


class NotANotebook(ValueError):
    """The file cannot be read as a notebook; the text says why."""


@dataclass(frozen=True)
class Notebook:
    """What was handed in.

    cells: number among all cells → what runs of it
    left_out: what does not run, as text; helpers: files beside it, path → bytes
    print: a short text that changes with anything of it
    """

    name: str
    cells: dict
    left_out: str = ""
    helpers: dict = field(default_factory=dict)
    print: str = ""

    def checks(self, name):
        """Is there a check of this exercise?"""
        return any(re.search(rf"\bcheck\(\s*{name}\b", source) for source in self.cells.values())

    def defining(self, name):
        """The number of the last cell that defines a function of this name, or None."""
        found = [k for k, source in self.cells.items() if re.search(rf"^\s*def\s+{name}\b", source, re.M)]
        return found[-1] if found else None


def read(path, shared=False):
    """The notebook in a file. NotANotebook when it is something else.

    shared: True where the files of other students lie beside it
    """
    try:
        if path.is_symlink() or path.stat().st_nlink > 1:
            raise NotANotebook(
                "the file is a link, which may be to the work of another: copy it, if it is not"
            )
        if path.stat().st_size > LARGEST:
            raise NotANotebook(f"the file is larger than {LARGEST // 1_000_000} MB")
        content, helpers = path.read_bytes(), _beside(path, shared)
    except OSError as error:
        raise NotANotebook(f"the file cannot be read: {error.strerror}") from None
    if not content.strip():
        raise NotANotebook("the file is empty")
    try:
        book = json.loads(content, parse_int=float)  # an int may have more digits than Python reads
    except (ValueError, RecursionError):
        kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), KINDS[b""])
        raise NotANotebook(f"the file is not a notebook, but {kind}") from None
    try:
        cells = book["cells"] if "cells" in book else book["worksheets"][0]["cells"]
        parts = {k: _parts(cell) for k, cell in enumerate(cells, 1) if cell["cell_type"] == "code"}
    except (KeyError, IndexError, TypeError, AttributeError):
        raise NotANotebook("the file is JSON, but not a notebook") from None
    seen = hashlib.sha256(content + repr(helpers).encode())
    cells = {k: runs for k, (runs, _) in parts.items() if runs.strip()}
    left_out = "\n".join(left for _, left in parts.values())
    return Notebook(path.name, cells, left_out, helpers, seen.hexdigest()[:12])


def _beside(path, shared):
    """The files that lie beside a notebook, and below, without links and what is large: path → bytes."""
    found, left = {}, ALL_HELPERS
    places = path.parent.glob("*.py") if shared else path.parent.rglob("*")
    for file in sorted(places, key=lambda place: (place.suffix != ".py", place)):
        name = file.relative_to(path.parent)
        hidden = any(part.startswith((".", "__pycache__")) for part in name.parts)
        if hidden or file.suffix == ".ipynb" or file.is_symlink() or not file.is_file():
            continue
        size = file.stat().st_size
        if size <= min(LARGEST_HELPER, left) and file.stat().st_nlink == 1:
            found[name.as_posix()], left = file.read_bytes(), left - size
    return found


def _parts(cell):
    """What runs of a cell, and what does not: of one that the course ships, only what an answer may need runs."""
    written = cell.get("source", cell.get("input", ""))
    written = (written if isinstance(written, str) else "".join(written)).replace("\r\n", "\n")
    if (cell.get("id"), written) not in _shipped() or "todo" in cell.get("metadata", {}).get("tags", []):
        return written, ""
    statements = ast.parse(written).body
    needed = [statement for statement in statements if _may_be_needed(statement)]
    others = [statement for statement in statements if statement not in needed]
    return ast.unparse(ast.Module(needed, [])), ast.unparse(ast.Module(others, []))


@functools.cache
def _shipped():
    """Code cells of the students' editions in all languages: pairs of an id and a source."""
    found = set()
    for path in (ROOT / "notebooks").rglob("[0-9][0-9]_*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if "solutions" not in path.parts else ()
        found |= {(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"}
    return found


def _may_be_needed(statement):
    """Imports, definitions, constants, and checks; not training, tables and plots."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return True
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    if isinstance(statement, ast.Assign) and not calls:
        reads = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        return {name.id for name in reads} <= {"my"}  # answers of the chapters before
    return any(getattr(call.func, "id", "") in ("check", "answers") for call in calls)
