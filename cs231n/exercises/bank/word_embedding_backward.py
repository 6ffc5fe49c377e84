"""Exercise: gradients back into the rows of the table, repeated words included."""

import numpy as np

from cs231n.exercises.bank.inputs import embedding_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import word_embedding_backward


def solution(dout, x, W):
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


MISTAKES = """
repeated_words_lost: np.add.at(dW, x, dout) -> dW[x] = dout
    A word that occurs twice keeps only its last gradient: dW[x] = ... and dW[x] += ... write each row once.
first_occurrence_only: np.add.at(dW, x, dout) -> dW[x[::-1, ::-1]] = dout[::-1, ::-1]
    A word that occurs twice keeps only its first gradient. Each occurrence should count.
repeated_words_averaged:
    return dW -> return dW / np.bincount(x.reshape(-1), minlength=len(W)).clip(1)[:, None]
    A word that occurs twice gets the average of its gradients. The chain rule over two paths: add, or average?
repeats_in_a_caption_lost: np.add.at(dW, x, dout) -> for n in range(len(x)): dW[x[n]] += dout[n]
    (Over the captions you add up well.) A word that occurs twice in one caption is counted once.
repeats_at_a_step_lost: np.add.at(dW, x, dout) -> for t in range(x.shape[1]): dW[x[:, t]] += dout[:, t]
    A word that two captions share at the same time step is counted once.
averaged_over_samples: return dW -> return dW / len(x)
    You divide by the number of samples. The loss has done the averaging already.
null_word_skipped: return dW -> dW[0] = 0; return dW
    Row 0 got nothing. Here word 0 is a word like any other.
unseen_words_missing: zeros_like(W) -> zeros_like(W[: x.max() + 1])
    dW needs a row for each word of the vocabulary, also for words that do not occur here.
one_row_up: dW, x -> dW, x - 1
    The gradients are one row too high. Words are counted from 0, like rows.
words_counted: x, dout) -> x, np.ones_like(dout))
    You count how often each word occurs. Where is dout?
averaged_over_places: return dW -> return dW / x.size
    You divide by the number of places. The loss has done the averaging already.
first_sample_only: x, dout) -> x[:1], dout[:1])
    Only sample 0 is used.
last_step_left_out: x, dout) -> x[:, :-1], dout[:, :-1])
    The last time step is left out.
first_step_left_out: x, dout) -> x[:, 1:], dout[:, 1:])
    The first time step is left out.
last_step_only: x, dout) -> x[:, -1:], dout[:, -1:])
    Only the last time step is used.
transposed: return dW -> return dW.T
    dW should have the shape of W: one row per word. Yours has one column per word.
not_scattered: return dW -> return dout
    You return one gradient for each place in x. dW has one row for each word.
"""

EXERCISE = Exercise(
    chapter="03_word_embedding",
    reference=word_embedding_backward,
    needs=("word_embedding_forward",),
    forward="word_embedding_forward",
    outputs={"dW": ("word", "dimension")},
    cases=embedding_gradients,
    of_the_notebook=("x", "W"),
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
    mistakes=known(solution, MISTAKES),
)
