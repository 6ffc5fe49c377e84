"""Exercise: gradients back into the rows of the table, repeated words included."""

import numpy as np

from cs231n.exercises.bank.inputs import embedding_gradients
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import word_embedding_backward

MISTAKES = []


def add_up(dout, x, V):
    dW = np.zeros((V, dout.shape[-1]))
    np.add.at(dW, x, dout)
    return dW


@knows(
    MISTAKES,
    "repeated_words_lost",
    "A word that occurs twice keeps only its last gradient: dW[x] = ... and dW[x] += ... write each row once.",
)
def repeated_words_lost(dout, x, W):
    dW = np.zeros_like(W)
    for word, gradient in zip(x.reshape(-1), dout.reshape(-1, dout.shape[-1]), strict=True):
        dW[word] = gradient
    return dW


@knows(
    MISTAKES,
    "first_occurrence_only",
    "A word that occurs twice keeps only its first gradient. Each occurrence should count.",
)
def first_occurrence_only(dout, x, W):
    return repeated_words_lost(dout[::-1, ::-1], x[::-1, ::-1], W)


@knows(
    MISTAKES,
    "repeated_words_averaged",
    "A word that occurs twice gets the average of its gradients. The chain rule over two paths: add, or average?",
)
def repeated_words_averaged(dout, x, W):
    return add_up(dout, x, len(W)) / np.maximum(np.bincount(x.reshape(-1), minlength=len(W)), 1)[:, None]


@knows(
    MISTAKES,
    "repeats_in_a_caption_lost",
    "A word that occurs twice in one caption is counted once. Over the captions you add up well.",
)
def repeats_in_a_caption_lost(dout, x, W):
    return sum(repeated_words_lost(dout[n : n + 1], x[n : n + 1], W) for n in range(len(x)))


@knows(
    MISTAKES,
    "repeats_at_a_step_lost",
    "A word that two captions share at the same time step is counted once.",
)
def repeats_at_a_step_lost(dout, x, W):
    return sum(repeated_words_lost(dout[:, t : t + 1], x[:, t : t + 1], W) for t in range(x.shape[1]))


@knows(
    MISTAKES,
    "averaged_over_samples",
    "You divide by the number of samples. The loss has done the averaging already.",
)
def averaged_over_samples(dout, x, W):
    return add_up(dout, x, len(W)) / len(x)


@knows(MISTAKES, "null_word_skipped", "Row 0 got nothing. Here word 0 is a word like any other.")
def null_word_skipped(dout, x, W):
    dW = add_up(dout, x, len(W))
    dW[0] = 0
    return dW


@knows(
    MISTAKES,
    "unseen_words_missing",
    "dW needs a row for each word of the vocabulary, also for words that do not occur here.",
)
def unseen_words_missing(dout, x, W):
    return add_up(dout, x, x.max() + 1)


@knows(MISTAKES, "one_row_up", "The gradients are one row too high. Words are counted from 0, like rows.")
def one_row_up(dout, x, W):
    return add_up(dout, x - 1, len(W))


@knows(MISTAKES, "words_counted", "You count how often each word occurs. Where is dout?")
def words_counted(dout, x, W):
    return add_up(np.ones_like(dout), x, len(W))


@knows(MISTAKES, "first_sample_only", "Only sample 0 is used.")
def first_sample_only(dout, x, W):
    return add_up(dout[:1], x[:1], len(W))


@knows(MISTAKES, "last_step_only", "Only the last time step is used.")
def last_step_only(dout, x, W):
    return add_up(dout[:, -1:], x[:, -1:], len(W))


@knows(MISTAKES, "transposed", "dW should have the shape of W: one row a word. Yours has one column a word.")
def transposed(dout, x, W):
    return add_up(dout, x, len(W)).T


@knows(
    MISTAKES, "not_scattered", "You give back one gradient for each place in x. dW has one row for each word."
)
def not_scattered(dout, x, W):
    return dout


EXERCISE = Exercise(
    name="word_embedding_backward",
    chapter="03_word_embedding",
    reference=word_embedding_backward,
    forward="word_embedding_forward",
    outputs={"dW": ("word", "dimension")},
    cases=embedding_gradients,
    between=lambda x, W, out: {"V": len(W), "D": W.shape[1], "shape": W.shape, "W_shape": W.shape},
    start="Start with zeros of the shape of W. Each place (n, t) sends dout[n, t] to one row: which one?",
    worth_knowing="dW[x] += dout would count a repeated word once: NumPy reads first, writes later.",
    next_step="chapter 04 puts the pieces together into a captioning model.",
    hints=(
        "A word occurs three times. How many gradients arrive at its row, and what happens to them?",
        "Write it as two loops over n and t first. It is slow, but it is right. NumPy has one function for this.",
        "np.add.at adds into rows, one occurrence after the other. It wants three things: where to add, "
        "which rows, and what.",
    ),
    mistakes=tuple(MISTAKES),
)
