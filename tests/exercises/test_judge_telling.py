# ruff: noqa: E501  (answers stay as they were typed)
"""What is told of an answer that fails or is wrong: what is so, and nothing that would mislead."""

import pytest
from cells import Notebook
from right_answers import ANSWERS
from students import BACK, LAYERS, LOOP, LOOP_BACK, RIGHT, STEP, WORDS, changed, step, verdict

from cs231n.exercises import grade

LSTM, LSTM_BACK, SAMPLE, LOSS = (
    ANSWERS[name]
    for name in ("lstm_step_forward", "lstm_step_backward", "captioning_sample", "captioning_loss")
)
EMPTY = changed(LOOP, "np.zeros((len(x), x.shape[1], len(b)), x.dtype)", "[]")
GUESSES = (
    "Is a transpose needed?",
    "Did you mean",
    "Compare your return line",
    "no return line",
    "too large",
)


def scatter(*lines):
    return (
        "def word_embedding_backward(dout, cache):\n    x, W = cache\n    dW = np.zeros_like(W)\n"
        + "".join(f"    {line}\n" for line in lines)
        + "    return dW\n"
    )


def sampled(old, new):
    return [STEP, changed(SAMPLE, old, new)]


def lengths(lines):
    return [f"def caption_lengths(captions):\n    {lines}\n"]


def pair(last):
    return [
        f"""
        def most_frequent_pair(words, counts):
            from collections import Counter
            c = Counter()
            for w, n in zip(words, counts):
                for a, b in zip(w, w[1:]):
                    if b: c[{last[0]}] += int(n)
            return {last[1]}
        """
    ]


def loss_only(old, new):
    return [
        *LAYERS,
        changed(LOSS, old, new).split("    grads = {}")[0] + "    return loss, {}\n",
    ]


