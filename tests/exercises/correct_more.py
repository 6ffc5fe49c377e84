"""Forty more right answers, as beginners and old hands write them: one way each that no other file has."""

import numpy as np
from styles import answers

from cs231n import rnn_layers as layers

# ---- lengths of captions


@answers("caption_lengths")
def lengths_by_place_of_end(captions):
    return np.argmax(captions == 2, axis=1) - (captions[:, 0] == 1)


@answers("caption_lengths")
def lengths_by_set_of_signs(captions):
    return np.array([sum(word not in {0, 1, 2} for word in row) for row in captions.tolist()])


@answers("caption_lengths")
def lengths_by_what_is_not_filled(captions):
    return (captions != 0).sum(axis=1) - 1 - (captions[:, 0] == 1)


@answers("caption_lengths")
def lengths_by_isin(captions):
    return np.count_nonzero(~np.isin(captions, [0, 1, 2]), axis=-1)


# ---- one step of the RNN


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


@answers("rnn_step_backward", step_by_sigmoid)
def back_from_a_dict(dnext_h, cache):
    h = cache["h"]
    da = (1 - h) * (1 + h) * dnext_h
    grads = {"x": da.dot(cache["Wx"].T), "h": da.dot(cache["Wh"].T)}
    return grads["x"], grads["h"], cache["x"].T.dot(da), cache["prev_h"].T.dot(da), da.sum(0)


@answers("rnn_step_backward", step_in_pieces)
def back_from_the_inputs_only(dnext_h, cache):
    x, prev_h, Wx, Wh, b = cache
    local = np.ones_like(dnext_h) - np.square(np.tanh(x @ Wx + prev_h @ Wh + b))
    da = np.multiply(local, dnext_h)
    return da @ Wx.T, da @ Wh.T, (da.T @ x).T, (da.T @ prev_h).T, np.add.reduce(da, axis=0)


@answers("rnn_step_backward", step_by_samples)
def back_sample_by_sample(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dx, dprev_h, dWx, dWh, db = [], [], 0, 0, 0
    for n in range(len(x)):
        da = dnext_h[n] * (1 - next_h[n] * next_h[n])
        dx.append(Wx @ da)
        dprev_h.append(Wh @ da)
        dWx, dWh, db = dWx + np.outer(x[n], da), dWh + np.outer(prev_h[n], da), db + da
    return np.array(dx), np.array(dprev_h), dWx, dWh, db


# ---- the RNN over time


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
def unroll_by_recursion(x, h0, Wx, Wh, b):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, h0.shape[1]), x.dtype), []
    before, caches = unroll_by_recursion(x[:, :-1], h0, Wx, Wh, b)
    last = before[:, -1] if before.shape[1] else h0
    state, cache = layers.rnn_step_forward(x[:, -1], last, Wx, Wh, b)
    return np.concatenate([before, state[:, None]], axis=1), [*caches, cache]


@answers("rnn_forward")
def unroll_with_h0_in_front(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T + 1, h0.shape[1]), dtype=h0.dtype)
    h[:, 0] = h0
    for t in range(1, T + 1):
        h[:, t] = np.tanh(x[:, t - 1] @ Wx + h[:, t - 1] @ Wh + b)
    return h[:, 1:], (x, h, Wx, Wh)


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


@answers("rnn_backward", unroll_with_h0_in_front)
def back_with_h0_in_front(dh, cache):
    x, h, Wx, Wh = cache
    N, T, H = dh.shape
    da, carried = np.zeros_like(dh), np.zeros((N, H), dh.dtype)
    for t in range(T - 1, -1, -1):
        da[:, t] = (dh[:, t] + carried) * (1 - h[:, t + 1] ** 2)
        carried = da[:, t] @ Wh.T
    return (
        da @ Wx.T,
        carried,
        np.tensordot(x, da, ([0, 1], [0, 1])),
        np.tensordot(h[:, :-1], da, ([0, 1], [0, 1])),
        da.sum((0, 1)),
    )


@answers("rnn_backward")
def back_with_gradients_in_a_dict(dh, cache):
    grads = layers.rnn_backward(dh.copy(), cache)
    named = dict(zip(("dx", "dh0", "dWx", "dWh", "db"), grads, strict=True))
    return tuple(named[name] for name in ("dx", "dh0", "dWx", "dWh", "db"))


# ---- words


@answers("word_embedding_forward")
def rows_by_flat_index(x, W):
    return W[x.flatten()].reshape(*x.shape, W.shape[1]), (x, W.shape)


@answers("word_embedding_forward")
def rows_by_stacking(x, W):
    return np.stack([W[row, :] for row in x]), [x, W]


@answers("word_embedding_forward")
def rows_by_einsum(x, W):
    return np.einsum("ntv,vd->ntd", np.eye(len(W), dtype=W.dtype)[x], W), (W, x)


