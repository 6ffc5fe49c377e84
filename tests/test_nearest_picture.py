"""The rival of chapter 00: the nearest training picture, and what was said of it."""

import numpy as np
import pytest

from cs231n.course.chapters.nearest_picture import nearest_pictures

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("many", [1, 255, 256, 257, 600])
def test_nearest_is_the_smallest_distance(many):
    features, known = RNG.standard_normal((many, 7)), RNG.standard_normal((40, 7))
    distances = np.linalg.norm(features[:, None] - known[None], axis=2)
    assert (nearest_pictures(features, known) == distances.argmin(axis=1)).all()


def test_no_picture_has_no_neighbour():
    assert nearest_pictures(np.zeros((0, 7)), np.zeros((3, 7))).shape == (0,)
