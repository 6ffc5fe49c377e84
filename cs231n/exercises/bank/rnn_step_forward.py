"""Exercise: one step of a vanilla RNN."""

import numpy as np

from cs231n.exercises.bank.inputs import rnn_step_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid  # noqa: F401  (a mistake needs it)
from cs231n.rnn_layers import rnn_step_forward


def solution(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh + b)


MISTAKES = """
bias_forgotten: + b) -> )
    Is every term of the formula there? One of them does not depend on x or prev_h.
bias_after_tanh: + b) -> ) + b
    The bias belongs inside the squashing, with the other two terms.
bias_subtracted: + b -> - b
    Look at the sign in front of the bias.
tanh_forgotten: np.tanh( -> (
    Your values can grow beyond 1. Which function keeps a state between -1 and 1?
sigmoid_for_tanh: np.tanh( -> sigmoid(
    Your values lie between 0 and 1. The state of this network lies between -1 and 1.
relu_for_tanh: np.tanh( -> np.maximum(0,
    You cut negative values off. This network uses another squashing function.
state_forgotten: + prev_h @ Wh ->
    Your result does not depend on prev_h, so the network has no memory.
input_forgotten: x @ Wx + ->
    Your result does not depend on x, so the network does not see its input.
Wh_transposed: prev_h @ Wh -> prev_h @ Wh.T
    Check the orientation of Wh: it is square, so NumPy cannot warn you.
Wh_elementwise: prev_h @ Wh -> prev_h * np.diag(Wh)
    Only the diagonal of Wh is used. Every unit should hear from every other unit.
tanh_on_each_term: Wx + prev_h @ Wh + b) -> Wx) + np.tanh(prev_h @ Wh) + b
    The three terms are added first, and squashed once.
state_added_after_tanh: + prev_h @ Wh + b) -> + b) + prev_h @ Wh
    The term with prev_h belongs inside the squashing too.
tanh_twice: return -> return np.tanh(
    Wh + b) -> Wh + b))
    The sum is squashed twice. Once is enough.
Wh_forgotten: prev_h @ Wh -> prev_h
    prev_h enters without Wh: every unit hears its own old value only.
old_state_kept: return -> return prev_h +
    The old state enters only through Wh. You also add it to the new state directly.
tan_for_tanh: np.tanh( -> np.tan(
    This is the tangent, which grows without bound. The squashing function has one letter more.
first_term_squashed: Wx + prev_h @ Wh + b) -> Wx) + prev_h @ Wh + b
    Only the term with x is squashed. All three terms are added first, and squashed once.
"""

EXERCISE = Exercise(
    chapter="01_rnn_step",
    reference=rnn_step_forward,
    outputs={"next_h": ("sample", "unit")},
    returns_cache=True,
    cases=rnn_step_inputs,
    of_the_notebook=("Wx", "Wh", "b"),
    start="Start with the shapes: x @ Wx is (N, H), like next_h. What else is added before the tanh?",
    worth_knowing="Wx, Wh and b serve every time step, so a longer caption needs no more weights.",
    next_step="rnn_step_backward, which reads your cache: what will it need?",
    hints=(
        "Which two things decide the new state? Write the formula down and mark the shape of every term.",
        "Two matrix products of shape (N, H) and a bias of shape (H,) are added. Then tanh squashes the sum.",
        "next_h is the tanh of: x times Wx, plus prev_h times Wh, plus b. Put into the cache what the "
        "backward step will need: the inputs, and next_h.",
    ),
    mistakes=known(solution, MISTAKES),
)
