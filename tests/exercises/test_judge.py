# ruff: noqa: E501  (answers stay as they were typed)
"""What is found in answers that are missing, fail, are wrong or borrowed, and what is told of it."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from cells import Notebook
from right_answers import ANSWERS, all_styles, check_cell
from students import (
    ALL,
    BACK,
    DA,
    LAYERS,
    LOOP,
    RIGHT,
    STEP,
    WORDS,
    back_cell_of,
    cell_of,
    changed,
    forward,
    says,
    step,
    verdict,
)

from cs231n.exercises import NotRight, bank, check, grade
from cs231n.exercises.judge.changed_reference import changed_reference
from cs231n.exercises.run.cases import cases
from cs231n.rnn_layers import rnn_step_forward

# ---- right: never a false alarm

STYLES = all_styles()
IDS = [f"{name}-{function.__name__}" for name, function, _ in STYLES]


@pytest.mark.parametrize(("name", "function", "forward"), STYLES, ids=IDS)
def test_a_right_answer_passes_in_any_style(name, function, forward, capfd):
    found = grade(function, forward, name=name)
    assert (found.status, found.mistake) == ("right", None), found.message
    assert found.message.splitlines()[0] == f"✓ {name} is right."
    assert capfd.readouterr() == ("", "")


def test_each_exercise_is_answered_in_at_least_three_styles():
    counts = Counter(name for name, _, _ in STYLES)
    assert min(counts[name] for name in bank.ORDER) >= 3


# ---- unfilled


def test_a_todo_is_unfilled():
    says(grade(forward("raise NotImplementedError('TODO: one step')")), "unfilled", "not filled in yet")


def test_outputs_that_are_all_none_are_unfilled():
    says(grade(forward("next_h, cache = None, None\nreturn next_h, cache")), "unfilled")


def test_the_reference_is_no_answer():
    says(grade(rnn_step_forward), "unfilled", "is the reference now")


def test_a_check_run_twice_on_an_empty_cell_does_not_praise(capsys):
    stood_in = check(forward("raise NotImplementedError"))
    check(stood_in)
    assert "✓" not in capsys.readouterr().out


def test_an_unfilled_helper_is_not_the_answers_fault():
    notebook = Notebook()
    notebook.run("def rnn_step_forward(*a):\n    raise NotImplementedError('TODO')")
    notebook.run(ANSWERS["rnn_forward"])
    says(grade(notebook["rnn_forward"]), "right", "with the reference rnn_step_forward")


def test_a_wrong_helper_is_not_the_answers_fault():
    notebook = Notebook()
    notebook.run(ANSWERS["rnn_step_forward"].replace(" + b)", ")"))
    notebook.run(ANSWERS["rnn_forward"])
    own = notebook["rnn_step_forward"]
    says(grade(notebook["rnn_forward"]), "right", "with the reference rnn_step_forward")
    assert notebook["rnn_step_forward"] is own


# ---- one answer a line: its verdict, the name of its mistake or remark, and what is said

MODEL_LOSS = "from cs231n.exercises.bank.captioning_loss import captioning_loss as right_loss"
STEP_BACK = {  # a right backward step, and what changes in it
    name: ALL.replace(old, new)
    for name, old, new in (
        ("dprev_h is None", "da @ Wh.T", "None"),
        ("dWh before dWx", "x.T @ da, prev_h.T @ da", "prev_h.T @ da, x.T @ da"),
        ("dWx turned", "x.T @ da", "da.T @ x"),
        (
            "two mistakes",
            "da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(0)",
            "da @ Wh, x.T @ da, prev_h.T @ da, da.mean(0)",
        ),
        ("one number", "return da @ Wx.T", "dx = da @ Wx.T\ndx[-1, -1] += 1\nreturn dx"),
    )
}


def loss(*lines):
    return "\n    ".join(
        [
            "def captioning_loss(model, features, captions):",
            "loss, grads = right_loss(model, features, captions)",
            *lines,
        ]
    )


OUTCOMES = {
    "no return": ([cell_of(f"next_h = {RIGHT}")], "wrong", "return_forgotten", ["nothing (None)", "return next_h, cache"]),
    "one output": ([cell_of(f"return {RIGHT}")], "wrong", "outputs_missing", ["only one array"]),
    "two of five": ([back_cell_of(DA + "return da, da")], "wrong", "outputs_missing", ["returns 2 values instead of 5"]),
    "too many": ([cell_of(f"return {RIGHT}, 1, 2")], "wrong", "too_many_outputs", ["3 values"]),
    "another order": (
        [back_cell_of(DA + STEP_BACK["dWh before dWx"])], "wrong", "outputs_in_another_order", ["Yours: dx, dprev_h, dWh, dWx, db"]),
    "cache first": ([cell_of(f"return (x, Wx), {RIGHT}")], "wrong", "outputs_in_another_order", ["cache, next_h"]),
    "gradients first": ([MODEL_LOSS, loss("return grads, loss")], "wrong", "outputs_in_another_order", []),
    "an output is None": ([back_cell_of(DA + STEP_BACK["dprev_h is None"])], "wrong", "no_value", ["dprev_h is None"]),
    "a gradient is missing": (
        [MODEL_LOSS, loss('del grads["W_proj"]', "return loss, grads")], "wrong", "gradient_missing", ["W_proj"]),
    **{
        f"{line} at an argument": (
            [cell_of(f"next_h = {RIGHT}\n{line}\nreturn next_h, None")], "wrong", "writes_into_argument",
            [f"changes its argument {line.split()[0].split('[')[0]}"])
        for line in ("x += 1", "Wx[0] = 0", "prev_h *= 2", "b -= 1")
    },
    "*= at the incoming gradient": (
        [back_cell_of("dnext_h *= 1 - next_h**2\nda = dnext_h\n" + ALL)], "right", "changes_argument",
        ["changes the caller's dnext_h", "dnext_h = dnext_h * … makes a new array"]),
    "[:] *= at the incoming gradient": (
        [back_cell_of("dnext_h[:] *= 1 - next_h**2\nda = dnext_h\n" + ALL)], "right", "changes_argument",
        ["changes the caller's dnext_h", "a variable of your own instead of dnext_h[…]"]),
    "*= at the cache": (
        [back_cell_of("next_h *= next_h\nda = dnext_h * (1 - next_h)\n" + ALL)], "wrong", "writes_into_argument",
        ["changes arrays in the cache", "A second call", "right the first time"]),
    "+= at the model": (
        [MODEL_LOSS, loss('model.params["b"] += 1', "return loss, grads")], "wrong", "writes_into_argument", ["model"]),
    "float64": ([cell_of(f"return ({RIGHT}).astype(np.float64), None")], "right", "float64_from_float32", ["Remark"]),
    "the model speaks itself": (
        ["def captioning_sample(model, features, n=30):\n    return model.sample(features, n)"], "error", None,
        ["the loop that you are writing"]),
    "captions of floats": (
        [STEP, changed(ANSWERS["captioning_sample"], "np.int32", "float")], "wrong", "not_whole_numbers", ["whole numbers"]),
    "a wrong shape": (
        [back_cell_of(DA + STEP_BACK["dWx turned"])], "wrong", "turned",
        ["look at dWx", "Shape: expected (5, 4), yours (4, 5).", "Right already: dx, dprev_h, dWh and db."]),
    "two mistakes": (
        [back_cell_of(DA + STEP_BACK["two mistakes"])], "wrong", "Wh_not_transposed + db_averaged",
        ["Right already: dx, dWx and dWh.", "Wrong too: db."]),
    "one number": (
        [back_cell_of(DA + STEP_BACK["one number"])], "wrong", "only_part",
        ["look at dx", "dx[2, 4] (sample 2, feature 4)", "1 of 15 numbers differ"]),
    "one gate": (
        [ANSWERS["lstm_step_forward"],
         changed(ANSWERS["lstm_step_backward"], "da.sum(axis=0)", "da.sum(axis=0) * np.repeat([1, 2, 1, 1], f.shape[1])")],
        "wrong", "one_gate", ["look at db", "db[4] (gate f, unit 0)", "only at gate f"]),
    "not a number": ([cell_of(f"return {RIGHT} * np.nan, None")], "wrong", "one_value_everywhere", ["yours nan", "not finite"]),
    "repeated words": (
        [WORDS, changed(ANSWERS["word_embedding_backward"], "np.add.at(dW, x, dout)", "dW[x] += dout")],
        "wrong", "repeated_words_lost", ["only at words 0, 2 and 4"]),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "status", "named", "said"), OUTCOMES.values(), ids=OUTCOMES)
def test_an_answer_gets_its_verdict(cells, status, named, said):
    found = verdict(re.findall(r"def (\w+)", cells[-1])[-1], *cells)
    says(found, status, *said)
    assert named in found.remarks if status == "right" else found.mistake == named, found


# ---- errors


def test_an_error_shows_the_students_own_line():
    verdict = grade(forward(f"y = 1\na = x @ Wx + prev_h @ Wx + b\nreturn {RIGHT}, a"))
    says(verdict, "error", "Line 4: a = x @ Wx + prev_h @ Wx + b", "ValueError", "prev_h has shape (3, 4)")
    assert "Wx (5, 4)" in verdict.message and "Traceback" not in verdict.message


def test_an_error_in_a_helper_shows_the_line_that_called_it():
    verdict = grade(
        forward("next_h, cache = rnn_layers.rnn_step_forward(x, prev_h, Wh, Wx, b)\nreturn next_h, cache")
    )
    says(verdict, "error", "Line 3: next_h, cache = rnn_layers.rnn_step_forward", "Wx has shape (4, 4)")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"next_h = {RIGHT}\nreturn nexth, None", "Did you mean next_h?"),
        ("a = a + x\nreturn a, None", "Give it a value before this line"),
        ("def helper(v):\n    v + 1\nreturn helper(x) + 1, None", "no return line"),
        ("p, q, r = x, b\nreturn p, q", "3 names on the left, and 2 values on the right"),
        ("return x[99], None", "Axis 0 has size 3, so its last index is 2"),
        ("return {}['Wx'], None", "no such key"),
        ("return x.dott(Wx), None", "x is an array, and has nothing called dott"),
        ("return np.tanh(), None", None),
        ("raise SystemExit", "stops the whole program"),
    ],
)
def test_usual_errors_get_a_sentence(body, text):
    says(grade(forward(body)), "error", *([text] if text else []))


def test_a_function_without_source_still_gets_a_verdict():
    space = {"np": np}
    exec("def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    return x @ Wx @ Wx, None", space)
    says(grade(space["rnn_step_forward"]), "error", "Line 2")


# The cache is part of a forward function's answer


def checked(*names_and_cells):
    """What each check cell prints."""
    notebook, printed = Notebook(), []
    for name, cell in names_and_cells:
        notebook.run(cell)
        printed.append(notebook.run(check_cell(name)))
    return notebook, printed


RIGHT_STEP = [("rnn_step_forward", STEP), ("rnn_step_backward", BACK)]
VIEW = """
    def rnn_forward(x, h0, Wx, Wh, b):
        h, cache = np.zeros((len(x), x.shape[1], len(b)), x.dtype), []
        h[:, -1] = h0
        for t in range(x.shape[1]):
            h[:, t], step_cache = rnn_step_forward(x[:, t], h[:, t - 1], Wx, Wh, b)
            cache.append(step_cache)
        return h, cache
    """
FAULTY = {
    "None": (LOOP.replace("return h, cache", "return h, None"), "The cache of your rnn_forward is None"),
    "the last step's": (LOOP.replace("cache.append(step_cache)", "cache = step_cache"), "of the last step only"),
    "a view": (VIEW, "lacks h0"),
}  # fmt: skip


@pytest.mark.parametrize(("cell", "said"), FAULTY.values(), ids=FAULTY)
def test_a_cache_that_holds_too_little_gets_a_remark_and_the_right_backward_half_is_not_blamed(cell, said):
    back = ANSWERS["rnn_backward"]
    notebook, printed = checked(*RIGHT_STEP, ("rnn_forward", cell), ("rnn_backward", back))
    assert printed[2].startswith("✓ rnn_forward is right") and said in " ".join(printed[2].split())
    assert printed[3].startswith("✓ rnn_backward is right"), printed[3]
    assert "The cache of your rnn_forward" in " ".join(printed[3].split())
    notebook.run("h, cache = rnn_forward(*(np.ones(s) for s in [(2, 3, 4), (2, 5), (4, 5), (5, 5), 5]))")
    notebook.run("rnn_backward(h, cache)")  # nothing later crashes


@pytest.mark.parametrize(("cell", "said"), FAULTY.values(), ids=FAULTY)
def test_nothing_crashes_where_the_backward_half_is_not_filled_in(cell, said):
    empty = "def rnn_backward(dh, cache):\n    raise NotImplementedError"
    notebook, _ = checked(*RIGHT_STEP, ("rnn_forward", cell), ("rnn_backward", empty))
    notebook.run("h, cache = rnn_forward(*(np.ones(s) for s in [(2, 3, 4), (2, 5), (4, 5), (5, 5), 5]))")
    notebook.run("rnn_backward(h, cache)")


def test_an_input_that_was_overwritten_before_it_was_kept_is_named():
    cell = step(f"prev_h = {RIGHT}", "return prev_h, (x, prev_h, Wx, Wh)")
    message = verdict("rnn_step_forward", cell).message
    assert "lacks prev_h" in message and "prev_h gets a new value in your function." in message
    message = verdict("rnn_step_forward", step(f"next_h = {RIGHT}", "return next_h, (x, Wx, Wh)")).message
    assert "lacks prev_h" in message and "a new value" not in message


@pytest.mark.parametrize("last", [False, True])
def test_a_captioning_forward_that_keeps_no_dscores_is_told_so(last):
    cell = ANSWERS["captioning_forward"]
    found = verdict(
        "captioning_forward", *LAYERS, cell if last else changed(cell, "_cache, dscores)", "_cache)")
    )
    assert found.status == "right" and ("lacks dscores" in found.message) != last


def test_a_wrong_backward_half_is_still_wrong_with_such_a_cache():
    cell, said = FAULTY["None"]
    wrong = ANSWERS["rnn_backward"].replace("dh[:, t] + dprev_h", "dh[:, t]")
    _, printed = checked(*RIGHT_STEP, ("rnn_forward", cell), ("rnn_backward", wrong))
    assert printed[3].startswith("✗") and "The cache of your rnn_forward is None" in printed[3]


# Not filled in, or nearly


def test_a_raise_that_stands_above_the_code_is_named():
    found = verdict("rnn_step_forward", step("raise NotImplementedError('TODO')", f"return {RIGHT}, None"))
    assert (found.status, found.mistake) == ("error", "raise_left")
    assert "still stands in the way" in found.message


STARTERS = {
    "word_embedding_backward": "def word_embedding_backward(dout, cache):\n    dW = None\n    return dW",
    "rnn_step_forward": step("next_h, cache = None, None", "return next_h, cache"),
    "captioning_loss": "def captioning_loss(model, features, captions):\n    return 0.0, {}",
    "captioning_sample": (
        "def captioning_sample(model, features, max_length=30):\n"
        "    captions = model._null * np.ones((len(features), max_length), dtype=np.int32)\n    return captions"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "cell"), STARTERS.items())
def test_the_starter_of_the_original_course_is_not_filled_in(name, cell):
    assert verdict(name, cell).status == "unfilled"


def test_captions_of_null_from_a_loop_are_wrong_and_not_empty():
    loop = ANSWERS["captioning_sample"].replace("captions[~ended, t] = words[~ended]", "pass")
    assert verdict("captioning_sample", STEP, loop).status == "wrong"


# The loss apart from its gradients, and the helpers that are not right


@pytest.mark.parametrize("grads", ["{}", "None"])
def test_a_right_loss_without_gradients_is_praised_as_such(grads):
    before, _ = ANSWERS["captioning_loss"].split("    grads = {}")
    found = verdict("captioning_loss", *LAYERS, f"{before}    return loss, {grads}\n")
    assert found.status == "wrong" and "your loss is right" in found.message


def test_a_right_loss_with_a_wrong_gradient_names_the_gradient():
    cell = ANSWERS["captioning_loss"].replace("dh0, proj_cache)", "2 * dh0, proj_cache)")
    found = verdict("captioning_loss", *LAYERS, cell)
    assert "your loss is right. Not right yet: grads['W_proj'] and grads['b_proj']." in found.message


def test_only_the_helper_that_is_not_right_is_named():
    wrong = ANSWERS["rnn_backward"].replace("dh[:, t] + dprev_h", "dh[:, t]")
    cells = [*LAYERS[:3], wrong, *LAYERS[4:], ANSWERS["captioning_loss"]]
    first = verdict("captioning_loss", *cells).message.splitlines()[0]
    assert (
        first
        == "✓ captioning_loss is right (with the reference rnn_backward, because yours is not right yet)."
    )


# Right but for one length of 1


@pytest.mark.parametrize(("what", "letters"), [("np.squeeze", "DHN"), ("np.squeeze", "N")])
def test_squeeze_is_named_where_an_axis_of_length_1_is_lost(what, letters):
    lines = {
        "DHN": [f"next_h = {what}({RIGHT})", "return next_h, (x, prev_h, Wx, Wh)"],
        "N": [f"next_h = {RIGHT}", "if len(x) == 1: next_h = np.squeeze(next_h, axis=0)",
              "return next_h, (x, prev_h, Wx, Wh)"],
    }[letters]  # fmt: skip
    found = verdict("rnn_step_forward", step(*lines))
    assert found.status == "wrong" and "np.squeeze removes every axis of length 1." in found.message
    assert ("It is right where N is more than 1." in found.message) == (letters == "N")


# A backward function whose forward partner is wrong

NO_RIGHT = """
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = x @ Wx - prev_h @ Wh + b
    next_h = a + 1
    return next_h, {}
