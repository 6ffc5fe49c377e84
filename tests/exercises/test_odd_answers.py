"""Nothing that a student can type raises out of check, hint, answers, progress or agree."""

import functools

import numpy as np
import pytest

from cs231n.exercises import agree, answers, bank, check, grade, hint, progress


class Raising:
    """An object that refuses everything."""

    __hash__ = None

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __array__(self, *given, **named):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no text")

    def __len__(self):
        raise RuntimeError("no length")

    def __eq__(self, other):
        raise RuntimeError("not to be compared")


class Mute(Exception):
    """An exception without a text."""

    def __str__(self):
        raise RuntimeError("no text")


ITSELF = []
ITSELF.append(ITSELF)
ODD = {
    "None": lambda: None,
    "text": lambda: "text",
    "generator": lambda: (k for k in range(2)),
    "ragged": lambda: [[1], [1, 2]],
    "arrays": lambda: [np.ones(2), np.ones(3)],
    "objects": lambda: np.array([None, 1], dtype=object),
    "complex": lambda: np.ones(3) * 1j,
    "dates": lambda: np.array(["2020-01-01"], dtype="M8[D]"),
    "records": lambda: np.zeros(3, [("a", float)]),
    "empty": lambda: np.zeros(0),
    "huge": lambda: 10**400,
    "nan": lambda: np.full((3, 4), np.nan),
    "dict": lambda: {1: 2},
    "function": lambda: print,
    "itself": lambda: ITSELF,
    "refuses": Raising,
}


def named(name, function):
    function.__name__ = name
    return function


def as_tuple(returned):
    return returned if isinstance(returned, tuple) else (returned,)


@pytest.mark.parametrize("name", bank.ORDER)
def test_no_output_ends_a_check(name):
    exercise = bank.find(name)

    def answer(*given, place, odd):
        outputs = list(as_tuple(exercise.reference(*given)))
        outputs[place] = odd()
        return tuple(outputs) if len(outputs) > 1 else outputs[0]

    for odd in ODD.values():
        for place in {0, len(exercise.outputs) + exercise.returns_cache - 1}:
            grade(named(name, lambda *given, p=place, o=odd: answer(*given, place=p, odd=o)))
        grade(named(name, lambda *given, o=odd: o()))


@pytest.mark.parametrize("name", [name for name in bank.ORDER if bank.find(name).forward])
def test_no_cache_ends_a_check(name):
    exercise = bank.find(name)
    reference = bank.find(exercise.forward).reference
    readers = [exercise.reference, lambda *given: given[-1], lambda *given: (lambda a, b: a)(*given[-1])]
    for odd in ODD.values():
        right = named(exercise.forward, lambda *given, o=odd: (*reference(*given)[:-1], o()))
        wrong = named(exercise.forward, lambda *given, o=odd: (o(), reference(*given)[-1]))
        for forward in (right, wrong, odd()):
            for reader in readers:
                grade(named(name, lambda *given, r=reader: r(*given)), forward)


@pytest.mark.parametrize("error", [Mute(), StopIteration(), ExceptionGroup("two", [ValueError(1)]), NameError(),
                                   np.exceptions.AxisError("no axis"), MemoryError(), SystemExit(3)])  # fmt: skip
def test_no_exception_ends_a_check(error):
    def rnn_step_forward(*given):
        raise error

    assert grade(rnn_step_forward).status == "error"


@pytest.mark.parametrize(
    "odd", [*ODD.values(), lambda: functools.partial(print), lambda: lambda x: x, lambda: int]
)
def test_what_is_no_function_of_an_exercise_gets_a_sentence(odd, capsys):
    value = odd()
    assert check(value) is value
    hint(value)
    said = capsys.readouterr().out
    assert said.startswith("✗ ") and "could not be judged" not in said
    for other in (1, 2.5, np.arange(4), "two", True):
        assert agree(value, other) is other


def test_a_call_in_place_of_a_function_is_named(capsys):
    check(np.ones(3))
    assert "Give the function itself, without calling it: check(rnn_step_forward)." in capsys.readouterr().out
    hint("rnn_foward")
    assert "Did you mean rnn_forward?" in capsys.readouterr().out


FILES = [
    b"",
    b"# nothing",
    b"# === rnn_forward ===",
    b"\xff\xfe\x00",
    b"# === caption_lengths ===\n\x00\n",
    b"# === caption_lengths ===\nimport nothing_there\n",
    b"# === rnn_step_forward ===\nrnn_step_forward = int\n# === rnn_step_backward ===\nrnn_step_backward = int\n",
    b"# === rnn_step_backward ===\ndef rnn_step_backward(d, c): return d\n",
    None,  # a folder of that name
]


@pytest.mark.parametrize("text", FILES)
def test_no_answers_file_ends_a_notebook(text, tmp_path, capsys):
    file = tmp_path / "my_answers.py"
    file.mkdir() if text is None else file.write_bytes(text)

    def caption_lengths(captions):
        return (captions > 2).sum(axis=1)

    answers(), repr(progress()), progress()._repr_html_()
    check(caption_lengths)
    assert "✓ caption_lengths is right" in capsys.readouterr().out
