"""What archives are: damaged, incomplete, unusual or hostile, over the network and on this disk."""

import bz2
import io
import json
import lzma
import stat
import struct
import zipfile

import pytest
from world import NEEDED, PREFIX, make_contents, make_zip

from cs231n.course.download.archive import COCO, Manifest, readable
from cs231n.course.download.errors import DownloadError, UsageError


def opened(data):
    return zipfile.ZipFile(io.BytesIO(data))


def flipped(data, name, at):
    """The archive with a bit changed in a member's own bytes."""
    offset = opened(data).getinfo(PREFIX + name).header_offset
    at += offset + 30 + sum(struct.unpack("<HH", data[offset + 26 : offset + 30]))
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def without_list(data):
    return data[: opened(data).start_dir]


def patched(data, name, where, form, value):
    """The archive with one number in a member's line of the list changed."""
    at = data.index((PREFIX + name).encode(), opened(data).start_dir) - 46 + where
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def other(**contents):
    """The archive with some other contents; one that is None is left out."""
    changed = make_contents() | {name.replace("_", "."): data for name, data in contents.items()}
    return make_zip({name: data for name, data in changed.items() if data is not None})


def packed_by(method):
    """The archive with vocab.json said to be packed in another way than it is."""
    data = patched(other(), "vocab.json", 10, "<H", method)
    offset = opened(other()).getinfo(PREFIX + "vocab.json").header_offset
    return data[: offset + 8] + struct.pack("<H", method) + data[offset + 10 :]


@pytest.fixture(params=["parts", "whole", "on this disk"])
def bring(request, world):
    """How an archive comes; then it is published, and the options for it."""

    def bring(data):
        world.publish(data)
        world.server.ranges = request.param == "parts"
        if request.param != "on this disk":
            return []
        (world.folder / "my archive.zip").write_bytes(data)
        return ["--zip", world.folder / "my archive.zip"]

    return bring


# --- damaged


def test_a_flipped_bit_fails_one_file_and_spares_the_others(world, bring):
    options = bring(flipped(world.zip, "captions.h5", 99_999))
    world.fails(1, "captions.h5 is damaged in the archive", "Kept: 2 of 3 files", options=options)
    assert world.has("vocab.json", "features.h5")


def test_a_flipped_bit_at_one_address_is_mended_by_the_next(world):
    world.server.files["/bad.zip"] = flipped(world.zip, "captions.h5", 99_999)
    world.arrives("--url", world.server.base + "/bad.zip", world.url)


def photos():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("holiday.jpg", b"sea")
    return file.getvalue()


