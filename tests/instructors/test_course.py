"""The nbgrader route: what the course folder holds, and a small class from its hand-in to the export."""

import contextlib
import copy
import csv
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import bs4
import nbformat
import pytest

from cs231n.exercises import bank
from instructors import nbgrader_course as course
from instructors import process
from instructors.handout import make_handout as handout

pytest.importorskip("jupytext", reason="jupytext is not installed: pip install -e .[test]")
CHAPTERS = STEP, WORDS = "01_rnn_step", "03_word_embedding"
IN_STEP = [name for name in bank.ORDER if bank.find(name).chapter == STEP]
BEFORE = "/home/x_1_2_3/mycourse/downloaded/01_rnn_step/extracted/"


def nbgrader(folder, *arguments):
    variables = {**os.environ, "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    assert done.returncode == 0, done.stderr[-3000:]


def graded(chapter):
    return {cell.metadata.nbgrader.grade_id: cell for cell in chapter.cells if "nbgrader" in cell.metadata}


def sources():
    build, points = course.load_build(), course.points_for("10")
    return {source.stem: course.source_notebook(build, source, points) for source in build.chapters()}


def test_every_exercise_of_the_chapters_can_earn_points():
    chapters = sources()
    cells = {name: cell for chapter in chapters.values() for name, cell in graded(chapter).items()}
    for name in bank.ORDER:
        assert cells[name].metadata.nbgrader.solution and "### BEGIN SOLUTION" in cells[name].source
        assert cells[f"check_{name}"].metadata.nbgrader.points == 10
    assert len(cells) == 2 * len(bank.ORDER)


def test_ids_are_the_same_each_time():
    first, second = ([cell.id for cell in sources()[STEP].cells] for _ in range(2))
    assert first == second


def test_points_come_from_a_number_or_from_a_csv_file(tmp_path):
    assert set(course.points_for("2.5").values()) == {2.5}
    table = tmp_path / "points.csv"
    table.write_text("exercise;points\r\nrnn_backward;30\r\n", encoding="utf-8-sig")  # as Excel saves it
    assert course.points_for(str(table)) == dict.fromkeys(bank.ORDER, 10) | {"rnn_backward": 30}
    made = tmp_path / "course"
    made.mkdir()
    (made / "nbgrader_config.py").touch()
    next(course.make_course(made, ["01"], str(table)))
    assert course.points_for(str(made / "points.csv"))["rnn_backward"] == 30  # for the next time
    for wrong in (
        "exercise,points\nrnn_backwards,3\n",
        "name,points\na,3\n",
        "exercise,points\nrnn_backward,x\n",
    ):
        table.write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match="exercises are|number, or a CSV"):
            course.points_for(str(table))


@pytest.mark.parametrize("separator", ["/", "\\"])
@pytest.mark.parametrize(
    "file, student",
    [  # Canvas
        ("submissions/doejane_1234_56789_01_rnn_step.ipynb", "doejane"),
        ("submissions/doejane_LATE_1234_56789_01_rnn_step.ipynb", "doejane"),
        ("submissions/doejane_1234_56789_01_rnn_step-1.ipynb", "doejane"),
        ("submissions/müllerjörg_LATE_1234_56789_01_rnn_step-2.ipynb", "müllerjörg"),
        ("submissions/李雷_1234_56789_01_rnn_step(1).ipynb", "李雷"),
        ("submissions/anon_X1y2Z_56789_01_rnn_step (1).ipynb", "anon_X1y2Z"),
        ("submissions/LATE_anon_X1y2Z_56789_01_rnn_step-Copy1.ipynb", "anon_X1y2Z"),
        ("submissions/doejane_1234_56789_my work/home/01_rnn_step.ipynb", "doejane"),
        # Moodle
        ("CS_231-week 1-99/Jane Doe_123_assignsubmission_file/01_rnn_step.ipynb", "Jane Doe"),
        ("CS_231-week 1-99/Jane Doe_123_assignsubmission_file_/jane_01_rnn_step.ipynb", "Jane Doe"),
        (
            "CS_231-week 1-99/Mary O'Neill-Ó Sé_123_assignsubmission_file_01_rnn_step.ipynb",
            "Mary O'Neill-Ó Sé",
        ),
        ("week 1/Participant_123_assignsubmission_file_/01_rnn_step.ipynb", "Participant_123"),
        # by hand
        ("anna_01_rnn_step.ipynb", "anna"),
        ("01_rnn_step.ipynb", None),
        ("submissions/doejane_1234_56789_notes.ipynb", None),
    ],
)
def test_names_of_canvas_and_moodle_are_understood(file, student, separator):
    text = course.CONFIG.replace("CHAPTERS", "|".join(CHAPTERS))
    pattern = eval(re.search(r"named_regexp = (\(.*?\n\))", text, re.DOTALL)[1])
    found = re.match(pattern, (BEFORE + file).replace("/", separator))
    assert (found and found["student_id"], found and found["file_id"]) == (student, student and STEP)


