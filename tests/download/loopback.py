"""A web server on this machine that can be told to misbehave, and the faults it knows."""

import gzip
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

PEM = Path(__file__).with_name("self_signed.pem")


class Loopback:
    """Serves `files` by path, with ranges or without.

    always: a fault of every answer; faults: pairs (kind of request, fault), each used once
    crowd: a fault of the answers that are asked for while another one is being sent
    pace: so many bytes, then so many seconds of silence
    log: what was asked for; sent: how many bytes; connections: how many there were
    """

    def __init__(self, tls=False):
        self.files, self.ranges, self.pace, self.reason = {}, True, None, None
        self.faults, self.always, self.crowd = [], None, None
        self.log, self.sent, self.connections, self.busy = [], 0, 0, 0
        self.over, self.server = threading.Event(), ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that hangs up is no news here
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(PEM)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, headers):
        """The right answer, then changed by the faults."""
        body, asked = self.files.get(path), headers.get("Range")
        first, last = map(int, asked.removeprefix("bytes=").split("-")) if asked else (0, None)
        answer = SimpleNamespace(
            path=path, first=first, last=last, cut=None, stall=None, status=200, headers={}
        )
        answer.kind = "whole" if not asked else "probe" if last == 0 else "span"
        if answer.kind == "span" and last == len(body or b"") - 1:
            answer.kind = "list"  # it reaches the archive's last byte
        answer.authorization = headers.get("Authorization")
        self.log.append(answer)
        if body is None:
            answer.status, body = 404, b"no such file"
        elif self.ranges and asked:
            answer.status, size, body = 206, len(body), body[first : last + 1]
            answer.headers["Content-Range"] = f"bytes {first}-{first + len(body) - 1}/{size}"
        answer.body, answer.headers["Content-Length"] = body, str(len(body))
        faults = [fault for fault in self.faults if fault[0] == answer.kind][:1]
        for fault in faults:
            self.faults.remove(fault)
        for change in [self.crowd if self.busy > 1 else None, self.always, *[change for _, change in faults]]:
            if change:
                change(answer)
        return answer

    def kinds(self):
        return [asked.kind for asked in self.log]


def make_handler(owner):
    class Handler(BaseHTTPRequestHandler):
        protocol_version, timeout = "HTTP/1.1", 20

        def setup(self):
            owner.connections += 1
            super().setup()

        def log_message(self, *_):
            pass

        def do_GET(self):
            owner.busy += 1
            try:
                self.respond(owner.answer(self.path, self.headers))
            except OSError:
                self.close_connection = True
            finally:
                owner.busy -= 1

        def respond(self, answer):
            if answer.cut is not None or answer.stall is not None or not answer.headers.get("Content-Length"):
                self.close_connection, answer.headers["Connection"] = True, "close"
            if answer.cut == -1:
                return
            self.send_response(answer.status, owner.reason)
            for name, value in answer.headers.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            body = answer.body[: answer.cut if answer.stall is None else answer.stall]
            size, seconds = owner.pace or (len(body) or 1, 0)
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                owner.sent += len(body[start : start + size])
                if owner.over.wait(seconds):
                    return
            if answer.stall is not None:
                owner.over.wait(5)

    return Handler


# --- faults: each changes one answer


def cut(at):
    """Hang up after so many bytes; -1 is before the headers."""
    return lambda answer: setattr(answer, "cut", at)


def stall(at):
    """Fall silent after so many bytes."""
    return lambda answer: setattr(answer, "stall", at)


def header(name, value):
    return lambda answer: answer.headers.update({name: value})


def only(which, change):
    """The fault, for requests of one kind or of one path."""
    return lambda answer: change(answer) if change and which in (answer.kind, answer.path) else None


def status(code, body=b"no", **headers):
    def change(answer):
        answer.status, answer.body = code, body
        answer.headers = {"Content-Length": str(len(body))}
        answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return change


PAGE = b"<!DOCTYPE html><title>Sign in</title>"
page = status(200, PAGE, Content_Type="text/html; charset=utf-8")


def gzipped(answer):
    if answer.status in (200, 206):
        answer.body = gzip.compress(answer.body)
        answer.headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(answer.body))}


def place(first=0, length=None, size=""):
    """The answers to spans say that they begin `first` bytes further on, and hold at most `length` bytes."""

    def change(answer):
        if answer.kind == "span":
            answer.body = answer.body[:length]
            answer.headers["Content-Length"] = str(len(answer.body))
            told = f"bytes {answer.first + first}-{answer.first + len(answer.body) - 1}/"
            answer.headers["Content-Range"] = told + answer.headers["Content-Range"].split("/")[1] + size

    return change
