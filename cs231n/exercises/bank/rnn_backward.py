"""Exercise: a vanilla RNN over a sequence, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_gradients
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import rnn_backward

MISTAKES = []


def steps(x, h0, Wx, Wh, b):
    """The (x_t, old state, new state) of each time step."""
    found, state = [], h0
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ Wx + state @ Wh + b)
        found.append((x[:, t], state, new))
        state = new
    return found


def step_back(d, x_t, old, new, Wx, Wh):
    da = d * (1 - new**2)
    return [da @ Wx.T, da @ Wh.T, x_t.T @ da, old.T @ da, da.sum(axis=0)]


def walk(
    dh, x, h0, Wx, Wh, b, incoming=np.add, carry=lambda carried, dprev: dprev, order=reversed, back=step_back
):
    """Walk back over the steps. Returns, by time step, the five gradients of each step."""
    T, carried, found = x.shape[1], 0 * h0, {}
    every = steps(x, h0, Wx, Wh, b)
    for t in order(range(T)):
        found[t] = back(incoming(dh[:, t], carried), *every[t], Wx, Wh)
        carried = carry(carried, found[t][1])
    return [found[t] for t in range(T)]


def gather(found):
    """The right way to put the steps' gradients together."""
    dx = np.stack([step[0] for step in found], axis=1)
    return [dx, found[0][1], *(sum(step[k] for step in found) for k in (2, 3, 4))]


@knows(
    MISTAKES,
    "later_steps_forgotten",
    "A state acts on its own output and on the next state. You follow only the first.",
)
def later_steps_forgotten(dh, *inputs):
    return gather(walk(dh, *inputs, incoming=lambda own, carried: own))


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
    "carried_gradient_piles_up",
    "The gradient that you carry back is added up over all steps. Each step replaces it.",
)
def carried_gradient_piles_up(dh, *inputs):
    found = walk(dh, *inputs, carry=np.add)
    dx, _, *dweights = gather(found)
    return [dx, sum(step[1] for step in found), *dweights]


@knows(
    MISTAKES,
    "weights_overwritten",
    "The weights are shared by all steps, and your loop keeps the gradient of one step only.",
)
def weights_overwritten(dh, *inputs):
    found = walk(dh, *inputs)
    return [*gather(found)[:2], *found[0][2:]]


@knows(
    MISTAKES,
    "weights_of_last_step",
    "The weights are shared by all steps, and you keep only the last step's gradient.",
)
def weights_of_last_step(dh, *inputs):
    found = walk(dh, *inputs)
    return [*gather(found)[:2], *found[-1][2:]]


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
    return [*gather(found)[:4], found[0][4]]


@knows(MISTAKES, "dh0_zero", "dh0 is still zero. Which gradient is left in your hand when the loop ends?")
def dh0_zero(dh, *inputs):
    dx, dh0, *dweights = gather(walk(dh, *inputs))
    return [dx, 0 * dh0, *dweights]


@knows(
    MISTAKES,
    "dh0_before_step",
    "dh0: this gradient has reached the state of step 0. It must pass one step more to reach h0.",
)
def dh0_before_step(dh, x, h0, Wx, Wh, b):
    found = walk(dh, x, h0, Wx, Wh, b)
    dx, _, *dweights = gather(found)
    return [dx, dh[:, 0] + (found[1][1] if len(found) > 1 else 0), *dweights]


@knows(
    MISTAKES,
    "dh0_from_last_step",
    "dh0 is the gradient that the last time step hands back. Which step touches h0?",
)
def dh0_from_last_step(dh, *inputs):
    found = walk(dh, *inputs)
    dx, _, *dweights = gather(found)
    return [dx, found[-1][1], *dweights]


@knows(MISTAKES, "dh0_summed", "dh0: you add up the gradients of all states. Only one step touches h0.")
def dh0_summed(dh, *inputs):
    found = walk(dh, *inputs)
    dx, _, *dweights = gather(found)
    return [dx, sum(step[1] for step in found), *dweights]


@knows(
    MISTAKES,
    "dWh_from_new_state",
    "dWh: Wh was multiplied by the state before the step. You used the state after it.",
)
def dwh_from_new_state(dh, *inputs):
    def back(d, x_t, old, new, Wx, Wh):
        dx, dold, dWx, _, db = step_back(d, x_t, old, new, Wx, Wh)
        return [dx, dold, dWx, new.T @ (d * (1 - new**2)), db]

    return gather(walk(dh, *inputs, back=back))


@knows(
    MISTAKES,
    "tanh_derivative_forgotten",
    "At each step the gradient must pass back through the tanh. Yours does not change there.",
)
def tanh_derivative_forgotten(dh, *inputs):
    return gather(
        walk(dh, *inputs, back=lambda d, x_t, old, new, Wx, Wh: step_back(d, x_t, old, 0 * new, Wx, Wh))
    )


@knows(MISTAKES, "dx_in_reverse_order", "dx holds the right gradients, but the last time step comes first.")
def dx_in_reverse_order(dh, *inputs):
    dx, *others = gather(walk(dh, *inputs))
    return [dx[:, ::-1], *others]


EXERCISE = Exercise(
    name="rnn_backward",
    chapter="02_rnn_sequence",
    reference=rnn_backward,
    forward="rnn_forward",
    step="rnn_step_forward",
    outputs={
        "dx": ("sample", "time step", "feature"),
        "dh0": ("sample", "unit"),
        "dWx": ("feature", "unit"),
        "dWh": ("old unit", "unit"),
        "db": ("unit",),
    },
    cases=rnn_gradients,
    start="Start with a loop from the last time step to the first. Two gradients meet at each state: which two?",
    worth_knowing="every step back multiplies by Wh, so over many steps a gradient fades or explodes.",
    next_step="play with the figure of vanishing gradients, then chapter 03 turns words into vectors.",
    hints=(
        "In how many ways does the state of time step t reach the loss?",
        "dh[:, t] comes from the step's own output, and a second gradient comes from step t + 1. Add the two "
        "before you walk through the step. What is the second one at the last step?",
        "Loop t from T - 1 down to 0: give dh[:, t] + dprev_h to rnn_step_backward, store dx[:, t], and add to "
        "dWx, dWh and db. After the loop, dprev_h is dh0.",
    ),
    mistakes=tuple(MISTAKES),
)
