"""What an answer or an error of the network means: gone at the next try, or nothing a retry can mend."""

import math
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from .errors import BROWSER, NetworkError

PASSING = {408, 425, 429, 500, 502, 503, 504}
CROWDED = {429, 503}  # the server asks for patience


class Passing(Exception):
    """A fault that may be gone at the next try.

    wait: seconds the server asks for; crowded: it asks for fewer requests; slow: bytes came, but too few
    """

    def __init__(self, what: str, wait: float | None = None, crowded: bool = False, slow: bool = False):
        super().__init__(what)
        self.wait, self.crowded, self.slow = wait, crowded, slow


class Changed(Exception):
    """The file on the server is no longer the one this download began with."""


class NoRanges(Exception):
    """The server cannot send a part of the file."""


def reading(error: Exception, timeout: float, probing: bool = False) -> Exception:
    """The fault behind a library's error: passing, or one that no retry can mend."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return NetworkError(
            "the server's certificate was refused",
            "Is this computer's clock right? Does a Wi-Fi network ask you to sign in? Then run this again.\n"
            + BROWSER,
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return NetworkError(
            "the proxy refused",
            "Set HTTPS_PROXY to the proxy your network asks for, or unset it, and run this again.\n"
            + BROWSER,
        )
    causes = list(chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        what = "the server's name was not found (is the network connected?)"
        offline = NetworkError(
            what,
            "Connect to the network and run the same command again.\n"
            "Or fetch the archive on another computer, and run: python get_data.py --zip SAVED_FILE",
        )
        return offline if probing else Passing(what)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Passing(f"nothing came for {timeout:g} s")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Passing("the server refused the connection")
    if isinstance(error, ValueError | requests.exceptions.TooManyRedirects):
        return NetworkError(f"the answer makes no sense ({str(error)[:200]})")
    return Passing("the connection was cut")


def refused(answer: requests.Response) -> Exception:
    """The fault behind a status that brings no bytes."""
    code = answer.status_code
    what = f"the server answered {code} {(answer.reason or '')[:80]}".rstrip()
    if code in PASSING:
        return Passing(what, retry_after(answer.headers.get("Retry-After")), crowded=code in CROWDED)
    if code in (404, 410):
        return NetworkError(
            what,
            "The file is not at this address any more. Is there a newer version of the course?\n"
            "If you know another address: python get_data.py --url ADDRESS; "
            "if you have the archive: python get_data.py --zip SAVED_FILE",
        )
    return NetworkError(what)


def sign_in_page() -> NetworkError:
    """The fault of a network that answers with its own page."""
    return NetworkError(
        "a web page came in place of the file: probably the sign-in page of a Wi-Fi network",
        "Open a browser, sign in, and run the same command again.",
    )


def is_page(answer: requests.Response) -> bool:
    """Whether the answer calls itself a web page."""
    return answer.headers.get("Content-Type", "").lower().startswith("text/html")


def plain(answer: requests.Response) -> bool:
    """Whether the body is the file's own bytes, not a compressed form of them."""
    return answer.headers.get("Content-Encoding", "identity").lower() in ("identity", "")


def content_range(answer: requests.Response) -> tuple[int | None, int | None]:
    """First byte and total size out of the header Content-Range (RFC 9110, 14.4)."""
    match = re.fullmatch(
        r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", answer.headers.get("Content-Range", "").strip()
    )
    if not match:
        return None, None
    return int(match[1]), None if match[2] == "*" else int(match[2])


def content_length(answer: requests.Response) -> int | None:
    """The length of the whole file, where the answer is the whole file and tells it."""
    length = answer.headers.get("Content-Length", "")
    told = answer.status_code == 200 and plain(answer) and re.fullmatch(r"[0-9]{1,18}", length)
    return int(length) if told else None


def retry_after(value: str | None) -> float | None:
    """Seconds to wait out of the header Retry-After, which holds seconds or a date."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    return None if math.isnan(seconds) else max(0.0, seconds)


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
