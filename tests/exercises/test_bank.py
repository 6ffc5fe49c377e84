"""The bank tests itself: every known mistake is rejected and named, and no two are alike."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from mistaken_answers import KNOWN, NAMES, handed_in

from cs231n.exercises import bank, check, grade
from cs231n.exercises.compare import agrees
from cs231n.exercises.known_mistakes import Mistake, apply, known, source_of
from cs231n.exercises.recognise.mistakes import mistaken
from cs231n.exercises.run.cases import cases, expected

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("name", "mistake"), KNOWN, ids=NAMES)
def test_each_mistake_is_rejected_and_named_in_at_most_eight_lines(name, mistake, capsys):
    answer, forward = handed_in(name, mistake)
    verdict = grade(answer, forward)
    assert verdict.status in ("wrong", "error")
    assert verdict.mistake == mistake.name
    assert mistake.sentence in verdict.message
    check(answer, forward)
    assert len(capsys.readouterr().out.splitlines()) <= 8


OUTPUTS_APART = [  # in a table each line follows from the one before it
    name for name in bank.ORDER if len(bank.find(name).outputs) > 2 and not name.startswith("bptt")
]


@pytest.mark.parametrize("name", OUTPUTS_APART)
def test_two_mistakes_in_different_outputs_are_both_named(name):
    outputs, known = list(bank.find(name).outputs), mistaken(name)
    wrong = {m.name: {o for o in outputs if _moved(name, known[m.name], o)} for m in bank.find(name).mistakes}
    pairs = [
        (a, b) for a, b in combinations(bank.find(name).mistakes, 2) if not wrong[a.name] & wrong[b.name]
    ]
    assert pairs
    for a, b in pairs:
        both = Mistake(
            "both", "", lambda *given, a=a, b=b: _put_together(outputs, wrong[b.name], a, b, given)
        )
        found = grade(*handed_in(name, both)).mistake
        is_a_third_one = wrong.get(found) == wrong[a.name] | wrong[b.name]
        assert set(found.split(" + ")) == {a.name, b.name} or is_a_third_one


def _moved(name, theirs, output):
    return any(
        case is None or not agrees(right[output], case[output])
        for right, case in zip(expected(name), theirs, strict=True)
    )


def _put_together(outputs, from_second, first, second, given):
    both = zip(outputs, first.function(*given), second.function(*given), strict=True)
    return tuple(b if output in from_second else a for output, a, b in both)


def test_an_edit_replaces_what_stands_in_the_solution_exactly_once():
    edited = [(name, mistake) for name, mistake in KNOWN if mistake.edits]
    assert edited
    for name, mistake in edited:
        source = source_of(mistake.solution)
        assert all(source.count(old) == 1 for old, _ in mistake.edits), (name, mistake.name)
        assert apply(source, mistake.edits) != source


def test_an_edit_that_fits_nowhere_or_twice_is_refused():
    for old in ("z", "a"):
        with pytest.raises(ValueError, match="not once"):
            apply("a + a", [(old, "b")])


def doubled(x):
    return x + x


def tripled(x):
    """Three is
    too many."""
    return 3 * x


def test_a_mistake_is_a_name_edits_and_a_sentence_or_a_function():
    text = """
    kept: return x + -> return
        Add
        it: once.
    both: + x ->
        return -> return 5 *
        Five.
    """
    kept, both, other = known(doubled, text, tripled)
    assert (kept.name, kept.sentence, kept.function(2)) == ("kept", "Add it: once.", 2)
    assert (both.name, both.sentence, both.function(2)) == ("both", "Five.", 10)
    assert (other.name, other.sentence, other.function(2)) == ("tripled", "Three is too many.", 6)


@pytest.mark.parametrize("name", bank.ORDER)
def test_the_solution_that_is_edited_is_right(name):
    solution = next(mistake.solution for mistake in bank.find(name).mistakes if mistake.edits)
    whole = Mistake("none", "", solution)
    assert grade(*handed_in(name, whole)).status == "right"


@pytest.mark.parametrize("name", bank.ORDER)
def test_an_exercise_stands_in_a_chapter_and_needs_exercises(name):
    exercise = bank.find(name)
    assert set(exercise.needs) < set(bank.ORDER)
    (source,) = (ROOT / "notebooks" / "source").glob(f"{exercise.chapter}.py")
    assert f"def {name}(" in source.read_text(encoding="utf-8")


def test_there_are_at_least_seven_an_exercise_and_three_hundred_in_all():
    counts = Counter(name for name, _ in KNOWN)
    assert min(counts[name] for name in bank.ORDER) >= 7 and len(KNOWN) >= 300


@pytest.mark.parametrize("name", bank.ORDER)
def test_names_are_given_once_and_sentences_are_short(name):
    mistakes = bank.find(name).mistakes
    assert len({mistake.name for mistake in mistakes}) == len(mistakes)
    assert all(20 <= len(mistake.sentence) <= 125 for mistake in mistakes)


@pytest.mark.parametrize("name", bank.ORDER)
def test_mistakes_differ_by_far_more_than_rounding(name):
    """Each pair, and each mistake and the reference, differ by at least 1% somewhere."""
    every = {"right": expected(name), **mistaken(name)}
    for first in every:
        for second in every:
            if first < second:
                assert _distance(every[first], every[second]) > 1e-2, (first, second)


def _distance(first, second):
    largest = 0
    for ours, theirs in zip(first, second, strict=True):
        if (ours is None) != (theirs is None):
            return np.inf
        for output in ours or ():
            a, b = (np.asarray(each[output], dtype=float) for each in (ours, theirs))
            if a.shape != b.shape or (np.isfinite(a) != np.isfinite(b)).any():
                return np.inf
            there = np.isfinite(a)  # where a place that must not be read was read, both are NaN
            size = max(np.abs(a).max(initial=0, where=there), 1e-12)
            largest = max(largest, np.abs(a - b).max(initial=0, where=there) / size)
    return largest


@pytest.mark.parametrize("name", bank.ORDER)
def test_an_exercise_says_all_that_a_student_needs(name):
    exercise = bank.find(name)
    assert exercise.name == name and len(exercise.hints) == 3 and len(set(exercise.hints)) == 3
    assert len(exercise.worth_knowing) <= 88 and len(exercise.next_step) <= 97 and len(exercise.start) <= 103
    for text in (exercise.start, exercise.worth_knowing, exercise.next_step, *exercise.hints):
        assert 20 <= len(text) <= 250 and text[-1] in ".?"


@pytest.mark.parametrize("name", [name for name in bank.ORDER if "N=" in cases(name)[0].sizes])
def test_cases_have_awkward_sizes(name):
    sizes = [dict(part.split("=") for part in case.sizes.split(", ") if "=" in part) for case in cases(name)]
    assert any(size.get("N", "1") == "1" for size in sizes)  # without N, every case is one sample
    assert any(len(set(size.values())) == len(size) for size in sizes)
    if "T" in sizes[0] and name not in (
        "captioning_forward",
        "captioning_loss",
        "caption_lengths",
        "perplexity",
        "most_frequent_pair",
    ):
        assert any(size["T"] == "1" for size in sizes)


def test_sampled_captions_differ_and_end_at_different_places():
    for case, outputs in zip(cases("captioning_sample"), expected("captioning_sample"), strict=True):
        captions, model = outputs["captions"], case.inputs["model"]
        ends = [int((row == model._end).argmax()) if model._end in row else None for row in captions]
        assert len(captions) == 1 or len(set(ends)) > 1
        assert len(captions) == 1 or len({tuple(row) for row in captions}) > 1
