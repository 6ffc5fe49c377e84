"""Keep the package from answering in a student's place, in the process in which the student's code runs.

Every function that computes an exercise, or nearly, gets other code, which asks here first. Where the student's
code is what calls, only what the exercise is built from may be called; other calls are noted and refused. The
function objects stay the same, so it makes no difference under which name a notebook imported them.
"""

import importlib
import sys
import types

from cs231n.exercises import known_mistakes
from cs231n.exercises.bank import ORDER, find  # by name: a notebook may spoil the module

# What every answer may call besides NumPy, its own helpers and the exercises that its own exercise needs.
GIVEN = ("sigmoid", "temporal_affine_forward", "temporal_affine_backward", "temporal_softmax_loss")
ROOMS = ("rnn_layers", "lstm_layers", "temporal_layers", "attention", "decoding")
ROOMS += ("fast.attention", "fast.states", "fast.words")

refused = set()  # names of functions of the package that were called and should not have been
_originals = {}  # number → (the function, a copy with its own code, the name of what it computes)
_allowed = None  # names; None while cells run, which may compare with the package as they like
_known = set()  # modules that were there before any code of a student's
_depth = 0


def stand_guard():
    """Put every function that gives an answer behind `enter`. Call it once, before any code of a student runs."""
    from cs231n.classifiers.rnn import CaptioningRNN

    for room in ROOMS:
        module = importlib.import_module(f"cs231n.{room}")
        for name, value in vars(module).items():
            _guard(value, name, module)
    for name in ORDER:
        for mistake in find(name).mistakes:
            known_mistakes._source(
                mistake.solution or mistake.function
            )  # its text, while it has its own code
        module = importlib.import_module(f"cs231n.exercises.bank.{name}")
        for other, value in vars(module).items():
            if not other.startswith(("inputs", "_case")):
                _guard(value, name, module)
    _guard(CaptioningRNN.loss, "captioning_loss")
    _guard(CaptioningRNN.sample, "captioning_sample")
    _known.update(id(getattr(module, "__dict__", None)) for module in list(sys.modules.values()))


def judge_only(name):
    """From now on, allow what the answer to this exercise and its forward partner may call."""
    global _allowed
    exercise = find(name)
    partner = find(exercise.forward).needs if exercise.forward else ()
    _allowed = {*GIVEN, *exercise.needs, *partner}
    refused.clear()


def is_reference(function):
    """Is it one of the guarded functions?"""
    return any(function is guarded for guarded, _, _ in _originals.values())


def enter(key, args, kwargs):
    """Call a function of the package if it may be called now. What it calls itself is its own affair."""
    global _depth
    _, original, name = _originals[key]
    if _allowed is not None and not _depth and name not in _allowed and _a_student_calls():
        refused.add(name)
        raise RuntimeError(f"{name} of the package cannot be called here: it is the answer itself.")
    _depth += 1
    try:
        return original(*args, **kwargs)
    finally:
        _depth -= 1


def _a_student_calls():
    """Is any of the running functions from elsewhere than the modules that were there at the start?"""
    frame = sys._getframe(3)  # not this one, `enter`, and the guarded function, whose code is made here
    while frame is not None and id(frame.f_globals) in _known:
        frame = frame.f_back
    return frame is not None


def _guard(function, name, module=None):
    if not isinstance(function, types.FunctionType) or is_reference(function):
        return
    if module and function.__module__ != module.__name__:
        return
    key = len(_originals)
    original = types.FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
    original.__kwdefaults__ = function.__kwdefaults__
    _originals[key] = (function, original, name)
    room = {}
    exec(
        f"def {function.__name__}(*args, **kwargs):\n"
        "    from cs231n.course.grading.block_reference import enter\n"
        f"    return enter({key}, args, kwargs)\n",
        room,
    )
    function.__defaults__ = function.__kwdefaults__ = None
    function.__code__ = room[function.__name__].__code__
