"""The captions of the race: short, written out, true, and without the hidden word in training."""

import pytest

from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.chapters.short_texts import short_texts
from cs231n.course.scenes import caption_is_true, load_facts


@pytest.fixture(scope="module")
def scenes():
    return load_coco_data(base_dir=SCENES_DIR)


@pytest.fixture(scope="module")
def painted(scenes):
    return short_texts(scenes, longest=44, hidden="airplanes")


def says_dark_or_hot(text):
    """What the painter says without looking at the hour, so that it may not be true."""
    return "dark forest" in text or "hot desert" in text


def test_painted_captions_are_short_true_and_written_out(painted):
    data, texts = painted
    facts = load_facts("val")
    for text, picture in zip(texts["val"], data["val_image_idxs"], strict=True):
        assert len(text) <= 44 and "<UNK>" not in text
        assert says_dark_or_hot(text) or caption_is_true(text, facts[picture])


def test_the_hidden_word_is_in_validation_only(painted):
    _, texts = painted
    assert not any("airplanes" in text for text in texts["train"])
    assert any("airplanes" in text for text in texts["val"])


def test_captions_of_a_dataset_stay_beside_their_pictures(scenes):
    before = scenes["train_image_idxs"].copy()
    data, texts = short_texts(scenes, longest=30, painted=False)
    assert 0 < len(texts["train"]) == len(data["train_image_idxs"]) < len(before)
    assert any("<UNK>" in text for text in texts["train"])
    assert (scenes["train_image_idxs"] == before).all()
