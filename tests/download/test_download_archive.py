"""What archives do: damaged, incomplete, unusual or hostile ones, over the network and from this disk."""

import io
import json
import stat
import struct
import zipfile

import pytest
from test_download_network import arrives, fails
from world import NEEDED, PREFIX, make_contents, make_zip

from cs231n.course.download import fetch
from cs231n.course.download.errors import UsageError
from cs231n.course.download.manifest import Manifest


def data_start(data: bytes, name: str) -> int:
    """Where a member's own bytes begin in the archive."""
    offset = zipfile.ZipFile(io.BytesIO(data)).getinfo(PREFIX + name).header_offset
    lengths = struct.unpack("<HH", data[offset + 26 : offset + 30])
    return offset + 30 + sum(lengths)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def without_directory(data: bytes) -> bytes:
    return data[: zipfile.ZipFile(io.BytesIO(data)).start_dir]


def patched_directory(data: bytes, name: str, field: str, value: int) -> bytes:
    """The archive with one number in a member's directory line changed."""
    where = {"crc": 16, "compressed": 20, "size": 24}[field]
    at = data.index((PREFIX + name).encode(), zipfile.ZipFile(io.BytesIO(data)).start_dir) - 46
    return data[: at + where] + struct.pack("<I", value) + data[at + where + 4 :]


def link_to(target):
    """A change that adds a symbolic link of a wanted file's name."""

    def change(archive):
        info = zipfile.ZipInfo(PREFIX + "vocab.json")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, target)

    return change


# --- damaged


@pytest.mark.parametrize("ranges", [True, False], ids=["spans", "whole"])
def test_a_flipped_bit_fails_one_file_and_spares_the_others(world, ranges):
    world.server.ranges = ranges
    world.publish(flipped(world.zip, data_start(world.zip, "captions.h5") + 99_999))
    fails(world, 1, "captions.h5 is damaged in the archive", "Kept: 2 of 3 files")
    assert world.has("vocab.json", "features.h5")


def test_a_flipped_bit_at_one_address_is_mended_by_the_next(world):
    world.server.files["/bad.zip"] = flipped(world.zip, data_start(world.zip, "captions.h5") + 99_999)
    assert world.run("--url", world.server.base + "/bad.zip", world.url) == 0
    assert world.has(*NEEDED)


def other(**contents):
    """The archive with some other contents; one that is None is left out."""
    changed = make_contents() | {name.replace("_", "."): data for name, data in contents.items()}
    return make_zip({name: data for name, data in changed.items() if data is not None})


