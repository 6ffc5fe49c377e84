"""Right answers to chapter 06, in many styles."""

import numpy as np

from cs231n import rnn_layers as layers
from right_answers import answers


def plain_sigmoid(a):
    return 1 / (1 + np.exp(-a))


@answers("lstm_step_forward")
def lstm_step_with_split(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = plain_sigmoid(i), plain_sigmoid(f), plain_sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c)


@answers("lstm_step_forward")
def lstm_step_with_slices(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = np.concatenate([x, prev_h], 1) @ np.concatenate([Wx, Wh], 0) + b
    a[:, : 3 * H] = layers.sigmoid(a[:, : 3 * H])
    a[:, 3 * H :] = np.tanh(a[:, 3 * H :])
    next_c = a[:, H : 2 * H] * prev_c + a[:, :H] * a[:, 3 * H :]
    squashed = np.tanh(next_c)
    return a[:, 2 * H : 3 * H] * squashed, next_c, {"a": a, "c": squashed, "in": (x, prev_h, prev_c, Wx, Wh)}


@answers("lstm_step_forward")
def lstm_step_with_reshape(x, prev_h, prev_c, Wx, Wh, b):
    a = (x @ Wx + prev_h @ Wh + b).reshape(len(x), 4, -1)
    gates, g = 0.5 * (1 + np.tanh(a[:, :3] / 2)), np.tanh(a[:, 3])
    next_c = gates[:, 1] * prev_c + gates[:, 0] * g
    return gates[:, 2] * np.tanh(next_c), next_c, None


@answers("lstm_step_forward")
def lstm_step_with_einsum(x, prev_h, prev_c, Wx, Wh, b):
    H = len(Wh)
    parts = []
    for k, squash in enumerate([plain_sigmoid, plain_sigmoid, plain_sigmoid, np.tanh]):
        columns = slice(k * H, k * H + H)
        a = np.einsum("nd,dh->nh", x, Wx[:, columns]) + np.einsum("nj,jh->nh", prev_h, Wh[:, columns])
        parts.append(squash(a + b[columns]))
    i, f, o, g = parts
    next_c = i * g + f * prev_c
    return [np.tanh(next_c) * o, next_c, parts]


def _gates(a, H):
    gate = [a[:, k * H : (k + 1) * H] for k in range(4)]
    return [*(1 / (1 + np.exp(-block)) for block in gate[:3]), np.tanh(gate[3])]


@answers("lstm_step_forward")
def lstm_step_by_slices(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = _gates(x @ Wx + prev_h @ Wh + b, prev_h.shape[1])
    next_c = prev_c * f + g * i
    next_h = np.tanh(next_c) * o
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


@answers("lstm_step_forward")
def lstm_step_by_reshape(x, prev_h, prev_c, Wx, Wh, b):
    a = (x @ Wx + prev_h @ Wh + b).reshape(len(x), 4, -1)
    ifo, g = np.tanh(a[:, :3] / 2) / 2 + 0.5, np.tanh(a[:, 3])
    next_c = ifo[:, 1] * prev_c + ifo[:, 0] * g
    return ifo[:, 2] * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, b)


@answers("lstm_step_forward")
def lstm_step_with_eight_products(x, prev_h, prev_c, Wx, Wh, b):
    a = [
        x @ U + prev_h @ V + w
        for U, V, w in zip(np.hsplit(Wx, 4), np.hsplit(Wh, 4), np.split(b, 4), strict=True)
    ]
    i, f, o = (np.exp(each) / (1 + np.exp(each)) for each in a[:3])
    next_c = f * prev_c + i * np.tanh(a[3])
    return o * np.tanh(next_c), next_c, {"inputs": (x, prev_h, prev_c, Wx, Wh, b)}


@answers("lstm_step_backward", lstm_step_with_split)
def lstm_back_with_hstack(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    da = np.hstack(
        [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * tanh_c * o * (1 - o), dc * i * (1 - g**2)]
    )
    return da @ Wx.T, da @ Wh.T, f * dc, x.T @ da, prev_h.T @ da, da.sum(0)


@answers("lstm_step_backward", lstm_step_with_slices)
def lstm_back_with_one_array(dnext_h, dnext_c, cache):
    (x, prev_h, prev_c, Wx, Wh), a, tanh_c = cache["in"], cache["a"], cache["c"]
    H = prev_h.shape[1]
    i, f, o, g = (a[:, k * H : k * H + H] for k in range(4))
    total = dnext_c + (o - o * tanh_c * tanh_c) * dnext_h
    slope = a * (1 - a)
    slope[:, 3 * H :] = (1 + g) * (1 - g)
    da = slope * np.concatenate([total * g, total * prev_c, dnext_h * tanh_c, total * i], axis=1)
    return (
        np.dot(da, Wx.T),
        np.dot(da, Wh.T),
        total * f,
        np.dot(x.T, da),
        np.dot(prev_h.T, da),
        np.ones(len(x)) @ da,
    )


@answers("lstm_step_backward")
def lstm_back_on_the_references_cache(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, tanh_c = cache
    i, f, o, g = np.split(gates, 4, axis=1)
    split = lstm_back_with_hstack(
        dnext_h, dnext_c, (x, prev_h, prev_c, Wx, Wh, None, i, f, o, g, np.arctanh(tanh_c))
    )
    return split


@answers("lstm_forward")
def lstm_with_step_caches(x, h0, Wx, Wh, b):
    h, c, caches, states = h0, np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        h, c, cache = layers.lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


@answers("lstm_forward")
def lstm_with_hoisted_products(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    H = h0.shape[1]
    products = x.reshape(N * T, -1) @ Wx + b
    products = products.reshape(N, T, 4 * H)
    h, c = np.zeros((N, T + 1, H), x.dtype), np.zeros((N, T + 1, H), x.dtype)
    h[:, 0] = h0
    for t in range(T):
        i, f, o, g = np.split(products[:, t] + h[:, t] @ Wh, 4, axis=1)
        c[:, t + 1] = plain_sigmoid(f) * c[:, t] + plain_sigmoid(i) * np.tanh(g)
        h[:, t + 1] = plain_sigmoid(o) * np.tanh(c[:, t + 1])
    return h[:, 1:], (x, h, c, Wx, Wh, b)


@answers("lstm_forward")
def lstm_time_first(x, h0, Wx, Wh, b):
    h, state, cell = np.zeros((x.shape[1], *h0.shape)), h0, 0.0
    for t, x_t in enumerate(x.swapaxes(0, 1)):
        state, cell, _ = lstm_step_with_reshape(x_t, state, cell, Wx, Wh, b)
        h[t] = state
    return h.swapaxes(0, 1), {}


@answers("lstm_backward", lstm_with_step_caches)
def lstm_walk_back(dh, caches):
    N, T, H = dh.shape
    dstate, dcell = np.zeros((N, H)), np.zeros((N, H))
    dx, dWx, dWh, db = [None] * T, 0, 0, 0
    for t in reversed(range(T)):
        dx[t], dstate, dcell, dWx_t, dWh_t, db_t = layers.lstm_step_backward(
            dh[:, t] + dstate, dcell, caches[t]
        )
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.array(dx).transpose(1, 0, 2), dstate, dWx, dWh, db


@answers("lstm_backward", lstm_with_hoisted_products)
def lstm_walk_back_computing_again(dh, cache):
    x, h, c, Wx, Wh, b = cache
    dx, dstate, dcell = np.zeros_like(x), 0, 0
    grads = [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        _, _, step = lstm_step_with_split(x[:, t], h[:, t], c[:, t], Wx, Wh, b)
        dx[:, t], dstate, dcell, *new = lstm_back_with_hstack(dh[:, t] + dstate, dcell, step)
        grads = [old + more for old, more in zip(grads, new, strict=True)]
    return dx, dstate, *grads


@answers("lstm_backward")
def lstm_walk_back_on_the_references_cache(dh, cache):
    x, h0, Wx, Wh, h, c, gates, tanh_c = cache
    dx, dstate, dcell, sums = [], 0, np.zeros_like(h0), None
    for t in range(dh.shape[1])[::-1]:
        before_h, before_c = (h[:, t - 1], c[:, t - 1]) if t else (h0, np.zeros_like(h0))
        step = (x[:, t], before_h, before_c, Wx, Wh, gates[:, t], tanh_c[:, t])
        dx_t, dstate, dcell, *new = layers.lstm_step_backward(dh[:, t] + dstate, dcell, step)
        dx.append(dx_t)
        sums = new if sums is None else [old + more for old, more in zip(sums, new, strict=True)]
    return np.stack(dx[::-1], axis=1), dstate, *sums
