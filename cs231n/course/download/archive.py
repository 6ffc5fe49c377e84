"""The members of a zip archive of which only some stretches are here; `zipfile` does the reading."""

import contextlib
import io
import zipfile
from collections import namedtuple

from cs231n.language import noted, tr

from .errors import DownloadError, VerificationError

BLOCK = 1 << 20
ANOTHER = noted("The archive is another one than the manifest's: check the address or the archive.")
Member = namedtuple("Member", "entry info start end")  # a wanted file, and the archive's bytes that hold it


class Window(io.RawIOBase):
    """A read-only file of `size` bytes; `read_at(start, end)` gives some of the bytes from `start` on."""

    readable = seekable = lambda self: True

    def __init__(self, size, read_at):
        self.size, self.read_at, self.position = size, read_at, 0

    def seek(self, offset, whence=0):
        self.position = max(0, offset + (0, self.position, self.size)[whence])
        return self.position

    def readinto(self, buffer):
        end = min(self.size, self.position + len(buffer))
        data = self.read_at(self.position, end) if self.position < end else b""
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


def open_archive(file):
    """The archive in `file` (a path or a Window); VerificationError where it is not one."""
    with readable(
        tr("This is not a whole zip archive, perhaps half of one: the list of its files is damaged")
    ):
        return zipfile.ZipFile(io.BufferedReader(file, BLOCK) if isinstance(file, Window) else file)


def blocks_of(archive, member):
    """A member's bytes, inflated, in blocks; VerificationError where they cannot be read."""
    with (
        readable(tr("{name} is damaged in the archive", member.entry.name)),
        archive.open(member.info) as file,
    ):
        while block := file.read(BLOCK):
            yield block


@contextlib.contextmanager
def readable(what):
    """Whatever a damaged archive brings the decoders to raise is a VerificationError; a full disk is not."""
    try:
        yield
    except Exception as error:
        if isinstance(error, DownloadError) or getattr(error, "errno", None) is not None:
            raise
        raise VerificationError(f"{what} ({str(error)[:200] or type(error).__name__}).") from error


def find_members(archive, manifest, entries):
    """Where the wanted files lie: Members in the archive's order.

    VerificationError: one is missing, or has another size than the manifest's
    """
    starts = sorted({info.header_offset for info in archive.infolist()} | {archive.start_dir})
    following = dict(zip(starts, starts[1:], strict=False))
    found = []
    for entry in entries:
        name = manifest.prefix + entry.name
        info = archive.NameToInfo.get(name)
        if info is None or info.file_size != entry.bytes:
            has = tr("The archive has no {name}", name)
            if info:
                has = tr("The archive has {size} bytes of {name}", info.file_size, name)
            what = tr("{has}; the manifest names {size} bytes.", has, entry.bytes)
            raise VerificationError(what, tr(ANOTHER))
        start, end = info.header_offset, following.get(info.header_offset, 0)
        if not 0 <= start < end:
            raise VerificationError(tr("The archive's list of files is damaged at {name}.", name))
        found.append(Member(entry, info, start, end))
    return sorted(found, key=lambda member: member.start)


def unpacked(entry, folder, manifest):
    """Where a file lies in a folder into which the archive was unpacked; None where it does not."""
    places = folder / manifest.prefix / entry.name, folder / entry.name
    return next((place for place in places if place.is_file()), None)
