"""Exercise: how many words each caption has."""

import numpy as np

from cs231n.exercises.exercise import Case, Exercise, knows

MISTAKES = []
NULL, START, END, UNK = range(4)


def caption_lengths(captions):
    """Words in each caption, without <NULL> (0), <START> (1) and <END> (2): the reference of this exercise.

    captions: (N, T) integers
    returns: (N,) integers
    """
    return (captions > END).sum(axis=1)


def inputs():
    """Cases: many captions, one caption, one with no word at all, one that fills its row, and without <START>."""
    cases = [_case(seed, N, T) for seed, (N, T) in enumerate([(6, 9), (1, 7), (4, 17), (4, 5)])]
    spoken = _case(4, 3, 8).inputs["captions"][:, 1:]  # a model does not say <START>
    return [*cases, Case("N=3, T=7, without <START>", {"captions": spoken})]


def _case(seed, N, T):
    rng = np.random.default_rng(300 + seed)
    captions = np.full((N, T), NULL)
    for n, length in enumerate(rng.permutation(T - 1)[:N]):
        words = rng.integers(UNK, 12, size=length)
        captions[n, : length + 2] = [START, *words, END]
    captions[0, :] = [START, *rng.integers(UNK, 12, size=T - 2), END]
    captions[0, 1] = UNK
    return Case(f"N={N}, T={T}", {"captions": captions})


@knows(MISTAKES, "null_counted", "You count every place of a row, the filling with <NULL> too.")
def null_counted(captions):
    return np.full(len(captions), captions.shape[1])


@knows(MISTAKES, "start_and_end_counted", "You count <START> and <END>. They are signs, not words.")
def start_and_end_counted(captions):
    return (captions != NULL).sum(axis=1)


@knows(MISTAKES, "one_sign_counted", "You count <START> or <END>. Both are signs, not words.")
def one_sign_counted(captions):
    return (captions > START).sum(axis=1)


@knows(MISTAKES, "unknown_left_out", "You leave <UNK> out. It stands for a real word, only a rare one.")
def unknown_left_out(captions):
    return (captions > UNK).sum(axis=1)


@knows(MISTAKES, "numbers_added", "You add the word numbers up. Count the words instead.")
def numbers_added(captions):
    return np.where(captions > END, captions, 0).sum(axis=1)


@knows(MISTAKES, "counted_down_the_columns", "You count down the columns. Each row is one caption.")
def counted_down_the_columns(captions):
    return (captions > END).sum(axis=0)


@knows(MISTAKES, "all_captions_together", "This is the number of all captions together. Keep them apart.")
def all_captions_together(captions):
    return np.array((captions > END).sum())


EXERCISE = Exercise(
    name="caption_lengths",
    chapter="00_look_at_the_data",
    reference=caption_lengths,
    outputs={"lengths": ("caption",)},
    whole_numbers=True,
    cases=inputs,
    start="Look at one row first: which of its numbers are words?",
    worth_knowing="comparing a whole array gives booleans, and True counts as 1 in a sum.",
    next_step="the plot below, which uses your function.",
    hints=(
        "Which numbers stand for signs and which for words? Where does <UNK> belong?",
        "captions > 5 is an array of booleans in the shape of captions. What would be the right comparison?",
        "Compare, then sum along the axis that runs within one caption.",
    ),
    mistakes=tuple(MISTAKES),
)
