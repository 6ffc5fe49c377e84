"""Exercise: every word asks the words before it, backward."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import self_attention_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import self_attention_backward, self_attention_forward


def solution(dout, x, Wq, Wk, Wv):
    root = np.sqrt(Wq.shape[1])
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    w = self_attention_forward(x, Wq, Wk, Wv)[1]
    dv = w.swapaxes(1, 2) @ dout
    dw = dout @ v.swapaxes(1, 2)
    ds = w * (dw - (w * dw).sum(axis=2, keepdims=True))
    ds = ds / root
    dq = ds @ k
    dk = ds.swapaxes(1, 2) @ q
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dWq = np.einsum("ntd,nth->dh", x, dq)
    dWk = np.einsum("ntd,nth->dh", x, dk)
    dWv = np.einsum("ntd,nth->dh", x, dv)
    return dx, dWq, dWk, dWv


def parts_of_self_attention(x, Wq, Wk, Wv, out, weights):
    """What lies between, by the names that people give it."""
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.swapaxes(1, 2) / np.sqrt(Wq.shape[1])
    found = {"q": q, "k": k, "v": v, "scores": scores, "w": weights, "p": weights, "H": Wq.shape[1]}
    return found | {"mask": np.tril(np.ones(scores.shape[1:], dtype=bool))}


MISTAKES = """
query_path_forgotten: dq @ Wq.T + ->
    A word acts in three ways: it asks, it answers, it is read. dx lacks the first path.
key_path_forgotten: + dk @ Wk.T ->
    A word acts in three ways: it asks, it answers, it is read. dx lacks the second path.
value_path_forgotten: + dv @ Wv.T ->
    A word acts in three ways: it asks, it answers, it is read. dx lacks the third path.
root_forgotten: ds = ds / root -> ds = ds
    The scores were divided by √H on the way forward. Their gradient passes that too.
divided_by_h: ds = ds / root -> ds = ds / root**2
    The scores were divided by √H on the way forward. You divide their gradient by H.
root_forgotten_for_keys: dk = ds.swapaxes(1, 2) @ q -> dk = ds.swapaxes(1, 2) @ q * root
    On the way to the keys, the division by √H is missing.
root_forgotten_for_queries: dq = ds @ k -> dq = ds @ k * root
    On the way to the queries, the division by √H is missing.
keys_not_transposed: dk = ds.swapaxes(1, 2) -> dk = ds
    Key s is reached by all queries that asked it: a column of dscores, not a row.
values_not_transposed: dv = w.swapaxes(1, 2) -> dv = w
    Value s is read by all words after it: a column of the weights, not a row.
queries_and_keys_exchanged: dq = ds @ k -> dq = ds @ q
    The scores are products of q and k. The gradient of one factor holds the other one.
softmax_as_sigmoid: w * (dw - (w * dw).sum(axis=2, keepdims=True)) -> w * (1 - w) * dw
    A weight depends on all scores of its row: they share one sum. You treat each one alone.
softmax_not_passed: w * (dw - (w * dw).sum(axis=2, keepdims=True)) -> np.tril(dw)
    From the weights back to the scores there is a softmax. You pass the gradient on as it is.
softmax_sum_forgotten: w * (dw - (w * dw).sum(axis=2, keepdims=True)) -> w * dw
    A weight grows only at the cost of the others. Which part of the softmax's gradient says that?
softmax_sum_over_queries: (w * dw).sum(axis=2, keepdims=True) -> (w * dw).sum(axis=1, keepdims=True)
    The sum in the softmax's gradient runs over the words that are asked. Yours runs over those that ask.
mean_over_the_batch: dx = dq -> dq, dk, dv = dq / len(x), dk / len(x), dv / len(x); dx = dq
    Your gradients are divided by N. The loss has done that already, before dout.
query_weights_from_dk: x, dq) -> x, dk)
    q = x Wq. Your dWq is made of the gradient of the keys.
value_weights_from_dout: x, dv) -> x, dout)
    v = x Wv. Your dWv is made of dout: the weights stand between out and v.
values_from_the_keys: dw = dout @ v.swapaxes(1, 2) -> dw = dout @ k.swapaxes(1, 2)
    out = weights @ v. The gradient of the weights holds the other factor: the values.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=self_attention_backward,
    needs=("causal_mask", "self_attention_forward"),
    forward="self_attention_forward",
    outputs={
        "dx": ("sample", "word", "input"),
        "dWq": ("input", "unit"),
        "dWk": ("input", "unit"),
        "dWv": ("input", "unit"),
    },
    cases=self_attention_gradients,
    of_the_notebook=("Wq", "Wk", "Wv"),
    between=parts_of_self_attention,
    start="Start at the end: out = weights @ v has two factors. What are the gradients of weights and of v?",
    worth_knowing="where the mask forbids, the weight is 0 and lets nothing back: no line for the mask.",
    next_step="multi_head_attention_forward: several looks at once.",
    hints=(
        "It is attention_backward of chapter 7 for all words at once. Only the keys and values are new.",
        "dv = weightsᵀ dout; dweights = dout vᵀ; through the softmax to dscores; dq = dscores k / √H; "
        "dk = dscoresᵀ q / √H.",
        "dx is a sum of three products: dq @ Wq.T, dk @ Wk.T and dv @ Wv.T. For dWq, x meets dq, summed over n "
        'and t: np.einsum("ntd,nth->dh", x, dq).',
    ),
    mistakes=known(solution, MISTAKES),
)
