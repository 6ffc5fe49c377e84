"""What a download tells: one bar where somebody watches, else a line now and then."""

import contextlib
import sys
import time

from cs231n.language import tr
from cs231n.progress_bar import in_notebook, progress_bar

from .store import megabytes

EVERY = 10.0  # seconds from line to line
SILENCE = 3.0  # seconds without a byte until the bar says so
BAR = {"unit": "B", "unit_scale": True, "dynamic_ncols": True}
NOBODY = (OSError, ValueError, AttributeError)  # a stream that is broken, closed or None stops no download


def say(text, stream):
    """Print a line where somebody listens; what a server sent into it must not steer a terminal."""
    with contextlib.suppress(*NOBODY):
        print(printable(text), file=stream, flush=True)


def printable(text):
    """The text without control characters."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


class Report:
    """Tells how a download goes; nothing where it is `quiet`."""

    def __init__(self, quiet=False):
        self.quiet, self.bar = quiet, None
        self.stream = sys.stdout if in_notebook() else sys.stderr  # a notebook shows stderr as a fault

    def note(self, text):
        """Something the reader should know."""
        if self.bar is None and not self.quiet:
            say(text, self.stream)
        with contextlib.suppress(*NOBODY):
            self.bar.write(printable(text), file=self.stream)

    def begin(self, total, done):
        """A transfer of `total` bytes (None: unknown) begins, of which `done` are here already."""
        self.total, self.first, self.done = total, done, done
        self.began = self.said = self.heard = time.monotonic()
        with contextlib.suppress(*NOBODY):
            hidden = self.quiet or self.stream is None
            bar = progress_bar(total=total, initial=done, hidden=hidden, desc=tr("Downloading"), **BAR)
            self.bar = None if bar.disable else bar

    def advance(self, count):
        """This many more bytes are here. Called with 0 now and then where none come."""
        now = time.monotonic()
        self.done, self.heard = self.done + count, now if count else self.heard
        silent = tr("nothing for {seconds:.0f} s", now - self.heard) if now - self.heard >= SILENCE else ""
        if self.bar is None and now - self.said >= EVERY:
            self.said, rate = now, max(self.done - self.first, 1) / (now - self.began)
            total = megabytes(self.total) if self.total else "?"
            text = tr("{done} of {total}", megabytes(self.done), total)
            left = tr("{seconds:.0f} s left", (self.total - self.done) / rate) if self.total else ""
            self.note(", ".join(part for part in (text, silent or left) if part))
        with contextlib.suppress(*NOBODY):
            if silent or self.bar.postfix:
                self.bar.set_postfix_str(silent)
            self.bar.update(count)

    def close(self):
        """The transfer is over."""
        with contextlib.suppress(*NOBODY):
            self.bar.close()
        self.bar = None
