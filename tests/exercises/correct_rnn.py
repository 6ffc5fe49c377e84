"""Correct answers to the RNN: loops, einsum, stacked matrices, hoisted products, other caches, float32."""

import numpy as np
from styles import answers

from cs231n import rnn_layers as layers

# ---- one step of the RNN


@answers("rnn_step_forward")
def step_with_tuple_cache(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


@answers("rnn_step_forward")
def step_with_einsum_and_dict_cache(x, prev_h, Wx, Wh, b):
    a = np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", prev_h, Wh) + b
    return np.tanh(a), {"a": a, "inputs": [x, prev_h], "weights": {"Wx": Wx, "Wh": Wh}}


@answers("rnn_step_forward")
def step_with_stacked_matrices(x, prev_h, Wx, Wh, b):
    both, W = np.hstack([x, prev_h]), np.vstack([Wx, Wh])
    next_h = np.tanh(both @ W + b)
    return next_h, (both, W, x.shape[1], next_h)


@answers("rnn_step_forward")
def step_with_loops(x, prev_h, Wx, Wh, b):
    next_h = np.zeros_like(prev_h)
    for n in range(len(x)):
        for k in range(len(b)):
            total = b[k]
            for d in range(x.shape[1]):
                total = total + x[n, d] * Wx[d, k]
            for j in range(len(b)):
                total = total + prev_h[n, j] * Wh[j, k]
            next_h[n, k] = np.tanh(total)
    return [next_h, [x, prev_h, Wx, Wh, next_h]]


@answers("rnn_step_forward")
def step_with_exponentials(x, prev_h, Wx, Wh, b):
    a = np.exp(2 * (np.dot(x, Wx) + np.dot(prev_h, Wh) + b))
    return (a - 1) / (a + 1), None


@answers("rnn_step_forward")
def step_in_single_precision(x, prev_h, Wx, Wh, b):
    x, prev_h, Wx, Wh, b = (value.astype(np.float32) for value in (x, prev_h, Wx, Wh, b))
    return np.tanh(x @ Wx + prev_h @ Wh + b), ()


@answers("rnn_step_backward", step_with_tuple_cache)
@answers("rnn_step_backward")
def back_with_tuple_cache(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@answers("rnn_step_backward", step_with_einsum_and_dict_cache)
def back_with_second_tanh(dnext_h, cache):
    (x, prev_h), weights = cache["inputs"], cache["weights"]
    da = dnext_h / np.cosh(cache["a"]) ** 2
    dx, dprev_h = np.einsum("nh,dh->nd", da, weights["Wx"]), np.einsum("nh,kh->nk", da, weights["Wh"])
    return (
        dx,
        dprev_h,
        np.einsum("nd,nh->dh", x, da),
        np.einsum("nk,nh->kh", prev_h, da),
        np.ones(len(x)) @ da,
    )


@answers("rnn_step_backward", step_with_stacked_matrices)
def back_with_stacked_matrices(dnext_h, cache):
    both, W, D, next_h = cache
    da = dnext_h - dnext_h * next_h * next_h
    dboth, dW = da @ W.T, both.T @ da
    return dboth[:, :D], dboth[:, D:], dW[:D], dW[D:], np.sum(da, 0)


@answers("rnn_step_backward", step_with_loops)
def back_with_loops(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dx, dprev_h, dWx, dWh = (np.zeros_like(value) for value in (x, prev_h, Wx, Wh))
    db = np.zeros_like(Wh[0])
    for n in range(len(x)):
        for k in range(len(db)):
            da = dnext_h[n, k] * (1 - next_h[n, k] ** 2)
            dx[n] += da * Wx[:, k]
            dprev_h[n] += da * Wh[:, k]
            dWx[:, k] += da * x[n]
            dWh[:, k] += da * prev_h[n]
            db[k] += da
    return dx, dprev_h, dWx, dWh, db


# ---- the RNN over time


@answers("rnn_forward")
def unroll_with_step_caches(x, h0, Wx, Wh, b):
    h, caches = np.zeros((len(x), x.shape[1], len(b)), dtype=x.dtype), []
    state = h0
    for t in range(x.shape[1]):
        state, cache = layers.rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(cache)
    return h, caches


@answers("rnn_forward")
def unroll_with_hoisted_products(x, h0, Wx, Wh, b):
    products = x @ Wx + b
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(products[:, t] + states[-1] @ Wh))
    return np.stack(states[1:], axis=1), (x, states, Wx, Wh)


@answers("rnn_forward")
def unroll_with_recursion(x, h0, Wx, Wh, b):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, len(b)), x.dtype), None
    first = np.tanh(x[:, 0] @ Wx + h0 @ Wh + b)
    rest, _ = unroll_with_recursion(x[:, 1:], first, Wx, Wh, b)
    return np.concatenate([first[:, None], rest], axis=1), None


