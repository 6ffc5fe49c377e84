"""Exercise: which word may look at which."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import mask_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import causal_mask


def solution(T):
    ones = np.ones((T, T), dtype=bool)
    return np.tril(ones)


MISTAKES = """
words_after: np.tril( -> np.triu(
    Word t looks at itself and at the words after it. Which words are there when the next one is chosen?
itself_forbidden: np.tril(ones) -> np.tril(ones, -1)
    A word may not look at itself in your mask. What is left for word 0 to look at?
one_word_too_many: np.tril(ones) -> np.tril(ones, 1)
    Each word sees one word too many: the one that it has to predict.
turned_round: np.tril(ones) -> ~np.tril(ones)
    True means: it may look. Yours is True exactly where it may not.
all_allowed: return np.tril(ones) -> return ones
    In your mask every word looks at every word, at those after it too.
only_itself: np.tril(ones) -> np.eye(T, dtype=bool)
    In your mask each word sees only itself.
only_the_word_before: np.tril(ones) -> np.eye(T, k=-1, dtype=bool)
    In your mask each word sees only the one before it. Attention asks itself and all before.
numbers_to_add: np.tril(ones) -> np.where(np.tril(ones), 0, -1e9)
    These are numbers to add to the scores. Asked for are booleans, True where a word may look.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=causal_mask,
    outputs={"mask": ("asking word", "asked word")},
    cases=mask_inputs,
    start="Draw it for T = 3 on paper first: row t is the word that asks, column s the word that is asked.",
    worth_knowing="with this mask one pass trains all T predictions, and none of them sees its answer.",
    next_step="self_attention_forward: every word asks, at the same time.",
    hints=(
        "Word 2 of 5 asks. Which of the five words have been said by then? Itself belongs to them.",
        "Row t is True in the columns 0 to t. What figure do these rows make, one below the other?",
        "np.tril keeps the lower triangle of a matrix, the diagonal with it. Give it ones of dtype=bool.",
    ),
    mistakes=known(solution, MISTAKES),
)
