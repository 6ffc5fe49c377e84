"""A course folder for nbgrader, made from the chapters' sources.

TODO cells become solution cells, their checks become graded cells. All ids come from the source, so a course that
is made again fits the submissions that are already there.
"""

import ast
import copy
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from cs231n.course.grading.process import ROOT

SCHEMA = {"schema_version": 3, "task": False}
CONFIG = '''\
"""Settings of nbgrader for this course. Change them as you like: they are not written again."""

import os

from cs231n.course.grading.autograding import STEPS

c = get_config()
c.CourseDirectory.course_id = "captioning"
c.CourseDirectory.ignore = ["__pycache__", "*.pyc", "my_answers.py"]
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("TODO")'}
c.Autograde.autograde_preprocessors = STEPS  # cells after the last check, such as training, are not run
c.Execute.timeout = 60  # seconds a cell
c.IncludeHeaderFooter.header = c.IncludeHeaderFooter.footer = ""

os.environ["CS231N_STRICT"] = "1"  # a check raises where an answer is not right, and so costs its points
os.environ["CS231N_ANSWERS"] = "off"  # no student's answers are kept for the next student
os.environ["MPLBACKEND"] = "agg"
'''


def make_course(folder, chapters=(), points=10):
    """Write nbgrader_config.py, source/ and release/. Yields a line for each thing done.

    chapters: numbers such as '01'; none for all
    points: for each exercise
    ValueError: when something it needs is missing, with what to do
    """
    for package in ("nbgrader", "jupytext"):
        if find_spec(package) is None:
            raise ValueError(
                f'{package} is not installed. Install it with: pip install -e ".[instructor,test]"'
            )
    build = load_build()
    wanted = [source for source in build.chapters() if not chapters or source.name[:2] in chapters]
    if not wanted:
        raise ValueError(f"There is no chapter {' or '.join(chapters)}. Chapters are 00, 01, and so on.")
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG, encoding="utf-8", newline="\n")
        yield f"Written: {config}"
    for source in wanted:
        chapter = source_notebook(build, source, points)
        path = folder / "source" / source.stem / f"{source.stem}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(build.text_of(chapter), encoding="utf-8", newline="\n")
        _copy_figures(chapter, build.STUDENT, path.parent)
        generate(folder, source.stem)
        yield f"Made: source and release of {source.stem}"


def source_notebook(build, source, points):
    """The instructor's version of a chapter: solutions between their marks, and nbgrader's metadata."""
    import jupytext

    chapter = copy.deepcopy(build.notebook(source, solved=False))
    texts = [cell.source for cell in jupytext.read(source, fmt="py:percent").cells]
    for cell, text in zip(chapter.cells, texts, strict=True):
        if cell.cell_type != "code":
            continue
        if "todo" in cell.metadata.get("tags", []):
            cell.source = text.rstrip("\n")
            name = ast.parse(text).body[-1].name
            cell.metadata["nbgrader"] = {
                "grade_id": name,
                "grade": False,
                "solution": True,
                "locked": False,
                **SCHEMA,
            }
        elif found := re.search(r"^(\w+) = check\(\1\b", text, re.M):
            cell.metadata["nbgrader"] = {
                "grade_id": f"check_{found[1]}",
                "grade": True,
                "solution": False,
                "locked": True,
                "points": points,
                **SCHEMA,
            }
    return chapter


def generate(folder, assignment):
    """Let nbgrader make the release. ValueError with its own words when it cannot."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--create", "--force"]
    here = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    variables = {**os.environ, "PATH": here + os.pathsep + os.environ.get("PATH", "")}
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise ValueError(
            f"nbgrader could not make the release of {assignment}. It said:\n{done.stderr[-2000:]}"
        )


def load_build():
    """The chapters' builder, notebooks/source/build.py. ValueError where the repository is not there."""
    path = ROOT / "notebooks" / "source" / "build.py"
    if not path.exists():
        raise ValueError("The chapters' sources are not here. Run this in the repository of the course pack.")
    spec = spec_from_file_location("build", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _copy_figures(chapter, notebooks, folder):
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    for name in set(re.findall(r"\]\((figures/[^)\s]+)\)", text)):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(notebooks / name, folder / name)
