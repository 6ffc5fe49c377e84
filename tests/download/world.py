"""A small archive, its manifest, a server that has it, and a folder to bring it to."""

import hashlib
import io
import json
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from cs231n.course.download.cli import main
from cs231n.course.download.remote import Policy

ROOT = Path(__file__).parents[2]
FRONT = ROOT / "get_data.py"
QUICK = Policy(pause=0.01, longest_wait=2.0, connections=1)
PREFIX = "coco/"
NEEDED = ["captions.h5", "vocab.json", "features.h5"]


def make_contents(seed=0):
    """Files in the archive's order: random bytes like features, text like captions."""
    draw = random.Random(seed)
    return {
        "captions.h5": draw.randbytes(200_000),
        "vocab.json": json.dumps([f"word{i}" for i in range(500)]).encode(),
        "large.h5": draw.randbytes(120_000),
        "features.h5": draw.randbytes(150_000) + b"\0" * 50_000,
        "notes.txt": draw.randbytes(100_000),
    }


def make_zip(contents, change=None):
    """A deflated archive with a folder entry first, as the real one has."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PREFIX, b"")
        for name, data in contents.items():
            archive.writestr(PREFIX + name, data)
        if change:
            change(archive)
    return file.getvalue()


def refusing(monkeypatch, owner, name, fault, calls=range(10**6), when=lambda *_: True):
    """A method raises this fault, at some calls of those that `when` chooses by their arguments; the calls."""
    real, seen = getattr(owner, name), []

    def call(*given, **options):
        seen.extend([given] * when(*given))
        if when(*given) and len(seen) - 1 in calls:
            raise fault
        return real(*given, **options)

    monkeypatch.setattr(owner, name, call)
    return seen


class World:
    """Everything one test needs; `run` runs the command and checks that nothing half is in place."""

    def __init__(self, folder, server, capsys):
        self.folder, self.server, self.capsys = folder, server, capsys
        self.dest, self.path, self.url = folder / "data", "/coco.zip", f"{server.base}/coco.zip"
        self.contents = make_contents()
        self.publish(make_zip(self.contents))
        self.write_manifest()

    def publish(self, data):
        """Put an archive on the server."""
        self.zip = self.server.files[self.path] = data

    def write_manifest(self, *urls):
        """The list of the contents; without addresses, the server's."""
        facts = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in self.contents.items()}
        text = {
            "archive": {"urls": urls or [self.url], "bytes": len(make_zip(self.contents)), "prefix": PREFIX},
            "needed_by_the_notebooks": NEEDED,
            "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in facts.items()},
        }
        self.manifest = self.folder / "manifest.json"
        self.manifest.write_text(json.dumps(text), encoding="utf-8")

    def argv(self, *options):
        return ["--manifest", str(self.manifest), "--dest", str(self.dest), *map(str, options)]

    def run(self, *options, policy=QUICK):
        """Run get_data.py in this process; `out`, `err` and `said` are what it wrote."""
        self.server.log.clear()
        self.server.sent = 0
        try:
            status = main(self.argv(*options), policy)
        except SystemExit as end:  # argparse ends by itself
            status = end.code
        captured = self.capsys.readouterr()
        self.out, self.err, self.said = captured.out, captured.err, captured.out + captured.err
        self.nothing_half()
        return status

    def arrives(self, *options, policy=QUICK):
        """The run ends well with every needed file."""
        assert self.run(*options, policy=policy) == 0, self.said
        assert self.has(*NEEDED)

    def fails(self, code, *words, options=()):
        """The run ends with this status, says these words, and leaves nothing half."""
        assert self.run(*options) == code, self.said
        assert all(word in self.err for word in words), (self.err, words)

    def nothing_half(self):
        for name, data in self.contents.items():
            path = self.dest / name
            assert not path.exists() or path.read_bytes() == data, f"{name} is in place and not whole"

    def has(self, *names):
        """Whether exactly these files are in place, and nothing unfinished beside them."""
        there = sorted(path.name for path in self.dest.iterdir()) if self.dest.exists() else []
        return there == sorted(names)

    def pieces(self):
        return list(self.dest.glob("captions*.span"))

    def unfinished(self):
        return sum(path.stat().st_size for path in self.pieces())

    def half(self, name):
        """Put the first half of a file in its place, as a killed unzip leaves it."""
        self.dest.mkdir(exist_ok=True)
        data = self.contents[name]
        (self.dest / name).write_bytes(data[: len(data) // 2])

    def start(self, *options, **settings):
        """get_data.py as a process of its own, from another folder."""
        command = [sys.executable, str(FRONT), *self.argv(*options)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.folder, text=True, encoding="utf-8", **(pipes | settings))

    def stalled(self, after=120_000):
        """Such a process that has some bytes of captions.h5, the first in the archive, and waits for more."""
        stalls = [after]

        def stall(answer):
            if answer.kind == "span" and answer.first < 1000 and stalls:
                answer.stall = stalls.pop()

        self.server.always = stall
        process, end = self.start(), time.monotonic() + 180
        while self.unfinished() <= after - (1 << 14):
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)
        return process

    def killed(self):
        """A run that was killed half way; the piece that it left of captions.h5."""
        process = self.stalled()
        process.kill()
        process.communicate()
        (piece,) = self.pieces()
        return piece

    def resumes(self, kept):
        """A new run arrives, and fetches nothing again that was kept."""
        self.arrives()
        sizes = [asked.last + 1 - asked.first for asked in self.server.log if asked.kind == "span"]
        assert sum(sizes) < sum(len(self.contents[name]) for name in NEEDED) - kept + 1000
