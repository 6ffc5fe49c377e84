"""Facts in words: the catalogue's sentence, in the reader's language, with the values in its places."""

import re
import string

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.facts import Fact, Shape, Term
from cs231n.exercises.say.catalogue import CATALOGUE, Plural, Reference
from cs231n.language import tr


def message(lines):
    """The text of a verdict: its first line, and the others indented. A line is a fact, or a list of facts."""
    texts = [joined(words(fact) for fact in _flat(line)) for line in lines]
    return "\n".join([texts[0], *("  " + text for text in texts[1:] if text)])


def joined(sentences):
    """Sentences one after another; Chinese has no space between them."""
    return re.sub("(?<=[，。：；？！]) ", "", " ".join(sentences))


def words(fact):
    """The sentence for a fact."""
    values = dict(fact.values)
    sentence = CATALOGUE[fact.kind]
    if isinstance(sentence, Reference):
        sentence = sentence.there if bank.REFERENCE else sentence.not_there
    if isinstance(sentence, Plural):
        sentence = sentence.one if values["count"] == 1 else sentence.more
    if "expected" in values and "given" in values:
        values |= _two_numbers(values["expected"], values["given"])
    return _Filled().vformat(tr(sentence), (), values)


def listed(words):
    """Words joined by "and"."""
    *others, last = words
    if not others:
        return last
    return tr(CATALOGUE["and"]).format(first=tr(CATALOGUE["comma"]).join(others), last=last)


def number(value, digits=4):
    """A number with four digits, or more, the same on every machine."""
    value = np.asarray(value).item()
    return str(value) if isinstance(value, int) else f"{value + 0.0:.{digits}g}"


class _Filled(string.Formatter):
    """Fills values in: `{names}` lists them with "and", `{names:,}` with commas only."""

    def format_field(self, value, how):
        if isinstance(value, tuple) and not isinstance(value, Shape):
            parts = [_spoken(each) for each in value]
            return tr(CATALOGUE["comma"]).join(parts) if how == "," else listed(parts)
        return _spoken(value)


def _spoken(value):
    if isinstance(value, Fact):
        return words(value)
    if isinstance(value, Term):
        return tr(value)
    if isinstance(value, Shape):
        return str(tuple(value)) if value else tr(CATALOGUE["one_number"])
    return number(value) if isinstance(value, int | float | np.generic) else str(value)


def _two_numbers(expected, given):
    """Two numbers that differ, with as many digits as it takes to see that."""
    numbers = [value["number"] if isinstance(value, Fact) else value for value in (expected, given)]
    if any(isinstance(value, Shape | str) for value in numbers):
        return {}
    if isinstance(numbers[0], int) and float(numbers[1]).is_integer():
        truth = isinstance(numbers[0], bool) and numbers[1] in (0, 1)
        numbers[1] = bool(numbers[1]) if truth else int(numbers[1])
    digits = next((d for d in range(4, 17) if number(numbers[0], d) != number(numbers[1], d)), 17)
    texts = [number(value, digits) for value in numbers]
    named = [
        words(Fact("word", (("number", text), ("word", value["word"])))) if isinstance(value, Fact) else text
        for value, text in zip((expected, given), texts, strict=True)
    ]
    return {"expected": named[0], "given": named[1]}


def _flat(line):
    """The facts of a line, without those that are None."""
    if isinstance(line, Fact):
        yield line
    elif line:
        for each in line:
            yield from _flat(each)
