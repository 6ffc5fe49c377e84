"""Print so that it can be read: long lines broken between words, and no failure where a sign is unknown."""

import re
import sys
import textwrap
import unicodedata

WIDTH = 105  # what JupyterLab shows on a laptop beside its file list
CLOSING = "，。；：、！？）】》”’"
PLAIN = str.maketrans({"✓": "+", "✗": "x", "○": "o", "²": "^2", "→": "->", "…": "...", "⊙": "*", "·": "-"})


def say(text):
    """Print a text. An old terminal gets plain signs instead of ✓ and ✗."""
    print(printable("\n".join(broken for line in text.splitlines() for broken in _break(line))))


def printable(text):
    """The text, with plain signs instead of those that the terminal does not know."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return text


def wrapped(text, width):
    """A text in lines of at most so many columns, cut between words, and between Chinese letters too.

    A Chinese letter is two columns wide. No line begins with a sign that ends a sentence or its part.
    """
    lines, used = [""], 0
    for part in re.findall(r"[^\s\u2e80-\uffef]+\s*|.", text):
        size = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in part.rstrip())
        if used + size > width and lines[-1] and part not in CLOSING:
            lines, used = [*lines, ""], 0
        lines[-1] += part
        used += size + len(part) - len(part.rstrip())
    return [line.rstrip() for line in lines]


def _break(line):
    indent = line[: len(line) - len(line.lstrip())]
    if any(unicodedata.east_asian_width(letter) in "WF" for letter in line):
        first, *others = wrapped(line.strip(), WIDTH - len(indent) - 2)
        return [indent + first, *(f"{indent}  {other}" for other in others)]
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    ) or [""]
