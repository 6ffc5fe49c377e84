"""Grade a folder of submissions: find each student's notebooks, judge them, put the results together."""

import hashlib
import multiprocessing
import re
import unicodedata
from concurrent.futures import ProcessPoolExecutor, as_completed
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
            books = [p for p in inside if p.suffix == ".ipynb"]
            own = [p for p in books if "solutions" not in p.relative_to(path).parts]  # a whole course folder
            found.setdefault(_named(path.name), []).extend(own or books or inside)
        elif path.is_file():  # pipes and devices are passed over
            found.setdefault(_named(_student_of(path.stem)), []).append(path)
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


def grade_folder(folder, seconds, jobs=1):
    """Yield a graded student after the other; with several jobs, in the order in which they are done.

    jobs: students that are judged at a time, each in a process of its own
    PackChanged: when a submission changed a file of the course package; nothing after it can be trusted
    """
    waiting = submissions(folder)
    before = fingerprint()
    if jobs == 1:
        _read_what_judges()
        graded = (grade_student(name, files, seconds) for name, files in waiting.items())
        yield from _watched(graded, before)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_read_what_judges) as pool:
        futures = [pool.submit(grade_student, name, files, seconds) for name, files in waiting.items()]
        try:
            yield from _watched((future.result() for future in as_completed(futures)), before)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read_what_judges():
    """Read everything that judges before any student's code runs."""
    for name in bank.ORDER:
        cases(name), expected(name), mistaken(name)


def _watched(graded, before):
    for student in graded:
        yield student
        changed = [path for path, _ in fingerprint().items() ^ before.items()]
        if changed:
            raise PackChanged(student.name, changed[0])


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


def _named(name):
    """A name as people read it: one form of each letter, and no bytes that are no text."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8", "replace"))


def _student_of(stem):
    stem = re.sub(r"(-Copy\d+| ?\(\d+\))+$", "", stem)  # what browsers and JupyterLab add
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
