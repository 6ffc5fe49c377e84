"""A zip archive that is not here: its directory and its members, read through a window of ranges.

`zipfile` does the reading. It is given an object that looks like the whole archive; the bytes come from
the pieces that lie on disk, and small reads outside them are fetched.
"""

import contextlib
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .connections import Piece
from .errors import DownloadError, VerificationError
from .manifest import Entry, Manifest

BLOCK = 1 << 20
TAIL = 1 << 16
LARGEST_READ = 1 << 24  # a directory beyond this is not one of ours
HEADER = 30 + 2 * 0xFFFF + 24  # the most that may stand around a member's bytes: header, names, descriptor


@dataclass(frozen=True)
class Member:
    """A wanted file inside the archive and the stretch of archive bytes that holds it."""

    entry: Entry
    info: zipfile.ZipInfo
    start: int
    end: int

    @property
    def key(self) -> str:
        """What its pieces hold: the same only where name, CRC-32, size and length are the same."""
        return f"{self.entry.name}.{self.info.CRC:08x}-{self.info.file_size}-{self.end - self.start}"


class Window:
    """A read-only file of `size` bytes: out of pieces on disk where there are some, else `fetch(start, end)`."""

    def __init__(self, size: int, fetch: Callable[[int, int], bytes] | None = None, pieces: list[Piece] = ()):
        self.size = size
        self.fetch = fetch
        self.pieces = list(pieces)  # while there are some, nothing is fetched
        self.open_piece = (None, None)
        self.position = 0
        self.tail_start = max(0, size - TAIL)
        self.tail = fetch(self.tail_start, size) if fetch else b""

    @contextlib.contextmanager
    def through(self, pieces: list[Piece]) -> Iterator[None]:
        """Read out of these pieces for the length of a with block."""
        self.pieces = pieces
        try:
            yield
        finally:
            self.pieces = []
            self.close()

    def close(self) -> None:
        """Close the piece that was read last."""
        if self.open_piece[1]:
            self.open_piece[1].close()
        self.open_piece = (None, None)

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + (0, self.position, self.size)[whence]
        if self.position < 0:
            raise OSError("seek before the first byte")
        return self.position

    def read(self, count: int = -1) -> bytes:
        end = self.size if count is None or count < 0 else min(self.size, self.position + count)
        data = b""
        while self.position < end:
            some = self._some(self.position, end)
            if not some:
                break
            data += some
            self.position += len(some)
        return data

    def _some(self, start: int, end: int) -> bytes:
        if self.pieces:
            return self._from_disk(start, end)
        if start >= self.tail_start:
            return self.tail[start - self.tail_start : end - self.tail_start]
        if end - start > LARGEST_READ:
            raise zipfile.BadZipFile(f"{end - start} bytes of directory")
        return self.fetch(start, min(end, self.tail_start))

    def _from_disk(self, start: int, end: int) -> bytes:
        piece = next((piece for piece in self.pieces if piece.start <= start < piece.end), None)
        if piece is None:
            return b""
        if self.open_piece[0] != piece:
            self.close()
            self.open_piece = (piece, piece.path.open("rb"))
        file = self.open_piece[1]
        file.seek(start - piece.start)
        return file.read(min(end, piece.end) - start)


def open_archive(file) -> zipfile.ZipFile:
    """The archive in `file` (a path or a file object); VerificationError where it is not one."""
    with readable("This is not a whole zip archive, perhaps half of one: the list of its files is damaged"):
        return zipfile.ZipFile(file)


def blocks_of(archive: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """A member's bytes, inflated, in blocks; VerificationError where they cannot be read."""
    what = f"{member.entry.name} is damaged in the archive"
    with readable(what):
        file = archive.open(member.info)
    with file:
        while True:
            with readable(what):
                block = file.read(BLOCK)
            if not block:
                return
            yield block


@contextlib.contextmanager
def readable(what: str) -> Iterator[None]:
    """Whatever a damaged archive brings the decoders to raise is a VerificationError; a full disk is not."""
    try:
        yield
    except DownloadError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise VerificationError(f"{what} ({str(error)[:200] or type(error).__name__}).") from error


def find_members(archive: zipfile.ZipFile, manifest: Manifest, entries: list[Entry]) -> list[Member]:
    """Where the wanted files lie, in the archive's order.

    VerificationError: one is missing, has another size than the manifest's, or is not a plain file
    """
    starts = sorted({info.header_offset for info in archive.infolist()} | {archive.start_dir})
    following = dict(zip(starts, starts[1:], strict=False))
    found = []
    for entry in entries:
        name = manifest.prefix + entry.name
        try:
            info = archive.getinfo(name)
        except KeyError:
            raise VerificationError(
                f"The archive has no {name}: it is another one than the manifest's.",
                "Check the address or the archive.",
            ) from None
        if info.file_size != entry.bytes:
            raise VerificationError(
                f"{name} has {info.file_size} bytes in the archive, {entry.bytes} in the manifest.",
                "The archive is another one than the manifest's: check the address or the archive.",
            )
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            raise VerificationError(f"{name} is a link or is encrypted in the archive; a file is expected.")
        start = info.header_offset
        longest = HEADER + min(info.compress_size, entry.bytes + entry.bytes // 1000 + 1024)  # none is longer
        end = min(following.get(start, archive.start_dir), start + longest)
        if not 0 <= start < end:
            raise VerificationError(f"The archive's list of files is damaged at {name}.")
        found.append(Member(entry, info, start, end))
    return sorted(found, key=lambda member: member.start)
