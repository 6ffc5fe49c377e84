"""The words of a verdict. Each message has a first line with the verdict, and indented lines below."""

from cs231n.exercises import source, time_limit
from cs231n.exercises.compare import Departure, agrees, describe
from cs231n.exercises.errors import explain, globals_read, line_of, uses
from cs231n.exercises.one_call import flat_axes
from cs231n.exercises.recognise import expected

ANOTHER_ORDER = "Compare your return line with the order that the docstring asks for."
FLOAT64 = (
    "Remark: float32 came in and float64 went out, which takes twice the memory. "
    "np.zeros and np.sqrt(5) make float64: give the first a dtype, and write 5**0.5 for the second."
)


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


def borrowed_message(exercise, names):
    """For an answer that lets the package compute it."""
    return _join(
        f"○ {exercise.name} calls {_and(names)} of the package, which computes the answer for it.",
        "Write it yourself. It counts as not filled in.",
    )


def waits_message(exercise, why):
    """For an answer that calls another one, where nothing stands in for that."""
    again = f"Then run the cell with {exercise.name} and this check again."
    return _join(f"○ {exercise.name} cannot be checked yet.", str(why), again)


def forward_first_message(exercise):
    """For a backward function that reads numbers of a wrong forward function."""
    return _join(
        f"○ {exercise.name} cannot be judged yet: your {exercise.forward}, whose cache it reads, is not right.",
        f"Make {exercise.forward} right first. Then run the cell with {exercise.name} and this check again.",
    )


def right_message(exercise, note, remarks):
    """One line, remarks that cost nothing, one thing worth knowing, and the next step."""
    first = f"✓ {exercise.name} is right" + (f" ({note})." if note else ".")
    next_step = "make that right too." if note.endswith("is not right yet") else exercise.next_step
    return _join(first, *remarks, f"Worth knowing: {exercise.worth_knowing}", f"Next: {next_step}")


def changed_remark(function, names):
    """An argument was changed in place, and the numbers are right all the same."""
    name = names[0]
    operator = source.in_place_operator(function, name)
    if operator:
        way = f"{name} = {name} {operator} … makes a new array; {name} {operator}= … does not."
    elif operator == "":
        way = f"Put the result into a variable of your own in place of {name}[…]."
    else:
        way = f"A copy would not: {name} = {name}.copy()."
    return f"Remark: it changes the caller's {_and(names)}, and a gradient check may use it again. {way}"


def list_remark(names):
    """Numbers came in a list."""
    are = "is a list" if len(names) == 1 else "are lists"
    return (
        f"Remark: {_and(names)} {are}, not an array. np.array(…) makes one: a list has no shape and no sum."
    )


def stopped_message(name):
    """The student pressed the stop button."""
    return f"■ {name} was stopped. The reference stands in."


def endless_message(exercise, function, run):
    """The time limit stopped it."""
    where = line_of(run.error, function)
    return f"✗ {exercise.name} does not come to an end: stopped after {time_limit.SECONDS} seconds{where}."


def raise_left_message(exercise):
    """There is code, and the line of the TODO that raises."""
    return _join(
        f"✗ {exercise.name} has code of yours, but the line raise NotImplementedError still stands in the way.",
        "That line stops the function. Delete it.",
    )


def error_message(exercise, function, runs, known, attempt):
    """The answer stopped with an exception."""
    run = next(run for run in runs if run.error is not None)
    right = expected(exercise.name)
    return _join(
        f"✗ {exercise.name} stopped with an error (tried with {run.case.sizes}).",
        *explain(run.error, function, run.case, exercise),
        _seen(attempt.fault),
        _sizes_that_pass(right, runs, function, known),
        *_likely(known),
        _noted(attempt.note),
    )


def trouble_message(exercise, function, runs, run):
    """What came back cannot be compared."""
    kind, sentence = run.trouble
    right = [
        name
        for name in flat_axes(exercise)
        if all(name in r.readable and agrees(e[name], r.readable[name])
               for e, r in zip(expected(exercise.name), runs, strict=True))
    ]  # fmt: skip
    if kind == "return_forgotten":
        sentence = _why_nothing(function, sentence)
    elif kind == "no_value" and run.returned:
        empty = [k for k, value in enumerate(run.returned) if value is None]
        sentence = " ".join(filter(None, [sentence, empty and source.why_none(function, empty[0])]))
    if "loss" in right:
        first = f"✗ {exercise.name}: your loss is right. The gradients are not all there yet."
    else:
        first = f"✗ {exercise.name} is not right yet (tried with {run.case.sizes})."
    others = [name for name in right if name != "loss"]
    return _join(first, sentence, f"Right already: {_and(others)}." if others else "")


