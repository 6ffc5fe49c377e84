"""What archives are: damaged, incomplete, unusual or hostile, over the network and on this disk."""

import bz2
import io
import json
import lzma
import stat
import struct
import zipfile
from unittest.mock import patch

import pytest
from world import NEEDED, PREFIX, make_contents, make_zip

from cs231n.course.download.archive import COCO, Manifest, readable
from cs231n.course.download.errors import DownloadError, UsageError

CONTENTS = make_contents()
GOOD = make_zip(CONTENTS)
LIST = zipfile.ZipFile(io.BytesIO(GOOD)).start_dir
HOSTILE = ["../escaped.txt", "/absolute.txt", "C:\\absolute.txt", "..\\escaped.txt", PREFIX + "../up"]


def member(name):
    """Where a member begins in the good archive."""
    return zipfile.ZipFile(io.BytesIO(GOOD)).getinfo(PREFIX + name).header_offset


def patched(*changes, data=GOOD):
    """The archive with other bytes at some places."""
    data = bytearray(data)
    for at, new in changes:
        data[at : at + len(new)] = new
    return bytes(data)


def listed(name, field, data=GOOD):
    """Where a field stands in a member's line of the archive's list; field 46 is the name."""
    return data.rindex((PREFIX + name).encode()) - 46 + field


def packed_by(method):
    """The archive with vocab.json said to be packed in another way than it is."""
    method = struct.pack("<H", method)
    return patched((listed("vocab.json", 10), method), (member("vocab.json") + 8, method))


def other(**contents):
    """The archive with some other contents; one that is None is left out."""
    changed = CONTENTS | {name.replace("_", "."): data for name, data in contents.items()}
    return make_zip({name: data for name, data in changed.items() if data is not None})


def packed(shown, method=zipfile.ZIP_DEFLATED, file=None, **options):
    """The archive packed in an unusual way; these bytes show it."""
    file = file or io.BytesIO()
    with (
        patch("zipfile.ZIP_FILECOUNT_LIMIT", 2 if options else 9999),
        zipfile.ZipFile(file, "w", method) as new,
    ):
        for name, data in CONTENTS.items():
            with new.open(PREFIX + name, "w", **options) as inside:
                inside.write(data)
    assert shown in file.getvalue()
    return file.getvalue()


class Pipe(io.BytesIO):
    """A stream that cannot seek: zipfile then writes data descriptors behind the members."""

    def seek(self, *_):
        raise io.UnsupportedOperation

    tell = seek


def link(archive):
    """A symbolic link in place of a file."""
    info = zipfile.ZipInfo(PREFIX + "vocab.json")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(info, "/etc/hostname".ljust(len(CONTENTS["vocab.json"]), "x"))


def many(archive):
    for number in range(1500):
        archive.writestr(f"other/{number:0>60}.txt", b"")


def evil(archive):
    for name in HOSTILE:
        archive.writestr(name, b"evil")


LONGER = other(captions_h5=CONTENTS["captions.h5"] + b"more")
LONGER = patched((listed("captions.h5", 24, LONGER), struct.pack("<I", 200_000)), data=LONGER)
NO_TEXT = patched((listed("notes.txt", 46), b"\xff"), (listed("notes.txt", 9), b"\x08"))
NOT_WHOLE, VOCAB, OTHERS, OUTER = "not a whole zip archive", "vocab.json is damaged", NEEDED[1:], NEEDED[::2]
ARCHIVES = {  # the archive; what is said, where it fails; the files that come all the same
    "flipped bits": (patched((99_999, b"flip")), "captions.h5 is damaged in the archive", OTHERS),
    "half": (GOOD[:300_000], NOT_WHOLE, []),
    "no list": (GOOD[:LIST], NOT_WHOLE, []),
    "text": (b"hello" * 99, NOT_WHOLE, []),
    "a name that is no text": (NO_TEXT, NOT_WHOLE, []),
    "a file is missing": (other(vocab_json=None), f"The archive has no {PREFIX}vocab.json of", []),
    "another size": (other(captions_h5=b"5"), "The archive has no coco/captions.h5 of 200000 bytes", []),
    "other contents": (other(captions_h5=bytes(200_000)), "captions.h5: the bytes are not the ones", OTHERS),
    "longer than it says": (
        patched((listed("captions.h5", 24, LONGER), b"@\r"), data=LONGER),
        "captions.h5",
        OTHERS,
    ),
    "a place that is a lie": (
        patched((listed("captions.h5", 42), b"\xff" * 3)),
        "list of files is damaged",
        [],
    ),
    "packed by LZMA, it says": (packed_by(zipfile.ZIP_LZMA), VOCAB, OUTER),
    "packed by bzip2, it says": (packed_by(zipfile.ZIP_BZIP2), VOCAB, OUTER),
    "packed in an unknown way": (packed_by(97), VOCAB, OUTER),
    "a symbolic link": (make_zip(CONTENTS, link), "vocab.json: the bytes are not the ones", OUTER),
    "hostile names": (make_zip(CONTENTS, evil), "", NEEDED),
    "a large list": (make_zip(CONTENTS, many), "", NEEDED),
    "data descriptors": (packed(b"PK\x07\x08", file=Pipe()), "", NEEDED),
    "zip64": (packed(b"PK\x06\x06", force_zip64=True), "", NEEDED),
    "stored": (packed(CONTENTS["vocab.json"], zipfile.ZIP_STORED), "", NEEDED),
}


