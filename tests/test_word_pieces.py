"""Word pieces: what is cut can be put together again, and training rows agree with cutting by the merges."""

import numpy as np
import pytest

from cs231n.course.chapters import word_pieces
from cs231n.course.chapters.word_pieces import cut, learn_merges, spelled_words, with_pieces
from cs231n.course.text_units import caption_texts, with_characters

TEXTS = {"train": ["a red ball", "red balls on red grass", "a <UNK> ball"], "val": ["a bed", "two red balls"]}
MERGES = [(" ", "r"), (" r", "e"), ("l", "l"), (" re", "d"), (" ", "b")]


def pictures():
    data = {}
    for split, some in TEXTS.items():
        data[f"{split}_image_idxs"] = np.arange(len(some))
        data[f"{split}_features"] = np.zeros((len(some), 4), np.float32)
    return data


def test_pieces_put_together_are_the_text():
    for text in [*TEXTS["train"], *TEXTS["val"], ""]:
        assert "".join(cut(text, MERGES)) == text


def test_merges_are_done_in_their_order_and_within_words():
    assert cut("a red ball", MERGES) == ["a", " red", " b", "a", "ll"]
    assert cut("red", MERGES) == ["r", "e", "d"]  # no space stands before it
    assert cut("a red", MERGES[1:2]) == ["a", " ", "r", "e", "d"]  # its first half was never made


def test_equal_neighbours_are_merged_from_the_left_without_overlap():
    assert cut("lll", [("l", "l")]) == ["ll", "l"]
    assert cut("llll", [("l", "l")]) == ["ll", "ll"]


def test_the_most_frequent_pair_is_merged_first():
    texts = ["a red ball", "a red bed", "ten red beds"]
    assert learn_merges(texts, 3) == [("e", "d"), (" ", "r"), (" r", "ed")]


def test_merges_give_fewer_and_fewer_pieces():
    many, few = (sum(len(cut(t, learn_merges(TEXTS["train"], n))) for t in TEXTS["train"]) for n in (2, 9))
    assert few < many < sum(map(len, TEXTS["train"]))


def test_unknown_stays_one_piece():
    assert cut("a <UNK> ball", MERGES) == ["a", " ", "<UNK>", " b", "a", "ll"]


def test_words_are_spelled_in_numbers_and_counted():
    words, counts, characters = spelled_words(TEXTS["train"])
    spelled = {"".join(characters[k] for k in row if k): n for row, n in zip(words, counts, strict=True)}
    assert spelled == {"a": 2, " red": 2, " ball": 2, "red": 1, " balls": 1, " on": 1, " grass": 1}
    assert characters[0] == "<NULL>" and "<UNK>" not in characters


def test_the_texts_come_back_from_a_dataset_of_pieces():
    data = with_pieces(pictures(), TEXTS, MERGES)
    assert caption_texts(data) == {
        "train": TEXTS["train"],
        "val": ["a bed", "<UNK><UNK>o red balls"],
    }  # no t, w


def test_a_word_is_cut_once_however_often_it_occurs(monkeypatch):
    times, cut_word = [], word_pieces.cut_word
    monkeypatch.setattr(
        word_pieces, "cut_word", lambda word, merges: times.append(word) or cut_word(word, merges)
    )
    with_pieces(pictures(), TEXTS, MERGES)
    assert len(times) == len(set(times))


def test_every_character_keeps_a_number():
    """Also one that only stands inside merged pieces: so that every word can be spelled."""
    pieces, letters = with_pieces(pictures(), TEXTS, MERGES), with_characters(pictures(), TEXTS)
    assert set(letters["idx_to_word"]) <= set(pieces["idx_to_word"])
    assert len(pieces["idx_to_word"]) == len(letters["idx_to_word"]) + len(MERGES)


@pytest.mark.parametrize("texts", [TEXTS["train"][:1]])
def test_texts_of_another_number_raise(texts):
    with pytest.raises(ValueError, match="train"):
        with_pieces(pictures(), {**TEXTS, "train": texts}, MERGES)
