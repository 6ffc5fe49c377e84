"""When something was handed in, and what it costs when that was late. What is not known is not guessed."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from instructors.collect import student_of

DAY = 24 * 3600  # seconds
ISO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?")
MOODLE = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M")
CANVAS = re.compile(r"[^_]+?(_LATE)?_\d+_\d+_", re.IGNORECASE)


@dataclass(frozen=True)
class Time:
    """When it was handed in: the moment, or only whether it was late, or (None, None).

    moment: a datetime with a time zone; late: True or False, as Canvas says
    """

    moment: datetime | None = None
    late: bool | None = None


@dataclass(frozen=True)
class Rule:
    """due: a datetime with a time zone; free: days that cost nothing; penalty: percent off for each day more."""

    due: datetime
    free: int = 0
    penalty: Fraction = Fraction(0)

    def days(self, time):
        """Days late, of which a part counts as a whole; None where that is not known."""
        if time.moment:
            return max(0, math.ceil((time.moment - self.due).total_seconds() / DAY))
        return 0 if time.late is False else None


def parse(text, zone=None):
    """A time such as '2026-12-01T23:59' or '2026-12-01 23:59:00 +0100', or as Moodle's English tables have it.

    zone: for a time that names none; None for this computer's
    ValueError: when it is none of these
    """
    if found := ISO.fullmatch(text.strip()):
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}")
        if found[3] in ("Z", "UTC"):
            zone = UTC
        elif found[3]:
            zone = datetime.strptime(found[3].replace(":", ""), "%z").tzinfo
        return moment.replace(tzinfo=zone) if zone else moment.astimezone()
    for form in MOODLE:
        try:
            return datetime.strptime(text.strip(), form).astimezone()
        except ValueError:
            continue
    raise ValueError(f"{text} is no time. Write it as 2026-12-01T23:59, or 2026-12-01T23:59+01:00")


def times(folder, chapters=()):
    """When the students of a folder of submissions handed in: name in the marks → Time, the last one of several.

    Canvas writes LATE into the names of files; nbgrader writes timestamp.txt. The files' own times say nothing:
    they may be those of the download.
    """
    found = {}
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Give the folder that collect graded.")
    for path in folder.iterdir():
        if path.name.startswith((".", "__")) or not (path.is_dir() or path.is_file()):
            continue
        name, chapter = student_of(path)
        if path.is_dir():
            found.setdefault(name, []).extend(_of_nbgrader(path, chapters))
        elif not chapters or chapter.startswith(tuple(chapters)):
            canvas = CANVAS.match(path.name)
            found.setdefault(name, []).append(Time(late=bool(canvas[1]) if canvas else None))
    return {name: _last(several) for name, several in found.items()}


def _of_nbgrader(folder, chapters):
    for inside in sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()):
        if chapters and not inside.name.startswith(tuple(chapters)):
            continue
        try:
            text = (inside / "timestamp.txt").read_text(encoding="utf-8")
            yield Time(parse(text, UTC))  # nbgrader means UTC where it names no zone
        except (OSError, ValueError):  # there is none, or it cannot be read
            yield Time()


def _last(several):
    """The time of several notebooks: late where one is, and known where all are."""
    if several and all(time.moment for time in several):
        return max(several, key=lambda time: time.moment)
    late = {time.late for time in several}
    return Time(late=True if True in late else False if late == {False} else None)
