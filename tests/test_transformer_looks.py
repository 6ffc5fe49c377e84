"""What a transformer's heads look at: weights of the model's own sentence, and the figures of them."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.course.chapters.transformer_looks import PLACES, transformer_looks, word_shares
from cs231n.course.plotting.caption_film import caption_film
from cs231n.course.plotting.transformer import plot_head_shares, plot_mask, plot_triangle
from cs231n.course.scenes import weight_map
from cs231n.course.where_it_looks import share_of_weight, spoken_of
from cs231n.decoding import greedy_captions, word_by_word
from cs231n.grid_utils import GridFeatures
from cs231n.transformer_layers import causal_mask

WORDS = ["<NULL>", "<START>", "<END>", "a", "red", "house", "windmill", "night"]


@pytest.fixture(scope="module")
def model():
    np.random.seed(0)
    numbers = {word: n for n, word in enumerate(WORDS)}
    model = CaptioningTransformer(numbers, 3, 8, 2, 2, 12, 6)
    for w in model.params.values():
        w += np.random.default_rng(w.size).standard_normal(w.shape).astype(w.dtype)
    return model


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(0)
    return GridFeatures(np.zeros((20, 1), np.float32), rng.standard_normal((20, 25, 3)).astype(np.float16))


@pytest.fixture(scope="module")
def looks(model, features):
    captions = greedy_captions(model, features, 9)
    return captions, *transformer_looks(model, features, captions)


def test_looks_are_shares_of_the_words_so_far_and_of_the_cells(looks):
    captions, at_words, at_cells = looks
    assert at_words.shape == (20, 2, 2, 9, 9) and at_cells.shape == (20, 2, 2, 9, 25)
    for weights in (at_words, at_cells):
        said = np.broadcast_to((captions != 0)[:, None, None], weights.shape[:-1])
        np.testing.assert_allclose(weights.sum(axis=-1), said, atol=1e-5)
    assert not at_words[..., ~causal_mask(9)].any()


def test_cells_that_get_no_weight_change_nothing(model, features, looks):
    """The looks are those that the model speaks with: a caption is the same on a grid where a cell is doubled
    and both share its weight."""
    captions, _, at_cells = looks
    doubled = GridFeatures(features.picture, np.repeat(features.grid, 2, axis=1))
    np.testing.assert_array_equal(greedy_captions(model, doubled, 9), captions)
    halves = transformer_looks(model, doubled, captions)[1]
    np.testing.assert_allclose(halves[..., ::2] + halves[..., 1::2], at_cells, atol=1e-5)


def test_shares_of_words_are_those_of_a_look_that_is_known():
    T, captions = 6, np.array([[3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 2, 0]])
    before = np.zeros((2, 1, T, T))
    before[:, 0, np.arange(1, T), np.arange(T - 1)] = 1  # always at the word before
    before[:, 0, 0, 0] = 1
    np.testing.assert_allclose(word_shares(before, captions), [[0, 1, 0, 0, 0]], atol=1e-12)
    equal = np.tril(np.ones((T, T))) / np.arange(1, T + 1)[:, None]
    shares = word_shares(np.stack([equal, equal])[:, None], captions)
    mean = np.mean([1 / 4, 1 / 5, 1 / 6, 1 / 4, 1 / 5])
    np.testing.assert_allclose(shares, [[mean] * 4 + [1 - 4 * mean]])
    assert len(PLACES) == 5


def test_what_a_word_speaks_of():
    assert [spoken_of(word) for word in ("red", "house", "windmill", "night", "a")] == [
        "thing",
        "thing",
        "companion",
        "sky",
        None,
    ]


def test_several_heads_are_measured_at_once():
    scene = {"kind": "house", "colour": "red", "count": 1, "side": "left", "place": "meadow", "time": "night"}
    scene |= {"weather": "clear", "companion": "windmill", "companion_side": "right", "seed": 3}
    words = dict(enumerate(WORDS))
    weights = np.random.default_rng(0).dirichlet(np.ones(25), (1, 3, 2))
    captions = np.array([[4, 5, 2]])
    both = share_of_weight(captions, weights, [scene], words)
    for head in range(2):
        alone = share_of_weight(captions, weights[:, :, head], [scene], words)
        for kind, row in alone.items():
            assert row["weight"] == pytest.approx(both[kind]["weight"][head])


def test_figures_are_drawn(looks):
    captions, at_words, at_cells = looks
    words = [WORDS[number] for number in captions[0] if number]
    picture = np.full((288, 288, 3), 200, np.uint8)
    outline = np.zeros((288, 288), bool)
    outline[100:200, 100:200] = True
    truth = [outline if word == "red" else None for word in words]
    figure = plot_triangle(picture, words, at_words[0, 1], at_cells[0, 1], truth)
    assert len(figure.axes) == 2
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == words
    plot_mask(causal_mask(3), ["a", "red", "house"])
    plot_head_shares(np.eye(2), ["one", "two"], ["a", "b"])
    plt.close("all")


def test_a_film_shows_a_heads_looks(model, features, looks):
    said, likeliest = word_by_word(model, features[[0]], max_length=9)
    overlays = [weight_map(look) for look in looks[2][0, -1, 0, : len(said)]]
    film = caption_film(np.full((288, 288, 3), 200, np.uint8), said, likeliest, overlays)
    assert Image.open(io.BytesIO(film)).n_frames == len(said)
