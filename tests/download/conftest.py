"""Fixtures: a web server on this machine and the small world around it, away from anybody's settings."""

import pytest
from loopback import Loopback
from world import World

SETTINGS = ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
SETTINGS += ["SSLKEYLOGFILE", "NETRC", "CS231N_DATA_URL", "CS231N_DATA_DIR", "TQDM_DISABLE"]


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("CS231N_LANG", "en")


@pytest.fixture
def server():
    with Loopback() as server:
        yield server


@pytest.fixture
def world(tmp_path, server, capsys):
    return World(tmp_path, server, capsys)


@pytest.fixture
def secure(world):
    """The same archive on a server whose certificate nobody trusts."""
    with Loopback(tls=True) as secure:
        secure.files[world.path] = world.zip
        yield secure
