"""A right answer to each exercise, as a student writes it in a cell. They call each other by name, as cells do.

Tests take their text, and change it where they want a wrong one.
"""

import numpy as np


def caption_lengths(captions):
    return (captions > 2).sum(axis=1)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (Wx, Wh, x, prev_h, next_h)


def rnn_step_backward(dnext_h, cache):
    Wx, Wh, x, prev_h, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def gradient_detective():
    A, B, C = 4, 7, 3
    return A, B, C


def rnn_forward(x, h0, Wx, Wh, b):
    h, cache, state = np.zeros((len(x), x.shape[1], len(b)), x.dtype), [], h0
    for t in range(x.shape[1]):
        state, step_cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        cache.append(step_cache)
    return h, cache


def bptt_by_hand():
    h, g = [3, 5, 12], [7, 3, 1]
    shares = [7, 9, 5]
    return h, g, shares, sum(shares)


def bptt_with_tanh():
    da = [6, 3, 1.8]
    return da, -9.57, 6.6, sum(da), 2 * da[0]


def rnn_backward(dh, cache):
    dprev_h, dWx, dWh, db, dx = 0, 0, 0, 0, []
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dprev_h, dWx, dWh, db


def clip_gradient(gradient, limit):
    length = np.linalg.norm(gradient)
    return gradient * (limit / length) if length > limit else gradient


def word_embedding_forward(x, W):
    return W[x], (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


def captioning_forward(model, features, captions):
    from cs231n import rnn_layers as layers

    p = model.params
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    mask = words_out != model._null
    h0, proj_cache = layers.affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = layers.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = layers.temporal_softmax_loss(scores, words_out, mask)
    return loss, (proj_cache, embed_cache, rnn_cache, vocab_cache, dscores)


def captioning_loss(model, features, captions):
    from cs231n import rnn_layers as layers

    p = model.params
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    mask = words_out != model._null
    h0, proj_cache = layers.affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = layers.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = layers.temporal_softmax_loss(scores, words_out, mask)
    grads = {}
    dh, grads["W_vocab"], grads["b_vocab"] = layers.temporal_affine_backward(dscores, vocab_cache)
    dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dh, rnn_cache)
    grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
    _, grads["W_proj"], grads["b_proj"] = layers.affine_backward(dh0, proj_cache)
    return loss, grads


def captioning_sample(model, features, max_length=30):
    p = model.params
    captions = np.full((len(features), max_length), model._null, dtype=np.int32)
    h = features @ p["W_proj"] + p["b_proj"]
    words, ended = np.full(len(features), model._start), np.zeros(len(features), dtype=bool)
    for t in range(max_length):
        h, _ = rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        captions[~ended, t] = words[~ended]
        ended |= words == model._end
    return captions


def perplexity(loss, captions):
    return np.exp(loss * len(captions) / (captions[:, 1:] != 0).sum())


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o)), np.tanh(g)
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    di, df, do, dg = dc * g, dc * prev_c, dnext_h * tanh_c, dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, cache, state, cell = [], [], h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, cell, step_cache = lstm_step_forward(x[:, t], state, cell, Wx, Wh, b)
        h.append(state)
        cache.append(step_cache)
    return np.stack(h, axis=1), cache


def lstm_backward(dh, cache):
    dstate, dcell, dWx, dWh, db, dx = 0, np.zeros_like(dh[:, 0]), 0, 0, 0, []
    for t in reversed(range(dh.shape[1])):
        step = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx_t, dstate, dcell, dWx_t, dWh_t, db_t = step
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dstate, dWx, dWh, db


def attention_forward(h, A):
    scores = np.einsum("nlh,nh->nl", A, h) / h.shape[1] ** 0.5
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return np.einsum("nl,nlh->nh", weights, A), weights, (h, A, weights)


def attention_backward(dcontext, cache):
    h, A, weights = cache
    dweights = np.einsum("nh,nlh->nl", dcontext, A)
    dscores = weights * (dweights - (weights * dweights).sum(axis=1, keepdims=True)) / h.shape[1] ** 0.5
    dA = weights[:, :, None] * dcontext[:, None] + dscores[:, :, None] * h[:, None]
    return np.einsum("nl,nlh->nh", dscores, A), dA


def attention_lstm_step_forward(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    context, weights, look = attention_forward(prev_h, A)
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + context @ Wc + b, 4, axis=1)
    i, f, o = [1 / (1 + np.exp(-gate)) for gate in (i, f, o)]
    next_c = f * prev_c + i * np.tanh(g)
    return o * np.tanh(next_c), next_c, (look, i, f, o, g)


