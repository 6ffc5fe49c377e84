"""Exercise: an LSTM over a sequence."""

import numpy as np

from cs231n.exercises.bank.inputs import lstm_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid
from cs231n.rnn_layers import lstm_forward


def solution(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h, state, cell = np.zeros((N, T, len(Wh)), x.dtype), h0, np.zeros_like(h0)
    for t in range(T):
        i, f, o, g = np.split(x[:, t] @ Wx + state @ Wh + b, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        state = sigmoid(o) * np.tanh(cell)
        h[:, t] = state
    return h


MISTAKES = """
cell_not_carried: sigmoid(f) * cell + ->
    The state goes from step to step, but every step starts with an empty cell.
state_not_carried: state @ Wh -> h0 @ Wh
    The cell goes from step to step, but every step sees h0 as its old state.
nothing_carried: sigmoid(f) * cell + ->
    state @ Wh -> h0 @ Wh
    Every step starts from h0 and an empty cell. What does one step hand to the next?
state_and_cell_exchanged: h[:, t] = state -> h[:, t] = state; state, cell = cell, state
    State and cell are exchanged when you hand them to the next step.
state_as_cell: h[:, t] = state -> h[:, t] = cell = state
    The next step gets the state twice, as state and as cell.
h0_ignored: x.dtype), h0 -> x.dtype), 0 * h0
    Your sequence starts from zeros. The first state should be h0; only the cell starts at zero.
cell_starts_at_h0: np.zeros_like(h0) -> h0
    The cell starts at zero here, not at h0.
cell_starts_at_one: np.zeros_like(h0) -> np.ones_like(h0)
    The cell starts at zero here, not at one.
cells_returned: h[:, t] = state -> h[:, t] = cell
    You return the cells. The states h are asked for.
gates_in_order_ifgo: i, f, o, g = -> i, f, g, o =
    The order of the blocks here is i, f, o, g. You read the last two exchanged.
bias_forgotten: + b ->
    One term of the step is missing: the one that does not depend on x or h.
one_step_late: i, f, o, g = -> h[:, t] = state; i, f, o, g =
    h[:, t] = state -> pass
    Your h begins with h0 itself. h[:, 0] should be the state after the first input.
last_step_missing: range(T) -> range(T - 1)
    The loop stops one step too early: the last state keeps its zeros.
return_in_loop: h[:, t] = state -> h[:, t] = state; return h
    Only the first step has a state. Is a return inside the loop?
first_step_missing: range(T) -> range(1, T)
    The loop begins one step too late: the first state keeps its zeros.
same_input_every_step: x[:, t] -> x[:, 0]
    Every step of yours sees the input of time step 0.
one_place_late: h[:, t] = state -> h[:, (t + 1) % T] = state if t + 1 < T else 0
    Each state stands one place late: the first one belongs to h[:, 0].
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
    chapter="06_lstm",
    reference=lstm_forward,
    needs=("lstm_step_forward",),
    step="lstm_step_forward",
    outputs={"h": ("sample", "time step", "unit")},
    returns_cache=True,
    cases=lstm_inputs,
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start from your rnn_forward. What must one step hand to the next now, as well as the state?",
    worth_knowing="the layers above see only h. The cell is the network's own memory.",
    next_step="lstm_backward, where two gradients are carried back instead of one.",
    hints=(
        "A step returns a state and a cell. Which of them goes into h, and which goes to the next step?",
        "Before the loop: the state is h0, and the cell is zeros of the same shape and dtype.",
        "In the loop: give x[:, t], the state and the cell to lstm_step_forward, keep both results for the next "
        "step, put the state into h[:, t], and the step's cache into a list.",
    ),
    mistakes=known(solution, MISTAKES),
)
