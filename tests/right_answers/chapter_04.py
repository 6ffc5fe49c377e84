"""Right answers to chapter 04, in many styles."""

import itertools

import numpy as np

from cs231n import rnn_layers as layers
from cs231n.layers import affine_forward
from cs231n.rnn_layers import rnn_forward, temporal_affine_forward, word_embedding_forward
from right_answers import answers


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


@answers("captioning_forward")
def forward_written_out(model, features, captions):
    return _written_out(model, features, captions, np.float64)[0], None


@answers("captioning_forward")
def forward_and_gradients_at_once(model, features, captions):
    loss, grads = _written_out(model, features, captions, model.params["Wx"].dtype)
    return loss, [grads, features]


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


@answers("captioning_loss")
def loss_written_out(model, features, captions):
    return _written_out(model, features, captions, np.float64)


@answers("captioning_loss")
def loss_in_single_precision(model, features, captions):
    return _written_out(model, features, captions, np.float32)
