"""Read a picture from its address. Nothing is written to disk, and a dead address is no error."""

import io
import sys
import threading
import time
import warnings
from urllib.request import getproxies

import numpy as np

from cs231n.coco_utils import stored_scene

TIMEOUT, MOST_BYTES, MOST_PIXELS = 10, 20_000_000, 50_000_000  # seconds; the most that are taken
PAINTERS = {"scene": stored_scene}  # what makes an array of an address outside the web, by its first word
KINDS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


def image_from_url(url):
    """The picture at an address, (height, width, 3) uint8, or None when it cannot be had: see `fetch_image`."""
    return fetch_image(url, TIMEOUT)[0]


def fetch_image(url, timeout=TIMEOUT):
    """Read a picture, and say why when it cannot be had.

    url: web address, or the name of a painted scene such as scene:train/00012
    timeout: seconds for the whole transfer, redirects included
    returns: (array (height, width, 3) uint8, None) or (None, the reason in a few words, English, for a plot)
    """
    result = [(None, f"no answer in {timeout:g} seconds")]

    def work():
        try:
            paint = PAINTERS.get(str(url).partition(":")[0])
            result[0] = (paint(url) if paint else _decoded(_fetched(url, timeout)), None)
        except (OSError, ValueError, IndexError) as error:
            result[0] = (None, str(error))

    thread = threading.Thread(target=work, daemon=True)
    try:
        thread.start()
        thread.join(timeout)
    except RuntimeError:  # a browser's Python has no threads, and reports errors that are caught as well
        report, sys.excepthook = sys.excepthook, lambda *_: None
        work()
        sys.excepthook = report
    return result[0]


def _fetched(url, timeout):
    """The bytes behind a web address; ValueError with the reason where there are none, or too many."""
    import requests  # here, as Pillow below: whoever only paints scenes needs neither

    data, end, reason = bytearray(), time.monotonic() + timeout, "no connection to the server"
    late = f"no answer in {timeout:g} seconds"
    large = f"it is larger than {MOST_BYTES / 1e6:.0f} MB"
    try:
        with requests.get(url, timeout=timeout, stream=True) as answer:
            reason = f"the server answered {answer.status_code}"
            answer.raise_for_status()
            reason = "the connection was cut"
            for chunk in answer.iter_content(1 << 14):
                data += chunk
                if len(data) > MOST_BYTES or time.monotonic() > end:
                    reason = large if len(data) > MOST_BYTES else late
                    raise OverflowError
        return data
    except Exception as error:  # in a browser's Python a failed request raises its own kind
        wrong = "this is not a web address", "this, or that of the proxy, is not a web address"
        known = {requests.Timeout: late, ValueError: wrong[bool(getproxies())]}
        if "SOCKS" in str(error):
            reason, known = "a SOCKS proxy is set, and the package PySocks is not installed", {}
        elif isinstance(error, OSError) and not isinstance(error, requests.RequestException):
            reason = str(error)  # such as REQUESTS_CA_BUNDLE with a file that is not there
        raise ValueError(next((known[k] for k in known if isinstance(error, k)), reason)) from None


def _decoded(data):
    """The picture in these bytes; ValueError with the reason where they hold none, or one of too many pixels."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=KINDS) as picture:
            if picture.width * picture.height <= MOST_PIXELS:
                return np.asarray(picture.convert("RGB"))
    except Exception:  # whatever bytes bring a decoder to raise
        raise ValueError("what came back is not a picture") from None
    raise ValueError(f"it has more than {MOST_PIXELS / 1e6:.0f} million pixels")
