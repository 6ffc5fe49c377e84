"""What is worth telling of an answer: lines of facts. The first line is the verdict."""

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

from cs231n.exercises.compare import Departure, agrees, describe
from cs231n.exercises.facts import Term, fact
from cs231n.exercises.judge import syntax
from cs231n.exercises.judge.failures import explain, globals_read, line_of, uses
from cs231n.exercises.known_mistakes import Mistake
from cs231n.exercises.run.attempts import Partner
from cs231n.exercises.run.cases import expected
from cs231n.exercises.run.one_call import flat_axes

Fault = Enum("Fault", "ORDER CONTENTS UNCLEAR")


@dataclass(frozen=True)
class CacheFault:
    """What is wrong between a cache and the function that reads it: its kind, and facts.

    ORDER and CONTENTS are seen in the cache itself; UNCLEAR is so only where the function is right with others
    """

    kind: Fault
    facts: list


# ---- not to be judged


def unfilled(exercise):
    """A TODO that is still empty."""
    return [fact("unfilled", exercise=exercise.name), _text(exercise.start)]


def is_reference(exercise):
    """A check that is run again after the reference took the place of the answer."""
    return [fact("is_reference", exercise=exercise.name), fact("run_your_cell_again")]


def borrowed(exercise, names):
    """An answer that lets the package compute it."""
    return [fact("borrowed", exercise=exercise.name, functions=tuple(names)), fact("write_it_yourself")]


def waits(exercise, missing):
    """An answer that calls another one, where nothing stands in for that."""
    return [
        fact("waits", exercise=exercise.name),
        fact("text", text=str(missing)),
        fact("then_run_it_again", exercise=exercise.name),
    ]


def forward_first(exercise):
    """A backward function whose forward function is not right."""
    about = {"exercise": exercise.name, "forward": exercise.forward}
    return [fact("forward_first", **about), fact("make_forward_right", **about)]


def reference_changed(name):
    """What answers are compared with is not right any more."""
    return [fact("reference_changed", exercise=name), fact("answer_into_notebook"), fact("bring_back")]


def stopped(name):
    """The student pressed the stop button."""
    return [fact("stopped", exercise=name)]


# ---- right


def right(exercise, attempt, remarks):
    """One line, remarks that cost nothing, one thing worth knowing, and the next step."""
    forward = (
        exercise.forward if attempt.partner in (Partner.UNFILLED, Partner.STOPS, Partner.WRONG) else None
    )
    if wrong := attempt.wrong_helpers or ((forward,) if forward else ()):
        first, following = fact("right_with", exercise=exercise.name, helpers=wrong), fact("next_make_right")
    else:
        first, following = fact("right", exercise=exercise.name), fact("next", step=Term(exercise.next_step))
        if attempt.other_helpers:
            first = fact("right_in_place", exercise=exercise.name, helpers=attempt.other_helpers)
    return [first, *remarks, fact("worth_knowing", text=Term(exercise.worth_knowing)), following]


def remark(facts):
    """A remark on facts."""
    first, *others = facts
    return [fact("remark", what=first), *others]


def changed(function, names):
    """An argument was changed in place, and the numbers are right all the same."""
    return [fact("changes_argument", names=names), _new_array(function, names[0])]


def _new_array(function, name):
    """How to make a new array instead of changing the one of this name."""
    operator = syntax.in_place_operator(function, name)
    if operator:
        return fact("new_array_by_operator", name=name, operator=operator)
    return fact("new_array_by_variable" if operator == "" else "new_array_by_copy", name=name)


def lists(names):
    """Numbers came in a list."""
    return fact("lists", names=names, count=len(names))


def fails_at_one_feature():
    """All is right but for the cases with one feature."""
    return fact("fails_at_one_feature")


def float64(function, helper):
    """float32 came in, and float64 went out. helper: the name of the one that makes it, or None"""
    made = fact("float64_from_helper", helper=helper) if helper else None
    if not helper and (uses(function, "zeros") or uses(function, "ones")):
        made = fact("float64_from_zeros")
    elif not helper and uses(function, "sqrt"):
        made = fact("float64_from_sqrt")
    return [fact("float64"), made]


