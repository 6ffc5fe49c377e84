"""Several connections: no byte twice, fewer where the server wants fewer, and a silence is told."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from loopback import cut, page, stall, status
from world import QUICK

from cs231n.course.download import connections, fetch, report
from cs231n.course.download.connections import Piece, bring
from cs231n.course.download.errors import NetworkError, OwnSide
from cs231n.course.download.remote import Remote
from cs231n.course.download.report import Report


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    for module in (connections, fetch):
        monkeypatch.setattr(module, "PIECE", 20_000, raising=False)


def brought(world, size=400_000, **changes):
    """Bring the first bytes of the archive in pieces: they are right, and each is counted once."""
    folder, told = world.folder / "pieces", []
    folder.mkdir(exist_ok=True)
    starts = enumerate(range(0, size, 20_000))
    pieces = [Piece(folder / f"{k}.span", at, min(at + 20_000, size)) for k, at in starts]
    before = sum(piece.path.stat().st_size for piece in pieces if piece.path.exists())
    remote = Remote(world.url, replace(QUICK, connections=4, **{"timeout": 5.0} | changes), print)
    report = Report()
    real = report.advance
    report.advance = lambda count: (told.append(count), real(count))
    try:
        with report.transfer(size, before):
            remote.probe()
            bring(remote, pieces, report)
    finally:
        remote.session.close()
        world.left = [piece.path.stat().st_size for piece in pieces if piece.path.exists()]
    assert b"".join(piece.path.read_bytes() for piece in pieces) == world.zip[:size]
    assert before + sum(told) == size


def test_four_connections_fetch_no_byte_twice(world):
    brought(world)
    assert world.server.sent == 400_001, "one byte to probe"
    assert 2 <= world.server.connections <= 4


@pytest.mark.parametrize("crowd", [status(429, Retry_After="3600"), status(503), cut(-1)])
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


@pytest.mark.parametrize("fault, kind, pauses", [(page, OwnSide, []), (status(403), NetworkError, [0.01])])
def test_a_fault_ends_all_connections_and_what_came_is_kept(world, monkeypatch, fault, kind, pauses):
    """Before a single connection goes on it waits; what only the reader can put right is asked for once."""
    slept = []
    monkeypatch.setattr(connections, "time", SimpleNamespace(sleep=slept.append))
    world.server.faults = [("span", cut(5000)), *[("span", fault)] * 99]
    with pytest.raises(kind):
        brought(world, retries=1)
    assert sum(world.left) == 5000 and slept == pauses
    assert len(world.server.log) < 12, "the other pieces are not asked for any more"


def test_a_silence_is_told(world, monkeypatch, capsys):
    monkeypatch.setattr(report, "SILENCE", 0.2)
    monkeypatch.setitem(report.BAR, "disable", False)
    world.server.faults = [("span", stall(1000))] * 4
    brought(world, size=80_000, timeout=1.0)
    assert "nothing for" in capsys.readouterr().err


def test_a_whole_run_over_four_connections(world):
    world.arrives(policy=replace(QUICK, connections=4))
    assert world.server.connections > 1
    assert world.server.kinds().count("span") == 20
