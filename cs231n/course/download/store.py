"""The destination folder: what is whole in it, what is half done, and how a file gets its name."""

import contextlib
import glob
import hashlib
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from .errors import DiskError, VerificationError
from .manifest import Entry

BLOCK = 1 << 20


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

    def span(self, key: str) -> Path:
        """The place of unfinished bytes; `key` is a file's name, a dot, and what tells its contents."""
        return self.work / f"{key}.span"

    def state(self, entry: Entry) -> str:
        """`whole`, `missing` or `damaged`, by size and SHA-256."""
        path = self.path(entry)
        if not path.is_file():
            return "missing"
        if path.stat().st_size != entry.bytes or sha256_of(path) != entry.sha256:
            return "damaged"
        return "whole"

    def prepare(self) -> None:
        """Make the folders."""
        try:
            self.work.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise DiskError(f"{error.filename} is a file; a folder is needed there.") from error

    def sweep(self, names: Iterable[str]) -> None:
        """Remove the `.part` files that a killed run left; they are made again from the spans."""
        for name in names:
            part_of(self.folder / name).unlink(missing_ok=True)

    def forget(self, name: str) -> None:
        """Remove what is left of earlier ways to a file that is now in place."""
        for path in self.work.glob(f"{glob.escape(name)}.*.span"):
            path.unlink()

    def clean(self) -> int:
        """Remove all unfinished bytes; the number removed."""
        removed = self.unfinished()
        shutil.rmtree(self.work, ignore_errors=True)
        return removed

    def unfinished(self) -> int:
        """Bytes that lie in unfinished spans."""
        return sum(path.stat().st_size for path in self.work.glob("*.span")) if self.work.is_dir() else 0

    def drop_work(self) -> None:
        """Remove the folder of unfinished bytes if nothing is left in it."""
        with contextlib.suppress(OSError):
            self.work.rmdir()

    def check_space(self, needed: int) -> None:
        """DiskError, with the numbers, where fewer than `needed` bytes are free."""
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise DiskError(
                f"Not enough space in {self.folder}: {megabytes(needed)} are needed, "
                f"{megabytes(free)} are free.",
                f"Free {megabytes(needed - free)}, or choose another disk with --dest.",
            )

    def unpack(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, entry: Entry) -> None:
        """Inflate a member into `.part`, hashing it; give it its name only if every byte is right.

        VerificationError: damaged in the archive, or other bytes than the manifest's
        """
        part = part_of(self.path(entry))
        digest, count = hashlib.sha256(), 0
        try:
            with part.open("wb") as out:
                with archive.open(info) as member:
                    while block := member.read(BLOCK):
                        digest.update(block)
                        count += len(block)
                        out.write(block)
                out.flush()
                os.fsync(out.fileno())
            if count != entry.bytes:
                raise VerificationError(f"{entry.name}: {count} bytes came in place of {entry.bytes}.")
            if digest.hexdigest() != entry.sha256:
                raise VerificationError(f"{entry.name}: the bytes are not the ones the manifest promises.")
            self.move(part, self.path(entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise VerificationError(f"{entry.name} is damaged in the archive ({error}).") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def move(self, source: Path, target: Path) -> None:
        """Put a finished file in its place; tried again while another program holds that place."""
        for attempt in range(6):
            try:
                source.replace(target)
                return
            except PermissionError:
                if attempt == 5:
                    raise
                time.sleep(self.move_pause * 2**attempt)


def default_folder() -> Path:
    """`datasets/coco_captioning` of the course pack, or of the current folder where the pack is installed."""
    root = Path(__file__).parents[3]
    return (root if (root / "get_data.py").is_file() else Path.cwd()) / "datasets" / "coco_captioning"


def part_of(path: Path) -> Path:
    """Where a file is written before it is known to be right."""
    return path.with_name(path.name + ".part")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(count: float) -> str:
    """A number of bytes for people: `254 MB`, `0.4 MB`."""
    return f"{count / 1e6:,.0f} MB" if count >= 1e7 else f"{count / 1e6:.1f} MB"