def not_with_its_cache(fault):
    """A backward function that is right with other caches."""
    return [fact("not_with_its_cache"), *fault.facts]


# ---- the cache


def cache(asked, missing):
    """The facts on a forward function's cache, with its name."""
    return [fact(each.kind, forward=asked.name, **dict(each.values)) for each in missing]


def not_with_its_forward(exercise, function, own, fault):
    """A backward function that is right, but not with the cache of the forward function it was given."""
    stopped = next((run for run in own.runs if run.error is not None), None)
    return [
        fact("not_with_its_forward", exercise=exercise.name, forward=exercise.forward),
        *(explain(stopped.error, function, stopped.case, exercise) if stopped else []),
        [*fault.facts, fact("right_with_another_cache")],
    ]


def order_of_cache(put, taken):
    """The order in a cache, and the order in which it is taken apart."""
    return [fact("order_of_cache", put=put, taken=taken)]


def cache_does_not_fit(asked):
    """What is put in and what is taken out are two things."""
    return [fact("cache_does_not_fit", forward=asked.name)]


def another_order_of_cache(exercise, fault):
    """All would be right, were the cache taken apart as it was put together."""
    return [fact("another_order_of_cache", exercise=exercise.name), fault.facts, fact("right_in_that_order")]


# ---- the numbers are right, and yet it is not


def alters(exercise, run):
    """The numbers are right the first time, but arrays that are needed again were changed in place."""
    if run.written:
        first = fact("alters_argument", exercise=exercise.name, names=tuple(run.written))
    else:
        first = fact("alters_cache", exercise=exercise.name)
    return [first, fact("second_call_gives_others"), fact("in_place_or_new")]


def alters_the_notebook(exercise, function, names):
    """The numbers are right, but an argument was changed that cells below need as it was."""
    return [
        fact("alters_argument", exercise=exercise.name, names=names),
        [fact("numbers_are_right"), fact("needed_below", names=names)],
        _new_array(function, names[0]),
    ]


def waste(exercise, counted, places, largest):
    """The numbers are right, but computed for places that do not count, too."""
    return [
        fact("waste", exercise=exercise.name),
        fact("numbers_are_right"),
        fact("waste_seen", counted=counted, places=places, largest=largest),
    ]


def loop(exercise):
    """The numbers are computed in a loop, where the exercise is to do without one."""
    return [fact("loop", exercise=exercise.name), fact("numbers_are_right"), fact("calls_grow")]


def not_whole(exercise):
    """The values are floats where something is counted or named."""
    return [fact("not_whole", exercise=exercise.name), fact("values_should_be_whole")]


def not_booleans(exercise):
    """The values are numbers where True and False are asked for."""
    return [fact("not_booleans", exercise=exercise.name), fact("values_should_be_booleans")]


def order(exercise, places):
    """All outputs are there, in another order."""
    wanted = [*exercise.outputs] + ["cache"] * exercise.returns_cache
    came = [wanted[k] for k in places]
    return [
        fact("outputs_in_another_order", exercise=exercise.name),
        fact("two_orders", wanted=", ".join(wanted), came=", ".join(came)),
        fact("compare_return_line"),
    ]


# ---- it stops, or nothing can be compared


def endless(exercise, function, error):
    """The time limit stopped it."""
    about = {"exercise": exercise.name, "seconds": f"{error.seconds:g}"}
    if line := line_of(error, function):
        return [fact("endless_in_line", number=line[0], text=line[1], **about)]
    return [fact("endless", **about)]


def raise_left(exercise):
    """There is code, and the line of the TODO that raises."""
    return [fact("raise_left", exercise=exercise.name), fact("delete_that_line")]


