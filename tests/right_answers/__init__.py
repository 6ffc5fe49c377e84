"""Right answers to every exercise: one each in `notebook`, as text for a cell; many styles in the other files."""

import ast
import re
from importlib import import_module
from pathlib import Path

from cs231n.exercises import bank

HERE = Path(__file__).parent
CHAPTERS = HERE.parents[1] / "notebooks" / "source"
ALL_RIGHT = HERE.joinpath("notebook.py").read_text(encoding="utf-8")
ANSWERS = {  # exercise → the text of its cell
    node.name: ast.get_source_segment(ALL_RIGHT, node)
    for node in ast.parse(ALL_RIGHT).body
    if isinstance(node, ast.FunctionDef)
}
STYLES = []  # (exercise, function, its forward function or None)


def check_cell(name):
    """The check cell below an answer."""
    forward = name.replace("backward", "forward")
    return f"{name} = check({name}{f', forward={forward}' if forward != name else ''})"


def from_chapter(name):
    """The TODO cell of an exercise as its chapter has it, solved."""
    chapter = CHAPTERS.joinpath(f"{bank.find(name).chapter}.py").read_text(encoding="utf-8")
    (cell,) = (cell for cell in re.split(r"^# %%.*\n", chapter, flags=re.M) if f"def {name}(" in cell)
    return cell


def answers(name, forward=None):
    """Decorator: a right answer to an exercise. forward: the forward function whose cache it reads"""

    def put(function):
        STYLES.append((name, function, forward))
        return function

    return put


def all_styles():
    """The list, filled."""
    for path in sorted(HERE.glob("chapter_*.py")):
        import_module(f"right_answers.{path.stem}")
    return STYLES
