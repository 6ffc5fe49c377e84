"""What chapter 11 says, measured on its two stored models."""

import numpy as np
import pytest

from cs231n.course.state_probes import linear_probe
from cs231n.course.stored_results import stored_results

LSTM = "LSTM, bias 3"
SEEDS = ("231", "1", "2")


def over_seeds(name, read):
    return [read(entry) for entry in stored_results(name).values()]


@pytest.fixture(scope="module")
def space(chapter):
    return chapter.space


def test_what_the_lstm_names_right(chapter, space):
    chapter.says(
        "The LSTM names number, colour and place right nearly always. "
        "Companion (what stands beside the thing), time and weather are right much less often, in both models."
    )
    right = {name: space["right_by_fact"](texts, space["facts"]) for name, texts in space["drawn"].items()}
    for fact in ("count", "colour", "place"):
        assert np.mean(right[LSTM][fact]) > 0.93
    for name in right:
        for fact in ("companion", "time", "weather"):
            assert np.mean(right[name][fact]) < np.mean(right[name]["colour"]) - 0.2


def test_the_place_is_said_late(chapter, space):
    chapter.says("the place is said late too")
    first = space["right_by_fact"](space["drawn"][LSTM], space["facts"], first=True)
    later = space["right_by_fact"](space["drawn"][LSTM], space["facts"], first=False)
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
    chapter.says("Greedy captions seldom name the time.")
    for name in ("06_rnn", "06_rnn_wide", "06_lstm", "06_lstm_open"):
        assert max(over_seeds(name, lambda one: one["regular"]["facts"]["time"][1] / 450)) < 0.2


# ---- known, forgotten, or not used


def check_the_time(rows, kept=0.08):
    """What the chapter says of the time of day, for one pair of models."""
    for name in ("RNN", LSTM):
        first = rows[f"{name}, first"]
        assert first["probe"] > 0.85 and first["model"] < first["probe"] - 0.08
    for who in ("probe", "model"):
        last = rows["RNN, last"]
        assert abs(last[who] - last["always one"]) < 0.07
    last = rows[f"{LSTM}, last"]
    assert last["probe"] > last["always one"] + kept and last["model"] < last["probe"]


def test_the_time_is_known_and_not_used_then_forgotten_by_the_rnn(chapter, space):
    chapter.says(
        "After `<START>` the probe reads the time in about 90 of 100 pictures or more. "
        "The model itself is right much less often.",
        "At the last place the RNN holds nothing of it",
        "The LSTM still holds some of it there. Again the probe reads more than the model says.",
        'Who always answers "day" is right in about 40 of 100.',
    )
    check_the_time(space["rows"])
    assert all(0.35 < row["always one"] < 0.45 for row in space["rows"].values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_with_every_seed(chapter, seed):
    chapter.says("With three seeds each, all of this is so.")
    check_the_time(stored_results("11_time")[seed])


def test_a_probe_with_more_numbers_than_captions_reads_anything(chapter, space):
    chapter.says("my probe reads the time in 100 of 100 captions", "gives nearly 100 of 100, too")
    some, values = space["states"][:100], space["values"]
    np.random.seed(0)
    for answers, least in ((space["times"][:100], 1), (np.random.permutation(space["times"][:100]), 0.96)):
        targets = (answers[:, None] == values).astype(float)
        W, b = space["fit_probe"](some, targets, 1e-3)
        assert (values[(some @ W + b).argmax(axis=1)] == answers).mean() >= least


def test_the_probe_is_the_one_of_chapter_06(space):
    states, times = space["states"], space["times"]
    values = np.unique(times)
    strength = 0.01 * len(states) * np.square(states - states.mean(axis=0)).mean()
    W, b = space["fit_probe"](states, (times[:, None] == values).astype(float), strength)
    ours = values[(states @ W + b).argmax(axis=1)]
    assert (ours == linear_probe(states, times)(states)).mean() > 0.999
