"""Blank scores nothing, solved scores everything, and each known mistake costs its own exercise only."""

import pytest
from hand_in import ANSWERS, hand_in

from cs231n.course.grading import judge as judging
from cs231n.course.grading.judge import judge
from cs231n.course.grading.notebook import exercises_in, needed, read
from cs231n.course.grading.process import StudentProcess
from cs231n.exercises import bank

TODO = '    raise NotImplementedError("TODO")'


def statuses(judged):
    return {name: result.status for name, result in judged.results.items()}


def judge_cells(tmp_path, *cells, seconds=20):
    return judge(hand_in(tmp_path / "student.ipynb", *cells), seconds=seconds)


def test_solved_scores_everything(tmp_path):
    found = judge_cells(tmp_path, "import numpy as np", *ANSWERS.values())
    assert statuses(found) == dict.fromkeys(bank.ORDER, "right")
    assert found.notes == []


def test_blank_scores_nothing(tmp_path):
    blank = [ANSWERS[name].partition("\n")[0] + "\n" + TODO for name in bank.ORDER]
    found = judge_cells(tmp_path, *blank)
    assert statuses(found) == dict.fromkeys(bank.ORDER, "unfilled")


MISTAKEN = """
from cs231n.exercises import bank as _bank
from cs231n.course.grading import block_reference as _guard
def {name}(*arguments):
    exercise, inputs = _bank.find("{name}"), arguments
    if exercise.forward:
        *inputs, cache = arguments
        inputs = (*inputs, *_inputs[id(cache)][0])
    _guard._depth += 1  # some mistakes in the bank are made from the reference
    outputs = exercise.mistakes[{k}].function(*inputs)
    _guard._depth -= 1
    if exercise.returns_cache:
        cache = _right(*arguments)[-1]
        outputs = (*outputs, cache) if isinstance(outputs, tuple) else (outputs, cache)
    return outputs
"""
PARTNER = """
_inputs = {{}}
def {name}(*inputs):
    returned = _own_{name}(*inputs)
    _inputs[id(returned[-1])] = inputs, returned
    return returned
"""


@pytest.fixture(scope="module")
def process():
    with StudentProcess() as started:
        yield started


@pytest.mark.parametrize("name", bank.ORDER)
def test_each_mistake_costs_its_own_exercise_only(name, process, tmp_path):
    """The answers of all other exercises are right, and call the wrong one or read its cache."""
    exercise = bank.find(name)
    others = [other for other in bank.ORDER if other != name]
    for k, mistake in enumerate(exercise.mistakes):
        right = {other: ANSWERS[other] for other in others}
        if partner := exercise.forward:  # mistakes in the bank take the inputs in place of a cache
            right[partner] = ANSWERS[partner].replace(f"def {partner}", f"def _own_{partner}")
            right[partner] += PARTNER.format(name=partner)
        own = "import numpy as np\n" + ANSWERS[name].replace(f"def {name}", "def _right")
        wrong = MISTAKEN.format(name=name, k=k)
        path = hand_in(tmp_path / f"{k}.ipynb", own, ANSWERS["logistic"], wrong, *right.values())
        cells = read(path)
        loaded, failed = judging._load(process, cells, exercises_in(cells), 20)
        assert not failed
        found = judging._judge_one(name, process, loaded, 20, 1)
        assert (found.status in ("wrong", "error"), found.mistake) == (True, mistake.name), found
        if k == 0:
            found = {other: judging._judge_one(other, process, loaded, 20, 1).status for other in others}
            assert found == dict.fromkeys(others, "right")


def test_a_right_backward_counts_though_its_forward_is_empty(tmp_path):
    """Only the names that it unpacks tell which cache it wants."""
    blank = "def {}(*inputs):\n    raise NotImplementedError('TODO')"
    step = "def rnn_step_backward(dnext_h, cache):\n    next_h, Wx, x, Wh, prev_h = cache\n"
    step += ANSWERS["rnn_step_backward"].split("= cache\n")[1]
    found = judge_cells(tmp_path, "import numpy as np", blank.format("rnn_step_forward"), step)
    assert statuses(found) == {"rnn_step_forward": "unfilled", "rnn_step_backward": "right"}


def test_only_what_the_answers_need_is_run(tmp_path):
    cells = [
        "import numpy as np\nimport matplotlib.pyplot as plt\nfrom math import *",
        "EPSILON = 1e-8\nunused = 3\ndata = load()\nplt.plot([1])",
        "def helper(x):\n    return np.tanh(x) + 0 * EPSILON * pi",
        ANSWERS["rnn_step_forward"].replace("np.tanh", "helper"),
        "rnn_step_forward = check(rnn_step_forward)\nwhile True: pass",
    ]
    chosen = needed(read(hand_in(tmp_path / "x.ipynb", *cells)), ["rnn_step_forward"])
    assert [(number, statements) for number, _, statements in chosen] == [
        (1, [0, 2]),
        (2, [0]),
        (3, [0]),
        (4, [0]),
    ]
    assert statuses(judge(tmp_path / "x.ipynb")) == {"rnn_step_forward": "right"}