@pytest.mark.parametrize("way", ["parts", "whole", "on this disk"])
@pytest.mark.parametrize("case", ARCHIVES)
def test_what_is_right_in_an_archive_comes_and_nothing_else(world, case, way):
    archive, words, files = ARCHIVES[case]
    world.server.files[world.path], world.server.ranges = archive, way == "parts"
    (world.folder / "my archive.zip").write_bytes(archive)
    options = ["--zip", world.folder / "my archive.zip"] * (way == "on this disk")
    kept = f"Kept: {len(files)} of 3 files"
    world.fails(1, words, kept, options=options) if words else world.arrives(*options)
    assert not (words and options) or "without --zip" in world.err
    assert world.has(*files) and bool(world.server.log) != bool(options)
    assert files or way != "parts" or world.server.sent < 200_000, "it is known before a file is fetched"
    assert {path.name for path in world.folder.iterdir()} == {"data", "manifest.json", "my archive.zip"}


def test_a_flipped_bit_at_one_address_is_mended_by_the_next(world):
    world.server.files["/bad.zip"] = ARCHIVES["flipped bits"][0]
    world.arrives("--url", world.server.base + "/bad.zip", world.url)


def test_a_length_that_is_a_lie_fetches_no_more_than_the_member(world):
    """The span ends where the next member begins. Older zipfiles then read the file, newer ones refuse."""
    world.publish(patched((listed("captions.h5", 20), struct.pack("<I", 2**31))))
    status = world.run("--only", "captions.h5")
    assert (status, world.has("captions.h5")) in [(0, True), (1, False)]
    assert world.server.sent < 2 * (200_000 + (2 << 16)), "twice at most: what is damaged is tried again"


def test_a_list_without_end_is_not_fetched(world, monkeypatch):
    monkeypatch.setattr("cs231n.course.download.fetch.LARGEST_LIST", 300)
    world.fails(1, NOT_WHOLE)
    assert world.server.sent < 1000


@pytest.mark.parametrize("module", [lzma, bz2])
def test_what_the_decoders_raise_is_damage_and_what_the_disk_refuses_is_not(module):
    with pytest.raises(DownloadError, match="damaged"), readable("x is damaged"):
        module.decompress(module.compress(b"hello" * 99)[:-8] + b"12345678" * 4)
    with pytest.raises(OSError, match="full"), readable("x is damaged"):
        raise OSError(28, "full")


# --- manifests


@pytest.mark.parametrize("name", [*HOSTILE, "..", "", "a.part", ".hidden", "a/b", "x" * 201, "a:b", "end."])
def test_hostile_names_in_a_manifest_are_refused(world, name):
    raw = json.loads(world.manifest.read_text(encoding="utf-8"))
    raw["files"][name] = raw["files"]["vocab.json"]
    world.manifest.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(UsageError, match="not safe to write"):
        Manifest(world.manifest)


FILE = '{"archive": {"urls": ["http://x/y.zip"]}, "files": {"a": {"bytes": %s, "sha256": "%s"}}%s}'
WRONG = {
    "": "not of the right form",
    "[]": "not of the right form",
    "{}": "not of the right form",
    '{"archive": {"urls": []}, "files": {}}': "Addresses begin with",
    FILE % (-1, "0" * 64, ""): "no size and SHA-256 for a",
    FILE % (1, "0" * 63, ""): "no size and SHA-256 for a",
    FILE % (1, "0" * 64, ', "needed_by_the_notebooks": ["b"]'): "No such file in the archive: b",
    "none": "cannot be read",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_manifest_of_another_form_ends_with_2(world, text):
    world.manifest.write_text(text, encoding="utf-8")
    if text == "none":
        world.manifest.unlink()
    world.fails(2, WRONG[text])


def test_the_packs_manifest_has_ten_files_of_which_six_are_needed():
    manifest = Manifest()
    assert len(manifest.files) == 10 and len(manifest.needed) == 6 and COCO.parent.name == "download"
    assert manifest.urls[0].startswith("https://") and manifest.archive_name == "coco_captioning.zip"
