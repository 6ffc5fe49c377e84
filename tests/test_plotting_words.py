"""The map of words: every word can be read."""

import warnings
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.words import COLOUR_WORDS, plot_word_map

GROUPS = {"colours": list(COLOUR_WORDS), "things": ["house", "car", "bus", "tent", "horse", "whale"]}
WORDS = [word for group in GROUPS.values() for word in group]


@pytest.mark.parametrize("spread", [1.0, 0.15])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_label_lies_on_another_or_leaves_the_panel(seed, spread):
    """Spread far apart, and crowded in two heaps."""
    rng = np.random.default_rng(seed)
    places = {word: spread * rng.standard_normal(2) + (word in COLOUR_WORDS) * 2 for word in WORDS}
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        use_course_style()
        (ax,) = plot_word_map(GROUPS, {"map": places})
        ax.figure.canvas.draw()
        boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
        assert sorted(boxes) == sorted(WORDS)
        for one, other in combinations(boxes, 2):
            assert not boxes[one].padded(-1).overlaps(boxes[other].padded(-1)), (one, other)
        for box in boxes.values():
            assert ax.bbox.padded(2).containsx(box.x0) and ax.bbox.padded(2).containsx(box.x1)
        assert {text.get_text(): text.get_color() for text in ax.texts}["red"] == COLOUR_WORDS["red"]
        plt.close("all")


def luminance(colour):
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("word", COLOUR_WORDS)
def test_colour_words_are_dark_enough_to_be_read(word):
    assert 1.05 / (luminance(COLOUR_WORDS[word]) + 0.05) >= 4.5
