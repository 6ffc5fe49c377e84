"""Points: whose hand-in it is, when it came, and the files for Canvas, Moodle and Gradescope."""

import csv
import io
from datetime import UTC, datetime

import pytest

from instructors import collect, late, marks
from instructors.__main__ import main
from instructors.roster import match, read_roster

STEP, LENGTHS = "rnn_step_forward", "caption_lengths"
CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,RNN step (4711)
"    Points Possible",,,,,20
"Müller, Änne",1001,S1,anne,A,
"O'Neil, ""Jo""",1002,S2,jo,A,
"王, 小明",1003,S3,wang,B,
"Student, Test",9999,,,A,
'''
MOODLE = "First name;Last name;ID number;Email address\nÄnne;Müller;S1;anne@x.org\n小明;王;S3;wang@x.org\n"


def roster(folder, text, encoding="utf-8"):
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def graded(folder, **students):
    """A table of marks: student's name → verdicts on LENGTHS and STEP."""
    rows = [{"student": name, LENGTHS: one, STEP: two} for name, (one, two) in students.items()]
    marks.write(folder / "marks.csv", rows, [LENGTHS, STEP])
    return folder / "marks.csv"


def read(path):
    text = path.read_bytes().decode("utf-8")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def run(folder, *more):
    to = folder / "out"
    command = ["marks", folder / "marks.csv", "--roster", folder / "roster.csv", "--to", to, *more]
    return main([str(part) for part in command]), to


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CANVAS, "utf-8"),
        (CANVAS, "utf-8-sig"),
        (CANVAS, "utf-16"),
        (CANVAS.replace("\n", "\r\n"), "utf-8"),
        ('Nachname;Vorname;Matrikelnummer\nMüller;Änne;S1\nO\'Neil;"""Jo""";S2\n王;小明;S3\n', "utf-8-sig"),
        ('Name\tSID\nÄnne Müller\tS1\n"""Jo"" O\'Neil"\tS2\n小明 王\tS3\n', "utf-8"),
    ],
    ids=["Canvas", "with a mark", "UTF-16", "Windows", "semicolons, German", "tabs"],
)
def test_a_roster_is_read_as_it_comes(tmp_path, text, encoding):
    people = read_roster(roster(tmp_path, text, encoding))
    assert [person.name for person in people] == ["Änne Müller", '"Jo" O\'Neil', "小明 王"]
    assert [person.sis for person in people] == ["S1", "S2", "S3"]


def test_a_number_is_canvas_s_own_only_in_a_list_of_canvas(tmp_path):
    assert read_roster(roster(tmp_path, CANVAS))[0].canvas == "1001"
    (person,) = read_roster(roster(tmp_path, "Name,ID\nAnna,1001\n"))
    assert (person.canvas, person.sis) == ("", "1001")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("Näme,Email\n".encode("cp1252"), "CSV UTF-8"),
        (b"", "needs a first line"),
        (b"a,b\n1,2\n", "needs a first line"),
        (b"Name,Email\n", "nobody"),
        (b"Name,Email\nAnna,a@x\nBert,A@x\n", "two rows with a@x"),
    ],
)
def test_a_roster_that_cannot_be_used_says_why(tmp_path, content, says):
    if content is not None:
        (tmp_path / "roster.csv").write_bytes(content)
    with pytest.raises(ValueError, match=says):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    "hand_in",
    [
        "Änne Müller",
        "annemuller_1001",
        "müllerÄnne_77",
        "Änne Müller_1234567",
        "anne",
        "S1",
        "Mu\u0308ller Änne",
    ],
)
def test_a_hand_in_finds_its_owner(tmp_path, hand_in):
    people = read_roster(roster(tmp_path, CANVAS))
    found, unclear = match(people, [hand_in])
    assert (found, unclear) == ({hand_in: people[0]}, {})


def test_what_is_not_certain_is_asked(tmp_path):
    people = read_roster(
        roster(tmp_path, "Name,Email,Hand-in\nJane Doe,j1@x,\nJane Doe,j2@x,\nAnna B,a@x,\nBert,b@x,zzz_9\n")
    )
    found, unclear = match(people, ["janedoe_5", "a", "Anna B_3", "nobody", "zzz_9"])
    assert {name: person.name for name, person in found.items()} == {"zzz_9": "Bert"}
    assert unclear["janedoe_5"] == "Jane Doe <j1@x> or Jane Doe <j2@x>"
    assert unclear["nobody"] == "not in the roster"
    assert "Anna B <a@x>, as Anna B_3" in unclear["a"] and "as a" in unclear["Anna B_3"]


def test_the_file_for_canvas(tmp_path):
    roster(tmp_path, CANVAS)
    both = ("right", "right")
    graded(tmp_path, mülleränne_1001=both, wangxiaoming_1003=("right", "wrong"), jo=both)
    status, to = run(tmp_path, "--assignment", "RNN step (4711)", "--points", "7.5")
    assert status == 3  # wangxiaoming is not 小明王 for anybody who does not know it
    assert not (to / "canvas.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert read(to / "canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "RNN step (4711)"],
        ["Points Possible", "", "", "", "", "15"],
        ["Müller, Änne", "1001", "S1", "anne", "A", "15"],
        ['O\'Neil, "Jo"', "1002", "S2", "jo", "A", "15"],
    ]


def test_whoever_handed_in_nothing_has_a_row(tmp_path, capsys):
    roster(tmp_path, MOODLE)
    graded(tmp_path, anne=("right", "wrong"))
    status, to = run(tmp_path)
    assert status == 0 and "1 handed in, 1 did not" in capsys.readouterr().out
    row = ["王, 小明", "wang@x.org", "", "0", "0", "20", "", "", "nothing handed in"]
    assert read(to / "points.csv")[2] == row
    assert read(to / "moodle.csv") == [
        ["Name", "Email address", "Image captioning", "Feedback"],
        ["Änne Müller", "anne@x.org", "10", ""],
        ["小明 王", "wang@x.org", "0", "nothing handed in"],
    ]
    assert read(to / "gradescope.csv") == [
        "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status".split(","),
        ["Änne", "Müller", "S1", "anne@x.org", "", "10", "20", "Graded"],
        ["小明", "王", "S3", "wang@x.org", "", "0", "20", "Missing"],
    ]


def test_no_zero_goes_out_while_a_hand_in_has_no_owner(tmp_path, capsys):
    roster(tmp_path, MOODLE)
    graded(tmp_path, anne=("right", "right"), xiaoming=("right", "right"))
    status, to = run(tmp_path)
    assert status == 3
    assert [row[0] for row in read(to / "moodle.csv")] == ["Name", "Änne Müller"]
    assert read(to / "points.csv")[-1][2:4] == ["xiaoming", "20"]
    assert "Whose is xiaoming? Not in the roster." in capsys.readouterr().out


def test_what_is_still_to_be_decided_has_no_points(tmp_path, capsys):
    roster(tmp_path, MOODLE)
    graded(tmp_path, anne=("right", "hangs"), wang=("right", "right"))
    status, to = run(tmp_path)
    assert status == 3 and f"look at {STEP}" in capsys.readouterr().out
    assert [row[0] for row in read(to / "moodle.csv")] == ["Name", "小明 王"]
    assert read(to / "points.csv")[1][3:5] == ["10", ""]


def test_moodle_gets_no_row_that_it_would_give_to_another(tmp_path, capsys):
    roster(tmp_path, MOODLE.replace("wang@x.org", ""))
    graded(tmp_path, anne=("right", "right"), S3=("right", "right"))
    status, to = run(tmp_path)
    assert status == 3 and [row[1] for row in read(to / "moodle.csv")] == ["Email address", "anne@x.org"]
    assert "Not in moodle.csv, since it could not be told who it is: 小明 王" in capsys.readouterr().out


def test_two_of_one_name_are_two_rows(tmp_path, capsys):
    roster(tmp_path, "Name,SID\nJane Doe,1\nJane Doe,2\n")
    graded(tmp_path, **{"1": ("right", "right"), "2": ("right", "wrong")})
    status, to = run(tmp_path)
    assert status == 0 and [row[1:3] for row in read(to / "moodle.csv")[1:]] == [["1", "20"], ["2", "10"]]
    roster(tmp_path, "Name,Hand-in\nJane Doe,1\nJane Doe,2\nBert,\n")
    status, to = run(tmp_path)  # Canvas would give both to the first
    assert status == 3 and [row[0] for row in read(to / "canvas.csv")[2:]] == ["Bert"]


def test_no_name_is_a_formula(tmp_path):
    roster(tmp_path, 'Name,Email,SID\n"=HYPERLINK(""http://x"")",e@x,1\n+Bert,-b@x,2\n')
    graded(tmp_path, **{"1": ("right", "right"), "2": ("right", "right")})
    _, to = run(tmp_path, "--assignment", "@SUM(A1)")
    for path in to.iterdir():
        assert not any(cell[:1] in "=+-@" for row in read(path) for cell in row if cell), path
    assert len(read(to / "moodle.csv")) == 2  # an e-mail with an apostrophe would be nobody's


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01T23:59Z", "2026-12-01 23:59"),
        ("2026-12-01 23:59:58.123 UTC", "2026-12-01 23:59"),
        ("2026-12-01 23:59:00 -0600", "2026-12-02 05:59"),
        ("2026-12-01T23:59+01:00", "2026-12-01 22:59"),
    ],
)
def test_times_are_read(text, utc):
    assert late.parse(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M") == utc


def test_a_time_without_a_zone_is_this_computer_s():
    here = datetime(2026, 12, 1, 23, 59).astimezone()
    assert late.parse("2026-12-01T23:59") == late.parse("Tuesday, 1 December 2026, 11:59 PM") == here
    with pytest.raises(ValueError, match="is no time"):
        late.parse("01/12/2026")


@pytest.mark.parametrize(
    ("moment", "days"),
    [("23:59", 0), ("23:58", 0), ("23:59:01", 1)],
)
def test_a_part_of_a_day_counts_as_a_day(moment, days):
    rule = late.Rule(late.parse("2026-12-01T23:59Z"))
    assert rule.days(late.Time(late.parse(f"2026-12-01T{moment}Z"))) == days


def test_late_days_are_free_and_then_cost(tmp_path):
    names = "abcdef"  # a hands in on the first day, b a day later, …; f has four days
    people = [f"{name},2026-12-0{k}T12:00Z,{'4' * (name == 'f')}" for k, name in enumerate(names, 1)]
    roster(tmp_path, "\n".join(["Name,Submitted,Late days", *people]))
    graded(tmp_path, **dict.fromkeys(names, ("right", "right")))
    status, to = run(tmp_path, "--due", "2026-12-01T12:00Z", "--late-days", "1", "--penalty", "12.5")
    rows = read(to / "points.csv")[1:]
    assert status == 0 and {row[3] for row in rows} == {"20"}
    assert [row[4] for row in rows] == ["20", "20", "17.5", "15", "12.5", "17.5"]
    assert [row[7] for row in rows] == list("012345")
    assert rows[2][8] == "2 days late, 1 day free, 12.5% off"
    assert sorted(path.name for path in to.iterdir()) == ["canvas.csv", "points.csv"]  # no e-mail, no number


def test_no_penalty_takes_more_than_all(tmp_path):
    roster(tmp_path, "Name,Submitted\nAnna,2027-12-01T12:00Z\n")
    graded(tmp_path, anna=("right", "right"))
    _, to = run(tmp_path, "--due", "2026-12-01T12:00Z", "--penalty", "10")
    assert read(to / "points.csv")[1][4] == "0"


def test_canvas_says_late_and_nbgrader_when(tmp_path, capsys):
    folder = tmp_path / "handed in"
    folder.mkdir()
    for name in ("mülleränne_1001_5_01_rnn_step.ipynb", "oneiljo_LATE_1002_6_01_rnn_step-1.ipynb"):
        (folder / name).write_bytes(b"")
    stamp = folder / "wang" / "01_rnn_step" / "timestamp.txt"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("2026-12-03 00:00:00 UTC", encoding="utf-8")
    (folder / "zoe" / "01_rnn_step").mkdir(parents=True)
    found = late.times(folder, ["01"])
    moment = datetime(2026, 12, 3, tzinfo=UTC)
    assert found == {
        "mülleränne_1001": late.Time(late=False),
        "oneiljo_1002": late.Time(late=True),
        "wang": late.Time(moment),
        "zoe": late.Time(),
    }
    roster(tmp_path, CANVAS + '"Z, Zoe",1004,S4,zoe,A,\n')
    graded(tmp_path, **dict.fromkeys(found, ("missing", "right")))
    status, to = run(tmp_path, "--submissions", folder, "--due", "2026-12-02T12:00Z", "--penalty", "50")
    said = capsys.readouterr().out
    assert status == 3
    assert [row[4] for row in read(to / "points.csv")[1:]] == ["10", "", "5", "10"]
    assert "it is not known how late" in said and "The time of 1 of 4 hand-ins is not known" in said


def test_the_marks_of_nbgrader(tmp_path, capsys):
    roster(tmp_path, MOODLE + "Zoe;Z;S4;zoe@x.org\n")
    rows = [
        "assignment,duedate,timestamp,student_id,email,raw_score,late_submission_penalty,score,max_score",
        "01_rnn_step,,2026-12-03 13:00:00,anne,,15.0,0.0,15.0,30.0",
        "01_rnn_step,,,wang,,30.0,0.0,30.0,30.0",
        "01_rnn_step,,,zoe,,0.0,0.0,0.0,30.0",
        "02_rnn_sequence,,,anne,,1.0,0.0,1.0,5.0",
    ]
    (tmp_path / "marks.csv").write_text("\n".join(rows), encoding="utf-8")
    assert run(tmp_path)[0] == 1 and "say which one with --chapters" in capsys.readouterr().err
    status, to = run(tmp_path, "--chapters", "01", "--due", "2026-12-02T12:00Z", "--penalty", "10")
    assert status == 0
    assert [row[1:] for row in read(to / "moodle.csv")] == [
        ["Email address", "01", "Feedback"],
        ["anne@x.org", "12", "2 days late, 20% off"],
        ["wang@x.org", "30", ""],
        ["zoe@x.org", "0", "no points, or nothing handed in"],
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--penalty", "10"], "--due"),
        (["--due", "tomorrow"], "tomorrow is no time"),
        (["--due", "2026-12-01", "--penalty", "10"], "2026-12-01 is no time"),
        (["--due", "2026-12-01T23:59", "--penalty", "-10"], "not below 0"),
        (["--points", "many"], "--points is a number, or a CSV file"),
        (["--chapters", "77"], "has no exercise of chapter 77"),
        (["--submissions", "nowhere"], "nowhere is no folder"),
    ],
)
def test_what_is_asked_for_wrongly_says_so(tmp_path, capsys, given, says):
    roster(tmp_path, MOODLE)
    graded(tmp_path, anne=("right", "right"))
    assert run(tmp_path, *given)[0] == 1 and says in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe_77_assignsubmission_file_01_rnn_step.ipynb",
        "Jane Doe_77_assignsubmission_file_01_rnn_step (1).ipynb",
    ],
)
def test_moodle_without_folders_names_the_same_student(tmp_path, name):
    (tmp_path / name).touch()
    assert collect.student_of(tmp_path / name) == ("Jane Doe_77", "01_rnn_step")
