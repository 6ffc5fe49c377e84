"""What servers do: each fault once, then the status, the words, the requests, and only whole files in place."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
import requests
from loopback import PAGE, cut, gzipped, header, only, page, place, stall, status
from world import QUICK, make_zip

from cs231n.course.download.errors import refused
from cs231n.course.download.remote import Remote, Session


def case(
    code, *said, spans=(), faults=(), always=None, ranges=True, options=(), asked=None, more=0, pace=None
):
    """The exit status and what is said, for faults of the first spans, of other requests or of every answer.

    asked: how many requests of which kind; more: bytes behind the archive; None in `said`: no word of another try
    """
    return SimpleNamespace(**(locals() | {"faults": [*(("span", fault) for fault in spans), *faults]}))


AGAIN, OTHER, WHOLE = "trying again", "other bytes than the ones asked for", "cannot send parts"
MANY, CUT, PORTAL = "6 times in a row", "The connection was cut", "sign-in page of a Wi-Fi network"
DIGITS = "bytes 0-0/"
SHORT = {"options": ["--retries", "1"]}
NO_LENGTH = header("Content-Length", None)

CASES = {
    "silence": case(0, "Nothing came for 0.5 s", spans=[stall(1000)], options=["--timeout", "0.5"]),
    "503 twice": case(0, "503", spans=[status(503)] * 2, asked={"span": 5}),
    "503": case(
        3, "answered 503", MANY, "Run the same command again", always=status(503), asked={"probe": 6}
    ),
    "403": case(3, "the server answered 403", always=status(403), asked={"probe": 1}),
    "404": case(3, "the server answered 404", "newer version", always=status(404), asked={"probe": 1}),
    "a long wait": case(
        3, "come back in 60 minutes", always=status(429, Retry_After="3600"), asked={"probe": 1}
    ),
    "a wait without end": case(3, "asks to come back", always=status(429, Retry_After="9" * 4000)),
    "four cuts": case(0, CUT, spans=[cut(30_000)] * 4, asked={"span": 7}),
    "cuts, bytes between them": case(0, spans=[cut(40_000)] * 4, **SHORT),
    "cuts without a byte": case(3, "2 times in a row", "Kept: 0 of 3 files", always=cut(0), **SHORT),
    "no headers to the probe": case(0, AGAIN, faults=[("probe", cut(-1))], asked={"probe": 2}),
    "no headers to the list": case(0, AGAIN, faults=[("list", cut(-1))], asked={"probe": 1, "whole": 0}),
    "no headers to a span": case(0, AGAIN, spans=[cut(-1)], asked={"probe": 1, "span": 4}),
    "a length too small": case(0, None, spans=[header("Content-Length", "10")], asked={"span": 4}),
    "a length too large": case(
        0, CUT, spans=[lambda a: [header("Content-Length", "9999999")(a), cut(99)(a)]]
    ),
    "no length": case(0, None, always=NO_LENGTH, asked={"whole": 0}),
    "fewer bytes than asked for": case(0, None, always=place(length=50_000), asked={"whole": 0}),
    "no bytes": case(3, "the server sent no more bytes (2 times", always=place(length=0), **SHORT),
    "bytes of another place": case(0, OTHER, spans=[place(7)], asked={"span": 4}),
    "always bytes of another place": case(3, OTHER, always=place(7)),
    "416 on the way": case(0, "has changed", spans=[cut(50_000), status(416)], asked={"probe": 2}),
    "a size that changes": case(3, "changes again and again", always=place(size="7"), asked={"probe": 3}),
    "a size of 5,000 digits": case(
        0, WHOLE, faults=[("probe", header("Content-Range", DIGITS + "9" * 5000))]
    ),
    "a size below zero": case(0, WHOLE, faults=[("probe", header("Content-Range", DIGITS + "-1"))]),
    "a size in other digits": case(0, WHOLE, faults=[("probe", header("Content-Range", DIGITS + "\xb2"))]),
    "gzip on a span": case(0, WHOLE, spans=[gzipped], asked={"whole": 1}),
    "gzip on every answer": case(0, WHOLE, always=gzipped, asked={"probe": 1, "whole": 1}),
    "an ETag for each answer": case(0, spans=[cut(9)], always=lambda a: a.headers.update(ETag=f'"{id(a)}"')),
    "no ranges": case(0, WHOLE, ranges=False, asked={"probe": 1, "whole": 1}),
    "no ranges and a cut": case(0, WHOLE, ranges=False, faults=[("whole", cut(200_000))], asked={"whole": 2}),
    "no ranges and no length": case(0, WHOLE, ranges=False, always=NO_LENGTH, asked={"whole": 1}),
    "no ranges and a cut that nothing tells": case(
        0,
        "sent no more bytes",
        ranges=False,
        always=only("whole", NO_LENGTH),
        faults=[("whole", cut(200_000))],
    ),
    "no ranges and cuts": case(
        3, "Kept: 0 of 3 files are in place.", ranges=False, always=cut(200_000), **SHORT
    ),
    "a sign-in page": case(3, PORTAL, "Open a browser", always=page, asked={"probe": 1, "whole": 0}),
    "a page in the middle": case(3, PORTAL, "0.1 MB of unfinished parts", spans=[cut(50_000), page]),
    "a page that says it is a file": case(3, PORTAL, ranges=False, always=status(200, PAGE)),
    "a size that no such archive has": case(
        3, "this is another file", more=9**7, asked={"span": 0, "whole": 0}
    ),
    "a body without end": case(3, "this is another file", more=9**7, ranges=False, always=NO_LENGTH),
    "a trickle": case(
        3,
        "bytes came in",
        "2 times in a row",
        pace=(20, 0.05),
        options=["--timeout", "0.4", "--retries", "1"],
    ),
    "http://[": case(3, always=status(302, Location="http://["), **SHORT),
    "no text": case(3, always=status(302, Location="http://\x80/"), **SHORT),
    "//": case(3, always=status(302, Location="//"), **SHORT),
    "a space": case(3, always=status(302, Location="http://a b:c/"), **SHORT),
    "a large port": case(3, always=status(302, Location="http://127.0.0.1:99999/x"), **SHORT),
    "moved": case(0, always=status(301, Location="/coco.zip"), asked={"whole": 0}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_server_that_misbehaves(world, monkeypatch, name):
    """What it survives it brings; where it fails, it says why, and the next address is asked."""
    monkeypatch.setattr("cs231n.course.download.archive.SLACK", 1000)
    case, server, bad = CASES[name], world.server, world.server.base + "/bad.zip"
    server.files["/bad.zip"] = world.zip + bytes(case.more)
    server.faults, server.always = list(case.faults), only("/bad.zip", case.always)
    server.ranges, server.pace = case.ranges, case.pace
    if case.code:
        world.fails(case.code, f"{bad}: ", *case.said, options=[*case.options, "--url", bad])
        assert "unfinished" not in world.err or "unfinished" in str(case.said)
    else:
        world.arrives(*case.options, "--url", bad)
    assert all(word in world.err for word in case.said if word) and (
        AGAIN not in world.err or None not in case.said
    )
    assert all(server.kinds().count(kind) == count for kind, count in (case.asked or {}).items()), (
        server.kinds()
    )
    server.faults, server.pace = [], None
    world.arrives(*case.options, "--url", bad, world.url)


def test_a_body_cut_goes_on_at_the_byte_and_costs_no_byte_twice(world):
    world.arrives()
    plain = world.server.sent
    world.server.faults = [("span", cut(100_000))]
    world.arrives("--force")
    first, second = [asked for asked in world.server.log if asked.kind == "span"][:2]
    assert (second.first, second.last) == (first.first + 100_000, first.last)
    assert world.server.sent == plain


def test_where_the_run_is_over_nothing_is_said_of_another_try(world):
    notes, world.server.always = [], cut(0)
    remote = Remote(world.url, QUICK, notes.append)
    assert not list(remote.stream(0, 9, lambda seconds: bool(world.server.log)))
    assert notes == [] and len(world.server.log) == 1
    remote.session.close()


def test_a_redirect_is_remembered(world):
    world.server.always = only("/old.zip", status(301, Location=world.path))
    world.arrives("--url", world.server.base + "/old.zip")
    assert [asked.path for asked in world.server.log].count("/old.zip") == 1


def test_429_waits_as_long_as_it_is_told(world):
    world.server.faults = [("span", status(429, Retry_After="1"))]
    began = time.monotonic()
    world.arrives()
    assert time.monotonic() - began >= 1


def waits(value):
    return refused(SimpleNamespace(status_code=503, reason="", headers={"Retry-After": value})).wait


@pytest.mark.parametrize("value", ["soon", "inf", "nan", "1e999", "Fri, 99 Foo 999999 00:00:00 GMT", "-5"])
def test_retry_after_may_be_a_date_but_no_nonsense(value):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < waits(later) <= 60 and waits(value) == 0


def test_a_reason_with_escape_codes_prints_harmlessly(world):
    world.server.always, world.server.reason = status(403), "\x1b[2J\x1b]0;evil\x07No"
    world.fails(3, "the server answered 403")
    assert "\x1b" not in world.said and "\x07" not in world.said


# --- versions of the archive


def test_bytes_of_two_versions_of_one_size_are_fetched_again(world):
    """The archive is replaced by one of the same size while a file is on its way."""
    world.server.faults = [("span", lambda answer: setattr(answer, "body", bytes(len(answer.body))))]
    world.arrives()
    assert "captions.h5 were damaged; fetching them again" in world.err
    world.server.faults = [("span", lambda answer: setattr(answer, "body", bytes(len(answer.body))))]
    world.server.always = lambda answer: status(403)(answer) if len(world.server.log) > 7 else None
    world.fails(3, "answered 403", options=["--force"])  # at the second look
    assert "the bytes are not" not in world.err and "is damaged" not in world.err


def test_an_archive_that_changes_within_a_run_is_read_anew(world):
    """The rest of a half span lies elsewhere in the new archive; the old offsets would bring other bytes."""

    def change(answer):
        answer.cut = 50_000
        world.publish(make_zip({"first.txt": b"x" * 999} | world.contents))

    world.server.faults = [("span", change)]
    world.arrives()
    assert "has changed" in world.err and world.server.kinds().count("probe") == 2


def test_what_was_kept_of_another_archive_is_never_spliced(world):
    """Same names and sizes, other bytes: what the first run kept belongs to the old archive."""
    world.server.faults = [("span", cut(60_000)), ("span", status(404))]
    world.fails(3, "0.1 MB of unfinished parts")
    world.contents = {name: data[::-1] for name, data in world.contents.items()}
    world.write_manifest()
    world.publish(make_zip(world.contents))
    world.arrives()
    assert "damaged" not in world.err


# --- whom the secrets reach


@pytest.mark.parametrize("same", [False, True])
def test_a_password_follows_to_its_own_server_and_never_to_plain_http(world, secure, monkeypatch, same):
    requests.packages.urllib3.disable_warnings()
    (world.folder / "netrc").write_text("machine 127.0.0.1 login me password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(world.folder / "netrc"))
    target = secure if same else world.server
    secure.files["/x"], target.files["/y"] = b"", b"hello"
    secure.always = only("/x", status(302, Location=target.base + "/y"))
    with Session() as session:
        assert session.get(secure.base + "/x", verify=False, timeout=5).content == b"hello"
    first, last = secure.log[0].authorization, target.log[-1].authorization
    assert first.startswith("Basic") and last == (first if same else None)
