"""Exercise: a vanilla RNN over a sequence."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid  # noqa: F401  (a mistake needs it)
from cs231n.rnn_layers import rnn_forward


def solution(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h, state = np.zeros((N, T, len(b)), x.dtype), h0
    for t in range(T):
        state = np.tanh(x[:, t] @ Wx + state @ Wh + b)
        h[:, t] = state
    return h


MISTAKES = """
state_not_carried: state @ Wh -> h0 @ Wh
    Every step of yours starts from h0. Where should the state of step 1 start?
h0_ignored: x.dtype), h0 -> x.dtype), 0 * h0
    Your sequence starts from zeros. The first step should start from h0.
no_state_at_all: + state @ Wh ->
    No step of yours depends on the step before, or on h0. What makes a network recurrent?
bias_forgotten: + b) -> )
    One term of the step is missing: the one that does not depend on x or h.
bias_after_tanh: + b) -> ) + b
    The bias belongs inside the squashing, at every step.
tanh_forgotten: np.tanh( -> (
    Your states are not squashed, so they can grow from step to step.
Wh_transposed: state @ Wh -> state @ Wh.T
    Check the orientation of Wh: it is square, so NumPy cannot warn you.
one_step_late: state = np.tanh -> h[:, t] = state; state = np.tanh
    h[:, t] = state -> pass
    Your h begins with h0 itself. h[:, 0] should be the state after the first input.
same_input_every_step: x[:, t] -> x[:, 0]
    Every step of yours sees the input of time step 0.
last_step_missing: range(T) -> range(T - 1)
    The loop stops one step too early: the last state keeps its zeros.
first_step_missing: range(T) -> range(1, T)
    The loop begins one step too late: the first state keeps its zeros.
return_in_loop: h[:, t] = state -> h[:, t] = state; return h
    Only the first step has a state. Is a return inside the loop?
states_added: h[:, t] = state -> h[:, t] = state + (h[:, t - 1] if t else 0)
    Each state holds the sum of those before. A state replaces the one before it.
h0_added_every_step: state @ Wh -> (state + h0) @ Wh if t else h0 @ Wh
    h0 enters at every step of yours. It belongs to the first step only.
inputs_in_reverse_order: x[:, t] -> x[:, T - 1 - t]
    Step 0 of yours gets the last input.
sigmoid_for_tanh: np.tanh( -> sigmoid(
    Your values lie between 0 and 1. The state of this network lies between -1 and 1.
input_forgotten: x[:, t] @ Wx + ->
    Your states do not depend on x, so the network does not see its input.
one_place_late: h[:, t] = state -> h[:, (t + 1) % T] = state if t + 1 < T else 0
    Each state stands one place late: the first one belongs to h[:, 0].
first_input_skipped: state = np.tanh( -> state = h0 if t == 0 else np.tanh(
    Your h begins with h0, and x[:, 0] is never used. h[:, 0] should be the state after the first input.
last_state_everywhere: return h -> return np.stack([state] * T, axis=1)
    All time steps hold the last state. Is one array written again and again?
backward_in_time: range(T) -> reversed(range(T))
    You walk from the last input to the first. Forward begins with time step 0.
time_before_sample: return h -> return h.swapaxes(0, 1)
    The first axis should be the sample, the second the time step. Yours are exchanged.
only_last_state: return h -> return state
    You return one state. The states of all time steps are asked for.
"""

EXERCISE = Exercise(
    chapter="02_rnn_sequence",
    reference=rnn_forward,
    needs=("rnn_step_forward",),
    step="rnn_step_forward",
    outputs={"h": ("sample", "time step", "unit")},
    returns_cache=True,
    cases=rnn_inputs,
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start with an empty array h of shape (N, T, H) and a loop over time. What does one pass do?",
    worth_knowing="the loop has to stay, because each state needs the one before.",
    next_step="rnn_backward, which walks the same steps from the end to the start.",
    hints=(
        "Which two things does time step t need, and which of them was made at time step t - 1?",
        "Keep one variable for the current state. It starts as h0. x[:, t] has shape (N, D).",
        "In the loop: give x[:, t] and the current state to rnn_step_forward, put the new state into h[:, t], "
        "and keep the step's cache in a list.",
    ),
    mistakes=known(solution, MISTAKES),
)
