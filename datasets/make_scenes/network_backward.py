"""The backward half of the extractor's network: new weights, the loss, and the gradients of all weights."""

import numpy as np

from cs231n.course.scenes.network import CHANNELS, UNITS


def new_weights(outputs, rng):
    """Weights drawn from a normal distribution of variance 2 / inputs (He et al. 2015), biases zero."""
    shapes = [(9 * a, b) for a, b in zip(CHANNELS, CHANNELS[1:], strict=False)]
    shapes += [(25 * CHANNELS[-1], UNITS), (UNITS, outputs)]
    weights = {}
    for i, shape in enumerate(shapes, 1):
        weights[f"W{i}"] = (rng.standard_normal(shape) * np.sqrt(2 / shape[0])).astype(np.float32)
        weights[f"b{i}"] = np.zeros(shape[1], np.float32)
    return weights


def backward(dscores, features, cache, weights):
    """Gradients of all weights from the gradient of the scores."""
    caches, shape, flat = cache
    grads = {"W5": features.T @ dscores, "b5": dscores.sum(0)}
    dfeatures = dscores @ weights["W5"].T * (features > 0)
    grads |= {"W4": flat.T @ dfeatures, "b4": dfeatures.sum(0)}
    dx = (dfeatures @ weights["W4"].T).reshape(shape)
    for i in (3, 2, 1):
        columns, pool_cache = caches[i - 1]
        n, h, w, _ = columns.shape
        dout = _pool_backward(dx, pool_cache).reshape(n * h * w, -1)
        grads |= {f"W{i}": columns.reshape(n * h * w, -1).T @ dout, f"b{i}": dout.sum(0)}
        if i > 1:
            dx = _columns_backward((dout @ weights[f"W{i}"].T).reshape(n, h, w, -1))
    return grads


def _columns_backward(dcolumns):
    n, h, w, c = dcolumns.shape
    c //= 9
    dpadded = np.zeros((n, h + 2, w + 2, c), dcolumns.dtype)
    for k in range(9):
        dpadded[:, k // 3 : k // 3 + h, k % 3 : k % 3 + w] += dcolumns[..., k * c : (k + 1) * c]
    return dpadded[:, 1:-1, 1:-1]


def _pool_backward(dout, cache):
    four, out, (n, h, w, c) = cache
    dx = np.zeros((n, 2 * out.shape[1], 2 * out.shape[2], c), dout.dtype)
    dout = dout * (out > 0)  # ReLU's share: where the maximum is 0 nothing flows back
    for k, x in enumerate(four):
        dx[:, k // 2 :: 2, k % 2 :: 2] = dout * (x == out)
    return dx[:, :h, :w]


def loss_and_dscores(scores, labels, heads):
    """Sum over the kinds of fact of the softmax loss, mean over the pictures; and its gradient.

    labels: (N, kinds of fact) int; heads: the slice of the scores that belongs to each
    """
    loss, dscores, rows = 0.0, np.empty_like(scores), np.arange(len(scores))
    for k, head in enumerate(heads):
        p = np.exp(scores[:, head] - scores[:, head].max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        loss -= np.log(p[rows, labels[:, k]] + 1e-9).mean()
        p[rows, labels[:, k]] -= 1
        dscores[:, head] = p / np.float32(len(scores))
    return float(loss), dscores
