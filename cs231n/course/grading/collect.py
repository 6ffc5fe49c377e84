"""Grade a folder of submissions: find each student's notebooks, judge them, put the results together."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cs231n.course.grading.judge import TRUSTED, Result, judge
from cs231n.course.grading.notebook import NotANotebook
from cs231n.course.grading.process import ROOT
from cs231n.exercises import bank
from cs231n.exercises.recognise import cases, expected, mistaken

BEST_FIRST = ("right", "wrong", "error", "unfilled")
CHAPTERS = tuple(dict.fromkeys(bank.find(name).chapter for name in bank.ORDER))


class PackChanged(Exception):
    """A file of the course package changed while a submission was judged: (the student, the file)."""


@dataclass
class Student:
    """One row of the marks: results by exercise, and notes for the instructor."""

    name: str
    files: list
    results: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def to_look_at(self):
        """Is there anything here that a person should see?"""
        return bool(self.notes) or any(result.status not in TRUSTED for result in self.results.values())


def submissions(folder):
    """Students and their files: one folder a student, or one file a student and chapter.

    returns: dict from the student's name to a sorted list of files
    """
    found = {}
    for path in sorted(Path(folder).iterdir()):
        if path.name.startswith((".", "__")):
            continue
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
            found[path.name] = [p for p in inside if p.suffix == ".ipynb"] or inside
        else:
            found.setdefault(_student_of(path.stem), []).append(path)
    return found


def grade_student(name, files, seconds):
    """Judge all notebooks of a student. Where an exercise is in two of them, an answer that is right counts."""
    student = Student(name, files)
    if not files:
        student.notes.append("the folder is empty")
    for path in files:
        try:
            judged = judge(path, seconds)
        except NotANotebook as problem:
            student.notes.append(f"{path.name}: {problem}")
            continue
        student.notes += [f"{path.name}: {note}" for note in judged.notes]
        for exercise, result in judged.results.items():
            if exercise in student.results and "missing" not in (
                result.status,
                student.results[exercise].status,
            ):
                student.notes.append(f"{exercise} is in more than one notebook")
            student.results[exercise] = _better(student.results.get(exercise), result)
    return student


def grade_folder(folder, seconds):
    """Yield a graded student after the other.

    PackChanged: when a submission changed a file of the course package; nothing after it can be trusted
    """
    for name in bank.ORDER:  # read everything that judges before any student's code runs
        cases(name), expected(name), mistaken(name)
    before = fingerprint()
    for name, files in submissions(folder).items():
        yield grade_student(name, files, seconds)
        changed = [path for path, _ in fingerprint().items() ^ before.items()]
        if changed:
            raise PackChanged(name, changed[0])


def fingerprint():
    """A number for each file of the course package's code."""
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in (ROOT / "cs231n").rglob("*.py")}


def _better(first, second):
    """The better of two results for one exercise; one that is not trusted is never hidden by another."""
    if first is None or first.status == "missing":
        return second
    for result in (first, second):
        if result.status not in TRUSTED:
            return result
    return min(first, second, key=lambda result: (*BEST_FIRST, "missing").index(result.status))


def _student_of(stem):
    for chapter in CHAPTERS:
        if stem.endswith(chapter) and stem != chapter:
            return stem[: -len(chapter)].rstrip(" _-.")
    return stem


def _hidden(path):
    return any(part.startswith((".", "__")) for part in path.parts)


def result_of(student, exercise):
    """The student's result, or 'missing', or 'unreadable' where no file of theirs is a notebook."""
    if exercise in student.results:
        return student.results[exercise]
    return Result("missing" if student.results else "unreadable")
