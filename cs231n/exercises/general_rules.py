"""What can be said of wrong numbers that no known mistake explains: rules that hold for any exercise.

A rule speaks where every input shows the same, and says what the numbers are: the other sign, transposed, right
but for the last step. How they came about is left open.
"""

import numpy as np

from cs231n.exercises.compare import GATES, agrees, differing
from cs231n.exercises.known_mistakes import Mistake
from cs231n.exercises.output_rules import RULES, Seen, only_part

MOST = 2  # sentences


def general_rules(exercise, cases, expected, given, wrong, also_parts=False):
    """Mistakes without a function, one a rule, for the outputs called `wrong`; MOST at most.

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
        for rule in (*RULES, only_part) if also_parts else RULES:
            if says := rule(seen):
                found.setdefault((rule.__name__.strip("_"), says), []).append(name)
                break
    rules = [Mistake(rule, f"{_and(names)}: {says}", None) for (rule, says), names in found.items()]
    return rules[:MOST], {name for names in list(found.values())[:MOST] for name in names}


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
    every = "dx, dprev_h, dWx, dWh and db all fit one da"
    if "prev_c" in cases[0].inputs and len(gates) == 1:
        return Mistake("one_gate_of_da", f"{every}, which is wrong for gate {GATES[gates.pop()]} only.", None)
    return Mistake("da", f"{every}: what comes after da is right. Look at how you get da.", None)


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
    return Mistake(
        "one_gate", f"{_and(with_gates)}: only the columns of gate {GATES[gates.pop()]} are wrong.", None
    )


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


def _and(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
