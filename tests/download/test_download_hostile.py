"""What hostile or broken servers and archives send: one of the promised exit codes, and never a traceback."""

import bz2
import io
import lzma
import struct
import zipfile

import pytest
import requests
from loopback import Loopback
from test_download_network import arrives, cut, fails, header, status
from world import NEEDED, PREFIX, make_zip

from cs231n.course.download.errors import DownloadError
from cs231n.course.download.faults import retry_after
from cs231n.course.download.remote import Session
from cs231n.course.download.report import printable

# --- headers


@pytest.mark.parametrize(
    "place", ["http://[", "http://\udc80/", "//", "http://a b:c/", "http://127.0.0.1:99999/x"]
)
def test_a_location_that_makes_no_sense_leads_to_the_next_address(world, place):
    def change(answer):
        if answer.asked["path"] == "/bad.zip":
            status(302, Location=place.encode("utf-8", "surrogateescape").decode("latin-1"))(answer)

    world.server.always = [change]
    arrives(world, "--retries", "0", "--url", world.server.base + "/bad.zip", world.url)


@pytest.mark.parametrize("digits", ["9" * 5000, "-1", "１２"])
def test_a_content_range_of_nonsense_is_no_traceback(world, digits):
    world.server.always = [
        lambda answer: answer.headers.update(
            {"Content-Range": f"bytes 0-0/{digits}".encode().decode("latin-1")}
        )
    ]
    assert world.run("--retries", "1") in (0, 3), world.said


@pytest.mark.parametrize("value", ["inf", "nan", "1e999", "Fri, 99 Foo 999999 00:00:00 GMT", "-5"])
def test_a_retry_after_of_nonsense_is_no_traceback(world, value):
    assert retry_after(value) >= 0
    world.server.faults = [("span", status(503, Retry_After=value))]
    assert world.run() in (0, 3)


def test_a_reason_with_escape_codes_prints_harmlessly(world):
    world.server.always = [status(403)]
    world.server.reason = "\x1b[2J\x1b]0;evil\x07No"
    fails(world, 3, "the server answered 403")
    assert "\x1b" not in world.said and "\x07" not in world.said


def test_printable_keeps_what_people_read():
    assert printable("größe 数据 ✓\nnext\x1b[31m") == "größe 数据 ✓\nnext?[31m"


# --- bodies


def test_a_body_without_end_is_capped_by_what_the_manifest_knows(world, monkeypatch):
    monkeypatch.setattr("cs231n.course.download.manifest.SLACK", 1000)
    world.server.ranges = False
    world.server.always = [header("Content-Length", None)]
    world.publish(world.zip + bytes(5_000_000))
    fails(world, 3, "this is another file")
    assert "unfinished" not in world.err


def test_a_size_that_no_such_archive_has_is_refused_before_a_byte(world, monkeypatch):
    monkeypatch.setattr("cs231n.course.download.manifest.SLACK", 1000)
    world.publish(world.zip + bytes(5_000_000))
    fails(world, 3, "this is another file")
    assert world.server.kinds() == ["probe"]


def test_what_can_not_be_gone_on_with_is_not_called_kept(world):
    """Without ranges every try begins at the first byte: half an archive is of no use."""
    world.server.ranges = False
    world.server.always = [lambda answer: cut(200_000)(answer) if answer.asked["kind"] == "whole" else None]
    fails(world, 3, "Kept: 0 of 3 files are in place.", options=["--retries", "1"])
    assert world.has()


def test_pieces_of_another_version_are_removed(world):
    world.run()
    (world.dest / "captions.h5").unlink()
    (world.dest / ".download").mkdir()
    old = world.dest / ".download" / "captions.h5.00000000-5-9.0.span"
    old.write_bytes(b"old")
    arrives(world)
    assert not old.exists()


def test_a_trickle_is_given_up(world):
    """Bytes come for ever, but too few."""
    world.server.pace = (20, 0.05)
    fails(world, 3, "bytes came in", "2 times in a row", options=["--timeout", "0.4", "--retries", "1"])


# --- archives


def broken_member(method: int, data: bytes) -> bytes:
    """An archive whose vocab.json is said to be packed by `method`, and holds `data`."""
    good = zipfile.ZipFile(io.BytesIO(make_zip({"vocab.json": data}))).getinfo(PREFIX + "vocab.json")
    raw = bytearray(make_zip({"vocab.json": data}))
    start = raw.index(b"PK\x01\x02", good.header_offset)
    start = raw.index(b"PK\x01\x02", start + 4)  # the second line: the first is the folder's
    raw[start + 10 : start + 12] = struct.pack("<H", method)
    raw[good.header_offset + 8 : good.header_offset + 10] = struct.pack("<H", method)
    return bytes(raw)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, 9, 97])
def test_a_bit_flipped_in_the_method_is_damage_and_not_the_disks_fault(world, method):
    world.contents = {"vocab.json": world.contents["vocab.json"]}
    world.publish(broken_member(method, world.contents["vocab.json"]))
    fails(world, 1, "vocab.json is damaged in the archive", options=["--only", "vocab.json"])


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_what_the_decoders_raise_is_damage(pack):
    from cs231n.course.download.archive import readable

    with pytest.raises(DownloadError, match="damaged"), readable("x is damaged"):
        module = lzma if pack is lzma.compress else bz2
        module.decompress(pack(b"hello" * 99)[:-8] + b"12345678" * 4)


def test_a_name_that_is_no_text_is_damage(world):
    raw = bytearray(make_zip(world.contents))
    directory = raw.index((PREFIX + "notes.txt").encode(), zipfile.ZipFile(io.BytesIO(raw)).start_dir)
    raw[directory] = 0xFF
    raw[directory - 46 + 9] |= 0x08  # the flag that says UTF-8
    world.publish(bytes(raw))
    fails(world, 1, "the list of its files is damaged")


# --- whom the secrets reach


@pytest.fixture
def plain_and_secure(monkeypatch):
    secure, plain = Loopback(tls=True), Loopback()
    yield secure, plain
    secure.close()
    plain.close()


def test_no_credentials_follow_a_redirect_to_plain_http(plain_and_secure, monkeypatch, tmp_path):
    secure, plain = plain_and_secure
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    heard = []
    plain.files["/x"] = b"hello"
    plain.always = [lambda answer: heard.append(answer.asked["authorization"])]
    secure.files["/x"] = b""
    secure.always = [
        lambda answer: (
            heard.append(answer.asked["authorization"]),
            status(302, Location=plain.base + "/x")(answer),
        )
    ]
    with Session() as session:
        assert session.get(secure.base + "/x", verify=False, timeout=5).content == b"hello"
    assert heard[0].startswith("Basic") and heard[1] is None


@pytest.fixture(autouse=True)
def no_warning_of_a_self_signed_certificate():
    requests.packages.urllib3.disable_warnings()


def test_each_fault_is_said_once(world):
    world.server.files.clear()
    world.run()
    assert world.err.count("the server answered 404") == 1
    assert world.run("--url", world.url, world.server.base + "/other.zip") == 3
    assert len(NEEDED) == 3 and "--zip" in world.err
