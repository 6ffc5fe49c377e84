"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import time
from dataclasses import dataclass

import requests

from cs231n.language import tr

from .errors import Changed, NetworkError, Passing, check_page, place_of, reading, refused

BLOCK = 1 << 14  # the most that a kill or a stall can cost
AGENT = {"User-Agent": "captioning-course get_data", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Policy:
    """How patient and how demanding a download is; all times in seconds."""

    retries: int = 5  # failures in a row, with hardly a byte between them
    timeout: float = 30.0  # silence that counts as a failure
    slowest: float = 1000.0  # bytes a second, over `timeout`; fewer count as a failure
    pause: float = 1.0  # before the first retry; doubles each time, up to a minute
    longest_wait: float = 300.0  # a server that asks for more is given up
    connections: int = 4


class Session(requests.Session):
    """Follows redirects, but takes a password to no other server, nor from https to plain http."""

    def rebuild_auth(self, prepared_request, response):
        if self.should_strip_auth(response.request.url, prepared_request.url):
            prepared_request.headers.pop("Authorization", None)


class Remote:
    """One address. `probe` learns its `size`; `stream` brings bytes; several threads may call it.

    ranges: whether parts of the file are asked for; False where the server cannot send them
    """

    def __init__(self, url, policy, note):
        self.url, self.policy, self.note = url, policy, note
        self.session, self.size, self.ranges = Session(), None, True

    def probe(self):
        """Ask for one byte, which tells the size; raises what `stream` raises."""
        self.size = None
        list(self.stream(0, 1))

    def stream(self, start, end, sleep=time.sleep):
        """The bytes from `start` up to `end` in blocks, going on at the byte where a try broke off.

        A server without ranges sends the whole file each time, up to its end; what is known of it is passed over.
        sleep: waits so many seconds between two tries; where it returns True, there is no other try
        NetworkError: too many failures in a row. Changed: see there
        """
        failures = 0
        while start < end and not sleep(0):
            before, began = start, time.monotonic()
            try:
                for block in self._try(start, end):
                    start += len(block)
                    yield block
                if not self.ranges:
                    return
                if start == before:  # an answer may hold fewer bytes than were asked for, but not none
                    raise Passing(tr("the server sent no more bytes"))
            except Passing as fault:
                fast = start - before > self.policy.slowest * (time.monotonic() - began)
                failures = 1 if fast else failures + 1
                if not sleep(0):
                    sleep(self._pause(fault, failures))

    def _try(self, start, end):
        """The bytes from `start` up to `end`, as far as one request brings them."""
        with self._ask(start, end) as answer:
            at = self._first_byte(answer, start)
            for block in self._body(answer):
                if at == 0 and not self.ranges:
                    check_page(answer, block)
                yield block[max(0, start - at) : end - at]
                at += len(block)
                if self.ranges and at >= end:
                    return
                if at > end:
                    raise NetworkError(tr("more than {size:,.0f} MB came: this is another file", end / 1e6))
        if not self.ranges and (at < start or at != (self.size or at)):
            raise Passing(tr("the server sent no more bytes"))

    def _ask(self, start, end):
        headers = AGENT | ({"Range": f"bytes={start}-{end - 1}"} if self.ranges else {})
        try:
            return self.session.get(self.url, headers=headers, stream=True, timeout=self.policy.timeout)
        except Exception as error:  # whatever a server can bring a library to raise
            raise reading(error, self.url, self.policy.timeout, first=self.size is None) from error

    def _first_byte(self, answer, start):
        """Where the answer's bytes begin in the file; raises where they are not those from `start` on."""
        code, (first, total) = answer.status_code, place_of(answer)
        if code in (200, 206) and self.size is None:
            self.size, self.url = total, answer.url
        elif self.size and (code == 416 or (code == 206 and total not in (None, self.size))):
            raise Changed(tr("The archive on the server has changed; looking again."))
        elif code not in (200, 206):
            raise refused(answer)
        if code == 200 and not self.ranges:
            return 0
        if code == 200 or first is None or self.size is None:
            check_page(answer)
            self.ranges = False
            raise Changed(tr("The server cannot send parts of the archive; fetching all of it."))
        if first != start:
            raise Passing(tr("the server sent other bytes than the ones asked for"))
        return start

    def _body(self, answer):
        """The bytes as they come; Passing where they come too slowly."""
        began, count = time.monotonic(), 0
        while True:
            try:
                block = answer.raw.read1(BLOCK, decode_content=not self.ranges)
            except Exception as error:
                raise reading(error, self.url, self.policy.timeout) from error
            if not block:
                return
            yield block
            count, seconds = count + len(block), time.monotonic() - began
            if seconds >= self.policy.timeout:
                if count < self.policy.slowest * seconds:
                    raise Passing(tr("only {count:,} bytes came in {seconds:.0f} s", count, seconds))
                began, count = time.monotonic(), 0

    def _pause(self, fault, failures):
        """How long to wait before another try, longer each time; NetworkError: no more tries."""
        if failures > self.policy.retries:
            raise NetworkError(tr("{fault} ({failures} times in a row)", fault, failures)) from fault
        if fault.wait > self.policy.longest_wait:
            minutes = tr("{count:.0f} minutes", fault.wait / 60)
            raise NetworkError(tr("the server asks to come back in {minutes}", minutes)) from fault
        usual = min(60, self.policy.pause * 2 ** (failures - 1)) * random.uniform(0.75, 1.25)
        pause, what = max(fault.wait, usual), str(fault)
        self.note(tr("{what}; trying again in {pause:.0f} s.", what[0].upper() + what[1:], pause))
        return pause
