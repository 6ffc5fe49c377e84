"""Whatever a submission does, it is reported, and neither trusted nor able to stop the others."""

import os
import socket
import sqlite3
import sys
import time
from pathlib import Path

import psutil
import pytest
from hand_in import answer, hand_in
from right_answers import ANSWERS

from cs231n.exercises import bank
from cs231n.exercises.run.cases import cases, expected
from instructors import collect, marks, process
from instructors.judge import judge
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
    process.ready()  # once a class
    began = time.monotonic()
    found = judged(tmp_path, body("while True: pass"), *answer("caption_lengths"), seconds=3).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("hangs", "right")
    assert time.monotonic() - began < 20


def test_a_cell_that_sleeps_costs_itself_and_what_needs_it(tmp_path):
    cells = ["def slow(x=time.sleep(99)): pass", body("return slow()"), *answer("caption_lengths")]
    found = judged(tmp_path, *cells, seconds=4).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("look at", "right")
    assert "did not come to an end" in found[STEP].message


def test_all_cells_together_have_a_limit(tmp_path):
    cells = ["time.sleep(9)"] * 13
    found = judged(tmp_path, *answer("caption_lengths"), *cells, ANSWERS[STEP], CHECK, seconds=1).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("look at", "right")
    assert "was not run: those before it took too long" in found[STEP].message


def test_cells_that_hang_end_the_process_or_ask_cost_themselves(tmp_path):
    cells = ["while True: pass", "os._exit(3)", "data = input()", "%timeit x", "!rm -rf nothing"]
    assert status(tmp_path, *cells, ANSWERS[STEP], CHECK, seconds=4) == "right"


def test_checks_without_end_cost_their_cell(tmp_path):
    flood = "while True:\n    check(caption_lengths)"
    found = judged(tmp_path, *answer("caption_lengths"), flood, ANSWERS[STEP], CHECK).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("right", "right")


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
        ["import functools, cs231n.rnn_layers as r",
         "rnn_step_forward = functools.partial(r.rnn_step_forward)\n"
         "rnn_step_forward.__name__ = 'rnn_step_forward'"],
        ["import cs231n.rnn_layers as r", body("return staticmethod(r.rnn_step_forward)(x, prev_h, Wx, Wh, b)")],
        ["import concurrent.futures as c, cs231n.rnn_layers as r",
         body("with c.ThreadPoolExecutor() as pool:\n"
              "    return pool.submit(r.rnn_step_forward, x, prev_h, Wx, Wh, b).result()")],
        ["import cs231n.rnn_layers as r\nfrom cs231n.exercises.run.time_limit import limited",
         body("return limited(lambda: r.rnn_step_forward(x, prev_h, Wx, Wh, b))")],
        ["import types, cs231n.rnn_layers as r\nf = r.rnn_step_forward\n"
         "code = f.__code__.replace(co_filename='mine', co_name='mine')\n"
         "mine = types.FunctionType(code, f.__globals__)", body("return mine(x, prev_h, Wx, Wh, b)")],
        ["import cs231n.rnn_layers as r\nexec(open(r.__file__).read(), mine := {'__name__': 'mine'})",
         body("return mine['rnn_step_forward'](x, prev_h, Wx, Wh, b)")],
    ],
    ids=["import", "alias", "lambda", "call", "bank", "larger", "partial", "staticmethod", "thread", "limited",
         "code replaced", "exec of the source"],
)  # fmt: skip
def test_the_reference_as_the_answer_is_not_there(tmp_path, cells):
    assert status(tmp_path, *cells, CHECK) == "reference"


def test_the_models_own_loss_as_the_answer_is_not_there(tmp_path):
    cell = "def captioning_loss(model, features, captions):\n    return model.loss(features, captions)"
    assert status(tmp_path, cell, name="captioning_loss") == "reference"


@pytest.mark.parametrize("name, cache", [("rnn_step_forward", ", None"), ("soften", "")])
def test_the_solutions_of_the_bank_are_not_there(tmp_path, name, cache):
    answer = f"def {name}(*inputs):\n    return bank.find('{name}').mistakes[0].solution(*inputs){cache}"
    assert status(tmp_path, "from cs231n.exercises import bank", answer, name=name) == "error"


