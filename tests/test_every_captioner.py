"""What holds of every captioning model: each cell, attention, and the transformer in its three kinds."""

import numpy as np
import pytest

from cs231n import decoding
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.fast.packing import pack_captions
from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.grid_utils import GridFeatures

WORDS = {word: k for k, word in enumerate("<NULL> <START> <END> a red house car".split())}
D, W, H, G, L, T = 6, 4, 5, 3, 5, 8  # G: numbers per cell of the grid
TRANSFORMERS = {"norm first": {}, "norm last": {"norm_first": False}, "prefix": {"prefix": True}}
KINDS = ("rnn", "lstm", "attention", *TRANSFORMERS)
kinds = pytest.mark.parametrize("kind", KINDS)


def model_of(kind, dtype=np.float64, layers=2):
    np.random.seed(0)
    if kind in TRANSFORMERS:
        settings = {"max_length": 12, "dim_feedforward": H, "dtype": dtype, **TRANSFORMERS[kind]}
        model = CaptioningTransformer(WORDS, G, W, num_heads=2, num_layers=layers, **settings)
    else:
        model = CaptioningRNN(WORDS, D, W, H, kind, dtype, grid_dim=G)
    rng = np.random.default_rng(0)
    for name in model.params:  # away from zero, where mistakes hide
        model.params[name] += (rng.standard_normal(model.params[name].shape) / 3).astype(dtype)
    return model


def features_of(kind, N, dtype=np.float64):
    rng = np.random.default_rng(N)
    picture, grid = (rng.standard_normal(shape).astype(dtype) for shape in ((N, D), (N, L, G)))
    return picture if kind in ("rnn", "lstm") else GridFeatures(picture, grid)


def captions_of(N, length=T):
    rng, captions = np.random.default_rng(N), np.zeros((N, length), np.int32)
    for row in captions:
        n = rng.integers(0, length - 1)
        row[: n + 2] = [1, *rng.integers(3, len(WORDS), n), 2]
    return captions


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **tolerance})


def close_grads(grads, expected):
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        close(grad, expected[name], err_msg=name)


@pytest.mark.parametrize("packed", [False, True])
@kinds
def test_gradients_of_any_loss_of_the_scores_equal_central_differences(kind, packed):
    model, features, captions = model_of(kind, layers=1 + packed), features_of(kind, 3), captions_of(3, 6)
    words = (captions,)
    if packed:
        order, counts, rows, _ = pack_captions(captions, 0)
        features, words = features[order], (rows, counts)
    scores, cache = model.scores(features, *words)
    dscores = np.random.default_rng(0).standard_normal(scores.shape)
    before = dscores.copy()
    for _ in range(2):  # the same cache may serve again
        grads = model.scores_backward(dscores, cache)
    np.testing.assert_array_equal(dscores, before)
    assert grads.keys() == model.params.keys()
    for name, w in model.params.items():
        numeric = eval_numerical_gradient_array(lambda _: model.scores(features, *words)[0], w, dscores)
        close(grads[name], numeric, rtol=1e-5, atol=1e-7, err_msg=name)


@kinds
def test_step_by_step_gives_the_scores_of_the_whole_sentence(kind):
    model, features, words = model_of(kind), features_of(kind, 4), captions_of(4)
    whole, state = model.scores(features, words)[0], model.initial_state(features)
    for t in range(T):
        scores, state = model.step(words[:, t], state)
        close(scores, whole[:, t])


@kinds
def test_padding_changes_neither_loss_nor_gradients(kind):
    model, features, captions = model_of(kind), features_of(kind, 4), captions_of(4)
    padded = np.concatenate([captions, np.zeros((4, 3), np.int32)], axis=1)
    (loss, grads), (other_loss, other_grads) = (model.loss(features, c) for c in (captions, padded))
    close(loss, other_loss)
    close_grads(grads, other_grads)


@kinds
def test_a_batch_is_its_rows_in_any_order(kind):
    model, features, captions = model_of(kind), features_of(kind, 6), captions_of(6)
    loss, grads = model.loss(features, captions)
    rows = [model.loss(features[[n]], captions[[n]]) for n in range(6)]
    close(loss, np.mean([row[0] for row in rows]))
    close_grads(grads, {name: np.mean([row[1][name] for row in rows], axis=0) for name in grads})
    order = np.random.default_rng(0).permutation(6)
    close_grads(grads, model.loss(features[order], captions[order])[1])