LONGER = other(captions_h5=make_contents()["captions.h5"] + b"more")
REFUSED = {  # the archive; what is said; whether this is known before a file is fetched
    "no list": (without_list(other()), "not a whole zip archive", True),
    "half": (other()[:300_000], "not a whole zip archive", True),
    "text": (b"hello" * 99, "not a whole zip archive", True),
    "other files": (photos(), f"The archive has no {PREFIX}captions.h5", True),
    "a file is missing": (other(vocab_json=None), f"no {PREFIX}vocab.json", True),
    "another size": (other(captions_h5=b"5"), "1 bytes of coco/captions.h5; the manifest names 200000", True),
    "other contents": (make_zip(make_contents(3)), "captions.h5: the bytes are not the ones", False),
    "longer than it says": (patched(LONGER, "captions.h5", 24, "<I", 200_000), "captions.h5", False),
    "packed by LZMA, it says": (packed_by(zipfile.ZIP_LZMA), "vocab.json is damaged in the archive", False),
    "packed by bzip2, it says": (packed_by(zipfile.ZIP_BZIP2), "vocab.json is damaged in the archive", False),
    "packed in an unknown way": (packed_by(97), "vocab.json is damaged in the archive", False),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_of_another_kind_is_refused(world, bring, case):
    archive, words, at_once = REFUSED[case]
    options = bring(archive)
    world.fails(1, words, *(["without --zip"] if options else []), options=options)
    if at_once:
        assert world.has() and (world.server.sent < 3 << 16 or not world.server.ranges)


def test_a_name_that_is_no_text_is_damage(world, bring):
    raw = bytearray(world.zip)
    at = raw.index((PREFIX + "notes.txt").encode(), opened(bytes(raw)).start_dir)
    raw[at], raw[at - 46 + 9] = 0xFF, raw[at - 46 + 9] | 0x08  # the flag that says UTF-8
    world.fails(1, "the list of its files is damaged", options=bring(bytes(raw)))


@pytest.mark.parametrize("module", [lzma, bz2])
def test_what_the_decoders_raise_is_damage(module):
    with pytest.raises(DownloadError, match="damaged"), readable("x is damaged"):
        module.decompress(module.compress(b"hello" * 99)[:-8] + b"12345678" * 4)


def test_what_the_disk_refuses_is_no_damage():
    with pytest.raises(OSError, match="full"), readable("x is damaged"):
        raise OSError(28, "full")


def test_a_length_that_is_a_lie_fetches_no_more_than_the_member(world):
    """The span ends where the next member begins. Older zipfiles then read the file, newer ones refuse."""
    world.publish(patched(world.zip, "captions.h5", 20, "<I", 2**31))
    status = world.run("--only", "captions.h5")
    assert (status, world.has("captions.h5")) in [(0, True), (1, False)]
    assert world.server.sent < 2 * (200_000 + (2 << 16)), "twice at most: what is damaged is tried again"


def test_a_list_without_end_is_not_fetched(world, monkeypatch):
    monkeypatch.setattr("cs231n.course.download.fetch.LARGEST_LIST", 300)
    world.fails(1, "not a whole zip archive")
    assert world.server.sent < 1000


# --- unusual, and right


def test_a_large_list_is_read(world, bring):
    def many(archive):
        for number in range(1500):
            archive.writestr(f"other/{number:0>60}.txt", b"")

    data = make_zip(world.contents, many)
    assert len(data) - len(without_list(data)) > 2 << 16
    world.arrives(*bring(data))


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
    world.arrives()


# --- hostile names


HOSTILE = ["../escaped.txt", "/absolute.txt", "C:\\absolute.txt", "..\\escaped.txt", PREFIX + "../up"]


def test_hostile_names_in_the_archive_are_never_written(world, bring):
    options = bring(make_zip(world.contents, lambda zip: [zip.writestr(name, b"evil") for name in HOSTILE]))
    before = {path.name for path in world.folder.iterdir()}
    assert world.run("--all", *options) == 0 and world.has(*world.contents)
    assert {path.name for path in world.folder.iterdir()} == before | {"data"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_symbolic_link_in_place_of_a_file_is_refused(world, bring):
    def link(archive):
        info = zipfile.ZipInfo(PREFIX + "vocab.json")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/hostname".ljust(len(world.contents["vocab.json"]), "x"))

    words = "vocab.json: the bytes are not the ones the manifest promises"
    world.fails(1, words, options=bring(make_zip(world.contents, link)))
    assert world.has("captions.h5", "features.h5")


@pytest.mark.parametrize("name", [*HOSTILE, "..", "", "a.part", ".hidden", "a/b", "x" * 201, "a:b", "end."])
def test_hostile_names_in_a_manifest_are_refused(world, name):
    raw = json.loads(world.manifest.read_text(encoding="utf-8"))
    raw["files"][name] = raw["files"]["vocab.json"]
    world.manifest.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(UsageError, match="not safe to write"):
        Manifest(world.manifest)


# --- manifests


FILE = '{"archive": {"urls": ["http://x/y.zip"]}, "files": {"a": {"bytes": %s, "sha256": "%s"}}%s}'
WRONG = {
    "": "not of the right form",
    "[]": "not of the right form",
    "{}": "not of the right form",
    '{"archive": {"urls": []}, "files": {}}': "Addresses begin with",
    FILE % (-1, "0" * 64, ""): "no size and SHA-256 for a",
    FILE % (1, "0" * 63, ""): "no size and SHA-256 for a",
    FILE % (1, "0" * 64, ', "needed_by_the_notebooks": ["b"]'): "No such file in the archive: b",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_manifest_of_another_form_ends_with_2(world, text):
    world.manifest.write_text(text, encoding="utf-8")
    world.fails(2, WRONG[text])


def test_a_manifest_that_is_not_there_ends_with_2(world):
    world.manifest.unlink()
    world.fails(2, "cannot be read")


def test_the_packs_manifest_has_ten_files_of_which_six_are_needed():
    manifest = Manifest()
    assert len(manifest.files) == 10 and len(manifest.needed) == 6 and len(NEEDED) == 3
    assert manifest.urls[0].startswith("https://") and manifest.archive_name == "coco_captioning.zip"
    assert COCO.parent.name == "download"
