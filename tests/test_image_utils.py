"""Reading pictures from web addresses, against a server on this machine that misbehaves in every way."""

import http.server
import io
import socket
import sys
import tempfile
import threading
import time

import numpy as np
import pytest
import requests
from PIL import Image

from cs231n import image_utils


def picture_bytes(kind, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)).convert(mode).save(file, kind)
    return file.getvalue()


def wide_picture():
    """A small file that says it has 100 million pixels."""
    file = io.BytesIO()
    Image.new("1", (100_000, 1000)).save(file, "PNG")
    return file.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    pages = {
        "/good.png": (200, picture_bytes("PNG")),
        "/good.jpg": (200, picture_bytes("JPEG")),
        "/grey.png": (200, picture_bytes("PNG", "L")),
        "/palette.gif": (200, picture_bytes("GIF", "P")),
        "/clear.png": (200, picture_bytes("PNG", "RGBA")),
        "/half.png": (200, picture_bytes("PNG")[:-30]),
        "/html": (200, b"<html>This photo is no longer available</html>"),
        "/empty": (200, b""),
        "/broken": (500, b""),
        "/good.webp": (200, picture_bytes("WEBP")),
        "/good.bmp": (200, picture_bytes("BMP")),
        "/icon": (200, picture_bytes("TIFF")),
        "/wide.png": (200, wide_picture()),
        "/junk": (200, b"GIF89a" + bytes(range(256)) * 3),
    }
    redirects = {
        "/loop": "/loop",
        "/to_file": "file:///etc/hostname",
        "/to_nonsense": "http://[",
        "/moved": "/good.png",
    }

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(1.5)
        if self.path in self.redirects:
            self.send_response(302)
            self.send_header("Location", self.redirects[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/endless":
            self.endless(b"x" * 100_000, 0)
            return
        if self.path == "/trickle":
            self.endless(b"x", 0.05)
            return
        status, content = self.pages.get(self.path, (404, b"gone"))
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) + 50 * (self.path == "/empty")))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # the reader has hung up

    def endless(self, block, seconds):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(2000):
                self.wfile.write(block)
                time.sleep(seconds)
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_temporary_file(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)


def dead_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_picture_is_read_as_it_was_saved(address):
    picture = image_utils.image_from_url(f"{address}/good.png")
    assert np.array_equal(picture, np.arange(105, dtype=np.uint8).reshape(5, 7, 3))


@pytest.mark.parametrize(
    "name", ["good.jpg", "grey.png", "palette.gif", "clear.png", "good.webp", "good.bmp", "moved"]
)
def test_every_kind_of_picture_has_three_colours(address, name):
    picture = image_utils.image_from_url(f"{address}/{name}")
    assert picture.shape == (5, 7, 3) and picture.dtype == np.uint8


REASONS = {
    "/gone.jpg": "the server answered 404",
    "/broken": "the server answered 500",
    "/html": "what came back is not a picture",
    "/half.png": "what came back is not a picture",
    "/slow": "no answer in 0.3 seconds",
    "/empty": "",
    "/loop": "",
    "/to_file": "this is not a web address",
    "/to_nonsense": "",
    "/icon": "what came back is not a picture",
    "/junk": "what came back is not a picture",
    "/wide.png": "it has more than 50 million pixels",
    "/trickle": "no answer in 0.3 seconds",
}


@pytest.mark.parametrize("path", REASONS)
def test_a_dead_address_gives_none_and_a_reason(address, path):
    picture, reason = image_utils.fetch_image(address + path, timeout=0.3)
    assert picture is None and reason.startswith(REASONS[path]) and reason


def test_a_dead_port_gives_none_and_a_reason():
    picture, reason = image_utils.fetch_image(f"http://127.0.0.1:{dead_port()}/a.png", timeout=0.5)
    assert picture is None and reason == "no connection to the server"


@pytest.mark.parametrize(
    "url", ["", "no address", "http://", "ftp://127.0.0.1/a", "http://[::1", "/a/b.png", None, 7, b"http://x"]
)
def test_what_is_no_address_gives_none(url):
    assert image_utils.image_from_url(url) is None
    assert image_utils.fetch_image(url)[1]


def test_image_from_url_gives_up_in_time(address, monkeypatch):
    monkeypatch.setattr(image_utils, "TIMEOUT", 0.3)
    start = time.perf_counter()
    assert image_utils.image_from_url(f"{address}/slow") is None
    assert time.perf_counter() - start < 1.4


def test_a_trickle_ends_at_the_deadline_for_the_whole_transfer(address):
    start = time.perf_counter()
    assert image_utils.fetch_image(f"{address}/trickle", timeout=0.5)[0] is None
    assert time.perf_counter() - start < 2


def test_a_body_without_end_is_cut_at_the_cap(address, monkeypatch):
    monkeypatch.setattr(image_utils, "MOST_BYTES", 1_000_000)
    assert image_utils.fetch_image(f"{address}/endless") == (None, "it is larger than 1 MB")


def test_a_browser_python_without_threads_reads_pictures_too(address, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    def read(url):
        """Fetches, and reports an error that it catches, as Pyodide does."""
        sys.excepthook(ValueError, ValueError("caught"), None)
        return "read"

    told = []
    monkeypatch.setattr(image_utils.threading.Thread, "start", refuse)
    monkeypatch.setattr(sys, "excepthook", lambda *error: told.append(error))
    monkeypatch.setitem(image_utils.PAINTERS, "http", read)
    assert image_utils.fetch_image(address) == ("read", None) and told == []
    sys.excepthook(None, None, None)
    assert len(told) == 1, "it is as before"


def test_whatever_a_request_raises_is_a_reason(monkeypatch):
    class JsException(Exception):
        pass

    def fail(*_, **__):
        raise JsException("NetworkError")

    monkeypatch.setattr(requests, "get", fail)
    assert image_utils.fetch_image("http://example.org/a.jpg") == (None, "no connection to the server")


@pytest.mark.parametrize(
    "name, value, reason",
    [
        ("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem", "invalid path: /nowhere/bundle.pem"),
        ("HTTPS_PROXY", "socks5://localhost:9", "SOCKS proxy"),
        ("HTTPS_PROXY", "http://", "that of the proxy"),
    ],
)
def test_a_setting_that_stands_in_the_way_is_named(monkeypatch, name, value, reason):
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NO_PROXY", "no_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    if "socks" in value:
        monkeypatch.setitem(sys.modules, "urllib3.contrib.socks", None)  # as without PySocks
        monkeypatch.setattr("requests.adapters.SOCKSProxyManager", no_socks)
    picture, why = image_utils.fetch_image("https://picture.example.invalid/a.jpg")
    assert picture is None and reason in why


def no_socks(*_, **__):
    raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")