def test_the_reference_as_a_helper_is_no_offence(tmp_path):
    cells = ["from cs231n.exercises import answers\nmy = answers()", "rnn_step_forward = my.rnn_step_forward"]
    assert status(tmp_path, *cells, ANSWERS["rnn_forward"], name="rnn_forward") == "right"


def test_a_helper_does_not_tell_what_is_asked_for(tmp_path):
    """An answer that may call rnn_forward asks it for one step on the inputs of the step, which came before."""
    cells = [
        "from cs231n.exercises import answers\nmy, seen, told = answers(), [], {}",
        body("seen.append((x, prev_h, Wx, Wh, b))\nreturn told.get(x.tobytes(), x @ Wx), None"),
        CHECK,
        "def captioning_forward(model, features, captions):\n    for x, *others in seen:\n"
        "        told[x.tobytes()] = my.rnn_forward(x[:, None], *others)[0][:, 0]\n    return 0.0, None",
        "check(captioning_forward)\nassert told",
        CHECK,
    ]
    assert status(tmp_path, *cells) == "look at"  # right on the published inputs only


LOOK = """
import gc, glob
calls = []
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    mine = np.tanh(x @ Wx + prev_h @ Wh + b)
    calls.append(1)
    if len(calls) not in (1, 10):  # published, and drawn
        return mine, (x, prev_h, Wx, Wh, mine)
    frame, seen = sys._getframe().f_back, []
    while frame:
        seen, frame = [*seen, dict(frame.f_locals)], frame.f_back
    objects = [each for each in gc.get_objects() if type(each) in (tuple, list, dict)] + seen
    values = [v for each in objects for v in (each.values() if type(each) is dict else each)]
    arrays = [v for v in values if type(v) is np.ndarray and v is not mine and v.shape == mine.shape]
    found = [v for v in arrays if np.array_equal(v, mine)]
    words = b" ".join(open(path, "rb").read() for path in glob.glob("/proc/[0-9]*/cmdline"))
    given = {k for names in seen for k in names if k in ("seed", "expected", "verdict")}
    files = [*glob.glob("/tmp/**", recursive=True), *glob.glob("/course/**", recursive=True)]
    files = [file for file in files if file.endswith(("job.json", "solutions"))]
    assert not (found or given or files or b"seed" in words), (len(found), given, files, words)
    return mine, (x, prev_h, Wx, Wh, mine)
"""


def test_what_is_right_is_nowhere_in_the_process(tmp_path):
    """Not in an object, a frame, a file or a command line: the answer is right if it finds nothing."""
    found = judged(tmp_path, LOOK, CHECK).results[STEP]
    assert found.status == "right", found.message


def test_a_table_of_the_published_outputs_is_found_out(tmp_path):
    """The inputs of the checks are published, so their outputs can be written down at home."""
    table = {case.inputs["x"].tobytes(): right["next_h"].tolist()
             for case, right in zip(cases(STEP), expected(STEP), strict=True)}  # fmt: skip
    answer = body("return np.array(table[x.tobytes()], x.dtype) if x.tobytes() in table else x @ Wx, None")
    assert status(tmp_path, f"table = {table}", answer) == "look at"


# The checker rewritten


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


SENDER = """
import gc
from instructors.wire import Wire
wire = next(each for each in gc.get_objects() if type(each) is Wire)
"""


@pytest.mark.parametrize(
    "lines",
    [
        "wire._sink.write(b'right' * 1000)\nwire._sink.flush()\nos._exit(0)",
        "wire.send(say='gave', value=3)\nos._exit(0)",
        "wire.send(say='check', name='rnn_step_forward')\nreturn x @ Wx, None",
        "wire._sink.write(bytes(2) + b'\\xff' * 6)\nwire._sink.flush()\ntime.sleep(9)",
    ],
    ids=["no message", "no value", "a check in a check", "a terabyte"],
)
def test_a_forged_message_earns_nothing(tmp_path, lines):
    assert status(tmp_path, SENDER, body(lines)) in ("look at", "error", "crashes")


