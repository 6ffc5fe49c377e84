"""A zip archive that is not here: its directory and its members, read through a window of ranges.

`zipfile` does the reading. It is given an object that looks like the whole archive; the bytes come from
the pieces that lie on disk or in memory, and small reads outside them are fetched.
"""

import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from .errors import VerificationError
from .manifest import Entry, Manifest

TAIL = 1 << 16
LARGEST_READ = 1 << 24  # a directory beyond this is not one of ours
HEADER = 30 + 2 * 0xFFFF + 24  # the most that may stand around a member's bytes: header, names, descriptor


@dataclass(frozen=True)
class Member:
    """A wanted file inside the archive and the span of archive bytes that holds it."""

    entry: Entry
    info: zipfile.ZipInfo
    start: int
    end: int

    @property
    def key(self) -> str:
        """What the span holds: the same only where name, CRC-32, size and length are the same."""
        return f"{self.entry.name}.{self.info.CRC:08x}-{self.info.file_size}-{self.end - self.start}"


class Window:
    """A read-only file of `size` bytes whose bytes come from pieces, or from `fetch(start, end)`."""

    def __init__(self, size: int, fetch: Callable[[int, int], bytes]):
        self.size = size
        self.fetch = fetch
        self.position = 0
        self.span = None  # (start, end, open file) while a member is read: nothing is fetched then
        self.tail_start = max(0, size - TAIL)
        self.tail = fetch(self.tail_start, size)

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + (0, self.position, self.size)[whence]
        if self.position < 0:
            raise OSError(22, "seek before the first byte")
        return self.position

    def read(self, count: int = -1) -> bytes:
        end = self.size if count is None or count < 0 else min(self.size, self.position + count)
        data = b""
        while self.position < end:
            piece = self._piece(self.position, end)
            if not piece:
                break
            data += piece
            self.position += len(piece)
        return data

    def _piece(self, start: int, end: int) -> bytes:
        if self.span:
            first, last, file = self.span
            if not first <= start < last:
                return b""
            file.seek(start - first)
            return file.read(min(end, last) - start)
        if start >= self.tail_start:
            return self.tail[start - self.tail_start : end - self.tail_start]
        if end - start > LARGEST_READ:
            raise zipfile.BadZipFile(f"{end - start} bytes of directory")
        return self.fetch(start, min(end, self.tail_start))


def open_archive(file) -> zipfile.ZipFile:
    """The archive in `file` (a path or a file object); VerificationError where it is not one."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise VerificationError(
            f"This is not a whole zip archive, perhaps half of one: the list of its files is damaged ({error}).",
        ) from error


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
        end = min(following.get(start, archive.start_dir), start + info.compress_size + HEADER)
        if not 0 <= start < end:
            raise VerificationError(f"The archive's list of files is damaged at {name}.")
        found.append(Member(entry, info, start, end))
    return sorted(found, key=lambda member: member.start)