@pytest.mark.parametrize("given", [np.float16, np.float32, np.float64])
@kinds
def test_float32_stays_float32_whatever_the_features_are(kind, given):
    model, features = model_of(kind, np.float32), features_of(kind, 4, given)
    loss, grads = model.loss(features, captions_of(4))
    scores, state = model.step(np.ones(4, int), model.initial_state(features))
    found = [loss, *grads.values(), scores, *state, *model.params.values()]
    assert {each.dtype for each in found} == {np.dtype(np.float32)} and np.isfinite(loss)
    assert getattr(features, "grid", features).dtype == given


@kinds
def test_captions_without_words_cost_nothing(kind):
    model, features, captions = model_of(kind), features_of(kind, 3), captions_of(3)
    for few, nothing in ((3, captions[:, :1]), (3, 0 * captions), (0, captions[:0])):
        loss, grads = model.loss(features[:few], nothing)
        assert loss == 0 and not any(grad.any() for grad in grads.values())
        assert {n: grad.shape for n, grad in grads.items()} == {n: w.shape for n, w in model.params.items()}
    assert model.sample(features[:0], max_length=5).shape == (0, 5)
    assert model.scores(features[:0], captions[:0])[0].shape == (0, T, len(WORDS))


@kinds
def test_decoders_agree_with_sample_and_speak_of_each_picture_alone(kind):
    model, features = model_of(kind), features_of(kind, 6)
    greedy = model.sample(features, max_length=9)
    np.testing.assert_array_equal(decoding.greedy_captions(model, features, 9, never=()), greedy)
    np.testing.assert_array_equal(decoding.beam_captions(model, features, 9, width=1, never=()), greedy)
    beam = decoding.beam_captions(model, features, 9, width=3)
    assert beam.shape == decoding.sampled_captions(model, features, 9, seed=1).shape == (6, 9)
    for n in range(6):
        np.testing.assert_array_equal(model.sample(features[[n]], max_length=9)[0], greedy[n])
        np.testing.assert_array_equal(decoding.beam_captions(model, features[[n]], 9, width=3)[0], beam[n])
    tree = decoding.beam_tree(model, features[2], 9, width=3)
    assert [node.word for node in tree if node.best] == [int(word) for word in beam[2] if word]
    logp, _ = decoding.log_probabilities(model, features, greedy, never=())
    words = np.concatenate([np.ones((6, 1), int), greedy[:, :-1]], axis=1)
    each = decoding.log_softmax(model.scores(features, words)[0])
    close(logp, (np.take_along_axis(each, greedy[:, :, None], 2)[:, :, 0] * (greedy != 0)).sum(axis=1))


def solver_of(kind, tmp_path, epochs):
    data = {"word_to_idx": WORDS}
    for split, n in (("train", 12), ("val", 8)):
        data |= {f"{split}_captions": captions_of(n), f"{split}_image_idxs": np.arange(n) % 4}
        features = features_of(kind, 4, np.float32)
        data |= {f"{split}_features": features, f"{split}_urls": np.array(list("abcd"))}
    options = {"optim_config": {"learning_rate": 1e-2}, "batch_size": 4, "val_size": 6, "verbose": False}
    options |= {"num_epochs": epochs, "checkpoint": tmp_path / "run.npz", "threads": 1}
    return CaptioningSolver(model_of(kind, np.float32), data, "adam", **options)


@kinds
def test_training_lowers_the_loss_and_a_checkpoint_goes_on_where_it_stopped(kind, tmp_path):
    np.random.seed(0)
    whole = solver_of(kind, tmp_path, epochs=4)
    whole.train()
    assert np.mean(whole.loss_history[-3:]) < np.mean(whole.loss_history[:3])  # last and first epoch
    np.random.seed(0)
    solver_of(kind, tmp_path, epochs=2).train()
    resumed = solver_of(kind, tmp_path, epochs=4)
    resumed.resume(tmp_path / "run.npz")
    resumed.train()
    assert resumed.loss_history == whole.loss_history
    for name, w in whole.model.params.items():
        np.testing.assert_array_equal(resumed.model.params[name], w)


@kinds
def test_a_saved_model_loads_the_same_without_pickle(kind, tmp_path):
    model, features = model_of(kind, np.float32), features_of(kind, 5, np.float32)
    model.save(tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    drawn_before = np.random.get_state()[1].copy()
    again = type(model).load(tmp_path / "model.npz")
    np.testing.assert_array_equal(np.random.get_state()[1], drawn_before)
    assert (again.word_to_idx, again.cell_type, again.dtype) == (WORDS, model.cell_type, np.float32)
    for name, w in model.params.items():
        np.testing.assert_array_equal(again.params[name], w)
    np.testing.assert_array_equal(again.sample(features, 9), model.sample(features, 9))
    close(again.loss(features, captions_of(5))[0], model.loss(features, captions_of(5))[0])
    with np.load(tmp_path / "model.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)
