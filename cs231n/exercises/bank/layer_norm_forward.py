"""Exercise: layer norm."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import layer_norm_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import layer_norm_forward


def solution(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(variance + eps)
    return gamma * x_hat + beta


MISTAKES = """
statistics_over_the_batch: x.mean(axis=-1, keepdims=True) -> x.mean(axis=(0, 1))
    x.var(axis=-1, keepdims=True) -> x.var(axis=(0, 1))
    You take mean and variance over the batch: that is batch norm. Here each vector has its own.
variance_over_the_batch: x.var(axis=-1, keepdims=True) -> x.var(axis=(0, 1))
    The variance runs over the batch. Each vector has its own, over its D numbers.
mean_over_the_batch: x.mean(axis=-1, keepdims=True) -> x.mean(axis=(0, 1))
    The mean runs over the batch. Each vector has its own, over its D numbers.
statistics_over_the_words: x.mean(axis=-1, keepdims=True) -> x.mean(axis=1, keepdims=True)
    x.var(axis=-1, keepdims=True) -> x.var(axis=1, keepdims=True)
    You take mean and variance over the words of a caption. Each word's vector has its own.
one_mean_for_all: x.mean(axis=-1, keepdims=True) -> x.mean()
    x.var(axis=-1, keepdims=True) -> x.var()
    All vectors share one mean and one variance in your code. Each has its own.
eps_outside_the_root: np.sqrt(variance + eps) -> (np.sqrt(variance) + eps)
    eps stands inside the root, beside the variance. Yours is outside.
eps_forgotten: np.sqrt(variance + eps) -> np.sqrt(variance)
    eps is missing. It keeps a vector of equal numbers from a division by 0.
divided_by_the_variance: np.sqrt(variance + eps) -> (variance + eps)
    You divide by the variance. Its root is what has the size of x.
mean_not_taken_off: (x - mean) -> x
    The mean is not taken off.
one_number_less: x.var(axis=-1, keepdims=True) -> x.var(axis=-1, keepdims=True, ddof=1)
    Your variance divides by D − 1. Layer norm takes the mean of the squares: by D.
scale_and_shift_exchanged: gamma * x_hat + beta -> beta * x_hat + gamma
    gamma is the scale and beta the shift. You have them the other way round.
shift_forgotten: gamma * x_hat + beta -> gamma * x_hat
    The shift beta is missing.
scale_forgotten: gamma * x_hat + beta -> x_hat + beta
    The scale gamma is missing.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=layer_norm_forward,
    outputs={"out": ("sample", "word", "unit")},
    returns_cache=True,
    cases=layer_norm_inputs,
    of_the_notebook=("gamma", "beta"),
    start="Start with the mean of each vector: x.mean(axis=-1, keepdims=True), of shape (N, T, 1).",
    worth_knowing="it does the same in training and when the model speaks: no vector knows of another one.",
    next_step="layer_norm_backward: three paths again.",
    hints=(
        "Which numbers share one mean: those of a batch, of a caption, or of one word's vector?",
        "Take the mean off, divide by √(variance + eps), both over the last axis. Then scale and shift.",
        "x.var(axis=-1, keepdims=True) is the variance. keepdims keeps the axis, so that x - mean fits.",
    ),
    mistakes=known(solution, MISTAKES),
)
