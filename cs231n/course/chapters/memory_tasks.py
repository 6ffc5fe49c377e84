"""Two experiments on memory, for a recurrent cell that is handed in: how a gradient fades on its way back through
many steps, and whether a network learns to remember one thing.
"""

import numpy as np

from cs231n import optim
from cs231n.temporal_layers import temporal_softmax_loss


def walk_back(step_forward, step_backward, size, forget_bias=None, T=50, H=64, N=16):
    """Length of a gradient at each step back, when one of length 1 enters at the last state.

    step_forward, step_backward: one step of an LSTM, or of an RNN where forget_bias is None
    size: standard deviation of the numbers in W_h, times √H
    returns: list of T lengths, of h and c together, the last state first
    """
    rng = np.random.default_rng(7)
    x = 0.1 * rng.standard_normal((T, N, H))
    push = rng.standard_normal((N, H))
    dh, dc = push / np.linalg.norm(push), np.zeros((N, H))
    W = size * rng.standard_normal((H, 4 * H)) / np.sqrt(H)
    b = np.repeat([0.0, forget_bias or 0.0, 0.0, 0.0], H)  # the second block of four: f
    h, c, caches, lengths = np.zeros((N, H)), np.zeros((N, H)), [], []
    for t in range(T):
        if forget_bias is None:
            h, cache = step_forward(x[t], h, np.eye(H), W[:, :H], b[:H])
        else:
            h, c, cache = step_forward(x[t], h, c, W, W, b)
        caches.append(cache)
    for cache in reversed(caches):
        lengths.append(np.hypot(np.linalg.norm(dh), np.linalg.norm(dc)))
        if forget_bias is None:
            _, dh, *_ = step_backward(dh, cache)
        else:
            _, dh, dc, *_ = step_backward(dh, dc, cache)
    return lengths


def learn_to_remember(forward, backward, blocks, steps, forget_bias=0, symbols=8, H=32, N=64, rounds=200):
    """Train a network to say at the last step which of some symbols it was shown at the first.

    forward, backward: over a whole sequence; blocks: of H columns in its weights, 1 for an RNN, 4 for an LSTM
    returns: list of the share of right answers in each round
    """
    rng = np.random.default_rng(1)
    shapes = {"Wx": (symbols, blocks * H), "Wh": (H, blocks * H), "W_out": (H, symbols)}
    p = {name: (rng.standard_normal(s) / np.sqrt(s[0])).astype(np.float32) for name, s in shapes.items()}
    p["b"] = np.zeros(blocks * H, dtype=np.float32)
    p["b"][H : 2 * H] = forget_bias
    config, right = {name: {"learning_rate": 3e-3} for name in p}, []
    for _ in range(rounds):
        symbol = rng.integers(0, symbols, N)
        x = (0.3 * rng.standard_normal((N, steps, symbols))).astype(np.float32)  # noise
        x[:, 0] = np.eye(symbols)[symbol]
        h, cache = forward(x, np.zeros((N, H), dtype=np.float32), p["Wx"], p["Wh"], p["b"])
        scores = h[:, -1:] @ p["W_out"]
        right.append(np.mean(scores[:, 0].argmax(axis=1) == symbol))
        _, dscores = temporal_softmax_loss(scores, symbol[:, None], np.ones((N, 1), dtype=bool))
        dh = np.zeros_like(h)  # the loss reaches only the last state
        dh[:, -1:] = dscores @ p["W_out"].T
        grads = dict(zip(["Wx", "Wh", "b"], backward(dh, cache)[2:], strict=True))
        grads["W_out"] = h[:, -1].T @ dscores[:, 0]
        for name in p:
            p[name], config[name] = optim.adam(p[name], grads[name], config[name])
    return right
