"""Exercise: one step of a vanilla RNN, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_step_gradients
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import rnn_step_backward

MISTAKES = []


def state(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh + b)


def gradients(da, x, prev_h, Wx, Wh):
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@knows(
    MISTAKES,
    "tanh_derivative_forgotten",
    "The gradient must first pass back through the tanh. Yours does not change there.",
)
def tanh_derivative_forgotten(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h, x, prev_h, Wx, Wh)


@knows(MISTAKES, "square_forgotten", "Look at the derivative of tanh once more: something in it is squared.")
def square_forgotten(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h * (1 - state(x, prev_h, Wx, Wh, b)), x, prev_h, Wx, Wh)


@knows(
    MISTAKES,
    "derivative_at_old_state",
    "You took the derivative at the old state. Which state came out of the tanh?",
)
def derivative_at_old_state(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h * (1 - prev_h**2), x, prev_h, Wx, Wh)


@knows(
    MISTAKES,
    "derivative_before_squashing",
    "Your derivative uses the sum before the tanh. What is tanh' written with the output?",
)
def derivative_before_squashing(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h * (1 - (x @ Wx + prev_h @ Wh + b) ** 2), x, prev_h, Wx, Wh)


@knows(
    MISTAKES, "tanh_twice", "next_h is already a tanh. In your derivative the tanh is taken a second time."
)
def tanh_twice(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h * (1 - np.tanh(state(x, prev_h, Wx, Wh, b)) ** 2), x, prev_h, Wx, Wh)


@knows(
    MISTAKES,
    "derivative_of_incoming_gradient",
    "You squared the gradient that comes in. The derivative of tanh depends on the state.",
)
def derivative_of_incoming_gradient(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(dnext_h * (1 - dnext_h**2), x, prev_h, Wx, Wh)


@knows(MISTAKES, "sigmoid_derivative", "This is the derivative of a sigmoid. The step used tanh.")
def sigmoid_derivative(dnext_h, x, prev_h, Wx, Wh, b):
    h = state(x, prev_h, Wx, Wh, b)
    return gradients(dnext_h * h * (1 - h), x, prev_h, Wx, Wh)


@knows(
    MISTAKES,
    "incoming_gradient_ignored",
    "The chain rule multiplies the local derivative by what comes in. Where is dnext_h?",
)
def incoming_gradient_ignored(dnext_h, x, prev_h, Wx, Wh, b):
    return gradients(1 - state(x, prev_h, Wx, Wh, b) ** 2, x, prev_h, Wx, Wh)


@knows(
    MISTAKES,
    "Wh_not_transposed",
    "dprev_h: on the way back a matrix product uses the transposed matrix. Wh is square, so no shape warns you.",
)
def wh_not_transposed(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@knows(
    MISTAKES, "dWh_transposed", "dWh has its rows and columns exchanged. It is square, so no shape warns you."
)
def dwh_transposed(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, da.T @ prev_h, da.sum(axis=0)


@knows(
    MISTAKES,
    "dWh_from_new_state",
    "dWh: Wh was multiplied by one of the two states in the forward step. You used the other one.",
)
def dwh_from_new_state(dnext_h, x, prev_h, Wx, Wh, b):
    h = state(x, prev_h, Wx, Wh, b)
    da = dnext_h * (1 - h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@knows(
    MISTAKES,
    "db_not_summed",
    "db: b has one value a unit, and every sample uses it. What happens to gradients of a shared number?",
)
def db_not_summed(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da


@knows(
    MISTAKES,
    "db_averaged",
    "db: the gradients of the samples are added here, not averaged. The loss does the averaging.",
)
def db_averaged(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.mean(axis=0)


@knows(MISTAKES, "db_before_tanh", "db: the bias is inside the tanh, so its gradient passes the tanh too.")
def db_before_tanh(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, dnext_h.sum(axis=0)


@knows(
    MISTAKES,
    "averaged_over_samples",
    "The gradients of the weights are added over the samples. You divide by their number.",
)
def averaged_over_samples(dnext_h, x, prev_h, Wx, Wh, b):
    da = dnext_h * (1 - state(x, prev_h, Wx, Wh, b) ** 2)
    dx, dprev_h, *dweights = gradients(da, x, prev_h, Wx, Wh)
    return dx, dprev_h, *(dw / len(x) for dw in dweights)


EXERCISE = Exercise(
    name="rnn_step_backward",
    chapter="01_rnn_step",
    reference=rnn_step_backward,
    forward="rnn_step_forward",
    outputs={
        "dx": ("sample", "feature"),
        "dprev_h": ("sample", "unit"),
        "dWx": ("feature", "unit"),
        "dWh": ("old unit", "unit"),
        "db": ("unit",),
    },
    cases=rnn_step_gradients,
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
    mistakes=tuple(MISTAKES),
)
