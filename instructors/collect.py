"""Grade a folder of submissions: find each student's notebooks, judge them, put the results together."""

import contextlib
import hashlib
import json
import multiprocessing
import re
import signal
import unicodedata
from dataclasses import dataclass, field
from multiprocessing import connection

from tqdm import tqdm

from cs231n.exercises import bank
from instructors import marks, process
from instructors.judge import TRUSTED, Result, judge, plain
from instructors.notebook import NotANotebook, read

CHAPTERS = "|".join({bank.find(name).chapter for name in bank.ORDER})
ADDED = r"(?:-Copy\d+| ?\(\d+\))+$"  # by browsers and JupyterLab
COPY = r"\b(?:copy|kopie|copie|copia|cópia)\d*\b|副本"  # by other programs, in front or behind
MOST_TRIES = 2  # for a student during whose judging the whole run ended


@dataclass
class Student:
    """One row of the marks: notebooks handed in, results by exercise, and notes for the instructor."""

    name: str
    notebooks: list = field(default_factory=list)
    results: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def print(self):
        """A short text that changes with what was handed in."""
        return hashlib.sha256("".join(n.print for n in self.notebooks).encode()).hexdigest()[:10]

    @property
    def row(self):
        """Cells of the marks by column; 'unreadable' everywhere where no file is a notebook."""
        row = {} if self.notebooks else dict.fromkeys(bank.ORDER, "unreadable")
        for name, result in self.results.items():
            row |= {name: result.status, name + marks.MISTAKE: result.mistake}
        seen = [result.message for result in self.results.values() if result.status not in TRUSTED]
        looks = self.notes + [text.partition("\n")[0].lstrip("✗○ ") for text in seen]
        return {"student": self.name, marks.LOOK: "; ".join(dict.fromkeys(looks)), **row}


def grade_class(folder, csv, feedback=None, seconds=10, jobs=1, separator=",", chapters=()):
    """Grade all submissions of a folder into a CSV file, which is written again after each student.

    returns: True where some of them need a look
    ValueError: where it cannot be done, or was stopped; marks that are there are kept
    """
    asked = [name for name in bank.ORDER if bank.find(name).chapter.startswith(tuple(chapters) or "")]
    if not asked:
        raise ValueError(f"No exercise is in chapter {' or '.join(chapters)}. Chapters are 00 to 13.")
    students = {student.name: student for student in submissions(folder)}
    version = hashlib.sha256(repr((asked, seconds, _code())).encode()).hexdigest()[:6]
    versions = {name: f"{version}-{student.print}" for name, student in students.items()}
    rows, aside = marks.kept(csv, versions)
    told = {name for name in students if not feedback or _feedback_file(feedback, name).exists()}
    waiting = [student for name, student in students.items() if not rows[name] or name not in told]
    done = len(students) - len(waiting)
    if aside:
        print(f"What was in {csv} is in {aside} now.")
    if done:
        print(f"{done} students are in {csv} already, with the same files. Delete it to judge them too.")

    def write():
        there = [row for row in rows.values() if row]
        unseen = ("missing", "unreadable")
        seen = [n for n in asked if chapters or any(row.get(n, "missing") not in unseen for row in there)]
        marks.write(csv, there, seen or asked, separator)

    write()  # find out now, not after an hour, that the file cannot be written
    print(process.ready()["said"])
    tries = Tries(csv)
    try:
        with tqdm(total=len(students), initial=done, unit="student", disable=None) as bar:
            for student in grade_all(waiting, seconds, jobs, tries):
                rows[student.name] = student.row | {marks.VERSION: versions[student.name]}
                write()  # after each: whatever happens next, no mark is lost
                if feedback:
                    _write_feedback(feedback, student, asked)
                bar.update()
                if look := marks.plain(student.row[marks.LOOK]):
                    tqdm.write(f"Look at {marks.plain(student.name)}: {look}")
    except KeyboardInterrupt:
        done = f"The marks of {sum(map(bool, rows.values()))} of {len(rows)} students are in {csv}."
        raise ValueError(f"Stopped{tries.now}. {done}\nThe same command goes on from there.") from None
    tries.forget()
    print(f"Written: {csv}")
    return any(row[marks.LOOK] for row in rows.values())


