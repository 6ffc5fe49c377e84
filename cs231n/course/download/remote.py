"""A file on a web server: what it is, and any stretch of its bytes in spite of a bad network."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from .errors import NetworkError
from .http_faults import (
    Changed,
    NoRanges,
    Passing,
    content_length,
    content_range,
    is_page,
    plain,
    reading,
    refused,
    sign_in_page,
)

CHUNK = 1 << 14  # the most that a kill or a stall can cost
AGENT = {"User-Agent": "captioning-course get_data", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Policy:
    """How patient and how demanding a download is; all times in seconds."""

    retries: int = 5  # failures in a row, with not one byte between them
    timeout: float = 30.0  # silence that counts as a failure
    slowest: float = 1000.0  # bytes a second, over `timeout`; below it counts as a failure
    pause: float = 1.0  # before the first retry; doubles each time
    longest_pause: float = 60.0
    longest_wait: float = 300.0  # a server that asks for more is given up
    move_pause: float = 0.1  # before a refused move is tried again; doubles each time
    connections: int = 4  # at most, while each new one makes the whole faster
    look: float = 0.5  # how often to see whether one more would


class Session(requests.Session):
    """Follows redirects, but takes no password or cookie from https to plain http."""

    def rebuild_auth(self, prepared_request, response):
        super().rebuild_auth(prepared_request, response)
        if response.request.url.startswith("https:") and prepared_request.url.startswith("http:"):
            prepared_request.headers.pop("Authorization", None)
            prepared_request.headers.pop("Cookie", None)


class Remote:
    """One address. `probe` fills in `size` and `ranges`; `stream` sends bytes.

    `versions` collects the ETags that came: mirrors of one file may have several. Whether the bytes are right,
    their SHA-256 decides.
    """

    def __init__(self, url: str, policy: Policy, note: Callable[[str], None], session=None):
        self.url = url
        self.policy = policy
        self.note = note
        self.session = session or Session()
        self.sleep: Callable[[float], object] = time.sleep
        self.gives_way: Callable[[], bool] = lambda: (
            False
        )  # to other connections, where the server is crowded
        self.size: int | None = None
        self.ranges = False
        self.versions: set[str | None] = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()

    def twin(self, note: Callable[[str], None], sleep: Callable[[float], object], session=None) -> "Remote":
        """The same file over a connection of its own."""
        twin = Remote(self.url, self.policy, note, session)
        twin.sleep, twin.size, twin.ranges, twin.versions = sleep, self.size, self.ranges, self.versions
        return twin

    def probe(self) -> None:
        """Ask for one byte: learn the size, and whether ranges work.

        NetworkError: no answer, a refusal, or a web page in place of the file
        """
        self._trying(self._probe)

    def _probe(self) -> None:
        self.versions.clear()
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
                self.size = content_length(answer)
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

    def stream_whole(self, most: int, restart: Callable[[], Callable[[bytes], object]]) -> None:
        """Send the whole file to the sink that `restart` gives; every try begins at the first byte.

        most: bytes that can be right; what sends more is another file
        """

        def attempt():
            sink, count = restart(), 0
            with self._ask({}) as answer:
                if answer.status_code != 200:
                    raise refused(answer)
                for chunk in self._body(answer, decode=True):
                    if not count and (is_page(answer) or chunk.lstrip().startswith(b"<")):
                        raise sign_in_page()
                    count += len(chunk)
                    if count > most:
                        raise NetworkError(f"more than {most / 1e6:,.0f} MB came: this is another file")
                    sink(chunk)
            if self.size and count != self.size:
                raise Passing(f"{count} bytes came in place of {self.size}")

        self._trying(attempt)

    def _part(self, start: int, end: int):
        """The answer that holds the bytes from `start` up to `end` at most."""
        answer = self._ask({"Range": f"bytes={start}-{end - 1}"})
        try:
            if answer.status_code == 206:
                if not plain(answer):
                    raise NoRanges
                first, total = content_range(answer)
                if total is not None and total != self.size:
                    raise Changed
                if first != start:
                    raise Passing("the server sent other bytes than the ones asked for")
                self.versions.add(answer.headers.get("ETag"))
                return answer
            if answer.status_code == 200:
                raise sign_in_page() if is_page(answer) else NoRanges
            raise Changed if answer.status_code == 416 else refused(answer)
        except BaseException:
            answer.close()
            raise

    def _trying(self, attempt: Callable[[], object]) -> None:
        """Run `attempt` until it works; pause between tries, each pause longer, with some chance in it."""
        self.failures = slow = 0
        while True:
            try:
                attempt()
                return
            except Passing as fault:
                if fault.crowded and self.gives_way():
                    raise
                slow += fault.slow  # bytes between two slow times do not make them good
                self.failures += 1
                count = max(self.failures, slow)
                if count > self.policy.retries:
                    raise NetworkError(f"{fault} ({count} times in a row)") from fault
                self._pause(fault)

    def _pause(self, fault: Passing) -> None:
        pause = min(self.policy.pause * 2 ** (self.failures - 1), self.policy.longest_pause)
        pause *= random.uniform(0.75, 1.25)
        if fault.wait is not None:
            if fault.wait > self.policy.longest_wait:
                minutes = f"{fault.wait / 60:.0f} minutes" if fault.wait < 1e6 else "a time far away"
                raise NetworkError(f"the server asks to come back in {minutes}") from fault
            pause = max(fault.wait, pause)
        what = str(fault)
        self.note(f"{what[0].upper()}{what[1:]}; trying again in {pause:.0f} s.")
        self.sleep(pause)

    def _ask(self, headers: dict, probing: bool = False) -> requests.Response:
        try:
            return self.session.get(
                self.url, headers=AGENT | headers, stream=True, timeout=self.policy.timeout
            )
        except Exception as error:  # whatever a server can bring a library to raise
            raise reading(error, self.policy.timeout, probing) from error

    def _body(self, answer: requests.Response, decode: bool = False) -> Iterator[bytes]:
        """The bytes as they come; Passing where they come too slowly."""
        began, count = time.monotonic(), 0
        while True:
            try:
                chunk = answer.raw.read1(CHUNK, decode_content=decode)
            except Exception as error:
                raise reading(error, self.policy.timeout) from error
            if not chunk:
                return
            yield chunk
            count += len(chunk)
            seconds = time.monotonic() - began
            if seconds >= self.policy.timeout:
                if count < self.policy.slowest * seconds:
                    raise Passing(f"only {count:,} bytes came in {seconds:.0f} s", slow=True)
                began, count = time.monotonic(), 0
