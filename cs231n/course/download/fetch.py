"""The whole way: look at the disk, fetch only what is not right there, verify, put in place."""

import contextlib
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from cs231n.files import part_of
from cs231n.language import tr

from .archive import BLOCK, Window, blocks_of, find_members, open_archive, unpacked
from .connections import PIECE, Piece, bring, held
from .errors import NetworkError, OwnSide, VerificationError
from .faults import Changed, NoRanges
from .remote import Remote
from .store import megabytes

TAIL = 1 << 16  # bytes at the end of an archive that hold its list of files, mostly
LARGEST_LIST = 1 << 24  # a list beyond this is not one of ours
TIMES_CHANGED = 3


class Download:
    """One run into one folder: `run` returns when every file asked for is in place, or raises."""

    def __init__(self, manifest, entries, store, policy, report):
        self.manifest, self.entries, self.store = manifest, entries, store
        self.policy, self.report = policy, report
        self.left, self.faults, self.fetched_again = list(entries), [], set()

    def run(self, urls=(), archive=None, force=False):
        """Bring what is not whole. Where all is whole, nothing is written and nobody is asked.

        urls: addresses, tried in this order
        archive: an archive, or the folder of an unpacked one, in their place
        force: fetch again what is whole
        DownloadError: see its kinds in errors.py; `kept` says what need not be fetched again
        """
        with self.store.plainly(self.entries), contextlib.closing(self.report):
            if not force:
                self.left = [entry for entry in self.entries if self.store.state(entry) != "whole"]
                whole = len(self.entries) - len(self.left)
                self.report.note(
                    tr("{whole} of {count} files are in place and whole.", whole, len(self.entries))
                )
            if self.left:
                with self.store.at_work():
                    self._sweep(force)
                    if not force and not archive:
                        self._look_nearby()
                    self._bring([archive] if archive else urls)

    def _sweep(self, force):
        """What has a file's name must be the file, whatever comes next; what a killed run wrote is made again."""
        for entry in self.left:
            path = self.store.folder / entry.name
            self.store.forget([part_of(path)])
            if path.exists() and not force:
                self.store.forget([path])
                self.report.note(tr("{name} is not whole; it is removed and brought again.", entry.name))

    def _look_nearby(self):
        """Take what is right in archives that the old shell script or a browser left; they promised nothing."""
        for place in (self.store.folder, self.store.folder.parent):
            path = place / self.manifest.archive_name
            if self.left and path.is_file() and path.stat().st_size == self.manifest.bytes:
                with contextlib.suppress(VerificationError):
                    self._from_disk(path)
        self.faults.clear()

    def _bring(self, sources):
        for source in sources:
            if self.left:
                try:
                    self._from_disk(source) if isinstance(source, Path) else self._from_address(source)
                except (NetworkError, VerificationError) as fault:
                    self.faults.append(fault)
        for entry in set(self.entries).difference(self.left):
            self.store.forget(self.store.pieces(entry.name))
        if self.left:
            known = [f for kind in (OwnSide, VerificationError) for f in self.faults if isinstance(f, kind)]
            told = (known or self.faults[-1:])[0]  # first what the reader can put right
            told.what = "\n".join(dict.fromkeys(fault.what for fault in self.faults))
            if isinstance(source, Path):
                told.next_step = tr("Run get_data.py without --zip to fetch what is missing.")
                told.other_way = ""
            raise told

    def _from_address(self, url):
        secret = urlsplit(url).netloc.rpartition("@")[0]
        shown = url.replace(f"{secret}@", "", 1) if secret else url
        self.report.note(f"Asking {shown}")
        remote, before = Remote(url, self.policy, self.report.note), len(self.faults)
        try:
            for _ in range(TIMES_CHANGED):
                try:
                    if remote.ranges:
                        remote.probe()
                    if (remote.size or 0) > self.manifest.largest_archive:
                        raise NetworkError(
                            tr("it has {size} there: this is another file", megabytes(remote.size))
                        )
                    return self._members(remote) if remote.ranges else self._whole(remote)
                except Changed as change:
                    del self.faults[before:]  # they were of another version of the archive
                    self.report.note(
                        str(change) or tr("The archive on the server has changed; looking again.")
                    )
                except NoRanges:
                    self.report.note(tr("The server cannot send parts of the archive; fetching all of it."))
                    remote.ranges = False
            raise NetworkError(tr("the archive on the server changes again and again"))
        except NetworkError as fault:
            fault.what = f"{shown}: {fault.what}."
            raise
        finally:
            remote.session.close()

    def _members(self, remote):
        """The wanted members only, each as one stretch of the remote archive, in pieces.

        Changed: bytes were wrong, and are worth fetching a second time
        """
        tail, pieces, spoiled = max(0, remote.size - TAIL), {}, set()

        def fetch(start, end):
            data = bytearray()
            if end - start <= LARGEST_LIST:
                remote.stream(start, end, data.extend)
            return bytes(data)

        last = fetch(tail, remote.size)

        def read_at(start, end):
            """Out of the tail or from the server, for the list of files; then out of the pieces."""
            if not pieces:
                return last[start - tail : end - tail] if start >= tail else fetch(start, end)
            for piece in pieces:
                if piece.start <= start < piece.end and piece.path.is_file():
                    with piece.path.open("rb") as file:
                        file.seek(start - piece.start)
                        return file.read(min(end, piece.end) - start)
            return b""

        def arrived(piece):
            member = pieces[piece]
            missing[member] -= 1
            if not missing[member]:
                if not self._put(blocks_of(archive, member), member.entry):
                    spoiled.add(member.entry.name)
                self.store.forget(self.store.pieces(member.entry.name))

        with open_archive(Window(remote.size, read_at)) as archive:
            members = find_members(archive, self.manifest, self.left)
            found = {piece: member for member in members for piece in self._pieces(member)}
            old = {path for member in members for path in self.store.pieces(member.entry.name)}
            self.store.forget(old - {piece.path for piece in found})
            pieces |= found
            missing = Counter(pieces.values())
            sizes = [member.end - member.start for member in members]
            most = max(sizes) + self.policy.connections * PIECE  # what is unpacked goes
            self._fetch(remote, pieces, sum(sizes), most, arrived)
        if once := spoiled - self.fetched_again:
            self.fetched_again |= once
            raise Changed(
                tr("The bytes of {names} were damaged; fetching them again.", ", ".join(sorted(once)))
            )

    def _pieces(self, member):
        entry, info, start, end = member
        key = f"{entry.name}.{info.CRC:08x}-{end - start}"  # another one for another version of the archive
        cuts = enumerate(range(start, end, PIECE))
        return [Piece(self.store.work / f"{key}.{k}.span", at, min(at + PIECE, end)) for k, at in cuts]

    def _whole(self, remote):
        """The whole archive, from a server that sends no parts: what came before a stop is of no use."""
        piece = Piece(self.store.work / "archive.0.span", 0, self.manifest.largest_archive)
        self.store.forget([piece.path])
        try:
            self._fetch(remote, [piece], remote.size, piece.end, lambda _: None)
            self._from_disk(piece.path)
        finally:
            self.store.forget([piece.path])

    def _fetch(self, remote, pieces, total, most, done):
        here = sum(held(piece) for piece in pieces)
        coming = (total or self.manifest.bytes) - here
        self.store.check_space(sum(entry.bytes for entry in self.left) + min(coming, most))
        self.report.note(tr("Fetching {size} into {folder}.", megabytes(coming), self.store.folder))
        self.report.begin(total, here)
        try:
            bring(remote, list(pieces), done, self.report)
        finally:
            self.report.close()

    def _from_disk(self, path):
        """The files out of an archive on this disk, or out of a folder into which a browser unpacked it."""
        self.report.note(tr("Taking the files out of {path}.", path))
        if path.is_file():
            with open_archive(path) as archive:
                for member in find_members(archive, self.manifest, self.left):
                    self._put(blocks_of(archive, member), member.entry)
            return
        for entry in list(self.left):
            if place := unpacked(entry, path, self.manifest):
                with place.open("rb") as file:
                    self._put(iter(lambda file=file: file.read(BLOCK), b""), entry)
            else:
                self.faults.append(VerificationError(tr("There is no {name} in {path}.", entry.name, path)))

    def _put(self, blocks, entry):
        """Write a file; whether it was right, and is in place now."""
        try:
            self.store.write(blocks, entry)
            self.left.remove(entry)
        except VerificationError as fault:
            self.faults.append(fault)
        self.report.note(f"  {entry.name}: {tr('failed') if entry in self.left else tr('in place')}")
        return entry not in self.left