def submissions(folder):
    """Read everything that was handed in: one folder a student, or one file a student and chapter.

    returns: list of Student, without results
    ValueError: where nothing is there
    """
    students, bare, with_chapter = {}, [], False
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Give the folder that holds the submissions.")
    if (folder / "nbgrader_config.py").exists():
        raise ValueError(f"{folder} is the course. Give what was handed in: {folder / 'submitted'}")
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")) or not (path.is_dir() or path.is_file()):
            continue  # pipes and devices are passed over
        name, chapter = student_of(path)
        student = students.setdefault(name, Student(name))
        if path.is_dir() and path.is_symlink():
            student.notes.append("the folder is a link, which may be to the work of another")
            continue
        bare += [student] if path.is_file() and not chapter else []
        with_chapter |= bool(path.is_file() and chapter)
        for file in _files(path, student):
            try:
                student.notebooks.append(read(file, shared=file is path))
            except NotANotebook as problem:
                student.notes.append(f"{plain(file.name)}: {problem}")
        if name == chapter:
            student.notes.append("whose is this? The name of the file is that of a chapter, or of a copy")
    for student in bare if with_chapter else ():
        student.notes.append("the name of the file has no chapter: is it a student of its own?")
    for name, student in students.items():
        same = [other for other in students if other != name and other.casefold() == name.casefold()]
        student.notes += [f"is this the same student as {' and '.join(same)}?"] if same else []
    if not students:
        raise ValueError(f"The folder {folder} is empty. It should hold one file or folder a student.")
    return list(students.values())


def grade_student(student, seconds):
    """Judge all notebooks of a student. Where an exercise is in several of them, the best answer counts."""
    found = {}
    for notebook in student.notebooks:
        try:
            judged = judge(notebook, seconds)
        except Exception as error:  # it must not cost the others their marks
            student.notes.append(f"{plain(notebook.name)} could not be judged: {type(error).__name__}")
            continue
        student.notes += [f"{plain(notebook.name)}: {note}" for note in judged.notes]
        for name, result in judged.results.items():
            found.setdefault(name, []).append((notebook.name, result))
    for name, versions in found.items():
        there = [each for each in versions if each[1].status != "missing"] or versions
        rank = {status: k for k, status in enumerate(TRUSTED, 1)}  # what a person should see is never hidden
        file, student.results[name] = min(there, key=lambda each: rank.get(each[1].status, 0))
        if len(there) > 1:
            student.notes.append(f"{name} is in {len(there)} notebooks: the one in {plain(file)} counts")
    return student


def grade_all(students, seconds, jobs=1, tries=None):
    """Yield each student when all of theirs is judged; `jobs` of them are judged at a time."""
    tries = tries or Tries()
    waiting = sorted(
        students, key=lambda student: tries.count.get(student.name, 0)
    )  # what ended a run comes last
    idle, busy = [], {}
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                student = waiting.pop(0)
                if tries.count.get(student.name, 0) >= MOST_TRIES:
                    yield _given_up(student, f"grading ended {MOST_TRIES} times while this one was judged")
                    continue
                grader = idle.pop() if idle else Grader(seconds)
                tries.begin(student.name)
                grader.pipe.send(student)
                busy[grader.pipe] = grader, student
            for pipe in connection.wait(list(busy), timeout=0.5):
                grader, student = busy.pop(pipe)
                try:
                    student.results, student.notes = pipe.recv()
                    idle.append(grader)
                except (EOFError, OSError):
                    grader.process.kill()
                    _given_up(student, "it ended the process that judges")
                tries.end(student.name)
                yield student
    finally:
        for grader in (*idle, *(grader for grader, _ in busy.values())):
            grader.process.kill()
            grader.process.join()


class Grader:
    """A process that judges one student after the other. What ends it costs one student."""

    def __init__(self, seconds):
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        made = process.ready()
        self.process = spawn.Process(target=_grade_those, args=(theirs, seconds, made), daemon=True)
        self.process.start()
        theirs.close()


