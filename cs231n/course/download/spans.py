"""Stretches of a remote file on disk: fetched once, gone on with at the byte after any stop."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from .remote import Remote
from .report import Report
from .store import Store


def held(path: Path, length: int) -> int:
    """How many bytes of a span lie on disk; one that is too long is damaged and is removed."""
    size = path.stat().st_size if path.is_file() else 0
    if size > length:
        path.unlink()
        return 0
    return size


def fetch_span(remote: Remote, start: int, end: int, path: Path, report: Report) -> bool:
    """Bring the bytes from `start` up to `end` into `path`; True if some of them were there before."""
    have = held(path, end - start)
    with path.open("ab") as file:

        def sink(chunk: bytes) -> None:
            file.write(chunk)
            report.advance(len(chunk))

        remote.stream(start + have, end, sink)
    return have > 0


def whole_span(store: Store, remote: Remote, name: str) -> Path:
    """Where a whole remote file is gathered: another place for another size or version of it."""
    version = hashlib.sha256(f"{remote.size} {remote.validator}".encode()).hexdigest()[:12]
    return store.span(f"{name}.{version}")


def fetch_whole(remote: Remote, path: Path, report: Report) -> bool:
    """Bring a whole remote file into `path`; True if some of it was there before.

    Without ranges every try begins at the first byte, for nothing else can be asked for.
    """
    have = held(path, remote.size) if remote.ranges else 0
    report.begin(remote.size, have)
    if remote.ranges:
        return fetch_span(remote, 0, remote.size, path, report)

    with path.open("wb") as file:

        def restart() -> Callable[[bytes], None]:
            report.advance(-file.tell())
            file.seek(0)
            file.truncate()
            return sink

        def sink(chunk: bytes) -> None:
            file.write(chunk)
            report.advance(len(chunk))

        remote.stream_whole(restart)
    return False
