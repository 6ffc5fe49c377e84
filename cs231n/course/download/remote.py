"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import time
from dataclasses import dataclass

import requests

from cs231n.language import tr

from .errors import NetworkError
from .faults import Changed, NoRanges, Passing, check_page, place_of, reading, refused

CHUNK = 1 << 14  # the most that a kill or a stall can cost
AGENT = {"User-Agent": "captioning-course get_data", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Policy:
    """How patient and how demanding a download is; all times in seconds."""

    retries: int = 5  # failures in a row, with not one byte between them
    timeout: float = 30.0  # silence that counts as a failure
    slowest: float = 1000.0  # bytes a second, over `timeout`; below it counts as a failure
    pause: float = 1.0  # before the first retry; doubles each time, up to a minute
    longest_wait: float = 300.0  # a server that asks for more is given up
    connections: int = 4


class Session(requests.Session):
    """Follows redirects, but takes no password or cookie from https to plain http."""

    def rebuild_auth(self, prepared_request, response):
        super().rebuild_auth(prepared_request, response)
        if response.request.url.startswith("https:") and prepared_request.url.startswith("http:"):
            prepared_request.headers.pop("Authorization", None)
            prepared_request.headers.pop("Cookie", None)


class Remote:
    """One address. `probe` learns its `size`; `stream` sends bytes; several threads may call it.

    ranges: whether parts of the file are asked for; False where the server cannot send them
    """

    def __init__(self, url, policy, note):
        self.url, self.policy, self.note = url, policy, note
        self.session, self.sleep = Session(), time.sleep
        self.size, self.ranges = None, True

    def probe(self):
        """Ask for one byte, which tells the size; raises what `stream` raises."""
        self.size = None
        self.stream(0, 1, lambda _: None)

    def stream(self, start, end, sink):
        """Send the bytes from `start` up to `end` to `sink`, going on at the byte where a try broke off.

        A server without ranges sends the whole file each time, up to its end; what is known of it is passed over.
        NetworkError: too many failures in a row. Changed, NoRanges: see there
        """
        failures = 0
        while start < end:
            before = start
            try:
                for new in self._try(start, end):
                    start += len(new)
                    sink(new)
                if not self.ranges:
                    return
                if (
                    start == before
                ):  # an answer may rightly hold fewer bytes than were asked for, but not none
                    raise Passing(tr("the server sent no more bytes"))
            except Passing as fault:
                in_a_row = fault.slow or start == before
                failures = self._wait(fault, failures if in_a_row else 0)

    def _try(self, start, end):
        """The bytes from `start` up to `end`, as far as one request brings them."""
        with self._ask(self.ranges and f"bytes={start}-{end - 1}") as answer:
            at = self._first_byte(answer, start)
            for chunk in self._body(answer):
                if at == 0 and not self.ranges:
                    check_page(answer, chunk)
                yield chunk[max(0, start - at) : end - at]
                at += len(chunk)
                if self.ranges and at >= end:
                    return
                if at > end:
                    raise NetworkError(tr("more than {size:,.0f} MB came: this is another file", end / 1e6))
        if not self.ranges and (at < start or at != (self.size or at)):
            raise Passing(tr("the server sent no more bytes"))

    def _first_byte(self, answer, start):
        """Where the answer's bytes begin in the file; raises where they are not those from `start` on."""
        code, (first, total) = answer.status_code, place_of(answer)
        if code in (200, 206) and self.size is None:
            self.size, self.url = total, answer.url
        elif self.size and (code == 416 or (code == 206 and total not in (None, self.size))):
            raise Changed
        elif code not in (200, 206):
            raise refused(answer)
        if code == 200 and not self.ranges:
            return 0
        if code == 200 or first is None or self.size is None:
            check_page(answer)
            raise NoRanges
        if first != start:
            raise Passing(tr("the server sent other bytes than the ones asked for"))
        return start

    def _wait(self, fault, failures):
        """Wait before another try, longer each time; the failures in a row. NetworkError: no more tries."""
        failures += 1
        if failures > self.policy.retries:
            raise NetworkError(tr("{fault} ({failures} times in a row)", fault, failures)) from fault
        if fault.wait > self.policy.longest_wait:
            minutes = (
                tr("{count:.0f} minutes", fault.wait / 60) if fault.wait < 1e6 else tr("a time far away")
            )
            raise NetworkError(tr("the server asks to come back in {minutes}", minutes)) from fault
        usual = min(60, self.policy.pause * 2 ** (failures - 1)) * random.uniform(0.75, 1.25)
        pause, what = max(fault.wait, usual), str(fault)
        self.note(tr("{what}; trying again in {pause:.0f} s.", what[0].upper() + what[1:], pause))
        self.sleep(pause)
        return failures

    def _ask(self, place):
        headers = AGENT | ({"Range": place} if place else {})
        try:
            return self.session.get(self.url, headers=headers, stream=True, timeout=self.policy.timeout)
        except Exception as error:  # whatever a server can bring a library to raise
            raise reading(error, self.url, self.policy.timeout, first=self.size is None) from error

    def _body(self, answer):
        """The bytes as they come; Passing where they come too slowly."""
        began, count = time.monotonic(), 0
        while True:
            try:
                chunk = answer.raw.read1(CHUNK, decode_content=not self.ranges)
            except Exception as error:
                raise reading(error, self.url, self.policy.timeout) from error
            if not chunk:
                return
            yield chunk
            count, seconds = count + len(chunk), time.monotonic() - began
            if seconds >= self.policy.timeout:
                if count < self.policy.slowest * seconds:
                    raise Passing(
                        tr("only {count:,} bytes came in {seconds:.0f} s", count, seconds), slow=True
                    )
                began, count = time.monotonic(), 0
