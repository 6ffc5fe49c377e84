"""What an answer or an error of the network means: gone at the next try, or nothing a retry can mend."""

import errno
import os
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.util import Retry

from cs231n.language import tr

from .errors import NetworkError, OwnSide, line, python

PASSING = {408, 425, 429, 500, 502, 503, 504}
NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
NO_WAY |= {10049, 10050, 10051, 10065}  # the same on Windows


class Passing(Exception):
    """A fault that may be gone at the next try; the server may ask to `wait`, or be `slow`."""

    def __init__(self, what, wait=0, slow=False):
        super().__init__(what)
        self.wait, self.slow = wait, slow


class Changed(Exception):
    """The file on the server is no longer the one this download began with."""


class NoRanges(Exception):
    """The server cannot send a part of the file."""


def reading(error, url, timeout, first=False):
    """The fault behind a library's error at `url`. first: nothing has come from there yet."""
    text, causes = str(error), [error]
    while (one := causes[-1].__cause__ or causes[-1].__context__) and one not in causes:
        causes.append(one)
    numbers = {getattr(one, name, None) for one in causes for name in ("errno", "winerror")}
    kinds = {kind for one in causes for kind in type(one).__mro__}
    keylog = os.path.expandvars(os.environ.get("SSLKEYLOGFILE", ""))
    if keylog and keylog in {getattr(one, "filename", None) for one in causes}:
        what = tr("SSLKEYLOGFILE names {keylog}, which cannot be written", keylog)
        return OwnSide(what, tr("Remove SSLKEYLOGFILE from the environment"))
    if "SSL module is not available" in text:
        what = tr("this Python ({python}) has no ssl, which https addresses need", python())
        return OwnSide(what, tr("Activate the environment that it belongs to"))
    if proxy := proxy_fault(url, text, requests.exceptions.ProxyError in kinds):
        return proxy
    if re.search("CERTIFICATE_VERIFY_FAILED|TLS CA certificate|X509|PEM lib", text):
        return certificate_fault("CERTIFICATE_VERIFY_FAILED" in text)
    if socket.gaierror in kinds or numbers & NO_WAY:
        unknown = socket.gaierror in kinds
        what = tr("the server's name was not found") if unknown else tr("there is no way to it")
        what += tr(" (is the network connected? does a firewall stand between?)")
        return OwnSide(what, tr("Connect to the network")) if first else Passing(what)
    if TimeoutError in kinds:
        return Passing(tr("nothing came for {timeout:g} s", timeout))
    if ConnectionRefusedError in kinds:
        return Passing(tr("the server refused the connection"))
    if PermissionError in kinds:  # on Windows 10013
        what = tr(
            "this computer does not let Python ({python}) use the network: a firewall, probably", python()
        )
        return OwnSide(what, tr("Allow this Python in the firewall or the virus scanner"))
    if isinstance(error, ValueError | requests.exceptions.TooManyRedirects):
        return NetworkError(tr("the address or the answer makes no sense ({text})", text[:200]))
    return Passing(tr("the connection was cut"))


def certificate_fault(refused):
    """The fault of the list of certificates, or of the server's certificate, where it was `refused`."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := os.environ.get(name):
            why = tr("does not vouch for it") if Path(path).exists() else tr("is not there")
            what = tr(
                "the server's certificate was refused: {name} names {path}, which {why}", name, path, why
            )
            return OwnSide(what, tr("Correct {name} or remove it from the environment", name))
    if not refused:
        what = tr("this Python's list of certificates is missing or damaged")
        return OwnSide(what, tr("Install the package certifi again, for {python}", python()))
    step = tr(
        "Check this computer's clock, sign in where a Wi-Fi network asks for it, name the certificate of\n"
        "a network that reads what you send in REQUESTS_CA_BUNDLE"
    )
    return OwnSide(tr("the server's certificate was refused"), step)


def proxy_fault(url, text, sure=False):
    """The fault of the proxy before `url`, if `text` speaks of one or it is `sure`. No password is told."""
    proxies = requests.utils.get_environ_proxies(url) if re.match("https?://.", url) else {}
    proxy = requests.utils.select_proxy(url, proxies) or ""
    if not sure and not (proxy and re.search("SOCKS|proxy", text, re.I)):
        return None
    names = [f"{urlsplit(url).scheme}_proxy", "all_proxy"]
    names = [name for one in names for name in (one, one.upper()) if os.environ.get(name)]
    name = names[0] if names else tr("the proxy in this computer's network settings")
    place = tr("the proxy {proxy}", proxy.rpartition("@")[2].rstrip("/")).rstrip()
    if "SOCKS" in text:
        what = tr("{place} is a SOCKS proxy, and this Python lacks the package PySocks", place)
        return OwnSide(what, tr("Install the package pysocks for {python}, or remove {name}", python(), name))
    if " 407" in text:
        what = tr("{place} asks for a name and a password, or refused them", place)
        return OwnSide(what, tr("Write them into {name}, as in http://NAME:PASSWORD@HOST:PORT", name))
    return OwnSide(tr("{place} could not be used", place), tr("Correct {name} or remove it", name))


def refused(answer):
    """The fault behind a status that brings no bytes."""
    code = answer.status_code
    what = tr("the server answered {code} {reason}", code, (answer.reason or "")[:80]).rstrip()
    if code == 407:
        return proxy_fault(answer.url, what, sure=True)
    if code in PASSING:
        return Passing(what, retry_after(answer.headers.get("Retry-After")))
    if code in (404, 410):
        step = tr("The file is not at this address any more. Is there a newer version of the course?")
        return NetworkError(what, step, line("--url ADDRESS, or --zip SAVED_FILE if you have the archive"))
    return NetworkError(what)


def check_page(answer, begins=b""):
    """OwnSide where a network answered with a page of its own. begins: the first bytes, where they are known"""
    kind = answer.headers.get("Content-Type", "").lower()
    if kind.startswith("text/html") or begins.lstrip().startswith(b"<"):
        what = tr("a web page came in place of the file: probably the sign-in page of a Wi-Fi network")
        raise OwnSide(what, tr("Open a browser, sign in"))


def place_of(answer):
    """First byte and size of the whole file, where the answer tells them (RFC 9110, 14.4); else None."""
    told, length = (answer.headers.get(f"Content-{name}", "").strip() for name in ("Range", "Length"))
    if answer.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        return None, None  # the body is a compressed form of the file's bytes
    match = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)", told)
    if answer.status_code == 206 and match:
        return int(match[1]), None if match[2] == "*" else int(match[2])
    whole = answer.status_code == 200 and re.fullmatch("[0-9]{1,18}", length)
    return (0, int(length)) if whole else (None, None)


def retry_after(value):
    """Seconds to wait out of the header Retry-After, which holds seconds or a date; 0 where it holds neither."""
    try:
        return max(0, Retry().parse_retry_after(value))
    except Exception:  # whatever a date of nonsense brings a library to raise
        return 0
