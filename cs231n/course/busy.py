"""Other programs that keep the processor busy, to measure beside them."""

import subprocess
import sys
from contextlib import contextmanager


@contextmanager
def busy_programs(count):
    """Inside `with busy_programs(2):` two other programs compute without a pause, each on one core."""
    running = []
    try:
        for _ in range(count):
            running.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield
    finally:
        for program in running:
            program.kill()
            program.wait()
