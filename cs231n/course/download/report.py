"""What a download tells: one bar where somebody watches, and a line for each thing to know."""

import contextlib
import sys
import time

from tqdm.std import tqdm

from cs231n.language import tr
from cs231n.progress_bar import in_notebook, progress_bar

SILENCE = 3.0  # seconds without a byte until the bar says so
BAR = {"unit": "B", "unit_scale": True, "dynamic_ncols": True}
NOBODY = (OSError, ValueError, AttributeError)  # a stream that is broken, closed or None stops no download


def say(text, stream):
    """Print a line, above a bar, where somebody listens; what a server sent must not steer a terminal."""
    with contextlib.suppress(*NOBODY):
        tqdm.write("".join(c if c.isprintable() or c == "\n" else "?" for c in text), file=stream)


class Report:
    """Tells how a download goes; nothing where it is `quiet`."""

    def __init__(self, quiet=False):
        self.quiet, self.bar = quiet, None
        self.stream = sys.stdout if in_notebook() else sys.stderr  # a notebook shows stderr as a fault

    def note(self, text):
        """Something the reader should know."""
        if not self.quiet:
            say(text, self.stream)

    @contextlib.contextmanager
    def transfer(self, total, done):
        """A with block in which `total` bytes come (None: unknown), of which `done` are here already."""
        self.heard = time.monotonic()
        with contextlib.suppress(*NOBODY):
            hidden = self.quiet or self.stream is None
            bar = {"total": total, "initial": done, "desc": tr("Downloading"), "hidden": hidden}
            self.bar = progress_bar(**bar, **BAR)
        try:
            yield
        finally:
            with contextlib.suppress(*NOBODY):
                self.bar.close()
            self.bar = None

    def advance(self, count):
        """This many more bytes are here. Called with 0 now and then where none come."""
        now = time.monotonic()
        self.heard = now if count else self.heard
        silent = tr("nothing for {seconds:.0f} s", now - self.heard) if now - self.heard >= SILENCE else ""
        with contextlib.suppress(*NOBODY):
            if silent or self.bar.postfix:
                self.bar.set_postfix_str(silent)
            self.bar.update(count)