LIVE = '<script>alert(1)</script><img src="x" onerror="alert(2)"><iframe src="javascript:alert(3)"></iframe>'
LINKS = (
    "[a](javascript:alert(6)) [b](data:text/html,<script>alert(7)</script>) "
    "![c](attachment:c.png) ![d](attachment:d.png) ![e](attachment:e.png)"
)
PICTURES = {"c.png": {"image/png": "iVBORw0KGgo="}, "d.png": {'x" onerror="alert(8)': "AA"}}
SHOW = f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML({LIVE!r}), Markdown({LIVE!r}), Javascript("alert(4)"))
display({{"image/png": "AA"}}, raw=True, metadata={{"image/png": {{"width": "1 onerror=alert(5)"}}}})
"""
BORROWED = (
    "from cs231n.rnn_layers import rnn_step_forward as ours\ndef rnn_step_forward(*x):\n    return ours(*x)"
)
ALIKE = "def check(function, forward=None):\n    return function\nrnn_step_backward = None"
ATTEMPT = """rnn_step_forward = lambda x, prev_h, Wx, Wh, b: (
    h := np.tanh(x @ Wx + prev_h @ Wh + b), (x, prev_h, Wx, Wh, h)
)"""


def changed(chapter, **cells):
    """The chapter with the text of these cells added in front of, or in place of what is there."""
    chapter = copy.deepcopy(chapter)
    for name, change in cells.items():
        graded(chapter)[name].source = change(graded(chapter)[name].source)
    return nbformat.writes(chapter)


def remade(chapter, cells_from):
    """The chapter with the cells that a function makes of each of its cells and the cell's settings."""
    chapter = copy.deepcopy(chapter)
    chapter.cells = [
        made for cell in chapter.cells for made in cells_from(cell, cell.metadata.get("nbgrader", {}))
    ]
    return nbformat.writes(chapter)


def pasted(cell, settings):
    return [cell, nbformat.from_dict({**cell, "id": f"{cell.id[:50]}-2"})] if settings else [cell]


def without_checks(cell, settings):
    cell.metadata.clear()
    return [] if settings.get("grade") else [cell]


def edited(cell, settings):
    if settings.get("grade"):
        settings.update(points=1000, schema_version=0)
        cell.source = "print('✓ right')"
    return [cell]


def second_attempt(cell, settings):
    if settings.get("grade_id") == "rnn_step_forward":
        cell.source = cell.source.replace("np.tanh", "np.sin")
    own = [ATTEMPT, "rnn_step_forward = check(rnn_step_forward)"]
    after = own if settings.get("grade_id") == "check_rnn_step_forward" else []
    return [cell, *map(nbformat.v4.new_code_cell, after)]


def places(course):
    """Files that nothing in a notebook may write: nbgrader, Python and IPython would read them, or people."""
    packages = Path(sysconfig.get_path("purelib"))
    startup = Path.home() / ".ipython" / "profile_default" / "startup"
    return [
        course / "attack.py",
        course / "submitted" / "attack",
        packages / "attack.pth",
        startup / "attack.py",
    ]


def attack(course, sandbox):
    """A cell that tries to switch the checks off; in a sandbox, to get at the marks and at others' work, too."""
    inside = """
import builtins, os, pathlib, sqlite3
os.environ["CS231N_STRICT"] = "0"
builtins.all = lambda *_: True
def attempt(function, *given):
    try:
        function(*given)
    except Exception:
        pass
"""
    of_another = course / "submitted" / "doejane" / STEP / f"{STEP}.ipynb"
    outside = f"""
def more_points():
    with sqlite3.connect({str(course / "gradebook.db")!r}) as book:
        book.execute("UPDATE grade SET manual_score = 77")
attempt(more_points)
for place in {[*map(str, places(course)), str(of_another)]!r}:
    attempt(pathlib.Path(place).write_text, "# attack")
"""
    return inside + outside * bool(sandbox) + "\n".join(map(answered_by_nothing, IN_STEP))