# exercise, cells, what is said; none of GUESSES is
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
        [*LAYERS, changed(ANSWERS["captioning_loss"], "h0, proj_cache =", "h0 = proj_cache =")],
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
        ["bias = 0.25", step(f"return {RIGHT.replace('+ b', '+ bias')}, None")],
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
    "nothing to stack": (
        "rnn_forward",
        [STEP, "def rnn_forward(x, h0, Wx, Wh, b):\n    states = []\n    return np.stack(states, axis=1), None"],
        ["states is an empty list"],
    ),
    "loop over a number": (
        "rnn_forward",
        [STEP, "def rnn_forward(x, h0, Wx, Wh, b):\n    T = x.shape[1]\n    for t in T:\n        pass"],
        ["T is the number 3. A loop needs something to walk through: range(T)."],
    ),
    "x in a backward function": (
        "rnn_step_backward",
        [STEP, "def rnn_step_backward(dnext_h, cache):\n    return x.T @ dnext_h"],
        ["x is no argument of this function. What the forward function kept of it is in the cache."],
    ),
    "rows of word numbers": ("word_embedding_backward", [WORDS, scatter("dW = dout[x]")], ["Axis 0 has size 2"]),
    "axis after squeeze": (
        "rnn_step_forward",
        [step(f"next_h = np.squeeze({RIGHT})", "next_h.sum(axis=1)", "return next_h, None")],
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


# exercise, cells, what is said, what is not
SLIPS = {
    "a wrong loss without gradients": (
        "captioning_loss", loss_only("words_out != model._null", "np.ones(words_out.shape)"),
        ["look at loss", "The places after <END> count in your loss.", "has none of the entries"], ["loss is right"]),
    "an unshifted loss without gradients": (
        "captioning_loss", loss_only("captions[:, :-1], captions[:, 1:]", "captions[:, 1:], captions[:, 1:]"),
        ["The input already holds the word that should be predicted."], ["loss is right"]),
    "a key with d": (
        "captioning_loss", [*LAYERS, changed(LOSS, 'grads["W_embed"] =', 'grads["dW_embed"] =')],
        ["It has dW_embed: here the key is the name of the weight, without d."], []),
    "a helper of another cell fails": (
        "rnn_forward", ["def helper(v):\n    p, q, r = v, v", STEP, changed(LOOP, "state, step", "helper(x); state, step")],
        ["helper(x);", "Line 2 (in helper): p, q, r = v, v", "3 names on the left, and 2 values"], []),
    "the list for one cache": (
        "rnn_backward", [STEP, BACK, LOOP, changed(LOOP_BACK, "cache[t]", "cache")],
        ["cache is the whole list, with 3 entries. rnn_step_backward takes the cache of one step."], ["on the left"]),
    "the list for the reference's cache": (
        "rnn_backward",
        ["from cs231n.rnn_layers import *", LOOP, changed(LOOP_BACK, "cache[t]", "cache")],
        ["cache is the whole list"], ["on the left"]),
    "a generator": ("rnn_step_forward", [step("yield 1")], ["whose type is generator"], ["one number"]),
    "a text": ("rnn_step_forward", [step("return 'h'")], ["whose type is str"], ["one number"]),
    "a slice too short": (
        "lstm_step_forward", [step("").replace("rnn", "lstm").replace("prev_h, Wx", "prev_h, prev_c, Wx")
                              + "    f = np.ones((3, 3))\n    return f * prev_c, prev_c, None"],
        ["prev_c has shape (3, 4)"], ["matrix product", "One axis is missing"]),
    "nan": ("rnn_step_forward", [step("return x @ Wx * np.nan, None")], ["nan everywhere"], ["same number"]),
    "the cell's gradient": (
        "lstm_step_backward", [LSTM, changed(LSTM_BACK, "(1 - tanh_c**2)", "(1 - tanh_c) ** 3")],
        ["dprev_c is wrong too, and both come from the gradient of the cell."], ["Look at how you get da"]),
    "prev_c for dnext_c": (
        "lstm_step_backward", [LSTM, changed(LSTM_BACK, "dc = dnext_c", "dc = prev_c")],
        ["prev_c is the old cell, not a gradient."], []),
    "whole numbers": (
        "rnn_forward", [STEP, changed(LOOP, "x.dtype)", "int)")],
        ["whole numbers", "They lose what stands behind the point."], ["zero everywhere"]),
    "sizes of another cell": (
        "rnn_forward", ["N, H = 2, 4", STEP, changed(LOOP, "len(x), x.shape[1], len(b)", "N, x.shape[1], H")],
        ["It reads H and N from another cell"], []),
    "print": ("rnn_step_forward", [step("print(x.shape)")], ["It prints a value and returns nothing"], []),
    "a sample for a step": (
        "rnn_forward", [STEP, changed(LOOP, "x[:, t]", "x[t]")], ["Do you mean time step t of all samples, x[:, t]?"], []),
    "arguments exchanged": (
        "rnn_forward", [STEP, changed(LOOP, "(x[:, t], state,", "(state, x[:, t],")],
        ["state and x[:, t] are exchanged: the order is rnn_step_forward(x, prev_h, Wx, Wh, b)."], ["transpose"]),
    "one term squashed": (
        "rnn_step_forward", [step("return np.tanh(x @ Wx) + prev_h @ Wh + b, None")], ["Only the term with x"], []),
    "the tangent": (
        "rnn_step_forward", [step("return np.tan(x @ Wx + prev_h @ Wh + b), None")], ["the tangent"], []),
    "self in the def line": (
        "captioning_loss", ["def captioning_loss(self, model, features, captions):\n    return 1.0, {}"],
        ["leave self out"], ["other arguments"]),
    "torch": ("rnn_step_forward", [step("return torch.tanh(x), None")], ["Write it with NumPy"], ["no line above"]),
    "size()": ("rnn_step_forward", [step("N, D = x.size()")], ["Do you mean x.shape, without brackets?"], []),
    "dim": ("rnn_step_forward", [step("return x.sum(dim=1), None")], ["NumPy's is axis."], ["other arguments"]),
    "detach": ("rnn_step_forward", [step("return x.detach(), None")], ["leave it out"], []),
    "unsqueeze": ("rnn_step_forward", [step("return x.unsqueeze(1), None")], ["you write x[:, None]"], []),
    "& without brackets": (
        "caption_lengths", lengths("return (captions != 0 & captions != 1).sum(axis=1)"),
        ["Put brackets around each comparison."], []),
    "if of a row": (
        "caption_lengths", lengths("for row in captions:\n        if row != 0: pass"), ["`if` and `while` want one"], []),
    "most_common": (
        "most_frequent_pair", pair(("int(a), int(b)", "c.most_common(1)[0]")), ["together with its count"], []),
    "a list as a key": ("most_frequent_pair", pair(("[a, b]", "max(c)")), ["A tuple can: (a, b)."], []),
    "** 1/2": (
        "clip_gradient",
        ["def clip_gradient(gradient, limit):\n    n = (gradient**2).sum() ** 1/2\n    return gradient * min(1, limit / n)"],
        ["Python takes the power first"], []),
    "split": ("lstm_step_forward", [changed(LSTM, "4, axis=1", "4")], ["axis=1 cuts the columns."], []),
    "argmax": (
        "captioning_sample", sampled(".argmax(axis=1)", ".argmax()"),
        ["words is one number: argmax without an axis looks at the whole array."], []),
    "drawn at random": (
        "captioning_sample", sampled(".argmax(axis=1)", ".argmax(axis=1) * 0 + np.random.randint(3, 7, len(h))"),
        ["Two calls with the same inputs give different numbers."], []),
    "captions too short": (
        "captioning_sample", sampled("return captions", "return captions[:, :3]"),
        ["right as far as it goes, but time steps are missing at the end"], []),
    "h0 in h": (
        "rnn_forward", [STEP, changed(LOOP, "return h, cache", "return np.concatenate([h0[:, None], h], axis=1), cache")],
        ["one time step too many in front"], []),
    "softmax over rows": (
        "counted_words_loss", [changed(ANSWERS["counted_words_loss"], "axis=1, keepdims", "axis=0, keepdims")],
        ["Softmax over the wrong axis"], []),
    "mask inverted": (
        "captioning_loss", [*LAYERS, changed(LOSS, "!= model._null", "== model._null")], ["wrong way round"], []),
    "context added": (
        "attention_lstm_step_forward",
        [ANSWERS["attention_forward"],
         changed(ANSWERS["attention_lstm_step_forward"], "return o * np.tanh(next_c)", "return context + o * np.tanh(next_c)")],
        ["The context enters through the gates"], []),
    "a module without import": (
        "rnn_step_forward", [step("return copy.deepcopy(x), None")], ["import copy"], ["NumPy"]),
    "squeeze beside another mistake": (
        "rnn_step_forward", [step("return np.squeeze(np.tanh(x @ Wx + prev_h @ Wh)), None")],
        ["np.squeeze removes every axis of length 1."], []),
    "a float length": (
        "lstm_step_forward", [changed(LSTM, "i, f, o, g = np.split", "H = Wx.shape[1] / 4; x[:, :H]; i, f, o, g = np.split")],
        ["H is 4.0, a float. / always gives a float"], []),
    "map": (
        "captioning_sample", ["def captioning_sample(model, features, max_length=30):\n    return map(int, features)[:-1]"],
        ["is not a list. list(…) makes one."], []),
    "a list into a column": (
        "captioning_sample", sampled("captions[~ended, t] = words[~ended]", "captions[:, t] = [words]"),
        [], ["number by number"]),
    "np.int": ("rnn_step_forward", [step("return np.zeros(3, dtype=np.int), None")], ["Write int."], ["type of np"]),
    "words as floats": (
        "captioning_sample", sampled("np.full(len(features), model._start)", "np.full(len(features), float(model._start))"),
        ["words holds floats"], []),
    "an attribute of the model": (
        "captioning_sample", ["def captioning_sample(model, features, max_length=30):\n    return model.speak()"],
        ["CaptioningRNN, which has nothing called speak"], []),
    "the last cache at all steps": (
        "rnn_backward", [STEP, BACK, LOOP, changed(LOOP_BACK, "cache[t]", "cache[-1]")],
        ["Which entry of the cache belongs to step t?"], []),
    "the number of the step for a word": (
        "captioning_sample", sampled('p["W_embed"][words]', 'p["W_embed"][[t] * len(h)]'), ["the word with the number t"], []),
    "<START> fed, and words after <END>": (
        "captioning_sample",
        [STEP, changed(SAMPLE, 'p["W_embed"][words]', 'p["W_embed"][[model._start] * len(h)]').replace("ended |= words", "ended = words")],
        ["Every step hears <START>."], []),
    "a forward function that stops": (
        "rnn_step_backward", [step("return x @ prev_h, None"), changed(BACK, "1 - next_h**2", "1 - next_h")],
        ["cannot be judged yet"], ["First difference"]),
}  # fmt: skip


CASES = {name: (*row, GUESSES) for name, row in ROWS.items()} | SLIPS


@pytest.mark.parametrize(("name", "cells", "said", "not_said"), CASES.values(), ids=CASES)
def test_the_message_says_what_is_so_and_guesses_nothing(name, cells, said, not_said):
    found = verdict(name, *cells)
    assert found.status in ("error", "wrong"), found.message
    for text in said:
        assert text in found.message, found.message
    for text in not_said:
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


def test_a_cache_that_is_a_tuple_is_no_cause():
    notebook = Notebook()
    notebook.run("from cs231n.exercises.bank.captioning_forward import captioning_forward")
    notebook.run("from cs231n.layers import affine_backward")
    notebook.run("""
        def captioning_loss(model, features, captions):
            loss, (proj_cache, *_, dscores) = captioning_forward(model, features, captions)
            return loss, affine_backward(dscores, proj_cache)
        """)
    message = grade(notebook["captioning_loss"]).message
    assert "dout has shape (3, 5, 11), expected 2 axes" in message and "is a tuple" not in message


def test_without_arguments_none_are_listed():
    notebook = Notebook()
    notebook.run("def bptt_by_hand():\n    return h")
    message = grade(notebook["bptt_by_hand"]).message
    assert "does not know the name h" in message and "Arguments" not in message


STARTERS = [
    "def rnn_backward(dh, cache):\n    N, T, D = dh.shape\n    return None",
    "def rnn_backward(dh, cache):\n    dx, dh0, dWx, dWh, db = None, None, None, None, None\n    pass\n    return dx, dh0, dWx, dWh, db",
]  # fmt: skip


@pytest.mark.parametrize("cell", STARTERS)
def test_a_starter_is_not_filled_in(cell):
    assert verdict("rnn_backward", STEP, BACK, LOOP, cell).status == "unfilled"


def test_float64_is_blamed_on_the_helper_that_makes_it():
    message = verdict(
        "captioning_loss", STEP, BACK, changed(LOOP, ", x.dtype)", ")"), *LAYERS[3:], LOSS
    ).message
    assert "Your rnn_forward makes it." in message and "np.zeros" not in message


def test_a_right_backward_function_is_not_blamed_for_the_step_that_it_calls():
    wrong_step = changed(BACK, "1 - next_h**2", "1 - next_h")
    first = verdict("rnn_backward", STEP, wrong_step, LOOP, LOOP_BACK).message.splitlines()[0]
    assert (
        first
        == "✓ rnn_backward is right (with the reference rnn_step_backward, because yours is not right yet)."
    )


def test_an_output_that_is_wrong_is_not_said_to_be_right():
    cell = """
        def fit_probe(states, targets, strength):
            return np.linalg.solve(states.T @ states + strength, states.T @ targets), targets.mean(axis=0)
        """
    found = verdict("fit_probe", cell)
    assert "look at W" in found.message and "W is right" not in found.message, found.message


def test_an_argument_that_is_changed_is_not_said_to_be_needed_by_a_gradient_check():
    cell = """
        def soften(scores, temperature):
            scores -= scores.max(axis=1, keepdims=True)
            p = np.exp(scores / temperature)
            return p / p.sum(axis=1, keepdims=True)
        """
    found = verdict("soften", cell)
    assert (
        found.status in ("right", "wrong") and "changes" in found.message and "gradient" not in found.message
    )


def test_an_axis_lost_where_there_is_one_feature_costs_nothing():
    loop = """
        def rnn_forward(x, h0, Wx, Wh, b):
            h, cache, state = [], [], h0
            for x_t in np.split(x, x.shape[1], axis=1):
                state, step_cache = rnn_step_forward(np.squeeze(x_t), state, Wx, Wh, b)
                h.append(state)
                cache.append(step_cache)
            return np.stack(h, axis=1), cache
        """
    found = verdict("rnn_forward", STEP, loop)
    assert (found.status, found.remarks) == ("right", ("fails_at_one_feature",)), found.message
