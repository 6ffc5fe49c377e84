"""Correct answers to the word embedding, the captioning model and the warm-up."""

import numpy as np
from styles import answers

from cs231n import rnn_layers as layers

# ---- words to vectors


@answers("word_embedding_forward")
def rows_by_index(x, W):
    return W[x], (x, W)


@answers("word_embedding_forward")
def rows_by_one_hot(x, W):
    one_hot = np.eye(len(W), dtype=W.dtype)[x]
    return one_hot @ W, one_hot


@answers("word_embedding_forward")
def rows_by_loops(x, W):
    out = np.zeros((*x.shape, W.shape[1]))
    for n, t in np.ndindex(*x.shape):
        out[n, t, :] = W[x[n, t]]
    return out, {"x": x.copy(), "shape": W.shape}


@answers("word_embedding_forward")
def rows_by_take(x, W):
    return np.take(W, x.ravel(), axis=0).reshape(x.shape + (-1,)), None


@answers("word_embedding_backward", rows_by_index)
def scatter_with_add_at(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


@answers("word_embedding_backward", rows_by_one_hot)
def scatter_by_one_hot(dout, one_hot):
    return np.einsum("ntv,ntd->vd", one_hot, dout)


@answers("word_embedding_backward", rows_by_loops)
def scatter_by_loops(dout, cache):
    dW = np.zeros(cache["shape"])
    for n, t in np.ndindex(*cache["x"].shape):
        dW[cache["x"][n, t]] += dout[n, t]
    return dW


@answers("word_embedding_backward")
def scatter_by_bincount(dout, cache):
    x, V = cache
    columns = [np.bincount(x.ravel(), dout[..., d].ravel(), V) for d in range(dout.shape[-1])]
    return np.stack(columns, axis=1)


# ---- captioning


@answers("captioning_forward")
def forward_from_layers(model, features, captions):
    p = model.params
    h0, proj_cache = layers.affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = layers.word_embedding_forward(captions[:, :-1], p["W_embed"])
    h, cell_cache = layers.rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = layers.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    mask = (captions[:, 1:] != model._null).astype(int)
    loss, dscores = layers.temporal_softmax_loss(scores, captions[:, 1:], mask)
    return loss, {
        "proj": proj_cache,
        "embed": embed_cache,
        "cell": cell_cache,
        "vocab": (vocab_cache, dscores),
    }


@answers("captioning_forward")
def forward_written_out(model, features, captions):
    return _written_out(model, features, captions, np.float64)[0], None


@answers("captioning_forward")
def forward_and_gradients_at_once(model, features, captions):
    loss, grads = _written_out(model, features, captions, model.params["Wx"].dtype)
    return loss, [grads, features]


@answers("captioning_loss")
def loss_from_layers(model, features, captions):
    p = model.params
    h0, proj_cache = layers.affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = layers.word_embedding_forward(captions[:, :-1], p["W_embed"])
    h, cell_cache = layers.rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = layers.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    mask = captions[:, 1:] != model._null
    loss, dscores = layers.temporal_softmax_loss(scores, captions[:, 1:], mask)
    grads = dict.fromkeys(p)
    dh, grads["W_vocab"], grads["b_vocab"] = layers.temporal_affine_backward(dscores, vocab_cache)
    dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = layers.rnn_backward(dh, cell_cache)
    grads["W_embed"] = layers.word_embedding_backward(dvectors, embed_cache)
    grads["W_proj"], grads["b_proj"] = layers.affine_backward(dh0, proj_cache)[1:]
    return loss, grads


def _written_out(model, features, captions, dtype):
    p = {name: value.astype(dtype) for name, value in model.params.items()}
    right = captions[:, 1:]
    N, T = right.shape
    states = [features.astype(dtype) @ p["W_proj"] + p["b_proj"]]
    for t in range(T):
        states.append(np.tanh(p["W_embed"][captions[:, t]] @ p["Wx"] + states[-1] @ p["Wh"] + p["b"]))
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    loss, carried = 0.0, 0
    for t in reversed(range(T)):
        h = states[t + 1]
        scores = h @ p["W_vocab"] + p["b_vocab"]
        probs = np.exp(scores - scores.max(1, keepdims=True))
        probs = probs / probs.sum(1, keepdims=True)
        counts = (right[:, t] != model._null).astype(dtype) / N
        loss = loss - (counts * np.log(probs[np.arange(N), right[:, t]])).sum()
        dscores = probs.copy()
        dscores[np.arange(N), right[:, t]] -= 1
        dscores = dscores * counts[:, None]
        grads["W_vocab"] += h.T @ dscores
        grads["b_vocab"] += dscores.sum(0)
        da = (dscores @ p["W_vocab"].T + carried) * (1 - h**2)
        grads["Wx"] += p["W_embed"][captions[:, t]].T @ da
        grads["Wh"] += states[t].T @ da
        grads["b"] += da.sum(0)
        np.add.at(grads["W_embed"], captions[:, t], da @ p["Wx"].T)
        carried = da @ p["Wh"].T
    grads["W_proj"], grads["b_proj"] = features.astype(dtype).T @ carried, carried.sum(0)
    return loss, grads


@answers("captioning_loss")
def loss_written_out(model, features, captions):
    return _written_out(model, features, captions, np.float64)


@answers("captioning_loss")
def loss_in_single_precision(model, features, captions):
    return _written_out(model, features, captions, np.float32)


@answers("captioning_loss")
def loss_one_caption_after_another(model, features, captions):
    total, sums = 0, {}
    for n in range(len(features)):
        loss, grads = loss_from_layers(model, features[n : n + 1], captions[n : n + 1])
        total = total + loss
        sums = {name: sums.get(name, 0) + value for name, value in grads.items()}
    return [total / len(features), {name: value / len(features) for name, value in sums.items()}]


@answers("captioning_sample")
def speak_with_layers(model, features, max_length=30):
    p = model.params
    h = features @ p["W_proj"] + p["b_proj"]
    captions = np.full((len(features), max_length), model._null, dtype=np.int32)
    words, ended = np.full(len(features), model._start), np.zeros(len(features), dtype=bool)
    for t in range(max_length):
        h, _ = layers.rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        captions[~ended, t] = words[~ended]
        ended |= words == model._end
    return captions


@answers("captioning_sample")
def speak_one_picture_after_another(model, features, max_length=30):
    p, captions = model.params, []
    for row in features:
        h, word, caption = row @ p["W_proj"] + p["b_proj"], model._start, []
        while len(caption) < max_length and word != model._end:
            h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
            word = int(np.argmax(h @ p["W_vocab"] + p["b_vocab"]))
            caption.append(word)
        captions.append(caption + [model._null] * (max_length - len(caption)))
    return np.array(captions)


@answers("captioning_sample")
def speak_and_clean_up(model, features, max_length=30):
    state, words = model.initial_state(features), np.repeat(model._start, len(features))
    spoken = []
    for _ in range(max_length):
        scores, state = model.step(words, state)
        probs = np.exp(scores - scores.max(1, keepdims=True))
        words = (probs / probs.sum(1, keepdims=True)).argmax(1)
        spoken.append(words)
    captions = np.stack(spoken, 1)
    for caption in captions:
        ends = np.flatnonzero(caption == model._end)
        if len(ends):
            caption[ends[0] + 1 :] = model._null
    return captions.tolist()


# ---- warm-up


@answers("caption_lengths")
def lengths_by_comparison(captions):
    return (captions > 2).sum(axis=1)


@answers("caption_lengths")
def lengths_by_loops(captions):
    return [sum(word not in (0, 1, 2) for word in caption) for caption in captions]


@answers("caption_lengths")
def lengths_by_counting_signs(captions):
    return captions.shape[1] - np.isin(captions, [0, 1, 2]).sum(1).astype(np.int32)
