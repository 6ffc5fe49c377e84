"""Exercise: one step of an LSTM."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_step_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid
from cs231n.rnn_layers import lstm_step_forward


def solution(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    i, f, o, g = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c


MISTAKES = """
gates_in_order_ifgo: i, f, o, g = np -> i, f, g, o = np
    The order of the blocks here is i, f, o, g. You read the last two exchanged.
input_and_forget_exchanged: i, f, o, g = np -> f, i, o, g = np
    Gates i and f are exchanged: in the cutting (the order is i, f, o, g), or where the new cell is made.
input_and_output_exchanged: i, f, o, g = np -> o, f, i, g = np
    Input gate and output gate are exchanged. The order of the blocks is i, f, o, g.
forget_and_output_exchanged: i, f, o, g = np -> i, o, f, g = np
    Forget gate and output gate are exchanged. The order of the blocks is i, f, o, g.
gates_interleaved: np.split(a, 4, axis=1) -> (a[:, k::4] for k in range(4))
    The first H columns belong to gate i, the next H to gate f. Yours take every fourth column.
candidate_through_sigmoid: np.tanh(g) -> sigmoid(g)
    The candidate g is not a gate. Which function lets it be negative too?
gates_through_tanh: sigmoid(i), sigmoid(f), sigmoid(o) -> np.tanh(i), np.tanh(f), np.tanh(o)
    A gate lets through between nothing (0) and all (1). tanh goes from -1 to 1.
tanh_and_sigmoid_exchanged:
    sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g) -> np.tanh(i), np.tanh(f), np.tanh(o), sigmoid(g)
    tanh and sigmoid are exchanged: three blocks are gates, one is the candidate.
bias_forgotten: + b ->
    One term is missing before the squashing: the one that does not depend on x or prev_h.
state_forgotten: + prev_h @ Wh ->
    The gates should see prev_h too, not only x.
cell_for_state: prev_h @ Wh -> prev_c @ Wh
    The gates see prev_c in your step. They should see prev_h.
old_cell_forgotten: f * prev_c + i * g -> i * g
    Your new cell holds only new things. What happens to prev_c?
forget_gate_ignored: f * prev_c -> prev_c
    The whole old cell is kept. Which gate decides how much of it stays?
input_gate_ignored: i * g -> g
    The whole candidate is added. Which gate decides how much of it enters?
output_gate_ignored: o * np.tanh(next_c) -> np.tanh(next_c)
    (next_c is right.) On its way to next_h it passes one more gate.
cell_not_squashed: o * np.tanh(next_c) -> o * next_c
    (next_c is right.) It is squashed on its way to next_h.
old_cell_shown: o * np.tanh(next_c) -> o * np.tanh(prev_c)
    (next_c is right.) next_h shows the old cell, not the new one.
gates_exchanged_at_output: next_h = o * -> next_h = i *
    (next_c is right.) next_h is made with gate i: gate o belongs there.
gates_not_squashed: sigmoid(i), sigmoid(f), sigmoid(o) -> i, f, o
    The gates are not squashed. A gate lets through between nothing (0) and all (1).
candidate_not_squashed: np.tanh(g) -> g
    The candidate g is not squashed.
nothing_squashed: sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g) -> i, f, o, g
    The four blocks are not squashed: three are gates, one is the candidate.
candidate_subtracted: + i * g -> - i * g
    Look at the sign in front of what the candidate brings.
only_forget_gate: f * prev_c + i * g -> f * (prev_c + i * g)
    Gate f acts on the old cell only. What the candidate brings does not pass it.
coupled_gates: i * g -> (1 - f) * g
    You use 1 - f instead of gate i. Here i is a gate of its own.
state_for_cell: f * prev_c -> f * prev_h
    Gate f acts on prev_h in your step. The memory of the network is prev_c.
squashed_cell_returned: return next_h, next_c -> return next_h, np.tanh(next_c)
    (next_h is right.) next_c itself is not squashed: only the copy that goes to next_h is.
"""

EXERCISE = Exercise(
    chapter="06_lstm",
    reference=lstm_step_forward,
    outputs={"next_h": ("sample", "unit"), "next_c": ("sample", "unit")},
    returns_cache=True,
    cases=lstm_step_inputs,
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start with a = x Wx + prev_h Wh + b of shape (N, 4H). Cut it into four blocks: i, f, o, g.",
    worth_knowing="the old cell is only multiplied by f, so with f near 1 it lasts for many steps.",
    next_step="lstm_step_backward: draw the two paths into the cell first.",
    hints=(
        "Which of the four blocks are gates, between 0 and 1, and which one is new content, between -1 and 1?",
        "The new cell is a sum of two products: one gate with the old cell, one gate with the candidate. "
        "The third gate is for next_h.",
        "next_c is f times prev_c plus i times g, element by element. next_h is o times the tanh of next_c.",
    ),
    mistakes=known(solution, MISTAKES),
)
