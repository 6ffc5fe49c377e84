"""A small archive, its manifest, a server that has it, and a folder to bring it to."""

import hashlib
import io
import json
import random
import zipfile
from pathlib import Path

from loopback import Loopback

from cs231n.course.download.cli import main
from cs231n.course.download.remote import Policy

QUICK = Policy(pause=0.01, longest_wait=2.0, connections=1)
PREFIX = "coco/"


def make_contents(seed: int = 0) -> dict[str, bytes]:
    """Files in the archive's order: random bytes like features, text like captions."""
    draw = random.Random(seed)
    return {
        "captions.h5": draw.randbytes(200_000),
        "vocab.json": json.dumps([f"word{i}" for i in range(500)]).encode(),
        "large.h5": draw.randbytes(120_000),
        "features.h5": draw.randbytes(150_000) + b"\0" * 50_000,
        "notes.txt": draw.randbytes(100_000),
    }


NEEDED = ["captions.h5", "vocab.json", "features.h5"]


def make_zip(contents: dict[str, bytes], change=None) -> bytes:
    """A deflated archive with a folder entry first, as the real one has."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PREFIX, b"")
        for name, data in contents.items():
            archive.writestr(PREFIX + name, data)
        if change:
            change(archive)
    return file.getvalue()


def facts(data: bytes) -> dict:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


class World:
    """Everything one test needs; `run` runs the command and checks that nothing half is in place."""

    def __init__(self, folder: Path, server: Loopback, capsys):
        self.folder, self.server, self.capsys = folder, server, capsys
        self.dest = folder / "data"
        self.contents = make_contents()
        self.zip = make_zip(self.contents)
        self.path = "/coco.zip"
        self.url = server.base + self.path
        self.publish(self.zip)
        self.manifest = self.write_manifest([self.url])

    def publish(self, data: bytes, etag: str | None = '"v1"') -> None:
        self.server.files[self.path] = data
        self.server.etag = etag

    def write_manifest(self, urls, name="manifest.json", **archive) -> Path:
        path = self.folder / name
        text = {
            "archive": {"urls": urls, "bytes": len(self.zip), "prefix": PREFIX, "sha256": None} | archive,
            "needed_by_the_notebooks": NEEDED,
            "files": {name: facts(data) for name, data in self.contents.items()},
        }
        path.write_text(json.dumps(text), encoding="utf-8")
        return path

    def argv(self, *options) -> list[str]:
        return ["--manifest", str(self.manifest), "--dest", str(self.dest), *map(str, options)]

    def run(self, *options, policy=QUICK) -> int:
        """Run get_data.py in this process; `said` is what it wrote."""
        self.server.log.clear()
        try:
            status = main(self.argv(*options), policy)
        except SystemExit as end:  # argparse ends by itself
            status = end.code
        captured = self.capsys.readouterr()
        self.out, self.err = captured.out, captured.err
        self.said = captured.out + captured.err
        self.nothing_half()
        return status

    def nothing_half(self) -> None:
        for name, data in self.contents.items():
            path = self.dest / name
            assert not path.exists() or path.read_bytes() == data, f"{name} is in place and not whole"

    def has(self, *names) -> bool:
        """Whether exactly these files are in place, and nothing unfinished beside them."""
        there = sorted(path.name for path in self.dest.iterdir()) if self.dest.exists() else []
        return there == sorted(names)

    def half(self, name: str) -> None:
        """Put the first half of a file in its place, as a killed unzip leaves it."""
        self.dest.mkdir(exist_ok=True)
        data = self.contents[name]
        (self.dest / name).write_bytes(data[: len(data) // 2])
