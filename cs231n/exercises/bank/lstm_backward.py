"""Exercise: an LSTM over a sequence, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_gradients
from cs231n.exercises.bank.lstm_forward import right_step
from cs231n.exercises.bank.lstm_step_backward import backward as step_back
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import lstm_backward

MISTAKES = []


def walk(dh, x, h0, Wx, Wh, b, incoming=np.add, carry=lambda dh, dc: (dh, dc), order=reversed):
    """Walk back over the steps. Returns, by time step, the six gradients of each step."""
    T, h, c = x.shape[1], h0, 0 * h0
    before = []
    for t in range(T):
        before.append((h, c))
        h, c = right_step(x[:, t], h, c, Wx, Wh, b)
    found, dstate, dcell = {}, 0 * h0, 0 * h0
    for t in order(range(T)):
        found[t] = step_back(incoming(dh[:, t], dstate), dcell, x[:, t], *before[t], Wx, Wh, b)
        dstate, dcell = carry(found[t][1], found[t][2])
    return [found[t] for t in range(T)]


def gather(found):
    """The right way to put the steps' gradients together."""
    dx = np.stack([step[0] for step in found], axis=1)
    return [dx, found[0][1], *(sum(step[k] for step in found) for k in (3, 4, 5))]


@knows(
    MISTAKES,
    "cell_gradient_not_carried",
    "Two gradients go back from step to step. The one of the cell stops at each step of yours.",
)
def cell_gradient_not_carried(dh, *inputs):
    return gather(walk(dh, *inputs, carry=lambda dstate, dcell: (dstate, 0 * dcell)))


@knows(
    MISTAKES, "later_steps_forgotten", "dh of the later steps is missing: a state also acts on the next step."
)
def later_steps_forgotten(dh, *inputs):
    return gather(walk(dh, *inputs, carry=lambda dstate, dcell: (0 * dstate, dcell)))


@knows(
    MISTAKES,
    "nothing_carried",
    "Every step of yours stands alone. Which two gradients does a step hand to the step before?",
)
def nothing_carried(dh, *inputs):
    return gather(walk(dh, *inputs, carry=lambda dstate, dcell: (0 * dstate, 0 * dcell)))


@knows(
    MISTAKES,
    "state_and_cell_exchanged",
    "The gradients of state and cell are exchanged when you carry them back.",
)
def state_and_cell_exchanged(dh, *inputs):
    return gather(walk(dh, *inputs, carry=lambda dstate, dcell: (dcell, dstate)))


@knows(MISTAKES, "own_step_forgotten", "Only the last time step's dh enters. Every step has a dh of its own.")
def own_step_forgotten(dh, *inputs):
    last = np.zeros_like(dh)
    last[:, -1] = dh[:, -1]
    return gather(walk(last, *inputs))


@knows(
    MISTAKES,
    "forward_in_time",
    "You walk from the first step to the last. Which step's gradient must be known first?",
)
def forward_in_time(dh, *inputs):
    found = walk(dh, *inputs, order=iter)
    dx, _, *dweights = gather(found)
    return [dx, found[-1][1], *dweights]


@knows(
    MISTAKES,
    "weights_overwritten",
    "The weights are shared by all steps, and your loop keeps the gradient of one step only.",
)
def weights_overwritten(dh, *inputs):
    found = walk(dh, *inputs)
    return [*gather(found)[:2], *found[0][3:]]


@knows(
    MISTAKES,
    "weights_of_last_step",
    "The weights are shared by all steps, and you keep only the last step's gradient.",
)
def weights_of_last_step(dh, *inputs):
    found = walk(dh, *inputs)
    return [*gather(found)[:2], *found[-1][3:]]


@knows(
    MISTAKES,
    "weights_averaged",
    "You average the weights' gradients over the time steps. Shared weights: add, or average?",
)
def weights_averaged(dh, *inputs):
    found = walk(dh, *inputs)
    dx, dh0, *dweights = gather(found)
    return [dx, dh0, *(dw / len(found) for dw in dweights)]


@knows(MISTAKES, "db_overwritten", "db: b is shared by all time steps, like Wx and Wh.")
def db_overwritten(dh, *inputs):
    found = walk(dh, *inputs)
    return [*gather(found)[:4], found[0][5]]


@knows(MISTAKES, "dh0_zero", "dh0 is still zero. Which gradient is left in your hand when the loop ends?")
def dh0_zero(dh, *inputs):
    dx, dh0, *dweights = gather(walk(dh, *inputs))
    return [dx, 0 * dh0, *dweights]


@knows(
    MISTAKES,
    "dh0_from_cell",
    "dh0: you give back the gradient of the first cell. The one of the first state is asked for.",
)
def dh0_from_cell(dh, *inputs):
    found = walk(dh, *inputs)
    dx, _, *dweights = gather(found)
    return [dx, found[0][2], *dweights]


@knows(
    MISTAKES,
    "dh0_with_cell",
    "dh0: the gradient of the first cell is added to it. That cell is a constant zero.",
)
def dh0_with_cell(dh, *inputs):
    found = walk(dh, *inputs)
    dx, dh0, *dweights = gather(found)
    return [dx, dh0 + found[0][2], *dweights]


@knows(
    MISTAKES,
    "dh0_from_last_step",
    "dh0 is the gradient that the last time step hands back. Which step touches h0?",
)
def dh0_from_last_step(dh, *inputs):
    found = walk(dh, *inputs)
    dx, _, *dweights = gather(found)
    return [dx, found[-1][1], *dweights]


@knows(MISTAKES, "dx_in_reverse_order", "dx holds the right gradients, but the last time step comes first.")
def dx_in_reverse_order(dh, *inputs):
    dx, *others = gather(walk(dh, *inputs))
    return [dx[:, ::-1], *others]


EXERCISE = Exercise(
    name="lstm_backward",
    chapter="06_lstm",
    reference=lstm_backward,
    forward="lstm_forward",
    step="lstm_step_forward",
    outputs={
        "dx": ("sample", "time step", "feature"),
        "dh0": ("sample", "unit"),
        "dWx": ("feature", "gate"),
        "dWh": ("old unit", "gate"),
        "db": ("gate",),
    },
    cases=lstm_gradients,
    start="Start from your rnn_backward. Which second gradient must be carried back?",
    worth_knowing="nothing but h leaves the layer, so the gradient of the last cell starts at zero.",
    next_step="compare how fast the gradients of RNN and LSTM fade, in the figure below.",
    hints=(
        "At the last time step: which gradient reaches the state, and which reaches the cell?",
        "Carry two arrays of shape (N, H), both zeros at first. dh[:, t] is added to one of them only.",
        "Loop t from T - 1 down to 0: give dh[:, t] + dprev_h and dprev_c to lstm_step_backward, store "
        "dx[:, t], and add to dWx, dWh and db. After the loop, dprev_h is dh0.",
    ),
    mistakes=tuple(MISTAKES),
)
