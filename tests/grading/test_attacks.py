"""Whatever a submission does, it is reported, and neither trusted nor able to stop the others."""

import time

import pytest
from hand_in import ANSWERS, answer, hand_in

from cs231n.course.grading import collect
from cs231n.course.grading.judge import judge
from cs231n.course.grading.notebook import NotANotebook, read

STEP = "rnn_step_forward"
HEAD = "import numpy as np\nimport os, sys, time, json\nfrom cs231n.exercises import check"
DEF = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n"
WRONG = DEF + "    return x @ Wx, None\n"
CHECK = "rnn_step_forward = check(rnn_step_forward)"
TANH = "np.tanh(x @ Wx + prev_h @ Wh + b)"


def judged(tmp_path, *cells, seconds=20):
    return judge(hand_in(tmp_path / "student.ipynb", HEAD, *cells), seconds=seconds)


def status(tmp_path, *cells, name=STEP, seconds=20):
    return judged(tmp_path, *cells, seconds=seconds).results[name].status


def body(text):
    return DEF + "".join(f"    {line}\n" for line in text.splitlines())


# Hangs and crashes


def test_a_hang_ends_at_the_limit_and_the_other_exercises_are_judged(tmp_path):
    began = time.monotonic()
    found = judged(tmp_path, body("while True: pass"), *answer("caption_lengths"), seconds=3).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("hangs", "right")
    assert time.monotonic() - began < 20


def test_a_cell_that_sleeps_costs_itself_and_what_needs_it(tmp_path):
    cells = ["def slow(x=time.sleep(99)): pass", body("return slow()"), *answer("caption_lengths")]
    found = judged(tmp_path, *cells, seconds=4).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("look at", "right")
    assert "did not come to an end" in found[STEP].message


def test_cells_that_hang_end_the_process_or_ask_cost_themselves(tmp_path):
    cells = ["while True: pass", "os._exit(3)", "data = input()", "%timeit x", "!rm -rf nothing"]
    assert status(tmp_path, *cells, ANSWERS[STEP], CHECK, seconds=4) == "right"


def test_crashes_are_reported_and_the_other_exercises_are_judged(tmp_path):
    lines = {
        STEP: "os._exit(0)",
        "word_embedding_forward": "os.abort()",
        "lstm_step_forward": "import signal; signal.raise_signal(signal.SIGSEGV)",
    }
    cells = [f"def {name}(*arguments):\n    {line}" for name, line in lines.items()]
    found = judged(tmp_path, *cells, *answer("caption_lengths")).results
    assert [found[name].status for name in lines] == ["crashes"] * 3
    assert found["caption_lengths"].status == "right"


def test_an_exception_of_any_kind_is_an_error(tmp_path):
    lines = {
        "caption_lengths": "raise MemoryError",
        "rnn_step_forward": "sys.exit(0)",
        "rnn_forward": "raise KeyboardInterrupt",
        "word_embedding_forward": "np.zeros(10**14)",
        "lstm_step_forward": "input()",
        "lstm_forward": "raise type('Mine', (BaseException,), {})",
    }
    cells = [f"def {name}(*arguments):\n    {line}" for name, line in lines.items()]
    found = judged(tmp_path, *cells).results
    assert {name: result.status for name, result in found.items()} == dict.fromkeys(lines, "error")


def test_an_error_is_shown_at_the_students_own_line(tmp_path):
    message = judged(tmp_path, body("y = x\nreturn x @ Wx + prevh, None")).results[STEP].message
    assert "Line 3: return x @ Wx + prevh, None" in message
    assert "Did you mean prev_h?" in message


# Not a notebook


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"%PDF-1.7 \xff\xfe", b"[]", b'{"cells": 3}', b'{"cells": [{"source": 1}]}', b"[" * 10**5],
)
def test_a_file_that_is_no_notebook_is_named_so(tmp_path, content):
    (tmp_path / "x.ipynb").write_bytes(content)
    with pytest.raises(NotANotebook):
        read(tmp_path / "x.ipynb")


def test_a_cell_that_python_cannot_read_is_an_error_of_its_exercise(tmp_path):
    found = judged(tmp_path, DEF + "    return (", CHECK, *answer("caption_lengths")).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("error", "right")
    assert "line 2" in found[STEP].message


# The reference as an answer


@pytest.mark.parametrize(
    "cells",
    [
        ["from cs231n.rnn_layers import rnn_step_forward"],
        ["import cs231n.rnn_layers as r", "rnn_step_forward = r.rnn_step_forward"],
        ["import cs231n.rnn_layers as r", "rnn_step_forward = lambda *a: r.rnn_step_forward(*a)"],
        ["from cs231n.rnn_layers import rnn_step_forward as f", body("return f(x, prev_h, Wx, Wh, b)")],
        [body("from cs231n.exercises import bank\nf = bank.find('rnn_step_forward').reference")
         + "    return f(x, prev_h, Wx, Wh, b)"],
        ["from cs231n.rnn_layers import rnn_forward as f",
         body("h, c = f(x[:, None], prev_h, Wx, Wh, b)\nreturn h[:, 0], c")],
        [body("try:\n    my.rnn_step_forward(x, prev_h, Wx, Wh, b)\nexcept Exception: pass\n"
              f"return {TANH}, None")],
    ],
    ids=["import", "alias", "lambda", "call", "bank", "larger", "caught"],
)  # fmt: skip
def test_the_reference_as_the_answer_is_found_out(tmp_path, cells):
    assert status(tmp_path, *cells, CHECK) == "reference"


