"""What "Trust it" prints: the reader's own functions are measured, right or wrong, and nothing crashes."""

import numpy as np
import pytest

from cs231n import rnn_layers
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.chapters.gradient_suspects import SUSPECTS, step_of_the_suspects
from cs231n.course.measure_gradients import compare_gradients, measure_gradients, measure_loss_gradients
from cs231n.exercises import check
from cs231n.exercises.notebook.session import SESSION

RNG = np.random.default_rng(0)
SHAPES = {"x": (3, 4), "prev_h": (3, 5), "Wx": (4, 5), "Wh": (5, 5), "b": (5,)}
INPUTS = {name: RNG.standard_normal(shape) for name, shape in SHAPES.items()}
UPSTREAM = RNG.standard_normal((3, 5))
AGREES, OUTPUTS = "✓ agrees with the measured gradient", ["dx", "dprev_h", "dWx", "dWh", "db"]


@pytest.fixture(autouse=True)
def own_session(monkeypatch):
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    SESSION.forget()
    yield
    SESSION.forget()


def lines(capsys):
    """What was printed: the first line, and a dict from output to its verdict."""
    first, *others = capsys.readouterr().out.splitlines()
    return first, {line.split()[0]: line.split(maxsplit=1)[1] for line in others if line.split()[0][0] == "d"}


def compared(backward, capsys, forward=rnn_layers.rnn_step_forward):
    print("first")
    compare_gradients(forward, backward, INPUTS, UPSTREAM)
    return lines(capsys)[1]


def edited(**changes):
    """The right backward step with other outputs."""

    def backward(dnext_h, cache):
        right = dict(zip(OUTPUTS, rnn_layers.rnn_step_backward(dnext_h, cache), strict=True))
        return tuple(changes[name](right[name]) if name in changes else right[name] for name in OUTPUTS)

    return backward


def test_right_gradients_agree(capsys):
    assert compared(rnn_layers.rnn_step_backward, capsys) == dict.fromkeys(OUTPUTS, AGREES)


def test_a_gradient_that_is_off_by_a_thousandth_differs(capsys):
    found = compared(edited(db=lambda db: db * 1.001), capsys)
    assert found.pop("db").startswith("✗ differs at [0]: measured ") and set(found.values()) == {AGREES}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda dWx: None, "is not there"),
        (lambda dWx: dWx.T, r"✗ has shape (5, 4), and its array has (4, 5)"),
        (lambda dWx: "dWx", "is not an array of numbers"),
        (lambda dWx: dWx * np.nan, "measured"),
    ],
)
def test_what_is_no_gradient_is_said(change, says, capsys):
    found = compared(edited(dWx=change), capsys)
    assert says in found.pop("dWx") and set(found.values()) == {AGREES}


def test_too_few_gradients_are_counted(capsys):
    compare_gradients(rnn_layers.rnn_step_forward, lambda *_: (1, 2), INPUTS, UPSTREAM)
    assert "✗ it returns 2 gradients, and there are 5 inputs" in capsys.readouterr().out


def test_an_error_is_one_line(capsys):
    compare_gradients(rnn_layers.rnn_step_forward, lambda *_: 1 / 0, INPUTS, UPSTREAM)
    assert capsys.readouterr().out == "  ✗ it stops with ZeroDivisionError: division by zero\n"


def test_a_function_that_does_not_end_is_stopped(capsys):
    def forever(*inputs):
        while True:
            pass

    compare_gradients(forever, rnn_layers.rnn_step_backward, INPUTS, UPSTREAM, seconds=0.3)
    assert capsys.readouterr().out.strip() == "✗ it does not finish: stopped after 0.3 seconds"


def test_inputs_are_not_changed_by_a_function_that_writes_into_them(capsys):
    def backward(dnext_h, cache):
        gradients = rnn_layers.rnn_step_backward(dnext_h, cache)
        dnext_h *= 0
        cache[0][:] = 7
        return gradients

    before = {name: value.copy() for name, value in INPUTS.items()}, UPSTREAM.copy()
    assert set(compared(backward, capsys).values()) == {AGREES}
    assert all((INPUTS[name] == before[0][name]).all() for name in INPUTS) and (UPSTREAM == before[1]).all()


