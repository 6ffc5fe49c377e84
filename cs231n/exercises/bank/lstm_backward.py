"""Exercise: an LSTM over a sequence, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_gradients
from cs231n.exercises.bank.lstm_step_backward import solution as step_backward
from cs231n.exercises.bank.lstm_step_forward import solution as step_forward
from cs231n.exercises.bank.rnn_backward import OVER_TIME
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import lstm_backward


def solution(dh, x, h0, Wx, Wh, b):
    T, states = x.shape[1], [(h0, np.zeros_like(h0))]
    for t in range(T):
        states.append(step_forward(x[:, t], *states[t], Wx, Wh, b))
    dx, dstate, dcell, dWx, dWh, db = (np.zeros_like(like) for like in (x, h0, h0, Wx, Wh, b))
    for t in reversed(range(T)):
        back = step_backward(dh[:, t] + dstate, dcell, x[:, t], *states[t], Wx, Wh, b)
        dx[:, t], dstate, dcell = back[:3]
        dWx += back[3]
        dWh += back[4]
        db += back[5]
    return dx, dstate, dWx, dWh, db


CARRIED = """
cell_gradient_not_carried: dstate, dcell, x -> dstate, 0 * dcell, x
    Two gradients go back from step to step. The one of the cell stops at each step of yours.
later_steps_forgotten: dh[:, t] + dstate -> dh[:, t]
    dh of the later steps is missing: a state also acts on the next step.
nothing_carried: dh[:, t] + dstate, dcell -> dh[:, t], 0 * dcell
    Every step of yours stands alone. Which two gradients does a step hand to the step before?
state_and_cell_exchanged: dh[:, t] + dstate, dcell -> dh[:, t] + dcell, dstate
    The gradients of state and cell are exchanged when you carry them back.
own_step_forgotten: dh[:, t] + dstate -> dstate + (t == T - 1) * dh[:, t]
    Only the last time step's dh enters. Every step has a dh of its own.
forward_in_time: reversed(range(T)) -> range(T)
    You walk from the first step to the last. Which step's gradient must be known first?
"""
OTHERS = """
dh0_from_cell: return dx, dstate -> return dx, dcell
    dh0: you return the gradient of the first cell. That of the first state is asked for.
dh0_with_cell: return dx, dstate -> return dx, dstate + dcell
    dh0: the gradient of the first cell is added to it. That cell is a constant zero.
dh0_from_last_step:
    dstate, dcell = back[:3] -> dstate, dcell = back[:3]; last = dstate if t == T - 1 else last
    return dx, dstate -> return dx, last
    dh0 is the gradient that the last time step returns. Which step touches h0?
dh0_summed:
    states = x.shape[1], [(h0, np.zeros_like(h0))] -> states, total = x.shape[1], [(h0, np.zeros_like(h0))], 0
    dstate, dcell = back[:3] -> dstate, dcell = back[:3]; total = total + dstate
    return dx, dstate -> return dx, total
    dh0: you add up the gradients of all states. Only one step touches h0.
dh_added_to_cell: dh[:, t] + dstate, dcell -> dh[:, t] + dstate, dh[:, t] + dcell
    dh[:, t] goes to the state only. You add it to the gradient of the cell as well.
dh_to_cell: dh[:, t] + dstate, dcell -> dstate, dh[:, t] + dcell
    dh[:, t] is the gradient of the state. You add it to that of the cell.
carried_gradient_piles_up:
    dx[:, t], dstate, dcell = back[:3] -> dx[:, t], dstate, dcell = back[0], dstate + back[1], back[2]
    The gradient that you carry back is added up over all steps. Each step replaces it.
dx_in_reverse_order: return dx -> return dx[:, ::-1]
    (dx holds the right gradients.) dx: the last time step comes first.
"""

EXERCISE = Exercise(
    chapter="06_lstm",
    reference=lstm_backward,
    needs=("lstm_forward", "lstm_step_forward", "lstm_step_backward"),
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
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start from your rnn_backward. Which second gradient must be carried back?",
    worth_knowing="nothing but h leaves the layer, so the gradient of the last cell starts at zero.",
    next_step="compare how fast the gradients of RNN and LSTM fade, in the figure below.",
    hints=(
        "At the last time step: which gradient reaches the state, and which reaches the cell?",
        "Carry two arrays of shape (N, H), both zeros at first. dh[:, t] is added to one of them only.",
        "Loop t from T - 1 down to 0: give dh[:, t] + dprev_h and dprev_c to lstm_step_backward, store "
        "dx[:, t], and add to dWx, dWh and db. After the loop, dprev_h is dh0.",
    ),
    mistakes=known(solution, CARRIED + OVER_TIME + OTHERS),
)
