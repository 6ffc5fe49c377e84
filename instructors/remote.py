"""A student's functions as the checks see them: a call goes to the student's process, and comes back."""

import builtins
import textwrap
import time
import types

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.exercise import NotYet
from cs231n.exercises.facts import fact
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.count_calls import Counted
from cs231n.exercises.run.one_call import quiet
from cs231n.exercises.run.time_limit import TooLong
from instructors.process import Gone, StudentProcess

LARGEST_QUESTION = 100_000  # bytes; what an answer asks of the package, on the sizes of the cases
GRACE = 5  # seconds more than a call may take, until its process is given up


class Student(StudentProcess):
    """The process, while an answer in it is judged.

    judged: the exercise, None while cells run; asked: functions of the package that the answer called and may not
    large: bytes of an output that was too large to send
    """

    judged = None

    def judge(self, name, seconds, each):
        """From here on, calls are for this exercise: `seconds` for all of them, and at most `each` for one."""
        self.judged, self.asked, self.large = name, [], 0
        self.wire.forget()
        self._end, self._each = time.monotonic() + seconds, each

    def call(self, **call):
        """Have a function called. Returns its reply, or raises what the function raised."""
        seconds = min(self._each, self._end - time.monotonic())
        if seconds <= 0:
            raise Gone("hangs", "it did not come to an end in time")
        self.send(do="call", seconds=seconds, **call)
        end = time.monotonic() + seconds + GRACE
        while (reply := self.hear(end - time.monotonic()))["say"] == "ask":
            self.send(**self._answer(str(reply["name"]), reply["given"]))
        if reply["say"] == "large":
            self.large = int(reply["size"]) if call["exercise"] == self.judged else 0
            raise MemoryError("too large to send")
        if reply["say"] == "raised":
            first = cases(call["exercise"])[0]
            self.send(do="explain", sizes=first.sizes, inputs=first.inputs, upstream=first.upstream)
            raise _raised(reply, self.hear(GRACE), seconds)
        return reply

    def _answer(self, name, given):
        """What the reference gives, where the exercise is built from it."""
        if name not in bank.find(self.judged).needs:
            self.asked.append(name)
            return {"refused": True, "why": f"{name} of the package may not be called here"}
        if _size(given) > LARGEST_QUESTION:
            return {"refused": False, "why": f"{name} was called with arrays that are too large"}
        try:
            with quiet():
                return {"value": bank.find(name).reference(*given)}
        except Exception as error:
            return {"refused": False, "why": f"{type(error).__name__}: {error}"[:300]}


def _size(value):
    if isinstance(value, tuple | list):
        return sum(map(_size, value))
    return getattr(value, "nbytes", 100)


class Remote:
    """A function of a student, in the student's process. The checks call it like any other.

    name: of the exercise it is meant for; helpers: name → Remote, or the reference, which is then called instead
    `text` and `__code__` are read, and never run.
    """

    def __init__(self, student, name, number, helpers=None, text=""):
        self._student, self._number, self.__name__ = student, number, name
        self.__globals__ = dict(helpers or {})
        self.text = textwrap.dedent(text)
        if code := _code_of(name, self.text):
            self.__code__ = code

    def __call__(self, *given):
        exercise = bank.find(self.__name__)
        counted = any(isinstance(value, Counted) for value in given)
        given, cache = (given[:-1], given[-1:]) if exercise.forward else (given, ())
        reply = self._student.call(
            number=self._number,
            exercise=exercise.name,
            given=tuple(given),
            cache=cache,
            instead=[n for n, f in self.__globals__.items() if f is bank.find(n).reference],
            counted=counted,
        )
        for k, value in reply["changed"].items():
            _change(given[k], value)
        if counted:
            Counted.calls, Counted.largest = reply["count"]
        return reply["value"]


def _code_of(name, text):
    """The code of the last function of this name in a text, or None. It is not run."""
    try:
        code, found = compile(text, "<answer>", "exec"), None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in code.co_consts:
        found = part if isinstance(part, types.CodeType) and part.co_name == name else found
    return found


def _change(mine, theirs):
    """Give an argument the values that the student's function has put into it."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray) and mine.shape == theirs.shape:
        mine[...] = theirs
    elif hasattr(mine, "params") and hasattr(theirs, "params"):
        mine.params = theirs.params
    elif isinstance(mine, list) and isinstance(theirs, list):
        mine[:] = theirs


def _raised(reply, told, seconds):
    """The exception that a student's function raised, made from what its process says of it."""
    kinds = [str(kind) for kind in reply["kinds"]]
    if "TooLong" in kinds:
        error = TooLong(seconds)
    elif "NotYet" in kinds:
        error = NotYet(str(reply["text"]))
    else:
        known = [getattr(builtins, kind, None) for kind in kinds if "Group" not in kind]
        known = [k for k in known if isinstance(k, type) and issubclass(k, Exception | SystemExit)]
        kind = type(kinds[0], (*known, Exception)[:1], {"__str__": lambda _: str(reply["text"])})
        error = kind.__new__(kind)
        error.name = str(reply["name"])
    line = told["line"]
    error.told = {
        "lines": [fact("text", text=str(each)) for each in told["lines"]],
        "line": (int(line[0]), str(line[1])) if line else None,
        "inside": bool(told["inside"]),
    }
    return error
