"""What `grade` says about answers that are missing, fail, or are wrong in form or value."""

import numpy as np
import pytest
from cells import Notebook
from solved import ANSWERS
from students import ALL, DA, RIGHT, backward, forward, says

from cs231n.exercises import check, grade
from cs231n.rnn_layers import rnn_step_forward

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


# ---- wrong in form


def test_a_forgotten_return_is_named():
    mistake = says(grade(forward(f"next_h = {RIGHT}")), "wrong", "nothing (None)", "return next_h, cache")
    assert mistake == "return_forgotten"


def test_too_few_outputs_are_named():
    assert says(grade(forward(f"return {RIGHT}")), "wrong", "only one array") == "outputs_missing"
    assert (
        says(grade(backward(DA + "return da, da")), "wrong", "returns 2 values instead of 5")
        == "outputs_missing"
    )


def test_too_many_outputs_are_named():
    assert says(grade(forward(f"return {RIGHT}, 1, 2")), "wrong", "3 values") == "too_many_outputs"


def test_another_order_is_named():
    verdict = grade(backward(DA + "return da @ Wx.T, da @ Wh.T, prev_h.T @ da, x.T @ da, da.sum(0)"))
    assert says(verdict, "wrong", "Yours: dx, dprev_h, dWh, dWx, db") == "outputs_in_another_order"
    assert says(grade(forward(f"return (x, Wx), {RIGHT}")), "wrong", "cache, next_h") == verdict.mistake


def test_loss_and_gradients_in_another_order():
    notebook = Notebook()
    notebook.run("from cs231n.exercises.bank.captioning_loss import captioning_loss as model_loss")
    notebook.run("def captioning_loss(*a):\n    return model_loss(*a)[::-1]")
    assert grade(notebook["captioning_loss"]).mistake == "outputs_in_another_order"


def test_an_output_without_value_is_named():
    verdict = grade(backward(DA + "return da @ Wx.T, None, x.T @ da, prev_h.T @ da, da.sum(0)"))
    assert says(verdict, "wrong", "dprev_h is None") == "no_value"


def test_a_missing_gradient_is_named():
    notebook = Notebook()
    notebook.run("from cs231n.exercises.bank.captioning_loss import captioning_loss as model_loss")
    notebook.run(
        """
        def captioning_loss(*a):
            loss, grads = model_loss(*a)
            del grads["W_proj"]
            return loss, grads
        """
    )
    assert says(grade(notebook["captioning_loss"]), "wrong", "W_proj") == "gradient_missing"


@pytest.mark.parametrize("line", ["x += 1", "Wx[0] = 0", "prev_h *= 2", "b -= 1"])
def test_writing_into_an_argument_is_a_mistake_of_its_own(line):
    name = line.split()[0].split("[")[0]
    verdict = grade(forward(f"next_h = {RIGHT}\n{line}\nreturn next_h, None"))
    assert says(verdict, "wrong", f"changes its argument {name}") == "writes_into_argument"


def test_writing_into_the_incoming_gradient_is_right_with_a_remark():
    verdict = grade(backward("dnext_h *= 1 - next_h**2\nda = dnext_h\n" + ALL))
    says(verdict, "right", "changes the caller's dnext_h", "dnext_h = dnext_h * … makes a new array")
    assert "changes_argument" in verdict.remarks


def test_writing_into_a_part_of_it_is_too():
    verdict = grade(backward("dnext_h[:] *= 1 - next_h**2\nda = dnext_h\n" + ALL))
    says(verdict, "right", "changes the caller's dnext_h", "a variable of your own instead of dnext_h[…]")


def test_writing_into_the_cache_is_wrong_since_a_second_call_gives_other_numbers():
    verdict = grade(backward("next_h *= next_h\nda = dnext_h * (1 - next_h)\n" + ALL))
    mistake = says(verdict, "wrong", "changes arrays in the cache", "A second call", "right the first time")
    assert mistake == "writes_into_argument"