LONGER = other(captions_h5=make_contents()["captions.h5"] + b"more")
REFUSED = {  # the archive; what is said; whether this is known before a file is fetched
    "no directory": (without_directory(other()), "not a whole zip archive", True),
    "a member is missing": (other(vocab_json=None), f"no {PREFIX}vocab.json", True),
    "another size": (
        other(captions_h5=b"short"),
        "5 bytes of coco/captions.h5; the manifest names 200000",
        True,
    ),
    "other contents, other size": (other(vocab_json=b"[]"), "another one than the manifest's", True),
    "longer than it says": (patched_directory(LONGER, "captions.h5", "size", 200_000), "captions.h5", False),
    "other contents": (make_zip(make_contents(seed=3)), "captions.h5: the bytes are not the ones", False),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_of_another_kind_is_refused(world, case):
    archive, words, at_once = REFUSED[case]
    world.publish(archive)
    fails(world, 1, words)
    assert not (world.dest / "captions.h5").exists()
    if at_once:
        assert world.server.sent < 3 * fetch.TAIL and world.has()


def test_a_length_that_is_a_lie_fetches_no_more_than_the_member(world):
    """The span ends where the next member begins. Older zipfiles then read the file, newer ones refuse."""
    world.publish(patched_directory(world.zip, "captions.h5", "compressed", 2**31))
    status = world.run("--only", "captions.h5")
    assert (status, world.has("captions.h5")) in [(0, True), (1, False)]
    assert world.server.sent < 2 * (200_000 + 2 * fetch.TAIL), "twice at most: what is damaged is tried again"


# --- unusual, and right


def test_a_directory_larger_than_the_tail_is_read(world):
    def many(archive):
        for number in range(1500):
            archive.writestr(f"other/{number:0>60}.txt", b"")

    world.publish(make_zip(world.contents, many))
    directory = len(world.server.files[world.path]) - len(without_directory(world.server.files[world.path]))
    assert directory > 2 * fetch.TAIL
    arrives(world)


class Pipe(io.BytesIO):
    """A stream that cannot seek: zipfile then writes data descriptors behind the members."""

    def seek(self, *_):
        raise io.UnsupportedOperation

    tell = seek


PACKED = {  # the file, the method, whether it is zip64; bytes that show it
    "data descriptors": (Pipe, zipfile.ZIP_DEFLATED, False, b"PK\x07\x08"),
    "zip64": (io.BytesIO, zipfile.ZIP_DEFLATED, True, b"PK\x06\x06"),
    "stored": (io.BytesIO, zipfile.ZIP_STORED, False, make_contents()["vocab.json"]),
}


@pytest.mark.parametrize("way", PACKED)
def test_each_way_to_pack_is_read(world, monkeypatch, way):
    kind, method, zip64, shown = PACKED[way]
    file = kind()
    with monkeypatch.context() as patch, zipfile.ZipFile(file, "w", method) as archive:
        if zip64:
            patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
        for name, data in world.contents.items():
            with archive.open(PREFIX + name, "w", force_zip64=zip64) as member:
                member.write(data)
        archive.close()
    assert shown in file.getvalue()
    world.publish(file.getvalue())
    arrives(world)


# --- hostile names


HOSTILE = [
    "../escaped.txt",
    "/absolute.txt",
    "C:\\absolute.txt",
    "..\\escaped.txt",
    PREFIX + "../up",
]


def test_hostile_names_in_the_archive_are_never_written(world):
    def hostile(archive):
        for name in HOSTILE:
            archive.writestr(name, b"evil")

    world.publish(make_zip(world.contents, hostile))
    before = {path.name for path in world.folder.iterdir()}
    for options, ranges in ((), True), (("--force",), False), (("--all",), True):
        world.server.ranges = ranges
        assert world.run(*options) == 0
    assert {path.name for path in world.folder.iterdir()} == before | {"data"}
    assert world.has(*world.contents)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_symbolic_link_in_place_of_a_file_is_refused(world):
    target = "/etc/hostname".ljust(len(world.contents["vocab.json"]), "x")
    world.publish(make_zip(world.contents, link_to(target)))
    fails(world, 1, "vocab.json: the bytes are not the ones the manifest promises")
    assert world.has("captions.h5", "features.h5")


@pytest.mark.parametrize("name", [*HOSTILE, "..", "", "a.part", ".hidden", "a/b", "x" * 201, "a:b", "end."])
def test_hostile_names_in_a_manifest_are_refused(world, name):
    raw = json.loads(world.manifest.read_text(encoding="utf-8"))
    raw["files"][name] = raw["files"]["vocab.json"]
    world.manifest.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(UsageError, match="not safe to write"):
        Manifest(world.manifest)


# --- an archive on this disk


def test_a_good_zip_needs_no_network(world):
    path = world.folder / "my archive.zip"
    path.write_bytes(world.zip)
    assert world.run("--zip", path) == 0
    assert world.has(*NEEDED)
    assert world.server.log == []
    assert path.exists()


def test_a_damaged_archive_left_by_the_old_script_does_not_hide_a_network_fault(world):
    (world.folder / "coco.zip").write_bytes(b"x" * len(world.zip))
    world.server.files.clear()
    fails(world, 3, "404")


def test_a_corrupt_zip_gives_what_is_whole(world):
    path = world.folder / "corrupt.zip"
    path.write_bytes(flipped(world.zip, data_start(world.zip, "captions.h5") + 5000))
    fails(world, 1, "captions.h5 is damaged", options=["--zip", path])
    assert world.has("vocab.json", "features.h5")


def photos():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("holiday.jpg", b"sea")
    return file.getvalue()


NOT_IT = {  # what --zip names; status; what is said
    "truncated": (other()[:300_000], 1, "not a whole zip archive"),
    "text": (b"hello", 1, "not a whole zip archive"),
    "empty": (b"", 1, "not a whole zip archive"),
    "another archive": (photos(), 1, "The archive has no coco/captions.h5"),
    "not there": (None, 2, "There is no archive"),
}


@pytest.mark.parametrize("case", NOT_IT)
def test_what_is_not_the_archive_is_named(world, case):
    data, code, words = NOT_IT[case]
    path = world.folder / "some.zip"
    if data is not None:
        path.write_bytes(data)
    fails(world, code, words, "without --zip" if code == 1 else words, options=["--zip", path])
    assert world.has()


def test_an_archive_left_by_the_old_script_is_used(world):
    (world.folder / "coco.zip").write_bytes(world.zip)
    arrives(world)
    assert world.server.log == []


def test_a_damaged_archive_left_by_the_old_script_is_passed_by(world):
    (world.folder / "coco.zip").write_bytes(flipped(world.zip, data_start(world.zip, "captions.h5") + 5000))
    arrives(world)
    assert world.server.kinds() == ["probe", "tail", "span"]


@pytest.mark.parametrize("inside", ["", PREFIX])
def test_a_folder_that_a_browser_unpacked_serves_as_the_archive_does(world, inside):
    folder = world.folder / "coco"
    (folder / inside).mkdir(parents=True, exist_ok=True)
    for name, data in world.contents.items():
        (folder / inside / name).write_bytes(data)
    assert world.run("--zip", folder) == 0 and world.has(*NEEDED)
    assert world.run("--zip", world.folder / "coco.zip", "--force") == 0, "the name it had before"
    assert world.server.log == []


def test_a_folder_that_lacks_a_file_or_has_it_damaged_gives_the_others(world):
    folder = world.folder / "unpacked"
    folder.mkdir()
    (folder / "captions.h5").write_bytes(world.contents["captions.h5"])
    (folder / "vocab.json").write_bytes(b"x" * len(world.contents["vocab.json"]))
    words = "vocab.json: the bytes are not the ones", f"There is no features.h5 in {folder}", "without --zip"
    fails(world, 1, *words, options=["--zip", folder])
    assert world.has("captions.h5")


def test_the_folder_that_holds_the_archive_will_do(world):
    (world.folder / "downloads").mkdir()
    (world.folder / "downloads" / "coco.zip").write_bytes(world.zip)
    assert world.run("--zip", world.folder / "downloads") == 0 and world.has(*NEEDED)


def test_a_folder_without_any_needed_file_is_a_usage_fault_and_is_told_what_it_should_hold(world):
    folder = world.folder / "wrong"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(world.contents["notes.txt"])
    words = (
        "has none of the files asked for",
        f"should hold coco.zip, or the files that were in it: {NEEDED[0]}",
    )
    fails(world, 2, *words, options=["--zip", folder])
    assert not world.dest.exists()
    assert world.run("--zip", folder, "--only", "notes.txt") == 0
