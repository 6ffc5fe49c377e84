"""The bound: the matrix products that a step of training cannot do without, at this machine's own speed.

Only words that are not padding are counted, each product is one call of sgemm into memory that is there.
"""

import numpy as np


def products(sizes, words, cell_type):
    """(rows, inner, columns) of every product of loss and gradients, for this many words that are not padding."""
    N, D, W, H, V, K = sizes.N, sizes.D, sizes.W, sizes.H, sizes.V, words
    kH = 4 * H if cell_type == "lstm" else H
    forward = [(K, W, kH), (K, H, kH), (K, H, V)]
    backward = [shape for rows, inner, out in forward for shape in ((rows, out, inner), (inner, rows, out))]
    return [(N, D, H), (D, N, H), *forward, *backward]  # the features need no gradient


def multiplications(sizes, words, cell_type):
    """How many multiplications those are."""
    return sum(rows * inner * columns for rows, inner, columns in products(sizes, words, cell_type))


def bound(sizes, captions, cell_type):
    """A function that does those products and nothing else."""
    random = np.random.default_rng(0)
    work = []
    for rows, inner, columns in products(sizes, int(np.count_nonzero(captions[:, 1:])), cell_type):
        a = random.standard_normal((rows, inner), dtype=np.float32)
        b = random.standard_normal((inner, columns), dtype=np.float32)
        work.append((a, b, np.empty((rows, columns), dtype=np.float32)))

    def run():
        for a, b, out in work:
            np.matmul(a, b, out=out)

    return run
