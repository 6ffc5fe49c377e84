"""The whole way: look at the disk, fetch only what is not right there, verify, put in place."""

import re
import shutil
from contextlib import closing
from pathlib import Path

from cs231n.language import tr

from .archive import BLOCK, Window, blocks_of, open_archive
from .connections import PIECE, Piece, bring, held
from .errors import Changed, DiskError, NetworkError, OwnSide, VerificationError
from .remote import Remote
from .store import megabytes

LARGEST_LIST = 1 << 24  # a list beyond this is not one of ours
LOOKS = 3  # at an address whose archive changes


class Download:
    """One run into one folder: `run` returns when every file asked for is in place, or raises."""

    def __init__(self, manifest, entries, store, policy, report):
        self.manifest, self.entries, self.store = manifest, entries, store
        self.policy, self.report = policy, report
        self.left, self.faults = list(entries), []

    def run(self, sources, force=False):
        """Bring what is not whole. Where all is whole, nothing is written and nobody is asked.

        sources: addresses, tried in this order, or the Path of an archive or of the folder of an unpacked one
        force: fetch again what is whole
        DownloadError: see its kinds in errors.py; `kept` says what need not be fetched again
        """
        if not force:
            self.left = [entry for entry in self.entries if self.store.state(entry) != "whole"]
            whole = len(self.entries) - len(self.left)
            self.report.note(tr("{whole} of {count} files are in place and whole.", whole, len(self.entries)))
        if self.left:
            with self.store.at_work(self.entries):
                for entry in self.left:
                    path = self.store.folder / entry.name
                    if path.exists() and not force:
                        self.store.forget([path])  # what has a file's name is the file, whatever comes next
                        what = tr("{name} is not whole; it is removed and brought again.", entry.name)
                        self.report.note(what)
                self._bring(sources)

    def _bring(self, sources):
        for source in sources:
            if self.left:
                try:
                    self._from_disk(source) if isinstance(source, Path) else self._from_address(source)
                except (NetworkError, VerificationError) as fault:
                    self.faults.append(fault)
        if self.left:
            known = [f for kind in (OwnSide, VerificationError) for f in self.faults if isinstance(f, kind)]
            told = (known or self.faults[-1:])[0]  # first what the reader can put right
            told.what = "\n".join(dict.fromkeys(fault.what for fault in self.faults))
            if isinstance(source, Path):
                told.other_way = ""
                told.next_step = tr("Run get_data.py without --zip to fetch what is missing.")
            raise told

    def _from_address(self, url):
        """The files from an address. What was damaged on the way is fetched a second time, once."""
        shown, before = re.sub("//[^/?#]*@", "//", url), len(self.faults)  # without a password
        self.report.note(tr("Asking {address}", shown))
        remote = Remote(url, self.policy, self.report.note)
        with closing(remote.session):
            for look in range(LOOKS):
                try:
                    if remote.ranges:
                        remote.probe()
                    if (remote.size or 0) > self.manifest.largest_archive:
                        size = megabytes(remote.size)
                        raise NetworkError(tr("it has {size} there: this is another file", size))
                    self._members(remote) if remote.ranges else self._whole(remote)
                    if look or not self.left:
                        return
                    names = ", ".join(entry.name for entry in self.left)
                    raise Changed(tr("The bytes of {names} were damaged; fetching them again.", names))
                except Changed as change:
                    del self.faults[before:]  # they were of another version of the archive
                    self.report.note(change.what)
                except NetworkError as fault:
                    fault.what = f"{shown}: {fault.what}."
                    raise
        raise NetworkError(f"{shown}: {tr('the archive on the server changes again and again')}.")

    def _members(self, remote):
        """The wanted members only, each as one stretch of the remote archive, in pieces."""
        pieces = []

        def read_at(start, end):
            """From the server, for the list of files; then out of a member's pieces."""
            for piece in pieces:
                if piece.start <= start < piece.end:
                    with piece.path.open("rb") as file:
                        file.seek(start - piece.start)
                        return file.read(min(end, piece.end) - start)
            return b"" if pieces or end - start > LARGEST_LIST else b"".join(remote.stream(start, end))

        with open_archive(Window(remote.size, read_at)) as archive:
            members = self.manifest.members(archive, self.left)
            every = [piece for member in members for piece in self._pieces(member)]
            sizes = [member.end - member.start for member in members]
            with self._transfer(sum(sizes), every, max(sizes)):  # what is unpacked goes
                for member in members:
                    pieces = self._pieces(member)
                    bring(remote, pieces, self.report)
                    self._put(blocks_of(archive, member), member.entry)
                    self.store.forget(piece.path for piece in pieces)

    def _pieces(self, member):
        entry, info, start, end = member
        key = f"{entry.name}.{info.CRC:08x}-{end - start}"  # another one for another version of the archive
        cuts = enumerate(range(start, end, PIECE))
        return [Piece(self.store.folder / f"{key}.{k}.span", at, min(at + PIECE, end)) for k, at in cuts]

    def _whole(self, remote):
        """The whole archive, from a server that sends no parts: what came before a stop is of no use."""
        piece = Piece(self.store.folder / "archive.0.0.span", 0, self.manifest.largest_archive)
        self.store.forget([piece.path])
        try:
            with self._transfer(remote.size, [piece], piece.end):
                bring(remote, [piece], self.report)
            self._from_disk(piece.path)
        finally:
            self.store.forget([piece.path])

    def _transfer(self, total, pieces, most):
        """The report's transfer of `total` bytes, of which `most` lie on disk at once; DiskError: no room."""
        here = sum(held(piece) for piece in pieces)
        coming = (total or self.manifest.bytes) - here
        needed = sum(entry.bytes for entry in self.left) + min(coming, most)
        disk, _, free = shutil.disk_usage(self.store.folder)
        if disk and free < needed:  # some network drives tell zeros
            what = tr("{needed} are needed, {free} are free", megabytes(needed), megabytes(free))
            step = tr("Free {missing}, or choose another disk with --dest.", megabytes(needed - free))
            raise DiskError(tr("Not enough space in {folder}: {what}.", self.store.folder, what), step)
        self.report.note(tr("Fetching {size} into {folder}.", megabytes(coming), self.store.folder))
        return self.report.transfer(total, here)

    def _from_disk(self, path):
        """The files out of an archive on this disk, or out of a folder into which a browser unpacked it."""
        self.report.note(tr("Taking the files out of {path}.", path))
        if path.is_file():
            with open_archive(path) as archive:
                for member in self.manifest.members(archive, self.left):
                    self._put(blocks_of(archive, member), member.entry)
            return
        for entry in list(self.left):
            if place := self.manifest.unpacked(entry, path):
                with place.open("rb") as file:
                    self._put(iter(lambda file=file: file.read(BLOCK), b""), entry)
            else:
                self.faults.append(VerificationError(tr("There is no {name} in {path}.", entry.name, path)))

    def _put(self, blocks, entry):
        """Write a file, if its bytes are right."""
        try:
            self.store.write(blocks, entry)
            self.left.remove(entry)
            self.store.forget(self.store.pieces(entry.name))
        except VerificationError as fault:
            self.faults.append(fault)
        self.report.note(f"  {entry.name}: {tr('failed') if entry in self.left else tr('in place')}")
