"""Messages between the grader and a student's process: JSON and plain arrays, never code, and no pickle.

A value that is neither stays where it is. The other side gets a `Stub` with its number, and may send that back.
"""

import json
import re
import struct

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.exercises.bank.models import Silent

LARGEST, LONGEST = 10_000_000, 2_000_000  # bytes of one message, and of its JSON
DEEPEST = 20  # a list may hold itself
MODELS = {kind.__name__: kind for kind in (CaptioningRNN, Silent)}
DTYPE = re.compile(r"[<>|=]?[fiubc]\d{1,2}|[<>|=]?U\d{1,4}")


class TooLarge(Exception):
    """A message with more than LARGEST bytes. Its argument: how many."""


class Stub:
    """What stands here for an object of the other side."""


class Kept:
    """A value that goes over as it is, and is known by its number as well, such as a cache."""

    def __init__(self, value):
        self.value = value


class Wire:
    """One end of the line, which reads from a binary file and writes to another."""

    def __init__(self, source, sink):
        self._source, self._sink = source, sink
        self.mine, self._theirs = [], {}

    def send(self, **message):
        """Send a message. Its values: arrays, numbers, texts, models, and tuples, lists and dicts of these."""
        arrays = []
        text = json.dumps({name: self._put(value, arrays) for name, value in message.items()}).encode()
        size = 4 + len(text) + sum(array.nbytes for array in arrays)
        if size > LARGEST or len(text) > LONGEST:
            raise TooLarge(size)
        head = struct.pack(">QI", size, len(text))
        self._sink.write(b"".join([head, text, *(array.tobytes() for array in arrays)]))
        self._sink.flush()

    def receive(self):
        """The next message, a dict. EOFError at the end, ValueError and others where it is none."""
        return self.read(self.next())

    def next(self):
        """The bytes of the next message. They may come from a stranger."""
        head = self._source.read(8)
        size = struct.unpack(">Q", head)[0] if len(head) == 8 else None
        if size is None:
            raise EOFError
        if size > LARGEST:
            raise TooLarge(size)
        content = self._source.read(size)
        if len(content) < size:
            raise EOFError
        return content

    def read(self, content):
        """The message in these bytes."""
        length = 4 + struct.unpack(">I", content[:4])[0]
        if length > LONGEST:
            raise TooLarge(length)
        place = [length]

        def array(kind, shape):
            if not DTYPE.fullmatch(kind):
                raise ValueError(f"an array of {kind}")
            kind, start = np.dtype(kind), place[0]
            place[0] += kind.itemsize * int(np.prod(shape, dtype=object))
            return np.frombuffer(content[start : place[0]], kind).reshape(shape).copy()

        return {name: self._get(tree, array) for name, tree in json.loads(content[4:length]).items()}

    def forget(self):
        """What the other side has named is not needed any more."""
        self._theirs.clear()

    def keep(self, value):
        """The number under which the other side may name a value."""
        self.mine.append(value)
        return len(self.mine) - 1

    def _put(self, value, arrays, depth=0):
        if value is None or isinstance(value, bool | str):
            return value if type(value) in (bool, str, type(None)) else str(value)
        if isinstance(value, Kept):
            value = value.value
            unnamed = value is None or isinstance(value, bool | int | float | str)  # there is one of each
            if unnamed or (isinstance(value, tuple) and not value):
                return self._put(value, arrays)
            tree = self._put(value, arrays)
            return tree if "mine" in tree or "yours" in tree else {"mine": self.keep(value), "as": tree}
        if id(value) in self._theirs:
            return {"yours": self._theirs[id(value)][1]}
        if isinstance(value, int) and abs(value) < 2**63:
            return int(value)
        if isinstance(value, float) and not isinstance(value, np.generic):
            return float(value)
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiubcU":
            arrays.append(plain := np.asarray(value))
            return {"array": [plain.dtype.str, plain.shape, isinstance(value, np.generic)]}
        if isinstance(value, tuple | list | dict) and depth < DEEPEST:
            kind = next(kind for kind in (tuple, list, dict) if isinstance(value, kind))
            items = [part for pair in value.items() for part in pair] if kind is dict else value
            return {kind.__name__: [self._put(each, arrays, depth + 1) for each in items]}
        if isinstance(value, np.dtype):
            return {"dtype": value.str}
        if type(value).__name__ in MODELS:
            return {"model": type(value).__name__, "of": self._put(vars(value), arrays, depth + 1)}
        return {"mine": self.keep(value), "type": type(value).__name__}

    def _get(self, tree, array):
        if not isinstance(tree, dict):
            return tree
        if "array" in tree:
            kind, shape, single = tree["array"]
            return array(kind, shape)[()] if single else array(kind, shape)
        if "yours" in tree:
            return self.mine[int(tree["yours"])]
        if "mine" in tree:
            kind = str(tree.get("type"))[:50]
            value = self._get(tree["as"], array) if "as" in tree else type(kind, (Stub,), {})()
            self._theirs[id(value)] = value, int(tree["mine"])
            return value
        if "dict" in tree:
            items = [self._get(each, array) for each in tree["dict"]]
            return dict(zip(items[::2], items[1::2], strict=True))
        if "list" in tree or "tuple" in tree:
            values = [self._get(each, array) for each in tree.get("list", tree.get("tuple"))]
            return values if "list" in tree else tuple(values)
        if "dtype" in tree:
            return np.dtype(tree["dtype"])
        kind = MODELS[tree["model"]]
        made = kind.__new__(kind)
        vars(made).update(self._get(tree["of"], array))
        return made
