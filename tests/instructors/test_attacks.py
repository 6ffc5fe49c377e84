"""Whatever a submission does, it is reported, and neither trusted nor able to stop the others."""

import os
import sys
import time
from pathlib import Path

import pytest
from hand_in import answer, hand_in
from right_answers import ANSWERS

from cs231n.exercises import bank
from instructors import collect, process
from instructors.judge import judge
from instructors.marks import LOOK
from instructors.notebook import NotANotebook, read

STEP = "rnn_step_forward"
HEAD = "import numpy as np\nimport os, sys, time, json\nfrom cs231n.exercises import check"
DEF = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n"
WRONG = DEF + "    return x @ Wx, None\n"
CHECK = "rnn_step_forward = check(rnn_step_forward)"
TANH = "np.tanh(x @ Wx + prev_h @ Wh + b)"


def judged(tmp_path, *cells, seconds=20):
    return judge(read(hand_in(tmp_path / "student.ipynb", HEAD, *cells)), seconds=seconds)


def status(tmp_path, *cells, name=STEP, seconds=20):
    return judged(tmp_path, *cells, seconds=seconds).results[name].status


def body(text):
    return DEF + "".join(f"    {line}\n" for line in text.splitlines())


# Hangs and crashes


def test_a_hang_ends_at_the_limit_and_the_other_exercises_are_judged(tmp_path):
    process.pack()  # once a class
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


@pytest.mark.parametrize("line", ["while True: pass", "os._exit(0)"])
def test_a_hang_or_crash_does_not_cost_the_answers_that_call_it(tmp_path, line):
    others = [text for name in ("rnn_step_backward", "rnn_forward") for text in answer(name)]
    found = judged(tmp_path, body(line), *others).results
    assert (found["rnn_step_backward"].status, found["rnn_forward"].status) == ("right", "right")
    assert found[STEP].status in ("hangs", "crashes")


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
    assert status(tmp_path, *cells) == "look at"


# The checker rewritten


FORGED = [
    "def check(function, forward=None):\n    return function",
    "import cs231n.exercises.judge.judging as j\nj.judge = lambda *a: None",
    "from cs231n.exercises import compare\nsetattr(compare, 'agrees', lambda *a: True)",
]


@pytest.mark.parametrize("cell", FORGED)
def test_a_rewritten_checker_changes_nothing(tmp_path, cell):
    assert status(tmp_path, cell, WRONG, CHECK) == "wrong"


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
    "lines",
    [
        "out = sys.argv[2]\nopen(out + '/rnn_step_forward.npz', 'wb').write(b'right')\nos._exit(0)",
        "out = sys.argv[2]\nnp.savez(out + '/part', about=np.array('{}'))\n"
        "os.replace(out + '/part.npz', out + '/rnn_step_forward.npz')\nos._exit(0)",
        "out = sys.argv[2]\nnp.savez(out + '/part', about=np.array(HEAD, dtype=object))\n"
        "os.replace(out + '/part.npz', out + '/rnn_step_forward.npz')\nos._exit(0)",
    ],
    ids=["no file of arrays", "no verdict", "a pickle"],
)
def test_a_forged_result_earns_nothing(tmp_path, lines):
    assert status(tmp_path, "import sys, os\nHEAD = [1]", body(lines)) == "look at"


def test_forged_words_do_not_make_forged_numbers_right(tmp_path):
    """The file says right, and holds what the student computed."""
    lines = (
        "about = np.array(json.dumps({'status': 'right', 'message': 'right', 'refused': []}))\n"
        "np.savez(sys.argv[2] + '/forged', about=about, **{'published/0/next_h': x @ Wx})\n"
        "os.replace(sys.argv[2] + '/forged.npz', sys.argv[2] + '/rnn_step_forward.npz')\nos._exit(0)"
    )
    assert status(tmp_path, body(lines)) == "wrong"


def test_expected_outputs_that_the_checks_keep_in_memory_earn_nothing(tmp_path):
    lines = (
        "from cs231n.exercises.run.cases import expected, cases\n"
        "for case, right in zip(cases('rnn_step_forward'), expected('rnn_step_forward')):\n"
        "    if np.array_equal(case.inputs['x'], x): return right['next_h'], None\n"
        "return x @ Wx, None"
    )
    assert status(tmp_path, body(lines)) == "reference"


@pytest.mark.parametrize("name, cache", [("rnn_step_forward", ", None"), ("soften", "")])
def test_the_solutions_of_the_bank_are_no_answers(tmp_path, name, cache):
    answer = f"def {name}(*inputs):\n    return bank.find('{name}').mistakes[0].solution(*inputs){cache}"
    assert status(tmp_path, "from cs231n.exercises import bank", answer, name=name) == "reference"


def test_an_answer_of_80_megabytes_is_large_and_no_offence(tmp_path):
    found = judged(tmp_path, body("return np.zeros((10**7,)), None")).results[STEP]
    assert found.status == "look at" and "560 MB" in found.message  # on each of seven inputs


def test_memory_files_and_processes_have_limits(tmp_path):
    pytest.importorskip("resource", reason="this system has no limits of this kind")
    cells = [
        body("return np.ones(10**9), None"),
        "def caption_lengths(captions):\n    with open('x', 'wb') as file: file.write(bytes(2 * 10**8))",
    ]
    found = judged(tmp_path, *cells).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("error", "error")
    assert "MemoryError" in found[STEP].message and "File too large" in found["caption_lengths"].message