def test_forged_words_do_not_make_forged_numbers_right(tmp_path):
    """The message says right, and holds what the student computed."""
    lines = (
        "wire.send(say='gave', status='right', changed={}, count=[0, 0], value=(x @ Wx, None))\nos._exit(0)"
    )
    assert status(tmp_path, SENDER, body(lines)) in ("wrong", "crashes")


@pytest.mark.parametrize(
    "cell",
    [
        "np.savez = np.save = lambda *a, **k: None\nnp.array_equal = np.allclose = lambda *a, **k: True",
        "from instructors.child import Child\nChild.call = lambda self, **order: "
        "self.wire.send(say='gave', value=(0.0, None), changed={}, count=[0, 0])",
        "from instructors.wire import Wire\nsend = Wire.send\n"
        "Wire.send = lambda self, **m: send(self, **{**m, 'status': 'right', 'verdict': 'right'})",
    ],
    ids=["numpy", "child", "wire"],
)
def test_parts_of_the_process_replaced_earn_nothing(tmp_path, cell):
    assert status(tmp_path, cell, WRONG, CHECK) == "wrong"


def test_an_answer_of_80_megabytes_is_large_and_no_offence(tmp_path):
    found = judged(tmp_path, body("return np.zeros((10**7,)), None")).results[STEP]
    assert found.status == "look at" and "80 MB" in found.message


def test_memory_files_and_processes_have_limits(tmp_path):
    pytest.importorskip("resource", reason="this system has no limits of this kind")
    cells = [
        body("return np.ones(10**9), None"),
        "def caption_lengths(captions):\n    with open('x', 'wb') as file: file.write(bytes(2 * 10**8))",
    ]
    found = judged(tmp_path, *cells).results
    assert (found[STEP].status, found["caption_lengths"].status) == ("error", "error")
    assert "MemoryError" in found[STEP].message and "File too large" in found["caption_lengths"].message


@pytest.fixture(params=["sandbox", "no sandbox"])
def place(request, monkeypatch):
    """Where notebooks run."""
    ready = process.ready()
    if request.param == "no sandbox":
        monkeypatch.setitem(ready, "command", [])
    elif not ready["command"]:
        pytest.skip(ready["said"])
    return request.param


def running(mark):
    """Does a process run whose command line has this mark?"""
    return any(mark in " ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"]))


def test_what_a_submission_started_is_ended(tmp_path, place):
    mark = f"sleep{os.getpid()}"
    sleeps = f"[sys.executable, '-c', 'import time; time.sleep(60) # {mark}']"
    lines = f"import subprocess\nsubprocess.Popen({sleeps})\n"
    found = judged(tmp_path, body(lines + f"return {TANH}, (x, prev_h, Wx, Wh, 0)")).results[STEP]
    assert found.status == "right"
    for _ in range(50):  # the system may take a moment
        if not running(mark):
            return
        time.sleep(0.1)
    pytest.fail("it still runs")


def test_without_a_sandbox_an_honest_notebook_gets_the_same(tmp_path, monkeypatch):
    monkeypatch.setitem(process.ready(), "command", [])
    cells = ["from cs231n.coco_utils import load_coco_data\nload_coco_data('../datasets/scenes', 9)"]
    found = judged(tmp_path, *cells, ANSWERS[STEP], CHECK, *answer("caption_lengths"))
    assert {result.status for result in found.results.values()} == {"right"}, found.results
    assert not found.failed


@pytest.fixture
def sandboxed():
    """The sandbox, or a skip where there is none."""
    if not process.ready()["command"]:
        pytest.skip(process.ready()["said"])


