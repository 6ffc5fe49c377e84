"""Sixty more right answers: other NumPy functions, other shapes on the way, other caches, plain Python."""

import itertools
import math
from collections import Counter, defaultdict, namedtuple
from functools import reduce

import numpy as np
from styles import answers

from cs231n.layers import affine_backward, affine_forward
from cs231n.rnn_layers import (
    rnn_backward,
    rnn_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

# ---- chapter 00


@answers("caption_lengths")
def lengths_by_isin_inverted(captions):
    return np.isin(captions, (0, 1, 2), invert=True).sum(-1)


@answers("caption_lengths")
def lengths_on_a_copy(captions):
    words = captions.copy()
    words[words <= 2] = 0
    return np.count_nonzero(words, axis=1)


@answers("caption_lengths")
def lengths_by_subtraction(captions):
    return captions.shape[1] - sum((captions == sign).sum(axis=1) for sign in range(3))


@answers("caption_lengths")
def lengths_row_by_row(captions):
    lengths = np.zeros(len(captions), dtype=np.int32)
    for n, row in enumerate(captions):
        for word in row:
            lengths[n] += word > 2
    return lengths


# ---- chapter 01


@answers("rnn_step_forward")
def step_with_one_matrix(x, prev_h, Wx, Wh, b):
    together = np.hstack([x, prev_h, np.ones((len(x), 1), x.dtype)])
    weights = np.vstack([Wx, Wh, b])
    return np.tanh(together @ weights), (together, weights, x.shape[1])


@answers("rnn_step_forward")
def step_with_tensordot(x, prev_h, Wx, Wh, b):
    a = np.tensordot(x, Wx, 1) + np.tensordot(prev_h, Wh, 1)
    next_h = np.sinh(a + b) / np.cosh(a + b)
    return next_h, {"inputs": [x, prev_h], "weights": [Wx, Wh], "a": a + b}


@answers("rnn_step_forward")
def step_with_inner(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.add(np.add(np.inner(x, Wx.T), np.inner(prev_h, Wh.T)), b))
    return next_h, (next_h, b, Wh, Wx, prev_h, x)


Kept = namedtuple("Kept", "x prev_h Wx Wh slope")


@answers("rnn_step_forward")
def step_that_keeps_the_slope(x, prev_h, Wx, Wh, b):
    h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return h, Kept(x, prev_h, Wx, Wh, 1 - h * h)


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


@answers("rnn_step_backward", step_with_one_matrix)
def back_with_one_matrix(dnext_h, cache):
    together, weights, D = cache
    next_h = np.tanh(together @ weights)
    da = (1 - next_h) * (1 + next_h) * dnext_h
    dtogether, dweights = da @ weights.T, together.T @ da
    return dtogether[:, :D], dtogether[:, D:-1], dweights[:D], dweights[D:-1], dweights[-1]


@answers("rnn_step_backward", step_with_tensordot)
def back_with_cosh(dnext_h, cache):
    (x, prev_h), (Wx, Wh), a = cache.values()
    da = dnext_h / np.cosh(a) ** 2
    return (
        np.inner(da, Wx),
        np.inner(da, Wh),
        np.tensordot(x, da, (0, 0)),
        np.tensordot(prev_h, da, (0, 0)),
        sum(da),
    )


# ---- chapter 02


@answers("rnn_forward")
def states_in_a_growing_array(x, h0, Wx, Wh, b):
    h = h0[:, None]
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ Wx + h[:, -1] @ Wh + b)
        h = np.append(h, new[:, None], axis=1)
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


@answers("rnn_backward", states_in_a_growing_array)
def back_with_all_slopes_first(dh, cache):
    x, h, Wx, Wh = cache
    da, carried = (1 - h[:, 1:] ** 2), 0
    for t in range(dh.shape[1])[::-1]:
        da[:, t] *= dh[:, t] + carried
        carried = da[:, t] @ Wh.T
    dWx = np.tensordot(x, da, axes=((0, 1), (0, 1)))
    return (
        da @ Wx.T,
        carried,
        dWx,
        np.tensordot(h[:, :-1], da, axes=((0, 1), (0, 1))),
        da.sum(axis=1).sum(axis=0),
    )