def answered_by_nothing(name):
    return f"def {name}(*given):\n    return None"


def archive(folder, chapter, files):
    """What a learning platform lets one download."""
    path = folder / "downloaded" / chapter / "archive" / "submissions.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course of two chapters, graded. Two students hand in both, the others the first one only."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e .[instructor]")
    folder = tmp_path_factory.mktemp("course")
    list(course.make_course(folder, ["01", "03"], "10"))
    solved = {}
    for name in CHAPTERS:
        solved[name] = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
        assert not re.search("SOLUTION|colab", nbformat.writes(solved[name]))
        answers = graded(nbformat.read(folder / "source" / name / f"{name}.ipynb", as_version=4))
        for cell in graded(solved[name]).values():
            if cell.metadata.nbgrader.solution:
                cell.source = answers[cell.metadata.nbgrader.grade_id].source
    mistaken = copy.deepcopy(solved[STEP])
    mistaken.cells.insert(1, nbformat.v4.new_markdown_cell(f"{LIVE}\n\n{LINKS}", attachments=PICTURES))
    canvas = {
        f"doejane_LATE_12_345_{STEP}-1.ipynb": nbformat.writes(solved[STEP]),
        f"roebob_13_346_{STEP}.ipynb": changed(
            mistaken, rnn_step_backward=lambda text: SHOW + text.replace("1 - next_h**2", "1 - next_h")
        ),
        f"lieveve_14_347_{STEP} (1).ipynb": changed(
            solved[STEP], rnn_step_forward=lambda _: BORROWED, rnn_step_backward=lambda _: ALIKE
        ),
        f"pasted_15_348_{STEP}.ipynb": remade(solved[STEP], pasted),
        f"deleted_16_349_{STEP}.ipynb": remade(solved[STEP], without_checks),
        f"edited_17_350_{STEP}.ipynb": remade(solved[STEP], edited),
        f"twice_18_351_{STEP}.ipynb": remade(solved[STEP], second_attempt),
        f"logs_19_352_{STEP}.ipynb": changed(
            solved[STEP],
            rnn_step_forward=lambda text: text.replace("):\n", "):\n    logging.warning('here')\n", 1),
            check_rnn_step_forward=lambda text: f"import logging\n{text}",
            rnn_step_backward=lambda text: "def rnn_step_backward(:\n" + text,
        ),
    }
    canvas[f"mallory_20_353_{STEP}.ipynb"] = changed(
        solved[STEP],
        **{name: lambda _, name=name: answered_by_nothing(name) for name in IN_STEP},
        check_rnn_step_forward=lambda text: f"{attack(folder, process.ready()['command'])}\n{text}",
    )
    moodle = {
        f"{student}_77_assignsubmission_file/{WORDS}.ipynb": nbformat.writes(solved[WORDS])
        for student in ("doejane", "roebob")
    }
    for name, files in zip(CHAPTERS, (canvas, moodle), strict=True):
        archive(folder, name, files)
        nbgrader(folder, "zip_collect", name)
    submitted = folder / "submitted"
    with contextlib.suppress(OSError):  # Windows may not allow it
        (submitted / "linked" / STEP).mkdir(parents=True)
        link = submitted / "linked" / STEP / f"{STEP}.ipynb"
        link.symlink_to(submitted / "doejane" / STEP / f"{STEP}.ipynb")
    nbgrader(folder, "autograde", "*", "--create")
    nbgrader(folder, "generate_feedback", "*")
    yield folder
    for place in places(folder):
        place.unlink(missing_ok=True)


def grades(folder, student, chapter=STEP):
    """What the gradebook has of a student by exercise: points, most points, is it left to grading by hand?"""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return {
            grade.name.removeprefix("check_"): (grade.score, grade.max_score, grade.needs_manual_grade)
            for grade in book.find_submission_notebook(chapter, chapter, student).grades
        }


