"""Exercise: one step of a vanilla RNN."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_step_inputs
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import rnn_step_forward

MISTAKES = []


@knows(
    MISTAKES,
    "bias_forgotten",
    "Is every term of the formula there? One of them does not depend on x or prev_h.",
)
def bias_forgotten(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh)


@knows(MISTAKES, "bias_after_tanh", "The bias belongs inside the squashing, with the other two terms.")
def bias_after_tanh(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh) + b


@knows(MISTAKES, "bias_subtracted", "Look at the sign in front of the bias.")
def bias_subtracted(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh - b)


@knows(
    MISTAKES,
    "tanh_forgotten",
    "Your values can grow beyond 1. Which function keeps a state between -1 and 1?",
)
def tanh_forgotten(x, prev_h, Wx, Wh, b):
    return x @ Wx + prev_h @ Wh + b


@knows(
    MISTAKES,
    "sigmoid_for_tanh",
    "Your values lie between 0 and 1. The state of this network lies between -1 and 1.",
)
def sigmoid_for_tanh(x, prev_h, Wx, Wh, b):
    return 1 / (1 + np.exp(-(x @ Wx + prev_h @ Wh + b)))


@knows(
    MISTAKES, "relu_for_tanh", "You cut negative values off. This network uses another squashing function."
)
def relu_for_tanh(x, prev_h, Wx, Wh, b):
    return np.maximum(0, x @ Wx + prev_h @ Wh + b)


@knows(MISTAKES, "state_forgotten", "Your result does not depend on prev_h, so the network has no memory.")
def state_forgotten(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + b)


@knows(
    MISTAKES, "input_forgotten", "Your result does not depend on x, so the network does not see its input."
)
def input_forgotten(x, prev_h, Wx, Wh, b):
    return np.tanh(prev_h @ Wh + b)


@knows(MISTAKES, "Wh_transposed", "Check the orientation of Wh: it is square, so NumPy cannot warn you.")
def wh_transposed(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh.T + b)


@knows(
    MISTAKES,
    "Wh_elementwise",
    "Only the diagonal of Wh is used. Every unit should hear from every other unit.",
)
def wh_elementwise(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h * np.diag(Wh) + b)


@knows(MISTAKES, "tanh_on_each_term", "The three terms are added first, and squashed once.")
def tanh_on_each_term(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx) + np.tanh(prev_h @ Wh) + b


@knows(MISTAKES, "state_added_after_tanh", "The term with prev_h belongs inside the squashing too.")
def state_added_after_tanh(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + b) + prev_h @ Wh


@knows(
    MISTAKES,
    "old_state_kept",
    "The old state enters only through Wh. You also add it to the new state directly.",
)
def old_state_kept(x, prev_h, Wx, Wh, b):
    return prev_h + np.tanh(x @ Wx + prev_h @ Wh + b)


EXERCISE = Exercise(
    name="rnn_step_forward",
    chapter="01_rnn_step",
    reference=rnn_step_forward,
    outputs={"next_h": ("sample", "unit")},
    returns_cache=True,
    cases=rnn_step_inputs,
    start="Start with the shapes: x @ Wx is (N, H), like next_h. What else is added before the tanh?",
    worth_knowing="Wx, Wh and b serve every time step, so a longer caption needs no more weights.",
    next_step="rnn_step_backward, which reads your cache: what will it need?",
    hints=(
        "Which two things decide the new state? Write the formula down and mark the shape of every term.",
        "Two matrix products of shape (N, H) and a bias of shape (H,) are added. Then tanh squashes the sum.",
        "next_h is the tanh of: x times Wx, plus prev_h times Wh, plus b. Put into the cache what the "
        "backward step will need: the inputs, and next_h.",
    ),
    mistakes=tuple(MISTAKES),
)
