"""Answers of two students that are the same but for names, comments and spaces: a hint, never a verdict."""

import ast
import functools
import json
import re
import textwrap
from collections import defaultdict
from dataclasses import dataclass

from cs231n.exercises import bank
from instructors.process import ROOT

LEAST = 5  # statements of one's own; fewer must be alike
KEEPS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Alike:
    """Students whose answers to an exercise are alike.

    same_text: True where comments and names are the same too; as_solved: True where the course's own solution is
    alike too, so that it may well come from there; code: one of the answers
    """

    exercise: str
    students: tuple
    same_text: bool
    as_solved: bool
    code: str


def find_alike(students, exercises):
    """Groups of answers to these exercises that are alike. students: as `collect.submissions` reads them"""
    found = []
    for name in exercises:
        shapes = defaultdict(dict)
        for student in students:
            for notebook in student.notebooks:
                for code in written(notebook, name):
                    if shape := shape_of(code, name):
                        shapes[shape].setdefault(student.name, code)
        solved = shape_of(_cells("solutions/").get(name, ""), name)
        for shape, codes in shapes.items():
            if len(codes) > 1:
                texts = {"".join(code.split()) for code in codes.values()}
                who = tuple(sorted(codes))
                found.append(Alike(name, who, len(texts) == 1, shape == solved, codes[who[0]]))
    return found


def written(notebook, name):
    """The code of each cell that defines this function, from its first function on."""
    define = re.compile(rf"^\s*def\s+{name}\b", re.M)
    return [source for source in notebook.cells.values() if define.search(source)]


def shape_of(code, name):
    """An answer without names, comments, and what the course has written; '' where nearly nothing is left."""
    tree = _parse(code, name)
    if tree is None:
        return ""
    tree.body = [node for node in tree.body if isinstance(node, KEEPS)]
    try:
        tree = _Renamed(tree).visit(_Shorter(_given(name)).visit(tree))
        own = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and not isinstance(n, KEEPS | ast.Pass)]
        return ast.unparse(tree) if len(own) >= LEAST else ""
    except RecursionError:  # code that nobody has typed
        return ""


@functools.cache
def _given(name):
    """The statements that the course has written into the TODO."""
    tree = _parse(_cells("").get(name, ""), name)
    return {ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}


class _Shorter(ast.NodeTransformer):
    """Takes away texts, annotations, and statements that were given."""

    def __init__(self, given):
        self._given = given

    def generic_visit(self, node):
        if isinstance(node, ast.stmt) and not isinstance(node, KEEPS):
            text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if text or ast.dump(node) in self._given:
                return None
        if isinstance(node, ast.AnnAssign):
            made = ast.Assign([node.target], node.value) if node.value else ast.Expr(node.target)
            node = ast.copy_location(made, node)
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            node.body.append(ast.Pass())
        return node


class _Renamed(ast.NodeTransformer):
    """Calls whatever the code names v0, v1, … in the order in which it comes."""

    def __init__(self, tree):
        bound = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
        bound += [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        bound += [node.name for node in ast.walk(tree) if isinstance(node, KEEPS)]
        self._bound, self._names = set(bound), {}

    def _new(self, name):
        return self._names.setdefault(name, f"v{len(self._names)}") if name in self._bound else name

    def visit_arg(self, node):
        node.arg = self._new(node.arg)
        return node

    def visit_Name(self, node):
        node.id = self._new(node.id)
        return node

    def visit_FunctionDef(self, node):
        node.name = self._new(node.name)
        return self.generic_visit(node)


def _parse(code, name):
    """The cell as a tree; the function alone, where it stands further in, or the cell has magics; or None."""
    alone = re.search(rf"^([ \t]*)def\s+{name}\b.*\n(?:(?:\1[ \t]+.*)?\n)*", code + "\n", re.M)
    texts = [alone[0]] if alone else []
    for text in texts if alone and alone[1] else [code, *texts]:
        try:
            return ast.parse(textwrap.dedent(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


@functools.cache
def _cells(edition):
    """The cells of the TODOs in the students' edition, or in that of 'solutions/': exercise → source."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob(f"{edition}[0-9][0-9]_*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            for name in re.findall(r"^def\s+(\w+)", source, re.M) if cell["cell_type"] == "code" else ():
                if name in bank.ORDER:
                    found.setdefault(name, source)
    return found
