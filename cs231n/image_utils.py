"""Read a picture from its address. Nothing is written to disk, and a dead address is no error."""

import io
import ipaddress
import socket
import sys
import threading
import time
import warnings
from urllib.parse import urljoin, urlsplit

import numpy as np
import requests
from PIL import Image

from cs231n.coco_utils import SCENES_DIR
from cs231n.files import open_h5

TIMEOUT = 10  # seconds for the whole transfer
MOST_BYTES = 20_000_000
MOST_PIXELS = 50_000_000
MOST_REDIRECTS = 5
PAINTERS = {}  # addresses outside the web: from their first word, such as "scene", to what makes an array of one
KINDS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


class NoPicture(Exception):
    """Why there is no picture, in a few words."""


def image_from_url(url):
    """Read a picture from its address.

    url: web address, or the name of a painted scene such as scene:train/00012
    returns: array (height, width, 3) uint8, or None when the picture cannot be had
    """
    return fetch_image(url, TIMEOUT)[0]


def fetch_image(url, timeout=TIMEOUT):
    """Read a picture, and say why when it cannot be had.

    url: web address, or the name of a painted scene such as scene:train/00012
    timeout: seconds for the whole transfer, redirects included
    returns: (array (height, width, 3) uint8, None) or (None, the reason in a few words)
    """
    try:
        if (kind := str(url).partition(":")[0]) in PAINTERS:
            return _painted(PAINTERS[kind], url), None
        return _decoded(_in_time(_fetched, url, timeout)), None
    except NoPicture as reason:
        return None, str(reason)


def _in_time(function, url, timeout):
    """What the function gives back, or NoPicture after `timeout` seconds, whatever it is waiting for."""
    result = []

    def work():
        try:
            result.append(function(url, timeout))
        except NoPicture as reason:
            result.append(reason)
        except Exception as error:  # whatever a server brings a library to raise
            result.append(NoPicture(f"the answer makes no sense ({type(error).__name__})"))

    thread = threading.Thread(target=work, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # a browser's Python has no threads, and reports errors that are caught as well
        report, sys.excepthook = sys.excepthook, lambda *_: None
        try:
            work()
        finally:
            sys.excepthook = report
    else:
        thread.join(timeout)
    if not result:
        raise NoPicture(f"no answer in {timeout:g} seconds")
    if isinstance(result[0], NoPicture):
        raise result[0]
    return result[0]


def _fetched(url, timeout):
    """The bytes behind an address; at most MOST_BYTES, over at most MOST_REDIRECTS redirects."""
    end = time.monotonic() + timeout
    asked_for_private = None
    with requests.Session() as session:
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = session.get(url, timeout=timeout, stream=True, allow_redirects=False)
            except requests.Timeout:
                raise NoPicture(f"no answer in {timeout:g} seconds") from None
            except requests.ConnectionError:
                raise NoPicture("no connection to the server") from None
            except (requests.RequestException, ValueError):
                raise NoPicture("this is not a web address") from None
            except Exception:  # in a browser's Python a failed request raises its own kind
                raise NoPicture("no connection to the server") from None
            with answer:
                if not answer.is_redirect:
                    return _body(answer, end, timeout)
                if asked_for_private is None:
                    asked_for_private = _is_private(url)
                url = urljoin(url, answer.headers["Location"])
                if urlsplit(url).scheme not in ("http", "https"):
                    raise NoPicture("it redirects to something that is no web address")
                if _is_private(url) and not asked_for_private:
                    raise NoPicture("it redirects into a private network")
    raise NoPicture("it redirects again and again")


def _body(answer, end, timeout):
    if answer.status_code != 200:
        raise NoPicture(f"the server answered {answer.status_code}")
    data = bytearray()
    try:
        for chunk in answer.iter_content(1 << 14):
            data += chunk
            if len(data) > MOST_BYTES:
                raise NoPicture(f"it is larger than {MOST_BYTES / 1e6:.0f} MB")
            if time.monotonic() > end:
                raise NoPicture(f"no answer in {timeout:g} seconds")
    except requests.RequestException:
        raise NoPicture("the connection was cut") from None
    return bytes(data)


def _is_private(url):
    """Does the address lead to this machine or its own network?"""
    try:
        places = socket.getaddrinfo(urlsplit(url).hostname, None)
        return any(not ipaddress.ip_address(place[4][0].split("%")[0]).is_global for place in places)
    except (OSError, ValueError, UnicodeError):
        return False  # it leads nowhere, and the request will say so


def _decoded(data):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is judged below
            with Image.open(io.BytesIO(data), formats=KINDS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NoPicture(f"it has more than {MOST_PIXELS / 1e6:.0f} million pixels")
                return np.asarray(picture.convert("RGB"))
    except NoPicture:
        raise
    except Exception:  # whatever bytes bring a decoder to raise
        raise NoPicture("what came back is not a picture") from None


def _stored_scene(name):
    """A painted scene as it is stored, small. `cs231n.course.scenes` paints it large."""
    split, _, row = str(name).removeprefix("scene:").partition("/")
    try:
        with open_h5(SCENES_DIR / f"{split}2014_pictures.h5") as file:
            return file["pictures"][int(row)]
    except (OSError, ValueError, IndexError):
        raise NoPicture(f"datasets/scenes gives no picture {name!r}") from None


PAINTERS["scene"] = _stored_scene


def _painted(paint, address):
    try:
        return paint(address)
    except (ValueError, IndexError, OSError) as error:
        raise NoPicture(str(error)) from None
