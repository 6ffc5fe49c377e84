"""Exercise: cut a gradient down to a limit."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def clip_gradient(gradient, limit):
    """The gradient, cut down to the length `limit` where it is longer: g · min(1, limit / ‖g‖).

    gradient: array of any shape; limit: a number above 0
    returns: array in the shape of gradient
    """
    length = np.sqrt((gradient**2).sum())
    return gradient * (limit / length) if length > limit else gradient


def inputs(seed=None):
    """Cases: too long and short enough, also where the length's square is not; one number, float32, zeros."""
    rng = generator(500, seed)
    cases = []
    for shape, length, limit, dtype in (
        ((3, 4), 10.0, 5.0, np.float64),
        ((2, 5), 2.0, 5.0, np.float64),
        ((2, 3), 3.0, 5.0, np.float64),  # short enough, and its square is not
        ((1, 1), 7.0, 0.5, np.float64),
        ((3, 2), 0.6, 0.5, np.float64),  # too long, and its square is not
        ((4, 3), 1e6, 2.0, np.float32),
        ((5, 2), 0.0, 1.0, np.float64),
    ):
        [shape] = longer([shape], seed)
        gradient = rng.standard_normal(shape)
        gradient *= length / np.linalg.norm(gradient)
        sizes = f"{shape[0]} × {shape[1]} numbers, length {length:g}, limit {limit:g}"
        cases.append(Case(sizes, {"gradient": gradient.astype(dtype), "limit": limit}))
    return cases


MISTAKES = """
cut_the_wrong_ones: length > limit -> 0 < length <= limit
    You cut the gradients that are short enough, and leave the long ones as they are.
never_left_alone: length > limit -> length > 0
    A gradient that is short enough should stay as it is. You bring every gradient to the limit.
always_cut: if length > limit else gradient -> if length else np.full(gradient.shape, np.nan)
    A gradient that is short enough should stay as it is. You bring every gradient to the limit.
count_of_rows_as_length: np.sqrt((gradient**2).sum()) -> len(gradient)
    len counts the rows. The length is the root of the sum of the squares.
each_number_cut: gradient * (limit / length) -> gradient.clip(-limit, limit)
    You cut each number by itself. That turns the direction: use one factor for the whole array.
root_forgotten: np.sqrt((gradient**2).sum()) -> (gradient**2).sum()
    The length is the square root of the sum of the squares. The root is missing.
square_compared: if length > limit -> if length**2 > limit
    The square of the length is compared with the limit. Compare the length itself.
length_of_rows: (gradient**2).sum() -> (gradient**2).sum(axis=1, keepdims=True)
    length > limit -> (length > limit).any()
    You take one length for each row. The whole array has one.
mean_for_sum: (gradient**2).sum() -> (gradient**2).mean()
    The length adds all squares up. You take their mean.
largest_number_as_length: np.sqrt((gradient**2).sum()) -> np.abs(gradient).max()
    You take the largest number as the length. The length is the root of the sum of all squares.
sum_of_sizes_as_length: np.sqrt((gradient**2).sum()) -> np.abs(gradient).sum()
    You add the sizes of the numbers. The length is the root of the sum of the squares.
cut_to_one: gradient * (limit / length) -> gradient / length
    What you cut has length 1. It should have the length `limit`.
factor_upside_down: (limit / length) -> (length / limit)
    The factor is upside down: it should make a long gradient shorter.
half_for_root: np.sqrt((gradient**2).sum()) -> (gradient**2).sum() / 2
    Your length is half of the sum of the squares. Is it ** 1/2? Python takes the power first: ** 0.5.
"""

EXERCISE = Exercise(
    chapter="02_rnn_sequence",
    reference=clip_gradient,
    outputs={"clipped": ("row", "column")},
    cases=inputs,
    of_the_notebook=("gradient",),
    start="Start with the length of the whole array: the root of the sum of its squares, one number.",
    worth_knowing="for a whole model, people take one length over the gradients of all weights together.",
    next_step="use it on the gradient that explodes.",
    hints=(
        "One factor for all numbers changes the length and keeps the direction. What should the factor be?",
        "np.linalg.norm(gradient) is the length of an array, whatever its shape.",
        "Above the limit, multiply the gradient by limit / length. Otherwise return it as it is.",
    ),
    mistakes=known(clip_gradient, MISTAKES),
)