def test_the_models_own_loss_as_the_answer_is_found_out(tmp_path):
    cell = "def captioning_loss(model, features, captions):\n    return model.loss(features, captions)"
    assert status(tmp_path, cell, name="captioning_loss") == "reference"


def test_the_reference_as_a_helper_is_no_offence(tmp_path):
    cells = ["my = answers()", "rnn_step_forward = my.rnn_step_forward", ANSWERS["rnn_forward"]]
    assert status(tmp_path, *cells, name="rnn_forward") == "right"


def test_a_table_of_the_published_outputs_is_found_out(tmp_path):
    """The inputs of the checks are in the package, so their outputs can be written down at home."""
    cells = [
        "from cs231n.exercises.bank.inputs import rnn_step_inputs\n"
        "table = {}\n"
        "if True:\n"
        "    class Fill:\n"
        "        for case in rnn_step_inputs():\n"
        "            x, prev_h, Wx, Wh, b = case.inputs.values()\n"
        f"            table[x.tobytes()] = {TANH}\n",
        body("Fill\nreturn table.get(x.tobytes(), 0), None"),
    ]
    assert status(tmp_path, *cells) == "memorised"


# The checker rewritten


FORGED = [
    "def check(function, forward=None):\n    return function",
    "import cs231n.exercises.checking as checking\ncs231n.exercises.grade = lambda *a: None",
    "from cs231n.exercises import bank\nsetattr(bank, 'find', None)",
]


@pytest.mark.parametrize("cell", FORGED)
def test_a_rewritten_checker_changes_nothing_and_is_reported(tmp_path, cell):
    found = judged(tmp_path, cell, WRONG, CHECK)
    assert found.results[STEP].status == "wrong"
    assert found.notes


@pytest.mark.parametrize(
    "lines",
    [
        "import cs231n.exercises.compare as c\nc.agrees = lambda *a: True\nreturn x @ Wx, None",
        "import cs231n.exercises as e\ne.grade = e.check = lambda *a: 'right'\nreturn x @ Wx, None",
        "print('✓ rnn_step_forward is right.')\nsys.stdout.flush()\nos.write(1, b'right')\nreturn x @ Wx, None",
        "class Same(np.ndarray):\n    def __eq__(self, other): return True\n    def __sub__(self, o): return 0\n"
        "return (x @ Wx).view(Same), None",
    ],
    ids=["compare", "grade", "print", "equal to all"],
)
def test_a_checker_rewritten_while_it_runs_changes_nothing(tmp_path, lines):
    assert status(tmp_path, body(lines)) == "wrong"


@pytest.mark.parametrize(
    "line",
    ['b"right\\n"', 'b"{}\\n"', "json.dumps({'refused': [], 'returned': {'array': 'x'}}).encode() + b'\\n'"],
)
def test_writing_into_the_graders_channel_is_reported(tmp_path, line):
    """The channel is one of the open files; a student's code may try them all."""
    lines = (
        f"for fd in range(3, 20):\n    try: os.write(fd, {line})\n    except OSError: pass\nreturn {TANH}, 0"
    )
    assert status(tmp_path, body(lines)) == "tampers"


# A class


def test_files_written_by_a_submission_do_not_reach_the_marks_or_the_package(tmp_path):
    folder = tmp_path / "class"
    hand_in(
        folder / "mallory.ipynb", HEAD, body("open('marks.csv', 'w').write('right')\nreturn x @ Wx, None")
    )
    (student,) = collect.grade_folder(folder, 20)
    assert student.results[STEP].status == "wrong"
    assert not list(tmp_path.rglob("marks.csv"))


def test_a_submission_that_changes_the_package_stops_the_grading(tmp_path, monkeypatch):
    """Looked at after each student, before anyone else is judged."""
    hand_in(tmp_path / "mallory.ipynb", "x = 1")
    hand_in(tmp_path / "victim.ipynb", "x = 1")
    prints = iter([{"a.py": b"1"}, {"a.py": b"2"}])
    monkeypatch.setattr(collect, "fingerprint", lambda: next(prints))
    graded = collect.grade_folder(tmp_path, 20)
    assert next(graded).name == "mallory"
    with pytest.raises(collect.PackChanged):
        next(graded)


def test_one_bad_submission_does_not_stop_the_class(tmp_path):
    hand_in(tmp_path / "anna" / "01_rnn_step.ipynb", HEAD, ANSWERS[STEP], CHECK)
    (tmp_path / "bert.pdf").write_bytes(b"%PDF-1.7 \xff")
    (tmp_path / "carl").mkdir()
    hand_in(tmp_path / "dora_01_rnn_step.ipynb", HEAD, body("os._exit(1)"))
    hand_in(tmp_path / "dora_00_look_at_the_data.ipynb", *answer("caption_lengths"))
    rows = {student.name: student for student in collect.grade_folder(tmp_path, 20)}
    found = {name: collect.result_of(student, STEP).status for name, student in rows.items()}
    assert found == {"anna": "right", "bert": "unreadable", "carl": "unreadable", "dora": "crashes"}
    assert rows["dora"].results["caption_lengths"].status == "right"
    assert [name for name, student in rows.items() if student.to_look_at] == ["bert", "carl", "dora"]


def test_the_same_exercise_handed_in_twice_counts_once(tmp_path):
    hand_in(tmp_path / "a" / "1.ipynb", HEAD, DEF + "    raise NotImplementedError")
    hand_in(tmp_path / "a" / "2.ipynb", HEAD, ANSWERS[STEP])
    student = collect.grade_student("a", collect.submissions(tmp_path)["a"], 20)
    assert student.results[STEP].status == "right"
    assert student.notes == [f"{STEP} is in more than one notebook"]
