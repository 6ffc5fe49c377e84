"""Answers of students: the body of a function, or cells; what they get, and what is said of it."""

from cells import Notebook
from right_answers import ANSWERS

from cs231n.exercises import grade


def cell_of(body, name="rnn_step_forward", arguments="x, prev_h, Wx, Wh, b"):
    """A cell with a function that has this body."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return f"from cs231n import rnn_layers\ndef {name}({arguments}):\n{lines}"


def back_cell_of(body):
    return cell_of(f"x, prev_h, Wx, Wh, next_h = cache\n{body}", "rnn_step_backward", "dnext_h, cache")


def forward(body, name="rnn_step_forward", arguments="x, prev_h, Wx, Wh, b"):
    """A student's function with this body, defined in a cell."""
    notebook = Notebook()
    notebook.run(cell_of(body, name, arguments))
    return notebook[name]


def backward(body):
    notebook = Notebook()
    notebook.run(back_cell_of(body))
    return notebook["rnn_step_backward"]


RIGHT = "np.tanh(x @ Wx + prev_h @ Wh + b)"
DA = "da = dnext_h * (1 - next_h**2)\n"
ALL = "return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(0)"


def says(verdict, status, *texts):
    assert verdict.status == status, verdict.message
    for text in texts:
        assert text in verdict.message, verdict.message
    return verdict.mistake


STEP, BACK, LOOP, LOOP_BACK, WORDS = (
    ANSWERS[name]
    for name in (
        "rnn_step_forward",
        "rnn_step_backward",
        "rnn_forward",
        "rnn_backward",
        "word_embedding_forward",
    )
)
LAYERS = [STEP, BACK, LOOP, LOOP_BACK, WORDS, ANSWERS["word_embedding_backward"]]


def step(*lines):
    """A cell with rnn_step_forward."""
    return "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n" + "".join(f"    {line}\n" for line in lines)


def changed(cell, old, new):
    assert old in cell, old
    return cell.replace(old, new)


def verdict(name, *cells):
    """The verdict on the exercise that the last cell answers."""
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    forward = name.replace("backward", "forward")
    return grade(notebook[name], notebook.space.get(forward) if forward != name else None)
