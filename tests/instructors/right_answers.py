"""Right answers to all exercises, as a student would write them. The tests put them into notebooks."""

import numpy as np


def caption_lengths(captions):
    return (captions > 2).sum(axis=1)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    states, caches, state = [], [], h0
    for t in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def rnn_backward(dh, cache):
    dstate, dWx, dWh, db, dx = 0, 0, 0, 0, []
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dstate, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dstate, dWx, dWh, db


def word_embedding_forward(x, W):
    return W[x], (x, len(W))


def word_embedding_backward(dout, cache):
    x, V = cache
    dW = np.zeros((V, dout.shape[-1]), dtype=dout.dtype)
    np.add.at(dW, x, dout)
    return dW


def captioning_forward(model, features, captions):
    p, words, right = model.params, captions[:, :-1], captions[:, 1:]
    state, loss, kept = features @ p["W_proj"] + p["b_proj"], 0, []
    for t in range(words.shape[1]):
        state = np.tanh(p["W_embed"][words[:, t]] @ p["Wx"] + state @ p["Wh"] + p["b"])
        scores = state @ p["W_vocab"] + p["b_vocab"]
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        loss -= (logs[np.arange(len(logs)), right[:, t]] * (right[:, t] != model._null)).sum()
        kept.append((state, scores))
    return loss / len(words), kept


def captioning_loss(model, features, captions):
    p, words, right = model.params, captions[:, :-1], captions[:, 1:]
    N, T = words.shape
    h0 = features @ p["W_proj"] + p["b_proj"]
    vectors, embed_cache = word_embedding_forward(words, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores = h @ p["W_vocab"] + p["b_vocab"]
    probabilities = np.exp(scores - scores.max(axis=2, keepdims=True))
    probabilities /= probabilities.sum(axis=2, keepdims=True)
    mask, n, t = right != model._null, np.arange(N)[:, None], np.arange(T)
    loss = -(np.log(probabilities[n, t, right]) * mask).sum() / N
    probabilities[n, t, right] -= 1
    dscores = probabilities * mask[:, :, None] / N
    dvectors, dh0, dWx, dWh, db = rnn_backward(dscores @ p["W_vocab"].T, rnn_cache)
    return loss, {
        "W_vocab": np.einsum("nth,ntv->hv", h, dscores),
        "b_vocab": dscores.sum(axis=(0, 1)),
        "Wx": dWx,
        "Wh": dWh,
        "b": db,
        "W_embed": word_embedding_backward(dvectors, embed_cache),
        "W_proj": features.T @ dh0,
        "b_proj": dh0.sum(axis=0),
    }


def captioning_sample(model, features, max_length=30):
    p, N = model.params, len(features)
    captions, ended = np.full((N, max_length), model._null), np.zeros(N, dtype=bool)
    h, words = features @ p["W_proj"] + p["b_proj"], np.full(N, model._start)
    for t in range(max_length):
        h, _ = rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        captions[~ended, t] = words[~ended]
        ended |= words == model._end
    return captions


def perplexity(loss, captions):
    return np.exp(loss * len(captions) / (captions[:, 1:] != 0).sum())


def soften(scores, temperature):
    scaled = scores / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def nucleus(probabilities, top_p):
    kept, total = np.zeros_like(probabilities), 0.0
    for word in np.argsort(-probabilities):
        if total < top_p:
            kept[word] = probabilities[word]
            total += probabilities[word]
    return kept / total


def fit_probe(states, targets, strength):
    W = np.linalg.solve(
        np.cov(states.T, bias=True).reshape(states.shape[1], -1) * len(states)
        + strength * np.eye(states.shape[1]),
        (states - states.mean(axis=0)).T @ targets,
    )
    return W, (targets - states @ W).mean(axis=0)


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
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    rows = da.reshape(-1, da.shape[2])
    return x.reshape(-1, x.shape[2]).T @ rows, before.reshape(-1, before.shape[2]).T @ rows, rows.sum(axis=0)


def counted_words_loss(h, y, mask, W, b):
    rows, words = h[mask], y[mask]
    scores = rows @ W + b
    scores = scores - scores.max(axis=1, keepdims=True)
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    k = np.arange(len(words))
    loss = -np.log(probabilities[k, words]).sum() / len(h)
    probabilities[k, words] -= 1
    dscores = (probabilities / len(h)).astype(h.dtype)
    dh = np.zeros_like(h)
    dh[mask] = dscores @ W.T
    return loss, dh, rows.T @ dscores, dscores.sum(axis=0)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a_i, a_f, a_o, a_g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = logistic(a_i), logistic(a_f), logistic(a_o), np.tanh(a_g)
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    squashed = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - squashed**2)
    parts = [
        dc * g * i * (1 - i),
        dc * prev_c * f * (1 - f),
        dnext_h * squashed * o * (1 - o),
        dc * i * (1 - g**2),
    ]
    da = np.concatenate(parts, axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    states, caches, state, cell = [], [], h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, cell, cache = lstm_step_forward(x[:, t], state, cell, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def lstm_backward(dh, cache):
    dstate = dcell = np.zeros_like(dh[:, 0])
    dWx, dWh, db, dx = 0, 0, 0, []
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dcell, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dstate, dWx, dWh, db


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
