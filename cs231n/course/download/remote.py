"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests
import urllib3

from .errors import NetworkError
from .http_faults import (
    Changed,
    NoRanges,
    Passing,
    content_range,
    is_page,
    plain,
    reading,
    refused,
    sign_in_page,
    validator,
)

CHUNK = 1 << 14  # the most that a kill or a stall can cost
AGENT = {"User-Agent": "captioning-course get_data", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Policy:
    """How patient a download is; all times in seconds."""

    retries: int = 5  # failures in a row, with not one byte between them
    timeout: float = 30.0  # silence that counts as a failure
    pause: float = 1.0  # before the first retry; doubles each time
    longest_pause: float = 60.0
    longest_wait: float = 300.0  # a server that asks for more is given up
    move_pause: float = 0.1  # before a refused move is tried again; doubles each time


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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()

    def probe(self) -> None:
        """Ask for one byte: learn the size, the version, and whether ranges work.

        NetworkError: no answer, a refusal, or a web page in place of the file
        """
        self._trying(self._probe)

    def _probe(self) -> None:
        self.validator = None
        with self._ask({"Range": "bytes=0-0"}, probing=True) as answer:
            if answer.status_code not in (200, 206):
                raise refused(answer)
            start, total = content_range(answer)
            self.ranges = answer.status_code == 206 and start == 0 and plain(answer) and bool(total)
            if self.ranges:
                next(self._body(answer), b"")  # read to its end, so that the connection serves again
                self.size = total
            elif is_page(answer):
                raise sign_in_page()
            else:
                length = answer.headers.get("Content-Length", "") if answer.status_code == 200 else ""
                self.size = int(length) if plain(answer) and length.isdecimal() else None
            self.validator = validator(answer)
            self.url = answer.url

    def stream(self, start: int, end: int, sink: Callable[[bytes], object]) -> None:
        """Send the bytes from `start` up to `end` to `sink`, going on at the byte where a try broke off.

        NetworkError: too many failures in a row. Changed, NoRanges: see there.
        """
        reached = start

        def attempt():
            nonlocal reached
            while reached < end:  # an answer may rightly hold fewer bytes than were asked for
                before = reached
                with self._part(reached, end) as answer:
                    for chunk in self._body(answer):
                        chunk = chunk[: end - reached]
                        sink(chunk)
                        reached += len(chunk)
                        self.failures = 0
                        if reached == end:
                            return
                if reached == before:
                    raise Passing("the server sent no bytes")

        self._trying(attempt)

    def stream_whole(self, restart: Callable[[], Callable[[bytes], object]]) -> None:
        """Send the whole file to the sink that `restart` gives; every try begins at the first byte."""

        def attempt():
            sink, count = restart(), 0
            with self._ask({}) as answer:
                if answer.status_code != 200:
                    raise refused(answer)
                for chunk in self._body(answer, decode=True):
                    if not count and (is_page(answer) or chunk.lstrip().startswith(b"<")):
                        raise sign_in_page()
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
            if answer.status_code == 200 and is_page(answer):
                raise sign_in_page()
            if answer.status_code in (200, 416):
                raise Changed
            raise refused(answer)

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
            raise reading(error, self.policy.timeout, probing) from error

    def _body(self, answer: requests.Response, decode: bool = False) -> Iterator[bytes]:
        try:
            yield from answer.raw.stream(CHUNK, decode_content=decode)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise reading(error, self.policy.timeout) from error
