"""Stretches of a remote file brought to disk over a few connections at a time.

A stretch lies on disk as pieces of 16 MB, each a file that grows from its first byte; so any stop costs nothing
that came. A connection that fails leaves its piece to the others, for a server may want fewer connections.
"""

import contextlib
import copy
import queue
import threading
from collections import deque, namedtuple

from .errors import NetworkError
from .faults import Passing

PIECE = 1 << 24
Piece = namedtuple("Piece", "path start end")  # bytes of the remote file, and the file that gathers them


class Stopped(Exception):
    """Ends a worker whose run is over."""


def held(piece):
    """How many bytes of a piece lie on disk. What is longer than the piece, or no plain file, is removed."""
    size = piece.path.stat().st_size if piece.path.is_file() else 0
    if piece.path.is_symlink() or size > piece.end - piece.start:
        piece.path.unlink()
        return 0
    return size


def bring(remote, pieces, done, report):
    """Bring what is missing of each piece, in order; `done(piece)` is called here, with each one that is whole.

    NetworkError, Changed, NoRanges, OSError: as they came to the last connection; what came is kept
    """
    whole = [piece for piece in pieces if held(piece) == piece.end - piece.start]
    waiting = deque(piece for piece in pieces if piece not in whole)
    left = len(waiting)
    alive = min(left, remote.policy.connections)
    told = queue.SimpleQueue()  # what the workers tell, the thread that waits calls
    guard, over, files = threading.Lock(), threading.Event(), []

    def fetch(piece):
        have = held(piece)
        with piece.path.open("ab") as file:
            files.append(file)

            def sink(chunk):
                with guard:
                    if over.is_set():
                        raise Stopped
                    file.write(chunk)
                told.put((report.advance, len(chunk)))

            remote.stream(piece.start + have, piece.end, sink)
        told.put((done, piece))

    def work():
        nonlocal alive
        while True:
            with guard:
                if over.is_set() or not waiting:
                    alive -= 1
                    return
                piece, alone = waiting.popleft(), alive == 1
            try:
                fetch(piece)
            except BaseException as fault:  # whatever it is, the one who waits must hear of it
                with guard:
                    others = alive > 1
                    if isinstance(fault, Passing) or (isinstance(fault, NetworkError) and not alone):
                        waiting.appendleft(piece)  # for the others, or for another try where none is left
                        alive -= others
                    else:
                        told.put((fault, None))
                        others = True
                if others:
                    return

    remote = copy.copy(remote)  # the same session, that speaks and waits in its own way
    remote.note, remote.sleep = lambda text: told.put((report.note, text)), over.wait
    remote.gives_way = lambda: alive > 1
    try:
        for _ in range(alive):
            threading.Thread(target=work, daemon=True).start()
        for piece in whole:
            done(piece)
        while left:
            act, what = report.advance, 0
            with contextlib.suppress(queue.Empty):
                act, what = told.get(timeout=0.1)
            if isinstance(act, BaseException):
                raise act
            left -= act is done
            act(what)
    finally:
        with guard:  # from here on nothing is written, whatever a slow connection still brings
            over.set()
            for file in files:
                with contextlib.suppress(OSError):
                    file.close()