@answers("rnn_backward", states_by_accumulate)
def back_from_lists(dh, cache):
    x, h, Wx, Wh = cache["x"], cache["h"], cache["Wx"], cache["Wh"]
    T, das, dstate = x.shape[1], [], np.zeros_like(h[0])
    for t in range(T - 1, -1, -1):
        das.insert(0, (dh[:, t, :] + dstate) * (1 - np.square(h[t + 1])))
        dstate = das[0].dot(Wh.T)
    dx = np.stack([da.dot(Wx.T) for da in das], axis=1)
    dWx = reduce(np.add, [x[:, t].T @ das[t] for t in range(T)])
    dWh = reduce(np.add, [h[t].T @ das[t] for t in range(T)])
    return dx, dstate, dWx, dWh, np.concatenate(das).sum(axis=0)


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


@answers("clip_gradient")
def clipped_through_the_direction(gradient, limit):
    length = np.hypot.reduce(gradient, axis=None)
    direction = np.divide(gradient, length, out=np.zeros_like(gradient), where=length > 0)
    return direction * np.clip(length, 0, limit)


# ---- chapter 03


@answers("word_embedding_forward")
def looked_up_with_take(x, W):
    return W.take(x, axis=0), {"words": x.copy(), "rows": W.shape[0]}


@answers("word_embedding_forward")
def looked_up_in_python(x, W):
    return np.array([[W[word] for word in row] for row in x]), (x.tolist(), np.zeros_like(W))


@answers("word_embedding_forward")
def looked_up_by_column(x, W):
    out = np.empty((*x.shape, W.shape[1]), dtype=W.dtype)
    for d in range(W.shape[1]):
        out[..., d] = W[:, d][x]
    return out, [W, x]


@answers("word_embedding_backward", looked_up_with_take)
def words_sorted_first(dout, cache):
    words, D = cache["words"].ravel(), dout.shape[-1]
    order = np.argsort(words, kind="stable")
    found, begins = np.unique(words[order], return_index=True)
    dW = np.zeros((cache["rows"], D), dout.dtype)
    dW[found] = np.add.reduceat(dout.reshape(-1, D)[order], begins, axis=0)
    return dW


@answers("word_embedding_backward", looked_up_by_column)
def words_asked_one_by_one(dout, cache):
    W, x = cache
    return np.array([dout[x == word].sum(axis=0) for word in range(len(W))])


@answers("word_embedding_backward", looked_up_by_column)
def words_by_bincount(dout, cache):
    W, x = cache
    columns = [np.bincount(x.ravel(), dout[..., d].ravel(), len(W)) for d in range(W.shape[1])]
    return np.column_stack(columns).astype(dout.dtype)


# ---- chapter 04


@answers("captioning_forward")
def loss_with_log_softmax(model, features, captions):
    p, N = model.params, len(captions)
    h0, proj = affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed = word_embedding_forward(captions[:, :-1], p["W_embed"])
    h, rnn = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    shifted = scores - scores.max(axis=2, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    right, counts = captions[:, 1:], captions[:, 1:] != model._null
    loss = -(np.take_along_axis(logp, right[:, :, None], axis=2)[:, :, 0] * counts).sum() / N
    dscores = np.exp(logp)
    dscores[np.arange(N)[:, None], np.arange(right.shape[1]), right] -= 1
    return loss, (proj, embed, rnn, vocab, dscores * counts[:, :, None] / N)


@answers("captioning_forward")
def loss_word_by_word(model, features, captions):
    p, loss = model.params, 0.0
    for feature, caption in zip(features, captions, strict=True):
        h = feature @ p["W_proj"] + p["b_proj"]
        for heard, said in itertools.pairwise(caption):
            h = np.tanh(p["W_embed"][heard] @ p["Wx"] + h @ p["Wh"] + p["b"])
            scores = h @ p["W_vocab"] + p["b_vocab"]
            if said != model._null:
                loss += np.log(np.exp(scores).sum()) - scores[said]
    return loss / len(captions), (features, captions, model)


@answers("captioning_loss")
def gradients_by_update(model, features, captions):
    p, grads = model.params, {}
    heard, said = captions[:, : captions.shape[1] - 1], captions[:, 1:]
    h0, proj = affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed = word_embedding_forward(heard, p["W_embed"])
    h, rnn = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, said, np.not_equal(said, model._null))
    dh, *of_vocab = temporal_affine_backward(dscores, vocab)
    dvectors, dh0, *of_rnn = rnn_backward(dh, rnn)
    grads.update(zip(("W_vocab", "b_vocab"), of_vocab, strict=True))
    grads.update(zip(("Wx", "Wh", "b"), of_rnn, strict=True))
    grads.update(zip(("W_proj", "b_proj"), affine_backward(dh0, proj)[1:], strict=True))
    return loss, {"W_embed": word_embedding_backward(dvectors, embed), **grads}


