"""Exercise: every word asks itself and the words before it."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import self_attention_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import self_attention_forward


def solution(x, Wq, Wk, Wv):
    T, H = x.shape[1], Wq.shape[1]
    mask = np.tril(np.ones((T, T), dtype=bool))
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.swapaxes(1, 2) / np.sqrt(H)
    masked = np.where(mask, scores, -np.inf)
    p = np.exp(masked - masked.max(axis=2, keepdims=True))
    weights = p / p.sum(axis=2, keepdims=True)
    out = weights @ v
    return out, weights


MISTAKES = """
root_forgotten: / np.sqrt(H) ->
    The scores are products of H numbers each. You do not divide them by √H.
divided_by_h: / np.sqrt(H) -> / H
    You divide the scores by H. The formula divides by its square root.
root_of_d: / np.sqrt(H) -> / np.sqrt(x.shape[2])
    You take the root of D, the length of x. A score is a product of q and k: how long are those?
root_of_t: / np.sqrt(H) -> / np.sqrt(T)
    You take the root of T, the number of words. A score is a product of q and k: how long are those?
mask_forgotten: np.where(mask, scores, -np.inf) -> scores
    Your words look at the words after them too. Where does the mask come in?
mask_turned_round: np.where(mask, scores, -np.inf) -> np.where(mask, -1e9, scores)
    You forbid what the mask allows: True means that a word may look.
zero_for_forbidden: np.where(mask, scores, -np.inf) -> scores * mask
    A score of 0 forbids nothing: exp(0) is 1. Which score gives a weight of 0?
mask_after_softmax: np.where(mask, scores, -np.inf) -> scores
    out = weights @ v -> weights = weights * mask; out = weights @ v
    You mask after the softmax: the words after have taken their share by then, and the rows do not add up to 1.
softmax_over_queries: masked - masked.max(axis=2, keepdims=True) -> masked
    p.sum(axis=2, keepdims=True) -> p.sum(axis=1, keepdims=True)
    Softmax over the wrong axis: for each word that asks, the weights of the words that are asked add up to 1.
weights_not_normalised: p / p.sum(axis=2, keepdims=True) -> np.exp(masked)
    Your weights are exp of the scores. Weights of a mean add up to 1: what is missing?
queries_and_keys_exchanged: q @ k.swapaxes(1, 2) -> k @ q.swapaxes(1, 2)
    Row t of the scores belongs to the word that asks. Yours belongs to the word that is asked.
keys_are_the_words: x @ Wq, x @ Wk, -> x @ Wq, x @ Wq,
    Keys are made with Wk. Yours are the queries.
read_the_keys: out = weights @ v -> out = weights @ k
    You read the keys. They only answer; what is read are the values.
read_with_scores: out = weights @ v -> out = scores @ v
    (The weights are right.) The values are read with the scores instead.
weights_transposed: out = weights @ v -> out = weights.swapaxes(1, 2) @ v
    Row t of the weights belongs to word t, which reads. You read with the columns.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=self_attention_forward,
    needs=("causal_mask",),
    outputs={"out": ("sample", "word", "unit"), "weights": ("sample", "asking word", "asked word")},
    returns_cache=True,
    cases=self_attention_inputs,
    of_the_notebook=("Wq", "Wk", "Wv"),
    start="Start with three products: q = x @ Wq, k = x @ Wk and v = x @ Wv, each of shape (N, T, H).",
    worth_knowing="there is no loop over time: all T words ask in one product.",
    next_step="self_attention_backward: a word is reached on three paths.",
    hints=(
        "In chapter 7 one state asked all cells. Here word t asks with its q, and word s answers with its k.",
        "Scores (N, T, T) from q and k, divided by √H; -np.inf where the mask is False; softmax, last axis.",
        "q @ k.swapaxes(1, 2) has all scores. np.where(mask, scores, -np.inf) forbids. At the end: weights @ v.",
    ),
    mistakes=known(solution, MISTAKES),
)
