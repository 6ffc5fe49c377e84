"""Errors of captions are named, and counted once a caption."""

from cs231n.course.error_analysis import (
    NO_SENTENCE,
    count_errors,
    errors_of,
    false_captions,
    right_by_fact,
)
from cs231n.course.scenes import load_facts

SCENE = dict(load_facts("val")[0], kind="house", colour="red", count=1, place="meadow", time="night")
CAPTIONS = [
    "a red house in a meadow",
    "a blue house in a meadow",
    "two blue houses in a meadow",
    "a house house",
]


def test_a_true_caption_has_no_error():
    assert errors_of(CAPTIONS[0], SCENE) == []


def test_errors_say_what_was_said_and_what_is_so():
    assert errors_of(CAPTIONS[2], SCENE) == [("count", 2, 1), ("colour", "blue", "red")]


def test_word_salad_is_no_sentence():
    assert errors_of(CAPTIONS[3], SCENE) == [NO_SENTENCE]


def test_captions_are_counted_once_for_each_kind_of_fact():
    found = false_captions(CAPTIONS, [SCENE] * 4)
    assert list(found) == [1, 2, 3]
    assert count_errors(found) == {"colour": 2, "count": 1, "no sentence": 1}


def test_statements_are_gathered_by_fact_first_ones_and_later_ones_apart():
    captions = ["it is night and a red house stands in a meadow", "a blue house in a meadow at sunset"]
    assert right_by_fact(captions, [SCENE] * 2)["time"] == [True, False]
    assert right_by_fact(captions, [SCENE] * 2, first=True) == {"time": [True], "count": [True]}
    later = right_by_fact(captions, [SCENE] * 2, first=False)
    assert later["time"] == [False] and later["colour"] == [True, False]
