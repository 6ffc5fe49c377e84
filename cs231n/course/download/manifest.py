"""The list of files, with the size and SHA-256 each must have, and where they come from."""

import json
import re
from collections import namedtuple
from pathlib import Path

from cs231n.language import tr

from .errors import UsageError

COCO = Path(__file__).with_name("coco_manifest.json")
SLACK = 1 << 24  # what an archive may hold beside its files: headers, its directory, other small files
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]|^[. ]|[. ]$|\.part$|^$|.{201}', re.IGNORECASE)
Entry = namedtuple("Entry", "name bytes sha256")


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
            if len({name.casefold() for name in self.files}) < len(self.files):
                raise ValueError(tr("two names differ only in upper and lower case"))
            all_bytes = sum(one.bytes for one in self.files.values())
        except OSError as error:
            raise UsageError(
                tr("The manifest {path} cannot be read: {reason}.", path, error.strerror)
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise UsageError(
                tr("The manifest {path} is not of the right form ({what}).", path, what)
            ) from error
        self.archive_name = self.urls[0].rsplit("/", 1)[-1]
        self.largest_archive = max(self.bytes, all_bytes) + SLACK  # what is longer is another file
        self.choose()

    def choose(self, only=None, all_files=False):
        """The entries asked for: those named in `only`, or all, or the needed ones; UsageError: no such name."""
        names = only or (self.files if all_files else self.needed)
        unknown = ", ".join(name for name in names if name not in self.files)
        if unknown:
            names = tr("The names are: {names}.", ", ".join(self.files))
            raise UsageError(tr("No such file in the archive: {unknown}.", unknown), names)
        return [self.files[name] for name in dict.fromkeys(names)]


def addresses(urls):
    """The addresses, at least one, each http or https; UsageError otherwise."""
    urls = (urls,) if isinstance(urls, str) else tuple(urls)
    if not urls or not all(re.match("https?://.", url) for url in urls):
        raise UsageError(
            tr("Addresses begin with https:// or http://; given: {urls}.", ", ".join(urls) or tr("none"))
        )
    return urls
