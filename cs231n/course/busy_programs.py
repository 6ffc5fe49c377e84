"""Other programs that keep the processor busy, to measure beside them, and how many cores there are for us."""

import os
import subprocess
import sys
from contextlib import contextmanager

BUSY = "import time; end = time.monotonic() + {}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_programs(count, seconds=60):
    """Inside `with busy_programs(2):` two other programs compute without a pause, each on one core.

    seconds: after this many they end by themselves, even where the kernel was killed inside the block
    """
    running = []
    try:
        for _ in range(count):
            running.append(subprocess.Popen([sys.executable, "-c", BUSY.format(seconds)]))
        yield
    finally:
        for program in running:
            program.kill()
            program.wait()


def usable_cores():
    """The cores that this process may use; fewer than the machine has where a job system or `taskset` says so."""
    for ask in (getattr(os, "process_cpu_count", None), lambda: len(os.sched_getaffinity(0)), os.cpu_count):
        try:
            if count := ask():
                return count
        except (AttributeError, TypeError, OSError):  # not on this system or in this Python
            continue
    return 1
