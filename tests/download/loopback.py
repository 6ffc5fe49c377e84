"""A web server on this machine that can be told to behave badly."""

import re
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Answer:
    """What the server is about to send; a fault changes it."""

    status: int
    body: bytes
    headers: dict[str, str]
    cut: int | None = None  # hang up after so many bytes
    stall: int | None = None  # fall silent after so many bytes
    drop: bool = False  # hang up before the headers
    asked: dict = field(default_factory=dict)


class Loopback:
    """`files` by path; `faults`: (which, change), each used once by the first request that `which` fits."""

    def __init__(self, tls: bool = False):
        self.files: dict[str, bytes] = {}
        self.etag: str | None = '"v1"'
        self.ranges = True
        self.pace: tuple[int, float] | None = None  # so many bytes, then so many seconds of silence
        self.reason: str | None = None
        self.faults: list = []
        self.always: list = []
        self.crowd = None  # changes the answers that are asked for while another one is being sent
        self.busy = 0
        self.log: list[dict] = []
        self.sent = self.connections = 0
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that hangs up is no news here
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, headers) -> Answer:
        """The right answer, then changed by the faults."""
        body = self.files.get(path)
        asked = {"path": path, "range": headers.get("Range"), "authorization": headers.get("Authorization")}
        asked["kind"] = kind_of(asked["range"], len(body or b""))
        self.log.append(asked)
        extra = {"ETag": self.etag} if self.etag else {}
        if body is None:
            answer = Answer(404, b"no such file", {})
        elif self.ranges and asked["range"]:
            first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", asked["range"]).groups())
            if first >= len(body):
                answer = Answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            else:
                part = body[first : last + 1]
                place = f"bytes {first}-{first + len(part) - 1}/{len(body)}"
                answer = Answer(206, part, {"Content-Range": place, "Accept-Ranges": "bytes"} | extra)
        else:
            answer = Answer(200, body, extra)
        answer.headers.setdefault("Content-Length", str(len(answer.body)))
        answer.asked = asked
        if self.crowd and self.busy > 1:
            self.crowd(answer)
        for change in self.always:
            change(answer)
        for fault in list(self.faults):
            which, change = fault
            if which in ("any", asked["kind"]):
                self.faults.remove(fault)
                change(answer)
                break
        return answer

    def kinds(self) -> list[str]:
        return [asked["kind"] for asked in self.log]


def kind_of(asked: str | None, size: int) -> str:
    """`probe`, `tail` (reaches the last byte), `span` or `whole`."""
    if not asked:
        return "whole"
    first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", asked).groups())
    if (first, last) == (0, 0):
        return "probe"
    return "tail" if last == size - 1 and first > 0 else "span"


def make_handler(owner: Loopback):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def setup(self):
            owner.connections += 1
            super().setup()

        def log_message(self, *_):
            pass

        def do_GET(self):
            owner.busy += 1
            try:
                self.respond()
            finally:
                owner.busy -= 1

        def respond(self):
            answer = owner.answer(self.path, self.headers)
            if answer.drop:
                self.close_connection = True
                return
            self.send_response(answer.status, owner.reason)
            for name, value in answer.headers.items():
                if value is not None:
                    self.send_header(name, value)
            if answer.headers.get("Content-Length") is None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            body = answer.body[: answer.cut]
            if answer.stall is not None:
                self.wfile.write(body[: answer.stall])
                owner.sent += answer.stall
                owner.over.wait(5)
                self.close_connection = True
                return
            try:
                for block in slowly(body, owner):
                    self.wfile.write(block)
                    owner.sent += len(block)
            except OSError:
                self.close_connection = True
            if answer.cut is not None:
                self.close_connection = True

    return Handler


def slowly(body: bytes, owner: Loopback):
    """The body, in one block or at the server's pace."""
    if owner.pace is None:
        yield body
        return
    size, seconds = owner.pace
    for start in range(0, len(body), size):
        yield body[start : start + size]
        if owner.over.wait(seconds):
            return


def until(condition, seconds: float = 60.0) -> None:
    """Wait for something to become true; fail where it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
