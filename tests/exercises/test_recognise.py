"""Known mistakes and general rules: named where the numbers say so, silent where they disagree."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.judge import telling
from cs231n.exercises.judge.telling import likely
from cs231n.exercises.known_mistakes import together
from cs231n.exercises.recognise.mistakes import mistaken, outputs_of, recognise, same, same_in, wrong_outputs
from cs231n.exercises.run.attempts import Attempt
from cs231n.exercises.run.cases import cases, expected
from cs231n.exercises.run.one_call import Run, quiet
from cs231n.exercises.say.words import message

# ---- general rules

FLOATS = [
    (name, output)
    for name in bank.ORDER
    if not bank.find(name).whole_numbers
    and not bank.find(name).hide_expected
    and "N=" in cases(name)[0].sizes
    for output in expected(name)[0]
    if expected(name)[0][output].ndim
]
BACKWARD = ["rnn_step_backward", "lstm_step_backward", "rnn_backward", "lstm_backward"]


def found(name, change, output=None):
    """What is recognised when `change(array, case)` was done to one output, or to all: (names, sentences)."""
    runs = []
    for case, right in zip(cases(name), expected(name), strict=True):
        run = Run(case)
        run.outputs = {
            key: change(value, case) if output in (None, key) else value for key, value in right.items()
        }
        runs.append(run)
    groups = recognise(name, runs)
    return [each.name for group in groups for each in group], said(groups)


def said(groups):
    """What the first of each group says: a rule's words, or a known mistake's sentence."""
    return message([fact("agree_empty"), *likely(groups)])


def is_known(name, names):
    """Is one of the bank's mistakes what was found? It was matched by its numbers."""
    return bool(set(names) & set(mistaken(name)))


@pytest.mark.parametrize(("name", "output"), FLOATS)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda value, case: -value, "other sign"),
        (lambda value, case: 2 * value, "two times"),
        (lambda value, case: 0 * value, "zero everywhere"),
        (lambda value, case: value[None], "shape"),
    ],
)
def test_one_output_changed_is_called_so(name, output, change, says):
    names, sentences = found(name, change, output)
    assert says in sentences and output in sentences or is_known(name, names), names


@pytest.mark.parametrize("name", BACKWARD)
@pytest.mark.parametrize("output", ["dWx", "dWh"])
def test_transposed_and_divided(name, output):
    assert "rows and columns" in found(name, lambda v, case: v.T, output)[1] or output == "dWh"
    names, sentences = found(name, lambda v, case: v / len(case.inputs["x"]), output)
    assert "divided by N" in sentences or is_known(name, names)


@pytest.mark.parametrize("name", ["rnn_backward", "lstm_backward"])
def test_first_and_last_step_and_first_sample(name):
    def at(*place):
        def change(value, case):
            value = value.copy()
            value[place] += 1.5
            return value

        return change

    assert "right but for the last time step" in found(name, at(slice(None), -1), "dx")[1]
    assert "right but for the first time step" in found(name, at(slice(None), 0), "dx")[1]
    assert "right but for the first sample" in found(name, at(0), "dx")[1]


@pytest.mark.parametrize(("gate", "letter"), list(enumerate("ifog")))
def test_one_gate(gate, letter):
    def change(value, case):
        value = value.copy()
        H = value.shape[-1] // 4
        value[..., gate * H : (gate + 1) * H] += 0.7
        return value

    for output in ("dWx", "dWh", "db"):
        assert f"only the columns of gate {letter} are wrong" in found("lstm_backward", change, output)[1]


def test_blocks_in_another_order():
    def change(value, case):
        i, f, o, g = np.split(value, 4, axis=-1)
        return np.concatenate([g, i, f, o], axis=-1)

    assert "in the order g, i, f, o" in found("lstm_backward", change, "dWx")[1]


@pytest.mark.parametrize("output", ["dx", "dWx", "db"])
def test_a_rule_is_silent_where_inputs_disagree(output):
    factor = iter([2, 3, 0.5, 2, 7, 2, 2, 1.5, 4, 2])
    names, _ = found("rnn_backward", lambda value, case: next(factor) * value, output)
    assert names == []


