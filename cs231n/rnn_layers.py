"""The vanilla recurrent network: one step, and a whole sequence of steps.

The other layers of a captioning model are importable from here too, under the names they have in
`lstm_layers`, `temporal_layers` and `layers`.
"""

import numpy as np

from cs231n.layers import affine_backward, affine_forward
from cs231n.lstm_layers import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward, sigmoid
from cs231n.shapes import check_shapes, float_type
from cs231n.temporal_layers import (
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

__all__ = [
    "affine_backward",
    "affine_forward",
    "lstm_backward",
    "lstm_forward",
    "lstm_step_backward",
    "lstm_step_forward",
    "rnn_backward",
    "rnn_forward",
    "rnn_step_backward",
    "rnn_step_forward",
    "sigmoid",
    "temporal_affine_backward",
    "temporal_affine_forward",
    "temporal_softmax_loss",
    "word_embedding_backward",
    "word_embedding_forward",
]


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a vanilla RNN: next_h = tanh(x Wx + prev_h Wh + b)  (Elman, 1990).

    x: (N, D) input at this step
    prev_h: (N, H) hidden state of the step before
    Wx: (D, H), Wh: (H, H), b: (H,)
    returns: next_h (N, H) and cache (x, prev_h, Wx, Wh, next_h)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N D"), prev_h=(prev_h, "N H"), Wx=(Wx, "D H"), Wh=(Wh, "H H"), b=(b, "H"))
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    """Backward of `rnn_step_forward`: da = dnext_h ⊙ (1 − next_h²), then back through a = x Wx + prev_h Wh + b.

    dnext_h: (N, H) gradient of the loss with respect to next_h
    cache: (x, prev_h, Wx, Wh, next_h) from `rnn_step_forward`
    returns: dx (N, D), dprev_h (N, H), dWx (D, H), dWh (H, H), db (H,)
    """
    x, prev_h, Wx, Wh, next_h = cache
    check_shapes(next_h=(next_h, "N H"), dnext_h=(dnext_h, "N H"))
    da = dnext_h * (1 - next_h * next_h)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    """A vanilla RNN over a sequence: h_t = tanh(x_t Wx + h_{t−1} Wh + b), the same weights at every step.

    The products x_t Wx do not depend on the state, so all of them come before the loop.

    x: (N, T, D) input sequence
    h0: (N, H) state before the first step
    Wx: (D, H), Wh: (H, H), b: (H,)
    returns: h (N, T, H) and cache (x, h0, Wx, Wh, h)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N T D"), h0=(h0, "N H"), Wx=(Wx, "D H"), Wh=(Wh, "H H"), b=(b, "H"))
    a = x @ Wx + b  # (N, T, H)
    h, state = np.empty(a.shape, float_type(a, h0, Wh)), h0
    for t in range(x.shape[1]):
        h[:, t] = state = np.tanh(a[:, t] + state @ Wh)
    return h, (x, h0, Wx, Wh, h)


def rnn_backward(dh, cache):
    """Backward of `rnn_forward`: da_t = (dh_t + da_{t+1} Whᵀ) ⊙ (1 − h_t²), and dWx = Σ_t x_tᵀ da_t, and so on.

    Only da goes step by step. The sums over steps come after the loop.

    dh: (N, T, H) gradient that reaches each state from its own step's output
    cache: (x, h0, Wx, Wh, h) from `rnn_forward`
    returns: dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,)
    """
    x, h0, Wx, Wh, h = cache
    check_shapes(h=(h, "N T H"), dh=(dh, "N T H"))
    da = np.empty(h.shape, float_type(dh, h))
    dstate = np.zeros(h0.shape, da.dtype)  # from the steps after
    for t in reversed(range(x.shape[1])):
        da[:, t] = (dh[:, t] + dstate) * (1 - h[:, t] ** 2)
        dstate = da[:, t] @ Wh.T
    prev_h = np.concatenate([h0[:, None], h], axis=1)[:, :-1]  # (N, T, H) the state before each step
    dWx = np.einsum("ntd,nth->dh", x, da, optimize=True)  # Σ over captions and steps
    dWh = np.einsum("ntk,nth->kh", prev_h, da, optimize=True)
    return da @ Wx.T, dstate, dWx, dWh, da.sum(axis=(0, 1))
