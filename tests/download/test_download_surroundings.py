"""Other people's machines: settings, proxies, firewalls and drives, and the sentence that names each."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from loopback import Loopback
from test_download_network import arrives, fails, status
from world import NEEDED

from cs231n.course.download import errors, store
from cs231n.course.download.faults import reading


@pytest.fixture
def secure(world):
    """The same archive on a server whose certificate nobody trusts."""
    secure = Loopback(tls=True)
    secure.files[world.path] = world.zip
    yield secure
    secure.close()


def fails_at_once(world, *words, options=()):
    """It ends with 3 and these words, without a second try, and advises no Python but the one that runs this."""
    fails(world, 3, *words, options=options)
    assert "trying again" not in world.err and errors.python() in world.err
    assert "type: python " not in world.err


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# --- certificates


def test_a_refused_certificate(world, secure):
    fails_at_once(world, "certificate was refused", "clock", options=["--url", secure.base + world.path])
    assert secure.log == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    "contents, why", [(None, "which is not there"), (b"no certificate", "does not vouch")]
)
def test_a_list_of_certificates_that_does_not_fit(world, secure, monkeypatch, name, contents, why):
    path = world.folder / "bundle.pem"
    if contents:
        path.write_bytes(contents)
    monkeypatch.setenv(name, str(path))
    fails_at_once(
        world, f"{name} names {path}", why, f"Correct {name}", options=["--url", secure.base + world.path]
    )


def test_a_list_of_certificates_that_fits_is_used(world, secure, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("self_signed.pem")))
    arrives(world, "--url", secure.base + world.path)


def test_sslkeylogfile_in_a_place_that_cannot_be_written(world, secure, monkeypatch):
    path = world.folder / "none" / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(path))
    words = f"SSLKEYLOGFILE names {path}, which cannot be written", "Remove SSLKEYLOGFILE"
    fails_at_once(world, *words, options=["--url", secure.base + world.path])


def test_a_python_without_ssl():
    fault = reading(
        requests.exceptions.SSLError("Can't connect: the SSL module is not available."), "https://x", 1
    )
    assert isinstance(fault, errors.OwnSide) and "has no ssl" in fault.what


# --- proxies


@pytest.mark.parametrize("form", ["http://127.0.0.1:{}", "127.0.0.1:{}", "http://me:secret@127.0.0.1:{}/"])
@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(world, monkeypatch, form, name):
    if name == "HTTP_PROXY" and os.name == "nt":
        name = "http_proxy"  # Windows knows one spelling only
    port = free_port()
    monkeypatch.setenv(name, form.format(port))
    fails_at_once(world, f"127.0.0.1:{port} could not be used", f"Correct {name} or remove it")
    assert "secret" not in world.said


def test_a_socks_proxy_without_its_package(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.setenv("all_proxy", "socks5h://127.0.0.1:9")
    fails_at_once(world, "127.0.0.1:9 is a SOCKS proxy", "pysocks", "all_proxy")


@pytest.mark.parametrize("proxy", ["http://", "ftp://proxy:21"])
def test_a_proxy_of_nonsense(world, monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    fails_at_once(world, "could not be used", "Correct http_proxy")


@pytest.mark.parametrize("tunnel", [False, True])
def test_a_proxy_that_asks_for_a_password(world, monkeypatch, tunnel):
    monkeypatch.setenv("https_proxy" if tunnel else "http_proxy", world.server.base)
    if not tunnel:
        world.server.always = [status(407)]
        return fails_at_once(world, "asks for a name and a password", "Write them into http_proxy")
    error = requests.exceptions.ProxyError("Tunnel connection failed: 407 Proxy Authentication Required")
    fault = reading(error, "https://example.org/x", 1)
    assert "asks for a name and a password" in fault.what and "https_proxy" in fault.next_step


def test_no_proxy_passes_by_it(world, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    arrives(world)


def test_an_address_with_a_password_is_told_without_it(world):
    fails(world, 3, "404", options=["--url", world.server.base.replace("//", "//me:secret@") + "/none.zip"])
    assert "secret" not in world.said


@pytest.mark.parametrize("text", ["machine 127.0.0.1 login", "nonsense", ""])
def test_a_netrc_that_cannot_be_read_does_not_hinder(world, monkeypatch, text):
    (world.folder / "netrc").write_text(text, encoding="ascii")
    monkeypatch.setenv("NETRC", str(world.folder / "netrc"))
    arrives(world)


# --- the way to the server


def refusing(monkeypatch, number, winerror=None):
    """No socket gets a connection."""

    def connect(self, address):
        error = OSError(number, os.strerror(number))
        if winerror:
            error.winerror = winerror
        raise error

    monkeypatch.setattr(socket.socket, "connect", connect)


def test_a_firewall_that_refuses_the_socket(world, monkeypatch):
    refusing(monkeypatch, errno.EACCES, 10013)  # Python makes a PermissionError of both
    fails_at_once(world, "does not let Python", "firewall", "Allow this Python")


@pytest.mark.parametrize(
    "name, winerror", [("EHOSTUNREACH", 10065), ("ENETUNREACH", 10051), ("ENETDOWN", 10050)]
)
def test_no_way_to_the_server(world, monkeypatch, name, winerror):
    refusing(monkeypatch, getattr(errno, name), winerror)
    fails_at_once(world, "there is no way to it", "Connect to the network")


def test_a_network_that_goes_and_comes_back_costs_a_retry_only(world, monkeypatch):
    real, left = socket.socket.connect, [0]

    def connect(self, address):
        left[0] += 1
        if left[0] == 2:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    world.server.faults = [("span", lambda answer: setattr(answer, "cut", 1000))]
    arrives(world)
    assert "There is no way to it" in world.err and left[0] == 3


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_faults_the_one_that_the_reader_can_put_right_is_told(world, secure, order):
    urls = [secure.base + world.path, world.server.base + "/gone.zip"][::order]
    fails(world, 3, "certificate was refused", "404", "clock", options=["--url", *urls])
    assert "newer version" not in world.err


# --- drives


@pytest.mark.parametrize("number", [37, 95, 5, 11])
def test_a_drive_without_locks_is_no_hindrance(world, monkeypatch, number):
    """What flock answers on network drives; 11 is what a lock that is really held answers, too."""
    monkeypatch.setattr(store, "take", lambda file: False)
    if os.name != "nt":
        monkeypatch.undo()

        def refuse(*_):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(store.fcntl, "flock", refuse)
    arrives(world)


def test_a_drive_that_does_not_tell_its_size_is_no_hindrance(world, monkeypatch):
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: (0, 0, 0))
    arrives(world)


def test_an_empty_environment_is_enough(world):
    """No HOME, no PATH, no locale."""
    keep = {name: os.environ[name] for name in ("SYSTEMROOT", "WINEPREFIX") if name in os.environ}
    front = Path(__file__).parents[2] / "get_data.py"
    command = [sys.executable, str(front), *world.argv()]
    done = subprocess.run(command, env=keep, capture_output=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert world.has(*NEEDED)
