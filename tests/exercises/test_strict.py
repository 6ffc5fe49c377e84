"""Grading: with CS231N_STRICT=1 a mistake costs its own exercise, and nothing else."""

import pytest
from cells import Notebook
from solved import ANSWERS, check_cell

from cs231n.exercises import NotRight, bank


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


def test_every_exercise_is_in_the_solved_notebook():
    assert set(ANSWERS) == set(bank.ORDER)


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


MISTAKES = {
    "caption_lengths": ("> 2", "> 0"),
    "rnn_step_forward": (" + b)", ")"),
    "rnn_step_backward": ("da @ Wh.T", "da @ Wh"),
    "rnn_forward": ("x[:, t], state", "x[:, t], h0"),
    "rnn_backward": ("dh[:, t] + dprev_h", "dh[:, t]"),
    "word_embedding_forward": ("W[x],", "W[x - 1],"),
    "word_embedding_backward": ("np.add.at(dW, x, dout)", "dW[x] += dout"),
    "captioning_loss": ("captions[:, :-1], captions[:, 1:]", "captions[:, 1:], captions[:, 1:]"),
    "captioning_sample": ("ended |= words == model._end", "pass"),
    "lstm_step_forward": ("i, f, o, g = np.split", "i, f, g, o = np.split"),
    "lstm_step_backward": ("dnext_c + dnext_h", "dnext_h"),
    "lstm_forward": ("state, cell, Wx", "state, 0 * cell, Wx"),
    "lstm_backward": ("dh[:, t] + dstate", "dh[:, t]"),
    "weight_gradients": ("h0[:, None]", "0 * h0[:, None]"),
    "counted_words_loss": ("p /= len(h)", "p /= len(rows)"),
}


@pytest.mark.parametrize("name", bank.ORDER)
def test_one_wrong_line_loses_its_own_points_only(strict, name):
    right, wrong = MISTAKES[name]
    assert right in ANSWERS[name]
    assert points(name, ANSWERS[name].replace(right, wrong)) == set(bank.ORDER) - {name}
