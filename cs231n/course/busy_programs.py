"""Other programs that keep the processor busy, to measure beside them."""

import subprocess
import sys
from contextlib import contextmanager

BUSY = "import time; end = time.monotonic() + {}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_programs(count, seconds=60):
    """Inside `with busy_programs(2):` two other programs compute without a pause, each on one core.

    seconds: after so many they end anyhow, also where the kernel was killed inside the block
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