# ---- chapter 05


@answers("captioning_sample")
def spoken_picture_by_picture(model, features, max_length=30):
    p, captions = model.params, []
    for feature in features:
        h, word, caption = feature @ p["W_proj"] + p["b_proj"], model._start, []
        while len(caption) < max_length and word != model._end:
            h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
            word = int(np.argmax(h @ p["W_vocab"] + p["b_vocab"]))
            caption.append(word)
        captions.append(caption + [model._null] * (max_length - len(caption)))
    return np.array(captions)


@answers("captioning_sample")
def spoken_and_cut_afterwards(model, features, max_length=30):
    p, spoken = model.params, []
    h, word = features @ p["W_proj"] + p["b_proj"], np.full(len(features), model._start)
    for _ in range(max_length):
        h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
        word = (h @ p["W_vocab"] + p["b_vocab"]).argmax(-1)
        spoken.append(word)
    captions = np.stack(spoken, axis=1)
    ended = (captions == model._end).cumsum(axis=1)
    return np.where(ended - (captions == model._end) > 0, model._null, captions)


@answers("captioning_sample")
def spoken_by_those_who_still_speak(model, features, max_length=30):
    p = model.params
    captions = np.full((len(features), max_length), model._null, dtype=np.int32)
    rows, h = np.arange(len(features)), features @ p["W_proj"] + p["b_proj"]
    word = np.full(len(features), model._start)
    for t in range(max_length):
        if not len(rows):
            break
        h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
        word = np.argmax(h @ p["W_vocab"] + p["b_vocab"], axis=1)
        captions[rows, t] = word
        rows, h, word = rows[word != model._end], h[word != model._end], word[word != model._end]
    return captions


@answers("perplexity")
def perplexity_by_a_mean(loss, captions):
    words_a_caption = np.count_nonzero(captions[:, 1:], axis=1).mean()
    return math.exp(loss / words_a_caption)


@answers("perplexity")
def perplexity_by_a_power(loss, captions):
    signs = np.sum(captions == 0) + len(captions)  # filling, and a <START> each
    return np.e ** (loss * captions.shape[0] / (captions.size - signs))


# ---- chapter 06


def sigma(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-np.abs(a))), 1 - 1 / (1 + np.exp(-np.abs(a))))


@answers("lstm_step_forward")
def gates_on_an_axis_of_their_own(x, prev_h, prev_c, Wx, Wh, b):
    a = (x @ Wx + prev_h @ Wh + b).reshape(len(x), 4, -1)
    gates, g = 1 / (1 + np.exp(-a[:, :3])), np.tanh(a[:, 3])
    next_c = gates[:, 1] * prev_c + gates[:, 0] * g
    tanh_c = np.tanh(next_c)
    return gates[:, 2] * tanh_c, next_c, (x, prev_h, prev_c, Wx, Wh, gates, g, tanh_c)


@answers("lstm_step_forward")
def sigmoid_by_tanh(x, prev_h, prev_c, Wx, Wh, b):
    a = np.tanh((x @ Wx + prev_h @ Wh + b) * np.repeat([0.5, 0.5, 0.5, 1], len(Wh)).astype(x.dtype))
    i, f, o, g = np.hsplit(a, 4)
    next_c = (f + 1) / 2 * prev_c + (i + 1) / 2 * g
    return (o + 1) / 2 * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, b, next_c)


