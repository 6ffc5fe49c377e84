"""The marks as a CSV file, which spreadsheets open with a double click."""

import csv
import io
from pathlib import Path

from cs231n.course.grading.collect import result_of
from cs231n.exercises import bank
from cs231n.files import write_whole

MISTAKE = " mistake"
FIRST, LAST = ["student", "right", "of"], ["look at"]


def write(path, students, exercises, separator=","):
    """Write one row a student; two columns an exercise: its verdict, and the known mistake.

    The file is UTF-8 with a mark that Excel needs, and lines end as the CSV standard says (RFC 4180), on every
    system. A text that a spreadsheet would take for a formula gets an apostrophe in front.

    OSError: when it cannot be written; the old file is whole then
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    columns = [column for name in exercises for column in (name, name + MISTAKE)]
    rows.writerow([*FIRST, *columns, *LAST])
    for student in students:
        results = [result_of(student, name) for name in exercises]
        right = sum(result.status == "right" for result in results)
        cells = [cell for result in results for cell in (result.status, result.mistake)]
        row = [student.name, right, len(exercises), *cells, "; ".join(dict.fromkeys(student.notes))]
        rows.writerow([_plain(cell) for cell in row])
    with write_whole(path) as file:
        file.write(text.getvalue().encode("utf-8-sig", "replace"))


def read(path):
    """The marks again: a list of dicts, and the names of the exercises.

    ValueError: when the file is no table of marks
    """
    text = Path(path).read_bytes().decode("utf-8-sig")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    names = rows[0].keys() if rows else next(csv.reader([head.strip()], delimiter=separator), [])
    exercises = [name for name in bank.ORDER if name in names]
    if "student" not in names or not exercises:
        raise ValueError("its first line does not name students and exercises")
    return rows, exercises


def _plain(cell):
    text = " ".join("".join(c if c.isprintable() else " " for c in str(cell)).split())
    return "'" + text if text.startswith(("=", "+", "-", "@")) else cell if isinstance(cell, int) else text
