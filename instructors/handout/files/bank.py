"""The exercises as stored inputs and expected outputs: this pack holds no reference and no list of mistakes."""

import contextlib
import copy
import difflib
import io
import pickle
from functools import cache
from pathlib import Path

import numpy as np
from cs231n.exercises.bank.waiting import watch_notebook

from cs231n.exercises.exercise import Exercise, NotYet
from cs231n.exercises.facts import fact

REFERENCE = False
CHAPTERS, STORED = pickle.loads(Path(__file__).with_name("checks.pickle").read_bytes())
ORDER = tuple(name for name, (fields, _, _) in STORED.items() if fields["chapter"] in CHAPTERS)
_loading = False
watch_notebook()


@cache
def find(name):
    """The exercise called `name`. ValueError when there is none."""
    if name not in STORED:
        raise ValueError(f"There is no exercise called {name}. The exercises are: {', '.join(ORDER)}.")
    fields, cases, _ = STORED[name]
    return Exercise(**fields, reference=_stub(name), cases=lambda: cases, mistakes=())


def near(name):
    """The exercise that was perhaps meant, or None."""
    return next(iter(difflib.get_close_matches(str(name), ORDER, 1)), None)


def _stub(name):
    """What has the reference's place: the stored outputs, and the reader's own answer once it is right."""

    def to_be_written(*arguments, **named):
        fields, cases, returned = STORED[name]
        given = _numbers((*arguments, *named.values()))
        for case, outputs in zip(cases, returned, strict=True):
            asked = _numbers((case.upstream or case.inputs).values())
            if len(given) == len(asked) and all(map(_same, given, asked)):
                return copy.deepcopy(outputs)
        mine, refused = _own(name)
        if mine:
            return mine(*arguments, **named)
        from cs231n.exercises.say.words import words

        missing = fact("needed", exercise=name, chapter=fields["chapter"][:2])
        raise NotYet(words(fact("needed_but_refused", exercise=name, reason=refused) if refused else missing))

    to_be_written.__name__ = to_be_written.__qualname__ = name
    to_be_written.__code__ = to_be_written.__code__.replace(co_name=name, co_qualname=name)
    return to_be_written


def _numbers(values):
    return [value for value in values if isinstance(value, np.ndarray | np.generic | int | float)]


def _same(a, b):
    return np.array_equal(a, b, equal_nan=True)


def _own(name):
    """The reader's own function, kept and checked, or None; and why it is not used, a fact."""
    from cs231n.exercises.notebook import answers_file

    file = answers_file.path()
    if _loading or file is None or not file.exists():
        return None, None
    my = _kept(file, file.stat().st_mtime_ns)
    mine = getattr(my, name, find(name).reference)
    return (None if mine is find(name).reference else mine), my.refused.get(name)


@cache
def _kept(file, changed):
    """All kept answers, checked once for each change of the file."""
    global _loading
    from cs231n.exercises.notebook.kept_answers import answers

    _loading = True
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return answers()
    finally:
        _loading = False
