"""Print so that it can be read: long lines broken between words, and no failure where a sign is unknown."""

import sys
import textwrap

WIDTH = 105  # what JupyterLab shows on a laptop beside its file list
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


def _break(line):
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    ) or [""]