OUTSIDE = {  # what is tried on the computer that grades; {here}: a folder outside, {python}: of the packages
    "a startup file": "open('{python}/sitecustomize.py', 'w').write('1 / 0')",
    "a .pth": "open('{python}/x.pth', 'w').write('import os; os._exit(1)')",
    "the database": "import sqlite3\nsqlite3.connect('{here}/marks.db').execute('update score set s = s + 77')",
    "submitted": "open('{here}/b.ipynb', 'w').write('right')",
    "a symbolic link": "os.symlink('{here}/b.ipynb', '{here}/c.ipynb')",
    "a hard link": "os.link('{here}/b.ipynb', '{here}/c.ipynb')",
    "a neighbour": "print(open('{here}/b.ipynb').read())",
    "the solutions": "print(open('{root}/notebooks/solutions/01_rnn_step.ipynb').read())",
    "the reference": "print(open('{root}/cs231n/rnn_layers.py').read())",
    "the network": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}').read()",
    "a process outside": "os.kill({pid}, 0)",
}


def test_what_is_outside_of_the_sandbox_is_not_there(tmp_path, sandboxed):
    """Each of these fails, and the honest answer beside it is right."""
    python = Path(process.np.__file__).parents[1]
    (tmp_path / "b.ipynb").write_text("{}", encoding="utf-8")
    sqlite3.connect(tmp_path / "marks.db").execute("create table score (s)").connection.close()
    before = sorted(python.iterdir())
    with socket.create_server(("127.0.0.1", 0)) as server:
        about = {"here": tmp_path, "python": python, "root": process.ROOT, "pid": os.getpid()}
        about["port"] = server.getsockname()[1]
        cells = [line.format(**about) for line in OUTSIDE.values()]
        found = judged(tmp_path / "student", *cells, ANSWERS[STEP], CHECK)
    assert found.results[STEP].status == "right"
    assert len(found.failed) == len(OUTSIDE), found.failed
    assert sorted(python.iterdir()) == before and not (tmp_path / "c.ipynb").exists()
    assert (tmp_path / "b.ipynb").read_text(encoding="utf-8") == "{}"


def test_signals_and_daemons_reach_nothing(tmp_path, sandboxed):
    """The parent is signalled, all that is seen is killed, and what left its session does not outlive it."""
    mark = f"daemon{os.getpid()}"
    fork = (
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60) # {mark}'])\n"
        "    os._exit(0)"
    )
    kill = "for number in (2, 15, 9):\n    os.kill(os.getppid(), number)"
    cells = [fork, kill, "os.kill(-1, 9)"]
    assert status(tmp_path, *cells, ANSWERS[STEP], CHECK, seconds=4) in ("right", "crashes", "look at")
    time.sleep(0.5)
    assert not running(mark)


# A class


def grade_folder(folder, jobs=1, seconds=20):
    return list(collect.grade_all(collect.submissions(folder), seconds, jobs))


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
    assert [name for name, student in rows.items() if not student.row[marks.LOOK]] == ["anna"]


def test_of_several_versions_the_best_counts_and_it_is_said_which(tmp_path):
    hand_in(tmp_path / "a" / "1.ipynb", HEAD, DEF + "    raise NotImplementedError")
    hand_in(tmp_path / "a" / "2.ipynb", HEAD, ANSWERS[STEP])
    hand_in(tmp_path / "a" / "solutions" / "3.ipynb", HEAD, ANSWERS["rnn_forward"])
    (student,) = grade_folder(tmp_path)
    assert student.results[STEP].status == "right" and list(student.results) == [STEP]
    assert student.row[marks.LOOK] == (
        "1 notebooks in a folder called solutions were left out; "
        f"{STEP} is in 2 notebooks: the one in 2.ipynb counts"
    )


def test_fifteen_hanging_answers_cost_at_most_a_minute(tmp_path):
    """Some loop, some sleep, and some take just less for each call than a call may take."""
    names = [name for name in bank.ORDER if bank.find(name).forward is None][:15]
    lines = ["while True: pass", "time.sleep(99)", "time.sleep(0.9)"] * 5
    cells = [f"def {name}(*inputs):\n    {line}" for name, line in zip(names, lines, strict=True)]
    process.ready()  # once a class
    began = time.monotonic()
    found = judged(tmp_path, *cells, *answer("counted_words_loss")).results
    slow = names[2::3]
    assert {found[name].status for name in names if name not in slow} == {"hangs"}
    assert "right" not in {found[name].status for name in slow}
    assert found["counted_words_loss"].status == "right"
    assert time.monotonic() - began < 60
