"""Exercise: one look at the cells of a grid, backward."""

import numpy as np

from cs231n.attention import attention_backward, dot_cells, mix_cells
from cs231n.exercises.bank.inputs import attention_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known


def solution(dcontext, h, A):
    root = np.sqrt(h.shape[1])
    scores = dot_cells(A, h) / root
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    w = p / p.sum(axis=1, keepdims=True)
    dw = dot_cells(A, dcontext)
    ds = w * (dw - (w * dw).sum(axis=1, keepdims=True))
    ds = ds / root
    dh = mix_cells(ds, A)
    dA = w[:, :, None] * dcontext[:, None] + ds[:, :, None] * h[:, None]
    return dh, dA


def parts_of_attention(h, A, context, weights):
    """Scores and sizes, by the names that people give them."""
    scores = (A @ h[:, :, None])[:, :, 0] / np.sqrt(h.shape[1])
    return {"scores": scores, "w": weights, "s": scores, "H": h.shape[1], "p": weights}


MISTAKES = """
path_through_scores_forgotten: + ds[:, :, None] * h[:, None] ->
    A cell acts in two ways: it is read, and its score decides how much. dA has only the first path.
path_through_reading_forgotten: w[:, :, None] * dcontext[:, None] + ->
    A cell acts in two ways: it is read, and its score decides how much. dA has only the second path.
root_forgotten: ds = ds / root -> ds = ds
    The scores were divided by √H on the way forward. Their gradient passes that too.
divided_by_h: ds = ds / root -> ds = ds / root**2
    The scores were divided by √H on the way forward. You divide their gradient by H.
root_forgotten_in_dh: dh = mix_cells(ds, A) -> dh = mix_cells(ds * root, A)
    (dA is right.) On the way to dh, the division by √H is missing.
root_forgotten_in_dA: ds[:, :, None] * h[:, None] -> root * ds[:, :, None] * h[:, None]
    (dh is right.) In dA, the path through the scores misses its division by √H.
softmax_as_sigmoid: w * (dw - (w * dw).sum(axis=1, keepdims=True)) -> w * (1 - w) * dw
    A weight depends on all scores of its picture: they share one sum. You treat each one alone.
softmax_not_passed: w * (dw - (w * dw).sum(axis=1, keepdims=True)) -> dw
    From the weights back to the scores there is a softmax. You pass the gradient on as it is.
softmax_sum_forgotten: w * (dw - (w * dw).sum(axis=1, keepdims=True)) -> w * dw
    A weight grows only at the cost of the others. Which part of the softmax's gradient says that?
softmax_mean: (w * dw).sum(axis=1, keepdims=True) -> dw.mean(axis=1, keepdims=True)
    In the softmax's gradient, the mean of dweights is weighted: by what?
softmax_sum_over_the_batch: (w * dw).sum(axis=1, keepdims=True) -> (w * dw).sum(axis=0, keepdims=True)
    The sum in the softmax's gradient runs over the cells of one picture. Yours runs over the pictures.
weight_outside_forgotten: ds = w * (dw - -> ds = (dw -
    The softmax's gradient has a factor in front of the bracket: it is missing.
dh_from_reading: dh = mix_cells(ds, A) -> dh = mix_cells(w, A) * dcontext
    h acts through the scores only. Your dh does not come from the gradient of the scores.
dweights_from_state: dot_cells(A, dcontext) -> dot_cells(A, h * dcontext)
    context = Σ weights · A. The gradient of a weight is the product of its cell with dcontext alone.
"""

EXERCISE = Exercise(
    chapter="07_attention",
    reference=attention_backward,
    needs=("attention_forward",),
    forward="attention_forward",
    outputs={"dh": ("sample", "unit"), "dA": ("sample", "cell", "unit")},
    cases=attention_gradients,
    of_the_notebook=("A",),
    between=parts_of_attention,
    start="Start with the gradient of the weights: each cell's product with dcontext, of shape (N, L).",
    worth_knowing="a cell with weight 0 learns nothing: its gradient is 0 on both paths.",
    next_step="attention_lstm_step_forward: an LSTM that looks before it speaks.",
    hints=(
        "context = Σ weights · A has two factors, weights and A. What is the gradient of each?",
        "Back through the softmax: dscores = weights · (dweights − Σ weights · dweights), the sum over the cells "
        "of a picture. Then back through the scores A · h / √H, again two factors.",
        "dA is a sum of two products: weights[:, :, None] with dcontext[:, None, :], and dscores[:, :, None] "
        "/ √H with h[:, None, :].",
    ),
    mistakes=known(solution, MISTAKES),
)