def scores(folder, student, chapter=STEP):
    """Points and most points by exercise."""
    return {name: (points, most) for name, (points, most, _) in grades(folder, student, chapter).items()}


def test_right_answers_have_full_points_and_a_mistake_costs_its_own_exercise(folder):
    right, nothing = (10, 10), (0, 10)
    assert scores(folder, "doejane") == dict.fromkeys(IN_STEP, right)
    assert scores(folder, "roebob") == dict.fromkeys(IN_STEP, right) | {"rnn_step_backward": nothing}
    for student in ("doejane", "roebob"):
        assert set(scores(folder, student, WORDS).values()) == {right}


@pytest.mark.parametrize("student", ["mallory", "linked"])
def test_no_attack_and_no_link_earns_anything_or_leaves_anything(folder, student):
    if student == "linked" and not (folder / "submitted" / student / STEP / f"{STEP}.ipynb").exists():
        pytest.skip("this system makes no links")
    by_hand = student == "linked"  # perhaps it is the student's own
    assert grades(folder, student) == dict.fromkeys(IN_STEP, (0, 10, by_hand))
    assert not [place for place in places(folder) if place.exists()]
    assert "attack" not in (folder / "submitted" / "doejane" / STEP / f"{STEP}.ipynb").read_text("utf-8")


@pytest.mark.parametrize("student", ["pasted", "deleted", "edited", "twice", "logs"])
def test_what_becomes_of_its_cells_costs_a_right_answer_nothing(folder, student):
    of_the_other = {"rnn_step_backward": (0, 10)} if student == "logs" else {}  # its cell cannot be read
    assert scores(folder, student) == dict.fromkeys(IN_STEP, (10, 10)) | of_the_other


def page(folder, student):
    return (folder / "feedback" / student / STEP / f"{STEP}.html").read_text(encoding="utf-8")


def test_the_package_as_an_answer_and_a_check_of_ones_own_earn_nothing(folder):
    got = scores(folder, "lieveve")
    assert got["rnn_step_forward"] == got["rnn_step_backward"] == (0, 10)
    assert "of the package instead of computing the answer" in page(folder, "lieveve")


def test_the_feedback_names_the_mistake_and_runs_nothing(folder):
    html = page(folder, "roebob")
    known = {mistake.name: mistake.sentence for mistake in bank.find("rnn_step_backward").mistakes}
    assert known["square_forgotten"] in html
    assert "alert(1)" in html  # shown as text
    found = bs4.BeautifulSoup(html, "html.parser")
    assert not found.find("iframe")
    assert not any("alert" in script.text for script in found.find_all("script"))
    for tag in found.find_all():
        assert not any(
            name.startswith("on") or re.search("javascript:|data:text", str(value))
            for name, value in tag.attrs.items()
        )
    assert found.find("img", alt="c")["src"].endswith("iVBORw0KGgo=")  # a picture of one's own


def test_the_pack_without_the_reference_can_hold_the_notebooks_of_the_course(folder, tmp_path):
    list(handout.make_handout(tmp_path / "pack", ["01"], folder))
    made = nbformat.read(tmp_path / "pack" / "notebooks" / f"{STEP}.ipynb", as_version=4)
    assert set(graded(made)) == {*IN_STEP, *(f"check_{name}" for name in IN_STEP)}
    assert "def friends_forward" not in nbformat.writes(made)


def test_points_can_be_changed_and_one_student_be_graded_again(folder, tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("exercise,points\nrnn_step_backward,30\n", encoding="utf-8")
    list(course.make_course(folder, ["01"], str(table)))
    nbgrader(folder, "autograde", STEP, "--student", "doejane", "--force")
    assert scores(folder, "doejane") == dict.fromkeys(IN_STEP, (10, 10)) | {"rnn_step_backward": (30, 30)}
    nbgrader(folder, "export")
    rows = list(csv.DictReader((folder / "grades.csv").read_text(encoding="utf-8").splitlines()))
    got = {
        (row["assignment"], row["student_id"]): (float(row["score"]), float(row["max_score"])) for row in rows
    }
    assert got[STEP, "doejane"] == (50, 50) and got[WORDS, "doejane"] == (20, 20)
    assert got[STEP, "roebob"] == (20, 50) and got[WORDS, "lieveve"][0] == 0
