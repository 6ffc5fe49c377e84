"""The nbgrader route: what the course folder holds, and one chapter graded from end to end without a screen."""

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cs231n.course.grading import course
from cs231n.exercises import bank

pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e .[instructor]")
pytest.importorskip("jupytext", reason="jupytext is not installed: pip install -e .[test]")
CHAPTER = "01_rnn_step"


def nbgrader(folder, *arguments):
    variables = {**os.environ, "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def graded(chapter):
    return {cell.metadata.nbgrader.grade_id: cell for cell in chapter.cells if "nbgrader" in cell.metadata}


def sources():
    build = course.load_build()
    return {source.stem: course.source_notebook(build, source, 10) for source in build.chapters()}


def test_every_exercise_of_the_chapters_can_earn_points():
    chapters = sources()
    cells = {name: cell for chapter in chapters.values() for name, cell in graded(chapter).items()}
    taught = [name for name in bank.ORDER if bank.find(name).chapter in chapters]
    for name in taught:
        assert cells[name].metadata.nbgrader.solution and "### BEGIN SOLUTION" in cells[name].source
        assert cells[f"check_{name}"].metadata.nbgrader.points == 10
    assert len(cells) == 2 * len(taught)


def test_ids_are_the_same_each_time():
    first, second = ([cell.id for cell in sources()[CHAPTER].cells] for _ in range(2))
    assert first == second


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """Points by student and graded cell, after autograde; and the folder."""
    folder = tmp_path_factory.mktemp("course")
    list(course.make_course(folder, ["01"]))
    release, source = (
        nbformat.read(folder / room / CHAPTER / f"{CHAPTER}.ipynb", as_version=4)
        for room in ("release", "source")
    )
    assert "SOLUTION" not in nbformat.writes(release)
    solved = copy.deepcopy(release)
    for name, cell in graded(solved).items():
        cell.source = graded(source)[name].source
    text = nbformat.writes(solved)
    assert "1 - next_h**2" in text
    for student, content in {
        "blank": nbformat.writes(release),
        "solved": text,
        "mistaken": text.replace("1 - next_h**2", "1 - next_h"),
    }.items():
        path = folder / "submitted" / student / CHAPTER / f"{CHAPTER}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
        shutil.copytree(folder / "release" / CHAPTER / "figures", path.parent / "figures")
    nbgrader(folder, "autograde", CHAPTER, "--create")
    nbgrader(folder, "generate_feedback", CHAPTER)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        found = {
            student: {
                grade.name: grade.score
                for grade in book.find_submission_notebook(CHAPTER, CHAPTER, student).grades
            }
            for student in ("blank", "solved", "mistaken")
        }
    return found, folder


def test_blank_scores_nothing_and_solved_everything(scores):
    assert set(scores[0]["blank"].values()) == {0} and len(scores[0]["blank"]) == 2
    assert set(scores[0]["solved"].values()) == {10}


def test_a_mistake_costs_its_own_exercise_only(scores):
    assert scores[0]["mistaken"] == {"check_rnn_step_forward": 10, "check_rnn_step_backward": 0}


def test_the_feedback_names_the_mistake(scores):
    page = scores[1] / "feedback" / "mistaken" / CHAPTER / f"{CHAPTER}.html"
    known = {mistake.name: mistake.sentence for mistake in bank.find("rnn_step_backward").mistakes}
    assert known["square_forgotten"] in page.read_text(encoding="utf-8")
