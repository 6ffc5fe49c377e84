"""Answers run on every case, within a time limit; loops over time are counted."""

import _thread
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from cells import Notebook

from cs231n.exercises import grade
from cs231n.exercises.bank.weight_gradients import inputs_of_length
from cs231n.exercises.bank.weight_gradients import weight_gradients as reference
from cs231n.exercises.run.count_calls import calls_grow
from cs231n.exercises.run.time_limit import TooLong, limited

# ---- the time limit

LIMIT = 0.3


def forever():
    count = 0
    while True:
        count += 1


def swallowing():
    caught = 0
    while caught < 2:
        try:
            forever()
        except:  # noqa: E722  (what a student may write)
            caught += 1
    return caught


@pytest.fixture(autouse=True)
def no_debugger(monkeypatch):
    monkeypatch.setattr(sys, "gettrace", lambda: None)  # coverage looks like one
    monkeypatch.setattr(sys, "monitoring", None, raising=False)


def test_a_loop_without_end_is_stopped():
    with pytest.raises(TooLong):
        limited(forever, LIMIT)


def test_one_that_sleeps_is_woken_and_stopped():
    began = time.monotonic()
    with pytest.raises(TooLong):
        limited(lambda: time.sleep(9), LIMIT)
    assert time.monotonic() - began < 3


def test_one_that_catches_everything_is_stopped_again():
    assert limited(swallowing, LIMIT) == 2


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 does not trace a hot loop; browsers have 3.12")
def test_without_threads_the_clock_is_looked_at(monkeypatch):
    def no_threads(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_threads)
    with pytest.raises(TooLong):
        limited(forever, LIMIT)
    assert limited(lambda: 3, LIMIT) == 3


def test_values_and_errors_go_through():
    assert limited(lambda: 5, LIMIT) == 5
    with pytest.raises(ZeroDivisionError):
        limited(lambda: 1 / 0, LIMIT)


def test_nothing_is_raised_afterwards_and_no_thread_stays():
    before = threading.active_count()
    for k in range(40):  # calls that last about as long as the limit
        end = time.perf_counter() + 0.02 + (k - 20) * 1e-4

        def busy(end=end):
            while time.perf_counter() < end:
                pass

        try:
            limited(busy, 0.02)
        except TooLong:
            pass
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        pass
    assert threading.active_count() == before


def test_ctrl_c_goes_through_and_its_handler_comes_back():
    before = signal.getsignal(signal.SIGINT)

    def stopped_by_hand():
        _thread.interrupt_main()
        forever()

    with pytest.raises(KeyboardInterrupt):
        limited(stopped_by_hand, 60)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_there_is_no_limit():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(limited(lambda: 7, LIMIT)))
    thread.start()
    thread.join()
    assert seen == [7]


PROFILED = """
import cProfile
from cs231n.exercises.run.time_limit import TooLong, limited

def forever():
    while True:
        pass

limited(int, 5)
try:
    limited(forever, 0.1)
except TooLong:
    pass
cProfile.Profile().runcall(lambda: int())
"""


def test_a_profiler_works_afterwards():
    subprocess.run([sys.executable, "-c", PROFILED], check=True, timeout=60)


def test_a_check_says_so_in_one_line():
    notebook = Notebook()
    notebook.run("def caption_lengths(captions):\n    t = 0\n    while t < 5:\n        captions.sum()")
    found = grade(notebook["caption_lengths"], seconds=LIMIT)
    assert found.mistake == "endless" and len(found.message.splitlines()) == 1
    assert "does not finish: stopped after 0.3 seconds in line" in found.message


@pytest.mark.parametrize("line", ["while True: pass", "__import__('time').sleep(99)"])
def test_a_partner_that_does_not_end_stops_no_check_and_comes_first(line):
    notebook = Notebook()
    notebook.run(f"def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    {line}")
    notebook.run("def rnn_step_backward(dnext_h, cache):\n    return (cache[0],) * 5")
    found = grade(notebook["rnn_step_backward"], notebook["rnn_step_forward"], seconds=LIMIT)
    assert found.mistake == "forward_first"


# ---- a loop over time


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
    assert (verdict.status, verdict.mistake) == ("wrong", "loop")
    assert "The numbers that it returns are right." in verdict.message


def test_the_reference_has_no_loop():
    assert not calls_grow(reference, inputs_of_length)


def test_an_answer_that_cannot_be_counted_is_left_alone():
    def picky(x, *others):
        if type(x) is not np.ndarray:
            raise TypeError("arrays only")

    assert not calls_grow(picky, inputs_of_length)
