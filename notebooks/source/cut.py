"""Cut the text of a chapter into the pieces that are translated, and put it together again.

A piece of Markdown is a heading, a paragraph, a list item, a row of a table, a summary, a picture's alt text, or
a formula with words in it. A piece of code is a comment, a line of a docstring, or a string in print(). All else
(formulas, code, separators) stays as it is. A piece of several lines is one line in translation.
"""

import ast
import io
import re
import tokenize
from itertools import groupby
from typing import NamedTuple

from cs231n.exercises.say.printing import wrapped

WIDTH = 110  # of a line of code, as in the sources


class Piece(NamedTuple):
    """A part of a text: all parts, one after another, are the text."""

    raw: str  # as it stands in the source
    kind: str = ""
    english: str = ""  # what is translated; nothing where there are no words
    before: str = ""  # what stands around it
    after: str = ""

    def shown(self, chinese):
        """The piece in Chinese, or as it is."""
        if not chinese:
            return self.raw
        if self.kind in ("comment", "docstring"):
            indent = self.before if self.kind == "comment" else self.before + "    "
            chinese = ("\n" + indent).join(wrapped(chinese, WIDTH - len(indent)))
        return self.before + chinese + self.after


FENCE = re.compile(r"^```(\w*)$")
HEADING = re.compile(r"^(#+ )(.*)$")
ROW = re.compile(r"^(\| ?)(.*?)( ?\|)$")
PICTURE = re.compile(r"^(!\[)(.*)(\]\([^)]*\))$")
SUMMARY = re.compile(r"^((?:<details>)?<summary>(?:<b>)?)(.*?)((?:</b>)?</summary>)$")
ITEM = re.compile(r"^(\s*(?:[-*]|\d+\.)\s+)(.*)$")
TAG = re.compile(r"^(</?details>|<!--.*)$")
BREAKS = re.compile(r"^($|```|#+ |\||!\[.*\]\([^)]*\)$|\s*[-*] |\s*1\. |\$\$|</?details>|<!--)")

# What holds no words to translate: code, formulas, addresses, tags. A name in code is no word, either.
QUIET = re.compile(r"`[^`]*`|\]\([^)]*\)|\$[^$]*\$|https?://\S+|<[^>]*>")
WORD = re.compile(r"(?<![\w.])[A-Z]?[a-z]{2,}(?![\w(]|\.\w)")
PLACE = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")  # for a value in a message
SHOWN = re.compile(r"""(?<=["'])(?:[✓✗] [^"']*|yes|no|是|否)(?=["'])""")  # a text in such a place
IN_FORMULA = re.compile(r"\\text\{[^}]*[a-z]{3}")


def markdown(text):
    """The pieces of a Markdown text."""
    lines = text.split("\n")
    found = []
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        if fence := FENCE.match(line):
            while lines[end] != "```":
                end += 1
            inside = "\n".join(lines[at + 1 : end])
            found += [Piece(line + "\n"), *(code(inside) if fence[1] == "python" else [Piece(inside)])]
            found.append(Piece("\n```"))
            end += 1
        elif not line or TAG.match(line):
            found.append(Piece(line))
        elif line.startswith("$$"):
            while not lines[end - 1].endswith("$$") or lines[end - 1] == "$$" and end - 1 == at:
                end += 1
            raw = "\n".join(lines[at:end])
            found.append(_piece(raw, "formula", " ".join(lines[at:end])))
        elif whole := next(
            ((kind, match) for kind, pattern in _LINES.items() if (match := pattern.match(line))), None
        ):
            kind, match = whole
            found.append(_piece(line, kind, match[2], match[1], match[3] if match.lastindex > 2 else ""))
        else:
            item = ITEM.match(line)
            while end < len(lines) and not BREAKS.match(lines[end]) and not (item and ITEM.match(lines[end])):
                end += 1
            before, first, kind = (item[1], item[2], "list item") if item else ("", line, "paragraph")
            english = " ".join(part.strip() for part in [first, *lines[at + 1 : end]])
            found.append(_piece("\n".join(lines[at:end]), kind, english, before))
        found.append(Piece("\n"))
        at = end
    return found[:-1]


TEXT = re.compile(r"""<(title|h1|h2|p)\b[^>]*>(?P<text>.*?)</\1>|\balt="(?P<alt>[^"]*)""", re.DOTALL)