"""
BACKWARD = """
def rnn_step_backward(dnext_h, cache):
    {}
    da = dnext_h * ({})
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
"""
LAYOUTS = {  # how it is kept, and how it is taken out, by no name that tells
    "dict": ("{'h': next_h, 'in': (x, prev_h), 'W': [Wx, Wh]}",
             "h, (x, prev_h), (Wx, Wh) = cache['h'], cache['in'], cache['W']"),
    "tuple": ("(next_h, x, Wh, Wx, prev_h)", "h, x, Wh, Wx, prev_h = (cache[k] for k in range(5))"),
}  # fmt: skip


@pytest.mark.parametrize(("kept", "taken"), LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("derivative", ["1 - h**2", "1 - h"])
def test_a_backward_function_with_a_cache_of_its_own_waits_for_a_wrong_partner(kept, taken, derivative):
    found = verdict("rnn_step_backward", NO_RIGHT.format(kept), BACKWARD.format(taken, derivative))
    if found.status != "right":  # the names in the code tell what the cache should hold
        assert found.mistake == "forward_first" and "whose cache it reads, is not right" in found.message


def test_a_backward_function_is_judged_beside_a_wrong_partner_whose_cache_is_laid_out_as_the_references():
    wrong = STEP.replace(" + b)", ")").replace("(Wx, Wh, x, prev_h, next_h)", "(x, prev_h, Wx, Wh, next_h)")
    back = changed(BACK, "Wx, Wh, x, prev_h, next_h = cache", "x, prev_h, Wx, Wh, next_h = cache")
    found = verdict("rnn_step_backward", wrong, changed(back, "@ Wh.T", "@ Wh"))
    assert found.mistake == "Wh_not_transposed" and "because yours is not right yet" in found.message
    assert verdict("rnn_step_backward", wrong, back).status == "right"


def test_no_cause_is_named_where_the_cache_holds_numbers_of_a_wrong_forward_function():
    kept, taken = (
        "{'a': a, 'in': (x, prev_h), 'W': (Wx, Wh)}",
        "h, (x, prev_h), (Wx, Wh) = np.tanh(cache['a']), cache['in'], cache['W']",
    )
    found = verdict("rnn_step_backward", NO_RIGHT.format(kept), BACKWARD.format(taken, "1 - h**2"))
    assert found.mistake == "forward_first" and "cannot be judged yet" in found.message


KEPT = {  # a wrong forward function, and how a backward function reads its cache
    "an object": ("next_h = a", "types.SimpleNamespace(x=x, p=prev_h, U=Wx, V=Wh, h=next_h)",
                  "x, prev_h, Wx, Wh, next_h = c.x, c.p, c.U, c.V, c.h"),
    "its own sum": ("next_h = a", "(x, prev_h, Wx, Wh, a)", "x, prev_h, Wx, Wh, a = c\n    next_h = np.tanh(a)"),
    "another state": ("next_h = np.tanh(a + 1)", "(x, next_h, Wx, Wh, next_h)", "x, prev_h, Wx, Wh, next_h = c"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "cache", "taken"), KEPT.values(), ids=KEPT)
def test_of_a_backward_function_with_a_wrong_partner_no_false_mistake_is_named(line, cache, taken):
    step = "import types\ndef rnn_step_forward(x, prev_h, Wx, Wh, b):\n    a = x @ Wx + prev_h @ Wh + b\n"
    step += f"    {line}\n    return next_h, {cache}"
    back = f"def rnn_step_backward(dnext_h, c):\n    {taken}\n    da = dnext_h * (1 - next_h**2)\n"
    back += "    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.{}(axis=0)"
    found = verdict("rnn_step_backward", step, back.format("sum"))
    assert found.status == "right" or found.mistake == "forward_first"
    assert verdict("rnn_step_backward", step, back.format("mean")).mistake in ("db_averaged", "forward_first")


@pytest.mark.parametrize("name", [name for name in bank.ORDER if bank.find(name).forward])
def test_a_right_backward_function_is_wrong_beside_no_mistake_of_its_partner(name):
    """The partner keeps its own wrong outputs, in a dict; the backward function reads them from there."""
    exercise = bank.find(name)
    partner = bank.find(exercise.forward)

    def backward(*upstream_and_cache):
        *upstream, cache = upstream_and_cache
        return exercise.reference(*upstream, cache["kept"])

    for mistake in partner.mistakes:

        def forward(*inputs, mistake=mistake):
            *right, cache = partner.reference(*inputs)
            wrong = mistake.function(*inputs)
            wrong = wrong if isinstance(wrong, tuple) else (wrong,)
            same = {id(mine): other for mine, other in zip(right, wrong, strict=True)}
            return (*wrong, {"kept": tuple(same.get(id(part), part) for part in cache)})

        found = grade(backward, forward, name)
        assert found.status == "right" or found.mistake == "forward_first", (mistake.name, found.message)


def test_a_cache_that_no_other_function_makes_waits_for_its_own():
    blank = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    raise NotImplementedError"
    found = verdict("rnn_step_backward", blank, BACKWARD.format(LAYOUTS["dict"][1], "1 - h**2"))
    assert found.mistake == "forward_first"
    assert "NameError" in verdict("rnn_step_backward", blank, BACKWARD.format("h = hidden", "1")).message


# ---- the package is no answer

WAYS = {
    "rnn_step_forward": [
        "from cs231n import rnn_layers\ndef rnn_step_forward(*given): return rnn_layers.rnn_step_forward(*given)",
        "from cs231n.rnn_layers import rnn_step_forward",
        "from cs231n.exercises import bank\ndef rnn_step_forward(*given):\n"
        "    return bank.find('rnn_step_forward').reference(*given)",
        "import numpy as np\nfrom cs231n.rnn_layers import rnn_step_forward as f\ndef rnn_step_forward(*given):\n"
        "    return next(map(f, *([each] for each in given)))",
        "from cs231n.exercises.run.cases import cases, expected\ndef rnn_step_forward(x, *others):\n"
        "    for case, outputs in zip(cases('rnn_step_forward'), expected('rnn_step_forward')):\n"
        "        if np.array_equal(case.inputs['x'], x):\n"
        "            return outputs['next_h'], (x, *others, outputs['next_h'])",
    ],
    "rnn_forward": [
        "from cs231n.fast.states import rnn_states\nimport cs231n.rnn_layers as room\n"
        "def rnn_forward(*given): return room.rnn_forward(*given)",
    ],
    "captioning_loss": [
        "def captioning_loss(model, *given): return model.loss(*given)",
        "from cs231n.temporal_layers import temporal_softmax_loss\n"
        "def captioning_loss(model, features, captions):\n"
        "    scores, cache = model.scores(features, captions[:, :-1])\n"
        "    loss, dscores = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != model._null)\n"
        "    return loss, model.scores_backward(dscores, cache)",
    ],
    "captioning_sample": [
        "from cs231n.classifiers.rnn import CaptioningRNN\n"
        "def captioning_sample(*given): return CaptioningRNN.sample(*given)"
    ],
}
HONEST = {
    "rnn_forward": "from cs231n.rnn_layers import *\ndef rnn_forward(x, h, Wx, Wh, b):\n"
    "    states, caches = [], []\n    for t in range(x.shape[1]):\n"
    "        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)\n"
    "        states.append(h)\n        caches.append(cache)\n    return np.stack(states, 1), caches",
    "captioning_sample": "def captioning_sample(model, features, max_length=30):\n"
    "    state, words = model.initial_state(features), np.full(len(features), model.start_word)\n"
    "    captions = np.full((len(features), max_length), model._null)\n"
    "    ended = np.zeros(len(features), dtype=bool)\n    for t in range(max_length):\n"
    "        scores, state = model.step(words, state)\n        words = scores.argmax(axis=1)\n"
    "        captions[~ended, t] = words[~ended]\n        ended |= words == model._end\n    return captions",
}


@pytest.mark.parametrize("name, way", [(name, way) for name, ways in WAYS.items() for way in ways])
def test_the_package_is_no_answer(monkeypatch, name, way):
    monkeypatch.setenv("CS231N_STRICT", "1")
    notebook = Notebook()
    notebook.run(way)
    with pytest.raises(NotRight, match=r"^○ "):
        notebook.run(f"{name} = check({name})")


@pytest.mark.parametrize("name", HONEST)
def test_what_an_exercise_is_built_from_may_be_called(monkeypatch, name):
    monkeypatch.setenv("CS231N_STRICT", "1")
    notebook = Notebook()
    notebook.run(HONEST[name])
    assert notebook.run(f"{name} = check({name})").startswith("✓")


# ---- a changed reference

PACKAGE = Path(bank.__file__).resolve().parents[2]
RIGHT_LINE = "next_h = np.tanh(x @ Wx + prev_h @ Wh + b)"
ANSWER = f"""
import numpy as np
from cs231n.exercises import check

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    {RIGHT_LINE}
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
        (RIGHT_LINE + "  # mine", False),
        ("next_h = np.tanh(x @ Wx + prev_h @ Wh)", True),
        ('raise NotImplementedError("TODO")', True),
        ("next_h = None", True),
    ],
)
def test_an_edit_that_changes_the_numbers_is_told(tmp_path, line, told):
    shutil.copytree(PACKAGE, tmp_path / "cs231n", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "cs231n" / "rnn_layers.py"
    source = file.read_text(encoding="utf-8")
    assert source.count(RIGHT_LINE) == 1
    file.write_text(source.replace(RIGHT_LINE, line), encoding="utf-8")
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


# ---- wrong: never a false ✓

WRONG = []  # (name, arguments, body, what the message says)


def wrong(name, arguments, said, *bodies):
    WRONG.extend((name, arguments, body, said) for body in bodies)


wrong(
    "caption_lengths",
    "captions",
    "not right yet",
    "return np.count_nonzero(captions, axis=1) - 2",
    "return (captions == 2).argmax(axis=1) - 1",
    "return np.array([list(row).index(2) - 1 for row in captions])",
    "return (captions != 0).sum(axis=1) - 1",
    "return (captions.max(axis=1) > 2) * ((captions != 0).sum(axis=1) - 2)",
)
wrong(
    "caption_lengths",
    "captions",
    "it changes its argument captions",
    "captions[captions <= 2] = 0\nreturn np.count_nonzero(captions, axis=1)",
    "captions[captions == 1] = 0\nreturn (captions > 2).sum(axis=1)",
)
wrong(
    "clip_gradient",
    "gradient, limit",
    "look at clipped",
    "norm2 = (gradient**2).sum()\nreturn gradient * limit / np.sqrt(norm2) if norm2 > limit else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm**2 > limit else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm > limit**2 else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm > 1 else gradient",
    "norm = np.linalg.norm(gradient, axis=1)[:, None]\n"
    "return np.where(norm > limit, gradient * limit / np.maximum(norm, 1e-9), gradient)",
)
wrong(
    "clip_gradient",
    "gradient, limit",
    "it changes its argument gradient",
    "norm = np.linalg.norm(gradient)\nif norm > limit:\n    gradient *= limit / norm\nreturn gradient",
    "norm = np.linalg.norm(gradient)\ngradient[:] = gradient * min(1, limit / max(norm, 1e-9))\nreturn gradient",
)
wrong(
    "word_embedding_forward",
    "x, W",
    "does not tell how many rows W has",
    "cache = x\nreturn W[x], cache",
    "return W[x], (x, W.shape[1])",
)
wrong(
    "rnn_forward",
    "x, h0, Wx, Wh, b",
    "calls rnn_forward of the package",
    "return rnn_layers.rnn_forward(x, h0, Wx, Wh, b)",
    "from cs231n.rnn_layers import rnn_forward as given\nreturn given(x, h0, Wx, Wh, b)",
    "import cs231n.rnn_layers\nreturn cs231n.rnn_layers.rnn_forward(x, h0, Wx, Wh, b)",
)
wrong(
    "lstm_step_forward",
    "x, h, c, Wx, Wh, b",
    "of the package",
    "return rnn_layers.lstm_step_forward(x, h, c, Wx, Wh, b)",
)
wrong(
    "captioning_loss",
    "model, features, captions",
    "calls loss of the package",
    "return model.loss(features, captions)",
)
wrong(
    "captioning_forward",
    "model, features, captions",
    "of the package",
    "return model.loss(features, captions)[0], None",
)

MERGE = """
out, t = [], 0
while t < {end}:
    if {bound}{both}:
        out.append(new)
        t += 2
    else:
        out.append(word[t])
        t += 1
return np.array(out + [0] * (len(word) - len(out)))
"""
BOTH = "word[t] == pair[0] and word[t + 1] == pair[1]"
wrong(
    "merge",
    "word, pair, new",
    "merge",
    MERGE.format(end="len(word)", bound="", both=BOTH),
    MERGE.format(end="len(word) - 1", bound="", both=BOTH),
    MERGE.format(end="len(word)", bound="", both="word[t] == pair[0] and np.roll(word, -1)[t] == pair[1]"),
    MERGE.format(end="len(word)", bound="", both="(word[t : t + 2] == np.array(pair)).all()"),
    MERGE.format(
        end="len(word)", bound="t + 1 < len(word) and ", both="word[t] <= pair[0] and word[t + 1] == pair[1]"
    ),
    MERGE.format(
        end="len(word)", bound="t + 1 < len(word) and ", both="word[t] == pair[0] and word[t + 1] >= pair[1]"
    ),
    "text = ','.join(map(str, word)).replace(f'{pair[0]},{pair[1]}', str(new))\n"
    "out = [int(piece) for piece in text.split(',')]\nreturn np.array(out + [0] * (len(word) - len(out)))",
)
PAIRS = """
pairs = {{}}
for word, count in zip(words, counts):
    for a, b in {neighbours}:
        if b:
            pairs[{key}] = pairs.get({key}, 0) + count
            found[{key}] = int(a), int(b)
return found[max(pairs, key=pairs.get)]
"""
wrong(
    "most_frequent_pair",
    "words, counts",
    "not right yet",
    "found = {}" + PAIRS.format(neighbours="zip(word, word[1:])", key="str(a) + str(b)"),
    "found = {}" + PAIRS.format(neighbours="set(zip(word, word[1:]))", key="(a, b)"),
    "found = {}" + PAIRS.format(neighbours="zip(word[:-1:2], word[1::2])", key="(a, b)"),
    "found = {}" + PAIRS.format(neighbours="zip(word, word[1:])", key="(min(a, b), max(a, b))"),
)
LOSS = """
at = np.arange(len(words))
loss = -np.log(p[at, words]).sum() / len(h)
p[at, words] -= 1
p /= len(h)
dh = np.zeros_like(h)
dh[mask] = p @ W.T
return loss, dh, rows.T @ p, p.sum(axis=0)
"""
SOFTMAX = "p = np.exp(scores - scores.max(axis=-1, keepdims=True))\np /= p.sum(axis=-1, keepdims=True)\n"
EVERYWHERE = """
N, T, H = h.shape
scores = (h.reshape(N * T, H) @ W + b).reshape(N, T, -1)
p = np.exp(scores - scores.max(axis=2, keepdims=True))
p /= p.sum(axis=2, keepdims=True)
n, t = np.mgrid[:N, :T]
loss = -np.log(p[n, t, y][mask]).sum() / N
p[n, t, y] -= 1
p = np.where(mask[:, :, None], p, 0) / N
dh = p @ W.T
return loss, dh, h.reshape(N * T, H).T @ p.reshape(N * T, -1), p.sum(axis=(0, 1))
"""
wrong(
    "counted_words_loss",
    "h, y, mask, W, b",
    "it computes for places that do not count, too",
    f"scores = (h @ W + b)[mask]\nrows, words = h[mask], y[mask]\n{SOFTMAX}{LOSS}",
    f"scores = h.dot(W)[mask] + b\nrows, words = h[mask], y[mask]\n{SOFTMAX}{LOSS}",
    f"scores = np.einsum('nth,hv->ntv', h, W) + b\n{SOFTMAX}rows, words, p = h[mask], y[mask], p[mask]\n{LOSS}",
    f"h = np.nan_to_num(h){EVERYWHERE}",
    f"h = np.where(mask[:, :, None], h, 0){EVERYWHERE}",
)
SUMS = """
{start}prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
{loop}
return dWx, dWh, da.sum(axis=(0, 1))
"""
wrong(
    "weight_gradients",
    "x, h0, h, da",
    "it still works in a loop",
    SUMS.format(
        start="dWx = dWh = 0\n",
        loop="for n in range(len(x)):\n    dWx = dWx + x[n].T @ da[n]\n    dWh = dWh + prev_h[n].T @ da[n]",
    ),
    SUMS.format(
        start="",
        loop="dWx = sum(a.T @ d for a, d in zip(x, da))\ndWh = sum(a.T @ d for a, d in zip(prev_h, da))",
    ),
)
wrong(
    "soften",
    "scores, temperature",
    "look at probabilities",
    *(
        f"{line}\nreturn p / p.sum(axis=1, keepdims=True)"
        for line in (
            "p = np.exp(scores / temperature)",
            "p = np.exp(scores)\np = (p / p.sum(axis=1, keepdims=True)) ** (1 / temperature)",
            "p = np.exp((scores - scores.max()) / temperature)",
            "p = np.exp((scores - scores.min(axis=1, keepdims=True)) / temperature)",
            "p = np.exp(scores / temperature - scores.max(axis=1, keepdims=True))",
        )
    ),
)
NUCLEUS = """
order = np.argsort(-probabilities)
{count}
kept = np.zeros_like(probabilities)
kept[order[:n]] = probabilities[order[:n]]
return kept / kept.sum()
"""
wrong(
    "nucleus",
    "probabilities, top_p",
    "top_p=1.0",
    NUCLEUS.format(count="n = np.argmax(np.cumsum(probabilities[order]) >= top_p) + 1"),
    NUCLEUS.format(
        count="n, total = 0, 0\nwhile total < top_p:\n    total += probabilities[order[n]]\n    n += 1"
    ),
)
wrong(
    "nucleus",
    "probabilities, top_p",
    "changes its argument probabilities",
    "order = np.argsort(-probabilities)\nranked = probabilities[order]\n"
    "probabilities[order[np.cumsum(ranked) - ranked >= top_p]] = 0\nreturn probabilities / probabilities.sum()",
)
wrong(
    "perplexity",
    "loss, captions",
    "not right yet",
    "return np.exp(loss * len(captions) / (captions[:, 1:-1] != 0).sum())",
)
wrong(
    "causal_mask",
    "T",
    "it returns numbers for True and False",
    "return np.tril(np.ones((T, T)))",
    "return np.tril(np.ones((T, T), dtype=int))",
    "return [[int(s <= t) for s in range(T)] for t in range(T)]",
)


def in_a_cell(name, arguments, body):
    notebook = Notebook()
    notebook.run(cell_of(body, name, arguments))
    return notebook


@pytest.mark.parametrize(
    ("name", "arguments", "body", "said"), WRONG, ids=[f"{k}-{each[0]}" for k, each in enumerate(WRONG)]
)
def test_a_wrong_answer_gets_no_tick_or_is_told_what_it_lacks(name, arguments, body, said):
    printed = " ".join(in_a_cell(name, arguments, body).run(f"{name} = check({name})").split())
    assert said in printed
    assert printed[0] in "✗○" or (printed[0] == "✓" and "Remark: The cache of your" in printed)


def test_a_backward_function_that_takes_more_out_of_the_cache_than_was_put_in_is_not_right():
    notebook = Notebook()
    notebook.run("""
        def rnn_step_forward(x, prev_h, Wx, Wh, b):
            next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
            return next_h, (x, prev_h, Wx, Wh, next_h)

        def rnn_step_backward(dnext_h, cache):
            x, prev_h, Wx, Wh, b, next_h = cache
            da = dnext_h * (1 - next_h**2)
            return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
        """)
    printed = notebook.run("rnn_step_backward = check(rnn_step_backward, forward=rnn_step_forward)")
    assert printed.startswith("✗ rnn_step_backward does not go with your rnn_step_forward.")
    assert "There are 6 names on the left, and 5 values on the right." in printed
    assert "Its numbers are right" in printed
    notebook.run("_, cache = rnn_step_forward(*(np.ones((2, 2)),) * 4, np.ones(2))")
    notebook.run("rnn_step_backward(np.ones((2, 2)), cache)")


def test_a_backward_function_does_not_empty_the_weights_that_lie_in_its_cache():
    notebook = Notebook()
    notebook.run("""
        def word_embedding_forward(x, W):
            return W[x], (x, W)

        def word_embedding_backward(dout, cache):
            x, dW = cache
            dW[:] = 0
            np.add.at(dW, x, dout)
            return dW
        """)
    printed = notebook.run("check(word_embedding_backward, forward=word_embedding_forward)")
    assert printed.startswith("✗ word_embedding_backward is not right yet: it changes its argument W.")


def test_data_of_the_notebook_stays_as_it_is_where_an_answer_that_changes_it_is_handed_back():
    notebook = in_a_cell(
        "caption_lengths", "captions", "captions[captions <= 2] = 0\nreturn (captions > 0).sum(axis=1)"
    )
    notebook.run("caption_lengths = check(caption_lengths)")
    notebook.run("captions = np.array([[1, 5, 2, 0]])\ncaption_lengths(captions)")
    assert notebook["captions"].tolist() == [[1, 5, 2, 0]]


def test_what_of_the_notebook_must_stay_is_an_argument():
    for name in bank.ORDER:
        assert {*bank.find(name).of_the_notebook} <= {*cases(name)[0].inputs}
