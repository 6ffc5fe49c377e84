"""Fixtures: a loopback server and the small world around it, away from anybody's settings."""

import pytest
from loopback import Loopback
from world import World

SETTINGS = ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
SETTINGS += ["SSLKEYLOGFILE", "NETRC", "CS231N_DATA_URL", "CS231N_DATA_DIR"]


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch):
    for name in SETTINGS:
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
