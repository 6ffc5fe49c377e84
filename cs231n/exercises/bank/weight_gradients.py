"""Exercise: gradients of an RNN's weights in one product each, after the loop over time."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, rnn_inputs
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import rnn_forward


def weight_gradients(x, h0, h, da):
    """dWx = Σ x_tᵀ da_t, dWh = Σ h_{t−1}ᵀ da_t and db = Σ da_t over all captions and steps, each at once.

    x: (N, T, D), h0: (N, H), h: (N, T, H), da: (N, T, H)
    returns: dWx (D, H), dWh (H, H), db (H,)
    """
    return with_states(x, np.concatenate([h0[:, None], h], axis=1)[:, :-1], da)


def with_states(x, prev_h, da):
    """The three sums, for any states before the steps."""
    return np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", prev_h, da), da.sum(axis=(0, 1))


def inputs(seed=None):
    """Cases: those of rnn_forward, with its states and a gradient for each."""
    found = []
    for k, case in enumerate(rnn_inputs(seed)):
        x, h0 = case.inputs["x"], case.inputs["h0"]
        h, _ = rnn_forward(*case.inputs.values())
        da = generator(400 + k, seed).normal(size=h.shape).astype(h.dtype)
        found.append(Case(case.sizes, {"x": x, "h0": h0, "h": h, "da": da}))
    return found


def inputs_of_length(length):
    """As many captions as steps: an answer without a loop asks NumPy for the same, however many there are."""
    random = np.random.default_rng(9)
    N = T = length
    shapes = {"x": (N, T, 3), "h0": (N, 4), "h": (N, T, 4), "da": (N, T, 4)}
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


def solution(x, h0, h, da):
    N, T, D = x.shape
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    rows = da.reshape(N * T, -1)
    return x.reshape(N * T, D).T @ rows, prev_h.reshape(N * T, -1).T @ rows, rows.sum(axis=0)


MISTAKES = """
states_not_shifted: np.concatenate([h0[:, None], h[:, :-1]], axis=1) -> h
    dWh: you multiply with the states after each step. Which ones went in?
h0_forgotten: [h0[:, None] -> [0 * h0[:, None]
    dWh: the first step is missing. What went into it?
h0_everywhere: np.concatenate([h0[:, None], h[:, :-1]], axis=1) -> np.repeat(h0[:, None], T, axis=1)
    dWh: you take h0 at all steps. It went into the first one only.
last_step_only: rows = da -> da = da * (np.arange(T) == T - 1)[:, None]; rows = da
    Only the last time step is used. All steps share the weights.
bias_summed_over_captions_only: rows.sum(axis=0) -> da.sum(axis=0)
    db: still one row per step. All steps share the bias, too.
rows_mixed: x.reshape -> x.swapaxes(0, 1).reshape
    dWx: rows of x and da do not belong together: x is sorted by step, da by caption.
averaged_over_samples: da.reshape(N * T, -1) -> da.reshape(N * T, -1) / N
    You divide by the number of samples. The loss has done that already.
dWh_exchanged: prev_h.reshape(N * T, -1).T @ rows -> rows.T @ prev_h.reshape(N * T, -1)
    dWh is transposed: one row should be one old unit, one column one unit.
factors_exchanged: x.reshape(N * T, D).T @ rows -> rows.T @ x.reshape(N * T, D)
    dWx is transposed: one row should be one input, one column one unit.
"""

EXERCISE = Exercise(
    chapter="13_make_it_fast",
    reference=weight_gradients,
    outputs={"dWx": ("input", "unit"), "dWh": ("old unit", "unit"), "db": ("unit",)},
    cases=inputs,
    without_loop=inputs_of_length,
    start="Start with db: the sum of da over two axes. Then dWx, as one product of two matrices.",
    worth_knowing="a sum of T products is one product of longer matrices.",
    next_step="measure what it brings, in the next cell.",
    hints=(
        "Write dWx for two steps: x_1ᵀ da_1 + x_2ᵀ da_2. Put x_1 on top of x_2, and da_1 on top of da_2: what is "
        "the product of the two tall matrices?",
        "reshape turns (N, T, D) into (N·T, D) without moving a number. x and da must be reshaped the same way.",
        "For dWh you need the state before each step: h0[:, None] of shape (N, 1, H) in front, and h[:, :-1]. "
        "np.concatenate along axis 1 puts them together.",
    ),
    mistakes=known(solution, MISTAKES),
)
