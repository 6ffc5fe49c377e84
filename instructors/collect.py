"""Grade a folder of submissions: find each student's notebooks, judge them, put the results together."""

import hashlib
import re
import secrets
import unicodedata
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from tqdm import tqdm

from cs231n.exercises import bank
from instructors import marks, process
from instructors.judge import TRUSTED, judge, plain
from instructors.notebook import NotANotebook, read

CHAPTERS = "|".join({bank.find(name).chapter for name in bank.ORDER})
ADDED = r"(?:-Copy\d+| ?\(\d+\))+$"  # by browsers and JupyterLab


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
    code = [content for name, content in sorted(process.pack().items()) if name.endswith(".py")]
    version = hashlib.sha256(repr((asked, seconds, code)).encode()).hexdigest()[:6]
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
    try:
        with tqdm(total=len(students), initial=done, unit="student", disable=None) as bar:
            for student in grade_all(waiting, seconds, secrets.randbits(32), jobs):
                rows[student.name] = student.row | {marks.VERSION: versions[student.name]}
                write()  # after each: whatever happens next, no mark is lost
                if feedback:
                    _write_feedback(feedback, student, asked)
                bar.update()
                if look := marks.plain(student.row[marks.LOOK]):
                    tqdm.write(f"Look at {marks.plain(student.name)}: {look}")
    except KeyboardInterrupt:
        done = f"The marks of {sum(map(bool, rows.values()))} of {len(rows)} students are in {csv}."
        raise ValueError(f"Stopped. {done}\nThe same command goes on from there.") from None
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
        name, chapter = _student_of(path)
        student = students.setdefault(name, Student(name))
        bare += [student] if path.is_file() and not chapter else []
        with_chapter |= bool(path.is_file() and chapter)
        for file in _files(path, student):
            try:
                student.notebooks.append(read(file))
            except NotANotebook as problem:
                student.notes.append(f"{plain(file.name)}: {problem}")
        if name == chapter:
            student.notes.append("whose is this? The name of the file is that of a chapter")
    for student in bare if with_chapter else ():
        student.notes.append("the name of the file has no chapter: is it a student of its own?")
    for name, student in students.items():
        same = [other for other in students if other != name and other.casefold() == name.casefold()]
        student.notes += [f"is this the same student as {' and '.join(same)}?"] if same else []
    if not students:
        raise ValueError(f"The folder {folder} is empty. It should hold one file or folder a student.")
    return list(students.values())


def grade_student(student, seconds, seed):
    """Judge all notebooks of a student. Where an exercise is in several of them, the best answer counts."""
    found = {}
    for notebook in student.notebooks:
        try:
            judged = judge(notebook, seconds, seed)
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


def grade_all(students, seconds, seed, jobs=1):
    """Yield each student when all of theirs is judged; `jobs` of them are judged at a time."""
    process.pack()  # read before any student's code runs
    pool = ThreadPoolExecutor(jobs)  # the work is done in processes of their own
    waiting = {pool.submit(grade_student, student, seconds, seed) for student in students}
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            yield from (each.result() for each in done)
    finally:
        if waiting:  # Ctrl-C, or a disk that is full
            process.stopped.set()
        pool.shutdown(cancel_futures=True)
        process.stopped.clear()


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


def _student_of(path):
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
    return (rest, chapter[1]) if rest else (name, name)
