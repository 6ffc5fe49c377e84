"""Stretches of a remote file brought to disk over a few connections at a time.

A stretch lies on disk as pieces of 16 MB, each a file that grows from its first byte; so any stop costs nothing
that came. Where one connection fails, a single one goes on, for a server may want fewer connections.
"""

import queue
import threading
import time
from collections import namedtuple
from contextlib import ExitStack
from functools import cache
from multiprocessing.pool import ThreadPool

from .errors import NetworkError, OwnSide

PIECE = 1 << 24
WAITING = 256  # blocks that may wait for the disk
Piece = namedtuple("Piece", "path start end")  # bytes of the remote file, and the file that gathers them


def held(piece):
    """How many bytes of a piece lie on disk. What is longer than the piece, or no plain file, is removed."""
    size = piece.path.stat().st_size if piece.path.is_file() else 0
    if piece.path.is_symlink() or size > piece.end - piece.start:
        piece.path.unlink()
        return 0
    return size


def bring(remote, pieces, report):
    """Bring what is missing of each piece.

    NetworkError, Changed, OSError: as they came to the last connection; what came is kept
    """
    try:
        bring_over(remote.policy.connections, remote, pieces, report)
    except NetworkError as fault:
        if remote.policy.connections == 1 or isinstance(fault, OwnSide):
            raise
        time.sleep(remote.policy.pause)  # the server has to see that the others are gone
        bring_over(1, remote, pieces, report)


def bring_over(connections, remote, pieces, report):
    """The same over so many connections, until the first fault. They fetch; this thread alone writes."""
    blocks, over = queue.Queue(WAITING), threading.Event()
    starts = {piece: piece.start + held(piece) for piece in pieces}

    def fetch(piece):
        try:
            for block in remote.stream(starts[piece], piece.end, over.wait):
                blocks.put((piece, block))
                if over.is_set():
                    return
        except BaseException:
            over.set()  # the other connections end with it
            raise

    with ThreadPool(connections) as threads, ExitStack() as stack:
        opened = cache(lambda piece: stack.enter_context(piece.path.open("ab")))
        try:
            fetched = threads.map_async(fetch, pieces, chunksize=1)
            while not fetched.ready() or not blocks.empty():
                try:
                    piece, block = blocks.get(timeout=0.02)
                except queue.Empty:
                    report.advance(0)
                else:
                    opened(piece).write(block)
                    report.advance(len(block))
            fetched.get()  # raises the first fault
        finally:
            over.set()
            while not blocks.empty():  # nobody is left waiting for room
                blocks.get()
