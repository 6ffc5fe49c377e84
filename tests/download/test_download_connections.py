"""Several connections: no byte twice, fewer where the server wants fewer, and a silence is told."""

from collections import Counter
from dataclasses import replace

import pytest
from test_download_network import drop, status
from world import NEEDED, QUICK

from cs231n.course.download import connections, fetch, report
from cs231n.course.download.connections import Piece, bring
from cs231n.course.download.remote import Remote
from cs231n.course.download.report import Report


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    for module in (connections, fetch):
        monkeypatch.setattr(module, "PIECE", 20_000)


def brought(world, size=400_000, **changes):
    """Bring the first bytes of the archive in pieces: they are right, and each is told once."""
    policy = replace(QUICK, connections=4, **{"timeout": 5.0} | changes)
    folder = world.folder / "pieces"
    folder.mkdir(exist_ok=True)
    remote = Remote(world.url, policy, print)
    remote.probe()
    starts = enumerate(range(0, size, 20_000))
    pieces = [Piece(folder / f"{k}.span", at, min(at + 20_000, size)) for k, at in starts]
    done = []
    told = Report()
    told.begin(size, 0)
    bring(remote, pieces, done.append, told)
    assert b"".join(piece.path.read_bytes() for piece in pieces) == world.zip[:size]
    assert Counter(done) == Counter(pieces), "each piece is told once"
    remote.session.close()


def test_four_connections_fetch_no_byte_twice(world):
    brought(world)
    assert world.server.sent == 400_001, "one byte to probe"
    assert 2 <= world.server.connections <= 4


@pytest.mark.parametrize("crowd", [status(429, Retry_After="3600"), status(503), drop])
def test_a_server_that_takes_one_connection_only_is_no_fault(world, crowd):
    world.server.pace, world.server.crowd = (4000, 0.005), crowd
    brought(world, size=200_000, retries=5, pause=0.2)


def test_what_lies_there_is_not_fetched_again(world):
    brought(world)
    half = world.folder / "pieces" / "3.span"
    half.write_bytes(half.read_bytes()[:7000])
    world.server.sent = 0
    brought(world)
    assert world.server.sent == 1 + 13_000


def test_a_silence_is_told(world, monkeypatch, capsys):
    monkeypatch.setattr(report, "SILENCE", 0.2)
    monkeypatch.setattr(report, "EVERY", 0.1)
    world.server.faults = [("span", lambda answer: setattr(answer, "stall", 1000))] * 4
    brought(world, size=80_000, timeout=1.0)
    assert "nothing for" in capsys.readouterr().err


def test_a_whole_run_over_four_connections(world):
    assert world.run(policy=replace(QUICK, connections=4)) == 0
    assert world.has(*NEEDED)
