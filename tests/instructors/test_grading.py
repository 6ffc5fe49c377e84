"""Blank scores nothing, solved scores everything, and each known mistake costs its own exercise only."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hand_in import answer, hand_in
from right_answers import ANSWERS

from cs231n.exercises import bank, known_mistakes
from cs231n.exercises.compare import agrees
from cs231n.exercises.judge.failures import codes
from cs231n.exercises.run.cases import cases, expected
from instructors.judge import judge
from instructors.notebook import read

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
HEAD = (  # what the chapters import for their answers
    "import numpy as np\nfrom cs231n.rnn_layers import sigmoid, temporal_softmax_loss\n"
    "from cs231n.rnn_layers import temporal_affine_backward, temporal_affine_forward\n"
    "from cs231n.exercises import answers\nmy = answers()"
)
TODO = '    raise NotImplementedError("TODO")'


def statuses(judged):
    return {name: result.status for name, result in judged.results.items()}


def judge_cells(tmp_path, *cells, seconds=20):
    return judge(read(hand_in(tmp_path / "student.ipynb", *cells)), seconds=seconds)


def test_solved_scores_everything(tmp_path):
    found = judge_cells(tmp_path, HEAD, *ANSWERS.values())
    assert statuses(found) == dict.fromkeys(bank.ORDER, "right")
    assert found.notes == []


def test_each_chapter_with_its_solutions_scores_everything(tmp_path):
    """As students have it: what the chapter imports, and the answers of the chapters before."""
    found = {}
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        book, solved = (json.loads(p.read_bytes()) for p in (path, NOTEBOOKS / "solutions" / path.name))
        solutions = {cell["id"]: cell for cell in solved["cells"]}
        book["cells"] = [
            solutions[c["id"]] if "todo" in c["metadata"].get("tags", ()) else c for c in book["cells"]
        ]
        (tmp_path / path.name).write_text(json.dumps(book), encoding="utf-8")
        judged = judge(read(tmp_path / path.name, shared=True))
        assert not judged.notes and not judged.failed
        found |= statuses(judged)
    assert found == dict.fromkeys(bank.ORDER, "right")


def test_blank_scores_nothing(tmp_path):
    blank = [ANSWERS[name].partition("\n")[0] + "\n" + TODO for name in bank.ORDER]
    found = judge_cells(tmp_path, *blank)
    assert statuses(found) == dict.fromkeys(bank.ORDER, "unfilled")


def with_right_helpers(exercise, text):
    """The text of an answer that calls none of the notebook's others, which may be wrong."""
    for need in exercise.needs:
        text = re.sub(rf"(?<![\w.]){need}\(", f"my.{need}(", text)
    return text


def _written(name, value):
    """What a solution of the bank uses of its module, as text: the package of students has no bank."""
    if isinstance(value, int):
        return f"{name} = {value}"
    own = "exercises.bank" in (getattr(value, "__module__", None) or "")
    if not own or not hasattr(value, "__code__"):
        return ""
    return known_mistakes.source_of(value).replace(f"def {value.__name__}(", f"def {name}(")


def mistaken(name, mistake):
    """An answer with this mistake, as text. For a backward function, the forward partner keeps its inputs."""
    exercise = bank.find(name)
    room = vars(sys.modules[mistake.solution.__module__])
    used = {n for code in codes(mistake.solution.__code__) for n in code.co_names if n in room}
    used |= {n for n, value in room.items() if isinstance(value, int)}
    known = "\n\n".join(filter(None, (_written(n, room[n]) for n in sorted(used))))
    text = known_mistakes.apply(known_mistakes.source_of(mistake.solution), mistake.edits)
    text = with_right_helpers(exercise, text)
    text = known + "\n\n\n" + text.replace(f"def {mistake.solution.__name__}(", f"def _mistaken_{name}(")
    if exercise.forward:
        call = f"_mistaken_{name}(*upstream_and_cache[:-1], *_inputs[id(upstream_and_cache[-1])][0])"
        return text + f"\n\ndef {name}(*upstream_and_cache):\n    return {call}\n"
    own = with_right_helpers(exercise, ANSWERS[name].replace(f"def {name}", f"def _right_{name}"))
    outputs = f"_mistaken_{name}(*inputs)"
    if exercise.returns_cache:
        outputs = (
            f"(*({outputs},), _right_{name}(*inputs)[-1])"
            if len(exercise.outputs) == 1
            else f"(*{outputs}, _right_{name}(*inputs)[-1])"
        )
    return f"{own}\n\n{text}\n\ndef {name}(*inputs):\n    return {outputs}\n"


CHAOTIC = ("strength_on_all",)  # equations without a solution: rounding decides what comes out
OWN_HELPERS = """
def dot_cells(A, h):
    return np.einsum("nlh,nh->nl", A, h)


def mix_cells(weights, A):
    return np.einsum("nl,nlh->nh", weights, A)
"""
PARTNER = """
_inputs = globals().get("_inputs", {{}})


def {name}(*inputs):
    returned = _own_{name}(*inputs)
    _inputs[id(returned[-1])] = inputs, returned
    return returned
"""


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
def test_each_mistake_costs_its_own_exercise_only(backward, k, tmp_path):
    """All forward, or all backward exercises are wrong; the others are right, and call the wrong ones."""
    made = {
        name: [
            mistake for mistake in bank.find(name).mistakes if mistake.edits and mistake.name not in CHAOTIC
        ][k]
        for name in bank.ORDER
        if bool(bank.find(name).forward) == backward
    }
    cells = [HEAD, OWN_HELPERS]
    for name in bank.ORDER:
        if name in made:
            cells.append(mistaken(name, made[name]))
        elif any(bank.find(other).forward == name for other in made):
            own = ANSWERS[name].replace(f"def {name}", f"def _own_{name}")
            cells.append(own + PARTNER.format(name=name))
        else:
            cells.append(ANSWERS[name])
    found = judge_cells(tmp_path, *cells).results
    assert {name: found[name].mistake for name in made} == {n: mistake.name for n, mistake in made.items()}
    assert {found[name].status for name in made} <= {"wrong", "error"}
    assert {found[name].status for name in bank.ORDER if name not in made} == {"right"}


