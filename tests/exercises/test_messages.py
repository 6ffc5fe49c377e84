"""What a student reads, compared with stored text, so that a change is seen.

After a wanted change: `python tests/exercises/test_messages.py` writes the files anew; read the difference.
"""

import re
from pathlib import Path

import pytest
from mistaken_answers import KNOWN, handed_in

from cs231n.exercises import bank, grade

STORED = Path(__file__).with_name("messages")


def messages(name):
    """All that one exercise can say about an answer, as text."""
    exercise = bank.find(name)
    parts = [("not filled in", grade(unfilled(name)).message), ("right", grade(right(name)).message)]
    for known, mistake in KNOWN:
        if known == name:
            parts.append((mistake.name, grade(*handed_in(name, mistake)).message))
    parts += [(f"hint {k}", text) for k, text in enumerate(exercise.hints, 1)]
    text = "".join(f"## {title}\n{text}\n\n" for title, text in parts)
    return re.sub(r"  Line \d+.*\n", "", text)  # the line of an error is a line of these tests


def unfilled(name):
    def answer(*arguments):
        raise NotImplementedError("TODO")

    answer.__name__ = name
    return answer


def right(name):
    def answer(*arguments):
        return bank.find(name).reference(*arguments)

    answer.__name__ = name
    return answer


@pytest.mark.parametrize("name", bank.ORDER)
def test_messages_are_the_stored_ones(name):
    assert messages(name) == (STORED / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", bank.ORDER)
def test_messages_are_the_same_the_second_time(name):
    assert messages(name) == messages(name)


if __name__ == "__main__":
    STORED.mkdir(exist_ok=True)
    for each in bank.ORDER:
        (STORED / f"{each}.txt").write_text(messages(each), encoding="utf-8", newline="\n")
