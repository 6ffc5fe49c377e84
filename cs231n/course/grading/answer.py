"""A student's function as the grader sees it: called like any other, but run in the student's process."""

import builtins
import linecache
import time

import numpy as np

from cs231n.course.grading.process import Gone
from cs231n.course.grading.protocol import Garbled, unpack_returned
from cs231n.exercises import bank


class Answer:
    """Looks to `cs231n.exercises.grade` like the student's function itself.

    The check replaces helpers by changing `__globals__`, and shows the line of an error by way of the traceback;
    both are passed on to and from the other process.

    refused: names of reference functions that it called instead of computing
    missing: the name that a NameError said was not defined
    """

    def __init__(self, name, judged, process, notebook, deadline):
        """name: the function; judged: the exercise that is judged, which may be another one's partner."""
        self.__name__ = name
        self.exercise = bank.find(name)
        self.judged, self.process, self.notebook, self.deadline = judged, process, notebook, deadline
        self.refused = set()
        self.missing = ""
        self.__globals__ = {}
        self.__code__ = _looks_like(name, notebook)
        if name == judged:
            self.__globals__ = {
                helper: Answer(helper, judged, process, notebook, deadline)
                for helper in bank.find(judged).needs
                if notebook.is_own(helper)
            }

    def __call__(self, *arguments):
        """Run it in the student's process. Raises what it raised, or Gone."""
        replaced = [n for n, helper in self.__globals__.items() if helper is bank.find(n).reference]
        request = {
            "do": "call",
            "name": self.__name__,
            "exercise": self.judged,
            "arguments": arguments,
            "right_helpers": replaced,
            "has_cache": self.exercise.returns_cache,
        }
        reply = self.process.ask(request, self.deadline - time.monotonic())
        try:
            self.refused |= {str(name) for name in reply["refused"]}
            if "error" not in reply:
                for position, key, array in reply["written"]:
                    _write(arguments[position], key, unpack_returned(array))
                return unpack_returned(reply["returned"])
            error, code = self._error(**reply["error"])
        except (Garbled, KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise Gone("tampers", "its replies to the grader make no sense") from None
        exec(code, error[1])
        raise error[0]

    def _error(self, type, text, name, cell=None, line=1, inside="", locals=(), own=False):
        """The exception, and code that raises it at the student's own line."""
        kind = getattr(builtins, str(type), None)
        if not (isinstance(kind, builtins.type) and issubclass(kind, Exception | SystemExit)):
            kind = builtins.type(str(type)[:50], (Exception,), {})
        try:
            error = kind(str(text))
        except Exception:  # an exception that wants more than a text
            error = builtins.type(str(type)[:50], (Exception,), {})(str(text))
        if name and isinstance(error, NameError):
            error.name = self.missing = str(name)
        file = f"<{self.__name__}>"
        source = self.notebook.source(cell)
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        line = min(int(line), source.count("\n") + 1)
        code = compile("\n" * (line - 1) + "raise error", file if cell else "<elsewhere>", "exec")
        code = code.replace(co_name=str(inside) or self.__name__)
        if own:
            self.__code__ = self.__code__.replace(co_consts=(*self.__code__.co_consts, code))
        return (error, {**dict.fromkeys(map(str, locals)), "error": error}), code


def _looks_like(name, notebook):
    """Code that unpacks and uses the same names as the student's function; it is looked at and never run."""
    unpacked = [names for names in notebook.unpacks(name) if names and all(map(str.isidentifier, names))]
    lines = [f"    {', '.join(names)}, = 0" for names in unpacked]
    try:
        code = compile("\n".join(["def looked_at():", *lines, "    pass"]), f"<{name}>", "exec").co_consts[0]
    except SyntaxError:  # a keyword, which only tampering can bring
        code = compile("", f"<{name}>", "exec")
    return code.replace(co_names=tuple(notebook.uses(name)))


def _write(argument, key, array):
    """Repeat a change that the student's function made to its argument."""
    target = argument.params[key] if key is not None else argument
    if target.shape == array.shape:
        target[...] = array
    else:
        target[...] = np.nan
