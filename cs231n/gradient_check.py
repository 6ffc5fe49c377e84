"""Numerical gradients by central differences, (f(x + h) − f(x − h)) / 2h, to check written ones against.

All functions perturb x in place, one number at a time, and put every number back. Use float64: in float32 a
step of 1e-5 drowns in rounding.
"""

import numpy as np


def eval_numerical_gradient(f, x, verbose=True, h=1e-5):
    """Numerical gradient of a function that returns one number.

    f: takes x, returns a number
    x: float array, the point
    verbose: True prints each number as it comes
    h: step
    returns: array in the shape of x
    ValueError: when x does not hold floats
    """
    grad = np.zeros_like(_floats("x", x))
    for place in np.ndindex(x.shape):
        grad[place] = _central_difference(lambda: f(x), x, place, h)
        if verbose:
            print(place, grad[place])
    return grad


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Numerical gradient of a function that returns an array, weighted with the gradient df that reaches it.

    f: takes x, returns an array
    x: float array, the point
    df: array in the shape of f(x)
    h: step
    returns: array in the shape of x: Σ df · ∂f/∂x
    ValueError: when x does not hold floats
    """
    grad = np.zeros_like(_floats("x", x))
    for place in np.ndindex(x.shape):
        # The copy keeps the first result from being overwritten by an f that reuses its output.
        grad[place] = np.sum(_central_difference(lambda: np.array(f(x)), x, place, h) * df)
    return grad


def eval_numerical_gradient_blobs(f, inputs, output, h=1e-5):
    """The same for a function that writes its result into `output` instead of returning it.

    f: called as f(*inputs, output)
    inputs: list of blobs, objects with arrays .vals and .diffs
    output: the blob f writes to; its .diffs is the gradient that reaches it
    h: step
    returns: list of arrays, one an input
    """

    def result():
        f(*inputs, output)
        return np.array(output.vals)

    grads = []
    for blob in inputs:
        grad = np.zeros_like(_floats("vals", blob.vals))
        for place in np.ndindex(blob.vals.shape):
            grad[place] = np.sum(_central_difference(result, blob.vals, place, h) * output.diffs)
        grads.append(grad)
    return grads


def eval_numerical_gradient_net(net, inputs, output, h=1e-5):
    """The same for a network object with a method forward() that reads the inputs and fills the output blob."""
    return eval_numerical_gradient_blobs(lambda *args: net.forward(), inputs, output, h=h)


def grad_check_sparse(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Compare a written gradient with the numerical one at a few random places, and print each pair.

    f: takes x, returns a number
    x: float array, the point
    analytic_grad: array in the shape of x
    num_checks: how many places
    h: step
    """
    _floats("x", x)
    for _ in range(num_checks):
        place = tuple(np.random.randint(length) for length in x.shape)
        numeric, written = _central_difference(lambda: f(x), x, place, h), analytic_grad[place]
        error = abs(numeric - written) / max(abs(numeric) + abs(written), 1e-12)
        print(f"numerical: {numeric:f} analytic: {written:f}, relative error: {error:e}")


def rel_error(x, y):
    """Largest relative error |x − y| / max(1e-8, |x| + |y|) over all numbers."""
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)), initial=0)


def _central_difference(value, x, place, h):
    old = x[place]
    try:
        x[place] = old + h
        plus = value()
        x[place] = old - h
        minus = value()
    finally:
        x[place] = old
    return (plus - minus) / (2 * h)


def _floats(name, x):
    if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
        raise ValueError(f"{name} must be an array of floats, got {getattr(x, 'dtype', type(x).__name__)}")
    return x