@answers("rnn_forward")
def unroll_time_first(x, h0, Wx, Wh, b):
    h = np.empty((x.shape[1], len(x), len(b)))
    for t, x_t in enumerate(np.moveaxis(x, 1, 0)):
        h[t] = np.tanh(np.concatenate([x_t, h[t - 1] if t else h0], 1) @ np.concatenate([Wx, Wh]) + b)
    return h.transpose(1, 0, 2), {"h": h}


@answers("rnn_backward", unroll_with_step_caches)
def walk_back_over_step_caches(dh, caches):
    dx, dprev_h, dweights = [], 0, None
    for t in range(dh.shape[1] - 1, -1, -1):
        dx_t, dprev_h, *dweights_t = layers.rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dx.insert(0, dx_t)
        dweights = [a + b for a, b in zip(dweights, dweights_t, strict=True)] if dweights else dweights_t
    return np.stack(dx, axis=1), dprev_h, *dweights


@answers("rnn_backward", unroll_with_step_caches)
def walk_back_and_pop(dh, caches):
    dx, state = np.zeros((*dh.shape[:2], caches[0][0].shape[1])), np.zeros_like(dh[:, 0])
    dWx, dWh, db = 0, 0, 0
    while caches:
        t = len(caches) - 1
        dx[:, t], state, dWx_t, dWh_t, db_t = layers.rnn_step_backward(dh[:, t] + state, caches.pop())
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return dx, state, dWx, dWh, db


@answers("rnn_backward", unroll_with_hoisted_products)
def walk_back_with_one_product(dh, cache):
    x, states, Wx, Wh = cache
    da = np.zeros_like(dh)
    carried = 0
    for t in reversed(range(dh.shape[1])):
        da[:, t] = (dh[:, t] + carried) * (1 - states[t + 1] ** 2)
        carried = da[:, t] @ Wh.T
    dWh = np.einsum("tnk,nth->kh", np.stack(states[:-1]), da)
    return da @ Wx.T, carried, np.einsum("ntd,nth->dh", x, da), dWh, da.sum((0, 1))


@answers("rnn_backward")
def walk_back_on_the_references_cache(dh, cache):
    x, h0, Wx, Wh, h = cache
    dh = dh.copy()
    grads = [np.zeros_like(x), None, 0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        before = h[:, t - 1] if t > 0 else h0
        step = back_with_tuple_cache(dh[:, t], (x[:, t], before, Wx, Wh, h[:, t]))
        grads[0][:, t] = step[0]
        for k in (2, 3, 4):
            grads[k] = grads[k] + step[k]
        if t:
            dh[:, t - 1] += step[1]
        else:
            grads[1] = step[1]
    return tuple(grads)


# ---- clipping, and what is found with a pencil


@answers("clip_gradient")
def clipped_by_norm(gradient, limit):
    length = np.linalg.norm(gradient)
    if length <= limit:
        return gradient.copy()
    return gradient / length * limit


@answers("clip_gradient")
def clipped_by_the_smaller_factor(gradient, limit):
    return gradient * min(1, limit / (np.sqrt(np.einsum("ij,ij->", gradient, gradient)) + 1e-12))


@answers("clip_gradient")
def clipped_by_loop(gradient, limit):
    total = 0.0
    for number in gradient.ravel():
        total += float(number) ** 2
    factor = limit / total**0.5 if total > limit**2 else 1.0
    return np.array([[number * factor for number in row] for row in gradient])


@answers("bptt_by_hand")
def table_of_lists():
    h = [3, 5, 12]
    g = [7, 3, 1]
    dWh_shares = [7, 9, 5]
    return h, g, dWh_shares, 21


@answers("bptt_by_hand")
def table_of_arrays():
    shares = np.array([7.0, 9.0, 5.0])
    return np.array([3.0, 5.0, 12.0]), np.array([7.0, 3.0, 1.0]), shares, shares.sum()


@answers("bptt_by_hand")
def table_as_one_tuple():
    return (3, 5, 12), (7, 3, 1), (7, 9, 5), 7 + 9 + 5


@answers("bptt_with_tanh")
def numbers_of_a_pencil():
    return [6, 3, 1.8], -9.57, 6.6, 10.8, 12


@answers("bptt_with_tanh")
def in_an_array():
    da = np.array([6.0, 3.0, 1.8])
    x, before = np.array([-1.45, -1.55, 2.1]), np.array([1.0, 0.5, -0.5])
    return da, da @ x, da @ before, da.sum(), 2 * da[0]


@answers("bptt_with_tanh")
def by_a_loop_over_steps():
    da, g = [], 0
    for slope, from_L in ((0.36, 5), (0.75, 0.4), (0.75, 2)):
        g = from_L + g
        da.append(g * slope)
        g = 2 * da[-1]
    da = tuple(da[::-1])
    return da, 6 * -1.45 + 3 * -1.55 + 1.8 * 2.1, 6 + 1.5 - 0.9, 10.8, g


@answers("gradient_detective")
def convicted():
    return 4, 7, 3


@answers("gradient_detective")
def convicted_by_names():
    A, B, C = 4, 7, 3
    return (A, B, C)


@answers("gradient_detective")
def convicted_in_an_array():
    return tuple(np.array([4, 7, 3]))
