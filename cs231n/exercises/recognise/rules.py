"""What can be said of wrong numbers that no known mistake explains: rules that hold for any exercise.

A rule speaks where every input shows the same, and says what the numbers are: the other sign, transposed, right
but for the last step. How they came about is left open.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from cs231n.exercises.compare import GATES, agrees, differing
from cs231n.exercises.facts import Fact, Shape, Term, fact

MOST = 2  # rules that are told
ORDERS = list(permutations(range(4)))[1:]  # of gates
ONE_VALUE = "one_value_everywhere"
TIME_STEP = "time step"
WHERE = {"sample": "sample", "caption": "caption", "time step": TIME_STEP, "step": TIME_STEP}


@dataclass(frozen=True)
class Rule:
    """What a general rule says of some outputs."""

    name: str
    outputs: tuple
    fact: Fact


@dataclass(frozen=True)
class Seen:
    """One output: its axes, for each case (case, expected, given), and all outputs that are expected.

    solution: gives the outputs; None in a pack that holds no answers
    """

    name: str
    axes: tuple
    cases: list
    all_expected: list
    whole_numbers: bool
    solution: Callable | None


def general_rules(exercise, cases, expected, given, wrong, also_parts=False):
    """Rules for the outputs called `wrong`; MOST at most.

    also_parts: also rules that leave open what the wrong numbers are, and say only where they are
    returns: these, and the set of outputs that they speak of
    """
    if exercise.hide_expected:
        return [], set()
    if also_parts:
        joint = _one_gradient_before(exercise, cases, expected, given, wrong) or _one_gate(
            exercise, expected, given, wrong
        )
        if joint:
            return [joint], set(wrong)
    found = {}  # (rule, what it says) → outputs
    for name in wrong:
        seen = _seen(exercise, cases, expected, given, name)
        for rule, look in (RULES | {"only_part": _only_part} if also_parts else RULES).items():
            if says := look(seen):
                found.setdefault((rule, says), []).append(name)
                break
    rules = [Rule(rule, tuple(names), says) for (rule, says), names in found.items()][:MOST]
    return rules, {name for rule in rules for name in rule.outputs}


def _one_gradient_before(exercise, cases, expected, given, wrong):
    """All gradients of a step come from one da: where they fit one, da alone is wrong, or some of its columns."""
    state = "dprev_h"
    needed = {"dx", state, "dWx", "dWh", "db"}
    if not needed <= set(wrong) or not set(exercise.outputs) <= {*needed, "dprev_c"}:
        return None
    gates, used = set(), 0
    for case, right, mine in zip(cases, expected, given, strict=True):
        x, prev_h, Wx, Wh = (case.inputs[name] for name in ("x", "prev_h", "Wx", "Wh"))
        if any(mine[name].shape != right[name].shape for name in needed):
            return None
        if len(x) > x.shape[1] or x.dtype == np.float32:
            continue  # more samples than features: dWx does not tell what da was
        if not all(np.isfinite(mine[name]).all() for name in needed):
            return None
        back = np.linalg.pinv(x.T)
        da = back @ mine["dWx"]
        parts = {"dx": da @ Wx.T, state: da @ Wh.T, "dWx": x.T @ da, "dWh": prev_h.T @ da, "db": da.sum(0)}
        if not all(agrees(parts[name], mine[name]) for name in needed):
            return None
        off = differing(back @ right["dWx"], da)
        gates |= {int(k) * 4 // off.shape[1] for k in np.flatnonzero(off.any(axis=0))}
        used += 1
    if used < 2:
        return None
    outputs = tuple(name for name in exercise.outputs if name in needed)
    if "dprev_c" in wrong:
        return Rule("da", outputs, fact("da_and_dprev_c"))
    if "prev_c" in cases[0].inputs and len(gates) == 1:
        return Rule("one_gate_of_da", outputs, fact("one_gate_of_da", gate=GATES[gates.pop()]))
    return Rule("da", outputs, fact("da"))


def _one_gate(exercise, expected, given, wrong):
    """The columns of one gate are wrong, those of the others are right."""
    with_gates = [name for name in wrong if exercise.outputs.get(name, ())[-1:] == ("gate",)]
    if not with_gates:
        return None
    gates = set()
    for right, mine in zip(expected, given, strict=True):
        for name in with_gates:
            mask = differing(right[name], mine[name])
            if mask is None:
                return None
            gates |= {int(k) * 4 // mask.shape[-1] for k in np.flatnonzero(np.atleast_2d(mask).any(axis=0))}
    if len(gates) != 1:
        return None
    return Rule("one_gate", tuple(with_gates), fact("one_gate", gate=GATES[gates.pop()]))


def _seen(exercise, cases, expected, given, name):
    arrays = [
        (case, right[name], mine[name]) for case, right, mine in zip(cases, expected, given, strict=True)
    ]
    axes = exercise.outputs.get(name)
    if axes is None:  # an entry of a dict
        axes = next(
            v[key] for v in exercise.outputs.values() if isinstance(v, dict) for key in v if repr(key) in name
        )
    solution = next((mistake.solution for mistake in exercise.mistakes), None)
    return Seen(name, axes, arrays, expected, exercise.whole_numbers, solution)


# ---- rules for one output


def _whole_numbers(seen):
    """Numbers of a type that has nothing behind the point."""
    if seen.whole_numbers or any(given.dtype.kind not in "iub" for _, _, given in seen.cases):
        return None
    split = any((right != np.round(right)).any() for _, right, _ in seen.cases)
    return fact("whole_numbers") if split else None


def _one_value_everywhere(seen):
    values = [np.unique(given) for _, _, given in seen.cases if given.size]
    if not values or any(len(value) > 1 for value in values) or max(g.size for _, _, g in seen.cases) == 1:
        return None
    if all(value[0] == 0 for value in values):
        return fact("zero_everywhere")
    if all(np.isnan(value[0]) for value in values):
        return fact("nan_everywhere")
    words = getattr(seen.cases[0][0].inputs.get("model"), "idx_to_word", {})
    if words and seen.whole_numbers:
        spoken = {
            case.inputs["model"].idx_to_word.get(value[0].item())
            for (case, _, _), value in zip(seen.cases, values, strict=True)
        }
        return (
            fact("word_everywhere", word=spoken.pop()) if len(spoken) == 1 else fact("same_word_everywhere")
        )
    return fact("same_number_everywhere")


def _input_given_back(seen):
    for name in _inputs(seen.cases[0][0]):
        if all(_equal(_inputs(case).get(name), given) for case, _, given in seen.cases):
            return fact("input_itself", input=name)
    return None


def _another_output(seen):
    for name in seen.all_expected[0]:
        if name != seen.name and all(
            _equal(right[name], given)
            for right, (_, _, given) in zip(seen.all_expected, seen.cases, strict=True)
        ):
            return fact("another_output", output=name)
    return None


def _shape_only(seen):
    if any(given.size != right.size for _, right, given in seen.cases):
        return None
    if not all(agrees(right, given.reshape(right.shape)) for _, right, given in seen.cases):
        return None
    right, given = next((r, g) for _, r, g in seen.cases if r.shape != g.shape)
    kept = 1 in given.shape and given.squeeze().shape == right.shape
    return fact(
        "shape_only_keepdims" if kept else "shape_only", given=Shape(given.shape), expected=Shape(right.shape)
    )


def _too_long_or_short(seen):
    """Along one axis, places are missing at the end, or there is one too many; the others are right."""
    right, given = next(((r, g) for _, r, g in seen.cases if r.shape != g.shape), (None, None))
    if right is None or any(g.ndim != r.ndim for _, r, g in seen.cases):
        return None
    for k, axis in enumerate(seen.axes):
        if axis not in WHERE:
            continue
        about = {"axis": Term(WHERE[axis]), "given": Shape(given.shape), "expected": Shape(right.shape)}
        for kind, cut in CUTS.items():
            if all(agrees(*cut(r, g, k)) for _, r, g in seen.cases):
                return fact(kind, **about)
    return None


CUTS = {  # which parts of right and given agree along axis k
    "too_short": lambda right, given, k: (right.take(range(min(given.shape[k], right.shape[k])), k), given),
    "one_more_in_front": lambda right, given, k: (right, given.take(range(1, given.shape[k]), k)),
    "one_more_at_the_end": lambda right, given, k: (right, given.take(range(given.shape[k] - 1), k)),
}


def _turned(seen):
    def holds(change):
        changed = [(right, change(given)) for _, right, given in seen.cases if given.ndim == right.ndim]
        return len(changed) == len(seen.cases) and all(agrees(*pair) for pair in changed)

    first, second, *_ = *seen.axes, "", ""
    if len(seen.axes) >= 2 and holds(lambda given: given.swapaxes(0, 1)):
        if len(seen.axes) == 2:
            return fact("rows_and_columns")
        return fact("axes_exchanged", first=Term(first), second=Term(second))
    for k, axis in enumerate(seen.axes):
        if axis in WHERE and holds(lambda given, k=k: np.flip(given, k)):
            return fact("reverse_order", axis=Term(WHERE[axis]))
    return None


def _times(seen):
    if seen.whole_numbers or any(given.shape != right.shape for _, right, given in seen.cases):
        return None
    for kind, factor in FACTORS.items():
        if any((factor(_sizes(case)) or 1) != 1 for case, _, _ in seen.cases) and all(
            (k := factor(_sizes(case))) is not None and agrees(k * right, given)
            for case, right, given in seen.cases
        ):
            return fact(kind)
    return None


def _gates_in_another_order(seen):
    """The weights have a block for each gate: read, or returned, in another order."""
    if seen.axes[-1:] == ("gate",):
        for order in ORDERS:
            if all(
                given.shape == right.shape and agrees(_blocks(right, order), given)
                for _, right, given in seen.cases
            ):
                return fact("blocks_in_order", order=", ".join(GATES[k] for k in order))
    case = seen.cases[0][0]
    H, columns = np.shape(case.inputs.get("Wh", [[]]))
    if case.upstream or columns != 4 * H or not H or not seen.solution:
        return None
    number = list(seen.all_expected[0]).index(seen.name)
    for order in ORDERS:
        if all(agrees(_forward(seen, case, order)[number], given) for case, _, given in seen.cases):
            return fact("blocks_read_in_order", order=", ".join(GATES[order.index(k)] for k in range(4)))
    return None


def _shifted_by_one(seen):
    for kind, step in (("too_large_by_1", 1), ("too_small_by_1", -1)):
        if seen.whole_numbers and all(agrees(right + step, given) for _, right, given in seen.cases):
            return fact(kind)
    return None


def _only_part(seen):
    """Along one axis, only the first or the last place is wrong, or only it is right."""
    masks = [differing(right, given) for _, right, given in seen.cases]
    if any(mask is None for mask in masks):
        return None
    for k, axis in enumerate(seen.axes):
        if axis not in WHERE:
            continue
        places = [mask.any(axis=tuple(j for j in range(mask.ndim) if j != k)) for mask in masks]
        places = [place for place in places if len(place) > 1]
        if len(places) < 2:
            continue
        for which, at in (("first", 0), ("last", -1)):
            others = [np.delete(place, at) for place in places]
            if all(place[at] for place in places) and not any(other.any() for other in others):
                return fact(f"right_but_{which}", axis=Term(WHERE[axis]))
            if not any(place[at] for place in places) and all(other.all() for other in others):
                return fact(f"only_{which}_right", axis=Term(WHERE[axis]))
    return None


RULES = {
    "whole_numbers": _whole_numbers,
    ONE_VALUE: _one_value_everywhere,
    "input_given_back": _input_given_back,
    "another_output": _another_output,
    "shape_only": _shape_only,
    "too_long_or_short": _too_long_or_short,
    "turned": _turned,
    "times": _times,
    "gates_in_another_order": _gates_in_another_order,
    "shifted_by_one": _shifted_by_one,
}


def _size(letter, power=1):
    return lambda sizes: sizes[letter] ** power if letter in sizes else None


FACTORS = {
    "other_sign": lambda sizes: -1,
    "two_times": lambda sizes: 2,
    "half": lambda sizes: 0.5,
    "divided_by_N": _size("N", -1),
    "times_N": _size("N"),
    "divided_by_T": _size("T", -1),
    "times_T": _size("T"),
    "divided_by_H": _size("H", -1),
    "divided_by_N_and_T": lambda sizes: 1 / (sizes["N"] * sizes["T"]) if {"N", "T"} <= set(sizes) else None,
}


def _blocks(array, order):
    return np.concatenate([np.split(array, 4, axis=-1)[k] for k in order], axis=-1)


def _forward(seen, case, order):
    """What the solution gives with the weights' blocks in another order."""
    weights = ("Wx", "Wh", "b")
    inputs = {name: _blocks(v, order) if name in weights else v for name, v in case.inputs.items()}
    returned = seen.solution(*inputs.values())
    return returned if isinstance(returned, tuple) else (returned,)


def _inputs(case):
    """The arrays that came in, those of a model's parameters too."""
    found = {**case.upstream, **case.inputs}
    if "model" in found:
        found.update(found.pop("model").params)
    for name, value in list(found.items()):
        if np.ndim(value) == 3:
            found.update({f"{name}[:, 0]": value[:, 0], f"{name}[:, -1]": value[:, -1]})
    return found


def _sizes(case):
    return {letter: int(size) for letter, size in re.findall(r"(\w)=(\d+)", case.sizes)}


def _equal(ours, given):
    return isinstance(ours, np.ndarray) and ours.shape == given.shape and agrees(ours, given)
