"""The whole way: look at the disk, fetch only what is not right there, verify, put in place."""

from dataclasses import dataclass
from pathlib import Path

from .archive import Member, Window, find_members, open_archive
from .errors import DownloadError, NetworkError, VerificationError
from .http_faults import Changed, NoRanges
from .manifest import Entry, Manifest
from .remote import Policy, Remote
from .report import Report
from .spans import fetch_span, fetch_whole, held, whole_span
from .store import Store, megabytes
from .workplace import plainly, working_in

TIMES_CHANGED = 3
WHOLE = "archive"  # the name its span goes by


@dataclass(frozen=True)
class Wish:
    """What is asked for, and how to get it."""

    entries: list[Entry]
    urls: tuple[str, ...]
    zip_path: Path | None = None  # an archive on this disk; no network then
    full: bool = False  # the whole archive, not the members' spans
    force: bool = False  # fetch again what is whole
    keep_zip: bool = False  # keep the archive beside the files


class Download:
    """One run into one folder: `run` returns when every file asked for is in place, or raises."""

    def __init__(self, manifest: Manifest, wish: Wish, store: Store, policy: Policy, report: Report):
        self.manifest, self.wish, self.store = manifest, wish, store
        self.policy, self.report = policy, report
        self.left = list(wish.entries)
        self.faults: list[DownloadError] = []

    def run(self) -> None:
        """Bring what is not whole. Where all is whole, nothing is written and nobody is asked.

        DownloadError: see its kinds in errors.py; `kept` says what need not be fetched again
        """
        with plainly(self.store, self.wish.entries):
            if not self.wish.force:
                self._look()
            if self.left:
                with working_in(self.store, self.wish.entries, self.report):
                    self._bring()

    def _look(self) -> None:
        states = {entry.name: self.store.state(entry) for entry in self.wish.entries}
        self.report.found(states)
        self.left = [entry for entry in self.left if states[entry.name] != "whole"]

    def _bring(self) -> None:
        if not self.wish.force:  # another run may have brought some before this one held the lock
            states = {entry: self.store.state(entry) for entry in self.left}
            self.left = [entry for entry in self.left if states[entry] != "whole"]
            self._remove([entry for entry in self.left if states[entry] == "damaged"])
        path = self.wish.zip_path or (None if self.wish.force else self._archive_nearby())
        if path:
            self.report.note(f"Taking the files out of {path}.")
            try:
                self._unpack_from(path)
            except VerificationError as fault:
                self.faults.append(fault)
        if not self.wish.zip_path:
            self.faults.clear()  # an archive that happened to lie there promised nothing
            for url in self.wish.urls:
                if self.left:
                    self._from_address(url)
        for entry in set(self.wish.entries).difference(self.left):
            self.store.forget(entry.name)
        if self.left:
            raise self._summary()
        self.store.forget(WHOLE)

    def _remove(self, damaged: list[Entry]) -> None:
        """Damaged files go before anything else is tried: what has the name must be the file."""
        for entry in damaged:
            self.store.path(entry).unlink()
            self.report.note(f"{entry.name} is not whole; it is removed and brought again.")

    def _archive_nearby(self) -> Path | None:
        """An archive of the right size that --keep-zip or the old shell script left."""
        for folder in (self.store.folder, self.store.folder.parent):
            path = folder / self.manifest.archive_name
            if path.is_file() and path.stat().st_size == self.manifest.bytes:
                return path
        return None

    def _from_address(self, url: str) -> None:
        self.report.note(f"Asking {url}")
        full, ranges = self.wish.full, True
        try:
            with Remote(url, self.policy, self.report.note) as remote:
                for _ in range(TIMES_CHANGED):
                    try:
                        remote.probe()
                        remote.ranges = remote.ranges and ranges
                        if full or not remote.ranges:
                            self._whole(remote)
                        else:
                            self._members(remote)
                        return
                    except Changed:
                        self.report.note("The archive on the server has changed; looking at it again.")
                    except NoRanges:
                        self.report.note("The server cannot send parts of the archive; fetching all of it.")
                        ranges = False
            raise NetworkError("the archive on the server changes again and again")
        except NetworkError as fault:
            self.faults.append(type(fault)(f"{url}: {fault.what}.", fault.next_step))
            self.report.note(f"{fault.what[0].upper()}{fault.what[1:]}.")
        except VerificationError as fault:
            self.faults.append(fault)
            self.report.note(fault.what)
        finally:
            self.report.close()

    def _members(self, remote: Remote) -> None:
        """The wanted members only, each as one span of the remote archive."""

        def fetch(start: int, end: int) -> bytes:
            data = bytearray()
            remote.stream(start, end, data.extend)
            return bytes(data)

        window = Window(remote.size, fetch)
        with open_archive(window) as archive:
            members = find_members(archive, self.manifest, self.left)
            spans = {member: self.store.span(member.key) for member in members}
            lengths = [member.end - member.start for member in members]
            here = sum(held(spans[m], length) for m, length in zip(members, lengths, strict=True))
            files = sum(member.entry.bytes for member in members)
            self.store.check_space(files + max(lengths) - min(here, max(lengths)))
            self.report.note(
                f"Fetching {megabytes(sum(lengths) - here)} for {len(members)} files into {self.store.folder}."
            )
            self.report.begin(sum(lengths), here)
            for member in members:
                self._member(remote, window, archive, member, spans[member])

    def _member(self, remote: Remote, window: Window, archive, member: Member, path: Path) -> None:
        """One member: its span to disk, then out of the span into place; damaged kept bytes are replaced."""
        while True:
            resumed = fetch_span(remote, member.start, member.end, path, self.report)
            try:
                with path.open("rb") as file:
                    window.span = (member.start, member.end, file)
                    self._unpack(archive, member)
                    fault = None
            except VerificationError as error:
                fault = error
            finally:
                window.span = None
            path.unlink()
            if fault is None:
                return
            if not resumed:
                self.faults.append(fault)
                self.report.file(member.entry.name, "failed")
                return
            self.report.note(f"{member.entry.name}: the kept bytes were damaged; fetching them again.")
            self.report.advance(member.start - member.end)

    def _whole(self, remote: Remote) -> None:
        """The whole archive first, then the files out of it."""
        while True:
            path = whole_span(self.store, remote, WHOLE)
            size = remote.size or self.manifest.bytes or 0
            here = held(path, size) if remote.ranges else 0
            self.store.check_space(size - here + sum(entry.bytes for entry in self.left))
            resumed = fetch_whole(remote, path, self.report)
            self.report.close()
            before = len(self.faults)
            try:
                self._unpack_from(path)
            except VerificationError as fault:
                self.faults.append(fault)
            if not self.left and self.wish.keep_zip:
                self.store.move(path, self.store.folder / self.manifest.archive_name)
                return
            path.unlink()
            if not self.left or not resumed:
                return
            del self.faults[before:]
            self.report.note("The kept bytes were damaged; fetching the archive again.")

    def _unpack_from(self, path: Path) -> None:
        """The files out of an archive on this disk."""
        with open_archive(path) as archive:
            members = find_members(archive, self.manifest, self.left)
            self.store.check_space(sum(member.entry.bytes for member in members))
            for member in members:
                try:
                    self._unpack(archive, member)
                except VerificationError as fault:
                    self.faults.append(fault)
                    self.report.file(member.entry.name, "failed")

    def _unpack(self, archive, member: Member) -> None:
        self.store.unpack(archive, member.info, member.entry)
        self.left.remove(member.entry)
        self.report.file(member.entry.name, "fetched")

    def _summary(self) -> DownloadError:
        """All faults as one error; of the first verification fault's kind, if there is one."""
        kind = next((f for f in self.faults if isinstance(f, VerificationError)), self.faults[-1])
        what = "\n".join(dict.fromkeys(fault.what for fault in self.faults))
        if self.wish.zip_path:
            return type(kind)(what, "Run get_data.py without --zip to fetch what is missing.")
        return type(kind)(what, kind.next_step)
