"""A paper question, and how its numbers are written."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np


@dataclass(frozen=True)
class Question:
    """A question and its answer, both Markdown.

    given: the numbers of the question, values: those of the answer; both by name, as arrays
    """

    chapter: str
    title: str
    points: int
    minutes: int
    asks: str
    answer: str
    given: dict
    values: dict


def decimal(value):
    """A number with at most four digits behind the point: 3, -0.5, 1.92."""
    return f"{round(float(value), 4) + 0:.4f}".rstrip("0").rstrip(".")


def factor(value):
    """A number before a point of multiplication: in brackets where it is negative."""
    return decimal(value) if value >= 0 else f"({decimal(value)})"


def fraction(value):
    """A number as a fraction: 3, -1/2, 5/8."""
    return str(Fraction(float(value)).limit_denominator(1000))


def row(values, form=decimal):
    """Numbers in brackets: (1, -0.5, 2)."""
    return "(" + ", ".join(form(value) for value in values) + ")"


def matrix(name, values, form=decimal):
    """A matrix under its name, one line a row, for a block of code."""
    cells = [[form(value) for value in line] for line in values]
    width = max(len(cell) for line in cells for cell in line)
    lines = ["[ " + "  ".join(cell.rjust(width) for cell in line) + " ]" for line in cells]
    before = [f"{name} = ", *[" " * (len(name) + 3)] * (len(lines) - 1)]
    return "\n".join(a + b for a, b in zip(before, lines, strict=True))


def code(*blocks):
    """A block of code, an empty line between its parts."""
    return "```\n" + "\n\n".join(blocks) + "\n```"


def table(head, *lines):
    """A Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in rows)


def close(values):
    """What the package computes is exact but for rounding and saturated gates: take both away."""
    return np.round(np.asarray(values, dtype=float), 6) + 0.0