@answers("word_embedding_backward", rows_by_flat_index)
def scatter_word_by_word(dout, cache):
    x, shape = cache
    return np.array([dout[x == word].sum(axis=0) for word in range(shape[0])])


@answers("word_embedding_backward", rows_by_stacking)
def scatter_caption_by_caption(dout, cache):
    x, W = cache
    dW = np.zeros(W.shape)
    for words, gradients in zip(x, dout, strict=True):
        np.add.at(dW, words, gradients)
    return dW


@answers("word_embedding_backward", rows_by_einsum)
def scatter_by_sorting(dout, cache):
    W, x = cache
    order = np.argsort(x, axis=None)
    words, starts = np.unique(x.flatten()[order], return_index=True)
    dW = np.zeros_like(W)
    dW[words] = np.add.reduceat(dout.reshape(-1, W.shape[1])[order], starts, axis=0)
    return dW


@answers("word_embedding_backward", rows_by_flat_index)
def scatter_by_tensordot(dout, cache):
    x, (V, D) = cache
    return np.tensordot((x[..., None] == np.arange(V)).astype(dout.dtype), dout, axes=([0, 1], [0, 1]))


# ---- a captioning model


def _word(model, name):
    return model.word_to_idx.get(name)


@answers("captioning_sample")
def speak_with_a_set_of_speakers(model, features, max_length=30):
    p, N = model.params, features.shape[0]
    captions = np.full((N, max_length), _word(model, "<NULL>"), dtype=int)
    speaking, h = set(range(N)), features.dot(p["W_proj"]) + p["b_proj"]
    now = np.array([_word(model, "<START>")] * N)
    for t in range(max_length):
        h = np.tanh(p["W_embed"][now].dot(p["Wx"]) + h.dot(p["Wh"]) + p["b"])
        now = np.argmax(h.dot(p["W_vocab"]) + p["b_vocab"], 1)
        for n in list(speaking):
            captions[n, t] = now[n]
            if now[n] == _word(model, "<END>"):
                speaking.remove(n)
    return captions


@answers("captioning_sample")
def speak_until_all_have_ended(model, features, max_length=30):
    p = model.params
    h, _ = layers.affine_forward(features, p["W_proj"], p["b_proj"])
    now, done, said = np.full(len(h), model._start), np.zeros(len(h), dtype=bool), []
    while len(said) < max_length:
        h, _ = layers.rnn_step_forward(p["W_embed"][now], h, p["Wx"], p["Wh"], p["b"])
        now = np.where(done, model._null, (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1))
        said.append(now)
        done = done | (now == model._end)
        if done.all():
            break
    said += [np.full(len(h), model._null)] * (max_length - len(said))
    return np.array(said).T


@answers("captioning_sample")
def speak_as_the_old_assignment_with_an_end(model, features, max_length=30):
    N, p = features.shape[0], model.params
    captions = model._null * np.ones((N, max_length), dtype=np.int32)
    prev_h = features @ p["W_proj"] + p["b_proj"]
    word, alive = model._start * np.ones((N, 1), dtype=np.int32), np.ones(N, dtype=np.int32)
    for t in range(max_length):
        embedded, _ = layers.word_embedding_forward(word, p["W_embed"])
        prev_h, _ = layers.rnn_step_forward(embedded[:, 0, :], prev_h, p["Wx"], p["Wh"], p["b"])
        scores, _ = layers.temporal_affine_forward(prev_h[:, None, :], p["W_vocab"], p["b_vocab"])
        best = np.argmax(scores[:, 0], axis=1)
        captions[:, t] = alive * best + (1 - alive) * model._null
        alive[best == model._end] = 0
        word[:, 0] = best
    return captions


@answers("captioning_loss")
def loss_with_helpers_in_a_list(model, features, captions):
    p, tape = model.params, []

    def run(forward, *inputs):
        out, cache = forward(*inputs)
        tape.append(cache)
        return out

    h0 = run(layers.affine_forward, features, p["W_proj"], p["b_proj"])
    x = run(layers.word_embedding_forward, captions[:, :-1], p["W_embed"])
    h = run(layers.rnn_forward, x, h0, p["Wx"], p["Wh"], p["b"])
    scores = run(layers.temporal_affine_forward, h, p["W_vocab"], p["b_vocab"])
    loss, d = layers.temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != model._null)
    g = {}
    d, g["W_vocab"], g["b_vocab"] = layers.temporal_affine_backward(d, tape.pop())
    d, dh0, g["Wx"], g["Wh"], g["b"] = layers.rnn_backward(d, tape.pop())
    g["W_embed"] = layers.word_embedding_backward(d, tape.pop())
    _, g["W_proj"], g["b_proj"] = layers.affine_backward(dh0, tape.pop())
    return loss, dict(sorted(g.items()))


# ---- the LSTM


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


