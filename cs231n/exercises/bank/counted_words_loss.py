"""Exercise: scores, softmax loss and their gradients for the words that count, and for no others."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.layers import affine_backward, affine_forward
from cs231n.rnn_layers import temporal_softmax_loss


def counted_words_loss(h, y, mask, W, b):
    """Loss −Σ log softmax(h[n, t] W + b)[y[n, t]] / N over the places where mask is True, with its gradients.

    h: (N, T, H), y: (N, T) integers, mask: (N, T) booleans, W: (H, V), b: (V,)
    returns: loss, dh (N, T, H), dW (H, V), db (V,)
    """
    scores, cache = affine_forward(h[mask], W, b)
    loss, dscores = temporal_softmax_loss(scores[None], y[mask][None], np.ones((1, len(scores)), dtype=bool))
    dh = np.zeros_like(h)
    dh[mask], dW, db = affine_backward(dscores[0] / len(h), cache)
    return loss / len(h), dh, dW, db


def inputs(seed=None):
    """Cases: some places count, none of one caption, all places, a single one; float32; and one with NaN in all
    places that do not count, so that only an answer that leaves them alone is right."""
    sizes = [(3, 4, 5, 6), (1, 5, 2, 4), (2, 1, 4, 3), (4, 3, 2, 5), (2, 4, 3, 7), (3, 5, 2, 4)]
    found = []
    for k, (N, T, H, V) in enumerate(longer(sizes, seed)):
        random = generator(500 + k, seed)
        lengths = random.permutation(np.arange(N) % T + 1)
        mask = np.arange(T) < lengths[:, None]
        if k == 3:
            mask[1], mask[2, 0] = False, False
        dtype = np.float32 if k == 4 else np.float64
        h, W, b = (random.normal(size=shape).astype(dtype) for shape in ((N, T, H), (H, V), (V,)))
        y = random.integers(V, size=(N, T))
        text = f"N={N}, T={T}, H={H}, V={V}"
        if k == 5:
            h[~mask], text = np.nan, f"{text}, and h is NaN where mask is False"
        found.append(Case(text, {"h": h, "y": y, "mask": mask, "W": W, "b": b}))
    return found


def few_words_of_many():
    """Inputs where 2 of 500 places count: an array of scores for all places stands out by its size."""
    random = np.random.default_rng(9)
    h, W, b = (random.normal(size=shape) for shape in ((10, 50, 2), (2, 8), (8,)))
    mask = np.zeros((10, 50), dtype=bool)
    mask[[3, 7], [0, 12]] = True
    return {"h": h, "y": random.integers(8, size=mask.shape), "mask": mask, "W": W, "b": b}


def solution(h, y, mask, W, b):
    N, rows, words = len(h), h[mask], y[mask]
    p = np.exp(rows @ W + b)
    p /= p.sum(axis=1, keepdims=True)
    right = np.arange(len(words)), words
    loss = -np.log(p[right]).sum() / N
    p[right] -= 1
    dscores = p / N
    dh = np.zeros_like(h)
    dh[mask] = dscores @ W.T
    return loss, dh, rows.T @ dscores, dscores.sum(axis=0)


MISTAKES = """
all_places_counted: N, rows -> mask = np.ones_like(mask); N, rows
    All places count in your loss. Take only those where mask is True.
mask_turned_round: N, rows -> mask = ~mask; N, rows
    You count the places where mask is False.
averaged_over_words: = len(h), -> = mask.sum(),
    You divide by the number of words. Here it is the number of captions, N.
summed_over_captions: = len(h), -> = 1,
    Your loss is a sum over the captions. It should be their average.
gradients_not_divided: dscores = p / N -> dscores = p
    The loss is divided by N, its gradients are not.
dh_of_counted_rows_only: return loss, dh -> return loss, dh[mask]
    dh has one row per counted word. Put them back into the shape of h.
dh_in_the_first_rows: dh[mask] = -> dh.reshape(-1, h.shape[2])[: len(rows)] =
    dh: the rows stand one after another at the beginning, not at the places they came from.
dh_in_the_first_places: dh[mask] = -> dh.reshape(-1, h.shape[2])[mask.size - len(rows) :] =
    dh: the rows are not at the places they came from.
right_word_not_taken_off: p[right] -= 1 -> pass
    The gradient of the scores lacks one term: at the right word it is p − 1.
bias_gradient_averaged: dscores.sum(axis=0) -> dscores.mean(axis=0)
    db: you average over the rows. Each row adds to it.
bias_forgotten: rows @ W + b -> rows @ W
    One term of the scores is missing: b.
softmax_over_rows: p.sum(axis=1, keepdims=True) -> p.sum(axis=0, keepdims=True)
    Softmax over the wrong axis: a row of scores belongs to one word, so each row adds up to 1.
"""


def computed_everywhere(h, y, mask, W, b):
    """You compute the places that do not count, too, and mask them afterwards. That is the work to save."""
    p = np.exp(h @ W + b)
    p /= p.sum(axis=2, keepdims=True)
    one_hot = np.eye(len(b), dtype=h.dtype)[y]
    loss = -(np.log((p * one_hot).sum(axis=2)) * mask).sum() / len(h)
    dscores = (p - one_hot) * mask[:, :, None] / len(h)
    return loss, dscores @ W.T, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))


def computed_everywhere_by_the_layer(h, y, mask, W, b):
    """You compute the places that do not count, too, and mask them afterwards. That is the work to save."""
    loss, dscores = temporal_softmax_loss(h @ W + b, y, mask)
    return loss, dscores @ W.T, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))


EXERCISE = Exercise(
    chapter="13_make_it_fast",
    reference=counted_words_loss,
    outputs={
        "loss": (),
        "dh": ("caption", "step", "unit"),
        "dW": ("unit", "word"),
        "db": ("word",),
    },
    cases=inputs,
    of_the_notebook=("y", "mask", "W", "b"),
    without_waste=few_words_of_many,
    start="Start with rows = h[mask]: an array with one row for each word that counts.",
    worth_knowing="h[mask] gathers rows, and dh[mask] = rows puts them back.",
    next_step="measure what it brings, in the next cell.",
    hints=(
        "What are the shapes of h[mask] and y[mask]? What is left is an affine layer and a softmax on rows.",
        "With p the softmax of a row's scores, the gradient of the scores is p, minus 1 at the right word, "
        "divided by N: the number of captions, not of rows. For M rows, p[np.arange(M), words] are those words.",
        "dh starts as np.zeros_like(h). Then dh[mask] = dscores @ W.T puts each row where it came from.",
    ),
    mistakes=known(solution, MISTAKES, computed_everywhere, computed_everywhere_by_the_layer),
)
