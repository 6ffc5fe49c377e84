"""Exercise: look words up in a table of vectors."""

import numpy as np

from cs231n.exercises.bank.inputs import embedding_inputs
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import word_embedding_forward

MISTAKES = []


@knows(MISTAKES, "columns_for_rows", "You take columns of W. The vector of word v is a row of W.")
def columns_for_rows(x, W):
    return W[:, x]


@knows(
    MISTAKES,
    "time_before_sample",
    "The first axis should be the sample, the second the time step. Yours are exchanged.",
)
def time_before_sample(x, W):
    return W[x.T]


@knows(
    MISTAKES,
    "words_flattened",
    "The numbers are right, but samples and time steps are one long axis. Keep them apart.",
)
def words_flattened(x, W):
    return W[x.reshape(-1)]


@knows(MISTAKES, "one_row_up", "You look one row too high. Words are counted from 0, like rows.")
def one_row_up(x, W):
    return W[x - 1]


@knows(MISTAKES, "one_row_down", "You look one row too low. Words are counted from 0, like rows.")
def one_row_down(x, W):
    return W[(x + 1) % len(W)]


@knows(MISTAKES, "first_word_everywhere", "Every time step gets the vector of the first word.")
def first_word_everywhere(x, W):
    return W[np.repeat(x[:, :1], x.shape[1], axis=1)]


@knows(MISTAKES, "first_sample_everywhere", "Every sample gets the vectors of sample 0.")
def first_sample_everywhere(x, W):
    return W[np.repeat(x[:1], len(x), axis=0)]


@knows(MISTAKES, "averaged_over_time", "You average the words of a caption. Each word keeps its own vector.")
def averaged_over_time(x, W):
    return W[x].mean(axis=1)


@knows(MISTAKES, "summed_over_time", "You add the words of a caption up. Each word keeps its own vector.")
def summed_over_time(x, W):
    return W[x].sum(axis=1)


@knows(MISTAKES, "one_hot_only", "This is the one-hot row of each word. It still has to be multiplied by W.")
def one_hot_only(x, W):
    return np.eye(len(W))[x]


@knows(MISTAKES, "rows_normalised", "You change the length of the vectors. They are copied as they are.")
def rows_normalised(x, W):
    return W[x] / np.linalg.norm(W[x], axis=-1, keepdims=True)


@knows(MISTAKES, "null_word_blanked", "Word 0 gets zeros. It has a vector in W like any other word.")
def null_word_blanked(x, W):
    return W[x] * (x != 0)[..., None]


EXERCISE = Exercise(
    name="word_embedding_forward",
    chapter="03_word_embedding",
    reference=word_embedding_forward,
    outputs={"out": ("sample", "time step", "dimension")},
    returns_cache=True,
    cases=embedding_inputs,
    start="Start small: which row of W belongs to the one word x[0, 0]?",
    worth_knowing="this equals one-hot rows times W, without the many multiplications by zero.",
    next_step="word_embedding_backward, where one word may occur many times.",
    hints=(
        "What is the shape of W, and which of its two axes counts words?",
        "NumPy can take many rows at once: the index may itself be an array, here one of shape (N, T).",
        "out is W with the whole array x as its index. For the cache: the backward pass needs x, "
        "and the number of rows.",
    ),
    mistakes=tuple(MISTAKES),
)
