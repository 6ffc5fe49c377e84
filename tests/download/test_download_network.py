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


def test_a_stall_past_the_timeout_is_a_cut(world):
    world.server.faults = [("span", stall(1000))]
    arrives(world, "--timeout", "0.3")
    assert "Nothing came for 0.3 s" in world.err


@pytest.mark.parametrize("which", ["probe", "tail", "span"])
def test_a_drop_before_the_headers_is_tried_again(world, which):
    world.server.faults = [(which, drop)]
    arrives(world)
    assert world.server.kinds().count(which) == (2 if which != "span" else 4)


def test_cuts_without_a_byte_end_after_the_retries(world):
    world.server.always = [cut(0)]
    fails(world, 3, "3 times in a row", "Kept: 0 of 3 files", options=["--retries", "2"])


# --- statuses


def test_503_twice_is_survived(world):
    world.server.faults = [("span", status(503))] * 2
    arrives(world)


def test_429_waits_as_long_as_it_is_told(world):
    world.server.faults = [("span", status(429, Retry_After="1"))]
    began = time.monotonic()
    arrives(world)
    assert time.monotonic() - began >= 1


def test_a_wait_too_long_is_given_up_with_the_number(world):
    world.server.always = [status(429, Retry_After="3600")]
    fails(world, 3, "come back in 60 minutes")


def test_retry_after_may_be_a_date():
    from datetime import UTC, datetime, timedelta

    assert 50 < retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)) <= 60
    assert retry_after("soon") == 0


def test_503_for_ever_ends_with_status_3(world):
    world.server.always = [status(503)]
    fails(world, 3, "the server answered 503", "6 times in a row", "Run the same command again")


@pytest.mark.parametrize("code", [403, 404])
def test_a_refusal_is_not_tried_again(world, code):
    world.server.always = [status(code)]
    fails(world, 3, f"the server answered {code}", world.url)
    assert len(world.server.log) == 1


def test_after_a_refusal_the_next_address_is_tried(world):
    arrives(world, "--url", world.server.base + "/gone.zip", world.url)


def test_a_redirect_is_followed(world):
    def change(answer):
        if answer.asked["path"] == "/old.zip":
            status(301, Location=world.path)(answer)

    world.server.always = [change]
    arrives(world, "--url", world.server.base + "/old.zip")
    assert [asked["path"] for asked in world.server.log].count("/old.zip") == 1


# --- ranges


def test_without_ranges_the_whole_archive_is_fetched(world):
    world.server.ranges = False
    arrives(world)
    assert world.server.kinds() == ["probe", "whole"]


def test_without_ranges_a_cut_begins_again(world):
    world.server.ranges = False
    world.server.faults = [("whole", cut(200_000))]
    arrives(world)


def test_ranges_that_work_need_not_be_advertised(world):
    world.server.always = [header("Accept-Ranges", None)]
    arrives(world)
    assert "whole" not in world.server.kinds()


def test_gzip_on_every_answer_leads_to_the_whole_archive(world):
    world.server.always = [gzipped]
    arrives(world)
    assert "whole" in world.server.kinds()


def test_gzip_on_a_span_leads_to_the_whole_archive(world):
    world.server.faults = [("span", gzipped)]
    arrives(world)
    assert world.server.kinds()[-1] == "whole"


def test_a_shifted_content_range_is_not_believed(world):
    world.server.faults = [("span", shifted)]
    arrives(world)
    assert "other bytes than the ones asked for" in world.err


def test_a_content_range_shifted_for_ever_ends_with_status_3(world):
    world.server.always = [lambda answer: shifted(answer) if answer.asked["kind"] != "probe" else None]
    fails(world, 3, "other bytes than the ones asked for")


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


@pytest.mark.parametrize("length", ["10", "99999999"])
def test_a_wrong_content_length_is_survived(world, length):
    world.server.faults = [("span", header("Content-Length", length))]
    if length == "99999999":
        world.server.faults = [("span", lambda a: (header("Content-Length", length)(a), cut(50_000)(a)))]
    arrives(world)


def test_no_content_length_is_survived(world):
    world.server.always = [header("Content-Length", None)]
    arrives(world)
    world.server.ranges = False
    assert world.run("--force") == 0


def test_a_416_on_resume_looks_at_the_archive_again(world):
    world.server.faults = [("span", cut(50_000)), ("span", status(416))]
    arrives(world)
    assert "has changed" in world.err
    assert world.server.kinds().count("probe") == 2


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


def other_archive(world):
    """Another archive: same names, other contents, other offsets."""
    return make_zip(make_contents(seed=1) | {"vocab.json": b"[]"})


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


def test_an_archive_of_other_contents_is_refused(world):
    world.publish(other_archive(world), etag='"v2"')
    fails(world, 1, "The archive has", "another one")
    assert world.has()


def test_an_archive_that_changes_for_ever_ends(world):
    def change(answer):
        if answer.asked["kind"] != "probe":
            answer.headers["Content-Range"] = f"{answer.headers['Content-Range']}7"

    world.server.always = [change]
    fails(world, 3, "changes again and again")


# --- who answers


def test_a_sign_in_page_is_recognised(world):
    world.server.always = [page]
    fails(world, 3, "sign-in page of a Wi-Fi network", "Open a browser")
    assert len(world.server.log) == 1


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