@answers("lstm_step_forward")
def gates_from_four_products(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    cut = [slice(k * H, (k + 1) * H) for k in range(4)]
    i, f, o, g = (x @ Wx[:, k] + prev_h @ Wh[:, k] + b[k] for k in cut)
    next_c = sigma(f) * prev_c + sigma(i) * np.tanh(g)
    return sigma(o) * np.tanh(next_c), next_c, dict(inputs=(x, prev_h, prev_c), weights=(Wx, Wh, b))


@answers("lstm_step_backward", gates_on_an_axis_of_their_own)
def back_on_an_axis_of_their_own(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, g, tanh_c = cache
    i, f, o = np.moveaxis(gates, 1, 0)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    da = np.stack([dc * g, dc * prev_c, dnext_h * tanh_c, dc * i * (1 - g**2)], axis=1)
    da[:, :3] *= gates * (1 - gates)
    da = da.reshape(len(x), -1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(0)


@answers("lstm_step_backward", gates_from_four_products)
def back_computed_once_more(dnext_h, dnext_c, cache):
    (x, prev_h, prev_c), (Wx, Wh, b) = cache["inputs"], cache["weights"]
    a = x @ Wx + prev_h @ Wh + b
    H = prev_h.shape[1]
    s, g = sigma(a[:, : 3 * H]), np.tanh(a[:, 3 * H :])
    i, f, o = s[:, :H], s[:, H : 2 * H], s[:, 2 * H :]
    t = np.tanh(f * prev_c + i * g)
    dc = dnext_c + dnext_h * o * (1 - t * t)
    da = np.empty_like(a)
    da[:, : 3 * H] = np.hstack((dc * g, dc * prev_c, dnext_h * t)) * s * (1 - s)
    da[:, 3 * H :] = dc * i * (1 - g * g)
    return da.dot(Wx.T), da.dot(Wh.T), f * dc, x.T.dot(da), prev_h.T.dot(da), np.einsum("nh->h", da)


@answers("lstm_forward")
def cells_kept_in_one_array(x, h0, Wx, Wh, b):
    (N, T, _), H = x.shape, len(Wh)
    c, h = np.zeros((N, T + 1, H), x.dtype), np.zeros((N, T + 1, H), x.dtype)
    h[:, 0], into = h0, x @ Wx + b
    for t in range(T):
        a = into[:, t] + h[:, t] @ Wh
        i, f, o = np.split(sigma(a[:, : 3 * H]), 3, axis=1)
        c[:, t + 1] = f * c[:, t] + i * np.tanh(a[:, 3 * H :])
        h[:, t + 1] = o * np.tanh(c[:, t + 1])
    return h[:, 1:], (x, h, c, Wx, Wh, b)


@answers("lstm_backward", cells_kept_in_one_array)
def back_through_one_array(dh, cache):
    x, h, c, Wx, Wh, b = cache
    T, H = dh.shape[1], dh.shape[2]
    a = x @ Wx + h[:, :-1] @ Wh + b
    s, g = sigma(a[..., : 3 * H]), np.tanh(a[..., 3 * H :])
    i, f, o = s[..., :H], s[..., H : 2 * H], s[..., 2 * H :]
    da, dstate, dcell = np.empty_like(a), 0, 0
    for t in reversed(range(T)):
        dout, tanh_c = dh[:, t] + dstate, np.tanh(c[:, t + 1])
        dcell = dcell + dout * o[:, t] * (1 - tanh_c**2)
        gates = np.hstack([dcell * g[:, t], dcell * c[:, t], dout * tanh_c]) * s[:, t] * (1 - s[:, t])
        da[:, t] = np.hstack([gates, dcell * i[:, t] * (1 - g[:, t] ** 2)])
        dstate, dcell = da[:, t] @ Wh.T, dcell * f[:, t]
    sums = (np.einsum("ntd,ntk->dk", each, da) for each in (x, h[:, :-1]))
    return da @ Wx.T, dstate, *sums, da.sum(axis=(0, 1))


# ---- chapter 07


@answers("attention_forward")
def look_with_broadcasting(h, A):
    scores = (A * h[:, None, :]).sum(-1) / h.shape[1] ** 0.5
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    return (weights[..., None] * A).sum(axis=1), weights, (h, A, weights)


@answers("attention_forward")
def look_with_matmul(h, A):
    scores = np.matmul(h[:, None], A.transpose(0, 2, 1)) / math.sqrt(h.shape[-1])
    e = np.exp(scores - scores.max(-1, keepdims=True))
    weights = e / e.sum(-1, keepdims=True)
    return np.matmul(weights, A)[:, 0], weights[:, 0], {"h": h, "A": A, "weights": weights}


@answers("attention_backward", look_with_matmul)
def look_back_with_jacobians(dcontext, cache):
    h, A, weights = cache["h"], cache["A"], cache["weights"][:, 0]
    dweights = np.matmul(A, dcontext[:, :, None])
    softmax = weights[:, :, None] * np.eye(A.shape[1], dtype=A.dtype) - weights[:, :, None] * weights[:, None]
    dscores = np.matmul(softmax, dweights)[:, :, 0] / h.shape[1] ** 0.5
    dA = np.einsum("nl,nh->nlh", weights, dcontext) + np.einsum("nl,nh->nlh", dscores, h)
    return np.einsum("nl,nlh->nh", dscores, A), dA


@answers("attention_lstm_step_forward")
def look_and_step_with_one_matrix(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    scores = np.einsum("nlh,nh->nl", A, prev_h) / np.sqrt(np.float32(len(Wh)))
    weights = np.exp(scores) / np.exp(scores).sum(1)[:, None]
    seen = np.concatenate([x, prev_h, np.einsum("nl,nlh->nh", weights, A)], axis=1)
    a = np.split(seen @ np.concatenate([Wx, Wh, Wc]) + b, 4, axis=1)
    next_c = sigma(a[1]) * prev_c + sigma(a[0]) * np.tanh(a[3])
    return sigma(a[2]) * np.tanh(next_c), next_c, (x, prev_h, prev_c, A, Wx, Wh, Wc, b)


# ---- chapter 08


@answers("causal_mask")
def mask_by_tri(T):
    return np.tri(T, dtype=bool)


@answers("causal_mask")
def mask_by_counting(T):
    return np.greater_equal.outer(np.arange(T), np.arange(T))


def weights_of(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@answers("self_attention_forward")
def words_ask_with_one_matrix(x, Wq, Wk, Wv):
    q, k, v = np.split(x @ np.concatenate([Wq, Wk, Wv], axis=1), 3, axis=2)
    scores = np.einsum("nth,nsh->nts", q, k) * Wq.shape[1] ** -0.5
    scores[:, ~np.tri(x.shape[1], dtype=bool)] = -np.inf
    weights = weights_of(scores)
    return weights @ v, weights, (x, Wq, Wk, Wv, q, k, v, weights)


@answers("self_attention_forward")
def words_forbidden_after_exp(x, Wq, Wk, Wv):
    scores = (x @ Wq) @ (x @ Wk).transpose(0, 2, 1) / np.sqrt(Wk.shape[1])
    e = np.exp(scores - scores.max(axis=2, keepdims=True)) * np.tri(x.shape[1])
    weights = e / e.sum(axis=2, keepdims=True)
    return weights @ (x @ Wv), weights, [x, Wq, Wk, Wv, weights]


@answers("self_attention_backward", words_forbidden_after_exp)
def asked_back_from_five(dout, cache):
    x, Wq, Wk, Wv, weights = cache
    dweights = np.einsum("nth,nsh->nts", dout, x @ Wv)
    dscores = weights * dweights
    dscores = (dscores - weights * dscores.sum(axis=-1, keepdims=True)) * len(Wq.T) ** -0.5
    into = dscores @ (x @ Wk), dscores.swapaxes(1, 2) @ (x @ Wq), weights.swapaxes(1, 2) @ dout
    dx = sum(d @ W.T for d, W in zip(into, (Wq, Wk, Wv), strict=True))
    return dx, *(np.tensordot(x, d, axes=((0, 1), (0, 1))) for d in into)


@answers("multi_head_attention_forward")
def heads_by_split(query, key, value, W, b, num_heads, mask=None):
    q, k, v = query @ W[1] + b[1], key @ W[0] + b[0], value @ W[2] + b[2]
    q, k, v = (np.stack(np.split(each, num_heads, axis=-1), axis=1) for each in (q, k, v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores[..., np.logical_not(mask)] = -1e30
    weights = weights_of(scores)
    out = np.concatenate(list(np.moveaxis(weights @ v, 1, 0)), axis=-1)
    return out @ W[3] + b[3], weights, (query, key, value, W, b, num_heads, mask, q, k, v, weights)


@answers("layer_norm_forward")
def norm_by_sums(x, gamma, beta, eps=1e-5):
    centred = x - x.sum(axis=2)[..., None] / x.shape[2]
    inverse = ((centred * centred).mean(axis=2, keepdims=True) + eps) ** -0.5
    return gamma * (centred * inverse) + beta, (centred, inverse, gamma)


@answers("layer_norm_backward", norm_by_sums)
def norm_back_by_sums(dout, cache):
    centred, inverse, gamma = cache
    D = centred.shape[-1]
    d = dout * gamma * inverse
    dvariance = (dout * gamma * centred).sum(axis=2, keepdims=True) * -(inverse**3) / 2
    d = d + 2 * centred * dvariance / D
    dx = d - d.sum(axis=2, keepdims=True) / D
    return dx, (dout * centred * inverse).sum((0, 1)), dout.sum((0, 1))


# ---- chapter 10


@answers("soften")
def softened_by_log(scores, temperature):
    scaled = scores / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled, axis=1)[:, None])


@answers("soften")
def softened_in_double_precision(scores, temperature):
    scaled = np.float64(scores) / temperature
    e = np.exp(scaled - np.max(scaled, axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(scores.dtype)


@answers("nucleus")
def nucleus_word_after_word(probabilities, top_p):
    kept, total = [], 0.0
    for word in sorted(range(len(probabilities)), key=lambda word: -probabilities[word]):
        if total < top_p:
            kept.append(word)
        total += probabilities[word]
    out = np.zeros(len(probabilities))
    out[kept] = probabilities[kept]
    return out / sum(out)


@answers("nucleus")
def nucleus_of_what_is_likelier(probabilities, top_p):
    likelier = (probabilities[:, None] > probabilities) * probabilities[:, None]
    left = np.where(likelier.sum(axis=0) < top_p, probabilities, 0)
    return left / left.sum()


# ---- chapters 11 to 13


@answers("fit_probe")
def probe_by_lstsq(states, targets, strength):
    K = states.shape[1]
    s, t = states - np.mean(states, 0), targets - np.mean(targets, 0)
    rows = np.vstack([s, np.sqrt(strength) * np.eye(K)])
    W = np.linalg.lstsq(rows, np.vstack([t, np.zeros((K, t.shape[1]))]), rcond=None)[0]
    return W, targets.mean(0) - states.mean(0) @ W


@answers("most_frequent_pair")
def pair_by_a_default_dict(words, counts):
    found = defaultdict(int)
    for row, count in zip(words.tolist(), counts.tolist(), strict=True):
        pieces = [piece for piece in row if piece]
        for pair in itertools.pairwise(pieces):
            found[pair] += count
    first, second = sorted(found, key=found.get)[-1]
    return first, second


@answers("most_frequent_pair")
def pair_by_repeated_words(words, counts):
    pairs = Counter()
    for n in range(len(words)):
        for t in range(words.shape[1] - 1):
            if words[n, t] and words[n, t + 1]:
                pairs.update({(words[n, t], words[n, t + 1]): int(counts[n])})
    return pairs.most_common(1)[0][0]


@answers("merge")
def merge_by_marking(word, pair, new):
    out, T = word.copy(), len(word)
    for t in range(T - 1):
        if out[t] == pair[0] and out[t + 1] == pair[1]:
            out[t], out[t + 1] = new, -1
    left = out[out != -1]
    return np.pad(left, (0, T - len(left)))


@answers("merge")
def merge_from_a_queue(word, pair, new):
    pieces, out = list(word), []
    while pieces:
        piece = pieces.pop(0)
        if piece == pair[0] and pieces[:1] == [pair[1]]:
            pieces.pop(0)
            piece = new
        out.append(piece)
    return np.array(out + [0] * (len(word) - len(out)))


@answers("weight_gradients")
def sums_by_tensordot(x, h0, h, da):
    before = np.roll(h, 1, axis=1)
    before[:, 0] = h0
    both = ((0, 1), (0, 1))
    return np.tensordot(x, da, both), np.tensordot(before, da, both), np.einsum("nth->h", da)


@answers("counted_words_loss")
def loss_of_numbered_places(h, y, mask, W, b):
    n, t = np.nonzero(mask)
    scores = h[n, t] @ W + b
    logp = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    right = np.eye(len(b), dtype=h.dtype)[y[n, t]]
    dscores = (np.exp(logp) - right) / len(h)
    dh = np.zeros(h.shape, h.dtype)
    dh[n, t] = dscores @ W.T
    return -(logp * right).sum() / len(h), dh, h[n, t].T @ dscores, dscores.sum(0)
