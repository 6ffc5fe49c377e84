"""Where a captioner looks: the plain steps speak as the model does, and outlines are where paint was put."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.scenes import draw_scene, load_facts, outlines, scene_of
from cs231n.course.where_it_looks import WORDS_OF, cell_shares, greedy_looks, share_of_weight
from cs231n.decoding import greedy_captions
from cs231n.grid_utils import GridFeatures

WORDS = ["<NULL>", "<START>", "<END>", "a", "red", "house", "windmill", "night"]
SCENE = scene_of(side="left", time="night", companion="windmill", seed=3)


@pytest.fixture(scope="module")
def model():
    np.random.seed(0)
    numbers = {word: n for n, word in enumerate(WORDS)}
    model = CaptioningRNN(numbers, 6, 4, 5, "attention", grid_dim=3)
    for w in model.params.values():
        w += np.random.default_rng(w.size).standard_normal(w.shape).astype(w.dtype)
    return model


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(0)
    return GridFeatures(
        rng.standard_normal((20, 6)).astype(np.float32), rng.standard_normal((20, 25, 3)).astype(np.float32)
    )


def test_looks_are_those_of_the_captions_that_the_model_says(model, features):
    captions, weights = greedy_looks(model, features, 9)
    np.testing.assert_array_equal(captions, greedy_captions(model, features, 9))
    said = captions != 0
    np.testing.assert_allclose(weights.sum(axis=2), said, atol=1e-5)


def test_changed_weights_are_used_and_returned(model, features):
    as_they_are = greedy_looks(model, features, 9, change=lambda w: w)[0]
    np.testing.assert_array_equal(as_they_are, greedy_looks(model, features, 9)[0])
    captions, weights = greedy_looks(model, features, 9, change=lambda w: np.full_like(w, 1 / 25))
    assert (captions != as_they_are).any()
    np.testing.assert_allclose(weights[captions != 0], 1 / 25)


def test_outlines_say_where_things_were_painted():
    masks = outlines(SCENE)
    assert not (np.sum([*masks.values()], axis=0) > 1).any()  # no pixel belongs to two
    alone = {name: np.argwhere(mask).mean(axis=0) for name, mask in masks.items()}
    assert alone["sky"][0] < 100 < alone["place"][0]
    assert alone["thing"][1] < 120 < 200 < alone["companion"][1]  # the house left, the windmill right
    repainted = draw_scene(SCENE | {"colour": "blue"}, size=288)
    changed = (repainted != draw_scene(SCENE, size=288)).any(axis=2)
    assert changed.any() and not (changed & ~masks["thing"]).any()


def test_without_a_companion_there_is_no_outline_of_one():
    assert not outlines(SCENE | {"companion": None, "companion_side": None})["companion"].any()


def test_outlines_of_all_kinds_cover_a_part_of_the_picture():
    for scene in load_facts("val")[::12]:
        masks = outlines(scene)
        assert 0.02 < masks["thing"].mean() < 0.4 and masks["sky"].mean() > 0.1
        assert masks["companion"].any() == (scene["companion"] is not None)


def test_weight_that_lies_all_on_the_thing_is_counted_so():
    shares = cell_shares(SCENE)
    best = {name: np.eye(25)[share.argmax()] for name, share in shares.items()}
    captions = np.array([[3, 4, 5, 6, 7, 2]])
    looks = [best["sky"], best["thing"], best["sky"], best["companion"], best["sky"], best["thing"]]
    found = share_of_weight(captions, np.array([looks]), [SCENE], WORDS)
    assert {kind: row["words"] for kind, row in found.items()} == dict.fromkeys(WORDS_OF, 1)
    assert found["colour"]["weight"] == shares["thing"].max()
    assert found["thing"]["weight"] == shares["thing"][shares["sky"].argmax()]
    assert found["time or weather"]["weight"] == 1
    for kind, (where, _) in WORDS_OF.items():
        assert found[kind]["equal"] == shares[where].mean()
        np.testing.assert_allclose(found[kind]["equal"], outlines(SCENE)[where].mean(), atol=0.06)


def test_equal_weights_lie_nearly_as_the_area_says():
    captions, weights = np.array([[4, 5]]), np.full((1, 2, 25), 1 / 25)
    for row in share_of_weight(captions, weights, [SCENE], WORDS).values():
        np.testing.assert_allclose(row["weight"], row["equal"], atol=0.03)
