"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from .errors import CertificateError, NetworkError

CHUNK = 1 << 14  # the most that a kill or a stall can cost
AGENT = {"User-Agent": "captioning-course get_data", "Accept-Encoding": "identity"}
PASSING = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Policy:
    """How patient a download is; all times in seconds."""

    retries: int = 5  # failures in a row, with not one byte between them
    timeout: float = 30.0  # silence that counts as a failure
    pause: float = 1.0  # before the first retry; doubles each time
    longest_pause: float = 60.0
    longest_wait: float = 300.0  # a server that asks for more is given up
    move_pause: float = 0.1  # before a refused move is tried again; doubles each time


class Passing(Exception):
    """A fault that may be gone at the next try."""

    def __init__(self, what: str, wait: float | None = None):
        super().__init__(what)
        self.wait = wait


class Changed(Exception):
    """The file on the server is no longer the one this download began with."""


class NoRanges(Exception):
    """The server cannot send a part of the file."""


class Remote:
    """One address. `probe` fills in `size`, `validator` and `ranges`; `stream` sends bytes."""

    def __init__(self, url: str, policy: Policy, note: Callable[[str], None], session=None):
        self.url = url
        self.policy = policy
        self.note = note
        self.session = session or requests.Session()
        self.size: int | None = None
        self.validator: str | None = None
        self.ranges = False

    def probe(self) -> None:
        """Ask for one byte: learn the size, the version, and whether ranges work.

        NetworkError: no answer, a refusal, or a web page in place of the file
        """
        self._trying(self._probe)

    def _probe(self) -> None:
        self.validator = None
        with self._ask({"Range": "bytes=0-0"}, probing=True) as answer:
            if answer.status_code not in (200, 206):
                raise self._refused(answer)
            start, total = content_range(answer)
            self.ranges = answer.status_code == 206 and start == 0 and plain(answer) and bool(total)
            if not self.ranges and answer.status_code == 200:
                self._not_a_page(answer)
                length = answer.headers.get("Content-Length", "")
                total = int(length) if plain(answer) and length.isdecimal() else None
            self.size = total or None
            self.validator = validator(answer)
            self.url = answer.url

    def stream(self, start: int, end: int, sink: Callable[[bytes], object]) -> None:
        """Send the bytes from `start` up to `end` to `sink`, going on at the byte where a try broke off.

        NetworkError: too many failures in a row. Changed, NoRanges: see there.
        """
        reached = start

        def attempt():
            nonlocal reached
            before = reached
            try:
                with self._part(reached, end) as answer:
                    for chunk in self._body(answer):
                        chunk = chunk[: end - reached]
                        sink(chunk)
                        reached += len(chunk)
                        if reached == end:
                            return True
                raise Passing("the connection was cut")
            except Passing:
                if reached > before:
                    self.failures = 0
                raise

        if start < end:
            self._trying(attempt)

    def stream_whole(self, restart: Callable[[], Callable[[bytes], object]]) -> None:
        """Send the whole file to the sink that `restart` gives; every try begins at the first byte."""

        def attempt():
            sink, count = restart(), 0
            with self._ask({}) as answer:
                if answer.status_code != 200:
                    raise self._refused(answer)
                self._not_a_page(answer)
                for chunk in self._body(answer, decode=True):
                    sink(chunk)
                    count += len(chunk)
            if self.size and count != self.size:
                raise Passing(f"{count} bytes came in place of {self.size}")

        self._trying(attempt)

    def _part(self, start: int, end: int):
        """The answer that holds the bytes from `start` up to `end` at most."""
        headers = {"Range": f"bytes={start}-{end - 1}"}
        if self.validator:
            headers["If-Range"] = self.validator
        answer = self._ask(headers)
        if answer.status_code == 206:
            if not plain(answer):
                answer.close()
                raise NoRanges
            first, total = content_range(answer)
            if total is not None and total != self.size:
                answer.close()
                raise Changed
            if first != start:
                answer.close()
                raise Passing("the server sent other bytes than the ones asked for")
            now = validator(answer)
            if self.validator and now and now != self.validator:
                answer.close()
                raise Changed
            return answer
        with answer:
            if answer.status_code == 200:
                self._not_a_page(answer)
            if answer.status_code in (200, 416):
                raise Changed
            raise self._refused(answer)

    def _trying(self, attempt: Callable[[], object]) -> None:
        """Run `attempt` until it works; pause between tries, each pause longer, with some chance in it."""
        self.failures = 0
        while True:
            try:
                attempt()
                return
            except Passing as fault:
                self.failures += 1
                if self.failures > self.policy.retries:
                    raise NetworkError(f"{fault} ({self.failures} times in a row)") from fault
                pause = min(self.policy.pause * 2 ** (self.failures - 1), self.policy.longest_pause)
                pause *= random.uniform(0.75, 1.25)
                if fault.wait is not None:
                    if fault.wait > self.policy.longest_wait:
                        raise NetworkError(
                            f"the server asks to come back in {fault.wait / 60:.0f} minutes"
                        ) from fault
                    pause = max(fault.wait, pause)
                what = str(fault)
                self.note(f"{what[0].upper()}{what[1:]}; trying again in {pause:.0f} s.")
                time.sleep(pause)

    def _ask(self, headers: dict, probing: bool = False) -> requests.Response:
        try:
            return self.session.get(
                self.url, headers=AGENT | headers, stream=True, timeout=self.policy.timeout
            )
        except requests.RequestException as error:
            raise self._reading(error, probing) from error

    def _body(self, answer: requests.Response, decode: bool = False) -> Iterator[bytes]:
        try:
            yield from answer.raw.stream(CHUNK, decode_content=decode)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._reading(error) from error

    def _reading(self, error: Exception, probing: bool = False) -> Exception:
        """The fault behind a library's error: passing, or one that no retry can mend."""
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return CertificateError("the server's certificate was refused (is the computer's clock right?)")
        if isinstance(error, requests.exceptions.ProxyError):
            return NetworkError("the proxy refused (see the settings HTTP_PROXY and HTTPS_PROXY)")
        causes = list(chain(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            what = "the server's name was not found (is the network connected?)"
            return NetworkError(what) if probing else Passing(what)
        if any(isinstance(cause, TimeoutError) for cause in causes):
            return Passing(f"nothing came for {self.policy.timeout:g} s")
        if isinstance(error, ValueError | requests.exceptions.TooManyRedirects):
            return NetworkError(str(error))
        if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            return Passing("the server refused the connection")
        return Passing("the connection was cut")

    def _refused(self, answer: requests.Response) -> Exception:
        what = f"the server answered {answer.status_code} {answer.reason or ''}".rstrip()
        if answer.status_code in PASSING:
            return Passing(what, retry_after(answer.headers.get("Retry-After")))
        return NetworkError(what)

    def _not_a_page(self, answer: requests.Response) -> None:
        if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise NetworkError(
                "a web page came in place of the file: probably the sign-in page of a Wi-Fi network. "
                "Open a browser, sign in, and run this again"
            )


def plain(answer: requests.Response) -> bool:
    """Whether the body is the file's own bytes, not a compressed form of them."""
    return answer.headers.get("Content-Encoding", "identity").lower() in ("identity", "")


def content_range(answer: requests.Response) -> tuple[int | None, int | None]:
    """First byte and total size out of the header Content-Range (RFC 9110, 14.4)."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip())
    if not match:
        return None, None
    return int(match[1]), None if match[2] == "*" else int(match[2])


def validator(answer: requests.Response) -> str | None:
    """What If-Range may carry: a strong ETag, else the date of the last change (RFC 9110, 13.1.5)."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified")


def retry_after(value: str | None) -> float | None:
    """Seconds to wait out of the header Retry-After, which holds seconds or a date."""
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that led to it."""
    seen = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