def _why_nothing(function, sentence):
    if why := source.why_none(function):
        return f"It gives back nothing (None). {why}"
    if source.returns_something(function):
        return (
            "It gives back nothing (None), although it has a return line. Is that line reached, with a value?"
        )
    return sentence.replace("Asked for:", "Its last line should be:")


def alters_message(exercise, run, function):
    """The numbers are right the first time, but arrays that are needed again were changed in place."""
    what = f"its argument {_and(run.written)}" if run.written else "arrays in the cache"
    return _join(
        f"✗ {exercise.name} is not right yet: it changes {what}.",
        "The numbers are right the first time. A second call with the same arrays gives others.",
        "x += 1 changes the array itself; x = x + 1 makes a new one.",
    )


def unpacking_message(exercise, sentence):
    """All would be right, were the cache taken apart as it was put together."""
    return _join(
        f"✗ {exercise.name} is not right yet: it takes the cache apart in another order than it was made.",
        sentence,
        "With the right order your gradients are right.",
    )


def loop_message(exercise):
    """The numbers are right, but they are computed step by step, where the exercise is to do without a loop."""
    return _join(
        f"✗ {exercise.name} is not right yet: it still works step by step.",
        "The numbers that it gives back are right.",
        "For a longer sequence it calls NumPy more often. All steps can be done in one call.",
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
        ANOTHER_ORDER,
    )


def wrong_message(exercise, function, runs, known, attempt):
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
    first = f"✗ {exercise.name} is not right yet: look at {wrong[0]} (tried with {run.case.sizes})."
    if "loss" in fine:
        first = f"✗ {exercise.name}: your loss is right. Not right yet: {_and(ever)}."
    state = _right_and_wrong(axes, fine, ever, wrong, run.case)
    return _join(
        first,
        *describe(departure),
        " ".join(
            filter(None, [*state, _up_to_end(right, runs), _sizes_that_pass(right, runs, function, known)])
        ),
        *_likely(known),
        "" if known else globals_read(function, run.case),
        _noted(attempt.note),
        _seen(attempt.fault),
    )


def _right_and_wrong(axes, fine, ever, wrong, case):
    if len(axes) == 1:
        return []
    if "loss" in fine:
        return [*(["The other gradients are right."] if len(fine) > 1 else []), f"Tried with {case.sizes}."]
    others = [name for name in ever if name != wrong[0]]
    return [
        *([f"Right already: {_and(fine)}."] if fine else []),
        *([f"Wrong too: {_and(others)}."] if others else []),
    ]


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


def _sizes_that_pass(right, runs, function, known):
    """What the sizes that pass, or those that fail, have in common, where that tells something."""
    passed = [s.outputs is not None and not _wrong_outputs(r, s) for r, s in zip(right, runs, strict=True)]
    if not any(passed) or len(runs) < 3:
        return ""
    sizes = [run.case.sizes.split(", ") for run in runs]
    for letter in "TN":
        if passed == [f"{letter}=1" in size for size in sizes]:
            return f"It is right where {letter} = 1."
    for letter in "NTDH":
        ones = [f"{letter}=1" in size for size in sizes]
        if [not one for one in ones] == passed and any(ones):
            lost = " np.squeeze removes every axis of length 1." if uses(function, "squeeze") else ""
            return f"It is right where {letter} is more than 1.{lost}"
    if (
        passed.count(False) == 1
        and uses(function, "squeeze")
        and "=1" in runs[passed.index(False)].case.sizes
    ):
        return "It is right with all other sizes. np.squeeze removes every axis of length 1."
    if passed.count(False) == 1 and not known:
        return "It is right with all other inputs that were tried."
    failing = [size for size, fine in zip(sizes, passed, strict=True) if not fine]
    if all(any(part.endswith("=1") for part in size) for size in failing):
        lost = " np.squeeze removes every axis of length 1." if uses(function, "squeeze") else ""
        return f"It is right where no length is 1.{lost}"
    return ""


def _likely(known):
    for group in known:
        if len(group) == 1:
            yield "Probably: " * bool(group[0].function) + group[0].sentence  # what a rule says is so
        else:
            yield "Two mistakes give these numbers. " + " Or: ".join(each.sentence for each in group[:2])


def _seen(fault):
    """What was seen in the cache that the answer reads."""
    return fault[1] if fault and fault[0] != "unclear" else ""


def _noted(note):
    if note.startswith("but "):
        return f"Note: {note[4:]}."
    return f"Note: it was checked {note}." if note else ""


def _and(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _join(first, *lines):
    return "\n".join([first, *("  " + line for line in lines if line)])
