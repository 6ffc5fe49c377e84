"""The caption film: one frame a word, with the words and probabilities that the model gives."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.plotting.caption_film import caption_film, caption_frame, show_film
from cs231n.course.plotting.film import LAST
from cs231n.decoding import greedy_captions, log_softmax, word_by_word

WORDS = ["a", "red", "house", "<END>"]
LIKELIEST = [{word: 0.6, "other": 0.3} for word in WORDS]
PICTURE = np.full((288, 288, 3), 200, np.uint8)


def read(film):
    image = Image.open(io.BytesIO(film))
    frames = []
    for k in range(image.n_frames):
        image.seek(k)
        frames.append((np.asarray(image.convert("RGB")), image.info["duration"]))
    return frames


def test_a_film_has_a_frame_a_word_is_small_and_rests_on_the_last():
    film = caption_film(PICTURE, WORDS, LIKELIEST)
    frames = read(film)
    assert len(frames) == 4 and frames[-1][1] == LAST > frames[0][1]
    assert len(film) < 200_000


def test_a_look_has_no_rings_around_it():
    """A palette of few colours makes steps of a smooth light: here the film is as smooth as its frame."""
    away = np.hypot(*(np.mgrid[:9, :9] - 4))
    weights = np.exp(-((away / 2) ** 2))
    figure = caption_frame(PICTURE, ["a"], {"a": 1.0}, weights)
    figure.canvas.draw()
    frame = np.asarray(figure.canvas.buffer_rgba())[..., 0].astype(int)
    (shown, _), *_ = read(caption_film(PICTURE, ["a"], [{"a": 1.0}], [weights]))
    assert np.abs(shown[..., 0].astype(int) - frame)[30:240, 40:240].max() <= 6


def test_on_a_page_it_says_what_it_shows():
    page = show_film(PICTURE, ["a", "house", "<END>"], LIKELIEST[:3]).data
    assert 'alt="A film of the caption: a house"' in page
    assert len(read(base64.b64decode(re.search('base64,(.*?)"', page)[1]))) == 3


def test_a_frame_shows_the_words_so_far_and_the_bars():
    picture, bars = caption_frame(PICTURE, ["a", "red", "<END>"], {"<END>": 0.75, "house": 0.25}).axes
    assert picture.get_xlabel().split() == ["a", "red"]
    assert [bar.get_width() for bar in bars.patches] == [75, 25]
    assert bars.patches[0].get_facecolor() != bars.patches[1].get_facecolor()
    assert [label.get_text() for label in bars.get_yticklabels()] == ["<END>", "house"]


def test_weights_leave_the_picture_bright_where_they_are_large():
    weights = np.zeros((9, 9))
    weights[2, 6] = 0.5
    shown = caption_frame(PICTURE, ["a"], {"a": 1.0}, weights).axes[0].images[0].get_array()
    assert shown[2 * 32 + 16, 6 * 32 + 16].mean() > 190 > 60 > shown[200, 40].mean()
    assert len(read(caption_film(PICTURE, WORDS, LIKELIEST, [weights] * 4))) == 4


def test_lists_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="likeliest has 3 entries"):
        caption_film(PICTURE, WORDS, LIKELIEST[:3])


def test_word_by_word_gives_the_greedy_caption_and_the_models_probabilities():
    np.random.seed(0)
    vocabulary = {
        word: i for i, word in enumerate(["<NULL>", "<START>", "<END>", "<UNK>", "a", "red", "house"])
    }
    model = CaptioningRNN(vocabulary, input_dim=4, wordvec_dim=5, hidden_dim=6)
    features = np.random.randn(1, 4)
    words, likeliest = word_by_word(model, features, 9, how_many=3)
    assert [vocabulary[w] for w in words] == greedy_captions(model, features, 9)[0].tolist()[: len(words)]
    scores, _ = model.step(np.array([1]), model.initial_state(features))
    scores[:, :2] = -np.inf
    p = np.exp(log_softmax(scores))[0]
    assert list(likeliest[0]) == [model.idx_to_word[n] for n in np.argsort(-p)[:3]]
    np.testing.assert_allclose(list(likeliest[0].values()), np.sort(p)[:-4:-1], rtol=1e-6)
