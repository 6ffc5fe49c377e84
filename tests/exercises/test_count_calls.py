"""A loop over time is seen by the number of calls it makes, however it is written."""

import numpy as np
import pytest

from cs231n.exercises import grade
from cs231n.exercises.bank.weight_gradients import inputs_of_length
from cs231n.exercises.bank.weight_gradients import weight_gradients as reference
from cs231n.exercises.run.count_calls import calls_grow


def by_a_loop(x, h0, h, da):
    dWx, dWh, db, state = 0, 0, 0, h0
    for t in range(x.shape[1]):
        dWx = dWx + x[:, t].T @ da[:, t]
        dWh = dWh + state.T @ da[:, t]
        db = db + da[:, t].sum(0)
        state = h[:, t]
    return dWx, dWh, db


def by_a_generator(x, h0, h, da):
    steps = range(x.shape[1])
    before = [h0, *(h[:, t] for t in steps)]
    return (
        sum(x[:, t].T @ da[:, t] for t in steps),
        sum(before[t].T @ da[:, t] for t in steps),
        da.sum(axis=(0, 1)),
    )


def by_turned_axes(x, h0, h, da):
    dWx, dWh, db = reference(x, h0, h, da)
    return sum(a.T @ b for a, b in zip(np.swapaxes(x, 0, 1), np.swapaxes(da, 0, 1), strict=True)), dWh, db


@pytest.mark.parametrize("answer", [by_a_loop, by_a_generator, by_turned_axes])
def test_a_loop_is_named_although_its_numbers_are_right(answer):
    verdict = grade(answer, name="weight_gradients")
    assert (verdict.status, verdict.mistake) == ("wrong", "loop_over_time")
    assert "The numbers that it returns are right." in verdict.message


def test_the_reference_has_no_loop():
    assert not calls_grow(reference, inputs_of_length)


def test_an_answer_that_cannot_be_counted_is_left_alone():
    def picky(x, *others):
        if type(x) is not np.ndarray:
            raise TypeError("arrays only")

    assert not calls_grow(picky, inputs_of_length)
