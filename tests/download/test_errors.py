"""Other people's machines: settings, proxies and firewalls, and the sentence that names each."""

import errno
import os
import socket
import sys

import pytest
import requests
from loopback import PEM, Loopback, cut, status

from cs231n.course.download import errors
from cs231n.course.download.errors import reading


@pytest.fixture
def stops(world):
    """It ends with 3 and these words, without a second try, and advises no Python but the one that runs this."""

    def stops(*words, url=world.url):
        world.fails(3, *words, errors.python(), options=["--url", url])
        assert "trying again" not in world.err and "type: python " not in world.err

    return stops


@pytest.fixture
def closed():
    """The number of a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# --- certificates


def test_a_refused_certificate(stops, secure):
    stops("certificate was refused", "clock", url=secure.base + "/coco.zip")
    assert secure.log == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("contents, why", [(None, "which is not there"), (b"no", "does not vouch")])
def test_a_list_of_certificates_that_does_not_fit(stops, secure, tmp_path, monkeypatch, name, contents, why):
    path = tmp_path / "bundle.pem"
    if contents:
        path.write_bytes(contents)
    monkeypatch.setenv(name, str(path))
    stops(f"{name} names {path}", why, f"Correct {name}", url=secure.base + "/coco.zip")


def test_a_list_of_certificates_that_fits_is_used(world, secure, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    world.arrives("--url", secure.base + world.path)


def test_sslkeylogfile_in_a_place_that_cannot_be_written(stops, secure, tmp_path, monkeypatch):
    path = tmp_path / "none" / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(path))
    words = f"SSLKEYLOGFILE names {path}, which cannot be written", "Remove SSLKEYLOGFILE"
    stops(*words, url=secure.base + "/coco.zip")


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


# --- proxies


@pytest.mark.parametrize("form", ["http://127.0.0.1:{}", "127.0.0.1:{}", "http://me:secret@127.0.0.1:{}/"])
@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(
    world, stops, closed, monkeypatch, form, name
):
    name = name.lower() if os.name == "nt" else name  # Windows knows one spelling only
    monkeypatch.setenv(name, form.format(closed))
    stops(f"127.0.0.1:{closed} could not be used", f"Correct {name} or remove it")
    assert "secret" not in world.said


@pytest.mark.parametrize("proxy", ["http://", "ftp://proxy:21"])
def test_a_proxy_of_nonsense(stops, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    stops("could not be used", "Correct http_proxy")


def test_a_socks_proxy_without_its_package(stops, monkeypatch):
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.setenv("all_proxy", "socks5h://127.0.0.1:9")
    stops("127.0.0.1:9 is a SOCKS proxy", "pysocks", "all_proxy")


def test_a_proxy_that_asks_for_a_password(world, stops, monkeypatch):
    monkeypatch.setenv("http_proxy", world.server.base)
    world.server.always = status(407)
    stops("asks for a name and a password", "Write them into http_proxy")


def test_no_proxy_passes_by_it(world, closed, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    world.arrives()


def test_an_address_with_a_password_is_told_without_it(world):
    world.fails(3, "404", options=["--url", world.server.base.replace("//", "//me:secret@") + "/none.zip"])
    assert "secret" not in world.said


@pytest.mark.parametrize("text", ["machine 127.0.0.1 login", "nonsense", ""])
def test_a_netrc_that_cannot_be_read_does_not_hinder(world, monkeypatch, text):
    (world.folder / "netrc").write_text(text, encoding="ascii")
    monkeypatch.setenv("NETRC", str(world.folder / "netrc"))
    world.arrives()


# --- the way to the server


NO_WAY = "there is no way to it", "Connect to the network"
REFUSED = {  # what connecting to a server raises, and what is said
    "EACCES": ("does not let Python", "firewall", "Allow this Python"),
    "EHOSTUNREACH": NO_WAY,
    "ENETUNREACH": NO_WAY,
    "ENETDOWN": NO_WAY,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_way_that_is_closed(stops, monkeypatch, name):
    def connect(self, address):
        raise OSError(getattr(errno, name), "refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    stops(*REFUSED[name])


def test_a_network_that_goes_and_comes_back_costs_a_retry_only(world, monkeypatch):
    real, tries = socket.socket.connect, []

    def connect(self, address):
        tries.append(address)
        if len(tries) == 2:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    world.server.faults = [("span", cut(1000))]
    world.arrives()
    assert "There is no way to it" in world.err and len(tries) == 3


def test_no_server_at_all(world):
    with Loopback() as gone:
        pass
    world.fails(3, "refused the connection", options=["--retries", "1", "--url", gone.base + world.path])


def test_a_name_not_found_leads_to_the_second_address(world, stops, monkeypatch):
    real = socket.getaddrinfo

    def lookup(host, *rest, **options):
        if host == "nowhere.invalid":
            raise socket.gaierror(-2, "Name or service not known")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    stops("name was not found", "Connect to the network", url="http://nowhere.invalid/coco.zip")
    world.arrives("--url", "http://nowhere.invalid/coco.zip", world.url)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_faults_the_one_that_the_reader_can_put_right_is_told(world, secure, order):
    urls = [secure.base + world.path, world.server.base + "/gone.zip"][::order]
    world.fails(3, "certificate was refused", "404", "clock", options=["--url", *urls])
    assert "newer version" not in world.err
