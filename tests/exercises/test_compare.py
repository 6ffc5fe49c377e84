"""Where and how far numbers depart: masks with a tolerance for each type, and facts about them."""

import numpy as np
import pytest

from cs231n.exercises.compare import Departure, agrees, describe, differing
from cs231n.exercises.say.words import words

RIGHT = np.array([[1.0, -2.0, 0.0], [0.5, 4.0, 3.0]])


@pytest.mark.parametrize(
    ("expected", "given", "same"),
    [
        (RIGHT, RIGHT + 0.9e-5 * 4, True),  # five digits of the largest value
        (RIGHT, RIGHT + 1.1e-5 * 4, False),
        (RIGHT, (RIGHT + 2.9e-4 * 4).astype(np.float32), True),  # three, where one side is float32
        (RIGHT.astype(np.float32), RIGHT + 3.1e-4 * 4, False),
        (RIGHT, (RIGHT + 2e-4 * 4).astype(np.float16), True),
        (np.array([1, 2]), np.array([1.0, 2.0]), True),
        (np.array([1, 2]), np.array([1.0, 2.0 + 1e-9]), False),  # whole numbers: exactly
        (np.array([True, False]), np.array([1, 0]), True),
        (np.array([np.inf, np.nan, 1.0]), np.array([np.inf, np.nan, 1.0]), True),
        (np.array([np.inf, 1.0]), np.array([-np.inf, 1.0]), False),
        (np.array([np.inf, 1.0]), np.array([np.inf, 1.1]), False),  # inf is no scale for the others
        (np.array([np.nan]), np.array([0.0]), False),
        (np.zeros(2), np.full(2, 0.9e-8), True),  # near zero the scale is 0.001
        (np.zeros(2), np.full(2, 1.1e-8), False),
        (np.zeros((2, 1)), np.zeros(2), False),
        (np.zeros((0, 3)), np.zeros((0, 3)), True),
    ],
)
def test_numbers_agree_within_their_type(expected, given, same):
    assert agrees(expected, given) == same


def test_the_mask_shows_the_places_and_other_shapes_have_none():
    assert differing(RIGHT, RIGHT + [[0, 1, 0], [0, 0, 0]]).tolist() == [[False, True, False], [False] * 3]
    assert differing(RIGHT, RIGHT.T) is None


def told(given, axes=("sample", "unit"), expected=RIGHT, **about):
    lines = describe(Departure("h", axes, expected, np.asarray(given), **about))
    return [" ".join(map(words, line)) for line in lines]


def test_a_departure_is_placed_and_measured():
    one = told(RIGHT + [[0, 0, 0], [0, 1, 0]])
    assert one[0] == "First difference: h[1, 1] (sample 1, unit 1): expected 4, yours 5."
    assert one[1].startswith("1 of 6 numbers differ, only at sample 1 and unit 1.")
    assert one[1].endswith("The largest difference is 25% of the largest expected value.")
    assert told(RIGHT + 1)[1].startswith("All 6 numbers differ.")
    assert "less than 0.1%" in told(RIGHT + 3e-3)[1] and "9.5%" in told(RIGHT + 0.38)[1]
    assert told(RIGHT * np.nan)[1].endswith("Some are not finite (nan or inf).")


def test_gates_words_and_hidden_values_have_words_of_their_own():
    gates = np.zeros((2, 8))
    placed = told(gates + (np.arange(8) // 2 == 2), axes=("sample", "gate"), expected=gates)
    assert "h[0, 4] (sample 0, gate o, unit 0)" in placed[0] and "only at gate o." in placed[1]
    spoken = told([[3, 1]], axes=("sample", "time step"), expected=np.array([[3, 2]]), words={2: "<END>"})
    assert spoken == ["First difference: h[0, 1] (sample 0, time step 1): expected 2 (<END>), yours 1.",
                      "1 of 2 numbers differ, only at time step 1."]  # fmt: skip
    assert told([1, 2], axes=("place",), expected=np.array([1, 3]), hidden=True) == [
        "First difference: h[1] (place 1): yours 2."
    ]
    assert told(5, axes=(), expected=np.array(4), hidden=True) == ["Yours is 5."]
    assert told(5, axes=(), expected=np.array(4)) == ["Expected 4, yours 5."]
    assert told(RIGHT.T) == ["Shape: expected (2, 3), yours (3, 2)."]
