"""Exercise: three backward functions with one mistake each, told apart by measuring."""

from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def gradient_detective():
    """The mistakes of the suspects in `cs231n.course.chapters.gradient_suspects`, numbered as in chapter 01.

    returns: A, B, C, a number from 1 to 8 each
    """
    A, B, C = 4, 7, 3
    return A, B, C


def inputs(seed=None):
    """One case: the suspects are always the same."""
    return [Case("the three suspects", {})]


MISTAKES = """
a_slope_left_out: 4, 7 -> 5, 7
    A: make Wh symmetric and measure again. Which of 4 and 5 would vanish there?
a_in_the_slope: 4, 7 -> 3, 7
    A: a wrong slope makes da wrong, and with it all five outputs. How many are wrong for A?
b_transposed: 4, 7 -> 4, 6
    B: set prev_h to 0. What would a transposed dWh be then?
b_slope: 7, 3 -> 3, 3
    B: a wrong slope makes da wrong, and with it all five outputs. How many are wrong for B?
c_slope_forgotten: 7, 3 -> 7, 1
    C: saturate the units, so that next_h is 1. Without the slope, db would be the sum of dnext_h there.
c_slope_not_squared: 7, 3 -> 7, 2
    C: saturate the units, so that next_h is 1. With the slope 1 - h, db would be 0 there.
c_one_output_only: 7, 3 -> 7, 8
    C: all five outputs are wrong, not db alone. What do all five come from?
"""

EXERCISE = Exercise(
    chapter="01_rnn_step",
    reference=gradient_detective,
    outputs={"A": (), "B": (), "C": ()},
    whole_numbers=True,
    hide_expected=True,
    cases=inputs,
    start="Start with what was measured: which outputs of A are wrong? Which mistakes touch just these?",
    worth_knowing="where all five are wrong, look at da first: they all come from it.",
    next_step="see how small a step such a measurement should take.",
    hints=(
        "Only some mistakes fit the wrong outputs. Which two are left for A? For B? Which three for C?",
        "Choose inputs that make one of them harmless: a symmetric Wh, a prev_h of zeros, saturated units.",
        "For C, let next_h be 1. The slope is then 1 if it is forgotten, 0 if it is 1 - h, and 0.42 if it is "
        "1 - tanh(h)². Compare db with the sum of dnext_h.",
    ),
    mistakes=known(gradient_detective, MISTAKES),
)
