"""What check, hint, progress, answers and agree print, return and keep."""

import functools
import io
import os
import subprocess
import sys
import textwrap
import threading
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from cells import Notebook
from right_answers import ANSWERS, check_cell, from_chapter
from students import ALL, DA, RIGHT, backward, forward, says

import cs231n
from cs231n import rnn_layers
from cs231n.exercises import NotRight, agree, answers, as_written, bank, check, grade, hint, progress
from cs231n.exercises.notebook import answers_file
from cs231n.exercises.notebook.session import SESSION
from cs231n.rnn_layers import rnn_forward, rnn_step_backward, rnn_step_forward


def solve(*names, notebook=None, **changes):
    """Answer and check some exercises in a notebook."""
    notebook = notebook or Notebook()
    for name in names:
        old, new = changes.get(name, ("", ""))
        notebook.run(ANSWERS[name].replace(old, new) if old else ANSWERS[name])
        notebook.run(check_cell(name))
    return notebook


# ---- check


def test_check_gives_back_the_right_answer_itself():
    answer = forward(f"return {RIGHT}, (x, prev_h, Wx, Wh, {RIGHT})")
    assert check(answer) is answer


@pytest.mark.parametrize(
    "body", ["raise NotImplementedError", "return x, 1", f"return {RIGHT.replace(' + b', '')}, 1"]
)
def test_check_gives_back_the_reference_otherwise_and_says_so(body, capsys):
    assert check(forward(body)) is rnn_step_forward
    assert "the reference stands in" in capsys.readouterr().out


CACHES = {
    "a dict": "a = x @ Wx + prev_h @ Wh + b\nreturn np.tanh(a), {'a': a, 'in': [x, prev_h], 'w': (Wx, Wh)}",
    "another order": f"next_h = {RIGHT}\nreturn next_h, (next_h, Wh, b, Wx, prev_h, x)",
    "the references": f"next_h = {RIGHT}\nreturn next_h, (x, prev_h, Wx, Wh, next_h)",
}


@pytest.mark.parametrize("body", CACHES.values(), ids=CACHES)
def test_the_reference_reads_the_cache_of_a_right_forward_function(body, capsys):
    own = forward(body)
    stood_in = check(forward("raise NotImplementedError", "rnn_step_backward", "dnext_h, cache"), forward=own)
    arguments = [np.random.default_rng(0).normal(size=s) for s in [(2, 3), (2, 4), (3, 4), (4, 4), (4,)]]
    ours, theirs = rnn_step_forward(*arguments), own(*arguments)
    for a, b in zip(rnn_step_backward(ours[0], ours[1]), stood_in(ours[0], theirs[1]), strict=True):
        np.testing.assert_allclose(a, b)
    says(grade(stood_in), "unfilled", "is the reference now")


@pytest.mark.parametrize("name", [name for name in bank.ORDER if bank.find(name).forward])
def test_the_notebook_goes_on_where_only_the_backward_half_is_missing(name):
    notebook = Notebook()
    for each in bank.ORDER:
        if each == name:
            notebook.run(f"def {name}(*arguments):\n    raise NotImplementedError")
        else:
            notebook.run(ANSWERS[each])
        printed = notebook.run(check_cell(each))
        assert printed.startswith("○" if each == name else "✓"), printed
    exercise = bank.find(name)
    case = exercise.cases()[0]
    cache = notebook[exercise.forward](*case.inputs.values())[-1]
    gradients = notebook[name](*case.upstream.values(), cache)
    reference_cache = bank.find(exercise.forward).reference(*case.inputs.values())[-1]
    expected = exercise.reference(*case.upstream.values(), reference_cache)
    gradients, expected = [g if isinstance(g, tuple) else (g,) for g in (gradients, expected)]
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_a_right_backward_half_of_a_wrong_pair_does_not_break_the_notebook():
    notebook = Notebook()
    notebook.run(ANSWERS["rnn_step_forward"].replace(" + b)", ")"))
    notebook.run(check_cell("rnn_step_forward"))
    notebook.run(ANSWERS["rnn_step_backward"])
    printed = notebook.run(check_cell("rnn_step_backward"))
    assert "✓ rnn_step_backward is right" in printed and "the reference stands in here" in printed
    notebook.run("_, cache = rnn_step_forward(*(np.ones(s) for s in [(2, 3), (2, 4), (3, 4), (4, 4), 4]))")
    notebook.run("rnn_step_backward(np.ones((2, 4)), cache)")


