"""Stretches of a remote file brought to disk over a few connections at a time.

A stretch lies on disk as pieces of 16 MB, each a file that grows from its first byte; so any stop costs nothing
that came. Where one connection fails, a single one goes on, for a server may want fewer connections.
"""

import contextlib
import copy
import multiprocessing
import threading
from collections import namedtuple
from multiprocessing.pool import ThreadPool

from .errors import NetworkError, OwnSide

PIECE = 1 << 24
Piece = namedtuple("Piece", "path start end")  # bytes of the remote file, and the file that gathers them


class Stopped(Exception):
    """Ends a connection whose run is over."""


def held(piece):
    """How many bytes of a piece lie on disk. What is longer than the piece, or no plain file, is removed."""
    size = piece.path.stat().st_size if piece.path.is_file() else 0
    if piece.path.is_symlink() or size > piece.end - piece.start:
        piece.path.unlink()
        return 0
    return size


def bring(remote, pieces, done, report):
    """Bring what is missing of each piece; `done(piece)` is called here, with each one that is whole.

    NetworkError, Changed, NoRanges, OSError: as they came to the last connection; what came is kept
    """
    left = list(pieces)
    for connections in (remote.policy.connections, 1):
        threads = ThreadPool(connections)
        try:
            return bring_over(threads, remote, left, done, report)
        except NetworkError as fault:
            if connections == 1 or isinstance(fault, OwnSide):
                raise
            threads.join()
            remote.sleep(remote.policy.pause)  # the server has to see that the others are gone


def bring_over(threads, remote, left, done, report):
    """The same with these threads, until the first fault; pieces that are whole are taken out of `left`."""
    guard, over, failed, files = threading.Lock(), threading.Event(), threading.Event(), []

    def act(do, what):
        with guard:
            if over.is_set():
                raise Stopped
            do(what)

    def sleep(seconds):
        if over.wait(seconds):
            raise Stopped

    def fetch(piece):
        if failed.is_set():
            raise Stopped
        try:
            have = held(piece)
            with piece.path.open("ab") as file:
                files.append(file)

                def sink(chunk):
                    act(file.write, chunk)
                    act(report.advance, len(chunk))

                remote.stream(piece.start + have, piece.end, sink)
            return piece
        except BaseException:
            failed.set()  # no piece is begun any more
            raise

    remote = copy.copy(remote)  # the same session, that speaks and waits in its own way
    remote.note = lambda text: act(report.note, text)
    remote.sleep = sleep
    try:
        arriving = threads.imap_unordered(fetch, list(left))
        while left:
            try:
                piece = arriving.next(timeout=0.1)
            except multiprocessing.TimeoutError:
                act(report.advance, 0)
            except Stopped:
                pass  # the fault itself is about to arrive
            else:
                left.remove(piece)
                done(piece)
    finally:
        with guard:  # from here on nothing is written, whatever a slow connection still brings
            over.set()
            for file in files:
                with contextlib.suppress(OSError):
                    file.close()
        threads.terminate()
