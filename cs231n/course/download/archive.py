"""The archive: the list of files it must hold, and those files, read where only some stretches of it are here."""

import contextlib
import io
import json
import re
import zipfile
from collections import namedtuple
from itertools import pairwise
from pathlib import Path

from cs231n.language import tr

from .errors import DownloadError, UsageError, VerificationError

COCO = Path(__file__).with_name("coco_manifest.json")
SLACK = 1 << 24  # what an archive may hold beside its files: headers, its directory, other small files
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]|^[. ]|[. ]$|\.part$|^$|.{201}', re.IGNORECASE)
BLOCK = 1 << 20
Entry = namedtuple("Entry", "name bytes sha256")
Member = namedtuple("Member", "entry info start end")  # a wanted file, and the archive's bytes that hold it


class Manifest:
    """An archive (`urls`, `bytes`, `prefix`), the `files` inside it by name, and the names `needed`.

    path: a JSON file with `archive`, `files` and `needed_by_the_notebooks`
    UsageError: not readable, not of that form, or a file name that is not safe to write
    """

    def __init__(self, path=COCO):
        try:
            raw = json.loads(Path(path).read_text(encoding="utf-8"))
            archive = raw["archive"]
            self.urls, self.bytes = addresses(archive["urls"]), archive.get("bytes") or 0
            self.prefix = archive.get("prefix", "")
            self.files = {n: Entry(n, facts["bytes"], facts["sha256"]) for n, facts in raw["files"].items()}
            self.needed = tuple(raw.get("needed_by_the_notebooks", self.files))
            for one in self.files.values():
                if UNSAFE.search(one.name):
                    raise ValueError(tr("a file name that is not safe to write: {name!r}", one.name))
                if one.bytes < 0 or not re.fullmatch("[0-9a-f]{64}", one.sha256):
                    raise ValueError(tr("no size and SHA-256 for {name}", one.name))
            all_bytes = sum(one.bytes for one in self.files.values())
        except OSError as error:
            what = tr("The manifest {path} cannot be read: {reason}.", path, error.strerror)
            raise UsageError(what) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            fault = f"{type(error).__name__}: {error}"
            what = tr("The manifest {path} is not of the right form ({what}).", path, fault)
            raise UsageError(what) from error
        self.archive_name = self.urls[0].rsplit("/", 1)[-1]
        self.largest_archive = max(self.bytes, all_bytes) + SLACK  # what is longer is another file
        self.choose()

    def choose(self, only=None, all_files=False):
        """The entries asked for: those named in `only`, or all, or the needed ones; UsageError: no such name."""
        names = only or (self.files if all_files else self.needed)
        if unknown := ", ".join(name for name in names if name not in self.files):
            step = tr("The names are: {names}.", ", ".join(self.files))
            raise UsageError(tr("No such file in the archive: {unknown}.", unknown), step)
        return [self.files[name] for name in dict.fromkeys(names)]

    def members(self, archive, entries):
        """Where the wanted files lie in the open archive: Members in its order.

        VerificationError: one is missing, or has another size than the manifest's
        """
        starts = {info.header_offset for info in archive.infolist()} | {archive.start_dir}
        following, found = dict(pairwise(sorted(starts))), []
        for entry in entries:
            name = self.prefix + entry.name
            info = archive.NameToInfo.get(name)
            if info is None or info.file_size != entry.bytes:
                step = tr("The archive is another one than the manifest's: check the address or the archive.")
                raise VerificationError(
                    tr("The archive has no {name} of {size} bytes.", name, entry.bytes), step
                )
            start, end = info.header_offset, following.get(info.header_offset, 0)
            if not 0 <= start < end:
                raise VerificationError(tr("The archive's list of files is damaged at {name}.", name))
            found.append(Member(entry, info, start, end))
        return sorted(found, key=lambda member: member.start)

    def unpacked(self, entry, folder):
        """Where a file lies in a folder into which the archive was unpacked; None where it does not."""
        places = folder / self.prefix / entry.name, folder / entry.name
        return next((place for place in places if place.is_file()), None)


def addresses(urls):
    """The addresses, at least one, each http or https; UsageError otherwise."""
    urls = (urls,) if isinstance(urls, str) else tuple(urls)
    if not urls or not all(re.match("https?://.", url) for url in urls):
        given = ", ".join(urls) or tr("none")
        raise UsageError(tr("Addresses begin with https:// or http://; given: {urls}.", given))
    return urls


class Window(io.RawIOBase):
    """A read-only file of `size` bytes; `read_at(start, end)` gives some of the bytes from `start` on."""

    readable = seekable = lambda self: True

    def __init__(self, size, read_at):
        self.size, self.read_at, self.position = size, read_at, 0

    def seek(self, offset, whence=0):
        self.position = max(0, offset + (0, self.position, self.size)[whence])
        return self.position

    def readinto(self, buffer):
        data = self.read_at(self.position, min(self.size, self.position + len(buffer)))
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


def open_archive(file):
    """The archive in `file` (a path or a Window); VerificationError where it is not one."""
    what = tr("This is not a whole zip archive, perhaps half of one: the list of its files is damaged")
    with readable(what):
        return zipfile.ZipFile(io.BufferedReader(file, BLOCK) if isinstance(file, Window) else file)


def blocks_of(archive, member):
    """A member's bytes, inflated, in blocks; VerificationError where they cannot be read."""
    what = tr("{name} is damaged in the archive", member.entry.name)
    with readable(what), archive.open(member.info) as file:
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
