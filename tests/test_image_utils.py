"""Reading pictures from web addresses, against a server on this machine that misbehaves in every way."""

import http.server
import io
import socket
import tempfile
import threading
import time

import numpy as np
import pytest
from PIL import Image

from cs231n import image_utils


def picture_bytes(kind, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)).convert(mode).save(file, kind)
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
    }

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(1.5)
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        status, content = self.pages.get(self.path, (404, b"gone"))
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) + 50 * (self.path == "/empty")))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # the reader has hung up

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


@pytest.mark.parametrize("name", ["good.jpg", "grey.png", "palette.gif", "clear.png"])
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
