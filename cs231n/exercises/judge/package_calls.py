"""Does an answer compute, or does it let the package compute for it?

While an answer runs, each call from outside of the package into it is looked at. What a chapter gives may be
called, and the exercises that this one is built from; everything else is noted by its name.
"""

import contextlib
import inspect
import sys
from pathlib import Path

from cs231n.exercises.judge.failures import codes
from cs231n.exercises.run.attempts import attempts

PACKAGE = Path(__file__).resolve().parents[2]
GIVEN = ("sigmoid", "temporal_affine_forward", "temporal_affine_backward", "temporal_softmax_loss")
GIVEN_FILES = ("layers.py", "shapes.py", "coco_utils.py", "grid_utils.py", "gradient_check.py", "optim.py")
GIVEN_FILES += ("exercises/run/time_limit.py",)  # its handler is called in the middle of an answer
GIVEN_FILES += ("exercises/notebook/stand_in.py",)  # another exercise's answer, with the reference's cache
GIVEN_MODULES = {f"{PACKAGE.name}.{file[:-3].replace('/', '.')}" for file in GIVEN_FILES}
MODEL = "classifiers/rnn.py"  # its methods may be called, but for these
NOT_OF_THE_MODEL = tuple(f"CaptioningRNN.{name}" for name in ("loss", "scores", "scores_backward", "sample"))


def borrowed(exercise, function, forward=None):
    """Names of the package's functions that a right answer calls and should not: a sorted list.

    forward: for a backward function, the forward function whose cache it reads
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is not None and _inside(code):
        return [code.co_name]
    with noted(exercise) as names:
        any(attempt.right for attempt in attempts(exercise, function, forward))
    return sorted(names)


def may_borrow(exercise, function):
    """Could a function call what it should not of the package? Seen from the names in it, without a run."""
    seen = getattr(function, "__globals__", {})
    names = {name for code in codes(getattr(function, "__code__", None)) for name in code.co_names}
    if names & {name.split(".")[1] for name in NOT_OF_THE_MODEL}:
        return True
    names -= {*GIVEN, *exercise.needs}
    values = [seen[name] for name in names if name in seen]
    for _ in range(2):  # rnn_layers.rnn_forward, cs231n.rnn_layers.rnn_forward
        values += [getattr(each, name, None) for each in values if inspect.ismodule(each) for name in names]
    modules = {name for name in names if "." in name}  # imported in the function
    modules |= {getattr(value, "__module__", None) for value in values if inspect.isroutine(value)}
    return any(str(name).startswith(f"{PACKAGE.name}.") for name in modules - GIVEN_MODULES)


@contextlib.contextmanager
def noted(exercise):
    """Note the calls from outside into the package while the block runs. Gives the set of names."""
    allowed, names = {*GIVEN, *exercise.needs}, set()

    def look(frame, event, _):
        code = frame.f_code
        if event == "call" and _inside(code) and not _inside(_caller(frame)):
            file = Path(code.co_filename).resolve().relative_to(PACKAGE).as_posix()
            given = file in GIVEN_FILES or (file == MODEL and code.co_qualname not in NOT_OF_THE_MODEL)
            if not given and code.co_qualname not in allowed:
                names.add(code.co_name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield names
    finally:
        sys.setprofile(before)


def _caller(frame):
    """The code that calls, or that enters a `with` block."""
    frame = frame.f_back
    while frame.f_back and frame.f_code.co_filename == contextlib.__file__:
        frame = frame.f_back
    return frame.f_code


def _inside(code):
    return code.co_filename.startswith(str(PACKAGE))
