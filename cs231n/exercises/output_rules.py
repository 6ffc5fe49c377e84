"""General rules for one output: what wrong numbers are, when every input shows the same."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from cs231n.exercises.compare import GATES, agrees, differing

ORDERS = list(permutations(range(4)))[1:]  # of gates


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


def _one_value_everywhere(seen):
    values = [np.unique(given) for _, _, given in seen.cases if given.size]
    if not values or any(len(value) > 1 for value in values) or max(g.size for _, _, g in seen.cases) == 1:
        return None
    if all(value[0] == 0 for value in values):
        return "zero everywhere. Is anything put into it?"
    words = getattr(seen.cases[0][0].inputs.get("model"), "idx_to_word", {})
    if words and seen.whole_numbers:
        spoken = {
            case.inputs["model"].idx_to_word.get(value[0].item())
            for (case, _, _), value in zip(seen.cases, values, strict=True)
        }
        return f"{spoken.pop()} everywhere." if len(spoken) == 1 else "the same word everywhere."
    return "the same number everywhere."


def _input_given_back(seen):
    for name in _inputs(seen.cases[0][0]):
        if all(_equal(_inputs(case).get(name), given) for case, _, given in seen.cases):
            return f"this is {name} itself."
    return None


def _another_output(seen):
    for name in seen.all_expected[0]:
        if name != seen.name and all(
            _equal(right[name], given)
            for right, (_, _, given) in zip(seen.all_expected, seen.cases, strict=True)
        ):
            return f"this is what {name} should be."
    return None


def _shape_only(seen):
    if any(given.size != right.size for _, right, given in seen.cases):
        return None
    if not all(agrees(right, given.reshape(right.shape)) for _, right, given in seen.cases):
        return None
    right, given = next((r, g) for _, r, g in seen.cases if r.shape != g.shape)
    why = " Does keepdims keep an axis?" if 1 in given.shape and given.squeeze().shape == right.shape else ""
    return f"the numbers are right, their shape is not: {given.shape} in place of {right.shape}.{why}"


def _turned(seen):
    def holds(change):
        changed = [(right, change(given)) for _, right, given in seen.cases if given.ndim == right.ndim]
        return len(changed) == len(seen.cases) and all(agrees(*pair) for pair in changed)

    first, second, *_ = *seen.axes, "", ""
    if len(seen.axes) >= 2 and holds(lambda given: given.swapaxes(0, 1)):
        if len(seen.axes) == 2:
            return "rows and columns are exchanged."
        return f"the axes for {first} and {second} are exchanged."
    for k, axis in enumerate(seen.axes):
        if axis in WHERE and holds(lambda given, k=k: np.flip(given, k)):
            return f"the {WHERE[axis]}s come in reverse order."
    return None


def _times(seen):
    if seen.whole_numbers or any(given.shape != right.shape for _, right, given in seen.cases):
        return None
    for text, factor in FACTORS.items():
        if any((factor(_sizes(case)) or 1) != 1 for case, _, _ in seen.cases) and all(
            (k := factor(_sizes(case))) is not None and agrees(k * right, given)
            for case, right, given in seen.cases
        ):
            return text
    return None


def _gates_in_another_order(seen):
    """The weights have a block for each gate: read, or given back, in another order."""
    if seen.axes[-1:] == ("gate",):
        for order in ORDERS:
            if all(
                given.shape == right.shape and agrees(_blocks(right, order), given)
                for _, right, given in seen.cases
            ):
                return f"the blocks stand in the order {', '.join(GATES[k] for k in order)}, not i, f, o, g."
    case = seen.cases[0][0]
    H, columns = np.shape(case.inputs.get("Wh", [[]]))
    if case.upstream or columns != 4 * H or not H or not seen.solution:
        return None
    number = list(seen.all_expected[0]).index(seen.name)
    for order in ORDERS:
        if all(agrees(_forward(seen, case, order)[number], given) for case, _, given in seen.cases):
            read = ", ".join(GATES[order.index(k)] for k in range(4))
            return f"the four blocks are read in the order {read}, not i, f, o, g."
    return None


def _blocks(array, order):
    return np.concatenate([np.split(array, 4, axis=-1)[k] for k in order], axis=-1)


def _forward(seen, case, order):
    """What the solution gives with the weights' blocks in another order."""
    weights = ("Wx", "Wh", "b")
    inputs = {name: _blocks(v, order) if name in weights else v for name, v in case.inputs.items()}
    returned = seen.solution(*inputs.values())
    return returned if isinstance(returned, tuple) else (returned,)


def _shifted_by_one(seen):
    for text, step in (("each number is 1 too large.", 1), ("each number is 1 too small.", -1)):
        if seen.whole_numbers and all(agrees(right + step, given) for _, right, given in seen.cases):
            return text
    return None


def only_part(seen):
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
                return f"right but for the {which} {WHERE[axis]}."
            if not any(place[at] for place in places) and all(other.all() for other in others):
                return f"only the {which} {WHERE[axis]} is right."
    return None


RULES = (
    _one_value_everywhere,
    _input_given_back,
    _another_output,
    _shape_only,
    _turned,
    _times,
    _gates_in_another_order,
    _shifted_by_one,
)
WHERE = {"sample": "sample", "caption": "caption", "time step": "time step", "step": "time step"}


def _size(letter, power=1):
    return lambda sizes: sizes[letter] ** power if letter in sizes else None


FACTORS = {
    "the right numbers with the other sign.": lambda sizes: -1,
    "two times the right numbers.": lambda sizes: 2,
    "half of the right numbers.": lambda sizes: 0.5,
    "the right numbers, divided by N, the number of samples.": _size("N", -1),
    "the right numbers, times N, the number of samples.": _size("N"),
    "the right numbers, divided by T, the number of time steps.": _size("T", -1),
    "the right numbers, times T, the number of time steps.": _size("T"),
    "the right numbers, divided by H, the number of units.": _size("H", -1),
    "the right numbers, divided by the number of samples times time steps.": (
        lambda sizes: 1 / (sizes["N"] * sizes["T"]) if {"N", "T"} <= set(sizes) else None
    ),
}


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
