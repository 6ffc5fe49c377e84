"""The exercises as stored inputs and expected outputs: this pack holds no reference and no list of mistakes."""

import contextlib
import io
import json
from functools import cache
from pathlib import Path

import numpy as np
from cs231n.exercises.bank.waiting import NotYet

from cs231n.exercises import answers_file
from cs231n.exercises.bank import waiting
from cs231n.exercises.exercise import Case, Exercise

REFERENCE = False
STORED = Path(__file__).with_name("checks.npz")
_loading = False


@cache
def _stored():
    with np.load(STORED, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop("about"))), arrays


ORDER = tuple(_stored()[0])
waiting.watch_notebook()


@cache
def find(name):
    """The exercise called `name`. ValueError when there is none."""
    if name not in ORDER:
        raise ValueError(f"There is no exercise called {name}. The exercises are: {', '.join(ORDER)}.")
    about = dict(_stored()[0][name])
    outputs = {
        key: tuple(axes) if isinstance(axes, list) else axes for key, axes in about.pop("outputs").items()
    }
    sizes = about.pop("sizes")
    return Exercise(
        **about,
        outputs=outputs,
        reference=_stub(name, about["chapter"]),
        cases=lambda: [_case(name, k, text) for k, text in enumerate(sizes)],
        mistakes=(),
    )


def _case(name, k, sizes):
    return Case(sizes, _values(f"{name}/{k}/inputs"), _values(f"{name}/{k}/upstream"))


def _values(start):
    """Stored values under a name: arrays, numbers, and models."""
    found = {}
    for path, value in _stored()[1].items():
        if not path.startswith(start + "/"):
            continue
        key, _, inside = path.removeprefix(start + "/").partition("/")
        if inside == "words":
            from cs231n.classifiers.rnn import CaptioningRNN

            found[key] = CaptioningRNN(json.loads(str(value)), 1, 1, 1)
        elif inside.isdigit():  # one part of a tuple
            found[key] = (*found.get(key, ()), value.copy())
        elif inside:
            found[key].params[inside] = value.copy()
            found[key].dtype = value.dtype
        else:
            found[key] = value.copy() if value.ndim else value.item()
    return found


def _stub(name, chapter):
    """What has the reference's place: the stored outputs, and the reader's own answer once it is right."""

    def to_be_written(*arguments, **named):
        given = [value for value in (*arguments, *named.values()) if isinstance(value, np.ndarray)]
        from cs231n.exercises.recognise import cases

        for k, case in enumerate(cases(name)):
            asked = (case.upstream or case.inputs).values()
            stored = [value for value in asked if isinstance(value, np.ndarray)]
            if len(given) == len(stored) and all(map(_same, given, stored)):
                return _expected(name, k)
        if mine := _own(name):
            return mine(*arguments, **named)
        raise NotYet(
            f"{name} is needed here, and yours is not right yet. Write it in chapter {chapter[:2]} first."
        )

    to_be_written.__name__ = to_be_written.__qualname__ = name
    to_be_written.__code__ = to_be_written.__code__.replace(co_name=name, co_qualname=name)
    return to_be_written


def _same(a, b):
    return np.array_equal(a, b, equal_nan=True)


def _expected(name, k):
    outputs = _values(f"{name}/{k}/outputs")
    flat = [
        {key: outputs[f"{output}[{key!r}]"] for key in axes} if isinstance(axes, dict) else outputs[output]
        for output, axes in find(name).outputs.items()
    ]
    if find(name).returns_cache:
        flat.append(tuple(_values(f"{name}/{k}/cache").values()))
    return tuple(flat) if len(flat) > 1 else flat[0]


def _own(name):
    """The reader's own function, kept and checked, or None."""
    file = answers_file.path()
    if _loading or file is None or not file.exists():
        return None
    mine = getattr(_kept(file, file.stat().st_mtime_ns), name)
    return None if mine is find(name).reference else mine


@cache
def _kept(file, changed):
    """All kept answers, checked once for each change of the file."""
    global _loading
    from cs231n.exercises.load_answers import answers

    _loading = True
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return answers()
    finally:
        _loading = False
