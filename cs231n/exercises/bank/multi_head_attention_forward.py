"""Exercise: attention with several heads."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import multi_head_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import multi_head_attention_forward


def solution(query, key, value, W, b, num_heads, mask=None):
    (N, S, D), T = query.shape, key.shape[1]
    d = D // num_heads
    k, q, v = key @ W[0] + b[0], query @ W[1] + b[1], value @ W[2] + b[2]
    k, q, v = (a.reshape(N, a.shape[1], num_heads, d).transpose(0, 2, 1, 3) for a in (k, q, v))
    scores = q @ k.swapaxes(2, 3) / np.sqrt(d)
    allowed = np.ones((S, T), dtype=bool) if mask is None else mask
    masked = np.where(allowed, scores, -np.inf)
    p = np.exp(masked - masked.max(axis=3, keepdims=True))
    weights = p / p.sum(axis=3, keepdims=True)
    heads = weights @ v
    heads = heads.transpose(0, 2, 1, 3).reshape(N, S, D)
    return heads @ W[3] + b[3], weights


MISTAKES = """
root_of_d: / np.sqrt(d) -> / np.sqrt(D)
    You divide by √D. How many numbers have q and k in one head?
root_forgotten: / np.sqrt(d) ->
    The scores are not divided by the root of the numbers of a head.
softmax_over_queries: masked - masked.max(axis=3, keepdims=True) -> masked
    p.sum(axis=3, keepdims=True) -> p.sum(axis=2, keepdims=True)
    Softmax over the wrong axis: for each query, the weights of the keys add up to 1.
softmax_over_heads: masked - masked.max(axis=3, keepdims=True) -> masked
    p.sum(axis=3, keepdims=True) -> p.sum(axis=1, keepdims=True)
    Softmax over the heads. Each head has weights of its own, which add up to 1 over the keys.
mask_forgotten: np.where(allowed, scores, -np.inf) -> scores
    Your heads look where the mask forbids it.
mask_turned_round: np.where(allowed, scores, -np.inf) -> np.where(allowed & (mask is not None), -1e9, scores)
    You forbid what the mask allows: True means that a query may look.
zero_for_forbidden: np.where(allowed, scores, -np.inf) -> scores * allowed
    A score of 0 forbids nothing: exp(0) is 1. Which score gives a weight of 0?
mask_after_softmax: np.where(allowed, scores, -np.inf) -> scores
    heads = weights @ v -> weights = weights * allowed; heads = weights @ v
    You mask after the softmax: what is forbidden has taken its share by then.
heads_mixed_up: (N, a.shape[1], num_heads, d).transpose(0, 2, 1, 3) -> (N, num_heads, a.shape[1], d)
    A reshape to (N, heads, T, d) alone mixes the words. Into which shape first, so that heads only cut columns?
heads_side_by_side_forgotten: heads.transpose(0, 2, 1, 3).reshape(N, S, D) -> heads.reshape(N, S, D)
    Before the heads stand side by side again, an axis has to go back to its place.
heads_take_turns: num_heads, d).transpose(0, 2, 1, 3) for -> d, num_heads).transpose(0, 3, 1, 2) for
    Your heads take the columns in turn. Each head gets columns that stand side by side.
projection_forgotten: return heads @ W[3] + b[3], weights -> return heads, weights
    The heads stand side by side. The last step, their projection, is missing.
matrix_of_the_projection_forgotten: return heads @ W[3] + b[3], weights -> return heads + b[3], weights
    The heads stand side by side. A matrix has to mix them: the last of W.
bias_of_the_projection_forgotten: return heads @ W[3] + b[3], weights -> return heads @ W[3], weights
    The projection has a bias, too, which is missing.
biases_forgotten: + b[0], query @ W[1] + b[1], value @ W[2] + b[2] -> , query @ W[1], value @ W[2]
    Queries, keys and values have a bias each, which is missing.
keys_and_queries_exchanged: key @ W[0] + b[0], query @ W[1] + b[1] -> key @ W[1] + b[1], query @ W[0] + b[0]
    W and b begin with the keys' part: the order is key, query, value, projection.
values_of_the_keys: value @ W[2] + b[2] -> key @ W[2] + b[2]
    Your values are made of the keys' input.
read_the_keys: heads = weights @ v -> heads = weights @ k
    You read the keys. They only answer; what is read are the values.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=multi_head_attention_forward,
    needs=("causal_mask", "self_attention_forward"),
    outputs={"out": ("sample", "word", "unit"), "weights": ("sample", "head", "word", "key")},
    returns_cache=True,
    cases=multi_head_inputs,
    of_the_notebook=("W", "b", "mask"),
    start="Start with q = query @ Wq + bq, of shape (N, S, D), and k and v in the same way.",
    worth_knowing="several heads cost no more than one: each has only a part of the columns.",
    next_step="layer_norm_forward: it keeps the numbers in size.",
    hints=(
        "It is your self_attention_forward, once a head. Which columns of q belong to head 0, which to head 1?",
        "Cut q, k and v: (N, T, D) → (N, T, heads, d) → (N, heads, T, d), with d = D / heads. Then @ works on "
        "the last two axes, for all heads at once. Scores are divided by √d.",
        "q.reshape(N, S, num_heads, d).transpose(0, 2, 1, 3) cuts; out.transpose(0, 2, 1, 3).reshape(N, S, D) "
        "puts together again. Then @ Wp + bp.",
    ),
    mistakes=known(solution, MISTAKES),
)
