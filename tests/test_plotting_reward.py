"""Figures of a captioner that follows a reward."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from cs231n.course.plotting.reward import plot_before_after, plot_over_steps, policy_film, show_film

PICTURE = np.full((8, 8, 3), 200, dtype=np.uint8)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts_of(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_captions_stand_with_their_marks_and_probabilities_on_one_scale():
    before, after = [("a red car", 0.002, False)], [("a blue car", 0.2, True), ("", 0.00001, False)]
    figure = plot_before_after(PICTURE, before, after)
    assert {"✗ a red car", "✓ a blue car", "✗ (nothing)", "0.2 %", "20 %", "< 0.01 %"} == set(
        texts_of(figure)
    )
    lengths = [bar.get_width() for ax in figure.axes for bar in ax.patches]
    assert lengths[1] == pytest.approx(100 * lengths[0])


def test_each_measure_has_a_panel_and_the_reward_is_a_share_of_its_highest():
    points = {
        0: {"reward": np.nan, "true": 0.5},
        10: {"reward": 4.0, "true": 0.6},
        20: {"reward": 8.0, "true": 0.4},
    }
    axes = plot_over_steps({"a": points}, {"reward": "reward", "true": "true"})
    reward, true = (ax.lines[0].get_ydata() for ax in axes.flat)
    np.testing.assert_array_equal(reward[1:], [0.5, 1.0])
    np.testing.assert_array_equal(true, [0.5, 0.6, 0.4])


def test_the_film_has_a_frame_a_measurement_and_is_shown_with_its_alt_text():
    film = policy_film(PICTURE, ["a red car", "a car"], [True, False], [[0.1, 0.2], [0.7, 0.1]], [0, 10])
    with Image.open(io.BytesIO(film)) as opened:
        assert (opened.format, opened.n_frames) == ("WEBP", 2)
    shown = show_film(film, 'Two captions, "before" and after').data
    assert base64.b64decode(re.search(r'base64,([^"]+)"', shown)[1]) == film
    assert 'alt="Two captions, &quot;before&quot; and after"' in shown
