"""A machine with something else to do: other programs that keep its cores busy, and the speed beside them."""

import subprocess
import sys
import time
from contextlib import contextmanager

from cs231n.fast.threads import ThreadChooser, available_threads

BUSY = "import time; end = time.monotonic() + {}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_programs(count, seconds=60):
    """While the block runs, `count` other programs keep a core busy each; after `seconds` they end anyhow."""
    programs = [subprocess.Popen([sys.executable, "-c", BUSY.format(seconds)]) for _ in range(count)]
    try:
        yield programs
    finally:
        for program in programs:
            program.kill()
            program.wait()


def steps_a_second(step, threads=None, seconds=1.0):
    """How often `step()` runs in a second.

    threads: number of threads, or None for what the training loop does: to choose while it runs
    seconds: how long to measure
    """
    chooser, done = ThreadChooser(threads), 0
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        with chooser.step():
            step()
        done += 1
    return done / spent


def compare_threads(step, busy=(0, 1, 2), seconds=1.0):
    """Steps a second beside 0, 1 or 2 busy programs, with one thread, with all, and with the number chosen.

    returns: dict such as {"1 thread": [9, 9, 8], "2 threads": [16, 6, 5], "chosen": [16, 9, 8]}, a number for
        each entry of `busy`; on a machine with one core there is nothing between "1 thread" and "chosen"
    """
    every = available_threads()
    ways = {"1 thread": 1} | ({f"{every} threads": every} if every > 1 else {}) | {"chosen": None}
    speeds = {name: [] for name in ways}
    step()  # the first one loads what the others find ready
    for programs in busy:
        with busy_programs(programs, seconds=60 + 2 * seconds * len(ways)):
            for name, threads in ways.items():
                speeds[name].append(steps_a_second(step, threads, seconds))
    return speeds
