"""Other people's machines: settings, proxies and firewalls, and the sentence that names each."""

import errno
import os
import socket
import sys

import pytest
import requests
from loopback import PEM, Loopback, cut, status
from world import refusing

from cs231n.course.download import errors
from cs231n.course.download.errors import reading


@pytest.fixture
def closed():
    """The number of a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def stops(world, *words, url=None):
    """It ends with 3 and these words, without a second try, and advises no Python but the one that runs this."""
    world.fails(3, *words, errors.python(), options=["--url", url or world.url])
    assert "trying again" not in world.err and "type: python " not in world.err and "secret" not in world.said


NO_FILE, NO_LIST, NOBODY = "{folder}/none/x", "{folder}/manifest.json", "127.0.0.1:{closed} could not be used"
SETTINGS = {  # a setting; whether the address is https; what is said
    "http_proxy=http://127.0.0.1:{closed}": (False, NOBODY, "Correct http_proxy or remove it"),
    "http_proxy=127.0.0.1:{closed}": (False, NOBODY, "Correct http_proxy or remove it"),
    "http_proxy=http://me:secret@127.0.0.1:{closed}/": (False, NOBODY, "Correct http_proxy or remove it"),
    "HTTP_PROXY=http://127.0.0.1:{closed}": (False, NOBODY, "Correct HTTP_PROXY or remove it"),
    "all_proxy=http://127.0.0.1:{closed}": (False, NOBODY, "Correct all_proxy or remove it"),
    "all_proxy=socks5h://127.0.0.1:9": (
        False,
        "127.0.0.1:9 is a SOCKS proxy",
        "package pysocks",
        "all_proxy",
    ),
    "http_proxy=http://": (False, "could not be used", "Correct http_proxy"),
    "http_proxy=ftp://proxy:21": (False, "could not be used", "Correct http_proxy"),
    "NETRC=none": (True, "certificate was refused", "this computer's clock"),
    f"REQUESTS_CA_BUNDLE={NO_FILE}": (
        True,
        f"names {NO_FILE}, which is not there",
        "Correct REQUESTS_CA_BUNDLE",
    ),
    f"CURL_CA_BUNDLE={NO_FILE}": (True, f"names {NO_FILE}, which is not there", "Correct CURL_CA_BUNDLE"),
    f"REQUESTS_CA_BUNDLE={NO_LIST}": (True, f"names {NO_LIST}, which does not vouch", "Correct REQUESTS"),
    f"SSLKEYLOGFILE={NO_FILE}": (True, f"names {NO_FILE}, which cannot be written", "Remove SSLKEYLOGFILE"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_stands_in_the_way_is_named(world, secure, closed, monkeypatch, setting):
    def filled(text):
        text = (
            text.replace("HTTP_PROXY", "http_proxy") if os.name == "nt" else text
        )  # it knows one spelling only
        return text.replace("{folder}", world.folder.as_posix()).replace("{closed}", str(closed))

    https, *words = SETTINGS[setting]
    monkeypatch.setenv(*filled(setting).split("=", 1))
    monkeypatch.setitem(sys.modules, "socks", None)
    stops(world, *map(filled, words), url=secure.base + world.path if https else None)
    assert secure.log == world.server.log == []


def test_a_proxy_that_asks_for_a_password(world, monkeypatch):
    monkeypatch.setenv("http_proxy", world.server.base)
    world.server.always = status(407)
    stops(world, "asks for a name and a password", "Write them into http_proxy")


def test_settings_that_fit_are_used(world, secure, closed, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    world.arrives("--url", secure.base + world.path)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    world.arrives("--force")


@pytest.mark.parametrize("text", ["machine 127.0.0.1 login", "nonsense", ""])
def test_a_netrc_that_cannot_be_read_does_not_hinder_and_no_password_is_told(world, monkeypatch, text):
    (world.folder / "netrc").write_text(text, encoding="ascii")
    monkeypatch.setenv("NETRC", str(world.folder / "netrc"))
    world.arrives("--url", world.url.replace("//", "//me:secret@"))
    assert "secret" not in world.said and world.server.log[-1].authorization.startswith("Basic")


RAISED = {  # what the library raises at an https address, and what is said
    "the SSL module is not available": (requests.exceptions.SSLError, "has no ssl"),
    "invalid path: a TLS CA certificate bundle": (OSError, "list of certificates is missing"),
    "Tunnel connection failed: 407 Proxy": (requests.exceptions.ProxyError, "a name and a password"),
}


@pytest.mark.parametrize("text", RAISED)
def test_what_the_library_raises_is_the_readers_to_put_right(text):
    kind, words = RAISED[text]
    fault = reading(kind(f"Can't connect: {text}."), "https://example.org/x", 1)
    assert isinstance(fault, errors.OwnSide) and words in fault.what


# --- the way to the server


NO_WAY = "there is no way to it", "Connect to the network"
REFUSED = {"EACCES": ("does not let Python", "firewall", "Allow this Python")}
REFUSED |= dict.fromkeys(["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"], NO_WAY)


@pytest.mark.parametrize("name", REFUSED)
def test_a_way_that_is_closed(world, monkeypatch, name):
    refusing(monkeypatch, socket.socket, "connect", OSError(getattr(errno, name), "refused"))
    stops(world, *REFUSED[name])


def test_a_network_that_goes_and_comes_back_costs_a_retry_only(world, monkeypatch):
    refusing(monkeypatch, socket.socket, "connect", OSError(errno.ENETUNREACH, "unreachable"), [1])
    world.server.faults = [("span", cut(1000))]
    world.arrives()
    assert "There is no way to it" in world.err


def test_a_name_not_found_leads_to_the_second_address(world, monkeypatch):
    fault, bad = socket.gaierror(-2, "Name or service not known"), "http://nowhere.invalid/coco.zip"
    refusing(monkeypatch, socket, "getaddrinfo", fault, when=lambda host, *_: "nowhere" in str(host))
    stops(world, "name was not found", "Connect to the network", url=bad)
    world.arrives("--url", bad, world.url)


def test_no_server_at_all(world):
    with Loopback() as gone:
        pass
    world.fails(3, "refused the connection", options=["--retries", "1", "--url", gone.base + world.path])


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_faults_the_one_that_the_reader_can_put_right_is_told(world, secure, order):
    urls = [secure.base + world.path, world.server.base + "/gone.zip"][::order]
    world.fails(3, "certificate was refused", "404", "clock", options=["--url", *urls])
    assert "newer version" not in world.err and world.err.count("answered 404") == 1
