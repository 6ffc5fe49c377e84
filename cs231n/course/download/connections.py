"""Stretches of a remote file brought to disk over one to four connections at a time.

A stretch lies on disk as pieces of 16 MB, each a file that grows from its first byte; so any stop costs nothing
that came. One connection begins. While pieces wait, another is added every half second for as long as that makes
the whole faster. A server that asks for patience (429, 503) gets one connection from then on.
"""

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import NetworkError
from .http_faults import Passing
from .remote import Remote
from .report import Report

PIECE = 1 << 24
FASTER = 1.15  # what a new connection must bring for another one to be tried
SILENCE = 3.0  # seconds without a byte until the bar says so


@dataclass(frozen=True)
class Piece:
    """Bytes `start` up to `end` of the remote file, what they belong to, and the file that gathers them."""

    name: str
    path: Path
    start: int
    end: int

    def held(self) -> int:
        """How many of its bytes lie on disk. What is longer than the piece, or no plain file, is removed."""
        if self.path.is_symlink() or (
            self.path.is_file() and self.path.stat().st_size > self.end - self.start
        ):
            self.path.unlink()
        return self.path.stat().st_size if self.path.is_file() else 0


def in_pieces(name: str, start: int, end: int, place: Callable[[int], Path]) -> list[Piece]:
    """A stretch as pieces; `place` gives the path of number 0, 1, …"""
    starts = range(start, end, PIECE)
    return [Piece(name, place(k), at, min(at + PIECE, end)) for k, at in enumerate(starts)]


class Stopped(Exception):
    """Ends a worker whose run is over."""


class Connections:
    """Brings pieces; one object for one run."""

    def __init__(self, remote: Remote, report: Report):
        self.remote, self.report, self.policy = remote, report, remote.policy
        self.waiting: deque[Piece] = deque()
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self.guard = threading.Lock()
        self.over = threading.Event()
        self.open_files: set = set()
        self.alive, self.limit = 0, max(1, self.policy.connections)
        self.rates: list[float] = []  # bytes a second with one connection, with two, …

    def bring(self, pieces: list[Piece], done: Callable[[Piece], None]) -> None:
        """Bring what is missing of each piece, in order; `done` is called here, with each one that is whole.

        NetworkError, Changed, NoRanges, OSError: as they came to the last connection; what came is kept
        """
        whole = [piece for piece in pieces if piece.held() == piece.end - piece.start]
        self.waiting.extend(piece for piece in pieces if piece not in whole)
        left = len(self.waiting)
        try:
            if left:
                self._add(self.remote.session)
            for piece in whole:
                done(piece)
            self.heard = self.looked = time.monotonic()
            self.came = 0
            while left:
                try:
                    kind, value = self.events.get(timeout=min(0.5, self.policy.look))
                except queue.Empty:
                    kind, value = "silence", time.monotonic() - self.heard
                if kind == "bytes":
                    self.heard = time.monotonic()
                    self.came += value
                    self.report.advance(value)
                elif kind == "begin":
                    self.report.working_on(value)
                elif kind == "note":
                    self.report.note(value)
                elif kind == "done":
                    left -= 1
                    done(value)
                elif kind == "fault":
                    raise value
                elif value >= SILENCE:
                    self.report.silence(value)
                self._look()
        finally:
            self._stop()

    def _look(self) -> None:
        """Add a connection where there is work for it and the last one was worth it."""
        seconds = time.monotonic() - self.looked
        if seconds < self.policy.look:
            return
        self.rates = [*self.rates[: self.alive - 1], self.came / seconds]
        self.looked, self.came = time.monotonic(), 0
        worth = len(self.rates) < 2 or self.rates[-1] > FASTER * self.rates[-2]
        if worth and self.rates[-1] and self.alive < self.limit and self.waiting:
            self._add()

    def _add(self, session=None) -> None:
        self.alive += 1
        threading.Thread(target=self._work, args=(session,), daemon=True).start()

    def _work(self, session) -> None:
        remote = self.remote.twin(lambda text: self.events.put(("note", text)), self._sleep, session)
        remote.gives_way = lambda: self.alive > 1
        try:
            while piece := self._next():
                if not self._one(remote, piece):
                    return
                self.events.put(("done", piece))
        except Stopped:
            pass
        except BaseException as fault:  # whatever it is, the one who waits for it must hear of it
            self.events.put(("fault", fault))
        finally:
            if session is None:
                remote.session.close()

    def _next(self) -> Piece | None:
        with self.guard:
            if self.over.is_set() or not self.waiting or self.alive > self.limit:
                self.alive -= 1
                return None
            return self.waiting.popleft()

    def _one(self, remote: Remote, piece: Piece) -> bool:
        """Bring one piece; False when it is left to the other connections."""
        while True:
            try:
                self._fetch(remote, piece)
                return True
            except (NetworkError, Passing) as fault:
                if self._left_to_others(piece, fault):
                    return False
                if isinstance(fault, NetworkError):
                    raise

    def _left_to_others(self, piece: Piece, fault: Exception) -> bool:
        """Put a piece back where others still work: the server may want no more connections than those."""
        with self.guard:
            if self.alive < 2:
                return False
            self.alive -= 1
            self.limit = 1 if getattr(fault, "crowded", False) else min(self.limit, self.alive)
            self.waiting.appendleft(piece)
            return True

    def _fetch(self, remote: Remote, piece: Piece) -> None:
        have = piece.held()
        self.events.put(("begin", piece.name))
        file = piece.path.open("ab")
        with self.guard:
            self.open_files.add(file)

        def sink(chunk: bytes) -> None:
            with self.guard:
                if self.over.is_set():
                    raise Stopped
                file.write(chunk)
            self.events.put(("bytes", len(chunk)))

        try:
            remote.stream(piece.start + have, piece.end, sink)
        finally:
            with self.guard:
                self.open_files.discard(file)
                file.close()

    def _sleep(self, seconds: float) -> None:
        if self.over.wait(seconds):
            raise Stopped

    def _stop(self) -> None:
        """From here on nothing is written, whatever a slow connection still brings."""
        with self.guard:
            self.over.set()
            for file in self.open_files:
                with contextlib.suppress(OSError):
                    file.close()
