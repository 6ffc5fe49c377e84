"""CaptioningTransformer: the plain layers' numbers, and everything that works with the other models."""

import json
from pathlib import Path

import numpy as np
import pytest

from cs231n import transformer_layers as plain
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.grid_utils import GridFeatures
from cs231n.temporal_layers import temporal_affine_forward, temporal_softmax_loss

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "house": 5, "car": 6}
D, W, F, L = 3, 4, 5, 5
KINDS = {"norm first": {}, "norm last": {"norm_first": False}, "prefix": {"prefix": True}}
kinds = pytest.mark.parametrize("kind", KINDS)


def model_of(kind="norm first", dtype=np.float64, seed=0, max_length=12, layers=2):
    np.random.seed(seed)
    settings = {"max_length": max_length, "dim_feedforward": F, "dtype": dtype, **KINDS[kind]}
    model = CaptioningTransformer(WORDS, D, W, num_heads=2, num_layers=layers, **settings)
    rng = np.random.default_rng(seed)
    for name in model.params:
        model.params[name] += (rng.standard_normal(model.params[name].shape) / 3).astype(dtype)
    return model


def features_of(N, seed=0, dtype=np.float64, cells=L):
    rng = np.random.default_rng([seed, N])
    return GridFeatures(
        rng.standard_normal((N, D + 1)).astype(dtype), rng.standard_normal((N, cells, D)).astype(dtype)
    )


def captions_of(N, T=8, seed=0):
    rng, captions = np.random.default_rng([seed, N]), np.zeros((N, T), np.int32)
    for row in captions:
        n = rng.integers(0, T - 1)
        row[: n + 2] = [1, *rng.integers(3, len(WORDS), n), 2]
    return captions


def plain_scores(model, features, words):
    """The model out of the functions that a student reads."""
    p, T = model.params, words.shape[1]
    grid = features.grid if isinstance(features, GridFeatures) else features[:, None]
    memory, _ = temporal_affine_forward(grid, p["W_proj"], p["b_proj"])
    x, mask = p["W_embed"][words] + plain.positional_encoding(T, W), plain.causal_mask(T)
    if model.prefix:
        cells = memory.shape[1]
        x, memory, mask = np.concatenate([memory, x], axis=1), None, plain.prefix_mask(cells, T)
    for layer in model.layers:
        x, _, _ = plain.decoder_layer_forward(x, memory, layer, model.num_heads, mask, model.norm_first)
    if model.norm_first:
        x, _ = plain.layer_norm_forward(x, p["norm.gamma"], p["norm.beta"])
    return temporal_affine_forward(x[:, -T:], p["W_vocab"], p["b_vocab"])[0]


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **tolerance})


@kinds
def test_scores_and_loss_are_those_of_the_plain_layers(kind):
    model, features, captions = model_of(kind), features_of(6), captions_of(6)
    scores = plain_scores(model, features, captions[:, :-1])
    close(model.scores(features, captions[:, :-1])[0], scores)
    loss, _ = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != 0)
    close(model.loss(features, captions)[0], loss)


@kinds
def test_step_by_step_with_the_cache_gives_the_scores_of_the_whole_sentence(kind):
    model, features, words = model_of(kind), features_of(4), captions_of(4)
    whole, state = plain_scores(model, features, words), model.initial_state(features)
    for t in range(words.shape[1]):
        scores, state = model.step(words[:, t], state)
        close(scores, whole[:, t])


def test_a_vector_a_picture_is_one_cell():
    model, vectors, captions = model_of(), np.random.default_rng(0).standard_normal((4, D)), captions_of(4)
    one_cell = GridFeatures(vectors, vectors[:, None])
    close(model.loss(vectors, captions)[0], model.loss(one_cell, captions)[0])
    np.testing.assert_array_equal(model.sample(vectors, 9), model.sample(one_cell, 9))


@kinds
def test_later_words_change_nothing_before_them(kind):
    model, features, words = model_of(kind), features_of(3), captions_of(3)
    before = model.scores(features, words)[0]
    words[:, 5:] = 4
    after = model.scores(features, words)[0]
    close(after[:, :5], before[:, :5])
    assert not np.allclose(after[:, 5:], before[:, 5:])


# Whatever works with the other models


def test_a_file_of_another_kind_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=1)
    with pytest.raises(ValueError, match="was not written by CaptioningTransformer.save"):
        CaptioningTransformer.load(tmp_path / "other.npz")


# Weights of a model that was written in the assignment


VALUES = json.loads((Path(__file__).parent / "pytorch_values/transformer.json").read_text(encoding="utf-8"))


def test_weights_of_the_assignments_model_give_its_scores():
    found = VALUES["assignment"]
    V, W = np.shape(found["weights"]["embedding.weight"])
    F, D = len(found["weights"]["transformer.layers.0.linear1.bias"]), len(found["features"][0])
    words = {word: k for k, word in enumerate(["<NULL>", "<START>", "<END>", *map(str, range(3, V))])}
    model = CaptioningTransformer(words, D, W, 2, 2, 10, F, norm_first=False, dtype=np.float64)
    model.copy_weights(found["weights"])
    scores, _ = model.scores(np.array(found["features"]), np.array(found["captions"]))
    close(scores, found["scores"])


def test_weights_that_do_not_fit_are_named():
    weights = VALUES["assignment"]["weights"]
    with pytest.raises(ValueError, match="state_dict has no transformer.norm.weight, from which norm.gamma"):
        V, W = np.shape(weights["embedding.weight"])
        words = {word: k for k, word in enumerate(["<NULL>", *map(str, range(1, V))])}
        CaptioningTransformer(words, 3, W, 2, 2, 10, 5, dtype=np.float64).copy_weights(weights)
    with pytest.raises(ValueError, match="embedding.weight gives W_embed of shape"):
        model_of("norm last").copy_weights(weights)


# What does not fit


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda m, f, c: m.sample(GridFeatures(f.picture, f.grid[..., 1:])), r"grid has shape .3, 5, 2."),
        (lambda m, f, c: m.loss(f.grid[:, 0, 1:], c), r"features has shape .3, 2."),
        (lambda m, f, c: m.loss(GridFeatures(f.picture, f.grid / 0), c), "grid holds"),
        (lambda m, f, c: m.loss(f, c + 5), "captions holds"),
        (lambda m, f, c: m.scores(f, np.ones((3, 13), int)), "captions have 13 words, expected at most 12"),
        (lambda m, f, c: m.sample(f, 30), "this is word 13, expected at most max_length, 12"),
        (lambda m, f, c: m.step(np.full(3, 99), m.initial_state(f)), "words holds 99"),
        (lambda m, f, c: m.step(np.ones(2, int), m.initial_state(f)), "state has shape"),
        (lambda m, f, c: m.scores_backward(np.zeros((3, 7)), m.scores(f, c)[1]), "dscores has shape"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    model = model_of()
    model.params["b_vocab"][2] = -99  # never ends
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        call(model, features_of(3), captions_of(3))


def test_heads_that_cannot_share_the_columns_are_refused():
    with pytest.raises(ValueError, match="wordvec_dim is 10, expected a multiple of num_heads, 4"):
        CaptioningTransformer(WORDS, D, 10)
