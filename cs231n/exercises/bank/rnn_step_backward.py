"""Exercise: one step of a vanilla RNN, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_step_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import rnn_step_backward


def solution(dnext_h, x, prev_h, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dnext_h * (1 - next_h**2)
    dx, dprev_h = da @ Wx.T, da @ Wh.T
    dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


MISTAKES = """
tanh_derivative_forgotten: dnext_h * (1 - next_h**2) -> dnext_h
    The gradient must first pass back through the tanh. Yours does not change there.
square_forgotten: 1 - next_h**2 -> 1 - next_h
    Look at the derivative of tanh once more: something in it is squared.
derivative_at_old_state: 1 - next_h**2 -> 1 - prev_h**2
    You took the derivative at the old state. Which state came out of the tanh?
derivative_before_squashing: 1 - next_h**2 -> 1 - a**2
    Your derivative uses the sum before the tanh. What is tanh' written with the output?
tanh_twice: 1 - next_h**2 -> 1 - np.tanh(next_h) ** 2
    next_h is already a tanh. In your derivative the tanh is taken a second time.
derivative_of_incoming_gradient: 1 - next_h**2 -> 1 - dnext_h**2
    You squared the gradient that comes in. The derivative of tanh depends on the state.
sigmoid_derivative: (1 - next_h**2) -> next_h * (1 - next_h)
    This is the derivative of a sigmoid. The step used tanh.
incoming_gradient_ignored: dnext_h * (1 - next_h**2) -> 1 - next_h**2
    The chain rule multiplies the local derivative by what comes in. Where is dnext_h?
sign_of_square: 1 - next_h**2 -> 1 + next_h**2
    Look at the sign in the derivative of tanh.
double_for_square: 1 - next_h**2 -> 1 - 2 * next_h
    Two times the state is not its square. Look at the derivative of tanh once more.
derivative_without_one: 1 - next_h**2 -> next_h**2
    One term is missing in the derivative of tanh.
Wh_not_transposed: da @ Wh.T -> da @ Wh
    dprev_h: on the way back a matrix product uses the transposed matrix. Wh is square, so no shape warns you.
dWh_transposed: prev_h.T @ da -> da.T @ prev_h
    dWh has its rows and columns exchanged. It is square, so no shape warns you.
dWh_from_new_state: prev_h.T @ da -> next_h.T @ da
    dWh: Wh was multiplied by one of the two states in the forward step. You used the other one.
db_not_summed: da.sum(axis=0) -> da
    db: b has one value per unit, and every sample uses it. What happens to gradients of a shared number?
db_over_units: da.sum(axis=0) -> da.sum(axis=1)
    db: you add up over the units. One value per unit should stay, so add up over the samples.
db_one_number: da.sum(axis=0) -> da.sum()
    db: you add everything up to one number. One value per unit should stay.
dx_before_tanh: dx, dprev_h = da @ Wx.T -> dx, dprev_h = dnext_h @ Wx.T
    dx: x is inside the tanh, so its gradient passes the tanh too.
dprev_h_before_tanh: da @ Wh.T -> dnext_h @ Wh.T
    dprev_h: the old state is inside the tanh, so its gradient passes the tanh too.
dWx_before_tanh: x.T @ da -> x.T @ dnext_h
    dWx: Wx is inside the tanh, so its gradient passes the tanh too.
dWh_before_tanh: prev_h.T @ da -> prev_h.T @ dnext_h
    dWh: Wh is inside the tanh, so its gradient passes the tanh too.
db_averaged: da.sum(axis=0) -> da.mean(axis=0)
    db: the gradients of the samples are added here, not averaged. The loss does the averaging.
db_before_tanh: da.sum(axis=0) -> dnext_h.sum(axis=0)
    db: the bias is inside the tanh, so its gradient passes the tanh too.
averaged_over_samples:
    return dx, dprev_h, dWx, dWh, db -> return dx, dprev_h, dWx / len(x), dWh / len(x), db / len(x)
    The gradients of the weights are added over the samples. You divide by their number.
"""

EXERCISE = Exercise(
    chapter="01_rnn_step",
    reference=rnn_step_backward,
    needs=("rnn_step_forward",),
    forward="rnn_step_forward",
    outputs={
        "dx": ("sample", "feature"),
        "dprev_h": ("sample", "unit"),
        "dWx": ("feature", "unit"),
        "dWh": ("old unit", "unit"),
        "db": ("unit",),
    },
    cases=rnn_step_gradients,
    of_the_notebook=("Wx", "Wh", "b"),
    between=lambda x, prev_h, Wx, Wh, b, next_h: {"a": x @ Wx + prev_h @ Wh + b, "h": next_h},
    start="Start at the end: how does the gradient pass back through the tanh? The rest is one linear layer.",
    worth_knowing="the derivative of tanh needed no second tanh: it is 1 - next_h², from the output.",
    next_step="chapter 02 runs this step over a whole sequence.",
    hints=(
        "The step is a chain: linear, then tanh. In which order do you walk it backward?",
        "Give the gradient before the tanh a name, da, of shape (N, H). All five outputs follow from da alone. "
        "Shapes tell you which matrix is transposed, except for Wh, which is square.",
        "da is dnext_h times (1 - next_h²), element by element. Then dx is da times Wx transposed, dWx is x "
        "transposed times da, and db is da summed over the samples. Those for prev_h and Wh look the same.",
    ),
    mistakes=known(solution, MISTAKES),
)
