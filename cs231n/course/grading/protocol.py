"""What goes between the grader and the process in which a student's code runs.

Requests may be pickled: the grader is trusted. Replies may not, since loading a pickle can run code: they are
JSON, and everything in them is looked at before it is used.
"""

import base64
import io
import json
import pickle

import numpy as np

LARGEST_REPLY = 50_000_000  # bytes


class Kept:
    """Stands for an object, such as a cache, that stays in the student's process."""

    def __init__(self, number):
        self.number = number


class Garbled(ValueError):
    """A reply that the child process of the grader would never send."""


def pack_request(request):
    """A request as one line of bytes."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.persistent_id = lambda value: value.number if isinstance(value, Kept) else None
    pickler.dump(request)
    return base64.b64encode(buffer.getvalue()) + b"\n"


def unpack_request(line, kept):
    """The request in such a line; `kept` is the list of objects that stayed."""
    unpickler = pickle.Unpickler(io.BytesIO(base64.b64decode(line)))
    unpickler.persistent_load = kept.__getitem__
    return unpickler.load()


def pack_reply(reply):
    """A reply of plain dicts, lists, texts and numbers as one line of bytes."""
    return json.dumps(reply).encode("ascii") + b"\n"


def unpack_reply(line):
    """The reply in such a line. Garbled when there is none."""
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        raise Garbled("not a reply") from None
    if not isinstance(reply, dict):
        raise Garbled("not a reply")
    return reply


def pack_returned(returned, kept, has_cache):
    """What a student's function gave back.

    kept: list that a cache is put into; only its number is sent
    has_cache: True where the last value is a cache
    """
    if isinstance(returned, tuple | list):
        last = len(returned) - 1
        return {
            "tuple": [
                _pack(value, kept if has_cache else None, k == last) for k, value in enumerate(returned)
            ]
        }
    return _pack(returned, None, False)


def unpack_returned(packed):
    """The values again: arrays, dicts of arrays, None, `Kept`, or an empty object of the same type name."""
    try:
        if "tuple" in packed:
            return tuple(_unpack(value) for value in packed["tuple"])
        return _unpack(packed)
    except (KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise Garbled(str(error)) from None


def pack_array(array):
    """An array of numbers."""
    array = np.ascontiguousarray(array).reshape(np.shape(array))
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape)}


def _pack(value, kept, is_last):
    if value is None:
        return {"none": True}
    if is_last and kept is not None and not isinstance(value, np.ndarray):
        kept.append(value)
        return {"kept": len(kept) - 1}
    if isinstance(value, dict):
        return {"dict": {str(key): _pack(each, None, False) for key, each in value.items()}}
    try:
        array = np.asarray(value)
    except Exception:  # rows of different lengths, or a student's class that refuses
        array = np.array(None)
    if array.dtype.kind in "fiub":
        return pack_array(array)
    return {"other": type(value).__name__}


def _unpack(packed):
    if "none" in packed:
        return None
    if "kept" in packed:
        return Kept(int(packed["kept"]))
    if "dict" in packed:
        return {key: _unpack(value) for key, value in packed["dict"].items()}
    if "array" in packed:
        dtype = np.dtype(packed["dtype"])
        if dtype.kind not in "fiub":
            raise Garbled("not numbers")
        return np.frombuffer(base64.b64decode(packed["array"]), dtype).reshape(packed["shape"]).copy()
    return type(str(packed["other"])[:50], (), {})()