@answers("lstm_step_backward", lstm_step_by_slices)
def lstm_back_into_an_empty_array(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    N, H = dnext_h.shape
    dc = dnext_c + (1 - np.tanh(next_c) ** 2) * o * dnext_h
    da = np.empty((N, 4 * H), dtype=dnext_h.dtype)
    da[:, :H] = dc * g * (i - i * i)
    da[:, H : 2 * H] = dc * prev_c * (f - f * f)
    da[:, 2 * H : 3 * H] = dnext_h * np.tanh(next_c) * (o - o * o)
    da[:, 3 * H :] = dc * i * (1 - g * g)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@answers("lstm_step_backward", lstm_step_by_reshape)
def lstm_back_computing_all_again(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b = cache
    i, f, o, g = _gates(x @ Wx + prev_h @ Wh + b, prev_h.shape[1])
    t = np.tanh(f * prev_c + i * g)
    dc = dnext_c + dnext_h * o / np.cosh(np.arctanh(t)) ** 2
    parts = dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g**2)
    da = np.stack(parts, axis=1).reshape(len(x), -1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, np.einsum("nk->k", da)


@answers("lstm_step_backward", lstm_step_with_eight_products)
def lstm_back_with_eight_products(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b = cache["inputs"]
    i, f, o, g = _gates(x @ Wx + prev_h @ Wh + b, prev_h.shape[1])
    t = np.tanh(f * prev_c + i * g)
    dc = (dnext_h * o) * (1 - t) * (1 + t) + dnext_c
    das = [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g**2)]
    dx = sum(da @ U.T for da, U in zip(das, np.hsplit(Wx, 4), strict=True))
    dprev_h = sum(da @ V.T for da, V in zip(das, np.hsplit(Wh, 4), strict=True))
    dWx, dWh = np.hstack([x.T @ da for da in das]), np.hstack([prev_h.T @ da for da in das])
    return dx, dprev_h, f * dc, dWx, dWh, np.concatenate([da.sum(axis=0) for da in das])


@answers("lstm_forward")
def lstm_over_a_swapped_input(x, h0, Wx, Wh, b):
    h, state, caches = [], (h0, 0 * h0), []
    for now in np.swapaxes(x, 0, 1):
        *state, cache = layers.lstm_step_forward(now, *state, Wx, Wh, b)
        h += [state[0]]
        caches += [cache]
    return np.stack(h, 1), caches


@answers("lstm_forward")
def lstm_with_all_cells_kept(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h, c = np.zeros((2, N, T + 1, h0.shape[1]), dtype=x.dtype)
    h[:, 0] = h0
    for t in range(T):
        h[:, t + 1], c[:, t + 1], _ = layers.lstm_step_forward(x[:, t], h[:, t], c[:, t], Wx, Wh, b)
    return h[:, 1:].copy(), (x, h, c, Wx, Wh, b)


@answers("lstm_backward", lstm_over_a_swapped_input)
def lstm_back_over_enumerated_steps(dh, cache):
    dx, dstate, dcell = np.zeros((*dh.shape[:2], cache[0][0].shape[1]), dh.dtype), 0, np.zeros_like(dh[:, 0])
    totals = [0, 0, 0]
    for t, step in reversed(list(enumerate(cache))):
        dx[:, t], dstate, dcell, *new = layers.lstm_step_backward(dh[:, t] + dstate, dcell, step)
        totals = [a + b for a, b in zip(totals, new, strict=True)]
    return dx, dstate, *totals


@answers("lstm_backward", lstm_with_all_cells_kept)
def lstm_back_making_the_steps_again(dh, cache):
    x, h, c, Wx, Wh, b = cache
    T, dx, dstate, dcell = x.shape[1], [], np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in range(T)[::-1]:
        *_, step = layers.lstm_step_forward(x[:, t], h[:, t], c[:, t], Wx, Wh, b)
        dnow, dstate, dcell, *new = layers.lstm_step_backward(dstate + dh[:, t], dcell, step)
        dx.insert(0, dnow)
        dWx, dWh, db = dWx + new[0], dWh + new[1], db + new[2]
    return np.array(dx).swapaxes(0, 1), dstate, dWx, dWh, db


# ---- chapter 13


@answers("weight_gradients")
def gradients_by_einsum(x, h0, h, da):
    before = np.roll(h, 1, axis=1)
    before[:, 0] = h0
    return np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", before, da), np.sum(da, axis=(0, 1))


@answers("counted_words_loss")
def loss_by_loops(h, y, mask, W, b):
    loss, dh, dW, db = 0.0, np.zeros_like(h), np.zeros_like(W), np.zeros_like(b)
    for n, t in np.argwhere(mask):
        p = np.exp(h[n, t] @ W + b)
        p = p / p.sum()
        loss = loss - np.log(p[y[n, t]]) / len(h)
        p[y[n, t]] -= 1
        dh[n, t] = W @ p / len(h)
        dW += np.outer(h[n, t], p) / len(h)
        db += p / len(h)
    return loss, dh, dW, db