def _grade_those(pipe, seconds, made):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started it
    process.ready(made)
    with contextlib.suppress(EOFError):
        while student := pipe.recv():
            grade_student(student, seconds)
            pipe.send((student.results, student.notes))


def _given_up(student, why):
    """The student with no results but that."""
    student.notes.append(f"{why}: run it yourself, where it can do no harm")
    for notebook in student.notebooks:
        for name in bank.ORDER:
            if notebook.checks(name) or notebook.defining(name):
                student.results[name] = Result("crashes", "", f"✗ {name} could not be judged: {why}.")
    return student


class Tries:
    """Whose judging has begun and not ended, in a file beside the marks: it outlives the end of the whole run."""

    def __init__(self, csv=None):
        self._path, self.count, self._now = csv and csv.with_name(f"{csv.name}.running"), {}, []
        with contextlib.suppress(OSError, ValueError, AttributeError):  # no file, or something else
            self.count = {
                str(name): int(times) for name, times in json.loads(self._path.read_bytes()).items()
            }

    def begin(self, name):
        """Judging begins."""
        self._now.append(name)
        self.count[name] = self.count.get(name, 0) + 1
        self._write()

    def end(self, name):
        """Judging has ended well."""
        self._now.remove(name)
        del self.count[name]
        self._write()

    def forget(self):
        """All is done."""
        self._path.unlink(missing_ok=True)

    @property
    def now(self):
        """Who is being judged, as a part of a sentence."""
        return f" while judging {' and '.join(map(plain, self._now))}" if self._now else ""

    def _write(self):
        if self._path:
            with contextlib.suppress(OSError):  # the marks matter more
                self._path.write_text(json.dumps(self.count), encoding="utf-8")


def _code():
    """The text of all that judges."""
    folders = (process.ROOT / "cs231n", process.ROOT / "instructors")
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.py"))]


def _feedback_file(folder, name):
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name)  # fits every file system
    name = name if len(name) <= 60 else f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return folder / f"{name}.txt"


def _write_feedback(folder, student, exercises):
    folder.mkdir(parents=True, exist_ok=True)
    told = [student.results[name].message for name in exercises if name in student.results]
    text = "\n\n".join(told) or "No notebook was found in what you handed in."
    _feedback_file(folder, student.name).write_text(text + "\n", encoding="utf-8", errors="replace")


def _files(path, student):
    """The files of a folder that count, or the file itself."""
    if path.is_file():
        return [path]
    inside = {p: p.relative_to(path).parts for p in sorted(path.rglob("*")) if p.is_file()}
    inside = [p for p, parts in inside.items() if not any(part.startswith((".", "__")) for part in parts)]
    books = [p for p in inside if p.suffix == ".ipynb"]
    own = [p for p in books if "solutions" not in p.relative_to(path).parts]
    if own and own != books:
        student.notes.append(f"{len(books) - len(own)} notebooks in a folder called solutions were left out")
    if not inside:
        student.notes.append("the folder is empty")
    return own or books or inside


def student_of(path):
    """The student's name as people read it, and the chapter that the name of a file has."""
    name = path.name if path.is_dir() else path.stem
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8", "replace"))
    if path.is_dir():
        return re.sub(r"_assignsubmission_\w+$", "", name), ""  # Moodle
    chapter = re.search(rf"({CHAPTERS})(-\d+)?", name)
    stem = re.sub(ADDED, "", name)
    if not chapter:
        return stem, ""
    if canvas := re.match(r"([^_]+?)(?:_LATE)?_(\d+)_\d+_", name):
        return f"{canvas[1]}_{canvas[2]}", chapter[1]
    rest = stem.replace(chapter[0] if stem.endswith(chapter[0]) else chapter[1], "").strip(" _-.")
    rest = re.sub(r"_assignsubmission_[a-z]+$", "", rest)  # Moodle, without folders
    return (name, name) if not rest or re.search(COPY, rest, re.IGNORECASE) else (rest, chapter[1])