@pytest.mark.parametrize(
    "name", sorted({*bank.ORDER} - {"gradient_detective", "bptt_by_hand", "bptt_with_tanh"})
)
def test_inputs_drawn_for_a_run_have_other_numbers_and_the_reference_and_the_solution_agree_on_them(name):
    """The two that are left out have no inputs: their numbers stand in the chapter."""
    for seed in range(1, 6):
        drawn, solution = cases(name, seed), bank.find(name).mistakes[0].solution
        for case, right in zip(drawn, expected(name, seed), strict=True):
            returned = solution(*case.upstream.values(), *case.inputs.values())
            given = returned if isinstance(returned, tuple) else (returned,)
            flat = [v for value in given for v in (value.values() if isinstance(value, dict) else (value,))]
            by_name = given[-1] if isinstance(given[-1], dict) else {}
            for output, value in right.items():
                key = output.partition("['")[2].rstrip("']")
                assert agrees(value, by_name[key] if key else flat[list(right).index(output)])
        pairs = zip(drawn, cases(name), strict=True)
        assert not all(all(map(_equal, a.inputs.values(), b.inputs.values())) for a, b in pairs)


def _equal(a, b):
    return not hasattr(a, "params") and np.array_equal(a, b)


def test_a_loop_over_time_is_seen_as_in_the_notebook(tmp_path):
    loop = (
        "def weight_gradients(x, h0, h, da):\n    dWx, dWh, db, before = 0, 0, 0, h0\n"
        "    for t in range(x.shape[1]):\n        dWx = dWx + x[:, t].T @ da[:, t]\n"
        "        dWh = dWh + before.T @ da[:, t]\n        db = db + da[:, t].sum(axis=0)\n"
        "        before = h[:, t]\n    return dWx, dWh, db"
    )
    found = judge_cells(tmp_path, HEAD, loop).results["weight_gradients"]
    assert (found.status, found.mistake) == ("wrong", "loop")


def test_a_backward_that_reads_numbers_of_a_wrong_forward_is_looked_at(tmp_path):
    step = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    a = x @ Wx - prev_h @ Wh + b\n"
    step += "    return np.tanh(a), {'a': a, 'in': (x, prev_h, Wx, Wh)}"
    back = "def rnn_step_backward(dnext_h, cache):\n    x, prev_h, Wx, Wh = cache['in']\n"
    back += "    next_h = np.tanh(cache['a'])\n" + ANSWERS["rnn_step_backward"].split("= cache\n")[1]
    found = judge_cells(tmp_path, "import numpy as np", step, back)
    assert statuses(found) == {"rnn_step_forward": "wrong", "rnn_step_backward": "look at"}


def test_a_right_backward_counts_though_its_forward_is_empty(tmp_path):
    """Only the names that it unpacks tell which cache it wants."""
    blank = "def {}(*inputs):\n    raise NotImplementedError('TODO')"
    step = "def rnn_step_backward(dnext_h, cache):\n    next_h, Wx, x, Wh, prev_h = cache\n"
    step += ANSWERS["rnn_step_backward"].split("= cache\n")[1]
    found = judge_cells(tmp_path, "import numpy as np", blank.format("rnn_step_forward"), step)
    assert statuses(found) == {"rnn_step_forward": "unfilled", "rnn_step_backward": "right"}


def test_cells_run_as_they_stand_and_of_shipped_ones_only_what_an_answer_may_need(tmp_path):
    shipped = read(NOTEBOOKS / "01_rnn_step.ipynb")
    runs = "\n".join(shipped.cells.values())
    assert (
        "import numpy as np" in runs and "check(rnn_step_backward" in runs and "def rnn_step_forward" in runs
    )
    assert "plt.show" not in runs and "plt.show" in shipped.left_out
    mine = read(
        hand_in(tmp_path / "x.ipynb", "for k in range(3):\n    print(k)", "%matplotlib inline\nx = 1")
    )
    assert list(mine.cells.values()) == ["for k in range(3):\n    print(k)", "%matplotlib inline\nx = 1"]


def test_the_answer_is_the_one_at_its_check(tmp_path):
    """Played with afterwards: a later redefinition is an experiment."""
    later = ANSWERS["rnn_step_forward"].replace("np.tanh", "np.sin")
    cells = [*answer("rnn_step_forward"), later]
    assert statuses(judge_cells(tmp_path, *cells)) == {"rnn_step_forward": "right"}


def test_a_cell_that_fails_hangs_or_ends_the_process_costs_itself(tmp_path):
    bad = ["1 / 0", "while True: pass", "import os\nos._exit(3)", "import time\ntime.sleep(60)", "input()"]
    assert statuses(judge_cells(tmp_path, *bad, *answer("rnn_step_forward"), seconds=4)) == {
        "rnn_step_forward": "right"
    }


def test_a_name_of_a_cell_that_failed_here_is_looked_at_and_not_wrong(tmp_path):
    broken = "1 / 0\nscale = 1.0"
    cells = [broken, ANSWERS["rnn_step_forward"].replace("np.tanh(", "scale * np.tanh(")]
    found = judge_cells(tmp_path, "import numpy as np", *cells).results["rnn_step_forward"]
    assert found.status == "look at" and "ZeroDivisionError" in found.message
