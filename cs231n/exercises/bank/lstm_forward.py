"""Exercise: an LSTM over a sequence."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_inputs
from cs231n.exercises.bank.lstm_step_forward import combine, squashed
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import lstm_forward

MISTAKES = []


def right_step(x_t, h, c, Wx, Wh, b):
    return combine(*squashed(x_t, h, Wx, Wh, b), c)


def unroll(x, h0, c0, *weights, step=right_step, carry=lambda h, c: (h, c), show=0):
    """Run the step over time. `carry` changes what goes to the next step; `show` is 0 for h and 1 for c."""
    shown, h, c = [], h0, c0
    for t in range(x.shape[1]):
        after = step(x[:, t], h, c, *weights)
        shown.append(after[show])
        h, c = carry(*after)
    return np.stack(shown, axis=1)


def right(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights)


@knows(
    MISTAKES,
    "cell_not_carried",
    "The state goes from step to step, but every step starts with an empty cell.",
)
def cell_not_carried(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, carry=lambda h, c: (h, 0 * c))


@knows(
    MISTAKES, "state_not_carried", "The cell goes from step to step, but every step sees h0 as its old state."
)
def state_not_carried(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, carry=lambda h, c: (h0, c))


@knows(
    MISTAKES,
    "nothing_carried",
    "Every step starts from h0 and an empty cell. What does one step hand to the next?",
)
def nothing_carried(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, carry=lambda h, c: (h0, 0 * c))


@knows(
    MISTAKES, "state_and_cell_exchanged", "State and cell are exchanged when you hand them to the next step."
)
def state_and_cell_exchanged(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, carry=lambda h, c: (c, h))


@knows(MISTAKES, "state_as_cell", "The next step gets the state twice, as state and as cell.")
def state_as_cell(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, carry=lambda h, c: (h, h))


@knows(
    MISTAKES,
    "h0_ignored",
    "Your sequence starts from zeros. The first state should be h0; only the cell starts at zero.",
)
def h0_ignored(x, h0, *weights):
    return right(x, 0 * h0, *weights)


@knows(MISTAKES, "cell_starts_at_h0", "The cell starts at zero here, not at h0.")
def cell_starts_at_h0(x, h0, *weights):
    return unroll(x, h0, h0, *weights)


@knows(MISTAKES, "cell_starts_at_one", "The cell starts at zero here, not at one.")
def cell_starts_at_one(x, h0, *weights):
    return unroll(x, h0, np.ones_like(h0), *weights)


@knows(MISTAKES, "cells_returned", "You give back the cells. The states h are asked for.")
def cells_returned(x, h0, *weights):
    return unroll(x, h0, 0 * h0, *weights, show=1)


@knows(
    MISTAKES,
    "gates_in_order_ifgo",
    "The order of the blocks here is i, f, o, g. You read the last two exchanged.",
)
def gates_in_order_ifgo(x, h0, *weights):
    def step(x_t, h, c, Wx, Wh, b):
        return combine(*squashed(x_t, h, Wx, Wh, b, order="ifgo"), c)

    return unroll(x, h0, 0 * h0, *weights, step=step)


@knows(MISTAKES, "bias_forgotten", "One term of the step is missing: the one that does not depend on x or h.")
def bias_forgotten(x, h0, Wx, Wh, b):
    return right(x, h0, Wx, Wh, 0 * b)


@knows(
    MISTAKES,
    "one_step_late",
    "Your h begins with h0 itself. h[:, 0] should be the state after the first input.",
)
def one_step_late(x, h0, *weights):
    return np.concatenate([h0[:, None], right(x, h0, *weights)[:, :-1]], axis=1)


@knows(MISTAKES, "last_step_missing", "The loop stops one step too early: the last state keeps its zeros.")
def last_step_missing(x, h0, *weights):
    h = right(x, h0, *weights)
    return np.concatenate([h[:, :-1], 0 * h[:, -1:]], axis=1)


@knows(
    MISTAKES,
    "last_state_everywhere",
    "All time steps hold the last state. Is one array written again and again?",
)
def last_state_everywhere(x, h0, *weights):
    return np.repeat(right(x, h0, *weights)[:, -1:], x.shape[1], axis=1)


@knows(
    MISTAKES,
    "backward_in_time",
    "You walk from the last input to the first. Forward begins with time step 0.",
)
def backward_in_time(x, h0, *weights):
    return right(x[:, ::-1], h0, *weights)[:, ::-1]


@knows(
    MISTAKES,
    "time_before_sample",
    "The first axis should be the sample, the second the time step. Yours are exchanged.",
)
def time_before_sample(x, h0, *weights):
    return right(x, h0, *weights).swapaxes(0, 1)


@knows(MISTAKES, "only_last_state", "You give back one state. The states of all time steps are asked for.")
def only_last_state(x, h0, *weights):
    return right(x, h0, *weights)[:, -1]


EXERCISE = Exercise(
    name="lstm_forward",
    chapter="06_lstm",
    reference=lstm_forward,
    step="lstm_step_forward",
    outputs={"h": ("sample", "time step", "unit")},
    returns_cache=True,
    cases=lstm_inputs,
    start="Start from your rnn_forward. What must one step hand to the next now, besides the state?",
    worth_knowing="the layers above see only h. The cell is the network's own memory.",
    next_step="lstm_backward, where two gradients are carried back instead of one.",
    hints=(
        "A step gives back a state and a cell. Which of them goes into h, and which goes to the next step?",
        "Before the loop: the state is h0, and the cell is zeros of the same shape and dtype.",
        "In the loop: give x[:, t], the state and the cell to lstm_step_forward, keep both results for the next "
        "step, put the state into h[:, t], and the step's cache into a list.",
    ),
    mistakes=tuple(MISTAKES),
)