def test_gradients_that_fit_one_da():
    def backward(case, da):
        x, prev_h, Wx, Wh, _ = case.inputs.values()
        return {"dx": da @ Wx.T, "dprev_h": da @ Wh.T, "dWx": x.T @ da, "dWh": prev_h.T @ da, "db": da.sum(0)}

    def sentences(spoil=lambda outputs: outputs):
        runs = []
        for case in cases("rnn_step_backward"):
            run = Run(case)
            run.outputs = spoil(backward(case, np.sin(3 * case.upstream["dnext_h"])))
            runs.append(run)
        return said(recognise("rnn_step_backward", runs))

    assert "all fit one da" in sentences()
    assert "all fit one da" not in sentences(lambda outputs: {**outputs, "db": outputs["db"] * 1.1})


def test_what_is_right_of_captions_is_said_only_where_it_is_so():
    def text(change):
        runs = []
        for case, right in zip(cases("captioning_sample"), expected("captioning_sample"), strict=True):
            run = Run(case)
            run.outputs = {"captions": change(right["captions"].copy(), case.inputs["model"])}
            runs.append(run)
        exercise = bank.find("captioning_sample")
        return message(telling.wrong(exercise, exercise.reference, Attempt(runs, False), [], None))

    def filled(captions, model):
        after = (captions == model._end).cumsum(axis=1) - (captions == model._end) > 0
        captions[after] = model._end
        return captions

    def first_spoilt(captions, model):
        captions[:, 0] = model._start
        return captions

    assert "Right up to <END>." in text(filled)
    assert "Right up to <END>." not in text(first_spoilt)


# ---- two mistakes in one answer

EVERY = 31  # pair, in the tests


def pairs(name, every=1):
    """Pairs of mistakes that can be made at once, with what they give on each case."""
    exercise = bank.find(name)
    made = [(a, b, together(a, b)) for a, b in combinations(exercise.mistakes, 2)]
    for a, b, function in [each for each in made if each[2]][::every]:
        with quiet():
            outputs = [outputs_of(exercise, function, case) for case in cases(name)]
        if all(each is not None for each in outputs) and wrong_outputs(name, outputs):
            yield a.name, b.name, outputs


def kind(name, a, b, outputs):
    """both, one, none, a rule, `same numbers` for another known mistake that gives them, or `misled`."""
    runs = [Run(case) for case in cases(name)]
    for run, each in zip(runs, outputs, strict=True):
        run.outputs = each
    found = [mistake for group in recognise(name, runs) for mistake in group]
    names = {mistake.name for mistake in found if mistake in bank.find(name).mistakes}
    if not names:
        return "rule" if found else "none"
    if names <= {a, b}:
        return "both" if len(names) == 2 else "one"
    if all(_gives_these(name, each, outputs) for each in names - {a, b}) or _together_give(
        name, names, outputs
    ):
        return "same numbers"
    return "misled"


def _gives_these(name, mistake, outputs):
    """Are the outputs that this mistake makes wrong just those numbers?"""
    theirs = mistaken(name)[mistake]
    return same_in(wrong_outputs(name, theirs), outputs, theirs)


def _together_give(name, names, outputs):
    exercise = bank.find(name)
    function = together(*(mistake for mistake in exercise.mistakes if mistake.name in names))
    with quiet():
        return bool(function) and all(
            same(mine, outputs_of(exercise, function, case))
            for mine, case in zip(outputs, cases(name), strict=True)
        )


@pytest.mark.parametrize("name", bank.ORDER)
def test_no_pair_is_given_a_name_that_does_not_give_its_numbers(name):
    found = Counter(kind(name, *pair) for pair in pairs(name, EVERY))
    assert not found["misled"], found


def test_most_pairs_are_named_whole():
    found = Counter(
        kind(name, *pair) for name in ("rnn_step_backward", "lstm_step_forward") for pair in pairs(name, 20)
    )
    assert found["both"] >= 0.9 * sum(found.values())


if __name__ == "__main__":
    total = Counter()
    for each in bank.ORDER:
        counts = Counter(kind(each, *pair) for pair in pairs(each))
        total += counts
        print(f"{each:26} {dict(counts)}", flush=True)
    print(f"{'all':26} {dict(total)}")
