"""What a download tells: a bar for a terminal or a notebook, lines for a pipe, JSON for a program."""

import contextlib
import json
import sys
import time
from functools import partial

from tqdm import tqdm

from cs231n.progress_bar import in_notebook

from .store import megabytes


class Report:
    """Tells nothing but errors; the others build on it."""

    def note(self, text: str) -> None:
        """Something the reader should know."""

    def begin(self, total: int | None, done: int) -> None:
        """A transfer of `total` bytes begins, of which `done` are here already."""

    def advance(self, count: int) -> None:
        """So many bytes more are here (fewer, where it is negative)."""

    def found(self, states: dict[str, str]) -> None:
        """What lies on the disk before anything is fetched, by name."""

    def file(self, name: str, state: str) -> None:
        """A file is `whole`, `missing`, `damaged`, `fetched` or `failed`."""

    def table(self, rows: list) -> None:
        """The files of a manifest: (entry, what is there, which option asks for it)."""
        for entry, there, why in rows:
            say(f"{entry.name:<28} {entry.bytes:>15,} bytes  {there:<10}  {why}", sys.stdout)

    def working_on(self, name: str) -> None:
        """The file whose bytes come now."""

    def silence(self, seconds: float) -> None:
        """So long no byte has come."""

    def close(self) -> None:
        """The transfer is over."""

    def end(self, status: int, text: str) -> None:
        """The last thing said."""
        if status:
            say(text, sys.stderr)


class Lines(Report):
    """A line now and then, for output that goes to a file or a pipe."""

    every = 10.0

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.total, self.done, self.began, self.said = None, 0, 0.0, 0.0
        self.first = 0

    def note(self, text):
        say(text, self.stream)

    def begin(self, total, done):
        self.total, self.done, self.first = total, done, done
        self.began = self.said = time.monotonic()

    def advance(self, count):
        self.done += count
        now = time.monotonic()
        if now - self.said >= self.every:
            self.said = now
            self.note(self.line(now))

    def line(self, now: float) -> str:
        """`120 of 254 MB, 5.1 MB/s, 26 s left`"""
        rate = max(self.done - self.first, 1) / max(now - self.began, 1e-3)
        text = f"{megabytes(self.done)} of {megabytes(self.total) if self.total else '?'}"
        text += f", {rate / 1e6:.1f} MB/s" if rate >= 1e5 else f", {rate / 1e3:.1f} kB/s"
        return text + (f", {(self.total - self.done) / rate:.0f} s left" if self.total else "")

    def silence(self, seconds):
        now = time.monotonic()
        if now - self.said >= self.every:
            self.said = now
            self.note(f"Nothing has come for {seconds:.0f} s; waiting.")

    def found(self, states):
        if states:
            whole = sum(state == "whole" for state in states.values())
            self.note(f"{whole} of {len(states)} files are in place and whole.")

    def file(self, name, state):
        self.note(f"  {name}: {state}")

    def end(self, status, text):
        say(text, sys.stderr if status else sys.stdout)


class Bar(Lines):
    """One bar with the file's name, rate and time left. The download goes on without it where nobody listens."""

    def __init__(self, stream=None, make=None):
        super().__init__(stream)
        self.make = make or partial(tqdm, file=self.stream, dynamic_ncols=True)
        self.bar, self.silent = None, False

    def note(self, text):
        if self.bar is None:
            super().note(text)
        else:
            with quietly():
                self.bar.write(printable(text), file=self.stream)

    def begin(self, total, done):
        self.close()
        with quietly():
            self.bar = self.make(total=total, initial=done, unit="B", unit_scale=True, desc="Downloading")

    def working_on(self, name):
        if self.bar is not None:
            with quietly():
                self.bar.set_description(name)

    def advance(self, count):
        if self.bar is not None:
            with quietly():
                if self.silent and count > 0:
                    self.silent = False
                    self.bar.set_postfix_str("")
                self.bar.update(count)

    def silence(self, seconds):
        if self.bar is not None:
            self.silent = True
            with quietly():
                self.bar.set_postfix_str(f"nothing for {seconds:.0f} s")

    def close(self):
        if self.bar is not None:
            with quietly():
                self.bar.close()
            self.bar = None


class Json(Report):
    """One JSON object a line on standard output, and nothing else."""

    every = 1.0

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        self.total, self.done, self.said = None, 0, 0.0

    def say(self, event: str, **facts) -> None:
        say(json.dumps({"event": event, **facts}), self.stream)

    def note(self, text):
        self.say("note", text=text)

    def begin(self, total, done):
        self.total, self.done, self.said = total, done, time.monotonic()
        self.say("begin", total=total, done=done)

    def silence(self, seconds):
        if time.monotonic() - self.said >= self.every:
            self.said = time.monotonic()
            self.say("silence", seconds=round(seconds))

    def advance(self, count):
        self.done += count
        if time.monotonic() - self.said >= self.every:
            self.said = time.monotonic()
            self.say("progress", total=self.total, done=self.done)

    def found(self, states):
        for name, state in states.items():
            self.file(name, state)

    def file(self, name, state):
        self.say("file", name=name, state=state)

    def table(self, rows):
        for entry, there, why in rows:
            self.say("file", name=entry.name, bytes=entry.bytes, state=there, option=why)

    def end(self, status, text):
        self.say("end", status=status, text=text)


def for_terminal(quiet: bool = False, as_json: bool = False) -> Report:
    """The report that fits the command line's options and what standard error is joined to."""
    if as_json:
        return Json()
    if quiet:
        return Report()
    return Bar() if is_terminal(sys.stderr) else Lines()


def for_notebook(quiet: bool = False) -> Report:
    """The report for a function called from a notebook or a script.

    The notebook's own bar needs ipywidgets; without it a plain bar goes to standard output, for what
    goes to standard error is shown as if it were a fault.
    """
    if quiet:
        return Report()
    if not in_notebook():
        return Bar(sys.stdout) if is_terminal(sys.stdout) else Lines(sys.stdout)
    try:
        import ipywidgets  # noqa: F401
        from tqdm.notebook import tqdm_notebook
    except ImportError:
        return Bar(sys.stdout)
    return Bar(sys.stdout, tqdm_notebook)


def is_terminal(stream) -> bool:
    """Whether a person watches this stream."""
    return stream is not None and not stream.closed and stream.isatty()


def say(text: str, stream) -> None:
    """Print a line where somebody listens: a stream that is closed, gone or None stops no download."""
    with quietly():
        print(printable(text), file=stream, flush=True)


def printable(text: str) -> str:
    """The text without control characters: what a server sends must not steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


@contextlib.contextmanager
def quietly():
    """Nothing happens where the stream is broken or closed."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        yield
