"""A small TODO says what is right, what is not and what is empty, and blocks nobody."""

import numpy as np
import pytest

from cs231n.exercises import agree


@pytest.mark.parametrize(
    "yours, other",
    [(0.25, 0.25), (3, 3), (3.0, 3), (np.int64(3), 3), (0.3333333, 1 / 3), ([1, 2], np.array([1, 2]))]
    + [("two red", "two red"), (np.float32(0.1), 0.1), (np.array([0.5, 0.25]), np.array([0.5, 0.25]))],
)
def test_the_same_value_is_right(yours, other, capsys):
    assert agree(yours, other) is other
    assert capsys.readouterr().out.startswith("✓ Right")


def test_an_empty_value_blocks_nobody(capsys):
    assert agree(None, 4) == 4
    assert capsys.readouterr().out.startswith("○ Not filled in yet.")


@pytest.mark.parametrize(
    "yours, other, said",
    [
        (0.25, 0.5, "Expected 0.5, yours 0.25."),
        (4, 3, "Expected 3, yours 4."),
        ("two", "two red", "Expected 'two red', yours 'two'."),
        ([1, 2, 3], np.array([1, 2]), "Shape: expected (2,), yours (3,)."),
        (np.array([1, 2, 5]), np.array([1, 2, 3]), "yours[2]"),
        (np.nan, 0.5, "yours nan"),
        ("four", 4, "Its type is str."),
        (len, 4, "Its type is builtin_function_or_method."),
        ([[1], [2, 3]], np.array([1, 2]), "Its type is list."),
    ],
)
def test_a_wrong_value_is_shown_beside_the_right_one_which_is_used(yours, other, said, capsys):
    assert agree(yours, other) is other
    printed = capsys.readouterr().out
    assert printed.startswith("✗ Not right yet.") and said in printed
