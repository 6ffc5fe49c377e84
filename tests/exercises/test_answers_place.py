"""One my_answers.py for the course, wherever the kernel starts."""

import os
from pathlib import Path

import pytest

import cs231n
from cs231n.exercises import progress
from cs231n.exercises.notebook import answers_file


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder, with the package installed elsewhere, as a wheel is."""
    monkeypatch.delenv("CS231N_ANSWERS")
    monkeypatch.setattr(cs231n, "__file__", str(tmp_path / "site-packages" / "cs231n" / "__init__.py"))
    for folder in ("course/notebooks/solutions", "course/docs", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("course/notebooks", "course/notebooks/solutions"):
        (tmp_path / folder / "01_rnn_step.ipynb").touch()
    return tmp_path / "course"


@pytest.mark.parametrize("start", [".", "notebooks", "notebooks/solutions", "docs"])
def test_it_is_in_the_notebooks_folder_of_the_course(course, start, monkeypatch):
    monkeypatch.chdir(course / start)
    assert answers_file.path().resolve() == (course / "notebooks" / "my_answers.py").resolve()


def test_a_kernel_started_elsewhere_finds_the_course_beside_the_package(course, monkeypatch):
    monkeypatch.setattr(cs231n, "__file__", str(course / "cs231n" / "__init__.py"))
    monkeypatch.chdir(course.parent / "elsewhere")
    assert answers_file.path().resolve() == (course / "notebooks" / "my_answers.py").resolve()


def test_with_an_installed_wheel_and_no_course_it_is_in_the_working_folder(course, monkeypatch):
    monkeypatch.chdir(course.parent / "elsewhere")
    assert answers_file.path() == Path.cwd() / "my_answers.py"


def test_notebooks_copied_to_one_folder_keep_their_answers_there(course, monkeypatch):
    monkeypatch.chdir(course.parent / "elsewhere")
    Path("02_rnn_sequence.ipynb").touch()
    assert answers_file.path() == Path.cwd() / "my_answers.py"


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write"
)
def test_a_course_that_cannot_be_written_is_left_alone(course, monkeypatch):
    monkeypatch.chdir(course)
    (course / "notebooks").chmod(0o500)
    assert answers_file.path() == Path.cwd() / "my_answers.py"


def test_the_environment_still_rules(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("CS231N_ANSWERS", "mine.py")
    assert answers_file.path() == course / "mine.py" and "Answers are kept in mine.py" in repr(progress())
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    assert answers_file.path() is None and "kept in" not in repr(progress())


def test_progress_names_the_file(course, monkeypatch):
    monkeypatch.chdir(course)
    assert f"Answers are kept in {Path('notebooks', 'my_answers.py')}" in repr(progress())
    assert "Answers are kept in" in progress()._repr_html_()
