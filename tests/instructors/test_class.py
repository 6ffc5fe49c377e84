"""The commands of an instructor: marks that a spreadsheet opens, a summary, and errors in plain words."""

import contextlib
import csv
import os
import shutil
import subprocess
import sys

import class_of_60
import pytest
from hand_in import answer, as_notebook, hand_in
from right_answers import ANSWERS

from cs231n.exercises import bank
from instructors import collect, marks, process
from instructors.__main__ import main
from instructors.collect import Student
from instructors.judge import TRUSTED, Result
from instructors.summary import summarise, table

STEP, LENGTHS = "rnn_step_forward", "caption_lengths"
FORGOTTEN = ANSWERS[STEP].replace(" + b)", ")")


def row(name, step, mistake="", notes=()):
    return Student(
        name, ["a notebook"], {STEP: Result(step, mistake), LENGTHS: Result("right")}, list(notes)
    ).row


CLASS = [
    row("anna", "right"),
    row("bert", "wrong", "bias_forgotten"),
    row("carl", "wrong", "bias_forgotten"),
    row("dora", "wrong"),
    row("émile", "hangs", notes=["a;b,c\nd"]),
    row('=HYPERLINK("x")', "unfilled"),
]


@pytest.mark.parametrize("separator", [",", ";"])
def test_marks_come_back_as_they_were_written(tmp_path, separator):
    path = tmp_path / "marks.csv"
    marks.write(path, CLASS, [LENGTHS, STEP], separator)
    rows, exercises = marks.read(path)
    assert exercises == [LENGTHS, STEP]
    assert [r["student"] for r in rows] == ["anna", "bert", "carl", "dora", "émile", '\'=HYPERLINK("x")']
    assert rows[1][STEP + marks.MISTAKE] == "bias_forgotten"
    assert (rows[0]["right"], rows[1]["right"], rows[1]["of"]) == ("2", "1", "2")


def test_the_file_is_what_excel_needs(tmp_path):
    path = tmp_path / "marks.csv"
    marks.write(path, CLASS, [LENGTHS, STEP])
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == len(CLASS) + 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len({len(line) for line in csv.reader(file)}) == 1


def test_the_summary_counts_mistakes_and_says_what_they_are(tmp_path):
    marks.write(tmp_path / "marks.csv", CLASS, [LENGTHS, STEP])
    found = summarise(*marks.read(tmp_path / "marks.csv"))
    assert found.mistakes == {(STEP, "bias_forgotten"): 2, (STEP, "not recognised"): 1}
    assert found.states[STEP] == {"right": 1, "wrong": 3, "look at": 1, "unfilled": 1}
    text = table(found)
    assert "2  rnn_step_forward: bias_forgotten" in text and "Is every term of the formula there?" in text


def test_a_class_from_folder_to_page(tmp_path, capsys):
    folder = tmp_path / "handed in"
    hand_in(folder / "anna.ipynb", *answer(STEP))
    hand_in(folder / "bert.ipynb", "import numpy as np", FORGOTTEN)
    assert (
        main(["collect", str(folder), "--csv", str(tmp_path / "m.csv"), "--feedback", str(tmp_path / "f")])
        == 0
    )
    page = tmp_path / "class.html"
    told = ["summary", str(tmp_path / "m.csv"), "--page", str(page), "--submissions", str(folder)]
    assert main(told) == 0
    assert "bias_forgotten" in capsys.readouterr().out
    assert "Is every term of the formula there?" in page.read_text(encoding="utf-8")
    assert "Is every term of the formula there?" in (tmp_path / "f" / "bert.txt").read_text(encoding="utf-8")
    (folder / "carl.ipynb").write_bytes(b"")
    assert main(["collect", str(folder), "--csv", str(tmp_path / "m.csv"), "--chapters", "01"]) == 3
    rows, exercises = marks.read(tmp_path / "m.csv")
    assert exercises == [name for name in bank.ORDER if bank.find(name).chapter.startswith("01")]
    assert [r[STEP] for r in rows] == ["right", "wrong", "unreadable"]
    assert rows[2]["look at"] == "carl.ipynb: the file is empty"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["collect", "nowhere"], "nowhere is no folder"),
        (["collect", "empty"], "is empty"),
        (["collect", "full", "--chapters", "77"], "No exercise is in chapter 77"),
        (["collect", "course"], "is the course. Give what was handed in"),
        (["course", "full", "--chapters", "1"], "holds other things"),
        (["collect", "full", "--csv", "nowhere/m.csv"], "cannot be written"),
        (["summary", "nowhere.csv"], "There is no file nowhere.csv"),
        (["summary", "full/a.ipynb"], "cannot be used"),
        (["handout", "full"], "is not empty"),
        (["handout", "new", "--chapters", "77"], "There is no chapter 77"),
    ],
)
def test_errors_are_one_sentence_and_status_1(tmp_path, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "nbgrader_config.py").touch()
    hand_in(tmp_path / "full" / "a.ipynb", "x = 1")
    assert main(arguments) == 1
    assert says in capsys.readouterr().err


