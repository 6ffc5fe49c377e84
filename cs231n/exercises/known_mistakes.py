"""Known mistakes: each is an edit of one plain solution, and a sentence.

    sign_exchanged: a - b -> b - a
        Yours is the right number with the other sign. Which one is subtracted from the other?

First the name, then what is written -> what is written by mistake. More edits of the same mistake have a line
each below it; the lines without an arrow are the sentence. What stands left of an arrow stands exactly once in
the solution, its docstring left out. A mistake that no edit can say is a function: its name is the name, its
docstring the sentence.
A sentence may begin with a claim in brackets, such as "(dx is right.)", which is said only where there is no
other mistake.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

ARROW = "->"


@dataclass(frozen=True)
class Mistake:
    """A known mistake: what it computes, and what helps without giving the line away.

    sentence: what is said where it is the only mistake
    among_others: the same without its claim, which need not be right beside other mistakes
    function: returns the outputs only. For a forward function it gets the inputs; for a backward function
        the upstream gradients and then the inputs of the forward function, so that it needs no cache
    edits: pairs of old and new text in the solution; none where the mistake is a function
    """

    name: str
    sentence: str
    function: Callable
    edits: tuple[tuple[str, str], ...] = ()
    solution: Callable | None = None
    among_others: str = ""

    @property
    def claim(self):
        """What is right, where the sentence begins with that."""
        return self.sentence.removesuffix(self.among_others).strip()


def known(solution, text, *functions):
    """The mistakes that `text` lists, as edits of `solution`, and then those that are functions."""
    found = []
    for entry in re.split(r"\n(?=\w+:)", textwrap.dedent(text).strip()):
        name, rest = entry.split(":", 1)
        lines = [line.strip() for line in rest.splitlines() if line.strip()]
        edits = tuple(_edit(line) for line in lines if ARROW in line)
        said = " ".join(line for line in lines if ARROW not in line)
        found.append(_mistake(name, said, edited(solution, edits), edits, solution))
    return (*found, *(_mistake(f.__name__, " ".join(f.__doc__.split()), f) for f in functions))


def edited(solution, edits):
    """The solution with these edits. It is compiled when it is first called."""
    made = cache(lambda: _compiled(solution, edits))
    return lambda *given: made()(*given)


def together(*mistakes):
    """What these mistakes give when they are made at once. None where two of them edit the same text."""
    edits = [edit for mistake in mistakes for edit in mistake.edits]
    if any(not mistake.edits for mistake in mistakes):
        return None
    source = source_of(mistakes[0].solution)
    places = sorted((source.index(old), source.index(old) + len(old)) for old, _ in edits)
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        return None
    return edited(mistakes[0].solution, edits)


def apply(source, edits):
    """The text with these edits. ValueError where what an edit replaces does not stand there exactly once."""
    places = []
    for old, new in edits:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} stands {source.count(old)} times in the solution, not once.")
        start = source.index(old)
        places.append((start, start + len(old), new))
    for start, end, new in sorted(places, reverse=True):
        source = source[:start] + new + source[end:]
    return source


@cache
def source_of(solution):
    """The text of a solution, without its docstring."""
    lines = textwrap.dedent(inspect.getsource(solution)).splitlines(keepends=True)
    if solution.__doc__:
        docstring = ast.parse("".join(lines)).body[0].body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "".join(lines)


def _mistake(name, text, *others):
    claim, among_others = re.fullmatch(r"(?:\((.*?)\) )?(.*)", text).groups()
    return Mistake(name, f"{claim} {among_others}" if claim else text, *others, among_others=among_others)


def _edit(line):
    old, new = line.split(ARROW)
    return old.strip(), new.strip()


def _compiled(solution, edits):
    space = {}
    exec(apply(source_of(solution), edits), solution.__globals__, space)
    return space[solution.__name__]
