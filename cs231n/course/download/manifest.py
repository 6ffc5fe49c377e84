"""The list of files, with the size and SHA-256 each must have, and where they come from."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import UsageError

COCO = Path(__file__).with_name("coco_manifest.json")

SLACK = 1 << 24  # what an archive may hold beside its files: headers, its directory, other small files
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]|^[. ]|[. ]$|\.part$', re.IGNORECASE)
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One file: its name, bytes and SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """An archive, the files inside it, and the ones needed."""

    urls: tuple[str, ...]
    bytes: int | None
    prefix: str
    files: dict[str, Entry]
    needed: tuple[str, ...]

    @property
    def archive_name(self) -> str:
        """The archive's file name, as the last part of its first address."""
        return self.urls[0].rsplit("/", 1)[-1]

    @property
    def largest_archive(self) -> int:
        """More bytes than this no archive of these files has: a server that sends more is not believed."""
        return max(self.bytes or 0, sum(entry.bytes for entry in self.files.values())) + SLACK

    def choose(self, only=None, all_files=False) -> list[Entry]:
        """The entries asked for: those named in `only`, or all, or the needed ones.

        UsageError: a name that the manifest does not have.
        """
        names = only or (list(self.files) if all_files else self.needed)
        unknown = [name for name in names if name not in self.files]
        if unknown:
            raise UsageError(
                f"No such file in the archive: {', '.join(unknown)}.",
                f"The names are: {', '.join(self.files)}.",
            )
        return [self.files[name] for name in dict.fromkeys(names)]


def load_manifest(path=COCO) -> Manifest:
    """Read and check a manifest.

    path: a JSON file with `archive`, `files` and `needed_by_the_notebooks`
    UsageError: not readable, not of that form, or a file name that is not safe on every system
    """
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
        archive = raw["archive"]
        files = {name: entry(name, facts) for name, facts in raw["files"].items()}
        manifest = Manifest(
            urls=addresses(archive["urls"]),
            bytes=archive.get("bytes"),
            prefix=archive.get("prefix", ""),
            files=files,
            needed=tuple(raw.get("needed_by_the_notebooks", files)),
        )
    except OSError as error:
        raise UsageError(f"The manifest {path} cannot be read: {error.strerror}.", "") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise UsageError(f"The manifest {path} is not of the right form ({what}).", "") from error
    for one in files.values():
        if (
            not isinstance(one.bytes, int)
            or one.bytes < 0
            or not re.fullmatch("[0-9a-f]{64}", one.sha256 or "")
        ):
            raise UsageError(f"The manifest {path} gives no size and SHA-256 for {one.name}.", "")
    every = [name.casefold() for name in files]
    if len(set(every)) < len(every):
        raise UsageError(f"The manifest {path} has two names that differ only in upper and lower case.", "")
    manifest.choose()
    return manifest


def entry(name: str, facts: dict) -> Entry:
    """One entry, its name checked: a plain file name on Windows, macOS and Linux."""
    if FORBIDDEN.search(name) or DEVICES.match(name) or not 0 < len(name.encode()) <= 200:
        raise UsageError(f"The manifest has a file name that is not safe to write: {name!r}.", "")
    return Entry(name, facts["bytes"], facts["sha256"])


def addresses(urls) -> tuple[str, ...]:
    """The addresses, at least one, each http or https; UsageError otherwise."""
    urls = (urls,) if isinstance(urls, str) else tuple(urls)
    if not urls or not all(re.match("https?://.", url) for url in urls):
        raise UsageError(f"Addresses begin with https:// or http://; given: {', '.join(urls) or 'none'}.", "")
    return urls
