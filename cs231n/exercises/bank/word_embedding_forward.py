"""Exercise: look words up in a table of vectors."""

import numpy as np  # noqa: F401  (mistakes need it)

from cs231n.exercises.bank.inputs import embedding_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import word_embedding_forward


def solution(x, W):
    return W[x]


MISTAKES = """
columns_for_rows: W[x] -> W[:, x]
    You take columns of W. The vector of word v is a row of W.
time_before_sample: W[x] -> W[x.T]
    The first axis should be the sample, the second the time step. Yours are exchanged.
words_flattened: W[x] -> W[x.reshape(-1)]
    The numbers are right, but samples and time steps are one long axis. Keep them apart.
one_row_up: W[x] -> W[x - 1]
    You look one row too high. Words are counted from 0, like rows.
one_row_down: W[x] -> W[(x + 1) % len(W)]
    You look one row too low. Words are counted from 0, like rows.
first_word_everywhere: W[x] -> W[np.repeat(x[:, :1], x.shape[1], axis=1)]
    Every time step gets the vector of the first word.
first_sample_everywhere: W[x] -> W[np.repeat(x[:1], len(x), axis=0)]
    Every sample gets the vectors of sample 0.
transposed_vectors: W[x] -> W[x].swapaxes(1, 2)
    The last axis should hold the vector, the one before it the time step. Yours are exchanged.
averaged_over_time: W[x] -> W[x].mean(axis=1)
    You average the words of a caption. Each word keeps its own vector.
summed_over_time: W[x] -> W[x].sum(axis=1)
    You add the words of a caption up. Each word keeps its own vector.
one_hot_only: W[x] -> np.eye(len(W))[x]
    This is the one-hot row of each word. It still has to be multiplied by W.
rows_normalised: W[x] -> W[x] / np.linalg.norm(W[x], axis=-1, keepdims=True)
    You change the length of the vectors. They are copied as they are.
null_word_blanked: W[x] -> W[x] * (x != 0)[..., None]
    Word 0 gets zeros. It has a vector in W like any other word.
"""

EXERCISE = Exercise(
    chapter="03_word_embedding",
    reference=word_embedding_forward,
    outputs={"out": ("sample", "time step", "dimension")},
    returns_cache=True,
    cases=embedding_inputs,
    of_the_notebook=("x", "W"),
    start="Start small: which row of W belongs to the one word x[0, 0]?",
    worth_knowing="this equals one-hot rows times W, without the many multiplications by zero.",
    next_step="word_embedding_backward, where one word may occur many times.",
    hints=(
        "What is the shape of W, and which of its two axes counts words?",
        "NumPy can take many rows at once: the index may itself be an array, here one of shape (N, T).",
        "out is W with the whole array x as its index. For the cache: the backward pass needs x, "
        "and the number of rows.",
    ),
    mistakes=known(solution, MISTAKES),
)
