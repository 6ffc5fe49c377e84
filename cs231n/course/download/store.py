"""The destination folder: what is whole in it, what is half done, and how a file gets its name."""

import contextlib
import glob
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from cs231n.files import part_of, patiently, write_whole

from .errors import DiskError, DownloadError, UsageError, VerificationError
from .lock import lock
from .manifest import Entry


class Store:
    """A folder of verified files, with a folder `.download` for bytes on their way."""

    def __init__(self, folder: Path, move_pause: float = 0.1):
        self.folder = Path(folder)
        self.work = self.folder / ".download"
        self.lock_file = self.folder / ".get_data.lock"
        self.move_pause = move_pause

    def path(self, entry: Entry) -> Path:
        """The place of a file."""
        return self.folder / entry.name

    def piece(self, key: str, number: int) -> Path:
        """The place of unfinished bytes; `key` is a file's name, a dot, and what tells its contents."""
        return self.work / f"{key}.{number}.span"

    def pieces(self, name: str) -> list[Path]:
        """What lies there of unfinished bytes of a file, whatever their version."""
        return list(self.work.glob(f"{glob.escape(name)}.*.span"))

    def state(self, entry: Entry) -> str:
        """`whole`, `missing` or `damaged`, by size and SHA-256."""
        path = self.path(entry)
        if not path.is_file():
            return "missing"
        if path.stat().st_size != entry.bytes or sha256_of(path) != entry.sha256:
            return "damaged"
        return "whole"

    @contextlib.contextmanager
    def at_work(self, entries: list[Entry]) -> Iterator[None]:
        """The folder made, locked and swept for the length of a with block."""
        try:
            if self.work.is_symlink():
                self.work.unlink()
            self.work.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise DiskError(f"{error.filename} is a file; a folder is needed there.") from error
        with lock(self.lock_file):
            for entry in entries:  # what a killed run left; it is made again from the pieces
                self.remove(part_of(self.path(entry)))
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    self.work.rmdir()  # where nothing is left in it

    @contextlib.contextmanager
    def plainly(self, entries: list[Entry]) -> Iterator[None]:
        """Turn what the operating system refuses into a DiskError, and say on any fault what is kept."""
        try:
            yield
        except OSError as error:
            readable = DiskError.from_os(error, self.folder)
            readable.kept = self._kept(entries)
            raise readable from error
        except DownloadError as error:
            error.kept = self._kept(entries)
            raise

    def _kept(self, entries: list[Entry]) -> str:
        """What a new run need not fetch again."""
        with contextlib.suppress(OSError):
            there = sum(self.path(entry).is_file() for entry in entries)
            parts = self.unfinished()
            text = f"Kept: {there} of {len(entries)} files are in place"
            return text + (f", and {megabytes(parts)} of unfinished parts." if parts else ".")
        return ""

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove unfinished bytes that are of no more use."""
        for path in paths:
            self.remove(path)

    def clean(self) -> tuple[int, list[Path]]:
        """Remove all unfinished bytes: how many, and the files that another program holds."""
        before = self.unfinished()
        held = []
        for path in list(self.work.iterdir()):
            try:
                self.remove(path)
            except OSError:
                held.append(path)
        with contextlib.suppress(OSError):
            self.work.rmdir()
        return before - self.unfinished(), held

    def unfinished(self) -> int:
        """Bytes that lie in unfinished pieces."""
        return sum(path.lstat().st_size for path in self.work.glob("*.span")) if self.work.is_dir() else 0

    def check_space(self, needed: int) -> None:
        """DiskError, with the numbers, where fewer than `needed` bytes are free."""
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise DiskError(
                f"Not enough space in {self.folder}: {megabytes(needed)} are needed, "
                f"{megabytes(free)} are free.",
                f"Free {megabytes(needed - free)}, or choose another disk with --dest.",
            )

    def write(self, blocks: Iterable[bytes], entry: Entry) -> None:
        """Write a file beside its place, hashing it; give it its name only if every byte is right.

        VerificationError: other bytes than the manifest's
        """
        digest, count = hashlib.sha256(), 0
        with write_whole(self.path(entry), pause=self.move_pause) as out:
            for block in blocks:
                digest.update(block)
                count += len(block)
                if count > entry.bytes:
                    raise VerificationError(f"{entry.name}: more than {entry.bytes} bytes came.")
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
            if count != entry.bytes:
                raise VerificationError(f"{entry.name}: {count} bytes came in place of {entry.bytes}.")
            if digest.hexdigest() != entry.sha256:
                raise VerificationError(f"{entry.name}: the bytes are not the ones the manifest promises.")

    def move(self, source: Path, target: Path) -> None:
        """Put a finished file in its place."""
        patiently(lambda: source.replace(target), self.move_pause)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        patiently(lambda: path.unlink(missing_ok=True), self.move_pause)


def default_folder() -> Path:
    """CS231N_DATA_DIR, else `datasets/coco_captioning` of the course pack, else that of the current folder."""
    if os.environ.get("CS231N_DATA_DIR"):
        return folder(os.environ["CS231N_DATA_DIR"])
    root = Path(__file__).parents[3]
    return (root if (root / "get_data.py").is_file() else Path.cwd()) / "datasets" / "coco_captioning"


def folder(text) -> Path:
    """A folder as a person writes it, `~` included; UsageError where it means none."""
    if not str(text).strip():
        raise UsageError("The folder's name is empty.", "Name a folder, or leave --dest out.")
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise UsageError(f"{text!s} is no folder: {error}.", "Choose another folder with --dest.") from None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(count: float) -> str:
    """A number of bytes for people: `254 MB`, `0.4 MB`."""
    return f"{count / 1e6:,.0f} MB" if count >= 1e7 else f"{count / 1e6:.1f} MB"
