"""The affine (fully connected) layer: forward and backward."""

import math

import numpy as np

from cs231n.shapes import check_shapes


def affine_forward(x, w, b):
    """Affine layer: out = x w + b, each sample of x laid out as one row.

    x: (N, d1, …, dk) with d1 ⋯ dk = D
    w: (D, M)
    b: (M,)
    returns: out (N, M) and cache (x, w)
    ValueError: when a shape does not fit
    """
    if not isinstance(x, np.ndarray) or x.ndim < 1:
        raise ValueError(f"x must be a NumPy array with samples along its first axis, got {type(x).__name__}")
    rows = x.reshape(x.shape[0], math.prod(x.shape[1:]))
    check_shapes(x=(rows, "N D"), w=(w, "D M"), b=(b, "M"))
    return rows @ w + b, (x, w)


def affine_backward(dout, cache):
    """Backward of `affine_forward`: dx = dout wᵀ, dw = xᵀ dout, db = Σₙ dout.

    dout: (N, M)
    cache: (x, w) from `affine_forward`
    returns: dx in the shape of x, dw (D, M), db (M,)
    """
    x, w = cache
    rows = x.reshape(x.shape[0], w.shape[0])
    check_shapes(x=(rows, "N D"), w=(w, "D M"), dout=(dout, "N M"))
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)
