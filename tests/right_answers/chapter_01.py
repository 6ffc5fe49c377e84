"""Right answers to chapter 01, in many styles."""

from collections import namedtuple

import numpy as np

from right_answers import answers


@answers("rnn_step_forward")
def step_by_transposes(x, prev_h, Wx, Wh, b):
    next_h = np.tanh((Wx.T @ x.T + Wh.T @ prev_h.T + b[:, None]).T)
    return next_h, (x, prev_h, Wx, Wh, b, next_h)


@answers("rnn_step_forward")
def step_by_sigmoid(x, prev_h, Wx, Wh, b):
    next_h = 2 / (1 + np.exp(-2 * (x.dot(Wx) + prev_h.dot(Wh) + b))) - 1
    return next_h, dict(x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, h=next_h)


@answers("rnn_step_forward")
def step_by_samples(x, prev_h, Wx, Wh, b):
    next_h = np.empty(prev_h.shape, dtype=prev_h.dtype)
    for n in range(x.shape[0]):
        next_h[n] = np.tanh(np.matmul(x[n], Wx) + np.matmul(prev_h[n], Wh) + b)
    cache = x, prev_h, Wx, Wh, next_h
    return next_h, cache


@answers("rnn_step_forward")
def step_in_pieces(x, prev_h, Wx, Wh, b):
    a = x @ Wx
    a += prev_h @ Wh
    a += b
    return np.tanh(a), (x.copy(), prev_h.copy(), Wx.copy(), Wh.copy(), b.copy())


@answers("rnn_step_forward")
def step_with_one_matrix(x, prev_h, Wx, Wh, b):
    together = np.hstack([x, prev_h, np.ones((len(x), 1), x.dtype)])
    weights = np.vstack([Wx, Wh, b])
    return np.tanh(together @ weights), (together, weights, x.shape[1])


Kept = namedtuple("Kept", "x prev_h Wx Wh slope")


@answers("rnn_step_forward")
def step_that_keeps_the_slope(x, prev_h, Wx, Wh, b):
    h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return h, Kept(x, prev_h, Wx, Wh, 1 - h * h)


@answers("rnn_step_forward")
def step_with_tuple_cache(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


@answers("rnn_step_forward")
def step_with_exponentials(x, prev_h, Wx, Wh, b):
    a = np.exp(2 * (np.dot(x, Wx) + np.dot(prev_h, Wh) + b))
    return (a - 1) / (a + 1), None


@answers("rnn_step_forward")
def step_in_single_precision(x, prev_h, Wx, Wh, b):
    x, prev_h, Wx, Wh, b = (value.astype(np.float32) for value in (x, prev_h, Wx, Wh, b))
    return np.tanh(x @ Wx + prev_h @ Wh + b), ()


@answers("rnn_step_backward", step_by_sigmoid)
def back_from_a_dict(dnext_h, cache):
    h = cache["h"]
    da = (1 - h) * (1 + h) * dnext_h
    grads = {"x": da.dot(cache["Wx"].T), "h": da.dot(cache["Wh"].T)}
    return grads["x"], grads["h"], cache["x"].T.dot(da), cache["prev_h"].T.dot(da), da.sum(0)


@answers("rnn_step_backward", step_that_keeps_the_slope)
def back_with_the_slope(dnext_h, cache):
    da = np.multiply(cache.slope, dnext_h)
    return (
        da @ cache.Wx.T,
        da @ cache.Wh.T,
        (da.T @ cache.x).T,
        (da.T @ cache.prev_h).T,
        np.ones(len(da)) @ da,
    )


@answers("rnn_step_backward", step_with_tuple_cache)
@answers("rnn_step_backward")
def back_with_tuple_cache(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


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
