"""Exercise: a vanilla RNN over a sequence, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import rnn_backward


def solution(dh, x, h0, Wx, Wh, b):
    T, h = x.shape[1], [h0]
    for t in range(T):
        h.append(np.tanh(x[:, t] @ Wx + h[t] @ Wh + b))
    dx, dstate, dWx, dWh, db = (np.zeros_like(like) for like in (x, h0, Wx, Wh, b))
    for t in reversed(range(T)):
        dnext_h = dh[:, t] + dstate
        da = dnext_h * (1 - h[t + 1] ** 2)
        dx[:, t] = da @ Wx.T
        dstate = da @ Wh.T
        dWx += x[:, t].T @ da
        dWh += h[t].T @ da
        db += da.sum(axis=0)
    return dx, dstate, dWx, dWh, db


# What people do in lstm_backward as well.
OVER_TIME = """
weights_overwritten: dWx += -> dWx =
    dWh += -> dWh =
    db += -> db =
    The weights are shared by all steps, and your loop keeps the gradient of one step only.
weights_of_last_step: dWx += -> dWx += (t == T - 1) *
    dWh += -> dWh += (t == T - 1) *
    db += -> db += (t == T - 1) *
    The weights are shared by all steps, and you keep only the last step's gradient.
weights_averaged: return dx, dstate, dWx, dWh, db -> return dx, dstate, dWx / T, dWh / T, db / T
    You average the weights' gradients over the time steps. Shared weights: add, or average?
dWx_overwritten: dWx += -> dWx =
    dWx: Wx is shared by all time steps, and your loop keeps the gradient of one step only.
dWh_overwritten: dWh += -> dWh =
    dWh: Wh is shared by all time steps, and your loop keeps the gradient of one step only.
incoming_gradient_ignored: dh[:, t] + dstate -> 1 + dstate
    Your steps begin with ones. What comes in is dh.
incoming_gradient_ignored_at_all: dh[:, t] + dstate -> 1 + 0 * dstate
    Every step begins with ones, and nothing comes from the step after it. What comes in is dh.
last_step_only: reversed(range(T)) -> [T - 1]
    Only the last step is used. Is a return inside the loop?
first_step_only: reversed(range(T)) -> [0]
    Only the first step is used. All steps touch the weights.
last_step_left_out: reversed(range(T)) -> reversed(range(T - 1))
    The loop leaves the last step out.
first_step_left_out: reversed(range(T)) -> reversed(range(1, T))
    The loop leaves the first step out: it ends at 0, not at 1.
db_overwritten: db += -> db =
    db: b is shared by all time steps, like Wx and Wh.
dh0_zero: return dx, dstate -> return dx, 0 * h0
    dh0 is still zero. Which gradient is left in your hand when the loop ends?
"""
CARRIED = """
later_steps_forgotten: dh[:, t] + dstate -> dh[:, t]
    A state acts on its own output and on the next state. You follow only the first.
own_step_forgotten: dh[:, t] + dstate -> dstate + (t == T - 1) * dh[:, t]
    Only the last time step's dh enters. Every step has a dh of its own.
forward_in_time: reversed(range(T)) -> range(T)
    You walk from the first step to the last. Which step's gradient must be known first?
carried_gradient_piles_up: dstate = da -> dstate += da
    The gradient that you carry back is added up over all steps. Each step replaces it.
"""
OTHERS = """
dh0_before_step: return dx, dstate -> return dx, dnext_h
    dh0: this gradient has reached the state of step 0. It must pass one step more to reach h0.
dh0_from_last_step: return dx, dstate -> return dx, dh[:, -1] * (1 - h[T] ** 2) @ Wh.T
    dh0 is the gradient that the last time step returns. Which step touches h0?
dh0_summed: h = x.shape[1], [h0] -> h, total = x.shape[1], [h0], 0
    dstate = da @ Wh.T -> dstate = da @ Wh.T; total = total + dstate
    return dx, dstate -> return dx, total
    dh0: you add up the gradients of all states. Only one step touches h0.
dWh_from_new_state: dWh += h[t] -> dWh += h[t + 1]
    dWh: Wh was multiplied by the state before the step. You used the state after it.
tanh_derivative_forgotten: dnext_h * (1 - h[t + 1] ** 2) -> dnext_h
    At each step the gradient must pass back through the tanh. Yours does not change there.
h_before_first_step: dWh += h[t] -> dWh += h[t or T]
    dWh: the state before the first step is h0. Yours is the last one: h[:, t - 1] at t = 0 is h[:, -1].
dWh_without_h0: dWh += h[t] -> dWh += (t > 0) * h[t]
    dWh: the first step is missing. What went into it?
h0_at_all_steps: dWh += h[t] -> dWh += h[0]
    dWh: you take h0 at all steps. It went into the first one only.
square_forgotten: h[t + 1] ** 2 -> h[t + 1]
    Look at the derivative of tanh once more: something in it is squared.
derivative_at_old_state: 1 - h[t + 1] ** 2 -> 1 - h[t] ** 2
    You took the derivative at the old state. Which state came out of the tanh?
Wh_not_transposed: da @ Wh.T -> da @ Wh
    On the way back a product takes the transposed matrix. Wh is square, so no shape warns you.
dx_in_reverse_order: return dx -> return dx[:, ::-1]
    (dx holds the right gradients.) dx: the last time step comes first.
last_cache_at_all_steps: dWx += x[:, t] -> dWx += x[:, T - 1]
    1 - h[t + 1] -> 1 - h[T]
    dWh += h[t] -> dWh += h[T - 1]
    Every step uses what the last step kept. Which entry of the cache belongs to step t?
"""

EXERCISE = Exercise(
    chapter="02_rnn_sequence",
    reference=rnn_backward,
    needs=("rnn_forward", "rnn_step_forward", "rnn_step_backward"),
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
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start with a loop from the last time step to the first. Two gradients meet at each state: which two?",
    worth_knowing="every step back multiplies by Wh, so over many steps a gradient fades or explodes.",
    next_step="play with the figure of vanishing gradients, then chapter 03 turns words into vectors.",
    hints=(
        "In how many ways does the state of time step t reach the loss?",
        "dh[:, t] comes from the step's own output, and a second gradient comes from step t + 1. Add the two "
        "before you walk through the step. What is the second one at the last step?",
        "Loop t from T - 1 down to 0: give dh[:, t] + dprev_h to rnn_step_backward, store dx[:, t], and add to "
        "dWx, dWh and db. After the loop, dprev_h is dh0. The first dx_t tells D, the last length of dx.",
    ),
    mistakes=known(solution, CARRIED + OVER_TIME + OTHERS),
)
