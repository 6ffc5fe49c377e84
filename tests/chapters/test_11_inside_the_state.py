"""What chapter 11 says, measured on its two stored models."""

import numpy as np
import pytest

from cs231n.course.stored_results import stored_results

LSTM = "LSTM, bias 3"


def over_seeds(name, read):
    return [read(entry) for entry in stored_results(name).values()]


@pytest.fixture(scope="module")
def space(chapter):
    return chapter.space


def test_what_the_lstm_names_right(chapter, space):
    chapter.says(
        "The LSTM names number, colour and place right nearly always. Companion (what stands beside the thing), "
        "time and weather are right much less often, in both models."
    )
    right = {name: space["statements"](texts, space["facts"]) for name, texts in space["drawn"].items()}
    for fact in ("count", "colour", "place"):
        assert np.mean(right[LSTM][fact]) > 0.93
    for name in right:
        for fact in ("companion", "time", "weather"):
            assert np.mean(right[name][fact]) < np.mean(right[name]["colour"]) - 0.2


def test_the_place_is_said_late(chapter, space):
    chapter.says("the place is said late too")
    first = space["statements"](space["drawn"][LSTM], space["facts"], first=True)
    later = space["statements"](space["drawn"][LSTM], space["facts"], first=False)
    assert len(later["place"]) > 10 * len(first.get("place", []))


def test_some_units_keep_what_they_have_and_others_close(chapter, space):
    chapter.says(
        "the columns on the left are bright from top to bottom",
        "Those on the right are darker, and close at some words",
    )
    forget = space["gates"][:, 1]
    order = np.argsort(-forget.mean(axis=0))
    assert forget[1:, order[:8]].min() > 0.8
    assert forget[:, order[-8:]].min(axis=0).max() < 0.5


def test_few_greedy_captions_name_the_time(chapter):
    chapter.says("Of the greedy captions, fewer than one in five names the time.")
    for name in ("06_rnn", "06_rnn_wide", "06_lstm", "06_lstm_open"):
        assert max(over_seeds(name, lambda one: one["regular"]["facts"]["time"][1] / 450)) < 0.2
