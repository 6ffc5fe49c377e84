"""The rival of chapter 00: the nearest training picture, and what was said of it."""

import numpy as np
import pytest

from cs231n.course.nearest_picture import captions_of_nearest, nearest_pictures

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("many", [1, 255, 256, 257, 600])
def test_nearest_is_the_smallest_distance(many):
    features, known = RNG.standard_normal((many, 7)), RNG.standard_normal((40, 7))
    distances = np.linalg.norm(features[:, None] - known[None], axis=2)
    assert (nearest_pictures(features, known) == distances.argmin(axis=1)).all()


def test_no_picture_has_no_neighbour():
    assert nearest_pictures(np.zeros((0, 7)), np.zeros((3, 7))).shape == (0,)


def test_the_first_caption_of_the_nearest_picture_that_has_one_is_copied():
    data = {
        "idx_to_word": ["<NULL>", "<START>", "<END>", "<UNK>", "kite", "boat", "duck"],
        "train_features": np.array([[0.0], [5.0], [9.0]]),
        "train_captions": np.array([[1, 6, 2], [1, 4, 2], [1, 5, 2]]),
        "train_image_idxs": np.array([2, 0, 0]),  # nobody described picture 1
    }
    assert captions_of_nearest(data, np.array([[0.2], [5.1], [8.0]])) == ["kite", "duck", "duck"]