def test_nothing_goes_to_stderr_even_with_overflow(capfd):
    notebook = Notebook()
    notebook.run("import sys, warnings")
    notebook.run(
        """
        def lstm_step_forward(x, *others):
            print("noise", file=sys.stderr)
            warnings.warn("more noise")
            np.exp(x * 1e6)
            return x
        """
    )
    check(notebook["lstm_step_forward"])
    assert capfd.readouterr().err == ""


def test_prints_of_the_answer_are_shown_once(capsys):
    check(forward(f"print('here', x.shape)\nreturn {RIGHT}, None"))
    assert capsys.readouterr().out.count("here (3, 5)") == 1


def test_the_stop_button_is_one_line_and_leaves_all_as_it_was(tmp_path):
    notebook = Notebook()
    notebook.run(ANSWERS["rnn_step_forward"].replace(" + b)", ")"))
    own = notebook["rnn_step_forward"]
    notebook.run(
        """
        def rnn_forward(*arguments):
            if rnn_step_forward.__module__ != "__main__":
                raise KeyboardInterrupt
        """
    )
    state = np.random.get_state()[1].copy()
    printed = notebook.run("rnn_forward = check(rnn_forward)")
    assert printed == "■ rnn_forward was stopped. The reference stands in.\n"
    assert notebook["rnn_forward"] is rnn_forward
    assert notebook["rnn_step_forward"] is own
    assert (np.random.get_state()[1] == state).all()
    assert not list(tmp_path.iterdir())


def test_a_check_leaves_the_random_numbers_alone():
    np.random.seed(0)
    check(forward("np.random.seed(5)\nreturn x, 1"))
    assert np.random.rand() == np.random.RandomState(0).rand()


@pytest.mark.parametrize("wrong", [lambda x: x, None, 3, np.tanh])
def test_what_is_no_exercise_is_refused_with_the_names(wrong):
    with pytest.raises(ValueError, match="The exercises are"):
        grade(wrong)


def test_a_misspelt_exercise_is_guessed():
    with pytest.raises(ValueError, match="Did you mean rnn_step_forward"):
        bank.find("rnn_step_foward")


