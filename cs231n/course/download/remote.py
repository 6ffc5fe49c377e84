"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import time
from dataclasses import dataclass

import requests

from .errors import NetworkError
from .faults import Changed, NoRanges, Passing, check_page, place_of, plain, reading, refused

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
    move_pause: float = 0.1  # before a refused move is tried again; doubles each time
    connections: int = 4


class Session(requests.Session):
    """Follows redirects, but takes no password or cookie from https to plain http."""

    def rebuild_auth(self, prepared_request, response):
        super().rebuild_auth(prepared_request, response)
        if response.request.url.startswith("https:") and prepared_request.url.startswith("http:"):
            prepared_request.headers.pop("Authorization", None)
            prepared_request.headers.pop("Cookie", None)


class Remote:
    """One address. `probe` fills in `size` and `ranges`; `stream` sends bytes; several threads may call it."""

    def __init__(self, url, policy, note):
        self.url, self.policy, self.note = url, policy, note
        self.session, self.sleep = Session(), time.sleep
        self.gives_way = bool  # whether others go on where the server asks for fewer connections
        self.size, self.ranges = None, False

    def probe(self):
        """Ask for one byte: learn the size, and whether ranges work.

        NetworkError: no answer, a refusal, or a web page in place of the file
        """

        def attempt(_):
            with self._ask("bytes=0-0", first=True) as answer:
                if answer.status_code not in (200, 206):
                    raise refused(answer)
                start, self.size = place_of(answer)
                self.ranges = answer.status_code == 206 and start == 0 and bool(self.size)
                self.url = answer.url
                if not self.ranges:
                    return check_page(answer)
                next(self._body(answer), b"")  # read to its end, so that the connection serves again

        self._trying(attempt)

    def stream(self, start, end, sink):
        """Send the bytes from `start` up to `end` to `sink`, going on at the byte where a try broke off.

        A server without ranges sends the whole file each time, up to its end; what is known of it is passed over.
        NetworkError: too many failures in a row. Changed, NoRanges: see there
        """
        reached = start

        def attempt(came):
            nonlocal reached
            while reached < end:  # an answer may rightly hold fewer bytes than were asked for
                before = reached
                with self._ask(self.ranges and f"bytes={reached}-{end - 1}") as answer:
                    at = self._first_byte(answer, reached)
                    for chunk in self._body(answer):
                        if at == 0 and not self.ranges:
                            check_page(answer, chunk)
                        new = chunk[max(0, reached - at) : end - at]
                        at, reached = at + len(chunk), reached + len(new)
                        sink(new)
                        if new:
                            came()
                        if self.ranges and reached == end:
                            return
                        if at > end:
                            raise NetworkError(f"more than {end / 1e6:,.0f} MB came: this is another file")
                if not self.ranges and at == reached == (self.size or at):
                    return
                if reached == before or not self.ranges:
                    raise Passing("the server sent no more bytes")

        self._trying(attempt)

    def _first_byte(self, answer, start):
        """Where the answer's bytes begin in the file; raises where they are not those from `start` on."""
        code, (first, total) = answer.status_code, place_of(answer)
        if code == 416 or (code == 206 and total not in (None, self.size)):
            raise Changed
        if code not in (200, 206):
            raise refused(answer)
        if code == 200 and not self.ranges:
            return 0
        if code == 200 or not plain(answer):
            check_page(answer)
            raise NoRanges
        if first != start:
            raise Passing("the server sent other bytes than the ones asked for")
        return start

    def _trying(self, attempt):
        """Run `attempt(came)` until it works, with longer and longer pauses; it calls `came` when bytes come."""
        failures = slow = 0

        def came():
            nonlocal failures
            failures = 0

        while True:
            try:
                return attempt(came)
            except Passing as fault:
                if fault.crowded and self.gives_way():
                    raise
                slow += fault.slow  # bytes between two slow times do not make them good
                failures += 1
                count, what = max(failures, slow), str(fault)
                if count > self.policy.retries:
                    raise NetworkError(f"{what} ({count} times in a row)") from fault
                if fault.wait > self.policy.longest_wait:
                    minutes = f"{fault.wait / 60:.0f} minutes" if fault.wait < 1e6 else "a time far away"
                    raise NetworkError(f"the server asks to come back in {minutes}") from fault
                usual = min(60, self.policy.pause * 2 ** (failures - 1)) * random.uniform(0.75, 1.25)
                pause = max(fault.wait, usual)
                self.note(f"{what[0].upper()}{what[1:]}; trying again in {pause:.0f} s.")
                self.sleep(pause)

    def _ask(self, place, first=False):
        headers = AGENT | ({"Range": place} if place else {})
        try:
            return self.session.get(self.url, headers=headers, stream=True, timeout=self.policy.timeout)
        except Exception as error:  # whatever a server can bring a library to raise
            raise reading(error, self.url, self.policy.timeout, first) from error

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
                    raise Passing(f"only {count:,} bytes came in {seconds:.0f} s", slow=True)
                began, count = time.monotonic(), 0
