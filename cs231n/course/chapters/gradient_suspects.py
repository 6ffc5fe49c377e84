"""Three backward functions of one RNN step, each broken in a quiet way: the suspects of chapter 01.

Whoever wants to convict them by measurement alone does not read on.
"""

import numpy as np

from cs231n import rnn_layers


def step_of_the_suspects(x, prev_h, Wx, Wh, b):
    """`rnn_step_forward`, with a cache in the order in which the suspects read it."""
    next_h, _ = rnn_layers.rnn_step_forward(x, prev_h, Wx, Wh, b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def suspect_a(dnext_h, cache):
    """Backward of `rnn_step_forward` with one mistake. cache: that of `step_of_the_suspects`."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def suspect_b(dnext_h, cache):
    """Backward of `rnn_step_forward` with one mistake. cache: that of `step_of_the_suspects`."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, next_h.T @ da, da.sum(axis=0)


def suspect_c(dnext_h, cache):
    """Backward of `rnn_step_forward` with one mistake. cache: that of `step_of_the_suspects`."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - np.tanh(next_h) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


SUSPECTS = {"A": suspect_a, "B": suspect_b, "C": suspect_c}
