"""Exercise: one step of an LSTM, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_step_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid
from cs231n.rnn_layers import lstm_step_backward


def solution(dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    di, df, do, dg = dc * g, dc * prev_c, dnext_h * tanh_c, dc * i
    di, df, do, dg = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
    da = np.concatenate([di, df, do, dg], axis=1)
    dx, dprev_h, dprev_c = da @ Wx.T, da @ Wh.T, dc * f
    dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def parts_of_step(x, prev_h, prev_c, Wx, Wh, b, next_h, next_c):
    """Gates and squashed cell, by the names that people give them."""
    a = x @ Wx + prev_h @ Wh + b
    i, f, o, g = np.split(a, 4, axis=1)
    tanh_c = np.tanh(next_c)
    gates = {"i": sigmoid(i), "f": sigmoid(f), "o": sigmoid(o), "g": np.tanh(g)}
    return {**gates, "tanh_c": tanh_c, "tanh_next_c": tanh_c, "a": a}


MISTAKES = """
path_through_h_forgotten: dnext_c + dnext_h * o * (1 - tanh_c**2) -> dnext_c
    The cell acts on the loss in two ways. You use dnext_c only: what about next_h?
path_through_c_forgotten: dc = dnext_c + -> dc =
    The cell acts on the loss in two ways. You use dnext_h only: what about dnext_c?
tanh_of_cell_not_derived: * (1 - tanh_c**2) ->
    From next_h back to next_c there is a tanh. Its derivative is missing.
derivative_at_cell: 1 - tanh_c**2 -> 1 - next_c**2
    The tanh's derivative is 1 - tanh(next_c)². You square next_c itself.
output_gate_forgotten: dnext_h * o * -> dnext_h *
    From next_h back to next_c there is a product with a gate. It is missing.
sigmoid_derivative_forgotten: di * i * (1 - i), df * f * (1 - f), do * o * (1 - o) -> di, df, do
    The gates i, f and o passed a sigmoid. Its derivative is missing.
candidate_derivative_forgotten: dg * (1 - g**2) -> dg
    The candidate g passed a tanh. Its derivative is missing.
candidate_as_gate: dg * (1 - g**2) -> dg * g * (1 - g)
    The candidate g passed a tanh. You use the derivative of a sigmoid.
gates_as_candidate:
    di * i * (1 - i), df * f * (1 - f), do * o * (1 - o) -> di * (1 - i**2), df * (1 - f**2), do * (1 - o**2)
    The gates passed a sigmoid. You use the derivative of a tanh.
gates_in_order_ifgo: [di, df, do, dg] -> [di, df, dg, do]
    The order of the blocks here is i, f, o, g. Yours has the last two exchanged.
input_and_forget_exchanged: [di, df, do, dg] -> [df, di, do, dg]
    The gradients of input gate and forget gate are exchanged. The order is i, f, o, g.
forget_gate_from_new_cell: dc * prev_c -> dc * next_c
    Gate f was multiplied by the old cell. You used the new one.
output_gate_from_unsquashed_cell: dnext_h * tanh_c -> dnext_h * next_c
    Gate o was multiplied by the squashed cell. You used next_c itself.
output_gate_from_cell_gradient: dnext_h * tanh_c -> dc * tanh_c
    Gate o acts on next_h only, so its gradient comes from dnext_h alone.
forget_gate_missing_in_dprev_c: dc * f -> dc
    dprev_c: on the way to the old cell the gradient passes one gate.
wrong_gate_in_dprev_c: da @ Wh.T, dc * f -> da @ Wh.T, dc * i
    dprev_c: the old cell was multiplied by a different gate from yours.
dprev_c_from_dnext_c_only: dc * f -> dnext_c * f
    dprev_c: the path through next_h leads to the old cell as well.
output_gate_without_dnext_h: dnext_h * tanh_c -> tanh_c
    Gate o: the chain rule multiplies by what comes in. Where is dnext_h?
dnext_h_forgotten_in_cell: dnext_h * o -> o
    The gradient of the cell: dnext_h is missing on the path through next_h.
output_gate_derivative_forgotten: do * o * (1 - o) -> do
    Gate o passed a sigmoid. Its derivative is missing.
forget_gate_derivative_forgotten: df * f * (1 - f) -> df
    Gate f passed a sigmoid. Its derivative is missing.
input_gate_derivative_forgotten: di * i * (1 - i) -> di
    Gate i passed a sigmoid. Its derivative is missing.
sigmoid_derivative_without_gate:
    di * i * (1 - i), df * f * (1 - f), do * o * (1 - o) -> di * (1 - i), df * (1 - f), do * (1 - o)
    The derivative of the sigmoid is a product of two factors. One is missing.
candidate_square_forgotten: 1 - g**2 -> 1 - g
    Candidate g: look at the derivative of tanh once more, something in it is squared.
cell_square_forgotten: 1 - tanh_c**2 -> 1 - tanh_c
    From next_h back to next_c: look at the derivative of tanh once more, something in it is squared.
gates_from_dnext_c_only: = dc * g, dc * prev_c, -> = dnext_c * g, dnext_c * prev_c,
    tanh_c, dc * i -> tanh_c, dnext_c * i
    (dprev_c is right.) The gates i, f and g need the whole gradient of the cell too, not dnext_c alone.
input_gate_from_itself: dc * g, dc * prev_c -> dc * i, dc * prev_c
    Gate i was multiplied by g, so its gradient holds g.
candidate_from_itself: dnext_h * tanh_c, dc * i -> dnext_h * tanh_c, dc * g
    The candidate g was multiplied by gate i, so its gradient holds i.
dWh_from_new_state: prev_h.T @ da -> (o * tanh_c).T @ da
    dWh: Wh was multiplied by one of the two states in the forward step. You used the other one.
db_averaged: da.sum(axis=0) -> da.mean(axis=0)
    db: the gradients of the samples are added here, not averaged. The loss does the averaging.
state_for_gradient: dc = dnext_c -> dc = prev_c
    prev_c is the old cell, not a gradient. Which gradient of the cell comes in?
"""

EXERCISE = Exercise(
    chapter="06_lstm",
    reference=lstm_step_backward,
    needs=("lstm_step_forward",),
    forward="lstm_step_forward",
    outputs={
        "dx": ("sample", "feature"),
        "dprev_h": ("sample", "unit"),
        "dprev_c": ("sample", "unit"),
        "dWx": ("feature", "gate"),
        "dWh": ("old unit", "gate"),
        "db": ("gate",),
    },
    cases=lstm_step_gradients,
    of_the_notebook=("Wx", "Wh", "b"),
    between=parts_of_step,
    start="Start with the gradient of the cell. It arrives on two paths: from dnext_c and through next_h.",
    worth_knowing="along the belt, the gradient is multiplied by the gate f, and by no matrix.",
    next_step="lstm_forward and lstm_backward run the step over time.",
    hints=(
        "The loss sees next_c itself, and it sees next_h, which is made from next_c. How do two paths combine?",
        "With dc, the whole gradient of the cell, you get those of i, f, g and prev_c: each was one factor of a "
        "product. Gate o is a factor of next_h.",
        "dc is dnext_c + dnext_h * o * (1 - tanh(next_c)²). Pass each gate's gradient through its own squashing, "
        "put the four side by side into da of shape (N, 4H), and go on as in the vanilla step.",
    ),
    mistakes=known(solution, MISTAKES),
)
