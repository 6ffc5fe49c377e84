"""The gates of an LSTM: the numbers of `lstm_layers`, written into arrays that are there, in fewer passes."""

import numpy as np

from cs231n.fast.workspace import empty


def squash_gates_in_place(a, prev_c, c, tanh_c, h):
    """From the sums to the next cell and state; the sums become the gates.

    i, f, o = sigmoid(a_i, a_f, a_o), g = tanh(a_g), c = f ⊙ prev_c + i ⊙ g, h = o ⊙ tanh(c)

    a: (N, 4H), overwritten; prev_c: (N, H)
    c, tanh_c, h: (N, H), written
    """
    i, f, o, g = np.split(a, 4, axis=1)
    ifo = a[:, : 3 * a.shape[1] // 4]
    ifo *= 0.5  # sigmoid(x) = (1 + tanh(x/2)) / 2
    np.tanh(ifo, out=ifo)
    ifo += 1
    ifo *= 0.5
    np.tanh(g, out=g)
    np.multiply(f, prev_c, out=c)
    np.multiply(i, g, out=h)  # h is free until its own value comes
    c += h
    np.tanh(c, out=tanh_c)
    np.multiply(o, tanh_c, out=h)


def gates_backward_in_place(dh, dc, prev_c, gates, tanh_c, da):
    """Back through one step to the sums, before they were squashed, and to the cell before.

    dh, dc, prev_c, tanh_c: (N, H); dc is overwritten with the gradient of prev_c
    gates: (N, 4H)
    da: (N, 4H), written
    """
    i, f, o, g = np.split(gates, 4, axis=1)
    da_i, da_f, da_o, da_g = np.split(da, 4, axis=1)
    slope, rest = empty(dh.shape, dh.dtype), empty((len(dh), 3 * dh.shape[1]), dh.dtype)
    np.multiply(tanh_c, tanh_c, out=slope)
    np.subtract(1, slope, out=slope)
    np.multiply(dh, o, out=da_o)
    slope *= da_o
    dc += slope  # + dh ⊙ o ⊙ (1 − tanh²(c))
    np.multiply(dc, g, out=da_i)
    np.multiply(dc, prev_c, out=da_f)
    np.multiply(dh, tanh_c, out=da_o)
    sigmoids = slice(0, 3 * gates.shape[1] // 4)
    da_ifo, ifo = da[:, sigmoids], gates[:, sigmoids]
    da_ifo *= ifo
    da_ifo *= np.subtract(1, ifo, out=rest)
    np.multiply(dc, i, out=da_g)
    np.multiply(g, g, out=slope)
    np.subtract(1, slope, out=slope)
    da_g *= slope
    dc *= f
