"""Busy programs run inside the block, and none is left after it, also after an error or a killed kernel."""

import os
import subprocess

import pytest

from cs231n.course import busy_programs as module
from cs231n.course.busy_programs import busy_programs, usable_cores


@pytest.fixture
def started(monkeypatch):
    programs, popen = [], subprocess.Popen

    def start(command):
        programs.append(popen(command))
        return programs[-1]

    monkeypatch.setattr(module.subprocess, "Popen", start)
    return programs


def test_they_run_inside_the_block_and_no_longer(started):
    with busy_programs(2):
        assert len(started) == 2 and all(program.poll() is None for program in started)
    assert all(program.poll() is not None for program in started)


def test_an_error_ends_them_too(started):
    with pytest.raises(KeyboardInterrupt), busy_programs(1):
        raise KeyboardInterrupt
    assert started[0].poll() is not None


def test_they_end_by_themselves_where_nobody_ends_them(started):
    with busy_programs(1, seconds=0.1):
        started[0].wait(timeout=30)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_cores_are_those_that_this_process_may_use():
    every = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(every)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, every)
    assert usable_cores() == len(every)
