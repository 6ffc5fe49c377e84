"""The commands for instructors.

    python -m instructors collect FOLDER --csv marks.csv     grade a folder of submissions
    python -m instructors marks marks.csv --roster list.csv  points, and files for Canvas, Moodle and Gradescope
    python -m instructors summary marks.csv --page c.html    which mistakes the class made
    python -m instructors course FOLDER                      a course folder for nbgrader
    python -m instructors handout FOLDER                     a pack for students without the reference
    python -m instructors exam FOLDER                        paper questions, other numbers for each seed

Exit status: 0 all done; 1 it could not be done, and why is on the screen; 2 the command was not understood;
3 (collect and marks) done, and there is something for you to look at: it is on the screen.
"""

import argparse
import contextlib
import sys
from pathlib import Path


def collect(options):
    """Grade a folder of submissions into a CSV file."""
    from instructors.collect import grade_class

    return 3 if grade_class(**options) else 0


def points_files(options):
    """Write the points, and the files for the platforms."""
    from fractions import Fraction

    from instructors import late, lms
    from instructors.nbgrader_course import points_for

    due, free, penalty = (options.pop(name) for name in ("due", "late_days", "penalty"))
    if (free or penalty) and not due:
        raise ValueError("--late-days and --penalty need a --due date, such as --due 2026-12-01T23:59")
    if min(free, penalty) < 0:
        raise ValueError("--late-days and --penalty are not below 0")
    rule = late.Rule(late.parse(due), free, Fraction(str(penalty))) if due else None
    said, open_ = lms.give_points(**options | {"points": points_for(options["points"]), "rule": rule})
    print(*said, sep="\n")
    return 3 if open_ else 0


def summary(options):
    """Print a table of mistakes, and write the page."""
    from instructors import marks
    from instructors.summary import summarise, table

    path, page, folder = options["csv"], options["page"], options["submissions"]
    try:
        rows, exercises = marks.read(path)
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}. Make it with: collect FOLDER --csv {path}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be used: {error}. It should come from collect.") from None
    print(table(summarise(rows, exercises)))
    if page:
        from instructors.alike import find_alike
        from instructors.class_page import class_page
        from instructors.collect import submissions

        alike = find_alike(submissions(folder), exercises) if folder else None
        text = class_page(rows, exercises, path.name, alike)
        try:
            page.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        except OSError as error:
            raise ValueError(f"{page} cannot be written: {error.strerror}.") from None
        print(f"\nWritten: {page}")


def course(options):
    """Make a course folder for nbgrader."""
    from instructors.nbgrader_course import make_course

    for line in make_course(**options):
        print(line, flush=True)


def handout(options):
    """Make a pack for students that holds no reference."""
    from instructors.handout.make_handout import make_handout

    for line in make_handout(**options):
        print(line, flush=True)


def exam(options):
    """Write a paper exam and its answers."""
    from instructors.exam.make_exam import make_exam

    for line in make_exam(**options):
        print(line, flush=True)


def main(arguments=None):
    """Run one command. Returns the exit status."""
    with contextlib.suppress(AttributeError):  # a Windows console that lacks a letter must not stop grading
        sys.stdout.reconfigure(errors="replace")
    options = vars(_parser().parse_args(arguments))
    try:
        return options.pop("run")(options) or 0
    except (ValueError, OSError) as error:  # what happened, and what to do next
        print(error, file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m instructors",
        description="Grade a class.",
        epilog=__doc__.partition("\n\n")[2].strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("collect", help="grade a folder of submissions")
    one.add_argument("folder", type=Path, help="one file or one folder a student")
    one.add_argument("--csv", type=Path, default=Path("marks.csv"), help="where the marks go (marks.csv)")
    one.add_argument("--feedback", type=Path, help="folder for one text file a student, with all messages")
    one.add_argument("--seconds", type=float, default=10, help="time for the exercises of a notebook (10)")
    one.add_argument("--jobs", type=int, default=1, help="students judged at a time (1); as many as cores")
    one.add_argument("--separator", default=",", choices=[",", ";"], help="';' where Excel wants it")
    one.set_defaults(run=collect)

    two = commands.add_parser("summary", help="which mistakes the class made")
    two.add_argument("csv", type=Path, help="the file that collect wrote")
    two.add_argument("--page", type=Path, help="where the page with pictures goes, an HTML file")
    two.add_argument(
        "--submissions", type=Path, help="the folder that collect graded: answers that are alike"
    )
    two.set_defaults(run=summary)

    six = commands.add_parser("marks", help="points, late days, and files for Canvas, Moodle and Gradescope")
    six.add_argument("csv", type=Path, help="the file that collect wrote, or grades.csv of nbgrader export")
    six.add_argument("--roster", type=Path, required=True, help="a CSV file with the students of the class")
    six.add_argument("--to", type=Path, default=Path("points"), help="folder for the files (points)")
    six.add_argument("--assignment", help="its name in the platform, such as 'RNN step (4711)'")
    six.add_argument("--points", default="10", help="for each exercise (10), or a CSV file: exercise,points")
    six.add_argument("--submissions", type=Path, help="the folder that collect graded, for the times in it")
    six.add_argument("--due", help="when it was to be handed in: 2026-12-01T23:59")
    six.add_argument("--late-days", type=int, default=0, help="days after that which cost nothing (0)")
    six.add_argument("--penalty", type=float, default=0, help="percent off for each day more (0)")
    six.set_defaults(run=points_files)

    three = commands.add_parser("course", help="make a course folder for nbgrader")
    three.add_argument("folder", type=Path, help="a new folder, or a course folder of this command")
    points = "for each exercise (10, or as before), or a CSV file: exercise,points"
    three.add_argument("--points", help=points)
    three.set_defaults(run=course)

    four = commands.add_parser("handout", help="make a pack for students without the reference")
    four.add_argument("folder", type=Path, help="a new folder")
    four.add_argument("--course", type=Path, help="a course folder of nbgrader whose notebooks it takes")
    four.set_defaults(run=handout)

    five = commands.add_parser("exam", help="paper questions with answers")
    five.add_argument("folder", type=Path, nargs="?", default=Path("exam"), help="a new folder (exam)")
    five.add_argument("--seed", type=int, help="other numbers for each seed (one that nobody can guess)")
    five.add_argument(
        "--only", nargs="+", default=(), metavar="NAME", help="only these, such as bptt lstm_step"
    )
    five.set_defaults(run=exam)
    for each in (one, three, four, five, six):
        of = {"nargs": "+", "metavar": "NN", "default": (), "type": lambda number: number.zfill(2)}
        each.add_argument("--chapters", **of, help="only these, such as 01 02")
    return parser


if __name__ == "__main__":
    sys.exit(main())
