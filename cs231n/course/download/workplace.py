"""The destination while a download works in it: locked, swept, and every fault told in plain words."""

import contextlib
from collections.abc import Iterator

from .errors import DiskError, DownloadError
from .lock import lock
from .manifest import Entry
from .report import Report
from .store import Store, megabytes


@contextlib.contextmanager
def plainly(store: Store, entries: list[Entry]) -> Iterator[None]:
    """Turn what the operating system refuses into a DiskError, and say on any fault what is kept."""
    try:
        yield
    except OSError as error:
        readable = DiskError.from_os(error, store.folder)
        readable.kept = kept(store, entries)
        raise readable from error
    except DownloadError as error:
        error.kept = kept(store, entries)
        raise


@contextlib.contextmanager
def working_in(store: Store, entries: list[Entry], report: Report) -> Iterator[None]:
    """The folder made, locked and swept for the length of a with block."""
    store.prepare()
    with lock(store.lock_file):
        store.sweep(entry.name for entry in entries)
        try:
            yield
        finally:
            report.close()
            store.drop_work()


def kept(store: Store, entries: list[Entry]) -> str:
    """What a new run need not fetch again."""
    with contextlib.suppress(OSError):
        there = sum(store.path(entry).is_file() for entry in entries)
        parts = store.unfinished()
        text = f"Kept: {there} of {len(entries)} files are in place"
        return text + (f", and {megabytes(parts)} of unfinished parts." if parts else ".")
    return ""