def test_the_reference_of_the_check_is_the_packages_own():
    for name in bank.ORDER:
        assert getattr(rnn_layers, name, bank.find(name).reference) is bank.find(name).reference


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_an_old_terminal_can_print_it(encoding, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    check(backward(DA + ALL), forward=rnn_step_forward)
    check(forward("return x, 1"))
    print(progress())
    terminal.flush()
    text = terminal.buffer.getvalue().decode(encoding)
    assert "rnn_step_backward is right" in text and "rnn_step_forward is not right yet" in text
    assert ("\u2713" in text) == ("\u25cb" in text) == (encoding == "utf-8")


# ---- hint and progress


@pytest.mark.parametrize("name", bank.ORDER)
def test_three_hints_one_more_each_time(name, capsys):
    for _ in range(5):
        hint(name)
    printed = " ".join(capsys.readouterr().out.split())
    for number, text in enumerate(bank.find(name).hints, 1):
        assert f"Hint {number} of 3 for {name}" in printed and text in printed
    assert printed.count("Hint 3 of 3") == 3 and "This was the last one." in printed


def test_a_hint_for_a_function(capsys):
    hint(rnn_step_forward)
    assert capsys.readouterr().out.startswith("Hint 1 of 3 for rnn_step_forward:")


@pytest.mark.parametrize("name", bank.ORDER)
def test_hints_never_hold_a_line_of_the_solution(name):
    lines = {line.strip() for line in ANSWERS[name].splitlines() if len(line.strip()) > 12}
    assert not any(line in text for line in lines for text in bank.find(name).hints)


class Reader(HTMLParser):
    """Collects the text, and fails where a tag is not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        assert not any(key in ("src", "href") for key, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_progress_begins_with_nothing():
    first = bank.ORDER[0]
    assert repr(progress()).splitlines()[0] == f"0 of {len(bank.ORDER)} exercises are right. Next: {first}."


def test_progress_shows_what_is_done_and_what_is_next():
    notebook = solve("caption_lengths")
    notebook.run("def rnn_step_forward(*a):\n    return a[0], 1")
    notebook.run(check_cell("rnn_step_forward"))
    shown = progress()
    for text in (repr(shown), Reader(shown._repr_html_()).text):
        assert f"1 of {len(bank.ORDER)} exercises are right. Next: rnn_step_forward." in text
        assert "✓ caption_lengths" in text and "✗ rnn_step_forward" in text and "○ lstm_backward" in text


def test_progress_remembers_what_was_kept():
    solve("caption_lengths")
    SESSION.forget()  # a new kernel
    assert repr(progress()).startswith("1 of ")


def test_all_done():
    solve(*bank.ORDER)
    assert "That is all of them" in repr(progress())


# ---- the session

STEP = "rnn_step_forward"


def written(source):
    """The student's function as it stood in the cell, and what the session says was written."""
    notebook = Notebook()
    notebook.run(source)
    own = notebook[STEP]
    notebook.run(check_cell(STEP))
    return own, as_written(STEP)


def test_a_right_answer_is_given_back():
    own, remembered = written(ANSWERS[STEP])
    assert remembered is own


def test_so_is_a_wrong_one_and_not_the_reference_that_stands_in():
    own, remembered = written(ANSWERS[STEP].replace(" + b)", ")"))
    assert remembered is own


def test_so_is_one_that_fails():
    own, remembered = written(f"def {STEP}(*inputs):\n    return inputs[9]")
    assert remembered is own


def test_an_unfilled_one_is_none_and_so_is_one_never_checked():
    assert written(f"def {STEP}(*inputs):\n    raise NotImplementedError")[1] is None
    assert as_written("lstm_forward") is None


def test_a_check_that_runs_again_on_the_reference_forgets_nothing():
    notebook = Notebook()
    notebook.run(ANSWERS[STEP].replace(" + b)", ")"))
    own = notebook[STEP]
    notebook.run(check_cell(STEP))
    notebook.run(check_cell(STEP))
    assert as_written(STEP) is own


def test_a_name_of_no_exercise_is_refused():
    with pytest.raises(ValueError, match="Did you mean rnn_step_forward"):
        as_written("rnn_step_foward")


# ---- agree


@pytest.mark.parametrize(
    "yours, other",
    [(0.25, 0.25), (3, 3), (3.0, 3), (np.int64(3), 3), (0.3333333, 1 / 3), ([1, 2], np.array([1, 2]))]
    + [("two red", "two red"), (np.float32(0.1), 0.1), (np.array([0.5, 0.25]), np.array([0.5, 0.25]))],
)
def test_the_same_value_is_right(yours, other, capsys):
    assert agree(yours, other) is other
    assert capsys.readouterr().out.startswith("✓ Right")


def test_an_empty_value_blocks_nobody(capsys):
    assert agree(None, 4) == 4
    assert capsys.readouterr().out.startswith("○ Not filled in yet.")


@pytest.mark.parametrize(
    "yours, other, said",
    [
        (0.25, 0.5, "Expected 0.5, yours 0.25."),
        (4, 3, "Expected 3, yours 4."),
        ("two", "two red", "Expected 'two red', yours 'two'."),
        ([1, 2, 3], np.array([1, 2]), "Shape: expected (2,), yours (3,)."),
        (np.array([1, 2, 5]), np.array([1, 2, 3]), "yours[2]"),
        (np.nan, 0.5, "yours nan"),
        ("four", 4, "Its type is str."),
        (len, 4, "Its type is builtin_function_or_method."),
        ([[1], [2, 3]], np.array([1, 2]), "Its type is list."),
    ],
)
def test_a_wrong_value_is_shown_beside_the_right_one_which_is_used(yours, other, said, capsys):
    assert agree(yours, other) is other
    printed = capsys.readouterr().out
    assert printed.startswith("✗ Not right yet.") and said in printed


# ---- answers

FILE = Path("my_answers.py")


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


def test_a_long_list_of_names_is_counted(capsys):
    solve(*bank.ORDER[:12])
    my, printed = mine(capsys)
    assert printed.startswith("12 functions are your own, checked again: print(my) lists them.\n")
    assert all(name in repr(my) and name not in printed for name in bank.ORDER[:12])


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


def test_what_comes_later_is_not_listed(capsys):
    solve("rnn_step_forward", "rnn_step_backward")
    _, printed = mine(capsys)
    assert "caption_lengths" in printed and "rnn_forward" not in printed and "lstm" not in printed


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


@pytest.mark.parametrize("value", [*PLAIN, *ARRAYS, "slice", "np.float64", "print", "lambda: 1"])
def test_values_of_the_notebook_are_kept_with_the_answer(value, capsys):
    notebook = Notebook()
    notebook.run(f"table = {value}")
    notebook.run("def caption_lengths(captions):\n    table\n    return (captions > 2).sum(1)")
    printed = notebook.run(check_cell("caption_lengths"))
    assert printed.startswith("✓") and "could not be kept" not in printed
    my, printed = mine(capsys)
    assert "Your own, checked again: caption_lengths." in printed


def test_a_lambda_is_an_answer_to_the_exercise_whose_name_it_has(capsys):
    notebook = Notebook()
    notebook.run("caption_lengths = lambda captions: (captions > 2).sum(axis=1)")
    assert "caption_lengths is right" in notebook.run(check_cell("caption_lengths"))
    assert "Your own, checked again: caption_lengths." in mine(capsys)[1]
    notebook.run("caption_lengths = lambda captions: captions.sum(axis=1)")
    assert "caption_lengths is not right yet" in notebook.run(check_cell("caption_lengths"))


UNKEPT = {
    "np.zeros((100, 100))": "it uses table of your notebook, an array of 10,000 values.",
    "object()": "it uses table of your notebook, whose type is object.",
    "open(__import__('os').devnull)": "it uses table of your notebook",
    "(lambda: 1)": "the text of table cannot be found.",
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


# ---- where answers are kept


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder, with the package installed elsewhere, as a wheel is."""
    monkeypatch.delenv("CS231N_ANSWERS")
    monkeypatch.setattr(cs231n, "__file__", str(tmp_path / "site-packages" / "cs231n" / "__init__.py"))
    for folder in ("course/notebooks/solutions", "course/docs", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("course/notebooks", "course/notebooks/solutions"):
        (tmp_path / folder / "01_rnn_step.ipynb").touch()
    return tmp_path / "course"


@pytest.mark.parametrize("start", [".", "notebooks", "notebooks/solutions", "docs"])
def test_it_is_in_the_notebooks_folder_of_the_course(course, start, monkeypatch):
    monkeypatch.chdir(course / start)
    assert answers_file.path().resolve() == (course / "notebooks" / "my_answers.py").resolve()


def test_a_kernel_started_elsewhere_finds_the_course_beside_the_package(course, monkeypatch):
    monkeypatch.setattr(cs231n, "__file__", str(course / "cs231n" / "__init__.py"))
    monkeypatch.chdir(course.parent / "elsewhere")
    assert answers_file.path().resolve() == (course / "notebooks" / "my_answers.py").resolve()


def test_with_an_installed_wheel_and_no_course_it_is_in_the_working_folder(course, monkeypatch):
    monkeypatch.chdir(course.parent / "elsewhere")
    assert answers_file.path() == Path.cwd() / "my_answers.py"


def test_notebooks_copied_to_one_folder_keep_their_answers_there(course, monkeypatch):
    monkeypatch.chdir(course.parent / "elsewhere")
    Path("02_rnn_sequence.ipynb").touch()
    assert answers_file.path() == Path.cwd() / "my_answers.py"


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write"
)
def test_a_course_that_cannot_be_written_is_left_alone(course, monkeypatch):
    monkeypatch.chdir(course)
    (course / "notebooks").chmod(0o500)
    assert answers_file.path() == Path.cwd() / "my_answers.py"


def test_the_environment_still_rules(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("CS231N_ANSWERS", "mine.py")
    assert answers_file.path() == course / "mine.py" and "Answers are kept in mine.py" in repr(progress())
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    assert answers_file.path() is None and "kept in" not in repr(progress())


def test_progress_names_the_file(course, monkeypatch):
    monkeypatch.chdir(course)
    assert f"Answers are kept in {Path('notebooks', 'my_answers.py')}" in repr(progress())
    assert "Answers are kept in" in progress()._repr_html_()


# ---- grading


def points(changed=None, cell=None):
    """Run the solved notebook, with one cell changed, and give the exercises whose check passed."""
    notebook = Notebook()
    passed = set()
    for name in bank.ORDER:
        notebook.run(cell if name == changed else ANSWERS[name])
        try:
            notebook.run(check_cell(name))
            passed.add(name)
        except NotRight:
            pass
    return passed


@pytest.fixture
def strict(monkeypatch):
    monkeypatch.setenv("CS231N_STRICT", "1")


def test_solved_scores_full(strict):
    assert points() == set(bank.ORDER)


def blank(name):
    return f"def {name}(*arguments):\n    raise NotImplementedError('TODO')\n"


def test_blank_scores_nothing(strict):
    notebook = Notebook()
    for name in bank.ORDER:
        notebook.run(blank(name))
        with pytest.raises(NotRight, match="not filled in"):
            notebook.run(check_cell(name))


@pytest.mark.parametrize("name", bank.ORDER)
def test_one_blank_cell_loses_its_own_points_only(strict, name):
    assert points(name, blank(name)) == set(bank.ORDER) - {name}


def spoilt(name):
    """The answer, and what it gives back with the other sign; the cache stays."""
    return textwrap.dedent(ANSWERS[name]) + textwrap.dedent(f"""
        right = {name}
        def {name}(*given, right=right):
            found = right(*given)
            count = {len(bank.find(name).outputs)}
            turned = lambda value: {{k: -v for k, v in value.items()}} if isinstance(value, dict) else -value
            if not isinstance(found, tuple):
                return turned(found)
            return *map(turned, found[:count]), *found[count:]
        """)


@pytest.mark.parametrize("name", bank.ORDER)
def test_a_wrong_answer_loses_its_own_points_only(strict, name):
    assert points(name, spoilt(name)) == set(bank.ORDER) - {name}


def test_the_chapters_own_answers_are_right(strict):
    notebook = Notebook()
    notebook.run("from cs231n.rnn_layers import *")  # the layers that are given
    for name in bank.ORDER:
        notebook.run(from_chapter(name))
        notebook.run(check_cell(name))


# ---- the stop button


ENDLESS = """
import numpy as np
from cs231n.exercises import check, progress

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    while True:
        pass

rnn_step_forward = check(rnn_step_forward)
"""
RIGHT_CELL = """
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)

rnn_step_forward = check(rnn_step_forward)
"""


def run(client, code):
    """Run one cell in a real kernel. Returns its reply and what it printed."""
    printed = []

    def show(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=show)
    return reply["content"], "".join(printed)


@pytest.fixture
def jupyter_client():
    pytest.importorskip("ipykernel", reason="needs Jupyter")
    return pytest.importorskip("jupyter_client", reason="needs Jupyter")


def test_the_stop_button_leaves_the_kernel_usable(monkeypatch, tmp_path, jupyter_client):
    monkeypatch.setenv("CS231N_ANSWERS", "my_answers.py")
    manager, client = jupyter_client.manager.start_new_kernel(cwd=str(tmp_path))
    try:
        run(client, "import cs231n.exercises")
        threading.Timer(1.5, manager.interrupt_kernel).start()
        reply, printed = run(client, ENDLESS)
        assert reply["status"] == "ok"
        assert printed == "■ rnn_step_forward was stopped. The reference stands in.\n"
        assert not list(Path(tmp_path).iterdir())
        reply, printed = run(client, RIGHT_CELL)
        assert reply["status"] == "ok" and "rnn_step_forward is right" in printed
        assert (tmp_path / "my_answers.py").is_file()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_endless_loop_is_stopped_by_itself_and_the_kernel_goes_on(monkeypatch, tmp_path, jupyter_client):
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    manager, client = jupyter_client.manager.start_new_kernel(cwd=str(tmp_path))
    try:
        reply, printed = run(client, ENDLESS)
        assert reply["status"] == "ok" and "rnn_step_forward does not finish" in printed
        reply, printed = run(client, RIGHT_CELL)
        assert reply["status"] == "ok" and "rnn_step_forward is right" in printed
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


# ---- nothing that a student can type raises


class Raising:
    """An object that refuses everything."""

    __hash__ = None

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __array__(self, *given, **named):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no text")

    def __len__(self):
        raise RuntimeError("no length")

    def __eq__(self, other):
        raise RuntimeError("not to be compared")


class Mute(Exception):
    """An exception without a text."""

    def __str__(self):
        raise RuntimeError("no text")


ITSELF = []
ITSELF.append(ITSELF)
ODD = {
    "None": lambda: None,
    "text": lambda: "text",
    "generator": lambda: (k for k in range(2)),
    "ragged": lambda: [[1], [1, 2]],
    "arrays": lambda: [np.ones(2), np.ones(3)],
    "objects": lambda: np.array([None, 1], dtype=object),
    "complex": lambda: np.ones(3) * 1j,
    "dates": lambda: np.array(["2020-01-01"], dtype="M8[D]"),
    "records": lambda: np.zeros(3, [("a", float)]),
    "empty": lambda: np.zeros(0),
    "huge": lambda: 10**400,
    "nan": lambda: np.full((3, 4), np.nan),
    "dict": lambda: {1: 2},
    "function": lambda: print,
    "itself": lambda: ITSELF,
    "refuses": Raising,
}


def named(name, function):
    function.__name__ = name
    return function


def as_tuple(returned):
    return returned if isinstance(returned, tuple) else (returned,)


@pytest.mark.parametrize("name", bank.ORDER)
def test_no_output_ends_a_check(name):
    exercise = bank.find(name)

    def answer(*given, place, odd):
        outputs = list(as_tuple(exercise.reference(*given)))
        outputs[place] = odd()
        return tuple(outputs) if len(outputs) > 1 else outputs[0]

    for odd in ODD.values():
        for place in {0, len(exercise.outputs) + exercise.returns_cache - 1}:
            grade(named(name, lambda *given, p=place, o=odd: answer(*given, place=p, odd=o)))
        grade(named(name, lambda *given, o=odd: o()))


@pytest.mark.parametrize("name", [name for name in bank.ORDER if bank.find(name).forward])
def test_no_cache_ends_a_check(name):
    exercise = bank.find(name)
    reference = bank.find(exercise.forward).reference
    readers = [exercise.reference, lambda *given: given[-1], lambda *given: (lambda a, b: a)(*given[-1])]
    for odd in ODD.values():
        right = named(exercise.forward, lambda *given, o=odd: (*reference(*given)[:-1], o()))
        wrong = named(exercise.forward, lambda *given, o=odd: (o(), reference(*given)[-1]))
        for partner in (right, wrong, odd()):
            for reader in readers:
                grade(named(name, lambda *given, r=reader: r(*given)), partner)


@pytest.mark.parametrize("error", [Mute(), StopIteration(), ExceptionGroup("two", [ValueError(1)]), NameError(),
                                   np.exceptions.AxisError("no axis"), MemoryError(), SystemExit(3)])  # fmt: skip
def test_no_exception_ends_a_check(error):
    def rnn_step_forward(*given):
        raise error

    assert grade(rnn_step_forward).status == "error"


@pytest.mark.parametrize(
    "odd", [*ODD.values(), lambda: functools.partial(print), lambda: lambda x: x, lambda: int]
)
def test_what_is_no_function_of_an_exercise_gets_a_sentence(odd, capsys):
    value = odd()
    assert check(value) is value
    hint(value)
    said = capsys.readouterr().out
    assert said.startswith("✗ ") and "could not be judged" not in said
    for other in (1, 2.5, np.arange(4), "two", True):
        assert agree(value, other) is other


def test_a_call_in_place_of_a_function_is_named(capsys):
    check(np.ones(3))
    assert "Give the function itself, without calling it: check(rnn_step_forward)." in capsys.readouterr().out
    hint("rnn_foward")
    assert "Did you mean rnn_forward?" in capsys.readouterr().out


FILES = [
    b"",
    b"# nothing",
    b"# === rnn_forward ===",
    b"\xff\xfe\x00",
    b"# === caption_lengths ===\n\x00\n",
    b"# === caption_lengths ===\nimport nothing_there\n",
    b"# === rnn_step_forward ===\nrnn_step_forward = int\n# === rnn_step_backward ===\nrnn_step_backward = int\n",
    b"# === rnn_step_backward ===\ndef rnn_step_backward(d, c): return d\n",
    None,  # a folder of that name
]


@pytest.mark.parametrize("text", FILES)
def test_no_answers_file_ends_a_notebook(text, tmp_path, capsys):
    file = tmp_path / "my_answers.py"
    file.mkdir() if text is None else file.write_bytes(text)

    def caption_lengths(captions):
        return (captions > 2).sum(axis=1)

    answers(), repr(progress()), progress()._repr_html_()
    check(caption_lengths)
    assert "✓ caption_lengths is right" in capsys.readouterr().out
