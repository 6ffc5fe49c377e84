"""The marks as a CSV file, which spreadsheets open with a double click."""

import csv
import io
import re
from pathlib import Path

from cs231n.course.grading.collect import result_of
from cs231n.exercises import bank
from cs231n.files import write_whole

MISTAKE, LOOK, VERSION = " mistake", "look at", "version"


def row_of(student, exercises, version):
    """The row of a student: cells by column.

    version: a short text that changes with all that the marks depend on besides what was handed in
    """
    row = {
        "student": student.name,
        LOOK: "; ".join(student.to_look_at),
        VERSION: f"{version}-{student.print}",
    }
    for name in exercises:
        result = result_of(student, name)
        row |= {name: result.status, name + MISTAKE: result.mistake}
    return {key: plain(cell) for key, cell in row.items()}


def write(path, rows, exercises, separator=","):
    """Write rows of cells by column; two columns an exercise: its verdict, and the known mistake.

    The file is UTF-8 with a mark that Excel needs, and lines end as the CSV standard says (RFC 4180), on every
    system. A text that a spreadsheet would take for a formula gets an apostrophe in front.

    OSError: when it cannot be written; the old file is whole then
    """
    text = io.StringIO(newline="")
    both = [column for name in exercises for column in (name, name + MISTAKE)]
    columns = ["student", "right", "of", *both, LOOK, VERSION]
    file = csv.DictWriter(text, columns, delimiter=separator, lineterminator="\r\n", extrasaction="ignore")
    file.writeheader()
    for row in rows:
        row = {**dict.fromkeys(exercises, "missing"), **row}
        right = sum(row[name] == "right" for name in exercises)
        file.writerow({**row, "right": right, "of": len(exercises)})
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


def plain(cell):
    """A cell on one line, harmless whichever separator a spreadsheet takes."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(cell)).split())
    return re.sub(r"(^|[,;|]\s*)(?=[=+\-@＝＋－＠])", r"\1'", text)
