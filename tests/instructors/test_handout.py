"""The pack without the reference: nothing in it gives an answer away, and it still checks."""

import ast
import json
import os
import re
import subprocess
import sys

import nbformat
import polib
import pytest
from right_answers import ALL_RIGHT, ANSWERS, from_chapter

from cs231n.exercises import bank, grade
from instructors.handout import make_handout as handout
from instructors.nbgrader_course import load_build, without_links

pytest.importorskip("jupytext", reason="jupytext is not installed: pip install -e .[test]")

IN_CHAPTER_01, IN_CHAPTER_02 = (
    [name for name in bank.ORDER if bank.find(name).chapter.startswith(chapter)] for chapter in ("01", "02")
)
GRADE = """
import json, sys
from cs231n.exercises import bank, grade
space = {}
exec(sys.stdin.read(), space)
found = {}
for name in bank.ORDER:
    partner = bank.find(name).forward
    found[name] = grade(space[name], forward=space[partner] if partner else None).status
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handout") / "pack"
    list(handout.make_handout(folder))
    return folder


@pytest.fixture(scope="module")
def small_pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handout") / "small"
    list(handout.make_handout(folder, ["01", "02"]))
    return folder


def run(pack, code, given="", cwd=None):
    variables = {**os.environ, "PYTHONPATH": str(pack), "CS231N_ANSWERS": "my_answers.py", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, input=given, cwd=cwd or pack, env=variables, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def graded(pack, source):
    return json.loads(run(pack, GRADE, source))


def test_no_function_of_an_exercise_has_a_body_in_the_pack(pack):
    names = {
        *bank.ORDER,
        "rnn_states",
        "lstm_states",
        "rnn_states_backward",
        "lstm_states_backward",
        "attention_states",
        "attention_states_backward",
        "attention_lstm_step_backward",
        "attention_lstm_forward",
        "multi_head_attention_backward",
        "dot_product_attention_forward",
        "dot_product_attention_backward",
        "memory_attention",
        "self_attention",
        "softmax_backward",
        "squash_gates",
        "gates_backward",
        "squash_gates_in_place",
        "gates_backward_in_place",
        "sum_by_word",
        "linear_probe",
        "gates_while_reading",
    }
    for path in pack.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in names:
                assert isinstance(node.body[0], ast.ImportFrom) and len(node.body) == 2, (path, node.name)
                last = node.body[1]
                own = isinstance(last, ast.Return) and ast.unparse(last).startswith(
                    f"return find('{node.name}').reference("
                )
                assert own or isinstance(last, ast.Raise), (path, node.name)


ALL_CHAPTERS = [source.stem for source in load_build().chapters()]


def texts(notebook):
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize("chapter", ALL_CHAPTERS)
def test_no_chapter_promises_a_reference_or_shows_a_loop_that_is_asked_for(chapter):
    build = load_build()
    solved = nbformat.read(build.SOLVED / f"{chapter}.ipynb", as_version=4)
    source = build.SOURCE / f"{chapter}.py"
    made = handout.without_answers(without_links(build.notebook(source, solved=False)), solved)
    text = "\n".join(texts(made))
    assert not re.search(r"the\s+course's\s+own|read ours|stands in for|colab", text)
    if chapter[:2] in ("01", "02", "06"):
        assert not re.search(r"reversed\(|next_h\*\*2|1 - state\*\*2|_, dh, dc|def suspicious|class My", text)
        pictures = [cell.attachments for cell in made.cells if "attachments" in cell]
        assert pictures or chapter[:2] in ("01", "06")  # what the code draws is still to be seen
    nbformat.validate(made)


def test_no_mistake_no_solution_and_no_last_hint_is_in_the_pack(pack):
    text = "\n".join(p.read_text(encoding="utf-8") for p in pack.rglob("*") if p.suffix in (".py", ".ipynb"))
    text += run(pack, "from cs231n.exercises import bank; print(bank.STORED)")
    translated = {entry.msgid for path in pack.rglob("*.mo") for entry in polib.mofile(path) if entry.msgid}
    text += "\n".join(translated)
    assert "SOLUTION" not in text
    for name in bank.ORDER:
        exercise = bank.find(name)
        assert exercise.hints[0] in text or repr(exercise.hints[0])[1:-1] in text
        assert exercise.hints[2] not in text and exercise.hints[2][:60] not in text
        for mistake in exercise.mistakes:
            assert mistake.sentence not in text
            assert not {mistake.sentence, mistake.claim, mistake.among_others} & translated


def test_of_the_docs_only_the_glossary_is_in_the_pack(pack):
    assert [path.name for path in (pack / "docs").rglob("*")] == ["glossary.md"]
    assert not (pack / "instructors").exists()


def test_right_answers_are_recognised(pack):
    assert graded(pack, ALL_RIGHT) == dict.fromkeys(bank.ORDER, "right")


def test_wrong_and_unfilled_answers_are_recognised(pack):
    wrong = ALL_RIGHT.replace("1 - next_h**2", "1 - next_h").replace("f * prev_c + i * g", "f * prev_c + g")
    found = graded(pack, wrong)
    assert found["rnn_step_backward"] == found["lstm_step_forward"] == "wrong"
    assert found["rnn_step_forward"] == found["captioning_sample"] == found["weight_gradients"] == "right"
    blank = "".join(f"def {name}(*given):\n    raise NotImplementedError('TODO')\n" for name in bank.ORDER)
    assert graded(pack, blank) == dict.fromkeys(bank.ORDER, "unfilled")


MORE_WORK_THAN_NEEDED = """
def weight_gradients(x, h0, h, da):
    dWx, dWh, db = 0, 0, 0
    for t in range(x.shape[1]):
        before = h[:, t - 1] if t else h0
        dWx, dWh, db = dWx + x[:, t].T @ da[:, t], dWh + before.T @ da[:, t], db + da[:, t].sum(axis=0)
    return dWx, dWh, db