def error(exercise, function, attempt, known, fault):
    """The answer stopped with an exception."""
    run = next(run for run in attempt.runs if run.error is not None)
    shapes_differ = isinstance(run.error, ValueError | IndexError) and not known
    elsewhere = globals_read(function) if shapes_differ else ()
    return [
        fact("error", exercise=exercise.name, sizes=Term(run.case.sizes)),
        *explain(run.error, function, run.case, exercise),
        _seen(fault),
        _sizes_that_pass(exercise, attempt.runs, function, known),
        *likely(known),
        fact("reads_another_cell", names=elsewhere) if elsewhere else None,
        _note(exercise, attempt),
    ]


def trouble(exercise, function, runs, run, known):
    """What came back cannot be compared, or only in part. `known`: the mistakes that explain what can be."""
    mistake, what = run.trouble
    right = [
        name
        for name in flat_axes(exercise)
        if all(name in r.readable and agrees(e[name], r.readable[name])
               for e, r in zip(expected(exercise.name), runs, strict=True))
    ]  # fmt: skip
    why = [what]
    if wrong := _wrong_readable(exercise, runs, known):
        return [*wrong, what]
    if mistake == "return_forgotten":
        why = _why_nothing(function, what, run.trouble[1]["line"])
    elif mistake == "no_value" and run.returned:
        empty = [k for k, value in enumerate(run.returned) if value is None]
        why = [what, empty and syntax.why_none(function, empty[0])]
    if "loss" in right:
        first = fact("loss_without_gradients", exercise=exercise.name)
    else:
        first = fact("wrong", exercise=exercise.name, sizes=Term(run.case.sizes))
    others = tuple(name for name in right if name != "loss")
    return [first, why, fact("right_already", outputs=others) if others else None]


def _wrong_readable(exercise, runs, known):
    """Lines on the first output that can be compared and is wrong, such as the loss; none where there is none."""
    axes = flat_axes(exercise)
    for name in axes:
        for right, run in zip(expected(exercise.name), runs, strict=True):
            if name in run.readable and not agrees(right[name], run.readable[name]):
                first = fact("wrong_output", exercise=exercise.name, output=name, sizes=Term(run.case.sizes))
                values = right[name], run.readable[name]
                return [first, *describe(Departure(name, axes[name], *values)), *likely(known)]
    return []


def _why_nothing(function, what, line):
    if syntax.prints_instead(function):
        return [fact("print_for_return", line=line)]
    if why := syntax.why_none(function):
        return [fact("returns_none"), why]
    if syntax.returns_something(function):
        return [fact("returns_none_in_return_line")]
    return [what]


# ---- the numbers are wrong


def wrong(exercise, function, attempt, known, fault, random=False):
    """Which output, where, how far off, what is right already, and what was probably done.

    random: True where a second call gives other numbers
    """
    right, runs = expected(exercise.name), attempt.runs
    wrongs = [_wrong_outputs(*pair) for pair in zip(right, runs, strict=True)]
    k = next(k for k, names in enumerate(wrongs) if names)
    run, name = runs[k], wrongs[k][0]
    axes = flat_axes(exercise)
    words = _special_words(run.case) if exercise.whole_numbers else {}
    departure = Departure(name, axes[name], right[k][name], run.outputs[name], words, exercise.hide_expected)
    ever = tuple(name for name in axes if any(name in names for names in wrongs))
    fine = tuple(name for name in axes if name not in ever)
    first = fact("wrong_output", exercise=exercise.name, output=name, sizes=Term(run.case.sizes))
    state = [
        fact("right_already", outputs=fine) if fine else None,
        fact("wrong_too", outputs=tuple(each for each in ever if each != name)) if ever[1:] else None,
    ]
    if len(axes) == 1:
        state = []
    if "loss" in fine:
        first = fact("loss_is_right", exercise=exercise.name, outputs=ever)
        others = fact("other_gradients_right") if len(fine) > 1 else None
        state = [others, fact("tried_with", sizes=Term(run.case.sizes))]
    elsewhere = () if known else globals_read(function)
    return [
        first,
        *describe(departure),
        [*state, _up_to_end(right, runs), _sizes_that_pass(exercise, runs, function, known)],
        *likely(known, ever),
        fact("reads_another_cell", names=elsewhere) if elsewhere else None,
        fact("random") if random else None,
        fact("float16") if any(value.dtype == np.float16 for value in run.outputs.values()) else None,
        fact("squeeze") if _squeezed(function, right, runs) else None,
        _note(exercise, attempt),
        _seen(fault),
    ]


