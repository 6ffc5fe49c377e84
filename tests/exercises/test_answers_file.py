"""What passed is kept as plain Python, survives a restart, and is checked again when it is loaded."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cells import Notebook
from solved import ANSWERS, check_cell

from cs231n.exercises import answers, bank, check
from cs231n.exercises.notebook import answers_file

FILE = Path("my_answers.py")


def solve(*names, notebook=None, **changes):
    """Answer and check some exercises in a notebook."""
    notebook = notebook or Notebook()
    for name in names:
        old, new = changes.get(name, ("", ""))
        notebook.run(ANSWERS[name].replace(old, new) if old else ANSWERS[name])
        notebook.run(check_cell(name))
    return notebook


def mine(capsys):
    """Load the answers. Returns them and what was printed."""
    capsys.readouterr()
    return answers(), capsys.readouterr().out


def test_what_passed_is_kept_as_python_that_a_person_can_read():
    solve("rnn_step_forward")
    text = FILE.read_text(encoding="utf-8")
    assert text.startswith("# My answers") and "import numpy as np" in text
    assert "next_h = np.tanh(x @ Wx + prev_h @ Wh + b)" in text
    compile(text, "my_answers.py", "exec")


def test_what_is_wrong_or_missing_is_not_kept():
    solve("rnn_step_forward", rnn_step_forward=(" + b)", ")"))
    assert not FILE.exists()


def test_a_wrong_answer_leaves_the_right_one_of_before():
    notebook = solve("rnn_step_forward")
    before = FILE.read_bytes()
    solve("rnn_step_forward", notebook=notebook, rnn_step_forward=(" + b)", ")"))
    assert FILE.read_bytes() == before


def test_each_exercise_has_one_section_in_the_order_of_the_chapters():
    notebook = solve("word_embedding_forward", "rnn_step_forward")
    solve("rnn_step_forward", notebook=notebook, rnn_step_forward=("next_h = np", "next_h = 1.0 * np"))
    assert list(answers_file.read(FILE)) == ["rnn_step_forward", "word_embedding_forward"]
    assert "1.0 * np" in FILE.read_text(encoding="utf-8")


def test_all_answers_come_back_as_the_students_own(capsys):
    notebook = solve(*bank.ORDER)
    my, printed = mine(capsys)
    assert printed.startswith(f"All {len(bank.ORDER)} functions are your own, checked again.\n")
    assert printed.endswith("Answers are kept in my_answers.py\n")
    for name in bank.ORDER:
        function = getattr(my, name)
        assert function is not bank.find(name).reference and function is not notebook[name]
        assert "my_answers.py" in function.__code__.co_filename


def test_they_survive_a_restart_of_the_kernel(tmp_path):
    solve("rnn_step_forward", "rnn_step_backward")
    code = "from cs231n.exercises import answers\nmy = answers()\nprint(my.rnn_step_forward.__code__.co_filename)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.stderr == ""
    assert "Your own, checked again: rnn_step_forward, rnn_step_backward." in done.stdout
    assert done.stdout.strip().endswith("my_answers.py")


def test_without_a_file_all_are_the_references(capsys):
    my, printed = mine(capsys)
    assert all(getattr(my, name) is bank.find(name).reference for name in bank.ORDER)
    assert printed.count("\n") == 2 and "reference" in printed


def test_kept_functions_call_each_other(capsys):
    solve("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
    my, _ = mine(capsys)
    assert my.rnn_forward.__globals__["rnn_step_forward"] is my.rnn_step_forward
    assert my.rnn_backward.__globals__["rnn_step_backward"] is my.rnn_step_backward


@pytest.mark.parametrize("name", ["rnn_step_forward", "rnn_step_backward"])
def test_half_a_pair_is_never_mixed_with_the_reference(name, capsys):
    """A cache of the student's would break the reference's backward function, and the other way round."""
    solve("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")
    text = FILE.read_text(encoding="utf-8")
    sections = {section: source for section, (_, source) in answers_file.read(FILE).items()}
    FILE.write_text(text.replace(sections[name], "").replace(f"# === {name} ===", ""), encoding="utf-8")
    my, printed = mine(capsys)
    inputs = [
        np.random.default_rng(1).normal(size=size) for size in [(2, 3, 4), (2, 5), (4, 5), (5, 5), (5,)]
    ]
    h, cache = my.rnn_forward(*inputs)
    assert len(my.rnn_backward(h, cache)) == 5
    next_h, cache = my.rnn_step_forward(inputs[0][:, 0], *inputs[1:])
    assert len(my.rnn_step_backward(next_h, cache)) == 5
    assert "Kept but not used" in printed


def test_a_section_that_is_no_longer_right_is_not_used(capsys):
    solve("rnn_step_forward", "rnn_step_backward")
    text = FILE.read_text(encoding="utf-8")
    FILE.write_text(text.replace("@ Wh.T", "@ Wh"), encoding="utf-8")
    my, printed = mine(capsys)
    assert my.rnn_step_backward is bank.find("rnn_step_backward").reference
    assert "rnn_step_backward, because it is not right any more." in printed


@pytest.mark.parametrize("damage", ["def rnn_step_forward(:", "1 / 0", "raise SystemExit", "x = 5"])
def test_a_damaged_section_is_told_and_the_others_are_used(damage, capsys):
    solve("word_embedding_forward", "word_embedding_backward")
    with FILE.open("a", encoding="utf-8") as file:
        file.write(f"\n\n# === rnn_step_forward ===\n{damage}\n")
    my, printed = mine(capsys)
    assert "Kept but not used: rnn_step_forward" in printed
    assert my.word_embedding_forward is not bank.find("word_embedding_forward").reference


def test_a_file_of_rubbish_does_no_harm(capsys):
    FILE.write_bytes(b"\xff\xfe\x00 rubbish \n# === nothing ===\n")
    _, printed = mine(capsys)
    assert "reference" in printed
    solve("rnn_step_forward")
    assert "rnn_step_forward" in answers_file.read(FILE)


def test_helpers_constants_and_imports_of_the_notebook_are_kept_too(capsys):
    notebook = Notebook()
    notebook.run("from numpy import tanh as squash\nimport numpy.linalg as algebra\nONE = 1.0")
    notebook.run("def twice(v):\n    return v + v * ONE")
    notebook.run(
        """
        def word_embedding_forward(x, W):
            algebra.norm(W)
            return twice(W)[x] / 2 + 0 * squash(0.0), (x, W)
        """
    )
    notebook.run(check_cell("word_embedding_forward"))
    solve("word_embedding_backward", notebook=notebook)
    my, printed = mine(capsys)
    assert "Your own, checked again: word_embedding_forward, word_embedding_backward." in printed
    assert my.word_embedding_forward is not bank.find("word_embedding_forward").reference


PLAIN = ["None", "(1, 2)", "[1, [2]]", "{'a': 1}", "1.5", "np.float32(1)"]
ARRAYS = ["np.ones(3)", "np.array([np.nan, -np.inf])", "np.eye(2, dtype=bool)"]


@pytest.mark.parametrize("value", [*PLAIN, *ARRAYS, "slice", "np.float64", "print"])
def test_values_of_the_notebook_are_kept_with_the_answer(value, capsys):
    notebook = Notebook()
    notebook.run(f"table = {value}")
    notebook.run("def caption_lengths(captions):\n    table\n    return (captions > 2).sum(1)")
    printed = notebook.run(check_cell("caption_lengths"))
    assert printed.startswith("✓") and "could not be kept" not in printed
    my, printed = mine(capsys)
    assert "Your own, checked again: caption_lengths." in printed


UNKEPT = {
    "np.zeros((100, 100))": "it uses table of your notebook, an array of 10,000 values.",
    "object()": "it uses table of your notebook, whose type is object.",
    "open(__import__('os').devnull)": "it uses table of your notebook",
    "lambda: 1": "the text of <lambda> cannot be found.",
}


@pytest.mark.parametrize(("value", "reason"), UNKEPT.items())
def test_what_cannot_be_kept_is_said_at_once_with_the_reason(value, reason):
    notebook = Notebook()
    notebook.run(f"table = {value}")
    notebook.run("def caption_lengths(captions):\n    table\n    return (captions > 2).sum(1)")
    printed = notebook.run(check_cell("caption_lengths"))
    assert printed.startswith("✓") and f"could not be kept for later chapters: {reason}" in printed
    assert not FILE.exists()


def test_an_answer_that_would_not_be_right_when_loaded_is_not_kept():
    notebook = Notebook()
    notebook.run("import sys")
    notebook.run(
        """
        def caption_lengths(captions):
            loaded = sys._getframe().f_code.co_filename.endswith("my_answers.py")
            return (captions > 2).sum(1) + loaded
        """
    )
    printed = notebook.run(check_cell("caption_lengths"))
    assert printed.startswith("✓") and "loaded from there, it is not right any more" in printed
    assert not FILE.exists()


def test_an_answer_that_uses_my_answers_is_kept(capsys):
    solve("rnn_step_forward", "rnn_step_backward")
    notebook = Notebook()
    notebook.run("my = answers()")
    notebook.run(ANSWERS["rnn_forward"].replace("rnn_step_forward(", "my.rnn_step_forward("))
    notebook.run(check_cell("rnn_forward"))
    notebook.run(ANSWERS["rnn_backward"].replace("rnn_step_backward(", "my.rnn_step_backward("))
    notebook.run(check_cell("rnn_backward"))
    _, printed = mine(capsys)
    assert "rnn_forward, rnn_backward." in printed


def test_what_has_no_source_is_not_kept_and_that_is_said(capsys):
    space = {"np": np}
    exec(
        "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    return np.tanh(x @ Wx + prev_h @ Wh + b), 0", space
    )
    check(space["rnn_step_forward"])
    printed = capsys.readouterr().out
    assert "the text of rnn_step_forward cannot be found" in printed and not FILE.exists()


@pytest.mark.parametrize("value", ["", "off", "OFF"])
def test_keeping_can_be_switched_off(value, monkeypatch, tmp_path):
    monkeypatch.setenv("CS231N_ANSWERS", value)
    solve("rnn_step_forward")
    assert not list(tmp_path.iterdir())


def test_another_file_can_be_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CS231N_ANSWERS", str(tmp_path / "other.py"))
    solve("rnn_step_forward")
    assert (tmp_path / "other.py").is_file() and not FILE.exists()


def test_grading_keeps_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("CS231N_STRICT", "1")
    solve("rnn_step_forward")
    assert not list(tmp_path.iterdir())


def test_what_a_check_says_does_not_depend_on_what_was_kept():
    notebook = Notebook()
    notebook.run(ANSWERS["rnn_step_forward"])
    first = notebook.run(check_cell("rnn_step_forward"))
    assert notebook.run(check_cell("rnn_step_forward")) == first


def test_a_file_that_cannot_be_written_is_told_and_the_check_still_passes(tmp_path):
    (tmp_path / "my_answers.py.part").mkdir()
    notebook = Notebook()
    notebook.run(ANSWERS["rnn_step_forward"])
    printed = notebook.run(check_cell("rnn_step_forward"))
    assert printed.startswith("✓") and "could not be kept" in printed


def test_a_write_that_breaks_off_leaves_the_old_file_whole(monkeypatch):
    notebook = solve("rnn_step_forward")
    before = FILE.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        solve("rnn_forward", notebook=notebook)
    assert FILE.read_bytes() == before and [p.name for p in Path.cwd().iterdir()] == ["my_answers.py"]


def test_words_beyond_ascii_survive():
    notebook = Notebook()
    notebook.run(
        "def caption_lengths(captions):\n    # wörter zählen, 単語\n    return (captions > 2).sum(1)"
    )
    notebook.run(check_cell("caption_lengths"))
    assert "単語" in FILE.read_text(encoding="utf-8")
