"""Exercise: scores, softmax loss and their gradients for the words that count, and for no others."""

import numpy as np

from cs231n.exercises.exercise import Case, Exercise, knows
from cs231n.rnn_layers import temporal_affine_backward, temporal_affine_forward, temporal_softmax_loss

MISTAKES = []


def counted_words_loss(h, y, mask, W, b):
    """Loss −Σ log softmax(h[n, t] W + b)[y[n, t]] / N over the places where mask is True, with its gradients.

    h: (N, T, H), y: (N, T) integers, mask: (N, T) booleans, W: (H, V), b: (V,)
    returns: loss, dh (N, T, H), dW (H, V), db (V,)
    """
    scores, cache = temporal_affine_forward(h, W, b)
    loss, dscores = temporal_softmax_loss(scores, y, mask)
    return loss, *temporal_affine_backward(dscores, cache)


def inputs():
    """Cases: some places count, none of one caption, all places, a single one; float32."""
    sizes = [(3, 4, 5, 6), (1, 5, 2, 4), (2, 1, 4, 3), (4, 3, 2, 5), (2, 4, 3, 7)]
    found = []
    for seed, (N, T, H, V) in enumerate(sizes):
        random = np.random.default_rng(500 + seed)
        lengths = random.permutation(np.arange(N) % T + 1)
        mask = np.arange(T) < lengths[:, None]
        if seed == 3:
            mask[1], mask[2, 0] = False, False
        dtype = np.float32 if seed == 4 else np.float64
        h, W, b = (random.normal(size=shape).astype(dtype) for shape in ((N, T, H), (H, V), (V,)))
        y = random.integers(V, size=(N, T))
        found.append(Case(f"N={N}, T={T}, H={H}, V={V}", {"h": h, "y": y, "mask": mask, "W": W, "b": b}))
    return found


@knows(MISTAKES, "all_places_counted", "All places count in your loss. Take only those where mask is True.")
def all_places_counted(h, y, mask, W, b):
    return counted_words_loss(h, y, np.ones_like(mask), W, b)


@knows(MISTAKES, "mask_turned_round", "You count the places where mask is False.")
def mask_turned_round(h, y, mask, W, b):
    return counted_words_loss(h, y, ~mask, W, b)


@knows(
    MISTAKES,
    "averaged_over_words",
    "You divide by the number of words. Here it is the number of captions, N.",
)
def averaged_over_words(h, y, mask, W, b):
    factor = len(h) / mask.sum()
    return tuple(factor * part for part in counted_words_loss(h, y, mask, W, b))


@knows(MISTAKES, "summed_over_captions", "Your loss is a sum over the captions. It should be their average.")
def summed_over_captions(h, y, mask, W, b):
    return tuple(len(h) * part for part in counted_words_loss(h, y, mask, W, b))


@knows(MISTAKES, "gradients_not_divided", "The loss is divided by N, its gradients are not.")
def gradients_not_divided(h, y, mask, W, b):
    loss, *gradients = counted_words_loss(h, y, mask, W, b)
    return loss, *(len(h) * gradient for gradient in gradients)


@knows(
    MISTAKES, "dh_of_counted_rows_only", "dh has one row a counted word. Put them back into the shape of h."
)
def dh_of_counted_rows_only(h, y, mask, W, b):
    loss, dh, dW, db = counted_words_loss(h, y, mask, W, b)
    return loss, dh[mask], dW, db


@knows(MISTAKES, "dh_in_the_first_places", "dh: the rows are not at the places they came from.")
def dh_in_the_first_places(h, y, mask, W, b):
    loss, dh, dW, db = counted_words_loss(h, y, mask, W, b)
    moved = np.zeros_like(dh).reshape(-1, h.shape[2])
    moved[len(moved) - mask.sum() :] = dh[mask]
    return loss, moved.reshape(dh.shape), dW, db


@knows(
    MISTAKES,
    "right_word_not_taken_off",
    "The gradient of the scores lacks one term: at the right word it is p − 1.",
)
def right_word_not_taken_off(h, y, mask, W, b):
    loss, *_ = counted_words_loss(h, y, mask, W, b)
    p = np.exp(h @ W + b)
    p *= mask[:, :, None] / p.sum(axis=2, keepdims=True) / len(h)
    return loss, p @ W.T, np.einsum("nth,ntv->hv", h, p), p.sum(axis=(0, 1))


@knows(MISTAKES, "bias_gradient_averaged", "db: you average over the rows. Each row adds to it.")
def bias_gradient_averaged(h, y, mask, W, b):
    loss, dh, dW, db = counted_words_loss(h, y, mask, W, b)
    return loss, dh, dW, db / mask.sum()


@knows(MISTAKES, "bias_forgotten", "One term of the scores is missing: b.")
def bias_forgotten(h, y, mask, W, b):
    return counted_words_loss(h, y, mask, W, 0 * b)


EXERCISE = Exercise(
    name="counted_words_loss",
    chapter="08_make_it_fast",
    reference=counted_words_loss,
    outputs={
        "loss": (),
        "dh": ("caption", "step", "unit"),
        "dW": ("unit", "word"),
        "db": ("word",),
    },
    cases=inputs,
    start="Start with rows = h[mask]: an array with one row for each word that counts.",
    worth_knowing="h[mask] gathers rows, and dh[mask] = rows puts them back.",
    next_step="measure what it brings, in the next cell.",
    hints=(
        "What are the shapes of h[mask] and y[mask]? What is left is an affine layer and a softmax on rows.",
        "With p the softmax of a row's scores, the gradient of the scores is p, minus 1 at the right word, "
        "divided by N: the number of captions, not of rows.",
        "dh starts as np.zeros_like(h). Then dh[mask] = dscores @ W.T puts each row where it came from.",
    ),
    mistakes=tuple(MISTAKES),
)