def counted_words_loss(h, y, mask, W, b):
    h, one_hot = np.where(mask[:, :, None], h, 0), np.eye(len(b), dtype=h.dtype)[y]
    p = np.exp(h @ W + b)
    p /= p.sum(axis=2, keepdims=True)
    loss = -(np.log((p * one_hot).sum(axis=2)) * mask).sum() / len(h)
    dscores = (p - one_hot) * mask[:, :, None] / len(h)
    return loss, dscores @ W.T, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))
"""


def test_a_loop_and_work_for_padding_are_seen_as_in_the_repository(pack):
    found = graded(pack, ALL_RIGHT + MORE_WORK_THAN_NEEDED)
    wrong = ("weight_gradients", "counted_words_loss")
    assert found == dict.fromkeys(bank.ORDER, "right") | dict.fromkeys(wrong, "wrong")
    space = {}
    exec(ALL_RIGHT + MORE_WORK_THAN_NEEDED, space)
    mistakes = [grade(space[name]).mistake for name in wrong]
    assert mistakes == ["loop", "computed_everywhere"]


def test_an_answer_that_calls_one_which_is_missing_waits(pack):
    code = "from cs231n.exercises import check, bank\n"
    code += "rnn_step_forward = bank.find('rnn_step_forward').reference\nimport numpy as np\n"
    printed = run(pack, code + ANSWERS["rnn_forward"] + "\ncheck(rnn_forward)")
    assert printed.startswith("○ rnn_forward cannot be checked yet.")
    assert "rnn_step_forward is needed here. Its check in chapter 01 has to say ✓ first." in printed


def test_a_cache_that_only_an_empty_function_could_make_is_not_called_an_error(pack):
    code = "from cs231n.exercises import check\ndef rnn_step_forward(x, prev_h, Wx, Wh, b):\n"
    code += "    raise NotImplementedError\ndef rnn_step_backward(dnext_h, cache):\n    return cache['dx']\n"
    printed = run(pack, code + "check(rnn_step_backward, forward=rnn_step_forward)")
    assert printed.startswith("○ rnn_step_backward cannot be judged yet")


def test_an_answer_that_is_kept_and_not_used_says_why(pack, tmp_path):
    """The cache holds nothing, so the backward function cannot read it."""
    step = ANSWERS["rnn_step_forward"].partition("    return")[0] + "    return next_h, None\n"
    sections = {"rnn_step_forward": step, "rnn_step_backward": ANSWERS["rnn_step_backward"]}
    text = "\n".join(f"# === {name} ===\n{section}" for name, section in sections.items())
    (tmp_path / "my_answers.py").write_text(text, encoding="utf-8")
    code = "import numpy as np\nfrom cs231n import rnn_layers\ntry:\n"
    code += (
        "    rnn_layers.rnn_step_backward(np.zeros((2, 2)), None)\nexcept RuntimeError as error: print(error)"
    )
    printed = run(pack, code, cwd=tmp_path)
    assert "Yours is kept, but not used: it cannot read the cache of your rnn_step_forward." in printed


def test_a_pack_speaks_only_of_its_own_chapters(small_pack):
    names = run(small_pack, "from cs231n.exercises import bank, progress; print(bank.ORDER); progress()")
    assert "rnn_backward" in names and "lstm" not in names and "caption_lengths" not in names
    links = set()
    for path in (small_pack / "notebooks").glob("*.ipynb"):
        text = "\n".join(texts(nbformat.read(path, as_version=4)))
        links |= set(re.findall(r"\]\(((?!http|attachment)[^)#]*)", text))
    assert links and not [link for link in links if not (small_pack / "notebooks" / link).exists()]


def test_start_opens_the_first_chapter_of_the_pack_and_a_hub_can_bring_later_ones(small_pack):
    assert '"notebooks/01_rnn_step.ipynb"' in (small_pack / "start.py").read_text(encoding="utf-8")
    assert "nbgitpuller" in (small_pack / ".binder" / "requirements.txt").read_text(encoding="utf-8")
    assert "my_answers.py" in (small_pack / ".gitignore").read_text(encoding="utf-8")


def test_a_course_without_these_chapters_is_named_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="Not all of these chapters"):
        list(handout.make_handout(tmp_path / "pack", ["01"], tmp_path / "course"))
    assert not (tmp_path / "pack").exists()


def code_cells(build, source):
    return [cell.source for cell in build.notebook(source, solved=False).cells if cell.cell_type == "code"]


def test_every_chapter_can_import_what_it_names(pack):
    build = load_build()
    cells = [text for source in build.chapters() for text in code_cells(build, source)]
    statements = [statement for text in cells for statement in ast.parse(text).body]
    imports = [ast.unparse(s) for s in statements if isinstance(s, ast.Import | ast.ImportFrom)]
    run(pack, "\n".join(dict.fromkeys(imports)))


def execute(pack, chapter, answers=()):
    """The errors of a notebook in which these exercises are filled in, and what its checks print."""
    build = load_build()
    notebook = nbformat.read(pack / "notebooks" / f"{chapter}.ipynb", as_version=4)
    for cell in notebook.cells:
        for name in answers:
            if cell.source.startswith(f"def {name}("):
                cell.source = from_chapter(name)
    client = build.NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(pack / "notebooks")}},
    )
    client.execute(env={**os.environ, "PYTHONPATH": str(pack), "CS231N_ANSWERS": "my_answers.py"})
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    errors = [output for output in outputs if output.output_type == "error"]
    return errors, "".join(output.text for output in outputs if output.output_type == "stream")


WAYS_ROUND = """
import json
import numpy as np
from cs231n import rnn_layers
from cs231n.exercises import bank, check
from cs231n.exercises.run.cases import cases, expected

