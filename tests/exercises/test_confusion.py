"""Two mistakes in one answer: both are named, or one, or none; never a third that gives other numbers.

`python tests/exercises/test_confusion.py` measures every pair of the bank, and prints the table.
"""

from collections import Counter
from itertools import combinations

import pytest

from cs231n.exercises import bank
from cs231n.exercises.known_mistakes import together
from cs231n.exercises.recognise.mistakes import mistaken, outputs_of, recognise, same, same_in, wrong_outputs
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.one_call import Run, quiet

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
