"""Sentences that once misled: for each wrong code, what the message must say, and what it must not."""

import pytest
from cells import Notebook
from solved import ANSWERS, check_cell

from cs231n.exercises import bank, grade

TANH = "np.tanh(x @ Wx + prev_h @ Wh + b)"
STEP = ANSWERS["rnn_step_forward"]
BACK = ANSWERS["rnn_step_backward"]
LOOP = ANSWERS["rnn_forward"]
WORDS = ANSWERS["word_embedding_forward"]
EMPTY = LOOP.replace("np.zeros((len(x), x.shape[1], len(b)), x.dtype)", "[]")
GUESSES = (
    "Is a transpose needed?",
    "Did you mean",
    "Compare your return line",
    "no return line",
    "too large",
)


def step(*lines):
    return "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n" + "".join(f"    {line}\n" for line in lines)


def scatter(*lines):
    return (
        "def word_embedding_backward(dout, cache):\n    x, W = cache\n    dW = np.zeros_like(W)\n"
        + "".join(f"    {line}\n" for line in lines)
        + "    return dW\n"
    )


def changed(cell, old, new):
    assert old in cell
    return cell.replace(old, new)


def verdict(name, *cells):
    """The verdict on the exercise that the last cell answers."""
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    forward = name.replace("backward", "forward")
    return grade(notebook[name], notebook.space.get(forward) if forward != name else None)


# exercise, cells, what is said; nothing of GUESSES is said besides
ROWS = {
    "tuple as state": (
        "rnn_forward",
        [STEP, changed(LOOP, "state, step_cache =", "step_cache = state =")],
        ["state is a tuple", "rnn_step_forward returns 2 things"],
    ),
    "tuple stored": (
        "rnn_forward",
        [STEP, changed(LOOP, "h[:, t] = state", "h[:, t] = old = rnn_step_forward(x[:, t], h0, Wx, Wh, b)")],
        [],
    ),
    "tuple as h0": (
        "captioning_loss",
        [*[ANSWERS[n] for n in ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward",
                                "word_embedding_forward", "word_embedding_backward")],
         changed(ANSWERS["captioning_loss"], "h0, proj_cache =", "h0 = proj_cache =")],
        ["h0 is a tuple", "affine_forward returns 2 things"],
    ),
    "global": (
        "rnn_step_forward",
        ["H = 7", step("next_h = np.zeros((len(x), H)) + prev_h @ Wh", "return next_h, None")],
        ["H is not from this function: it is 7 of another cell."],
    ),
    "global array": (
        "rnn_step_forward",
        ["old_h = np.ones((9, 9))", step("return np.tanh(x @ Wx + old_h @ Wh + b), None")],
        ["old_h is not from this function: it is an array of shape (9, 9) of another cell."],
    ),
    "global with wrong numbers": (
        "rnn_step_forward",
        ["bias = 0.25", step(f"return {TANH.replace('+ b', '+ bias')}, None")],
        ["It reads bias from another cell, not from its arguments."],
    ),
    "cache in another order": (
        "rnn_step_backward",
        [STEP, changed(BACK, "Wx, Wh, x, prev_h, next_h = cache", "x, prev_h, Wx, Wh, next_h = cache")],
        ["The cache holds Wx, Wh, x, prev_h, next_h, in this order", "You take out x, prev_h, Wx, Wh, next_h",
         "With the right order your gradients are right."],
    ),
    "result of np.add.at": (
        "word_embedding_backward",
        [WORDS, scatter("dW = np.add.at(dW, x, dout)")],
        ["np.add.at(…) changes dW and returns None"],
    ),
    "returned np.add.at": (
        "word_embedding_backward",
        [WORDS, scatter("return np.add.at(dW, x, dout)").removesuffix("    return dW\n")],
        ["np.add.at(…) changes dW and returns None"],
    ),
    "np.add.at in another order": (
        "word_embedding_backward",
        [WORDS, scatter("np.add.at(x, dW, dout)")],
        ["The order is np.add.at(array, indices, values). Your indices are dW, which holds floats."],
    ),
    "float as index": (
        "word_embedding_backward",
        [WORDS, scatter("dW[len(x) / 2] += 1")],
        ["whole number"],
    ),
    "star for at": (
        "rnn_step_forward",
        [step("return np.tanh(x * Wx + prev_h @ Wh + b), None")],
        ["x has shape (3, 5), Wx has shape (5, 4).", "the matrix product is written @"],
    ),
    "at for star": (
        "lstm_step_forward",
        [changed(ANSWERS["lstm_step_forward"], "f * prev_c", "f @ prev_c")],
        ["f has shape (3, 4), prev_c has shape (3, 4).", "* multiplies number by number"],
    ),
    "time on the first axis": (
        "rnn_forward",
        [STEP, changed(LOOP, "h[:, t] = state", "h[t] = state")],
        ["h has shape (2, 3, 4), and [t] counts along axis 0. Which axis is meant?"],
    ),
    "an axis is missing": (
        "counted_words_loss",
        [changed(ANSWERS["counted_words_loss"], "p /= p.sum(axis=1, keepdims=True)", "p = p / p.sum(axis=1)")],
        ["One axis is missing"],
    ),
    "list as array": (
        "rnn_step_forward",
        [step("parts = [x, prev_h]", "return parts @ Wh, None")],
        ["parts is a list of arrays, not an array."],
    ),
    "list with two indices": (
        "rnn_forward",
        [STEP, EMPTY],
        ["h is a list. It takes one index only"],
    ),
    "list of arrays as answer": (
        "rnn_forward",
        [STEP, changed(EMPTY, "h[:, t] = state", "h.append(state)")],
        ["h is a list of 3 arrays, not an array. np.stack makes one"],
    ),
    "ragged list as answer": (
        "rnn_forward",
        [STEP, changed(EMPTY, "h[:, t] = state", "h.append(state[: t + 1])")],
        ["h is a list of 3 arrays, not an array. np.stack makes one"],
    ),
    "axis after squeeze": (
        "rnn_step_forward",
        [step(f"next_h = np.squeeze({TANH})", "next_h.sum(axis=1)", "return next_h, None")],
        ["there is no axis 1. np.squeeze removes every axis of length 1."],
    ),
    "zeros without brackets": (
        "word_embedding_backward",
        [WORDS, scatter("dW = np.zeros(7, 3)")],
        ["The shape is one argument, in brackets of its own: np.zeros((7, 3))."],
    ),
    "zeros of three": (
        "rnn_forward",
        [STEP, changed(LOOP, "np.zeros((len(x), x.shape[1], len(b)), x.dtype)", "np.zeros(*x.shape)")],
        [],
    ),
    "and between arrays": (
        "caption_lengths",
        ["def caption_lengths(captions):\n    return (captions > 2 and captions < 99).sum(axis=1)"],
        ["`and` and `or` want one True or False. Between arrays write & or |"],
    ),
    "if of an array": (
        "caption_lengths",
        ["def caption_lengths(captions):\n    if captions > 2:\n        return captions"],
        ["`if` and `while` want one True or False"],
    ),
    "tanh without np": ("rnn_step_forward", [step("return tanh(x @ Wx), None")], ["np.tanh."]),
    "hat for a power": (
        "rnn_step_backward",
        [STEP, changed(BACK, "next_h**2", "next_h^2")],
        ["Powers are written **."],
    ),
    "a name far away": ("rnn_step_forward", [step("return np.tanh(a), None")], ["the name a here"]),
    "one more than the last index": (
        "rnn_forward",
        [STEP, changed(LOOP, "in range(x.shape[1])", "in range(x.shape[1] + 1)")],
        ["Axis 1 has size 3, so its last index is 2."],
    ),
    "no shape fits": ("rnn_step_forward", [step("return np.tanh(x @ Wh + b), None")], ["No transpose"]),
    "self": (
        "captioning_sample",
        ["def captioning_sample(model, features, max_length=30):\n    return self.params"],
        ["the model comes in as the argument model"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "said"), ROWS.values(), ids=ROWS)
