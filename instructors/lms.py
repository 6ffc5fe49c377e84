"""Points for the class, and the files that Canvas, Moodle and Gradescope know.

Canvas: the layout of its own export (its lib/gradebook_importer.rb reads it). It finds a student by its own ID,
else by the SIS user ID, the SIS login ID or the name. The title of an assignment ends with its number in brackets
("RNN (4711)"); the most that one can have stands in a row of its own.
Moodle: any columns, which you map on its page (its grade/import/csv). It would give a row without an e-mail to
the student of the row before, and it takes no grade above 100 unless it is set to.
Gradescope: the layout of its export. It imports lists of students, and no table of marks that we know of.
"""

from dataclasses import dataclass
from fractions import Fraction

from cs231n.exercises import bank
from instructors import late, marks
from instructors.judge import TRUSTED
from instructors.marks import plain, read_table
from instructors.roster import Person, match, read_roster

HOW_LATE = "late, but it is not known how late: write its time into the roster"
UNKNOWN = "time not known, nothing taken off"


@dataclass
class HandIn:
    """What somebody handed in. name: as in the marks; raw: points; open: exercises that are to be decided."""

    name: str
    raw: Fraction
    open: tuple = ()
    time: late.Time = late.Time()


@dataclass
class Line:
    """One row of the points. counted: None where that is not known yet"""

    person: Person
    hand_in: HandIn | None
    counted: Fraction | None
    days: int | None = None
    note: str = ""


def give_points(csv, to, roster, assignment=None, submissions=None, rule=None, points=None, chapters=()):
    """Write points.csv, canvas.csv, moodle.csv and gradescope.csv into a folder.

    csv: marks.csv of collect, or grades.csv of nbgrader; points: by exercise
    returns: lines to print, and True where something is left to be decided
    """
    people = read_roster(roster)
    hand_ins, most, absent = read_hand_ins(csv, points, chapters)
    if submissions:
        when = {plain(name): time for name, time in late.times(submissions, chapters).items()}
        for each in hand_ins:
            each.time = when.get(each.name, late.Time()) if each.time == late.Time() else each.time
    owners, unclear = match(people, [each.name for each in hand_ins])
    lines = []
    for person in people:
        own = next((each for each in hand_ins if owners.get(each.name) is person), None)
        lines.append(_line(person, own, rule) if own else Line(person, None, Fraction(0), note=absent))
    to.mkdir(parents=True, exist_ok=True)
    marks.table(to / "points.csv", *_points(lines, most, unclear, hand_ins))
    # where a hand-in is nobody's yet, it may be that of somebody who seems to have none
    sure = [line for line in lines if line.counted is not None and (line.hand_in or not unclear)]
    left = [line.person.said for line in lines if line.counted is None]
    title = plain(assignment or (chapters[0] if len(chapters) == 1 else "Image captioning"))
    said, written = [*_report(lines, unclear, rule)], ["points.csv"]
    for name, layout in LAYOUTS.items():
        columns, first, cells = layout(people, title, most)
        rows = [cells(line) for line in sure]
        unknown = [line.person.said for line, row in zip(sure, rows, strict=True) if not row]
        if len(unknown) == len(sure):
            (to / name).unlink(missing_ok=True)
            said.append(f"No {name}: the roster does not have what it needs." if sure else f"No {name} yet.")
            continue
        marks.table(to / name, columns, [*first, *filter(None, rows)], mark=False)
        written.append(name)
        left += unknown
        if unknown:
            said.append(f"Not in {name}, since it could not be told who it is: {', '.join(unknown)}.")
    if most > 100 and "moodle.csv" in written:
        said.append(f"Moodle takes no more than 100 points unless it is set to: here are {_number(most)}.")
    said.append(f"Written into {to}: {', '.join(written)}.")
    return said, bool(unclear or left)


def read_hand_ins(path, points, chapters=()):
    """The hand-ins in a table of marks, the most that one can have, and what it says of those who are not in it.

    ValueError: when it is no such table, or has nothing of these chapters
    """
    try:
        titles, rows = read_table(path)
        if "raw_score" in titles:
            return _of_nbgrader(rows, chapters)
        rows, there = marks.read(path)
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}. Make it with: collect FOLDER --csv {path}") from None
    except (OSError, ValueError) as error:
        what = "It should come from collect, or from nbgrader export."
        raise ValueError(f"{path} cannot be used: {error}. {what}") from None
    exercises = [name for name in there if bank.find(name).chapter.startswith(tuple(chapters) or "")]
    if not exercises:
        raise ValueError(f"{path} has no exercise of chapter {' or '.join(chapters)}.")
    worth = {name: Fraction(str(points[name])) for name in exercises}
    found = []
    for row in rows:
        if any(row[name] != "missing" for name in exercises):
            raw = sum((worth[name] for name in exercises if row[name] == "right"), Fraction(0))
            undecided = tuple(name for name in exercises if row[name] not in TRUSTED)
            found.append(HandIn(row["student"], raw, undecided))
    return found, sum(worth.values()), "nothing handed in"


