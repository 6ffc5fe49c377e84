"""Exercise: one step of an LSTM."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_step_inputs
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import lstm_step_forward

MISTAKES = []


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def blocks(x, prev_h, Wx, Wh, b):
    """The four blocks before the squashing, in the right order i, f, o, g."""
    return np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)


def squashed(x, prev_h, Wx, Wh, b, order="ifog"):
    """i, f, o, g, read from the blocks in the given order."""
    by_name = dict(zip(order, blocks(x, prev_h, Wx, Wh, b), strict=True))
    return (*(sigmoid(by_name[gate]) for gate in "ifo"), np.tanh(by_name["g"]))


def combine(i, f, o, g, prev_c):
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c


@knows(
    MISTAKES,
    "gates_in_order_ifgo",
    "The order of the blocks here is i, f, o, g. You read the last two exchanged.",
)
def gates_in_order_ifgo(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, b, order="ifgo"), prev_c)


@knows(
    MISTAKES,
    "input_and_forget_exchanged",
    "Gates i and f are exchanged: in the cutting (the order is i, f, o, g), or where the new cell is made.",
)
def input_and_forget_exchanged(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, b, order="fiog"), prev_c)


@knows(
    MISTAKES,
    "input_and_output_exchanged",
    "Input gate and output gate are exchanged. The order of the blocks is i, f, o, g.",
)
def input_and_output_exchanged(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, b, order="ofig"), prev_c)


@knows(
    MISTAKES,
    "forget_and_output_exchanged",
    "Forget gate and output gate are exchanged. The order of the blocks is i, f, o, g.",
)
def forget_and_output_exchanged(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, b, order="iofg"), prev_c)


@knows(
    MISTAKES,
    "gates_interleaved",
    "The first H columns belong to gate i, the next H to gate f. Yours take every fourth column.",
)
def gates_interleaved(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    i, f, o = (sigmoid(a[:, k::4]) for k in range(3))
    return combine(i, f, o, np.tanh(a[:, 3::4]), prev_c)


@knows(
    MISTAKES,
    "candidate_through_sigmoid",
    "The candidate g is not a gate. Which function lets it be negative too?",
)
def candidate_through_sigmoid(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*map(sigmoid, blocks(x, prev_h, Wx, Wh, b)), prev_c)


@knows(
    MISTAKES,
    "gates_through_tanh",
    "A gate lets through between nothing (0) and all (1). tanh goes from -1 to 1.",
)
def gates_through_tanh(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*map(np.tanh, blocks(x, prev_h, Wx, Wh, b)), prev_c)


@knows(
    MISTAKES,
    "tanh_and_sigmoid_exchanged",
    "tanh and sigmoid are exchanged: three blocks are gates, one is the candidate.",
)
def tanh_and_sigmoid_exchanged(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = blocks(x, prev_h, Wx, Wh, b)
    return combine(np.tanh(i), np.tanh(f), np.tanh(o), sigmoid(g), prev_c)


@knows(
    MISTAKES,
    "bias_forgotten",
    "One term is missing before the squashing: the one that does not depend on x or prev_h.",
)
def bias_forgotten(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, 0 * b), prev_c)


@knows(MISTAKES, "state_forgotten", "The gates should see prev_h too, not only x.")
def state_forgotten(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, 0 * prev_h, Wx, Wh, b), prev_c)


@knows(MISTAKES, "cell_for_state", "The gates see prev_c in your step. They should see prev_h.")
def cell_for_state(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_c, Wx, Wh, b), prev_c)


@knows(MISTAKES, "old_cell_forgotten", "Your new cell holds only new things. What happens to prev_c?")
def old_cell_forgotten(x, prev_h, prev_c, Wx, Wh, b):
    return combine(*squashed(x, prev_h, Wx, Wh, b), 0 * prev_c)


@knows(
    MISTAKES, "forget_gate_ignored", "The whole old cell is kept. Which gate decides how much of it stays?"
)
def forget_gate_ignored(x, prev_h, prev_c, Wx, Wh, b):
    i, _, o, g = squashed(x, prev_h, Wx, Wh, b)
    return combine(i, 1, o, g, prev_c)


@knows(
    MISTAKES, "input_gate_ignored", "The whole candidate is added. Which gate decides how much of it enters?"
)
def input_gate_ignored(x, prev_h, prev_c, Wx, Wh, b):
    _, f, o, g = squashed(x, prev_h, Wx, Wh, b)
    return combine(1, f, o, g, prev_c)


@knows(MISTAKES, "output_gate_ignored", "next_c is right. On its way to next_h it passes one more gate.")
def output_gate_ignored(x, prev_h, prev_c, Wx, Wh, b):
    i, f, _, g = squashed(x, prev_h, Wx, Wh, b)
    return combine(i, f, 1, g, prev_c)


@knows(MISTAKES, "cell_not_squashed", "next_c is right. It is squashed on its way to next_h.")
def cell_not_squashed(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = squashed(x, prev_h, Wx, Wh, b)
    next_c = f * prev_c + i * g
    return o * next_c, next_c


@knows(MISTAKES, "old_cell_shown", "next_c is right. next_h shows the old cell, not the new one.")
def old_cell_shown(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = squashed(x, prev_h, Wx, Wh, b)
    return o * np.tanh(prev_c), f * prev_c + i * g


@knows(
    MISTAKES,
    "squashed_cell_returned",
    "next_h is right. next_c itself is not squashed: only the copy that goes to next_h is.",
)
def squashed_cell_returned(x, prev_h, prev_c, Wx, Wh, b):
    next_h, next_c = combine(*squashed(x, prev_h, Wx, Wh, b), prev_c)
    return next_h, np.tanh(next_c)


EXERCISE = Exercise(
    name="lstm_step_forward",
    chapter="06_lstm",
    reference=lstm_step_forward,
    outputs={"next_h": ("sample", "unit"), "next_c": ("sample", "unit")},
    returns_cache=True,
    cases=lstm_step_inputs,
    start="Start with a = x Wx + prev_h Wh + b of shape (N, 4H). Cut it into four blocks: i, f, o, g.",
    worth_knowing="the old cell is only multiplied by f, so with f near 1 it lasts for many steps.",
    next_step="lstm_step_backward: draw the two paths into the cell first.",
    hints=(
        "Which of the four blocks are gates, between 0 and 1, and which one is new content, between -1 and 1?",
        "The new cell is a sum of two products: one gate with the old cell, one gate with the candidate. "
        "The third gate is for next_h.",
        "next_c is f times prev_c plus i times g, element by element. next_h is o times the tanh of next_c.",
    ),
    mistakes=tuple(MISTAKES),
)
