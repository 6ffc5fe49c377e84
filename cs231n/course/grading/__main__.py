"""The commands for instructors.

    python -m cs231n.course.grading collect FOLDER --csv marks.csv     grade a folder of submissions
    python -m cs231n.course.grading summary marks.csv --plot m.png     which mistakes the class made
    python -m cs231n.course.grading course FOLDER                      a course folder for nbgrader
    python -m cs231n.course.grading handout FOLDER                     a pack for students without the reference

Exit status: 0 all done; 1 it could not be done, and why is on the screen; 2 the command was not understood;
3 (collect only) done, and some submissions need a look: see the column "look at".
"""

import argparse
import contextlib
import hashlib
import re
import secrets
import sys
from pathlib import Path

from cs231n.course.grading import marks


def collect(options):
    """Grade a folder of submissions into a CSV file."""
    from tqdm import tqdm

    from cs231n.course.grading import process
    from cs231n.course.grading.collect import grade_all, submissions
    from cs231n.exercises import bank

    if not options.folder.is_dir():
        raise ValueError(f"There is no folder {options.folder}. Give the folder that holds the submissions.")
    wanted = tuple(options.chapters)
    asked = [name for name in bank.ORDER if not wanted or bank.find(name).chapter.startswith(wanted)]
    if not asked:
        raise ValueError(f"No exercise is in chapter {' or '.join(wanted)}. Chapters are 00, 01, and so on.")
    students = submissions(options.folder)
    if not students:
        raise ValueError(
            f"The folder {options.folder} is empty. It should hold one file or folder a student."
        )
    code = [content for name, content in sorted(process.pack().items()) if name.endswith(".py")]
    version = hashlib.sha256(repr((asked, options.seconds, code)).encode()).hexdigest()[:6]
    before = {(row["student"], row[marks.VERSION]): row for row in _rows_before(options.csv)}
    rows = {s.name: before.get((marks.plain(s.name), f"{version}-{s.print}")) for s in students}
    waiting = [student for student in students if not rows[student.name]]
    if kept := len(students) - len(waiting):
        print(
            f"{kept} students are in {options.csv} already, with the same files. Delete it to judge them too."
        )
    if options.csv.is_file() and (not before or any(row not in rows.values() for row in before.values())):
        aside = options.csv.with_suffix(f".before{options.csv.suffix}")
        options.csv.replace(aside)
        print(f"What was in {options.csv} is in {aside} now.")

    def write():
        there = [row for row in rows.values() if row]
        unseen = ("missing", "unreadable")
        seen = [n for n in asked if wanted or any(row.get(n, "missing") not in unseen for row in there)]
        try:
            marks.write(options.csv, there, seen or asked, options.separator)
        except OSError as error:
            why = f"{error.strerror}. Is it open in another program, such as Excel?"
            raise ValueError(f"{options.csv} cannot be written: {why}") from None

    write()  # find out now, not after an hour, that the file cannot be written
    bar = tqdm(total=len(students), initial=kept, unit="student", disable=None)
    try:
        with bar:
            for student in grade_all(waiting, options.seconds, secrets.randbits(32), options.jobs):
                rows[student.name] = marks.row_of(student, asked, version)
                write()  # after each: whatever happens next, no mark is lost
                if options.feedback:
                    _write_feedback(options.feedback, student, asked)
                bar.update()
                if rows[student.name]["look at"]:
                    tqdm.write(f"Look at {rows[student.name]['student']}: {rows[student.name]['look at']}")
    except KeyboardInterrupt:
        done = sum(row is not None for row in rows.values())
        raise ValueError(
            f"Stopped. The marks of {done} of {len(rows)} students are in {options.csv}.\n"
            "The same command goes on from there."
        ) from None
    print(f"Written: {options.csv}")
    return 3 if any(row["look at"] for row in rows.values()) else 0


def _rows_before(path):
    with contextlib.suppress(OSError, ValueError):  # there is none, or it is something else
        rows, _ = marks.read(path)
        return [row for row in rows if marks.VERSION in row]
    return []


def summary(options):
    """Print a table of mistakes, and draw the chart."""
    from cs231n.course.grading.summary import plot, summarise, table

    try:
        rows, exercises = marks.read(options.csv)
    except FileNotFoundError:
        how = f"Make it with: collect FOLDER --csv {options.csv}"
        raise ValueError(f"There is no file {options.csv}. {how}") from None
    except (OSError, ValueError) as error:
        whence = "It should come from the command collect."
        raise ValueError(f"{options.csv} cannot be used: {error}. {whence}") from None
    found = summarise(rows, exercises)
    print(table(found))
    if options.plot:
        plot(found, options.plot)
        print(f"\nWritten: {options.plot}")
    return 0


def course(options):
    """Make a course folder for nbgrader."""
    from cs231n.course.grading.course import make_course

    for line in make_course(options.folder, options.chapters, options.points):
        print(line, flush=True)
    return 0


def handout(options):
    """Make a pack for students that holds no reference."""
    from cs231n.course.handout.make_handout import make_handout

    for line in make_handout(options.folder, options.chapters, options.course):
        print(line, flush=True)
    return 0


def main(arguments=None):
    """Run one command. Returns the exit status."""
    with contextlib.suppress(AttributeError):  # a Windows console that lacks a letter must not stop grading
        sys.stdout.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:  # what happened, and what to do next
        print(error, file=sys.stderr)
        return 1


def _write_feedback(folder, student, exercises):
    folder.mkdir(parents=True, exist_ok=True)
    told = [student.results[name].message for name in exercises if name in student.results]
    text = "\n\n".join(told) or "No notebook was found in what you handed in."
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", student.name)  # fits every file system
    name = name if len(name) <= 60 else f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    (folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8", errors="replace")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m cs231n.course.grading",
        description="Grade a class.",
        epilog=__doc__.partition("\n\n")[2].strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("collect", help="grade a folder of submissions")
    one.add_argument("folder", type=Path, help="one file or one folder a student")
    one.add_argument("--csv", type=Path, default=Path("marks.csv"), help="where the marks go (marks.csv)")
    one.add_argument("--feedback", type=Path, help="folder for one text file a student, with all messages")
    one.add_argument("--seconds", type=float, default=20, help="time limit for each exercise (20)")
    one.add_argument("--jobs", type=int, default=1, help="students judged at a time (1); as many as cores")
    one.add_argument("--separator", default=",", choices=[",", ";"], help="';' where Excel wants it")
    one.set_defaults(run=collect)

    two = commands.add_parser("summary", help="which mistakes the class made")
    two.add_argument("csv", type=Path, help="the file that collect wrote")
    two.add_argument("--plot", type=Path, help="where the chart goes, a PNG file")
    two.set_defaults(run=summary)

    three = commands.add_parser("course", help="make a course folder for nbgrader")
    three.add_argument("folder", type=Path, help="a new folder, or a course folder of this command")
    points = "for each exercise (10), or a CSV file: exercise,points"
    three.add_argument("--points", default="10", help=points)
    three.set_defaults(run=course)

    four = commands.add_parser("handout", help="make a pack for students without the reference")
    four.add_argument("folder", type=Path, help="a new folder")
    whose = "a course folder for nbgrader, whose notebooks are handed out"
    four.add_argument("--course", type=Path, help=whose)
    four.set_defaults(run=handout)
    for each in (one, three, four):
        each.add_argument("--chapters", nargs="+", metavar="NN", default=(), help="only these, such as 01 02")
    return parser


if __name__ == "__main__":
    sys.exit(main())
