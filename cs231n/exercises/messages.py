"""The words of a verdict. Each message has a first line with the verdict, and indented lines below."""

from cs231n.exercises.compare import Departure, agrees, describe
from cs231n.exercises.errors import explain
from cs231n.exercises.one_call import flat_axes
from cs231n.exercises.recognise import expected

NAMED = {
    "writes_into_argument": "x += 1 changes the caller's array; x = x + 1 makes a new one.",
    "outputs_in_another_order": "Compare your return line with the order that the docstring asks for.",
    "float64_from_float32": "Remark: float32 came in and float64 went out, which takes twice the memory. "
    "Give np.zeros a dtype.",
}


def unfilled_message(exercise):
    """For a TODO that is still empty."""
    return _join(
        f"○ {exercise.name} is not filled in yet.",
        exercise.start,
    )


def is_reference_message(exercise):
    """For a check that is run again after the reference took the place of the answer."""
    return _join(
        f"○ {exercise.name} is the reference now, not an answer of yours.",
        "Run the cell with your function again, and then this check.",
    )


def right_message(exercise, notes, remark):
    """One line, one thing worth knowing, and the next step."""
    first = f"✓ {exercise.name} is right" + (f" ({notes})." if notes else ".")
    remarks = [NAMED[remark]] if remark else []
    return _join(first, *remarks, f"Worth knowing: {exercise.worth_knowing}", f"Next: {exercise.next_step}")


def error_message(exercise, function, run, known, note=""):
    """The answer stopped with an exception."""
    return _join(
        f"✗ {exercise.name} stopped with an error (tried with {run.case.sizes}).",
        *explain(run.error, function, run.case),
        *_likely(known),
        _noted(note),
    )


def trouble_message(exercise, run):
    """What came back cannot be compared."""
    return _join(f"✗ {exercise.name} is not right yet (tried with {run.case.sizes}).", run.trouble[1])


def written_message(exercise, run):
    """The numbers are right, but an argument was changed in place."""
    names = " and ".join(run.written)
    return _join(
        f"✗ {exercise.name} is not right yet: it changes its argument {names}.",
        "The numbers that it gives back are right.",
        f"Whoever calls it still needs {names}. " + NAMED["writes_into_argument"],
    )


def not_whole_message(exercise):
    """The values are right, but they are floats where something is counted or named."""
    return _join(
        f"✗ {exercise.name} is not right yet: it gives back floats, such as 3.0.",
        "The values are right. They count or name things, so they should be whole numbers: dtype=np.int32.",
    )


def order_message(exercise, places):
    """All outputs are there, in another order."""
    wanted = list(exercise.outputs) + ["cache"] * exercise.returns_cache
    came = ["?" if k is None else wanted[k] for k in places]
    return _join(
        f"✗ {exercise.name} gives back the right arrays in another order.",
        f"Asked for: {', '.join(wanted)}. Yours: {', '.join(came)}.",
        NAMED["outputs_in_another_order"],
    )


def wrong_message(exercise, runs, known, note=""):
    """Which output, where, how far off, what is right already, and what was probably done."""
    right = expected(exercise.name)
    k = next(k for k, run in enumerate(runs) if _wrong_outputs(right[k], run))
    run, wrong = runs[k], _wrong_outputs(right[k], runs[k])
    axes = flat_axes(exercise)
    words = _special_words(run.case) if exercise.whole_numbers else {}
    values = right[k][wrong[0]], run.outputs[wrong[0]]
    departure = Departure(wrong[0], axes[wrong[0]], *values, words, exercise.hide_expected)
    ever = [
        name for name in axes if any(name in _wrong_outputs(r, s) for r, s in zip(right, runs, strict=True))
    ]
    fine = [name for name in axes if name not in ever]
    state = []
    if len(axes) > 1:
        others = [name for name in ever if name != wrong[0]]
        state = [f"Right already: {_and(fine)}." if fine else ""]
        state.append(f"Wrong too: {_and(others)}." if others else "")
    return _join(
        f"✗ {exercise.name} is not right yet: look at {wrong[0]} (tried with {run.case.sizes}).",
        *describe(departure),
        " ".join(filter(None, [*state, _up_to_end(right, runs), _sizes_that_pass(right, runs)])),
        *_likely(known),
        _noted(note),
    )


def _wrong_outputs(right, run):
    if run.outputs is None:
        return []
    return [name for name in right if not agrees(right[name], run.outputs[name])]


def _special_words(case):
    vocabulary = getattr(case.inputs.get("model"), "idx_to_word", {})
    return {number: word for number, word in vocabulary.items() if word.startswith("<")}


def _up_to_end(right, runs):
    """Said of captions that go wrong only after their <END>."""
    for expected_now, run in zip(right, runs, strict=True):
        end = getattr(run.case.inputs.get("model"), "_end", None)
        if end is None or "captions" not in (run.outputs or {}):
            return ""
        ours, theirs = expected_now["captions"], run.outputs["captions"]
        if ours.shape != theirs.shape:
            return ""
        after = (ours == end).cumsum(axis=1) - (ours == end) > 0
        if ((ours != theirs) & ~after).any():
            return ""
    return "Right up to <END>."


def _sizes_that_pass(right, runs):
    """What the sizes that pass have in common, where that tells something."""
    passed = [not _wrong_outputs(r, s) and s.outputs is not None for r, s in zip(right, runs, strict=True)]
    for letter in "TN":
        ones = [f"{letter}=1" in run.case.sizes.split(", ") for run in runs]
        if any(passed) and passed == ones:
            return f"It is right where {letter} = 1."
    return ""


def _likely(known):
    for group in known:
        if len(group) == 1:
            yield "Probably: " * bool(group[0].function) + group[0].sentence  # what a rule says is so
        else:
            yield "Two mistakes give these numbers. " + " Or: ".join(each.sentence for each in group[:2])


def _noted(note):
    if note.startswith("but "):
        return f"Note: {note[4:]}."
    return f"Note: it was checked {note}." if note else ""


def _and(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _join(first, *lines):
    return "\n".join([first, *("  " + line for line in lines if line)])
