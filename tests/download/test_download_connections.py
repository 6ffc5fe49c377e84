"""Several connections: more only while that helps, one where the server asks for it, and no byte twice."""

import threading
from collections import Counter

import pytest
from test_download_network import status
from world import NEEDED, QUICK

from cs231n.course.download import connections
from cs231n.course.download.connections import Connections, in_pieces
from cs231n.course.download.remote import Policy, Remote
from cs231n.course.download.report import Report


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(connections, "PIECE", 20_000)


def policy(**changes):
    return Policy(**{"pause": 0.01, "longest_pause": 0.05, "look": 0.1, "timeout": 5.0, **changes})


class Heard(Report):
    def __init__(self):
        self.notes, self.silences, self.count = [], [], 0

    def note(self, text):
        self.notes.append(text)

    def advance(self, count):
        self.count += count

    def silence(self, seconds):
        self.silences.append(seconds)


def bring(world, size=400_000, **changes):
    """Bring the first bytes of the archive in pieces: the connections' object, and how many worked at most."""
    report = Heard()
    with Remote(world.url, policy(**changes), report.note) as remote:
        remote.probe()
        world.folder.joinpath("pieces").mkdir(exist_ok=True)
        pieces = in_pieces("x", 0, size, lambda k: world.folder / "pieces" / f"x.{k}.span")
        crew = Connections(remote, report)
        most, order = 0, []

        def done(piece):
            nonlocal most
            most = max(most, crew.alive)
            order.append(piece)

        crew.bring(pieces, done)
    data = b"".join(piece.path.read_bytes() for piece in pieces)
    assert data == world.zip[:size]
    assert Counter(order) == Counter(pieces), "each piece is told once"
    return crew, most, report


def test_a_server_that_is_slow_for_each_gets_more_connections(world):
    world.server.pace = (4000, 0.05)  # 80 kB/s a connection
    _, most, report = bring(world)
    assert most >= 3
    assert world.server.sent == 400_001, "one byte to probe, then no byte twice"


def test_never_more_than_asked_for(world):
    world.server.pace = (4000, 0.02)
    _, most, _ = bring(world, connections=2)
    assert most == 2


@pytest.mark.parametrize(
    "rates, most",
    [
        ([10, 20, 30, 40], 4),  # each brings as much as the first
        ([10, 10.5], 2),  # one tap for all: the second brings nothing
        ([10, 20, 21], 3),
        ([0, 0], 1),  # nothing comes: more of nothing is no help
    ],
)
def test_another_is_added_only_while_the_last_one_was_worth_it(monkeypatch, rates, most):
    """rates[k]: bytes a second with k + 1 connections."""
    now = [100.0]
    monkeypatch.setattr(connections.time, "monotonic", lambda: now[0])
    crew = Connections(Remote("http://127.0.0.1:9/x", policy(), lambda text: None), Report())
    crew.waiting.extend(range(99))
    crew.alive, crew.looked, crew.came = 1, now[0], 0
    monkeypatch.setattr(crew, "_add", lambda: setattr(crew, "alive", crew.alive + 1))
    for _ in range(6):
        now[0] += 0.1
        crew.came = 0.1 * rates[crew.alive - 1]
        crew._look()
    assert crew.alive == most


def test_asked_for_patience_it_goes_back_to_one(world):
    world.server.pace = (4000, 0.02)
    crew, _, report = bring(world, size=100_000)
    assert crew.limit == 4
    for path in (world.folder / "pieces").iterdir():
        path.unlink()
    busy = Counter()

    def crowded(answer):
        busy["now"] += 1
        if answer.asked["kind"] == "span" and busy["now"] == 12:
            status(429, Retry_After="0")(answer)

    world.server.always = [crowded]
    crew, _, report = bring(world)
    assert crew.limit == 1


def test_a_server_that_takes_one_connection_only_is_no_fault(world):
    """Every second connection is refused for ever; the first brings all."""
    world.server.pace = (4000, 0.02)
    first = []

    def only_one(answer):
        me = threading.get_ident()
        if not first:
            first.append(me)
        if me != first[0]:
            answer.drop = True

    world.server.always = [only_one]
    crew, _, _ = bring(world, size=200_000, retries=1)
    assert crew.limit == 1


def test_what_lies_there_is_not_fetched_again(world):
    bring(world)
    half = world.folder / "pieces" / "x.3.span"
    half.write_bytes(half.read_bytes()[:7000])
    world.server.sent = 0
    bring(world)
    assert world.server.sent == 1 + 13_000


def test_a_silence_is_told(world, monkeypatch):
    monkeypatch.setattr(connections, "SILENCE", 0.2)
    world.server.faults = [("span", lambda answer: setattr(answer, "stall", 1000))]
    _, _, report = bring(world, timeout=1.0)
    assert report.silences and max(report.silences) > 0.2
    assert any("Nothing came for 1 s" in note for note in report.notes)


def test_a_whole_archive_in_pieces(world):
    assert world.run("--keep-zip") == 0
    assert (world.dest / "coco.zip").read_bytes() == world.zip
    assert world.has(*NEEDED, "coco.zip")
    assert QUICK.connections == 4