def test_what_a_submission_started_is_ended_and_its_folder_is_gone(tmp_path):
    note = (tmp_path / "note.txt").as_posix()
    lines = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({note!r}, 'w').write(f'{{child.pid}} {{os.getcwd()}}')\n"
        f"return {TANH}, (x, prev_h, Wx, Wh, 0)"
    )
    judged(tmp_path, body(lines))
    pid, home = (tmp_path / "note.txt").read_text(encoding="utf-8").split(" ", 1)
    assert not Path(home).exists()
    if os.name != "nt":
        for _ in range(50):  # the system may take a moment
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                return
            if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text(
                encoding="utf-8"
            ):
                return
            time.sleep(0.1)
        pytest.fail("it still runs")


# A class


def grade_folder(folder, jobs=1, seconds=20):
    return list(collect.grade_all(collect.submissions(folder), seconds, 1, jobs))


def test_files_written_by_a_submission_do_not_reach_the_marks_or_the_package(tmp_path):
    folder = tmp_path / "class"
    forged = "open('marks.csv', 'w').write('right')\nreturn x @ Wx, None"
    hand_in(folder / "mallory.ipynb", HEAD, body(forged))
    (student,) = grade_folder(folder)
    assert student.results[STEP].status == "wrong"
    assert not list(tmp_path.rglob("marks.csv"))


PLANT = """
import cs231n, pathlib
top = pathlib.Path(cs231n.__file__).parents[1]
(top / "base64.py").write_text("raise RuntimeError('planted')")
(top / "cs231n" / "exercises" / "compare.py").write_text("agrees = differing = lambda *a: True")
for path in (top / "cs231n").rglob("*.pyc"): path.write_bytes(b"planted")
"""


def test_what_one_submission_plants_in_the_package_reaches_no_other(tmp_path):
    hand_in(tmp_path / "a.ipynb", HEAD, PLANT, WRONG)
    hand_in(tmp_path / "b.ipynb", HEAD, "import base64", ANSWERS[STEP], CHECK)
    hand_in(tmp_path / "c.ipynb", HEAD, WRONG, CHECK)
    found = {student.name: student.results[STEP].status for student in grade_folder(tmp_path)}
    assert found.pop("a") in ("wrong", "error", "look at")
    assert found == {"b": "right", "c": "wrong"}


def test_files_beside_a_notebook_hide_no_module_of_python(tmp_path):
    (tmp_path / "base64.py").write_text("raise RuntimeError('planted')", encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text("raise RuntimeError('planted')", encoding="utf-8")
    assert status(tmp_path, "import base64, pickle", ANSWERS[STEP], CHECK) == "right"


def test_paths_environment_and_control_characters_reach_no_message(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_TEACHER", "do not tell")
    lines = "raise ValueError(f'\\x1b[31m {os.environ} {os.getcwd()} {sys.executable}')"
    message = judged(tmp_path, body(lines)).results[STEP].message
    assert "ValueError" in message and "\x1b" not in message
    for secret in ("do not tell", "SECRET_OF", Path(sys.executable).name, str(Path.home()), "cs231n_"):
        assert secret not in message, message


def test_one_bad_submission_does_not_stop_the_class(tmp_path):
    hand_in(tmp_path / "anna" / "01_rnn_step.ipynb", HEAD, ANSWERS[STEP], CHECK)
    (tmp_path / "bert.pdf").write_bytes(b"%PDF-1.7 \xff")
    (tmp_path / "carl").mkdir()
    hand_in(tmp_path / "dora_01_rnn_step.ipynb", HEAD, body("os._exit(1)"))
    hand_in(tmp_path / "dora_00_look_at_the_data.ipynb", *answer("caption_lengths"))
    rows = {student.name: student for student in grade_folder(tmp_path)}
    found = {name: student.row[STEP] for name, student in rows.items()}
    assert found == {"anna": "right", "bert": "unreadable", "carl": "unreadable", "dora": "crashes"}
    assert rows["dora"].results["caption_lengths"].status == "right"
    assert [name for name, student in rows.items() if not student.row[LOOK]] == ["anna"]


def test_of_several_versions_the_best_counts_and_it_is_said_which(tmp_path):
    hand_in(tmp_path / "a" / "1.ipynb", HEAD, DEF + "    raise NotImplementedError")
    hand_in(tmp_path / "a" / "2.ipynb", HEAD, ANSWERS[STEP])
    hand_in(tmp_path / "a" / "solutions" / "3.ipynb", HEAD, ANSWERS["rnn_forward"])
    (student,) = grade_folder(tmp_path)
    assert student.results[STEP].status == "right" and list(student.results) == [STEP]
    assert student.row[LOOK] == (
        "1 notebooks in a folder called solutions were left out; "
        f"{STEP} is in 2 notebooks: the one in 2.ipynb counts"
    )


def test_fifteen_hanging_answers_cost_at_most_a_minute(tmp_path):
    """Some loop, some sleep, and some take just less for each call than a call may take."""
    names = [name for name in bank.ORDER if bank.find(name).forward is None][:15]
    lines = ["while True: pass", "time.sleep(99)", "time.sleep(0.9)"] * 5
    cells = [f"def {name}(*inputs):\n    {line}" for name, line in zip(names, lines, strict=True)]
    process.pack()  # once a class
    began = time.monotonic()
    found = judged(tmp_path, *cells, *answer("counted_words_loss")).results
    slow = names[2::3]
    assert {found[name].status for name in names if name not in slow} == {"hangs"}
    assert "right" not in {found[name].status for name in slow}
    assert found["counted_words_loss"].status == "right"
    assert time.monotonic() - began < 60
