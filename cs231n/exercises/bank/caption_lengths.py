"""Exercise: how many words each caption has."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known

NULL, START, END, UNK = range(4)


def caption_lengths(captions):
    """Words in each caption, without <NULL> (0), <START> (1) and <END> (2).

    captions: (N, T) integers; a row may be without <START>
    returns: (N,) integers
    """
    return (captions > END).sum(axis=1)


def inputs(seed=None):
    """Cases: many captions, one caption, one with no word, one that fills its row, some without <START>."""
    sizes = longer([(6, 9), (1, 7), (4, 17), (4, 5)], seed)
    return [_case(generator(300 + k, seed), N, max(N + 1, T)) for k, (N, T) in enumerate(sizes)]


def _case(rng, N, T):
    captions = np.full((N, T), NULL)
    for n, length in enumerate(rng.permutation(T - 1)[:N]):
        words = rng.integers(UNK, 12, size=length)
        captions[n, : length + 2] = [START, *words, END]
    captions[0, :] = [START, *rng.integers(UNK, 12, size=T - 2), END]
    captions[0, 1] = UNK
    captions[1::2, :-1], captions[1::2, -1] = captions[1::2, 1:], NULL  # without <START>
    return Case(f"N={N}, T={T}", {"captions": captions})


MISTAKES = """
null_counted: captions > END -> captions >= NULL
    You count every place of a row, the filling with <NULL> too.
start_and_end_counted: captions > END -> captions != NULL
    You count <START> and <END>. They are signs, not words.
end_counted: captions > END -> captions > START
    You count <END>. It is a sign, not a word.
start_counted: captions > END -> (captions > END) | (captions == START)
    You count one more where a row has <START>. It is a sign, not a word.
two_signs_taken_off: (captions > END).sum(axis=1) -> (captions != NULL).sum(axis=1) - 2
    Yours is right only where a row has both <START> and <END>. A row may be without <START>.
unknown_left_out: captions > END -> captions > UNK
    You leave <UNK> out. It stands for a real word, only a rare one.
numbers_added: (captions > END) -> ((captions > END) * captions)
    You add the word numbers up. Count the words instead.
counted_down_the_columns: axis=1 -> axis=0
    You count down the columns. Each row is one caption.
all_captions_together: sum(axis=1) -> sum()
    This is the number of all captions together. Keep them apart.
"""

EXERCISE = Exercise(
    chapter="00_look_at_the_data",
    reference=caption_lengths,
    outputs={"lengths": ("caption",)},
    whole_numbers=True,
    cases=inputs,
    of_the_notebook=("captions",),
    start="Look at one row first: which of its numbers are words?",
    worth_knowing="comparing a whole array gives booleans, and True counts as 1 in a sum.",
    next_step="the plot below, which uses your function.",
    hints=(
        "Which numbers stand for signs and which for words? Where does <UNK> belong?",
        "captions > 5 is an array of booleans in the shape of captions. What would be the right comparison?",
        "Compare, then sum along the axis that runs within one caption.",
    ),
    mistakes=known(caption_lengths, MISTAKES),
)
