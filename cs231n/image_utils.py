"""Read a picture from its address. Nothing is written to disk, and a dead address is no error."""

import io

import numpy as np
import requests
from PIL import Image, UnidentifiedImageError

TIMEOUT = 10  # seconds without a byte


def image_from_url(url):
    """Read a picture from its address.

    url: web address, or the name of a painted scene such as scene:train/00012
    returns: array (height, width, 3) uint8, or None when the picture cannot be had
    """
    return fetch_image(url, TIMEOUT)[0]


def fetch_image(url, timeout=TIMEOUT):
    """Read a picture, and say why when it cannot be had.

    url: web address, or the name of a painted scene such as scene:train/00012
    timeout: seconds to wait for the server
    returns: (array (height, width, 3) uint8, None) or (None, the reason in a few words)
    """
    if str(url).startswith("scene:"):
        return _painted_scene(url)
    try:
        answer = requests.get(url, timeout=timeout)
        answer.raise_for_status()
    except requests.HTTPError as error:
        return None, f"the server answered {error.response.status_code}"
    except requests.Timeout:
        return None, f"no answer in {timeout:g} seconds"
    except requests.ConnectionError:
        return None, "no connection to the server"
    except requests.RequestException:
        return None, "this is not a web address"
    try:
        with Image.open(io.BytesIO(answer.content)) as picture:
            return np.asarray(picture.convert("RGB")), None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None, "what came back is not a picture"


def _painted_scene(name):
    from cs231n.course.scenes import load_picture  # here, since only the embedded dataset needs it

    try:
        return load_picture(name), None
    except (ValueError, IndexError, OSError) as error:
        return None, str(error)
