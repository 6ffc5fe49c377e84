"""How nbgrader grades this course: what a course folder's nbgrader_config.py brings in. Needs nbgrader."""

from functools import cache
from pathlib import Path

import bleach
import nbformat
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_output
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, is_locked, is_solution

from cs231n.exercises.bank import ORDER
from instructors import process
from instructors.collect import Student, grade_student
from instructors.judge import TRUSTED, Result
from instructors.notebook import NotANotebook, read

SECONDS = 10  # for the exercises of a notebook
PROTOCOLS = {*bleach.ALLOWED_PROTOCOLS, "data"}
TAGS = "br del details div h1 h2 h3 h4 h5 h6 hr img p pre span sub summary sup table tbody td th thead tr"


class AsReleased(NbGraderPreprocessor):
    """Give each graded cell back the text and the settings that it was released with.

    A second copy of it, or one that lost its name, is a cell of the student's own. A check that is missing comes
    back at the end.
    """

    def preprocess(self, nb, resources):
        released = nbformat.read(_path("release", ".", self, resources), as_version=4).cells
        missing = {cell.metadata.nbgrader.grade_id: cell for cell in released if "nbgrader" in cell.metadata}
        for cell in nb.cells:
            settings = cell.metadata.pop("nbgrader", None)
            name = settings.get("grade_id") if isinstance(settings, dict) else None
            if name in missing and missing[name].cell_type == cell.cell_type:
                released = missing.pop(name)
                cell.metadata["nbgrader"] = released.metadata.nbgrader
                if is_locked(released):
                    cell.source = released.source
        nb.cells += [cell for cell in missing.values() if is_grade(cell)]
        return nb, resources


class JudgedOutside(NbGraderPreprocessor):
    """Write the verdicts under the checks, as the grader of `collect` finds them. No student's code runs here."""

    def preprocess(self, nb, resources):
        say_what_is_open(self.log)
        student, unjudged = Student(resources["nbgrader"]["student"]), None
        try:
            student.notebooks.append(read(_path("submitted", student.name, self, resources)))
            grade_student(student, SECONDS)
        except NotANotebook as problem:
            student.notes.append(str(problem))
        if student.notes and not student.results:
            unjudged = Result("look at", message=f"✗ {student.notes[0]}.")
        for note in student.notes:
            self.log.warning("Look at %s: %s", student.name, note)
        for cell in nb.cells:
            if cell.cell_type != "code" or is_solution(cell) or not is_grade(cell):
                continue
            name = cell.metadata.nbgrader.grade_id.removeprefix("check_")
            result = unjudged or student.results.get(name) or _not_here(name)
            if result.status == "right":
                cell.outputs = [new_output("stream", text=result.message)]
            else:
                cell.outputs = [new_output("error", ename=result.status, traceback=[result.message])]
        return nb, resources


@cache
def say_what_is_open(log):
    """Say once whether students' code runs in a sandbox."""
    log.warning(process.ready()["said"])


class SaveVerdicts(SaveAutoGrades):
    """Save the points, and leave to manual grading what the judge could not decide."""

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        found = [output.ename for output in cell.get("outputs", []) if output.output_type == "error"]
        if not {*found} <= {*TRUSTED}:
            about = cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id
            self.gradebook.find_grade(*about).needs_manual_grade = True
            self.gradebook.db.commit()


class Pictures(IPythonRenderer):
    """A text of which the pictures are shown that it has."""

    def _embed_image_or_attachment(self, src):
        try:
            return super()._embed_image_or_attachment(src)
        except InvalidNotebook:  # it is not there
            return src


@pass_context
def safe_html(context, markdown):
    """Markdown as HTML in which nothing runs: other tags than those of a text are shown as text."""
    pictures = context.get("cell", {}).get("attachments", {})
    html = MarkdownWithMath(Pictures(escape=False, attachments=pictures)).render(markdown)
    return bleach.clean(html, {*bleach.ALLOWED_TAGS, *TAGS.split()}, _is_harmless, protocols=PROTOCOLS)


def _is_harmless(tag, name, value):
    data = value.lstrip().lower().startswith("data:")
    picture = (tag, name) == ("img", "src") and (not data or value.startswith("data:image/"))
    return picture or name in ("alt", "class") or ((tag, name) == ("a", "href") and not data)


def _path(step, student, preprocessor, resources):
    """The notebook that is worked on, in another folder of the course."""
    course, about = preprocessor.parent.parent.coursedir, resources["nbgrader"]
    folder = Path(course.format_path(getattr(course, f"{step}_directory"), student, about["assignment"]))
    if folder.is_symlink() or folder.parent.is_symlink():
        raise NotANotebook("the folder is a link, which may be to the work of another")
    return folder / f"{about['notebook']}.ipynb"


def _not_here(name):
    if name in ORDER:
        return Result("missing", message=f"○ {name} is not in the notebook.")
    return Result("look at", message=f"✗ {name} is no check of the course, and was not run.")


def use(c):
    """The settings that no course changes. c: the configuration object"""
    c.Autograde.sanitize_preprocessors = [ClearOutput, AsReleased, CheckCellMetadata]
    c.Autograde.autograde_preprocessors = [JudgedOutside, SaveVerdicts, AssignLatePenalties]
    c.HTMLExporter.filters = {"markdown2html": safe_html}
    c.HTMLExporter.sanitize_html = True