def _squeezed(function, right, runs):
    """Is an axis of length 1 lost, where something else is wrong too?"""
    if not uses(function, "squeeze") or any(run.outputs is None for run in runs):
        return False
    pairs = [
        (r[name].shape, run.outputs[name].shape) for r, run in zip(right, runs, strict=True) for name in r
    ]
    lost = [a != b and b == tuple(n for n in a if n > 1) for a, b in pairs]
    return any(lost) and all(a == b for (a, b), gone in zip(pairs, lost, strict=True) if not gone)


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
            return None
        ours, theirs = expected_now["captions"], run.outputs["captions"]
        if ours.shape != theirs.shape:
            return None
        after = (ours == end).cumsum(axis=1) - (ours == end) > 0
        if ((ours != theirs) & ~after).any():
            return None
    return fact("right_up_to_end")


def _sizes_that_pass(exercise, runs, function, known):
    """Facts on what the sizes that pass, or those that fail, have in common, where that tells something."""
    right = expected(exercise.name)
    passed = [s.outputs is not None and not _wrong_outputs(r, s) for r, s in zip(right, runs, strict=True)]
    if not any(passed) or len(runs) < 3:
        return []
    if any(v.dtype == np.float16 for run in runs for v in (run.outputs or {}).values()):
        return []  # its rounding passes or fails by chance
    lost = [fact("squeeze")] if uses(function, "squeeze") else []
    sizes = [run.case.sizes.split(", ") for run in runs]
    for letter in "TN":
        if passed == [f"{letter}=1" in size for size in sizes]:
            return [fact("right_where_1", letter=letter)]
    for letter in "NTDH":
        ones = [f"{letter}=1" in size for size in sizes]
        if [not one for one in ones] == passed and any(ones):
            return [fact("right_where_more", letter=letter), *lost]
    if passed.count(False) == 1 and lost and "=1" in runs[passed.index(False)].case.sizes:
        return [fact("right_with_other_sizes"), *lost]
    if passed.count(False) == 1 and not known:
        return [fact("right_with_other_inputs")]
    failing = [size for size, fine in zip(sizes, passed, strict=True) if not fine]
    if all(any(part.endswith("=1") for part in size) for size in failing):
        return [fact("right_where_no_1"), *lost]
    return []


def likely(known, wrong=()):
    """A line for each group of mistakes: what was probably done, or what a rule says is so.

    wrong: the outputs that are not right: no sentence claims that they are
    """
    for group in known:
        first, *others = group
        if not isinstance(first, Mistake):
            yield fact("rule", outputs=first.outputs, what=first.fact)
            continue
        texts = [_sentence(each, alone=not known[1:], wrong=wrong) for each in group]
        if others:
            yield fact("two_mistakes", first=texts[0], second=texts[1])
        else:
            yield fact("probably", mistake=texts[0])


def _sentence(mistake, alone, wrong):
    """What is said of a mistake; what it claims to be right, only where it is `alone` and not `wrong`."""
    sentence = Term(mistake.among_others)
    refuted = any(re.search(rf"\b{name} (is|are) right", mistake.claim) for name in wrong)
    if alone and mistake.claim and not refuted:
        return fact("claim_and_sentence", claim=Term(mistake.claim), sentence=sentence)
    return sentence


def _seen(fault):
    """What was seen in the cache that the answer reads."""
    return fault.facts if fault and fault.kind is not Fault.UNCLEAR else None


def _note(exercise, attempt):
    """What was taken from the reference."""
    if attempt.wrong_helpers:
        return fact("checked_with", helpers=attempt.wrong_helpers)
    if attempt.other_helpers:
        return fact("checked_in_place", helpers=attempt.other_helpers)
    if attempt.partner in (Partner.UNFILLED, Partner.STOPS, Partner.WRONG):
        return fact("checked_with", helpers=(exercise.forward,))
    return None


def _text(text):
    return fact("text", text=Term(text))
