"""Fixtures: a loopback server and the small world around it, away from any proxy."""

import pytest
from loopback import Loopback
from world import World


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def world(tmp_path, server, capsys):
    return World(tmp_path, server, capsys)
