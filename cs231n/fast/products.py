"""Matrix products and the affine layer, as in `layers`, with results in memory that is used again."""

import numpy as np

from cs231n.fast.workspace import empty
from cs231n.shapes import check_shapes, float_type


def product(x, y):
    """x y for two matrices (N, D) and (D, M)."""
    return np.matmul(x, y, out=empty((x.shape[0], y.shape[1]), float_type(x, y)))


def affine_forward(x, w, b):
    """out = x w + b.

    x: (N, D), w: (D, M), b: (M,)
    returns: out (N, M) and cache (x, w)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N D"), w=(w, "D M"), b=(b, "M"))
    out = product(x, w)
    out += b
    return out, (x, w)


def affine_backward(dout, cache, of_x=True):
    """Backward of `affine_forward`: dx = dout wᵀ, dw = xᵀ dout, db = Σₙ dout.

    dout: (N, M)
    of_x: False where x is data, and needs no gradient
    returns: dx (N, D) or None, dw (D, M), db (M,)
    """
    x, w = cache
    check_shapes(w=(w, "D M"), dout=(dout, "N M"))
    return product(dout, w.T) if of_x else None, product(x.T, dout), dout.sum(axis=0)
