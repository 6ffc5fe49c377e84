"""What an answer or an error of the network means: gone at the next try, or nothing a retry can mend."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from .errors import CertificateError, NetworkError

PASSING = {408, 425, 429, 500, 502, 503, 504}


class Passing(Exception):
    """A fault that may be gone at the next try."""

    def __init__(self, what: str, wait: float | None = None):
        super().__init__(what)
        self.wait = wait


class Changed(Exception):
    """The file on the server is no longer the one this download began with."""


class NoRanges(Exception):
    """The server cannot send a part of the file."""


def reading(error: Exception, timeout: float, probing: bool = False) -> Exception:
    """The fault behind a library's error: passing, or one that no retry can mend."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return CertificateError(
            "the server's certificate was refused (a wrong clock, or the sign-in page of a Wi-Fi network?)"
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return NetworkError("the proxy refused (see the settings HTTP_PROXY and HTTPS_PROXY)")
    if isinstance(error, ValueError | requests.exceptions.TooManyRedirects):
        return NetworkError(str(error))
    causes = list(chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        what = "the server's name was not found (is the network connected?)"
        return NetworkError(what) if probing else Passing(what)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Passing(f"nothing came for {timeout:g} s")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Passing("the server refused the connection")
    return Passing("the connection was cut")


def refused(answer: requests.Response) -> Exception:
    """The fault behind a status that brings no bytes."""
    what = f"the server answered {answer.status_code} {answer.reason or ''}".rstrip()
    if answer.status_code in PASSING:
        return Passing(what, retry_after(answer.headers.get("Retry-After")))
    return NetworkError(what)


def sign_in_page() -> NetworkError:
    """The fault of a network that answers with its own page."""
    return NetworkError(
        "a web page came in place of the file: probably the sign-in page of a Wi-Fi network. "
        "Open a browser, sign in, and run this again"
    )


def is_page(answer: requests.Response) -> bool:
    """Whether the answer calls itself a web page."""
    return answer.headers.get("Content-Type", "").lower().startswith("text/html")


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