def _of_nbgrader(rows, chapters):
    there = sorted({row["assignment"] for row in rows})
    asked = [name for name in there if name.startswith(tuple(chapters) or "")]
    if len(asked) != 1:
        raise ValueError(f"it has {' and '.join(there) or 'no assignment'}; say which one with --chapters")
    found = []
    for row in rows:
        if row["assignment"] == asked[0] and row["timestamp"] + row["raw_score"].strip("0."):
            when = late.Time(late.parse(row["timestamp"], late.UTC)) if row["timestamp"] else late.Time()
            found.append(HandIn(plain(row["student_id"]), Fraction(row["raw_score"]), time=when))
    most = max(Fraction(row["max_score"]) for row in rows if row["assignment"] == asked[0])
    return found, most, "no points, or nothing handed in"  # nbgrader writes the same for both


def _line(person, hand_in, rule):
    """The points of one person for what they handed in."""
    if hand_in.open:
        return Line(person, hand_in, None, note=f"look at {', '.join(hand_in.open)}")
    if not rule:
        return Line(person, hand_in, hand_in.raw)
    try:
        time = late.Time(late.parse(person.submitted)) if person.submitted else hand_in.time
    except ValueError as error:
        return Line(person, hand_in, None, note=f"in the roster: {error}")
    if person.late_days and not person.late_days.isdecimal():
        return Line(
            person, hand_in, None, note=f"in the roster: {person.late_days} is no number of late days"
        )
    free, days = int(person.late_days) if person.late_days else rule.free, rule.days(time)
    if days is None and time.late and rule.penalty:
        return Line(
            person, hand_in, None, note="late, and it is not known how late: write its time into the roster"
        )
    if days is None:
        return Line(person, hand_in, hand_in.raw, note=UNKNOWN)
    free = min(days, free)
    off = min(100, rule.penalty * (days - free))
    note = [f"{_days(days)} late"] * bool(days) + [f"{_days(free)} free"] * bool(free)
    note += [f"{_number(off)}% off"] * bool(off)
    return Line(person, hand_in, hand_in.raw * (100 - off) / 100, days, ", ".join(note))


def _points(lines, most, unclear, hand_ins):
    """Columns and rows of the file for people."""
    columns = ["student", "e-mail", "hand-in", "points", "counted", "of", "handed in", "days late", "note"]
    rows = []
    for line in lines:
        time = line.hand_in.time.moment if line.hand_in else None
        points = [_number(line.hand_in.raw) if line.hand_in else 0, _number(line.counted)]
        when = [time.strftime("%Y-%m-%d %H:%M %z") if time else "", "" if line.days is None else line.days]
        name = line.hand_in.name if line.hand_in else ""
        rows.append([line.person.sortable, line.person.email, name, *points, _number(most), *when, line.note])
    for name, why in unclear.items():
        raw = next(_number(each.raw) for each in hand_ins if each.name == name)
        note = f"whose is this? {why}"
        rows.append(["", "", name, raw, "", _number(most), "", "", note])
    return columns, rows


def _canvas(people, title, most):
    columns = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    names = [person.name.casefold() for person in people]

    def cells(line):
        who = line.person
        ids = [who.canvas, who.sis, who.login]
        if any(plain(each) != each for each in ids) or not any(ids) and names.count(who.name.casefold()) > 1:
            return None
        return [who.sortable, *ids, who.section, _number(line.counted)]

    return columns, [["    Points Possible", "", "", "", "", _number(most)]], cells


def _moodle(people, title, most):
    by_mail = any(person.email for person in people)
    columns = ["Name", "Email address" if by_mail else "ID number", title, "Feedback"]

    def cells(line):
        who = line.person.email if by_mail else line.person.sis
        note = "" if line.note == UNKNOWN else line.note
        return [line.person.name, who, _number(line.counted), note] if who and plain(who) == who else None

    return columns, [], cells


def _gradescope(people, title, most):
    apart = all(person.first and person.last for person in people)
    names = ["First Name", "Last Name"] if apart else ["Name"]
    columns = [*names, "SID", "Email", "Sections", "Total Score", "Max Points", "Status"]

    def cells(line):
        who = line.person
        if not (who.email or who.sis) or any(plain(each) != each for each in (who.email, who.sis)):
            return None
        status = "Graded" if line.hand_in else "Missing"
        name = [who.first, who.last] if apart else [who.name]
        return [*name, who.sis, who.email, who.section, _number(line.counted), _number(most), status]

    return columns, [], cells


LAYOUTS = {"canvas.csv": _canvas, "moodle.csv": _moodle, "gradescope.csv": _gradescope}


def _report(lines, unclear, rule):
    """What an instructor should read, line by line."""
    there = [line for line in lines if line.hand_in]
    yield f"{len(lines)} students in the roster: {len(there)} handed in, {len(lines) - len(there)} did not."
    for name, why in unclear.items():
        yield f"Whose is {name}? {why[0].upper()}{why[1:]}."
    if unclear and len(there) < len(lines):
        yield "Until that is known, those who did not hand in are in points.csv only."
    for line in lines:
        if line.counted is None:
            yield f"No points yet for {line.person.said}: {line.note}."
    unknown = sum(line.note == UNKNOWN for line in there)
    if unknown:
        yield f"The time of {unknown} of {len(there)} hand-ins is not known: nothing was taken off there."


def _number(value):
    return "" if value is None else f"{float(value):.2f}".rstrip("0").rstrip(".")


def _days(number):
    return f"{number} day{'s' * (number != 1)}"
