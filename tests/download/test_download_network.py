"""What networks do: each fault once, then the exit status, the message, and only whole files in place."""

import gzip
import socket
import time
from email.utils import format_datetime

import pytest
from world import NEEDED, make_contents, make_zip

from cs231n.course.download.faults import retry_after

# --- faults: each changes one answer of the server


def cut(at):
    return lambda answer: setattr(answer, "cut", at)


def stall(at):
    return lambda answer: setattr(answer, "stall", at)


def drop(answer):
    answer.drop = True


def status(code, **headers):
    def change(answer):
        answer.status, answer.body = code, b"no"
        answer.headers = {"Content-Length": "2"} | {k.replace("_", "-"): v for k, v in headers.items()}

    return change


def header(name, value):
    return lambda answer: answer.headers.update({name: value})


def page(answer):
    body = b"<!DOCTYPE html><title>Sign in</title>"
    answer.status, answer.body = 200, body
    answer.headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}


def gzipped(answer):
    if answer.status in (200, 206):
        answer.body = gzip.compress(answer.body)
        answer.headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(answer.body))}


def shifted(answer):
    first, rest = answer.headers["Content-Range"].removeprefix("bytes ").split("-", 1)
    answer.headers["Content-Range"] = f"bytes {int(first) + 7}-{rest}"


def arrives(world, *options):
    """The run ends well with every needed file."""
    assert world.run(*options) == 0, world.said
    assert world.has(*NEEDED)


def fails(world, code, *words, options=()):
    """The run ends with this status, says these words, and leaves nothing half."""
    assert world.run(*options) == code, world.said
    for word in words:
        assert word in world.err


# --- one line a case


def but_the_probe(change):
    return lambda answer: change(answer) if answer.asked["kind"] != "probe" else None


def other_size(answer):
    answer.headers["Content-Range"] += "7"


def short(answer):
    header("Content-Length", "99999999")(answer)
    cut(50_000)(answer)


SHIFTED = "other bytes than the ones asked for"
SURVIVED = {  # faults of the answers to the spans, one after the other; what is said; requests
    "silence past the timeout": ([stall(1000)], "Nothing came for 0.5 s", {"span": 4}),
    "503 twice": ([status(503)] * 2, "503", {"span": 5}),
    "gzip on a span": ([gzipped], "cannot send parts", {"whole": 1}),
    "a shifted range is not believed": ([shifted], SHIFTED, {"span": 4}),
    "a length too small": ([header("Content-Length", "10")], "", {"whole": 0}),
    "a length too large": ([short], "The connection was cut", {"span": 4}),
    "416 on resume looks again": ([cut(50_000), status(416)], "has changed", {"probe": 2}),
}


@pytest.mark.parametrize("case", SURVIVED)
def test_what_is_survived(world, case):
    faults, said, requests = SURVIVED[case]
    world.server.faults = [("span", fault) for fault in faults]
    arrives(world, "--timeout", "0.5")
    assert said in world.err
    assert {kind: world.server.kinds().count(kind) for kind in requests} == requests


OTHER_SERVERS = {  # whether it has ranges, what it does to every answer, its fault, requests in their order
    "no ranges": (False, None, None, ["probe", "whole"]),
    "no ranges, and a cut": (False, None, cut(200_000), ["probe", "whole", "whole"]),
    "ranges that are not advertised": (True, header("Accept-Ranges", None), None, None),
    "gzip on every answer": (True, gzipped, None, ["probe", "whole"]),
}


@pytest.mark.parametrize("case", OTHER_SERVERS)
def test_servers_of_other_kinds(world, case):
    world.server.ranges, always, fault, kinds = OTHER_SERVERS[case]
    world.server.always = [always] if always else []
    world.server.faults = [("whole", fault)] if fault else []
    arrives(world)
    assert world.server.kinds() == kinds or kinds is None and "whole" not in world.server.kinds()


GIVEN_UP = {  # what the server does to every answer; retries; what is said
    "cuts without a byte": (cut(0), 2, ["3 times in a row", "Kept: 0 of 3 files"]),
    "a wait too long": (status(429, Retry_After="3600"), 5, ["come back in 60 minutes"]),
    "503": (status(503), 5, ["the server answered 503", "6 times in a row", "Run the same command again"]),
    "shifted ranges": (but_the_probe(shifted), 5, [SHIFTED]),
    "a size that changes": (but_the_probe(other_size), 5, ["changes again and again"]),
}


@pytest.mark.parametrize("case", GIVEN_UP)
def test_what_is_given_up_ends_with_status_3(world, case):
    change, retries, words = GIVEN_UP[case]
    world.server.always = [change]
    fails(world, 3, *words, options=["--retries", retries])