def causal_mask(T):
    return np.arange(T) <= np.arange(T)[:, None]


def self_attention_forward(x, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])
    scores = np.where(np.tril(np.ones(scores.shape[1:], dtype=bool)), scores, -np.inf)
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    w = p / p.sum(axis=2, keepdims=True)
    return w @ v, w, (x, Wq, Wk, Wv, q, k, v, w)


def self_attention_backward(dout, cache):
    x, Wq, Wk, Wv, q, k, v, w = cache
    dw = dout @ v.transpose(0, 2, 1)
    ds = w * (dw - (w * dw).sum(axis=2, keepdims=True)) / np.sqrt(q.shape[2])
    dq, dk, dv = ds @ k, ds.transpose(0, 2, 1) @ q, w.transpose(0, 2, 1) @ dout
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, *(np.einsum("ntd,nth->dh", x, d) for d in (dq, dk, dv))


def multi_head_attention_forward(query, key, value, W, b, num_heads, mask=None):
    N, S, D = query.shape
    k, q, v = (
        (x @ W[i] + b[i]).reshape(N, -1, num_heads, D // num_heads).transpose(0, 2, 1, 3)
        for i, x in enumerate((key, query, value))
    )
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(D // num_heads)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    p = np.exp(scores - scores.max(axis=3, keepdims=True))
    w = p / p.sum(axis=3, keepdims=True)
    heads = (w @ v).transpose(0, 2, 1, 3).reshape(N, S, D)
    return heads @ W[3] + b[3], w, (query, key, value, W, b, q, k, v, w, heads)


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    inverse = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=-1, keepdims=True)) * inverse
    return gamma * x_hat + beta, (x, x_hat, inverse, gamma)


def layer_norm_backward(dout, cache):
    x, x_hat, inverse, gamma = cache
    g = dout * gamma
    dx = inverse * (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True))
    return dx, (dout * x_hat).sum(axis=(0, 1)), dout.sum(axis=(0, 1))


def advantages(rewards):
    K = rewards.shape[1]
    return rewards - (rewards.sum(axis=1, keepdims=True) - rewards) / (K - 1)


def reward_loss(x, y, mask, advantages):
    shifted = x - x.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    drawn = np.eye(x.shape[2], dtype=x.dtype)[y]
    weights = (mask * advantages[:, None] / len(x))[:, :, None]
    return -(weights * log_p * drawn).sum(), weights * (np.exp(log_p) - drawn)


def soften(scores, temperature):
    scaled = scores / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def nucleus(probabilities, top_p):
    order = np.argsort(-probabilities)
    ranked = probabilities[order]
    left = np.cumsum(ranked) - ranked < top_p
    kept = np.zeros_like(probabilities)
    kept[order[left]] = ranked[left]
    return kept / kept.sum()


def fit_probe(states, targets, strength):
    mean_s, mean_t = states.mean(axis=0), targets.mean(axis=0)
    s, t = states - mean_s, targets - mean_t
    W = np.linalg.solve(s.T @ s + strength * np.eye(len(mean_s)), s.T @ t)
    return W, mean_t - mean_s @ W


def most_frequent_pair(words, counts):
    pairs = {}
    for n in range(len(words)):
        for t in range(words.shape[1] - 1):
            a, b = words[n, t], words[n, t + 1]
            if b > 0:
                pairs[(a, b)] = pairs.get((a, b), 0) + counts[n]
    return max(pairs, key=lambda pair: pairs[pair])


def merge(word, pair, new):
    left, merged = [int(piece) for piece in word], []
    while left:
        if left[:2] == list(pair):
            merged, left = merged + [new], left[2:]
        else:
            merged, left = merged + left[:1], left[1:]
    return np.array(merged + [0] * (len(word) - len(merged)))


def weight_gradients(x, h0, h, da):
    (N, T, D), H = x.shape, h.shape[2]
    rows = da.reshape(N * T, H)
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return x.reshape(N * T, D).T @ rows, prev_h.reshape(N * T, H).T @ rows, rows.sum(axis=0)


def counted_words_loss(h, y, mask, W, b):
    rows, words, k = h[mask], y[mask], np.arange(mask.sum())
    p = np.exp(rows @ W + b)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[k, words]).sum() / len(h)
    p[k, words] -= 1
    p /= len(h)
    dh = np.zeros_like(h)
    dh[mask] = p @ W.T
    return loss, dh, rows.T @ p, p.sum(axis=0)
