"""A small convolutional network in NumPy, trained to name the facts of a picture.

picture (72, 72, 3) -> blocks of 2 x 2 pixels as 12 channels -> three times [3 x 3 convolution, ReLU, 2 x 2
maximum] -> 512 ReLU units, the features -> one softmax for each kind of fact.
"""

import numpy as np

CHANNELS = (12, 32, 64, 64)
UNITS = 512


def blocks(pictures):
    """(N, 72, 72, 3) uint8 -> (N, 36, 36, 12) float32 between -1 and 1."""
    n, side = len(pictures), pictures.shape[1] // 2
    x = pictures.reshape(n, side, 2, side, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(n, side, side, 12)
    return x.astype(np.float32) / np.float32(127.5) - np.float32(1)


def _columns(x):
    """(N, H, W, C) -> (N, H, W, 9C): each pixel with its eight neighbours, zero outside."""
    n, h, w, c = x.shape
    padded = np.zeros((n, h + 2, w + 2, c), x.dtype)
    padded[:, 1:-1, 1:-1] = x
    out = np.empty((n, h, w, 9 * c), x.dtype)
    for k in range(9):
        out[..., k * c : (k + 1) * c] = padded[:, k // 3 : k // 3 + h, k % 3 : k % 3 + w]
    return out


def _pool(x):
    """Maximum of 2 x 2 blocks; an odd side is filled with zeros, which ReLU's outputs never fall below."""
    n, h, w, c = x.shape
    if h % 2:
        x = np.pad(x, ((0, 0), (0, 1), (0, 1), (0, 0)))
    four = (x[:, ::2, ::2], x[:, ::2, 1::2], x[:, 1::2, ::2], x[:, 1::2, 1::2])
    out = np.maximum(np.maximum(four[0], four[1]), np.maximum(four[2], four[3]))
    return out, (four, out, (n, h, w, c))


def _convolve(x, number, weights):
    """The 3 x 3 convolution of that number with its ReLU: (N, H, W, channels out), and the columns it read."""
    columns = _columns(x)
    n, h, w, _ = columns.shape
    out = columns.reshape(n * h * w, -1) @ weights[f"W{number}"] + weights[f"b{number}"]
    return np.maximum(out, 0, out=out).reshape(n, h, w, -1), columns


def forward(pictures, weights):
    """Returns the features (N, 512), the scores (N, outputs), and what backward needs."""
    x, caches = blocks(pictures), []
    for i in (1, 2, 3):
        out, columns = _convolve(x, i, weights)
        x, pool_cache = _pool(out)
        caches.append((columns, pool_cache))
    flat = x.reshape(len(x), -1)
    features = np.maximum(flat @ weights["W4"] + weights["b4"], 0)
    return features, features @ weights["W5"] + weights["b5"], (caches, x.shape, flat)


def places(pictures, weights):
    """What the units' layer reads of each place, after the last maximum: (N, 25, 64), row by row of 5 x 5."""
    x = blocks(pictures)
    for i in (1, 2, 3):
        x, _ = _pool(_convolve(x, i, weights)[0])
    return x.reshape(len(x), -1, CHANNELS[-1])