def page(text):
    """The pieces of an HTML page: its title, headings and paragraphs, and the words for its pictures."""
    found, at = [], 0
    for match in TEXT.finditer(text):
        begin, end = match.span("text" if match["alt"] is None else "alt")
        found.append(Piece(text[at:begin]))
        found.append(_piece(text[begin:end], "paragraph", " ".join(text[begin:end].split())))
        at = end
    return [*found, Piece(text[at:])]


_LINES = {"heading": HEADING, "table row": ROW, "picture": PICTURE, "summary": SUMMARY}


def code(text):
    """The pieces of a code cell."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    names = _names(text)
    marks = []  # (begin, end, kind, english, before, after)
    marks += _comments(text, lines, starts)
    marks += _strings(text, lines, starts)
    found, at = [], 0
    for begin, end, kind, english, before, after in sorted(marks):
        if begin < at:
            raise ValueError(f"two pieces overlap in: {text[begin:end]}")
        found += [
            Piece(text[at:begin]),
            _piece(
                text[begin:end], kind, english, before, after, names if kind != "printed" else frozenset()
            ),
        ]
        at = end
    return [*found, Piece(text[at:])]


def _piece(raw, kind, english, before="", after="", names=frozenset()):
    """A piece with words in it, or a part that stays as it is."""
    plain = QUIET.sub(" ", PLACE.sub(" ", english) if kind == "printed" else english)
    words = set(WORD.findall(plain)) - names if kind != "formula" else ()
    if words or IN_FORMULA.search(english) or SHOWN.search(english):
        return Piece(raw, kind, english, before, after)
    return Piece(raw)


def _names(text):
    """All names in a piece of code: a comment of nothing but names needs no translation."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        found |= {getattr(node, field, None) for field in ("id", "arg", "attr")}
    return frozenset(name for name in found if name)


def _comments(text, lines, starts):
    """Comments: one at the end of a line, or whole lines that follow each other."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [
        t
        for t in tokens
        if t.type == tokenize.COMMENT and not re.match(r"###|# (noqa|ruff|@param)", t.string)
    ]
    alone = [t for t in comments if not lines[t.start[0] - 1][: t.start[1]].strip()]
    for token in comments:
        if token not in alone:
            begin = starts[token.start[0] - 1] + token.start[1]
            yield begin, begin + len(token.string), "comment", token.string[1:].strip(), "# ", ""
    for _, group in groupby(enumerate(alone), lambda pair: (pair[1].start[0] - pair[0], pair[1].start[1])):
        tokens = [token for _, token in group]
        begin = starts[tokens[0].start[0] - 1]
        end = starts[tokens[-1].start[0] - 1] + tokens[-1].end[1]
        english = " ".join(token.string[1:].strip() for token in tokens)
        yield begin, end, "comment", english, " " * tokens[0].start[1] + "# ", ""


STRING = re.compile(r"""[rf]*("|')(.*)\1""")


def _strings(text, lines, starts):
    """Docstrings, line by line, and the strings with words that print() shows."""

    def place(line, column):
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            string = node.body[0].value
            begin = place(string.lineno, string.col_offset)
            yield from _docstring(text, begin, place(string.end_lineno, string.end_col_offset))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            for string in [part for argument in node.args for part in _shown(argument)]:
                begin = place(string.lineno, string.col_offset)
                end = place(string.end_lineno, string.end_col_offset)
                literal = STRING.fullmatch(text[begin:end])
                if not literal:
                    raise ValueError(f"write this as one string of one line: {text[begin:end]}")
                yield begin + literal.start(2), end - 1, "printed", literal[2], "", ""


def _shown(node):
    """The strings of an argument of print() that are shown as they are."""
    if isinstance(node, ast.JoinedStr) or isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from [*_shown(node.body), *_shown(node.orelse)]
    elif isinstance(node, ast.BoolOp):
        yield from [part for value in node.values for part in _shown(value)]


def _docstring(text, begin, end):
    """The lines of a docstring. A line that is indented further goes on with the one above."""
    at = begin + 3
    lines = text[at : end - 3].split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    number = 0
    while number < len(lines):
        line, first = lines[number], at
        english, number, at = [line.strip()], number + 1, at + len(line) + 1
        while number < len(lines) and english[0] and lines[number].startswith(" " * (margin + 1)):
            english.append(lines[number].strip())
            number, at = number + 1, at + len(lines[number]) + 1
        if english[0]:
            indent = line[: len(line) - len(line.lstrip())]
            stop = at - 1 - (len(lines[number - 1]) - len(lines[number - 1].rstrip()))
            yield first, stop, "docstring", " ".join(english), indent, ""
