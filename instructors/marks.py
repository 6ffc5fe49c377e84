"""The marks as a CSV file, which spreadsheets open with a double click."""

import csv
import io
import re
from pathlib import Path

from cs231n.exercises import bank
from cs231n.files import write_whole

MISTAKE, LOOK, VERSION = " mistake", "look at", "version"


def write(path, rows, exercises, separator=","):
    """Write rows of cells by column; two columns per exercise: its verdict, and the known mistake.

    ValueError: when it cannot be written; the old file is whole then
    """
    both = [column for name in exercises for column in (name, name + MISTAKE)]
    columns = ["student", "right", "of", *both, LOOK, VERSION]
    lines = []
    for row in rows:
        row = {**dict.fromkeys(exercises, "missing"), "of": len(exercises), **row}
        row["right"] = sum(row[name] == "right" for name in exercises)
        lines.append([row.get(column, "") for column in columns])
    table(path, columns, lines, separator)


def table(path, columns, rows, separator=",", mark=True):
    """Write a table as UTF-8. Lines end as the CSV standard says (RFC 4180), on every system.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.

    mark: True to begin with the mark that Excel needs
    ValueError: when it cannot be written; the old file is whole then
    """
    text = io.StringIO(newline="")
    file = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    file.writerow(map(plain, columns))
    file.writerows(map(plain, row) for row in rows)
    try:
        with write_whole(path) as file:
            file.write(text.getvalue().encode("utf-8-sig" if mark else "utf-8", "replace"))
    except OSError as error:
        asks = " Is it open in another program, such as Excel?" * isinstance(error, PermissionError)
        raise ValueError(f"{path} cannot be written: {error.strerror}.{asks}") from None


def read(path):
    """The marks again: a list of dicts, and the names of the exercises.

    ValueError: when the file is no table of marks
    """
    names, rows = read_table(path)
    exercises = [name for name in bank.ORDER if name in names]
    if "student" not in names or not exercises:
        raise ValueError("its first line does not name students and exercises")
    return rows, exercises


def read_table(path):
    """The titles of the columns, and the rows as dicts, of a CSV file: with commas, semicolons or tabs.

    ValueError: when it is written in something else than UTF-8, or UTF-16, as Excel's "Unicode text" is
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        how = 'save it again as UTF-8; in Excel, the type is called "CSV UTF-8"'
        raise ValueError(f"it is not written in UTF-8: {how}") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    file = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="", restval="")
    try:
        return file.fieldnames or [], list(file)
    except csv.Error as error:
        raise ValueError(f"it is no table: {error}") from None


def kept(path, versions):
    """The rows of a file that still hold; where it has others too, it is put aside as a whole.

    versions: student's name → a short text that changes with all that the marks depend on
    returns: name → row, None where there is no such row; and where the file was put, or None
    """
    try:
        before = read(path)[0]
    except FileNotFoundError:
        return dict.fromkeys(versions), None
    except (OSError, ValueError):  # something else
        before = [{}]
    there = {(row.get("student"), row.get(VERSION)): row for row in before}
    rows = {name: there.pop((plain(name), version), None) for name, version in versions.items()}
    if not there:
        return rows, None
    return rows, path.replace(path.with_suffix(f".before{path.suffix}"))


def plain(cell):
    """A cell on one line, harmless whichever separator a spreadsheet takes."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(cell)).split())
    return re.sub(r"(^|[,;|]\s*)(?=[=+\-@＝＋－＠])", r"\1'", text)