def rnn_step_forward(*given):
    return bank.find("rnn_step_forward").reference(*given)
check(rnn_step_forward)

def rnn_step_forward(*given):
    return rnn_layers.rnn_step_forward(*given)
check(rnn_step_forward)

def rnn_step_forward(x, *others):
    for case, outputs in zip(cases("rnn_step_forward"), expected("rnn_step_forward")):
        if np.array_equal(case.inputs["x"], x):
            return outputs["next_h"], (x, *others, outputs["next_h"])
check(rnn_step_forward)

def caption_lengths(captions):
    return bank.STORED["caption_lengths"][2][0]
check(caption_lengths)
"""


def test_nothing_of_the_package_is_taken_for_an_answer(pack):
    printed = run(pack, WAYS_ROUND)
    assert printed.count("of the package, which computes the answer for it") == 3
    assert "✓" not in printed


def test_an_unfilled_notebook_says_what_needs_to_be_right_first(pack):
    errors, printed = execute(pack, "01_rnn_step")
    needed = "rnn_step_forward is needed here. Its check in chapter 01 has to say ✓ first."
    assert errors[0].evalue == needed and errors[0].traceback == [needed]
    assert {error.ename for error in errors} == {"NotYet"}
    assert all(error.evalue.endswith(needed) for error in errors)
    assert "rnn_step_forward is not filled in yet" in printed and "the reference" not in printed


def test_filled_notebooks_run_to_the_end_and_later_chapters_use_the_answers(pack):
    errors, printed = execute(pack, "01_rnn_step", IN_CHAPTER_01)
    assert errors == []
    assert "✓ rnn_step_backward is right" in printed
    errors, printed = execute(pack, "02_rnn_sequence", IN_CHAPTER_02)
    assert errors == []
    assert "✓ rnn_backward is right" in printed
