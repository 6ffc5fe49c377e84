"""Chapter 03: what it says about the trap and about what the vectors learn, measured."""

import re

import numpy as np


def unit_vectors(chapter):
    W = chapter.space["after"]
    return W / np.linalg.norm(W, axis=1, keepdims=True)


def nearest(chapter, word, many):
    """The words whose vectors have the smallest angles to a word's."""
    data, unit = chapter.space["data"], unit_vectors(chapter)
    order = np.argsort(-(unit @ unit[data["word_to_idx"][word]]))[1 : many + 1]
    return [data["idx_to_word"][number] for number in order]


def test_row_2_got_only_1(chapter):
    chapter.says("once to row 0 and **twice** to row 2", "Row 2 got only 1")
    assert "[1. 0. 1. 0.]" in chapter.prints


def test_the_drawing_has_the_numbers_of_the_vocabulary(chapter):
    drawn = (chapter.source.parent / "figure_parts" / "words.py").read_text(encoding="utf-8")
    words, numbers = re.search(r'words, x = "(.*?)"\.split\(\), \[(.*?)\]', drawn).groups()
    number = chapter.space["data"]["word_to_idx"]
    assert [number[word] for word in words.split()] == [int(n) for n in numbers.split(",")]
    assert number["in"] == 6 and 'vocabulary = [4, 6, 34, 56, 144]  # some of its rows; 6 is "in"' in drawn


def share_beside_their_kind(chapter, W):
    """Share of the words whose nearest word in the picture is of the same kind."""
    groups = chapter.space["groups"]
    places = chapter.space["two_directions"](W)
    kind = {word: name for name, group in groups.items() for word in group}
    points = np.array(list(places.values()))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + 99 * np.eye(len(points))
    words = list(places)
    return np.mean([kind[words[j]] == kind[words[i]] for i, j in enumerate(distances.argmin(axis=1))])


def test_before_training_words_lie_anywhere_and_afterwards_each_kind_has_a_part_to_itself(chapter):
    chapter.says(
        "Before training the words lie anywhere. Afterwards each kind has a part of the picture to itself"
    )
    assert share_beside_their_kind(chapter, chapter.space["before"]) < 0.7
    assert share_beside_their_kind(chapter, chapter.space["after"]) > 0.9


def test_horse_is_with_house_and_not_with_red(chapter):
    chapter.says("*horse* is with *house*, not with *red*")
    places = chapter.space["two_directions"](chapter.space["after"])
    away = {word: np.linalg.norm(places["horse"] - places[word]) for word in ("house", "red")}
    assert away["house"] < 0.5 * away["red"]
    number, unit = chapter.space["data"]["word_to_idx"], unit_vectors(chapter)
    horse, house, red = (unit[number[word]] for word in ("horse", "house", "red"))
    assert horse @ house > 0.5 > horse @ red


def test_horse_is_nearest_to_pony_sea_to_water_ocean_and_beach_red_to_another_colour(chapter):
    chapter.says(
        "The nearest word to *horse* is *pony*",
        "The three nearest to *sea* are *ocean*, *water* and *beach*",
        "The nearest word to *red* is another colour",
    )
    assert nearest(chapter, "horse", 1) == ["pony"]
    assert set(nearest(chapter, "sea", 3)) == {"water", "ocean", "beach"}
    assert nearest(chapter, "red", 1)[0] in ("orange", "yellow", "green", "blue", "purple", "pink", "white")


def test_there_are_128_axes(chapter):
    chapter.says("We cannot draw 128 axes")
    assert chapter.space["after"].shape[1] == 128


def test_minus_one_reads_the_last_word_twice(chapter):
    chapter.says("the index −1 means the *last* row", "the last word of the vocabulary")
    out, _ = chapter.space["word_embedding_forward"](chapter.space["friends_caption"], chapter.space["after"])
    assert (out[0, 2:4] == chapter.space["after"][-1]).all()


def test_a_product_with_one_hot_vectors_is_the_same_scatter(chapter):
    chapter.says("`one_hot.T @ dout.reshape(N * T, D)` is dW")
    after, x = chapter.space["after"], chapter.space["x"]
    out, cache = chapter.space["word_embedding_forward"](x, after)
    one_hot = np.eye(len(after))[x.ravel()]
    product = one_hot.T @ out.reshape(-1, out.shape[2])
    np.testing.assert_allclose(
        product, chapter.space["word_embedding_backward"](out, cache), rtol=1e-4, atol=1e-4
    )
