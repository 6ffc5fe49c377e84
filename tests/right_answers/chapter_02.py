"""Right answers to chapter 02, in many styles."""

import itertools
import math

import numpy as np

from cs231n import rnn_layers as layers
from right_answers import answers


@answers("rnn_forward")
def unroll_in_the_output_itself(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h, cache = np.zeros((N, T, h0.shape[1]), dtype=x.dtype), []
    for t in range(T):
        h[:, t, :], step = layers.rnn_step_forward(x[:, t, :], h0 if t == 0 else h[:, t - 1, :], Wx, Wh, b)
        cache.append(step)
    return h, cache


@answers("rnn_forward")
def unroll_over_a_swapped_input(x, h0, Wx, Wh, b):
    states, caches = [h0], []
    for now in x.transpose(1, 0, 2):
        state, cache = layers.rnn_step_forward(now, states[-1], Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.asarray(states[1:]).transpose(1, 0, 2), tuple(caches)


@answers("rnn_forward")
def unroll_with_h0_in_front(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T + 1, h0.shape[1]), dtype=h0.dtype)
    h[:, 0] = h0
    for t in range(1, T + 1):
        h[:, t] = np.tanh(x[:, t - 1] @ Wx + h[:, t - 1] @ Wh + b)
    return h[:, 1:], (x, h, Wx, Wh)


@answers("rnn_forward")
def states_by_accumulate(x, h0, Wx, Wh, b):
    inputs = np.swapaxes(x @ Wx + b, 0, 1)
    h = list(itertools.accumulate(inputs, lambda state, a: np.tanh(a + state @ Wh), initial=h0))
    return np.stack(h[1:], axis=1), dict(x=x, h=h, Wx=Wx, Wh=Wh)


@answers("rnn_forward")
def states_by_recursion(x, h0, Wx, Wh, b):
    def after(t):
        return h0 if t < 0 else np.tanh(x[:, t] @ Wx + after(t - 1) @ Wh + b)

    h = np.concatenate([after(t)[:, np.newaxis] for t in range(x.shape[1])], 1)
    return h, (h, h0, x, Wx, Wh, b)


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


@answers("rnn_backward", unroll_in_the_output_itself)
def back_over_a_list_of_steps(dh, cache):
    T = dh.shape[1]
    dx, dprev_h, dWx, dWh, db = [None] * T, np.zeros_like(dh[:, 0]), 0, 0, 0
    while T > 0:
        T -= 1
        grads = layers.rnn_step_backward(dh[:, T] + dprev_h, cache[T])
        dx[T], dprev_h = grads[0], grads[1]
        dWx, dWh, db = (total + new for total, new in zip((dWx, dWh, db), grads[2:], strict=True))
    return np.stack(dx, axis=1), dprev_h, dWx, dWh, db


@answers("rnn_backward")
def back_with_gradients_in_a_dict(dh, cache):
    grads = layers.rnn_backward(dh.copy(), cache)
    named = dict(zip(("dx", "dh0", "dWx", "dWh", "db"), grads, strict=True))
    return tuple(named[name] for name in ("dx", "dh0", "dWx", "dWh", "db"))


@answers("rnn_backward", unroll_with_step_caches)
def walk_back_and_pop(dh, caches):
    dx, state = np.zeros((*dh.shape[:2], caches[0][0].shape[1])), np.zeros_like(dh[:, 0])
    dWx, dWh, db = 0, 0, 0
    while caches:
        t = len(caches) - 1
        dx[:, t], state, dWx_t, dWh_t, db_t = layers.rnn_step_backward(dh[:, t] + state, caches.pop())
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return dx, state, dWx, dWh, db


@answers("clip_gradient")
def clipped_by_minimum(gradient, limit):
    length = math.sqrt(np.vdot(gradient, gradient))
    return gradient * min(1.0, limit / length) if length else gradient.copy()


@answers("clip_gradient")
def clipped_with_a_small_number(gradient, limit):
    return gradient * np.minimum(1, limit / (np.linalg.norm(gradient) + 1e-12))


@answers("clip_gradient")
def clipped_by_squares(gradient, limit):
    squares = np.square(gradient).sum()
    return gradient / np.sqrt(squares) * limit if squares >= limit**2 else gradient