AT_ONCE = {
    "403": (status(403), ["the server answered 403"]),
    "404": (status(404), ["the server answered 404"]),
    "a sign-in page": (page, ["sign-in page of a Wi-Fi network", "Open a browser"]),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_a_refusal_is_not_tried_again_but_the_next_address_is(world, case):
    change, words = AT_ONCE[case]
    world.server.always = [lambda answer: change(answer) if answer.asked["path"] == "/gone.zip" else None]
    gone = world.server.base + "/gone.zip"
    fails(world, 3, gone, *words, options=["--url", gone])
    assert len(world.server.log) == 1
    arrives(world, "--url", gone, world.url)


# --- cuts and silences


def test_a_body_cut_once_goes_on_at_the_byte(world):
    world.server.faults = [("span", cut(100_000))]
    arrives(world)
    spans = [asked["range"] for asked in world.server.log if asked["kind"] == "span"]
    first, last = spans[0].removeprefix("bytes=").split("-")
    assert spans[1] == f"bytes={int(first) + 100_000}-{last}"


def test_a_body_cut_four_times_costs_no_byte_twice(world):
    arrives(world)
    plain = world.server.sent
    for name in NEEDED:
        (world.dest / name).unlink()
    world.server.sent = 0
    world.server.faults = [("span", cut(30_000))] * 4
    arrives(world)
    assert world.server.sent == plain


@pytest.mark.parametrize("which", ["probe", "tail", "span"])
def test_a_drop_before_the_headers_is_tried_again(world, which):
    world.server.faults = [(which, drop)]
    arrives(world)
    assert world.server.kinds().count(which) == (2 if which != "span" else 4)


# --- statuses


def test_429_waits_as_long_as_it_is_told(world):
    world.server.faults = [("span", status(429, Retry_After="1"))]
    began = time.monotonic()
    arrives(world)
    assert time.monotonic() - began >= 1


def test_retry_after_may_be_a_date():
    from datetime import UTC, datetime, timedelta

    assert 50 < retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)) <= 60
    assert retry_after("soon") == 0


def test_a_redirect_is_followed(world):
    def change(answer):
        if answer.asked["path"] == "/old.zip":
            status(301, Location=world.path)(answer)

    world.server.always = [change]
    arrives(world, "--url", world.server.base + "/old.zip")
    assert [asked["path"] for asked in world.server.log].count("/old.zip") == 1


# --- ranges


def test_a_server_that_sends_less_than_asked_is_asked_for_the_rest_at_once(world):
    def small(answer):
        if answer.asked["kind"] == "span":
            first, _ = answer.asked["range"].removeprefix("bytes=").split("-")
            answer.body = answer.body[:50_000]
            place = f"bytes {first}-{int(first) + len(answer.body) - 1}/{len(world.zip)}"
            answer.headers |= {"Content-Length": str(len(answer.body)), "Content-Range": place}

    world.server.always = [small]
    arrives(world)
    assert "trying again" not in world.err


def test_no_content_length_is_survived(world):
    world.server.always = [header("Content-Length", None)]
    arrives(world)
    world.server.ranges = False
    assert world.run("--force") == 0


# --- versions


def test_mirrors_behind_one_name_may_have_other_etags(world):
    """Where the size agrees, the SHA-256 decides."""

    def change(answer):
        answer.headers["ETag"] = f'"{time.monotonic_ns()}"'

    world.server.always = [change]
    world.server.faults = [("span", cut(50_000))]
    arrives(world)
    assert "changed" not in world.err


def test_bytes_of_two_versions_of_one_size_are_fetched_again(world):
    """The archive is replaced by one of the same size while a file is on its way."""
    good = world.zip
    bad = good[:60_000] + bytes(len(good) - 60_000)

    def change(answer):
        answer.cut = 50_000
        answer.body = bad[40:][: len(answer.body)]
        answer.headers["ETag"] = '"other"'

    world.server.faults = [("span", change)]
    world.publish(good)
    arrives(world)


def test_an_archive_that_changes_within_a_run_is_read_anew(world):
    """The rest of a half span lies elsewhere in the new archive; the old offsets would bring other bytes."""

    def change(answer):
        answer.cut = 50_000
        world.publish(padded(world.contents), etag='"v2"')

    world.server.faults = [("span", change)]
    arrives(world)
    assert "has changed" in world.err
    assert world.server.kinds().count("probe") == 2


def padded(contents):
    """The same files in another archive: every offset is another one."""
    return make_zip({"first.txt": b"x" * 999} | contents)


def test_an_archive_that_changes_between_runs_is_never_spliced(world):
    """Same names and sizes, other bytes: what the first run kept belongs to the old archive."""
    world.server.faults = [("span", cut(60_000)), ("span", status(404))]
    fails(world, 3, "0.1 MB of unfinished parts")
    world.contents = make_contents(seed=5)
    world.manifest = world.write_manifest([world.url])
    world.publish(make_zip(world.contents), etag='"v2"')
    arrives(world)
    assert "damaged" not in world.err


# --- who answers


def test_a_sign_in_page_in_the_middle_is_recognised(world):
    world.server.faults = [("span", cut(50_000)), ("span", page)]
    fails(world, 3, "sign-in page", "0.1 MB of unfinished parts")
    arrives(world)


def test_a_name_not_found_leads_to_the_second_address(world, monkeypatch):
    real = socket.getaddrinfo

    def lookup(host, *rest, **options):
        if host == "nowhere.invalid":
            raise socket.gaierror(-2, "Name or service not known")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    fails(world, 3, "name was not found", options=["--url", "http://nowhere.invalid/coco.zip"])
    arrives(world, "--url", "http://nowhere.invalid/coco.zip", world.url)


def test_no_server_at_all_ends_with_status_3(world):
    world.server.server.shutdown()
    world.server.server.server_close()
    fails(world, 3, "refused the connection", options=["--retries", "1"])
