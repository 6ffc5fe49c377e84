"""The destination folder: what is whole in it, what is half done, who works in it; no file is ever half there."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from cs231n.files import patiently, write_whole
from cs231n.language import noted, tr

from .errors import ROOT, BusyError, DownloadError, UsageError, VerificationError, disk_error

try:
    import fcntl
except ImportError:
    import msvcrt

    fcntl = None


class Store:
    """A folder of verified files, and of pieces of them on their way."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def pieces(self, name=None):
        """Files `name.version.number.span` of unfinished bytes, of any version; all, or those of one file."""
        return [path for path in self.folder.glob("*.span") if name in (None, path.name.rsplit(".", 3)[0])]

    def unfinished(self):
        """How many unfinished bytes there are."""
        return sum(path.lstat().st_size for path in self.pieces())

    def state(self, entry, every_byte=True):
        """`missing`, `wrong size`, `damaged` by its SHA-256, or `whole`; `present` where every_byte is False."""
        path = self.folder / entry.name
        if not path.is_file():
            return noted("missing")
        if path.stat().st_size != entry.bytes:
            return noted("wrong size")
        if not every_byte:
            return noted("present")
        with path.open("rb") as file:
            right = hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
        return noted("whole") if right else noted("damaged")

    @contextlib.contextmanager
    def at_work(self, entries):
        """The folder made and locked for a with block. DownloadError: any fault in it, and what is kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with lock(self.folder / ".get_data.lock"):
                yield
        except (OSError, DownloadError) as error:
            fault = disk_error(error, self.folder) if isinstance(error, OSError) else error
            with contextlib.suppress(OSError):
                there = sum((self.folder / entry.name).is_file() for entry in entries)
                fault.kept = tr("Kept: {there} of {count} files are in place", there, len(entries))
                parts = self.unfinished()
                fault.kept += tr(", and {size} of unfinished parts.", megabytes(parts)) if parts else "."
            raise fault from None

    def clean(self):
        """Remove unfinished bytes, unless another run is at work on them; how many there were."""
        before = self.unfinished()
        if self.pieces():
            with self.at_work(()):
                self.forget(self.pieces())
        return before

    def write(self, blocks, entry):
        """Write a file that gets its name only if its bytes are the manifest's; VerificationError otherwise."""
        digest = hashlib.sha256()
        with write_whole(self.folder / entry.name) as out:
            for block in blocks:
                digest.update(block)
                out.write(block)
            if digest.hexdigest() != entry.sha256:
                what = tr("{name}: the bytes are not the ones the manifest promises.", entry.name)
                raise VerificationError(what)

    def forget(self, paths):
        """Remove files that are of no more use, where they are there."""
        for path in paths:
            patiently(lambda path=path: path.unlink(missing_ok=True))


@contextlib.contextmanager
def lock(path):
    """Hold the lock file `path` for the length of a with block; BusyError where another process holds it.

    Where a file that nobody else knows cannot be locked either, the drive has no locks (some network drives), and
    the block runs without. Two runs at once may then fetch twice, but no file gets its name unverified.
    """
    with path.open("wb") as file:
        if not take(file):
            with tempfile.TemporaryFile(dir=path.parent) as own:
                if take(own):
                    raise BusyError(tr("Another download into {folder} is running.", path.parent))
        try:
            yield
        finally:
            file.close()
            with contextlib.suppress(OSError):
                path.unlink()


def take(file):
    """Whether the open file can be locked at once. The system unlocks it when it is closed or its holder dies."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB) if fcntl else msvcrt.locking(file.fileno(), 2, 1)
        return True
    except OSError:
        return False


def folder(text=None):
    """A path as a person writes it, `~` included; UsageError where it means none.

    Without one: CS231N_DATA_DIR, else `datasets/coco_captioning` of the course pack or of the current folder.
    """
    if text is None and not (text := os.environ.get("CS231N_DATA_DIR")):
        text = (ROOT if (ROOT / "get_data.py").is_file() else Path.cwd()) / "datasets" / "coco_captioning"
    try:
        if not str(text).strip():
            raise ValueError(tr("the name is empty"))
        return Path(text).expanduser().resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise UsageError(tr("{text!r} is no folder: {error}.", str(text), error)) from None


def megabytes(count):
    """A number of bytes for people: `254 MB`, `0.4 MB`."""
    return f"{count / 1e6:,.0f} MB" if count >= 1e7 else f"{count / 1e6:.1f} MB"