def student(name, function):
    """Check the function as an answer to an exercise, as a chapter does."""
    function.__name__ = name
    return check(function, rnn_layers.rnn_step_forward) if "backward" in name else check(function)


def test_nothing_written_yet_measures_the_reference_and_says_so(capsys):
    measure_gradients("rnn_step_backward", INPUTS, UPSTREAM)
    first, found = lines(capsys)
    assert "is not written yet. This measures the reference's, so it says nothing about yours:" in first
    assert found == dict.fromkeys(OUTPUTS, AGREES.replace("✓", "·"))


def test_a_wrong_answer_is_measured_itself_and_not_the_reference_that_stands_in(capsys):
    stands_in = student("rnn_step_backward", edited(dWh=lambda dWh: -dWh))
    capsys.readouterr()
    measure_gradients("rnn_step_backward", INPUTS, UPSTREAM)
    first, found = lines(capsys)
    assert "what you wrote for rnn_step_backward" in first
    assert found.pop("dWh").startswith("✗ differs") and set(found.values()) == {AGREES}
    assert stands_in(UPSTREAM, rnn_layers.rnn_step_forward(*INPUTS.values())[1])[3].shape == (5, 5)


def test_a_forward_without_a_cache_makes_one_line_and_no_crash(capsys):
    def forward(x, prev_h, Wx, Wh, b):
        return np.tanh(x @ Wx + prev_h @ Wh + b), None

    forward.__name__ = "rnn_step_forward"
    check(forward)
    student("rnn_step_backward", edited(db=lambda db: -db))
    capsys.readouterr()
    measure_gradients("rnn_step_backward", INPUTS, UPSTREAM)
    out = capsys.readouterr().out
    assert "right for the rnn_step_forward that you wrote" in out and "✗ it stops with" in out


def tiny():
    words = {"<NULL>": 0, "<START>": 1, "<END>": 2, "cat": 3}
    model = CaptioningRNN(words, input_dim=3, wordvec_dim=2, hidden_dim=3, dtype=np.float64)
    return model, RNG.standard_normal((2, 3)), RNG.integers(0, 4, (2, 4))


def test_a_loss_with_a_wrong_gradient_is_measured_as_it_is_written(capsys):
    def captioning_loss(model, features, captions):
        loss, grads = CaptioningRNN.loss(model, features, captions)
        return loss, {**grads, "W_proj": 2 * grads["W_proj"]}

    check(captioning_loss)
    capsys.readouterr()
    model, *inputs = tiny()
    measure_loss_gradients("captioning_loss", model, *inputs)
    first, found = lines(capsys)
    assert "what you wrote for captioning_loss" in first
    assert found.pop("dW_proj").startswith("✗ differs") and set(found.values()) == {AGREES}
    assert len(found) == len(model.params) - 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda *_: (1.0, {}), "is not there"),
        (lambda *_: 1.0, "it does not return a loss and a dict"),
        (lambda *_: 1 / 0, "it stops with ZeroDivisionError"),
    ],
)
def test_a_loss_that_is_not_finished_is_one_line_each(answer, says, capsys):
    answer.__name__ = "captioning_loss"
    check(answer)
    capsys.readouterr()
    model, *inputs = tiny()
    measure_loss_gradients("captioning_loss", model, *inputs)
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "wrong"), [("A", {"dprev_h"}), ("B", {"dWh"}), ("C", {"dx", "dprev_h", "dWx", "dWh", "db"})]
)
def test_a_suspect_is_wrong_just_where_the_chapter_shows_it(name, wrong, capsys):
    found = compared(SUSPECTS[name], capsys)
    assert {output for output, verdict in found.items() if verdict != AGREES} == wrong


def test_suspects_read_a_cache_of_their_own(monkeypatch):
    """In the pack without the reference, the step is a student's, whose cache has any order."""
    step, rng = rnn_layers.rnn_step_forward, np.random.default_rng(0)
    monkeypatch.setattr(rnn_layers, "rnn_step_forward", lambda *inputs: (step(*inputs)[0], {"another": 1}))
    inputs = [rng.standard_normal(shape) for shape in ((2, 3), (2, 4), (3, 4), (4, 4), (4,))]
    next_h, cache = step_of_the_suspects(*inputs)
    assert [each.shape for each in SUSPECTS["B"](next_h, cache)] == [each.shape for each in inputs]
