"""What a session remembers of a student's answers, so that a chapter can measure the student's own code."""

import pytest
from cells import Notebook
from solved import ANSWERS, check_cell

from cs231n.exercises import as_written

STEP = "rnn_step_forward"


def written(source):
    """The student's function as it stood in the cell, and what the session says was written."""
    notebook = Notebook()
    notebook.run(source)
    own = notebook[STEP]
    notebook.run(check_cell(STEP))
    return own, as_written(STEP)


def test_a_right_answer_is_given_back():
    own, remembered = written(ANSWERS[STEP])
    assert remembered is own


def test_so_is_a_wrong_one_and_not_the_reference_that_stands_in():
    own, remembered = written(ANSWERS[STEP].replace(" + b)", ")"))
    assert remembered is own


def test_so_is_one_that_fails():
    own, remembered = written(f"def {STEP}(*inputs):\n    return inputs[9]")
    assert remembered is own


def test_an_unfilled_one_is_none_and_so_is_one_never_checked():
    assert written(f"def {STEP}(*inputs):\n    raise NotImplementedError")[1] is None
    assert as_written("lstm_forward") is None


def test_a_check_that_runs_again_on_the_reference_forgets_nothing():
    notebook = Notebook()
    notebook.run(ANSWERS[STEP].replace(" + b)", ")"))
    own = notebook[STEP]
    notebook.run(check_cell(STEP))
    notebook.run(check_cell(STEP))
    assert as_written(STEP) is own


def test_a_name_of_no_exercise_is_refused():
    with pytest.raises(ValueError, match="Did you mean rnn_step_forward"):
        as_written("rnn_step_foward")
