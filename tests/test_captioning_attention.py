"""CaptioningRNN with attention: the plain layers' numbers, and everything that works with the other cells."""

import numpy as np
import pytest

from cs231n.attention import attention_lstm_backward, attention_lstm_forward
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import sample_coco_minibatch
from cs231n.grid_utils import GridFeatures
from cs231n.temporal_layers import (
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_forward,
)

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "house": 5, "car": 6}
D, W, H, G, L = 6, 4, 5, 3, 8


def model_of(dtype=np.float64, seed=0):
    np.random.seed(seed)
    model = CaptioningRNN(WORDS, D, W, H, "attention", dtype, grid_dim=G)
    rng = np.random.default_rng(seed)
    for name in model.params:
        model.params[name] += (rng.standard_normal(model.params[name].shape) / 2).astype(dtype)
    return model


def features_of(N, seed=0, dtype=np.float64):
    rng = np.random.default_rng([seed, N])
    return GridFeatures(
        rng.standard_normal((N, D)).astype(dtype), rng.standard_normal((N, L, G)).astype(dtype)
    )


def captions_of(N, T=7, seed=0):
    rng, captions = np.random.default_rng([seed, N]), np.zeros((N, T), np.int32)
    for row in captions:
        n = rng.integers(0, T - 1)
        row[: n + 2] = [1, *rng.integers(3, len(WORDS), n), 2]
    return captions


def test_loss_and_gradients_are_those_of_the_plain_layers():
    model, features, captions = model_of(), features_of(5), captions_of(5)
    p, words_in, words_out = model.params, captions[:, :-1], captions[:, 1:]
    x, _ = word_embedding_forward(words_in, p["W_embed"])
    A, grid_cache = temporal_affine_forward(features.grid, p["W_grid"], p["b_grid"])
    h0 = features.picture @ p["W_proj"] + p["b_proj"]
    h, _, cache = attention_lstm_forward(x, h0, A, p["Wx"], p["Wh"], p["Wc"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    expected, dscores = temporal_softmax_loss(scores, words_out, words_out != 0)
    dh, dW_vocab, _ = temporal_affine_backward(dscores, vocab_cache)
    _, dh0, dA, dWx, dWh, dWc, db = attention_lstm_backward(dh, cache)
    _, dW_grid, db_grid = temporal_affine_backward(dA, grid_cache)

    loss, grads = model.loss(features, captions)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    expected = {"W_vocab": dW_vocab, "Wx": dWx, "Wh": dWh, "Wc": dWc, "b": db, "b_proj": dh0.sum(axis=0)}
    for name, grad in (expected | {"W_grid": dW_grid, "b_grid": db_grid}).items():
        np.testing.assert_allclose(grads[name], grad, rtol=1e-9, atol=1e-12, err_msg=name)


def test_other_cells_draw_the_same_weights_as_before():
    np.random.seed(3)
    lstm = CaptioningRNN(WORDS, D, W, H, "lstm")
    np.random.seed(3)
    attention = CaptioningRNN(WORDS, D, W, H, "attention", grid_dim=G)
    for name, w in lstm.params.items():
        np.testing.assert_array_equal(attention.params[name], w)


# Whatever works with the other cells


def data_of(dtype=np.float32):
    data = {"word_to_idx": WORDS}
    for split, n in (("train", 12), ("val", 8)):
        data |= {f"{split}_captions": captions_of(n), f"{split}_image_idxs": np.arange(n) % 4}
        data |= {f"{split}_features": features_of(4, dtype=dtype), f"{split}_urls": np.array(list("abcd"))}
    return data


def test_a_minibatch_holds_each_captions_own_grid():
    data = data_of()
    np.random.seed(0)
    _, features, urls = sample_coco_minibatch(data, 6)
    for n, url in enumerate(urls):
        np.testing.assert_array_equal(features.grid[n], data["train_features"].grid["abcd".index(url)])
        np.testing.assert_array_equal(features.picture[n], data["train_features"].picture["abcd".index(url)])


# Features that do not fit


def test_a_vector_a_picture_is_refused_and_told_why():
    with pytest.raises(ValueError, match=r"GridFeatures\(picture, grid\), got ndarray: .*cells of the grid"):
        model_of().loss(np.zeros((3, D)), captions_of(3))


@pytest.mark.parametrize(
    "picture, grid, message",
    [
        (np.zeros((3, D)), np.zeros((2, L, G)), "picture has shape .3, 6. and grid .2, 8, 3."),
        (
            np.zeros((3, D)),
            np.zeros((3, L, G + 1)),
            "grid has shape .3, 8, 4., expected .N, L, G. = .3, 8, 3.",
        ),
        (np.zeros((3, D - 1)), np.zeros((3, L, G)), "features has shape .3, 5."),
        (np.zeros((3, D)), np.full((3, L, G), np.nan), "grid holds nan at index .0, 0, 0."),
    ],
)
def test_features_that_do_not_fit_are_named(picture, grid, message):
    with pytest.raises(ValueError, match=message):
        model_of().sample(GridFeatures(picture, grid))
