"""A course folder for nbgrader, made from the chapters' sources.

TODO cells become solution cells, their checks become graded cells. All ids come from the source, so a course that
is made again fits the submissions that are already there.
"""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from cs231n.exercises.bank import ORDER
from cs231n.this_python import python
from instructors.process import ROOT

SCHEMA = {"schema_version": 3, "task": False, "grade": False, "solution": False, "locked": False}
CONFIG = r"""# Settings of nbgrader for this course. Change them as you like: they are not written again.

import sys

COURSE_PACK = REPOSITORY  # the folder of the course pack: change it when one of the two moves
sys.path.insert(0, COURSE_PACK)

from instructors.nbgrader_settings import use

c = get_config()
use(c)  # no code of a student runs in nbgrader, nor on a feedback page
c.CourseDirectory.course_id = "captioning"
c.CourseDirectory.ignore = ["__pycache__", "*.pyc", "my_answers.py"]
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("TODO")'}
c.IncludeHeaderFooter.header = c.IncludeHeaderFooter.footer = ""

# For zip_collect: who handed in what, by the names that Canvas and Moodle give to the files of a download.
# Canvas: doejane_1234_56789_01_rnn_step.ipynb, with LATE or anon_, and -1 or (1) at the end.
# Moodle: a folder or file that begins with Jane Doe_1234_assignsubmission_file. By hand: anna_01_rnn_step.ipynb.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\]extracted[/\\](?:.*?[/\\])??"  # the archive's own folder
    r"(?:LATE_)?(?P<student_id>(anon_|Participant_)?[^/\\_]+)"
    r"(?:(?(2)|(?:_LATE)?_\d+)_(?:assignsubmission_file|\d+_).*|_)"
    r"(?P<file_id>CHAPTERS)[^/\\]*$"
)
"""


def make_course(folder, chapters=(), points=None):
    """Write nbgrader_config.py, source/ and release/. Yields one line per step.

    chapters: numbers such as '01'; none for all
    points: for each exercise, a number; or a CSV file with the columns exercise and points; none for
        those of the folder's points.csv, or 10
    ValueError: when something it needs is missing, with what to do
    """
    for package in ("nbgrader", "jupytext"):
        if find_spec(package) is None:
            how = f'In the folder {ROOT}, type: {python()} -m pip install -e ".[instructor,test]"'
            raise ValueError(f"{package} is not installed. {how}")
    build = load_build()
    folder = Path(folder).resolve()
    table, config = folder / "points.csv", folder / "nbgrader_config.py"
    if not config.exists() and folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} holds other things. Give a new folder, or a course folder made before.")
    wanted, points = chosen(build, chapters), points_for(points or (table if table.exists() else 10))
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{name},{most:g}\n" for name, most in points.items()]
    table.write_text("exercise,points\n" + "".join(rows), encoding="utf-8", newline="\n")
    if not config.exists():
        text = CONFIG.replace("CHAPTERS", "|".join(source.stem for source in build.chapters()))
        text = text.replace("REPOSITORY", repr(str(ROOT)))
        config.write_text(text, encoding="utf-8", newline="\n")
        yield f"Written: {config}"
    for source in wanted:
        chapter = source_notebook(build, source, points)
        path = folder / "source" / source.stem / f"{source.stem}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(build.text_of(chapter), encoding="utf-8", newline="\n")
        _copy_figures(chapter, build.STUDENT, path.parent)
        yield f"Written: {path}"
    generate(folder)
    yield f"Made: {folder / 'release'}, for your students"


def chosen(build, chapters):
    """The sources of these chapters, of all where none is named. ValueError where one does not exist."""
    sources = {source.name[:2]: source for source in build.chapters()}
    if unknown := set(chapters) - set(sources):
        raise ValueError(f"There is no chapter {' or '.join(unknown)}. Chapters are 00 to 13.")
    return [source for number, source in sources.items() if not chapters or number in chapters]


def points_for(given):
    """Points by exercise, from one number for all or from a CSV file. ValueError says what is wrong with it."""
    try:
        if re.fullmatch(r"[\d.]+", str(given)):
            return dict.fromkeys(ORDER, float(given))
        text = Path(given).read_text(encoding="utf-8-sig")
        rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text else ",")
        found = {row["exercise"]: float(row["points"]) for row in rows}
    except (OSError, KeyError, TypeError, ValueError) as error:
        why = f"it has no column {error}" if isinstance(error, KeyError) else error
        what = "--points is a number, or a CSV file with the columns exercise and points."
        raise ValueError(f"{what} {given} is not: {why}") from None
    if unknown := set(found) - set(ORDER):
        raise ValueError(f"{given} names {' and '.join(unknown)}. The exercises are: {', '.join(ORDER)}.")
    return dict.fromkeys(ORDER, 10.0) | found


def source_notebook(build, source, points):
    """The instructor's version of a chapter: solutions between their marks, and nbgrader's metadata."""
    import jupytext

    chapter = without_links(build.notebook(source, solved=False))
    texts = [cell.source for cell in jupytext.read(source, fmt="py:percent").cells]
    for cell, text in zip(chapter.cells, texts, strict=True):
        if "todo" in cell.metadata.get("tags", []):
            cell.source, name = text.rstrip("\n"), ast.parse(text).body[-1].name
            cell.metadata["nbgrader"] = {**SCHEMA, "grade_id": name, "solution": True}
        elif cell.cell_type == "code" and (found := re.search(r"^(\w+) = check\(\1\b", text, re.M)):
            graded = {"grade_id": f"check_{found[1]}", "grade": True, "locked": True}
            cell.metadata["nbgrader"] = {**SCHEMA, **graded, "points": points[found[1]]}
    return chapter


def without_links(chapter):
    """A chapter without its way to Google Colab, where the notebook of the public repository would open."""
    chapter.cells[0].source = re.sub(r"^\[!\[Open.*\n\n?", "", chapter.cells[0].source, flags=re.M)
    chapter.cells = [cell for cell in chapter.cells if "colab" not in cell.metadata.get("tags", [])]
    return chapter


def generate(folder):
    """Let nbgrader make the releases of all chapters in source/. ValueError with its own words when it cannot."""
    here = sysconfig.get_path("scripts")  # nbgrader calls alembic by name
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "*", "--create", "--force"],
        cwd=folder,
        env={**os.environ, "PATH": here + os.pathsep + os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise ValueError(f"nbgrader could not make the releases. It said:\n{done.stderr[-2000:]}")


def load_build():
    """The chapters' builder, notebooks/source/build.py. ValueError where the repository is not there."""
    try:
        from notebooks.source import build
    except ImportError as error:
        raise ValueError(
            f"The chapters cannot be built: {error}. Run this in the folder of the course pack, with its sources."
        ) from None
    return build


def _copy_figures(chapter, notebooks, folder):
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    for name in set(re.findall(r"\]\((figures/[^)\s]+)\)", text)):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(notebooks / name, folder / name)
