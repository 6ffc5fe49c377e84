"""Exercise: one step of an LSTM, backward."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_step_gradients
from cs231n.exercises.bank.lstm_step_forward import squashed
from cs231n.exercises.exercise import Exercise, knows
from cs231n.rnn_layers import lstm_step_backward

MISTAKES = []


def parts_of_step(x, prev_h, prev_c, Wx, Wh, b, next_h, next_c):
    """Gates and squashed cell, by the names that people give them."""
    gates = dict(zip("ifog", squashed(x, prev_h, Wx, Wh, b), strict=True))
    tanh_c = np.tanh(next_c)
    return {**gates, "tanh_c": tanh_c, "tanh_next_c": tanh_c, "a": x @ Wx + prev_h @ Wh + b}


def through_cell(dh, dc, o, next_c):
    """Gradient that arrives at next_c: its own, and the one through next_h."""
    return dc + dh * o * (1 - np.tanh(next_c) ** 2)


def into_blocks(dh, dc, i, f, o, g, prev_c, next_c):
    """Gradients before the squashing, in the order i, f, o, g."""
    return [
        dc * g * i * (1 - i),
        dc * prev_c * f * (1 - f),
        dh * np.tanh(next_c) * o * (1 - o),
        dc * i * (1 - g**2),
    ]


def kept_part(dh, dc, i, f, o, g, prev_c, next_c):
    """Gradient that reaches the old cell."""
    return dc * f


def backward(dh, dc, x, prev_h, prev_c, Wx, Wh, b, cell=through_cell, into=into_blocks, old_cell=kept_part):
    """The whole step, with one piece replaced by a mistaken one."""
    i, f, o, g = squashed(x, prev_h, Wx, Wh, b)
    next_c = f * prev_c + i * g
    total = cell(dh, dc, o, next_c)
    da = np.concatenate(into(dh, total, i, f, o, g, prev_c, next_c), axis=1)
    dprev_c = old_cell(dh, total, i, f, o, g, prev_c, next_c)
    return [da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)]


@knows(
    MISTAKES,
    "path_through_h_forgotten",
    "The cell acts on the loss in two ways. You use dnext_c only: what about next_h?",
)
def path_through_h_forgotten(*given):
    return backward(*given, cell=lambda dh, dc, o, next_c: dc)


@knows(
    MISTAKES,
    "path_through_c_forgotten",
    "The cell acts on the loss in two ways. You use dnext_h only: what about dnext_c?",
)
def path_through_c_forgotten(*given):
    return backward(*given, cell=lambda dh, dc, o, next_c: dh * o * (1 - np.tanh(next_c) ** 2))


@knows(
    MISTAKES,
    "tanh_of_cell_not_derived",
    "From next_h back to next_c there is a tanh. Its derivative is missing.",
)
def tanh_of_cell_not_derived(*given):
    return backward(*given, cell=lambda dh, dc, o, next_c: dc + dh * o)


@knows(
    MISTAKES, "derivative_at_cell", "The tanh's derivative is 1 - tanh(next_c)². You square next_c itself."
)
def derivative_at_cell(*given):
    return backward(*given, cell=lambda dh, dc, o, next_c: dc + dh * o * (1 - next_c**2))


@knows(
    MISTAKES,
    "output_gate_forgotten",
    "From next_h back to next_c there is a product with a gate. It is missing.",
)
def output_gate_forgotten(*given):
    return backward(*given, cell=lambda dh, dc, o, next_c: dc + dh * (1 - np.tanh(next_c) ** 2))


@knows(
    MISTAKES,
    "sigmoid_derivative_forgotten",
    "The gates i, f and o passed a sigmoid. Its derivative is missing.",
)
def sigmoid_derivative_forgotten(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        return [dc * g, dc * prev_c, dh * np.tanh(next_c), dc * i * (1 - g**2)]

    return backward(*given, into=into)


@knows(
    MISTAKES, "candidate_derivative_forgotten", "The candidate g passed a tanh. Its derivative is missing."
)
def candidate_derivative_forgotten(*given):
    return backward(*given, into=lambda dh, dc, i, *rest: [*into_blocks(dh, dc, i, *rest)[:3], dc * i])


@knows(MISTAKES, "candidate_as_gate", "The candidate g passed a tanh. You use the derivative of a sigmoid.")
def candidate_as_gate(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        return [*into_blocks(dh, dc, i, f, o, g, prev_c, next_c)[:3], dc * i * g * (1 - g)]

    return backward(*given, into=into)


@knows(MISTAKES, "gates_as_candidate", "The gates passed a sigmoid. You use the derivative of a tanh.")
def gates_as_candidate(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        di, df, do = dc * g * (1 - i**2), dc * prev_c * (1 - f**2), dh * np.tanh(next_c) * (1 - o**2)
        return [di, df, do, dc * i * (1 - g**2)]

    return backward(*given, into=into)


@knows(
    MISTAKES,
    "gates_in_order_ifgo",
    "The order of the blocks here is i, f, o, g. Yours has the last two exchanged.",
)
def gates_in_order_ifgo(*given):
    def into(*parts):
        di, df, do, dg = into_blocks(*parts)
        return [di, df, dg, do]

    return backward(*given, into=into)


@knows(
    MISTAKES,
    "input_and_forget_exchanged",
    "The gradients of input gate and forget gate are exchanged. The order is i, f, o, g.",
)
def input_and_forget_exchanged(*given):
    def into(*parts):
        di, df, do, dg = into_blocks(*parts)
        return [df, di, do, dg]

    return backward(*given, into=into)


@knows(MISTAKES, "forget_gate_from_new_cell", "Gate f was multiplied by the old cell. You used the new one.")
def forget_gate_from_new_cell(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        di, _, do, dg = into_blocks(dh, dc, i, f, o, g, prev_c, next_c)
        return [di, dc * next_c * f * (1 - f), do, dg]

    return backward(*given, into=into)


@knows(
    MISTAKES,
    "output_gate_from_unsquashed_cell",
    "Gate o was multiplied by the squashed cell. You used next_c itself.",
)
def output_gate_from_unsquashed_cell(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        di, df, _, dg = into_blocks(dh, dc, i, f, o, g, prev_c, next_c)
        return [di, df, dh * next_c * o * (1 - o), dg]

    return backward(*given, into=into)


@knows(
    MISTAKES,
    "output_gate_from_cell_gradient",
    "Gate o acts on next_h only, so its gradient comes from dnext_h alone.",
)
def output_gate_from_cell_gradient(*given):
    def into(dh, dc, i, f, o, g, prev_c, next_c):
        di, df, _, dg = into_blocks(dh, dc, i, f, o, g, prev_c, next_c)
        return [di, df, dc * np.tanh(next_c) * o * (1 - o), dg]

    return backward(*given, into=into)


@knows(
    MISTAKES,
    "forget_gate_missing_in_dprev_c",
    "dprev_c: on the way to the old cell the gradient passes one gate.",
)
def forget_gate_missing_in_dprev_c(*given):
    return backward(*given, old_cell=lambda dh, dc, *rest: dc)


@knows(MISTAKES, "wrong_gate_in_dprev_c", "dprev_c: the old cell was multiplied by another gate than yours.")
def wrong_gate_in_dprev_c(*given):
    return backward(*given, old_cell=lambda dh, dc, i, *rest: dc * i)


@knows(
    MISTAKES, "dprev_c_from_dnext_c_only", "dprev_c: the path through next_h leads to the old cell as well."
)
def dprev_c_from_dnext_c_only(dnext_h, dnext_c, *inputs):
    return backward(dnext_h, dnext_c, *inputs, old_cell=lambda dh, dc, i, f, *rest: dnext_c * f)


@knows(
    MISTAKES,
    "db_averaged",
    "db: the gradients of the samples are added here, not averaged. The loss does the averaging.",
)
def db_averaged(dnext_h, dnext_c, x, *inputs):
    *others, db = backward(dnext_h, dnext_c, x, *inputs)
    return [*others, db / len(x)]


EXERCISE = Exercise(
    name="lstm_step_backward",
    chapter="06_lstm",
    reference=lstm_step_backward,
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
    between=parts_of_step,
    start="Start with the gradient of the cell. It arrives on two paths: from dnext_c and through next_h.",
    worth_knowing="on its way back the cell's gradient meets only the gate f, and no matrix: it lasts.",
    next_step="lstm_forward and lstm_backward run the step over time.",
    hints=(
        "The loss sees next_c itself, and it sees next_h, which is made from next_c. How do two paths combine?",
        "With dc, the whole gradient of the cell, you get those of i, f, g and prev_c: each was one factor of a "
        "product. Gate o is a factor of next_h.",
        "dc is dnext_c + dnext_h * o * (1 - tanh(next_c)²). Pass each gate's gradient through its own squashing, "
        "put the four side by side into da of shape (N, 4H), and go on as in the vanilla step.",
    ),
    mistakes=tuple(MISTAKES),
)
