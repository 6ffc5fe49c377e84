"""What is said to wrong answers that beginners type, compared with stored text, so that a change is seen."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from beginners import ANSWERS
from mistaken_answers import with_inputs_as_cache

from cs231n.exercises import bank, grade

STORED = Path(__file__).with_name("messages") / "beginners.txt"


@cache
def verdict(k):
    name, source = ANSWERS[k]
    space = {"np": np}
    exec(source, space)
    forward = bank.find(name).forward
    return grade(space[name], with_inputs_as_cache(forward) if forward else None)


def text(k):
    """The answer, the name that it gets, and what is said after where it departs."""
    said = [
        line
        for line in verdict(k).message.splitlines()[1:]
        if not re.match("  (First|All|\\d+ of|Line)", line)
    ]
    return "\n".join([f"## {verdict(k).mistake}", ANSWERS[k][1].strip(), *said, ""])


@pytest.mark.parametrize("k", range(len(ANSWERS)))
def test_no_wrong_answer_is_called_right(k):
    assert verdict(k).status in ("wrong", "error")


def test_what_is_said_is_what_is_stored():
    assert "\n".join(map(text, range(len(ANSWERS)))) == STORED.read_text(encoding="utf-8")


def test_four_of_five_get_a_name():
    named = [k for k in range(len(ANSWERS)) if verdict(k).mistake]
    assert len(named) >= 0.8 * len(ANSWERS)


if __name__ == "__main__":
    STORED.write_text("\n".join(map(text, range(len(ANSWERS)))), encoding="utf-8", newline="\n")
