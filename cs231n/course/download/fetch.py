"""The whole way: look at the disk, fetch only what is not right there, verify, put in place."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .archive import Member, Window, blocks_of, find_members, open_archive
from .connections import PIECE, Connections, Piece, in_pieces
from .errors import DownloadError, NetworkError, VerificationError
from .http_faults import Changed, NoRanges
from .manifest import Entry, Manifest
from .remote import Policy, Remote
from .report import Report
from .store import Store, megabytes

TIMES_CHANGED = 3
WHOLE = "archive"  # the name its pieces go by


@dataclass(frozen=True)
class Wish:
    """What is asked for, and how to get it."""

    entries: list[Entry]
    urls: tuple[str, ...]
    zip_path: Path | None = None  # an archive on this disk; no network then
    full: bool = False  # the whole archive, not the members' stretches
    force: bool = False  # fetch again what is whole
    keep_zip: bool = False  # keep the archive beside the files


class Download:
    """One run into one folder: `run` returns when every file asked for is in place, or raises."""

    def __init__(self, manifest: Manifest, wish: Wish, store: Store, policy: Policy, report: Report):
        self.manifest, self.wish, self.store = manifest, wish, store
        self.policy, self.report = policy, report
        self.left = list(wish.entries)
        self.faults: list[DownloadError] = []
        self.fetched_again: set[Member | None] = set()

    def run(self) -> None:
        """Bring what is not whole. Where all is whole, nothing is written and nobody is asked.

        DownloadError: see its kinds in errors.py; `kept` says what need not be fetched again
        """
        with self.store.plainly(self.wish.entries):
            if not self.wish.force:
                self.look()
            if self.left:
                with self.store.at_work(self.wish.entries):
                    try:
                        self._bring()
                    finally:
                        self.report.close()

    def look(self) -> dict[Entry, str]:
        """What lies on the disk: each file `whole`, `missing` or `damaged`. What is whole is done."""
        states = {entry: self.store.state(entry) for entry in self.left}
        self.report.found({entry.name: state for entry, state in states.items()})
        self.left = [entry for entry in self.left if states[entry] != "whole"]
        return states

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
            for number, url in enumerate(self.wish.urls, 1):
                if self.left:
                    self._from_address(url, last=number == len(self.wish.urls))
        for entry in set(self.wish.entries).difference(self.left):
            self.store.forget(self.store.pieces(entry.name))
        if self.left:
            raise self._summary()
        self.store.forget(self.store.pieces(WHOLE))

    def _remove(self, damaged: list[Entry]) -> None:
        """Damaged files go before anything else is tried: what has the name must be the file."""
        for entry in damaged:
            self.store.remove(self.store.path(entry))
            self.report.note(f"{entry.name} is not whole; it is removed and brought again.")

    def _archive_nearby(self) -> Path | None:
        """An archive of the right size that --keep-zip or the old shell script left."""
        for folder in (self.store.folder, self.store.folder.parent):
            path = folder / self.manifest.archive_name
            if path.is_file() and path.stat().st_size == self.manifest.bytes:
                return path
        return None

    def _from_address(self, url: str, last: bool) -> None:
        self.report.note(f"Asking {url}")
        full, ranges = self.wish.full, True
        before = len(self.faults)
        try:
            with Remote(url, self.policy, self.report.note) as remote:
                for _ in range(TIMES_CHANGED):
                    try:
                        remote.probe()
                        remote.ranges = remote.ranges and ranges
                        self._check_size(remote)
                        if not remote.ranges:
                            self._whole_from_the_first_byte(remote)
                        elif full:
                            self._whole(remote)
                        else:
                            self._members(remote)
                        return
                    except Changed as change:
                        del self.faults[before:]  # they were of another version of the archive
                        self.report.note(
                            str(change) or "The archive on the server has changed; looking again."
                        )
                    except NoRanges:
                        self.report.note("The server cannot send parts of the archive; fetching all of it.")
                        ranges = False
            raise NetworkError("the archive on the server changes again and again")
        except NetworkError as fault:
            self._note(type(fault)(f"{url}: {fault.what}.", fault.next_step), last)
        except VerificationError as fault:
            self._note(fault, last)
        finally:
            self.report.close()

    def _note(self, fault: DownloadError, last: bool) -> None:
        """Remember a fault; say it now only where something else is tried, for the end says it too."""
        self.faults.append(fault)
        if not last:
            self.report.note(fault.what)

    def _check_size(self, remote: Remote) -> None:
        if remote.size and remote.size > self.manifest.largest_archive:
            raise NetworkError(
                f"it has {megabytes(remote.size)} there, and the archive cannot have more than "
                f"{megabytes(self.manifest.largest_archive)}: this is another file"
            )

    def _members(self, remote: Remote) -> None:
        """The wanted members only, each as one stretch of the remote archive."""

        def fetch(start: int, end: int) -> bytes:
            data = bytearray()
            remote.stream(start, end, data.extend)
            return bytes(data)

        window = Window(remote.size, fetch)
        with open_archive(window) as archive:
            members = find_members(archive, self.manifest, self.left)
            pieces = {member: self._pieces(member.key, member.start, member.end) for member in members}
            for member, own in pieces.items():  # what was kept of another version is of no use
                self.store.forget(set(self.store.pieces(member.entry.name)) - {piece.path for piece in own})

            def unpack(member: Member) -> None:
                with window.through(pieces[member]):
                    self._unpack(archive, member)

            files = sum(member.entry.bytes for member in members)
            self._fetch(remote, pieces, files, f"{len(members)} files", unpack)

    def _whole(self, remote: Remote) -> None:
        """The whole archive first, then the files out of it."""
        pieces = self._pieces(f"{WHOLE}.{remote.size}", 0, remote.size)
        self.store.forget(set(self.store.pieces(WHOLE)) - {piece.path for piece in pieces})

        def unpack(_) -> None:
            window = Window(remote.size, pieces=pieces)
            try:
                self._unpack_from(window)
                if not self.left and self.wish.keep_zip:
                    self._keep(window)
            finally:
                window.close()

        files = sum(entry.bytes for entry in self.left)
        self._fetch(remote, {None: pieces}, files, "the archive", unpack)

    def _pieces(self, key: str, start: int, end: int) -> list[Piece]:
        name = key if key.startswith(WHOLE) else key.rsplit(".", 1)[0]
        return in_pieces(name, start, end, lambda number: self.store.piece(key, number))

    def _fetch(
        self, remote, pieces: dict[Member | None, list[Piece]], files: int, what: str, unpack: Callable
    ):
        """Bring the pieces of all; unpack each (a member, or None for the archive) when its last piece is here.

        Changed: the bytes are wrong, and some were kept from an earlier run or came in several versions
        """
        held = {member: sum(piece.held() for piece in own) for member, own in pieces.items()}
        total = sum(piece.end - piece.start for own in pieces.values() for piece in own)
        here = sum(held.values())
        largest = max(sum(piece.end - piece.start for piece in own) for own in pieces.values())
        ahead = self.policy.connections * PIECE  # pieces of the next files that come while one is unpacked
        self.store.check_space(files + min(total - here, largest + ahead))
        self.report.note(f"Fetching {megabytes(total - here)} for {what} into {self.store.folder}.")
        self.report.begin(total, here)
        owner = {piece: member for member, own in pieces.items() for piece in own}
        missing = {member: len(own) for member, own in pieces.items()}
        spoiled = []

        def arrived(piece: Piece) -> None:
            member = owner[piece]
            missing[member] -= 1
            if missing[member]:
                return
            before = len(self.faults)
            try:
                unpack(member)
            except VerificationError as fault:
                self._failed(fault, member)
            doubtful = held[member] or len(remote.versions) > 1
            if len(self.faults) > before and doubtful and member not in self.fetched_again:
                self.fetched_again.add(member)
                spoiled.append(member)
            self.store.forget(one.path for one in pieces[member])

        Connections(remote, self.report).bring(list(owner), arrived)
        if spoiled:
            names = ", ".join(member.entry.name for member in spoiled if member) or "The archive"
            raise Changed(f"{names}: the kept bytes were damaged; fetching them again.")

    def _failed(self, fault: VerificationError, member: Member | None) -> None:
        self.faults.append(fault)
        if member:
            self.report.file(member.entry.name, "failed")

    def _whole_from_the_first_byte(self, remote: Remote) -> None:
        """The whole archive from a server that sends no parts: what came before a stop is of no use."""
        path = self.store.piece(WHOLE, 0)
        self.store.forget(self.store.pieces(WHOLE))
        size = remote.size or self.manifest.bytes or 0
        self.store.check_space(size + sum(entry.bytes for entry in self.left))
        self.report.begin(remote.size, 0)
        try:
            with path.open("wb") as file:

                def restart() -> Callable[[bytes], None]:
                    self.report.advance(-file.tell())
                    file.seek(0)
                    file.truncate()
                    return sink

                def sink(chunk: bytes) -> None:
                    file.write(chunk)
                    self.report.advance(len(chunk))

                remote.stream_whole(self.manifest.largest_archive, restart)
            self.report.close()
            self._unpack_from(path)
            if not self.left and self.wish.keep_zip:
                self.store.move(path, self.store.folder / self.manifest.archive_name)
        finally:
            self.store.remove(path)

    def _keep(self, window: Window) -> None:
        """The archive itself, out of its pieces."""
        target = self.store.folder / self.manifest.archive_name
        part = self.store.piece(WHOLE, -1)
        with part.open("wb") as out:
            for piece in window.pieces:
                out.write(piece.path.read_bytes())
        self.store.move(part, target)

    def _unpack_from(self, source) -> None:
        """The files out of an archive on this disk."""
        with open_archive(source) as archive:
            members = find_members(archive, self.manifest, self.left)
            self.store.check_space(sum(member.entry.bytes for member in members))
            for member in members:
                try:
                    self._unpack(archive, member)
                except VerificationError as fault:
                    self._failed(fault, member)

    def _unpack(self, archive, member: Member) -> None:
        self.store.write(blocks_of(archive, member), member.entry)
        self.left.remove(member.entry)
        self.report.file(member.entry.name, "fetched")

    def _summary(self) -> DownloadError:
        """All faults as one error; of the first verification fault's kind, if there is one."""
        kind = next((f for f in self.faults if isinstance(f, VerificationError)), self.faults[-1])
        what = "\n".join(dict.fromkeys(fault.what for fault in self.faults))
        if self.wish.zip_path:
            return type(kind)(what, "Run get_data.py without --zip to fetch what is missing.")
        return type(kind)(what, kind.next_step)