def test_the_commands_explain_themselves():
    command = [sys.executable, "-m", "instructors", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "Exit status: 0" in done.stdout


def test_who_stops_the_run_is_named_comes_last_and_at_the_third_time_is_not_judged(
    tmp_path, monkeypatch, capsys
):
    """Marks are written after each student, so that Ctrl-C and worse keep them."""
    folder, path = tmp_path / "handed in", tmp_path / "m.csv"
    for name in ("anna", "bert", "carl"):
        hand_in(folder / f"{name}.ipynb", *answer(STEP))
    real = collect.Tries.begin

    def stop_at_bert(tries, name):
        real(tries, name)
        if name == "bert":
            raise KeyboardInterrupt

    monkeypatch.setattr(collect.Tries, "begin", stop_at_bert)
    for students in (["anna"], ["anna", "carl"]):
        assert main(["collect", str(folder), "--csv", str(path)]) == 1
        told = capsys.readouterr().err
        assert f"Stopped while judging bert. The marks of {len(students)} of 3 students" in told
        assert [r["student"] for r in marks.read(path)[0]] == students
    assert main(["collect", str(folder), "--csv", str(path)]) == 3
    rows = {r["student"]: r for r in marks.read(path)[0]}
    assert {name: row[STEP] for name, row in rows.items()} == {
        "anna": "right",
        "bert": "crashes",
        "carl": "right",
    }
    assert "grading ended 2 times while this one was judged" in rows["bert"][marks.LOOK]
    assert not list(tmp_path.glob("*.running"))


def test_what_ends_the_process_that_judges_costs_one_student(tmp_path, monkeypatch):
    monkeypatch.setitem(process.ready(), "command", [])  # no sandbox, and so within reach
    hand_in(tmp_path / "anna.ipynb", "import os\nos.kill(os.getppid(), 9)", *answer(STEP))
    hand_in(tmp_path / "bert.ipynb", *answer(STEP))
    found = {student.name: student.row for student in collect.grade_all(collect.submissions(tmp_path), 10)}
    assert {name: row[STEP] for name, row in found.items()} == {"anna": "crashes", "bert": "right"}
    assert "ended the process that judges" in found["anna"][marks.LOOK]


def test_feedback_that_is_missing_is_written_for_those_who_are_judged_already(tmp_path):
    folder, path = tmp_path / "handed in", tmp_path / "m.csv"
    hand_in(folder / "anna.ipynb", *answer(STEP))
    for more in ([], ["--feedback", str(tmp_path / "f")]):
        assert main(["collect", str(folder), "--csv", str(path), *more]) == 0
    assert "✓" in (tmp_path / "f" / "anna.txt").read_text(encoding="utf-8")


def test_a_student_who_hands_in_again_is_judged_again(tmp_path):
    folder, path = tmp_path / "handed in", tmp_path / "m.csv"
    for step, verdict in ((FORGOTTEN, "wrong"), (ANSWERS[STEP], "right")):
        hand_in(folder / "anna.ipynb", "import numpy as np", step)
        main(["collect", str(folder), "--csv", str(path)])
        assert marks.read(path)[0][0][STEP] == verdict
    assert marks.read(tmp_path / "m.before.csv")[0][0][STEP] == "wrong"  # nothing is thrown away


def test_several_jobs_give_the_same_marks(tmp_path):
    folder = tmp_path / "handed in"
    for name, step in (("anna", ANSWERS[STEP]), ("bert", FORGOTTEN), ("carl", ANSWERS[STEP])):
        hand_in(folder / f"{name}.ipynb", "import numpy as np", step)
    for jobs in ("1", "2"):
        main(["collect", str(folder), "--csv", str(tmp_path / f"{jobs}.csv"), "--jobs", jobs])
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_odd_file_names_lose_no_marks(tmp_path):
    folder = tmp_path / "handed in"
    names = [
        "zoe\u0301_01_rnn_step.ipynb",
        "zo\u00e9_00_look_at_the_data.ipynb",
        "max (1).ipynb",
        "max-Copy2.ipynb",
    ]
    names += ["=cmd()_01_rnn_step.ipynb", "x" * 200 + ".ipynb"]
    for name in names:
        hand_in(folder / name, *answer(STEP))
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.ipynb")
        (folder / os.fsdecode(b"caf\xe9.ipynb")).write_bytes((folder / names[0]).read_bytes())
    path = tmp_path / "m.csv"
    assert main(["collect", str(folder), "--csv", str(path), "--feedback", str(tmp_path / "f")]) in (0, 3)
    rows, _ = marks.read(path)
    assert all(row[STEP] == "right" for row in rows)
    students = [row["student"] for row in rows]
    assert students.count("zo\u00e9") == 1 and "max" in students and "'=cmd()" in students
    assert len(rows) == (5 if hasattr(os, "mkfifo") else 4)


def test_a_class_of_60_gets_the_verdicts_that_it_should(tmp_path):
    """Honest ways of writing, mistakes, attacks, and odd names: a row for each student, and no other."""
    folder, path = tmp_path / "handed in", tmp_path / "m.csv"
    class_of_60.write(folder)
    class_of_60.write_odd_names(folder)
    assert main(["collect", str(folder), "--csv", str(path), "--jobs", "2", "--chapters", "01"]) == 3
    rows = {row["student"]: row for row in marks.read(path)[0]}
    assert {name: row[STEP] for name, row in rows.items()} == class_of_60.EXPECTED
    for name, (_, _, mistake) in class_of_60.WRONG.items():
        assert rows[f"wrong {name}"][STEP + marks.MISTAKE] == (mistake or "")
    assert {row["rnn_step_backward"] for name, row in rows.items() if name.startswith("honest")} == {"right"}
    asks = {name for name, row in rows.items() if row[marks.LOOK]}
    assert asks == {
        *(f"attack {name}" for name, (_, verdict) in class_of_60.ATTACKS.items() if verdict not in TRUSTED),
        *("Zoé", "whole course", "a pdf"),
    }


def test_names_that_cannot_be_attributed_ask(tmp_path):
    copies = [
        "Copy of {}",
        "{} - Copy",
        "{} - Copy (2)",
        "{}-Copie1",
        "Kopie von {}",
        "{} - Kopie",
        "{} - 副本",
    ]
    copies = [copy.format("01_rnn_step") for copy in copies]
    names = ("01_rnn_step (1)", "01_rnn_step (2)", "Anna_01_rnn_step", "anna_02_rnn_sequence", "homework")
    for name in (*names, *copies):
        hand_in(tmp_path / f"{name}.ipynb", "x = 1")
    notes = {student.name: student.notes for student in collect.submissions(tmp_path)}
    assert len(notes) == len(names) + len(copies) and all(notes.values())
    assert notes["Anna"] == ["is this the same student as anna?"]
    assert all("whose is this?" in notes[name][0] for name in ("01_rnn_step (1)", *copies))


ONE = "import numpy as np\n" + ANSWERS[STEP]
ODD = {  # what a file holds, and what is said of it
    "digits": (b'{"cells": [], "metadata": {"n": ' + b"9" * 5000 + b"}}", ""),
    "digits_in_code": (as_notebook("n = " + "9" * 5000, ONE), ""),
    "nested": (b'{"cells": ' + b"[" * 10**5, "not a notebook"),
    "mark": (b"\xef\xbb\xbf" + as_notebook(ONE), ""),
    "utf16": (as_notebook(ONE).decode().encode("utf-16"), ""),
    "lines": (as_notebook(ONE.replace("\n", "\r\n")), ""),
    "outputs": (as_notebook(ONE, printed="x" * 60_000_000), ""),
    "prints": (as_notebook("for k in range(100):\n    print('x' * 10**6)", ONE), ""),
    "zip": (b"PK\x03\x04", "an archive: unpack it"),
}


def test_one_hand_in_never_stops_the_class(tmp_path):
    """Honest ones, however they are stored, are right; for each of the others there is a row."""
    for name, (content, _) in ODD.items():
        (tmp_path / f"{name}.ipynb").write_bytes(content)
    link, same = tmp_path / "link.ipynb", tmp_path / "same.ipynb"
    with contextlib.suppress(OSError):
        link.symlink_to(tmp_path / "mark.ipynb")
        (tmp_path / "folder").symlink_to(tmp_path.parent, target_is_directory=True)
    (tmp_path / "other").write_bytes(as_notebook(ONE))
    os.link(tmp_path / "other", same)
    rows = {each.name: each.row for each in collect.grade_all(collect.submissions(tmp_path), 10, jobs=2)}
    for name, (_, says) in ODD.items():
        assert says in rows[name][marks.LOOK]
        wanted = "unreadable" if says else None if name == "digits" else "right"
        assert rows[name].get(STEP) == wanted, rows[name]
    links = {"same", "other", *({"link", "folder"} if link.is_symlink() else ())}
    assert {name for name, row in rows.items() if "is a link" in row[marks.LOOK]} == links
    assert {rows[name][STEP] for name in links} == {"unreadable"}


def test_no_room_for_temporary_files_is_said_in_one_line(monkeypatch):
    def full(*_):
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device")] * 500)

    monkeypatch.setattr(process, "_ready", {})
    monkeypatch.setattr(process, "_write_pack", full)
    with pytest.raises(ValueError, match="folder for temporary files") as told:
        process.ready()
    assert len(str(told.value)) < 200


def test_cells_are_no_formulas_whichever_separator_a_spreadsheet_takes():
    assert marks.plain("a;=cmd(), -1|@x") == "a;'=cmd(), '-1|'@x"
    assert marks.plain("x\x1b[31m\r\n=1") == "x [31m =1"
