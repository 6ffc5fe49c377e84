"""Exercise: gradients of an RNN's weights in one product each, after the loop over time."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_inputs
from cs231n.exercises.exercise import Case, Exercise, knows
from cs231n.rnn_layers import rnn_forward

MISTAKES = []


def weight_gradients(x, h0, h, da):
    """dWx = Σ x_tᵀ da_t, dWh = Σ h_{t−1}ᵀ da_t and db = Σ da_t over all captions and steps, each at once.

    x: (N, T, D), h0: (N, H), h: (N, T, H), da: (N, T, H)
    returns: dWx (D, H), dWh (H, H), db (H,)
    """
    return with_states(x, np.concatenate([h0[:, None], h], axis=1)[:, :-1], da)


def with_states(x, prev_h, da):
    """The three sums, for any states before the steps."""
    return np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", prev_h, da), da.sum(axis=(0, 1))


def inputs():
    """Cases: those of rnn_forward, with its states and a gradient for each."""
    found = []
    for seed, case in enumerate(rnn_inputs()):
        x, h0 = case.inputs["x"], case.inputs["h0"]
        h, _ = rnn_forward(*case.inputs.values())
        da = np.random.default_rng(400 + seed).normal(size=h.shape).astype(h.dtype)
        found.append(Case(case.sizes, {"x": x, "h0": h0, "h": h, "da": da}))
    return found


@knows(
    MISTAKES, "states_not_shifted", "dWh: you multiply with the states after each step. Which ones went in?"
)
def states_not_shifted(x, h0, h, da):
    return with_states(x, h, da)


@knows(MISTAKES, "h0_forgotten", "dWh: the first step is missing. What went into it?")
def h0_forgotten(x, h0, h, da):
    return with_states(x, np.concatenate([0 * h0[:, None], h], axis=1)[:, :-1], da)


@knows(MISTAKES, "h0_everywhere", "dWh: you take h0 at all steps. It went into the first one only.")
def h0_everywhere(x, h0, h, da):
    return with_states(x, np.repeat(h0[:, None], h.shape[1], axis=1), da)


@knows(MISTAKES, "last_step_only", "Only the last time step is used. All steps share the weights.")
def last_step_only(x, h0, h, da):
    return weight_gradients(x[:, -1:], h[:, -2] if h.shape[1] > 1 else h0, h[:, -1:], da[:, -1:])


@knows(MISTAKES, "bias_summed_over_captions_only", "db: still one row a step. All steps share the bias, too.")
def bias_summed_over_captions_only(x, h0, h, da):
    return (*weight_gradients(x, h0, h, da)[:2], da.sum(axis=0))


@knows(
    MISTAKES,
    "rows_mixed",
    "dWx: rows of x and da do not belong together: x is sorted by step, da by caption.",
)
def rows_mixed(x, h0, h, da):
    _, dWh, db = weight_gradients(x, h0, h, da)
    by_step = x.transpose(1, 0, 2).reshape(-1, x.shape[2])
    return by_step.T @ da.reshape(-1, da.shape[2]), dWh, db


@knows(
    MISTAKES, "averaged_over_samples", "You divide by the number of samples. The loss has done that already."
)
def averaged_over_samples(x, h0, h, da):
    return tuple(gradient / len(x) for gradient in weight_gradients(x, h0, h, da))


@knows(MISTAKES, "factors_exchanged", "dWx is transposed: one row should be one input, one column one unit.")
def factors_exchanged(x, h0, h, da):
    dWx, dWh, db = weight_gradients(x, h0, h, da)
    return dWx.T, dWh, db


EXERCISE = Exercise(
    name="weight_gradients",
    chapter="08_make_it_fast",
    reference=weight_gradients,
    outputs={"dWx": ("input", "unit"), "dWh": ("old unit", "unit"), "db": ("unit",)},
    cases=inputs,
    start="Start with db: the sum of da over two axes. Then dWx, as one product of two matrices.",
    worth_knowing="a sum of T products is one product of longer matrices.",
    next_step="measure what it brings, in the next cell.",
    hints=(
        "Write dWx for two steps: x_1ᵀ da_1 + x_2ᵀ da_2. Put x_1 on top of x_2, and da_1 on top of da_2: what is "
        "the product of the two tall matrices?",
        "reshape turns (N, T, D) into (N·T, D) without moving a number. x and da must be reshaped the same way.",
        "For dWh you need the state before each step: h0 in front, and h without its last step. "
        "np.concatenate along axis 1 puts them together.",
    ),
    mistakes=tuple(MISTAKES),
)
