"""Learning from a judge: the loss of chapter 04, each caption weighted by how much better it was than the others.

A model draws captions w of a picture, and somebody rewards each with a number r(w). What is to grow is the mean
reward J = Σ_w P(w) r(w). Its gradient needs no gradient of the reward  (REINFORCE; Williams, 1992):

    ∇J = Σ_w P(w) r(w) ∇log P(w),   estimated by the mean of r(w) ∇log P(w) over captions drawn with P
"""

import numpy as np

from cs231n.shapes import check_shapes
from cs231n.temporal_layers import temporal_softmax_loss


def advantages(rewards):
    """How much better each caption was than the other captions of its picture.

    A[n, k] = r[n, k] − Σ_{j≠k} r[n, j] / (K − 1). What is taken off does not depend on caption k itself, so the
    mean of the gradient stays the same  (Kool et al., 2019).

    rewards: (N, K), of K captions for each of N pictures
    returns: (N, K)
    ValueError: for a wrong shape, or one caption a picture, which has no others
    """
    rewards = np.asarray(rewards) * 1.0  # a judge may say True and False
    K = check_shapes(rewards=(rewards, "N K"))["K"]
    if K < 2:
        raise ValueError("rewards has one caption a picture: draw two or more, to compare them")
    others = rewards.sum(axis=1, keepdims=True) - rewards
    return rewards - others / (K - 1)


def reward_loss(x, y, mask, advantages):
    """Softmax loss of drawn captions, each weighted by its advantage:
    −Σ_n A[n] Σ_t mask[n, t] log softmax(x[n, t])[y[n, t]] / N.

    A step down this loss makes captions with A > 0 more probable, and those with A < 0 less. The advantages are
    numbers: nothing flows back into them.

    x: (N, T, V) scores; y: (N, T) integers, the words that were drawn
    mask: (N, T) booleans, True where a word was drawn
    advantages: (N,), one per caption
    returns: loss (a number) and dx (N, T, V)
    ValueError: for a shape that does not fit, or a word out of range
    """
    check_shapes(mask=(mask, "N T"), advantages=(advantages, "N"))
    return temporal_softmax_loss(x, y, mask * np.asarray(advantages)[:, None])
