"""What `check` prints and gives back, and what it leaves alone."""

import io
import sys

import numpy as np
import pytest
from cells import Notebook
from solved import ANSWERS, check_cell
from students import ALL, DA, RIGHT, backward, forward, says

from cs231n import rnn_layers
from cs231n.exercises import bank, check, grade, progress
from cs231n.rnn_layers import rnn_forward, rnn_step_backward, rnn_step_forward


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
