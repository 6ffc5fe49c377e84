"""Exercise: one step of an LSTM that looks at the grid first."""

import numpy as np

from cs231n.attention import attention_forward, attention_lstm_step_forward
from cs231n.exercises.bank.inputs import attention_lstm_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.lstm_layers import sigmoid


def solution(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    context, weights, _ = attention_forward(prev_h, A)
    a = x @ Wx + prev_h @ Wh + context @ Wc + b
    i, f, o, g = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c


MISTAKES = """
context_forgotten: + context @ Wc ->
    The gates should see the context too: one term is missing in a.
context_through_Wh: context @ Wc -> context @ Wh
    The context has weights of its own, Wc. You use Wh for it.
state_through_Wc: prev_h @ Wh -> prev_h @ Wc
    The state has weights of its own, Wh. You use Wc for it.
weights_exchanged: prev_h @ Wh + context @ Wc -> prev_h @ Wc + context @ Wh
    Wh and Wc are exchanged: Wh belongs to the state, Wc to the context.
state_replaced_by_context: prev_h @ Wh + context @ Wc -> context @ Wh + context @ Wc
    You use the context instead of prev_h. The state itself still enters.
state_forgotten: + prev_h @ Wh ->
    The gates should see prev_h itself too, not only what it looked at.
plain_mean: context, weights, _ = attention_forward(prev_h, A) -> context = A.mean(axis=1)
    Your context is the plain mean of the cells. The state should choose where to look.
cell_asks: attention_forward(prev_h, A) -> attention_forward(prev_c, A)
    You look with prev_c. It is the state prev_h that asks.
bias_forgotten: context @ Wc + b -> context @ Wc
    One term is missing in a: the one that depends on nothing.
gates_in_order_ifgo: i, f, o, g = np -> i, f, g, o = np
    The order of the blocks here is i, f, o, g. You read the last two exchanged.
old_cell_forgotten: f * prev_c + i * g -> i * g
    Your new cell holds only new things. What happens to prev_c?
cell_not_squashed: o * np.tanh(next_c) -> o * next_c
    (next_c is right.) It is squashed on its way to next_h.
context_added_to_h: o * np.tanh(next_c) -> o * np.tanh(next_c) + context
    The context enters through the gates, with Wc. You add it to next_h as well.
"""

EXERCISE = Exercise(
    chapter="07_attention",
    reference=attention_lstm_step_forward,
    needs=("attention_forward", "lstm_step_forward"),
    outputs={"next_h": ("sample", "unit"), "next_c": ("sample", "unit")},
    returns_cache=True,
    cases=attention_lstm_inputs,
    of_the_notebook=("A", "Wx", "Wh", "Wc", "b"),
    start="Start with the look: attention_forward with prev_h and A gives the context.",
    worth_knowing="the context is made anew at each step: the state need not carry the whole picture.",
    next_step="train a captioner that looks again at every word.",
    hints=(
        "Which state is known before the step? That one asks, and the cells answer with the context.",
        "a of shape (N, 4H) is the LSTM's sum with one product more: the context with Wc.",
        "The context is the first output of your attention_forward, asked with prev_h. Then the LSTM's step "
        "as in chapter 6, with a = x Wx + prev_h Wh + context Wc + b.",
    ),
    mistakes=known(solution, MISTAKES),
)
