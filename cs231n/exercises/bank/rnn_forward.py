"""Exercise: a vanilla RNN over a sequence."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_inputs
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import rnn_forward

MISTAKES = []


def unroll(x, h0, step):
    """Run step(x_t, state) over time and stack the states: (N, T, H)."""
    states, state = [], h0
    for t in range(x.shape[1]):
        state = step(x[:, t], state)
        states.append(state)
    return np.stack(states, axis=1)


def right(x, h0, Wx, Wh, b):
    return unroll(x, h0, lambda x_t, h: np.tanh(x_t @ Wx + h @ Wh + b))


@knows(
    MISTAKES,
    "state_not_carried",
    "Every step of yours starts from h0. Where should the state of step 1 start?",
)
def state_not_carried(x, h0, Wx, Wh, b):
    return np.tanh(x @ Wx + (h0 @ Wh)[:, None] + b)


@knows(MISTAKES, "h0_ignored", "Your sequence starts from zeros. The first step should start from h0.")
def h0_ignored(x, h0, Wx, Wh, b):
    return right(x, 0 * h0, Wx, Wh, b)


@knows(
    MISTAKES,
    "no_state_at_all",
    "No step of yours depends on the step before, or on h0. What makes a network recurrent?",
)
def no_state_at_all(x, h0, Wx, Wh, b):
    return np.tanh(x @ Wx + b)


@knows(MISTAKES, "bias_forgotten", "One term of the step is missing: the one that does not depend on x or h.")
def bias_forgotten(x, h0, Wx, Wh, b):
    return right(x, h0, Wx, Wh, 0 * b)


@knows(MISTAKES, "bias_after_tanh", "The bias belongs inside the squashing, at every step.")
def bias_after_tanh(x, h0, Wx, Wh, b):
    return unroll(x, h0, lambda x_t, h: np.tanh(x_t @ Wx + h @ Wh) + b)


@knows(MISTAKES, "tanh_forgotten", "Your states are not squashed, so they can grow from step to step.")
def tanh_forgotten(x, h0, Wx, Wh, b):
    return unroll(x, h0, lambda x_t, h: x_t @ Wx + h @ Wh + b)


@knows(MISTAKES, "Wh_transposed", "Check the orientation of Wh: it is square, so NumPy cannot warn you.")
def wh_transposed(x, h0, Wx, Wh, b):
    return right(x, h0, Wx, Wh.T, b)


@knows(
    MISTAKES,
    "one_step_late",
    "Your h begins with h0 itself. h[:, 0] should be the state after the first input.",
)
def one_step_late(x, h0, Wx, Wh, b):
    return np.concatenate([h0[:, None], right(x, h0, Wx, Wh, b)[:, :-1]], axis=1)


@knows(MISTAKES, "same_input_every_step", "Every step of yours sees the input of time step 0.")
def same_input_every_step(x, h0, Wx, Wh, b):
    return right(np.repeat(x[:, :1], x.shape[1], axis=1), h0, Wx, Wh, b)


@knows(MISTAKES, "last_step_missing", "The loop stops one step too early: the last state keeps its zeros.")
def last_step_missing(x, h0, Wx, Wh, b):
    h = right(x, h0, Wx, Wh, b)
    return np.concatenate([h[:, :-1], 0 * h[:, -1:]], axis=1)


@knows(MISTAKES, "first_step_missing", "The loop begins one step too late: the first state keeps its zeros.")
def first_step_missing(x, h0, Wx, Wh, b):
    h = right(x[:, 1:], h0, Wx, Wh, b) if x.shape[1] > 1 else np.zeros((len(x), 0, Wh.shape[0]))
    return np.concatenate([np.zeros((len(x), 1, Wh.shape[0])), h], axis=1)


@knows(
    MISTAKES,
    "last_state_everywhere",
    "All time steps hold the last state. Is one array written again and again?",
)
def last_state_everywhere(x, h0, Wx, Wh, b):
    return np.repeat(right(x, h0, Wx, Wh, b)[:, -1:], x.shape[1], axis=1)


@knows(
    MISTAKES,
    "backward_in_time",
    "You walk from the last input to the first. Forward begins with time step 0.",
)
def backward_in_time(x, h0, Wx, Wh, b):
    return right(x[:, ::-1], h0, Wx, Wh, b)[:, ::-1]


@knows(
    MISTAKES,
    "time_before_sample",
    "The first axis should be the sample, the second the time step. Yours are exchanged.",
)
def time_before_sample(x, h0, Wx, Wh, b):
    return right(x, h0, Wx, Wh, b).swapaxes(0, 1)


@knows(MISTAKES, "only_last_state", "You give back one state. The states of all time steps are asked for.")
def only_last_state(x, h0, Wx, Wh, b):
    return right(x, h0, Wx, Wh, b)[:, -1]


EXERCISE = Exercise(
    name="rnn_forward",
    chapter="02_rnn_sequence",
    reference=rnn_forward,
    step="rnn_step_forward",
    outputs={"h": ("sample", "time step", "unit")},
    returns_cache=True,
    cases=rnn_inputs,
    start="Start with an empty array h of shape (N, T, H) and a loop over time. What does one pass do?",
    worth_knowing="the loop has to stay, because each state needs the one before.",
    next_step="rnn_backward, which walks the same steps from the end to the start.",
    hints=(
        "Which two things does time step t need, and which of them was made at time step t - 1?",
        "Keep one variable for the current state. It starts as h0. x[:, t] has shape (N, D).",
        "In the loop: give x[:, t] and the current state to rnn_step_forward, put the new state into h[:, t], "
        "and keep the step's cache in a list.",
    ),
    mistakes=tuple(MISTAKES),
)
