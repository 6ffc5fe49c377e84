"""What can go wrong: each fault has its exit status, and what the reader can do next."""

import errno
import os
import re
import socket
from contextlib import suppress
from pathlib import Path

from requests.exceptions import ProxyError, TooManyRedirects
from requests.utils import get_environ_proxies, select_proxy
from urllib3.util import Retry

from cs231n.language import noted, tr
from cs231n.this_python import ROOT, python

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
CLOSE = noted("Close programs that have the file open (a running notebook, for example)")
HELD = {32, 33, 1224}  # what Windows answers while another program has a file open, locked or mapped
PASSING = {408, 425, 429, 500, 502, 503, 504}
NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def line(options):
    """What to type to run get_data.py with these options."""
    return tr("In the folder {folder}, type: {python} get_data.py {options}", ROOT, python(), options)


class DownloadError(RuntimeError):
    """A download that could not be finished: what happened, what is kept, what to do next."""

    status, kept, next_step, other_way = 1, "", noted("Run the same command again."), ""

    def __init__(self, what, next_step=None, other_way=None):
        super().__init__(what)
        self.what, self.next_step = what, next_step or tr(self.next_step)
        self.other_way = other_way or tr(self.other_way)

    def __str__(self):
        return "\n".join(filter(None, (self.what, self.kept, self.next_step, self.other_way)))


class VerificationError(DownloadError):
    """The bytes are not the ones the manifest promises."""

    other_way = noted("If the same file fails again, the copy on the server is damaged.")


class UsageError(DownloadError):
    """The command or the manifest asks for something that makes no sense."""

    status, next_step = 2, ""


class NetworkError(DownloadError):
    """The server or the way to it failed, after all retries."""

    status = 3
    other_way = tr("Or save the file with a browser, on any computer. ") + line("--zip SAVED_FILE")


class OwnSide(NetworkError):
    """What stands in the way is on the reader's side: no retry helps; the reader can put it right."""

    def __init__(self, what, next_step):
        super().__init__(what, tr("{next_step}, and run this again.", next_step))


class DiskError(DownloadError):
    """The destination is full, read-only or held by another program."""

    status = 4


class BusyError(DownloadError):
    """Another download into the same folder is running."""

    status, next_step = 5, noted("Wait until it has finished, or choose another folder with --dest.")


def disk_error(error, place):
    """The DiskError for what the operating system refused at `place`."""
    name = Path(error.filename or place)
    name = name.with_suffix("") if name.suffix == ".part" else name  # the file meant, not its way there
    what = tr("The disk refused {name}: {reason}.", name, error.strerror or error)
    step = tr("Choose another folder with --dest.")
    if error.errno in FULL:
        what = tr("The disk is full: {name} could not be written.", name)
        step = tr("Free some space, or use --dest.")
    elif getattr(error, "winerror", None) in HELD:
        what, step = tr("Another program has {name} open.", name), tr("{close}.", tr(CLOSE))
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = tr("No permission to write {name}.", name)
        step = tr("{close}, or choose a folder of your own with --dest.", tr(CLOSE))
    elif error.errno == errno.EEXIST:
        what = tr("{name} is a file; a folder is needed there.", name)
    return DiskError(what, tr("{step} Then run this again.", step))


class Passing(Exception):
    """A fault that may be gone at the next try."""

    wait = 0  # seconds, where the server asks for some


class Changed(DownloadError):
    """What was known of the file on the server is not so any more: it is worth another look."""


def reading(error, url, timeout, first=False):
    """The fault behind a library's error at `url`. first: nothing has come from there yet."""
    text, causes = str(error), [error]
    while (one := causes[-1].__cause__ or causes[-1].__context__) and one not in causes:
        causes.append(one)
    numbers = {getattr(one, "errno", None) for one in causes}
    kinds = {kind for one in causes for kind in type(one).__mro__}
    keylog = os.path.expandvars(os.environ.get("SSLKEYLOGFILE", ""))
    if keylog and keylog in {getattr(one, "filename", None) for one in causes}:
        what = tr("SSLKEYLOGFILE names {keylog}, which cannot be written", keylog)
        return OwnSide(what, tr("Remove SSLKEYLOGFILE from the environment"))
    if "SSL module is not available" in text:
        what = tr("this Python ({python}) has no ssl, which https addresses need", python())
        return OwnSide(what, tr("Activate the environment that it belongs to"))
    if proxy := proxy_fault(url, text, ProxyError in kinds):
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
        what = noted("this computer does not let Python ({python}) use the network: a firewall, probably")
        return OwnSide(tr(what, python()), tr("Allow this Python in the firewall or the virus scanner"))
    if isinstance(error, ValueError | TooManyRedirects):
        return NetworkError(tr("the address or the answer makes no sense ({text})", text[:200]))
    return Passing(tr("the connection was cut"))


def certificate_fault(refused):
    """The fault of the list of certificates, or of the server's certificate, where it was `refused`."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := os.environ.get(name):
            why = tr("does not vouch for it") if Path(path).exists() else tr("is not there")
            what = noted("the server's certificate was refused: {name} names {path}, which {why}")
            step = tr("Correct {name} or remove it from the environment", name)
            return OwnSide(tr(what, name, path, why), step)
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
    proxy = select_proxy(url, get_environ_proxies(url) if re.match("https?://.", url) else {}) or ""
    if not sure and not (proxy and re.search("SOCKS|proxy", text, re.I)):
        return None
    one = f"{url.partition(':')[0]}_proxy"
    names = [name for name in (one, one.upper(), "all_proxy", "ALL_PROXY") if os.environ.get(name)]
    name = (*names, tr("the proxy in this computer's network settings"))[0]
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
        fault = Passing(what)
        with suppress(Exception):  # whatever a date of nonsense brings a library to raise
            fault.wait = min(max(0.0, Retry().parse_retry_after(answer.headers["Retry-After"])), 1e6)
        return fault
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
