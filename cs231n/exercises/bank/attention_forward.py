"""Exercise: one look at the cells of a grid."""

import numpy as np

from cs231n.attention import attention_forward, dot_cells, mix_cells
from cs231n.exercises.bank.inputs import attention_inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known


def solution(h, A):
    H = h.shape[1]
    scores = dot_cells(A, h) / np.sqrt(H)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = p / p.sum(axis=1, keepdims=True)
    context = mix_cells(weights, A)
    return context, weights


MISTAKES = """
root_forgotten: / np.sqrt(H) ->
    The scores are products of H numbers each. You do not divide them by √H.
divided_by_h: / np.sqrt(H) -> / H
    You divide the scores by H. The formula divides by its square root.
multiplied_by_root: / np.sqrt(H) -> * np.sqrt(H)
    The scores are multiplied by √H in your code, not divided by it.
root_of_cells: np.sqrt(H) -> np.sqrt(A.shape[1])
    You take the root of L, the number of cells. The formula takes it of H.
softmax_over_the_batch: np.exp(scores - scores.max(axis=1, keepdims=True)) -> np.exp(scores)
    p.sum(axis=1, keepdims=True) -> p.sum(axis=0, keepdims=True)
    Softmax over the wrong axis: for each picture, the weights of its L cells add up to 1.
softmax_over_everything: np.exp(scores - scores.max(axis=1, keepdims=True)) -> np.exp(scores)
    p.sum(axis=1, keepdims=True) -> p.sum()
    All pictures share one softmax in your code. Each picture has its own, over its L cells.
weights_not_normalised: weights = p / p.sum(axis=1, keepdims=True) -> weights = np.exp(scores)
    Your weights are exp of the scores. Weights of a mean add up to 1: what is missing?
scores_for_weights: weights = p / p.sum(axis=1, keepdims=True) -> weights = scores
    Your weights are the scores themselves. What turns scores into shares?
normalised_without_exp: p / p.sum(axis=1, keepdims=True) -> scores / scores.sum(axis=1, keepdims=True)
    You divide scores by their sum, and some are negative. Softmax takes exp of them first.
context_from_the_state: mix_cells(weights, A) -> weights.sum(axis=1, keepdims=True) * h
    Your context is made of h. What is read with the weights are the cells A.
context_not_weighted: mix_cells(weights, A) -> A.mean(axis=1)
    Your context is the plain mean of the cells. Where do the weights enter?
context_summed_without_weights: mix_cells(weights, A) -> A.sum(axis=1)
    Your context is the sum of the cells. Where do the weights enter?
context_divided_by_cells: mix_cells(weights, A) -> mix_cells(weights, A) / A.shape[1]
    The weights add up to 1 already: their sum of cells is a mean. You divide once more.
only_the_best_cell: mix_cells(weights, A) -> A[np.arange(len(A)), weights.argmax(axis=1)]
    You read only the cell with the largest weight. The context is a sum over all cells.
read_with_scores: mix_cells(weights, A) -> mix_cells(scores, A)
    The weights are right. The cells are read with the scores instead.
"""

EXERCISE = Exercise(
    chapter="07_attention",
    reference=attention_forward,
    outputs={"context": ("sample", "unit"), "weights": ("sample", "cell")},
    returns_cache=True,
    cases=attention_inputs,
    of_the_notebook=("A",),
    start="Start with one score per cell: the product of the cell's vector with the picture's h, divided by √H.",
    worth_knowing="the weights are a softmax, so the model can learn where to look, by gradients.",
    next_step="attention_backward: each cell is reached on two paths.",
    hints=(
        "Which cells fit the state? A large product A[n, l] · h[n] says: this one does.",
        "Three lines: scores (N, L) from A and h, a softmax over the L cells, a sum of cells with these weights. "
        "h[:, None] has shape (N, 1, H): A * h[:, None] multiplies each cell by its own h. Which axis is summed?",
        'np.einsum("nlh,nh->nl", A, h) has the products of all cells with their h; (A @ h[:, :, None])[:, :, 0] '
        "is the same. The context is the other sum, over l.",
    ),
    mistakes=known(solution, MISTAKES),
)