def test_the_message_says_what_is_so_and_guesses_nothing(name, cells, said):
    found = verdict(name, *cells)
    assert found.status in ("error", "wrong"), found.message
    for text in said:
        assert text in found.message, found.message
    for text in GUESSES:
        assert text not in found.message, found.message


def test_a_transpose_is_offered_where_it_would_fit():
    message = verdict("rnn_step_forward", step("return np.tanh(x @ Wx.T + prev_h @ Wh + b), None")).message
    assert "Is a transpose needed?" in message


@pytest.mark.parametrize(
    ("typed", "meant"), [("prevh", "prev_h"), ("wx", "Wx"), ("nxet_h", None), ("prev_hh", "prev_h")]
)
def test_names_one_slip_away_are_offered(typed, meant):
    message = verdict("rnn_step_forward", step(f"return np.tanh({typed}), None")).message
    assert (f"Did you mean {meant}?" in message) == (meant is not None)


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


def test_a_wrong_backward_half_is_still_wrong_with_such_a_cache():
    cell, said = FAULTY["None"]
    wrong = ANSWERS["rnn_backward"].replace("dh[:, t] + dprev_h", "dh[:, t]")
    _, printed = checked(*RIGHT_STEP, ("rnn_forward", cell), ("rnn_backward", wrong))
    assert printed[3].startswith("✗") and "The cache of your rnn_forward is None" in printed[3]


# Not filled in, or nearly


def test_a_raise_that_stands_above_the_code_is_named():
    found = verdict("rnn_step_forward", step("raise NotImplementedError('TODO')", f"return {TANH}, None"))
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


LAYERS = [ANSWERS[name] for name in ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward",
                                     "word_embedding_forward", "word_embedding_backward")]  # fmt: skip


@pytest.mark.parametrize("grads", ["{}", "None"])
def test_a_right_loss_without_gradients_is_praised_as_such(grads):
    before, _ = ANSWERS["captioning_loss"].split("            grads = {}")
    found = verdict("captioning_loss", *LAYERS, f"{before}            return loss, {grads}\n")
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
        "DHN": [f"next_h = {what}({TANH})", "return next_h, (x, prev_h, Wx, Wh)"],
        "N": [f"next_h = {TANH}", "if len(x) == 1: next_h = np.squeeze(next_h, axis=0)",
              "return next_h, (x, prev_h, Wx, Wh)"],
    }[letters]  # fmt: skip
    found = verdict("rnn_step_forward", step(*lines))
    assert found.status == "wrong" and "np.squeeze removes every axis of length 1." in found.message
    assert ("It is right where N is more than 1." in found.message) == (letters == "N")


# A backward function whose forward partner is wrong

NO_TANH = """
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
    found = verdict("rnn_step_backward", NO_TANH.format(kept), BACKWARD.format(taken, derivative))
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
    found = verdict("rnn_step_backward", NO_TANH.format(kept), BACKWARD.format(taken, "1 - h**2"))
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
