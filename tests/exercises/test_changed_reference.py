"""Who writes into cs231n/rnn_layers.py, as in the old assignment, is told; no right answer is called wrong."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n.exercises import bank
from cs231n.exercises.judge.changed_reference import changed_reference

PACKAGE = Path(bank.__file__).resolve().parents[2]
RIGHT = "next_h = np.tanh(x @ Wx + prev_h @ Wh + b)"
ANSWER = f"""
import numpy as np
from cs231n.exercises import check

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    {RIGHT}
    return next_h, (x, prev_h, Wx, Wh, next_h)

def word_embedding_forward(x, W):
    return W[x], (x, W.shape)

mine = rnn_step_forward
rnn_step_forward = check(rnn_step_forward)
assert rnn_step_forward is mine
word_embedding_forward = check(word_embedding_forward)

def rnn_forward(x, h0, Wx, Wh, b):
    raise NotImplementedError("TODO")

rnn_forward = check(rnn_forward)
"""


def test_the_reference_of_the_course_is_as_its_solutions_say():
    assert not [name for name in bank.ORDER if changed_reference(name)]
    for name in bank.ORDER:
        assert any(mistake.solution for mistake in bank.find(name).mistakes), name


@pytest.mark.parametrize(
    "line, told",
    [
        (RIGHT + "  # mine", False),
        ("next_h = np.tanh(x @ Wx + prev_h @ Wh)", True),
        ('raise NotImplementedError("TODO")', True),
        ("next_h = None", True),
    ],
)
def test_an_edit_that_changes_the_numbers_is_told(tmp_path, line, told):
    shutil.copytree(PACKAGE, tmp_path / "cs231n", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "cs231n" / "rnn_layers.py"
    source = file.read_text(encoding="utf-8")
    assert source.count(RIGHT) == 1
    file.write_text(source.replace(RIGHT, line), encoding="utf-8")
    command = [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); exec(sys.stdin.read())"]
    done = subprocess.run(
        command, input=ANSWER, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert ("The course's own rnn_step_forward was changed" in said) == told
    assert said.count("git checkout cs231n") == 2 * told
    assert said.count("✓") == (1 if told else 2), (
        said
    )  # word_embedding_forward needs nothing of what was changed
