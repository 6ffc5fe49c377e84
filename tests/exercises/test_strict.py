"""Grading: with CS231N_STRICT=1 a mistake costs its own exercise, and nothing else."""

import textwrap

import pytest
from cells import Notebook
from solved import ANSWERS, check_cell, from_chapter

from cs231n.exercises import NotRight, bank


def points(changed=None, cell=None):
    """Run the solved notebook, with one cell changed, and give the exercises whose check passed."""
    notebook = Notebook()
    passed = set()
    for name in bank.ORDER:
        notebook.run(cell if name == changed else ANSWERS[name])
        try:
            notebook.run(check_cell(name))
            passed.add(name)
        except NotRight:
            pass
    return passed


@pytest.fixture
def strict(monkeypatch):
    monkeypatch.setenv("CS231N_STRICT", "1")


def test_solved_scores_full(strict):
    assert points() == set(bank.ORDER)


def blank(name):
    return f"def {name}(*arguments):\n    raise NotImplementedError('TODO')\n"


def test_blank_scores_nothing(strict):
    notebook = Notebook()
    for name in bank.ORDER:
        notebook.run(blank(name))
        with pytest.raises(NotRight, match="not filled in"):
            notebook.run(check_cell(name))


@pytest.mark.parametrize("name", bank.ORDER)
def test_one_blank_cell_loses_its_own_points_only(strict, name):
    assert points(name, blank(name)) == set(bank.ORDER) - {name}


def spoilt(name):
    """The answer, and what it gives back with the other sign; the cache stays."""
    return textwrap.dedent(ANSWERS[name]) + textwrap.dedent(f"""
        right = {name}
        def {name}(*given, right=right):
            found = right(*given)
            count = {len(bank.find(name).outputs)}
            turned = lambda value: {{k: -v for k, v in value.items()}} if isinstance(value, dict) else -value
            if not isinstance(found, tuple):
                return turned(found)
            return *map(turned, found[:count]), *found[count:]
        """)


@pytest.mark.parametrize("name", bank.ORDER)
def test_a_wrong_answer_loses_its_own_points_only(strict, name):
    assert points(name, spoilt(name)) == set(bank.ORDER) - {name}


def test_the_chapters_own_answers_are_right(strict):
    notebook = Notebook()
    notebook.run("from cs231n.rnn_layers import *")  # the layers that are given
    for name in bank.ORDER:
        notebook.run(from_chapter(name))
        notebook.run(check_cell(name))