def test_writing_into_the_model_is_found():
    notebook = Notebook()
    notebook.run("from cs231n.exercises.bank.captioning_loss import captioning_loss as model_loss")
    notebook.run(
        """
        def captioning_loss(model, features, captions):
            result = model_loss(model, features, captions)
            model.params["b"] += 1
            return result
        """
    )
    assert says(grade(notebook["captioning_loss"]), "wrong", "model") == "writes_into_argument"


def test_float64_from_float32_is_a_remark_and_no_failure():
    verdict = grade(forward(f"return ({RIGHT}).astype(np.float64), None"))
    assert verdict.status == "right" and "float64_from_float32" in verdict.remarks
    assert "Remark" in verdict.message


def test_an_answer_that_calls_the_model_to_speak_is_no_answer():
    """In the chapter the model's `sample` is the answer itself: it would call itself without end."""
    notebook = Notebook()
    notebook.run("def captioning_sample(model, features, n=30): return model.sample(features, n)")
    verdict = grade(notebook["captioning_sample"])
    assert verdict.status == "error" and "the loop that you are writing" in verdict.message


def test_captions_of_floats_are_named():
    notebook = Notebook()
    notebook.run(ANSWERS["captioning_sample"].replace("np.int32", "float"))
    notebook.run("from cs231n.rnn_layers import rnn_step_forward")
    assert says(grade(notebook["captioning_sample"]), "wrong", "whole numbers") == "not_whole_numbers"


# ---- wrong in value


def test_a_wrong_shape_is_told():
    verdict = grade(backward(DA + "return da @ Wx.T, da @ Wh.T, da.T @ x, prev_h.T @ da, da.sum(0)"))
    says(
        verdict,
        "wrong",
        "look at dWx",
        "Shape: expected (5, 4), yours (4, 5).",
        "Right already: dx, dprev_h, dWh and db.",
    )


def test_two_mistakes_at_once_are_both_told():
    verdict = grade(backward(DA + "return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.mean(0)"))
    assert (
        says(verdict, "wrong", "Right already: dx, dWx and dWh.", "Wrong too: db.")
        == "Wh_not_transposed + db_averaged"
    )


def test_an_unknown_mistake_is_still_placed():
    verdict = grade(backward(DA + "dx = da @ Wx.T\ndx[-1, -1] += 1\n" + ALL.replace("da @ Wx.T", "dx", 1)))
    assert (
        says(verdict, "wrong", "look at dx", "dx[2, 4] (sample 2, feature 4)", "1 of 15 numbers differ")
        == "only_part"
    )


def test_the_gate_is_told():
    notebook = Notebook()
    notebook.run(ANSWERS["lstm_step_forward"])
    notebook.run(ANSWERS["lstm_step_backward"].replace("f * (1 - f)", "f"))
    verdict = grade(notebook["lstm_step_backward"], notebook["lstm_step_forward"])
    says(verdict, "wrong")
    notebook.run(
        ANSWERS["lstm_step_backward"].replace(
            "da.sum(axis=0)", "da.sum(axis=0) * np.repeat([1, 2, 1, 1], f.shape[1])"
        )
    )
    verdict = grade(notebook["lstm_step_backward"], notebook["lstm_step_forward"])
    says(verdict, "wrong", "look at db", "db[4] (gate f, unit 0)", "only at gate f")


def test_not_a_number_is_told():
    says(grade(forward(f"return {RIGHT} * np.nan, None")), "wrong", "yours nan", "not finite")


def test_repeated_words_are_told():
    notebook = Notebook()
    notebook.run("def word_embedding_forward(x, W):\n    return W[x], (x, W)")
    notebook.run(ANSWERS["word_embedding_backward"].replace("np.add.at(dW, x, dout)", "dW[x] += dout"))
    verdict = grade(notebook["word_embedding_backward"], notebook["word_embedding_forward"])
    assert says(verdict, "wrong", "only at words 0, 2 and 4") == "repeated_words_lost"


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
