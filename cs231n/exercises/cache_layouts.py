"""Guess a cache for a backward function whose forward partner is empty or wrong: by the names it unpacks.

`x, prev_h, Wx, Wh, next_h = cache` tells what the writer had in mind. The guess only helps to run the answer;
whether it is right is decided by what it computes then.
"""

import dis

from cs231n.exercises import bank


def cache_layout(exercise, function):
    """A function from forward inputs to a cache, or None when the names tell nothing."""
    for names in unpacked(function):
        found = [name for name in names if name in _quantities(exercise, exercise.cases()[0].inputs)]
        if found == names:
            return lambda *inputs, names=names: _pick(exercise, names, inputs)
    return None


def _pick(exercise, names, inputs):
    known = _quantities(exercise, dict(zip(exercise.cases()[0].inputs, inputs, strict=True)))
    return tuple(known[name] for name in names)


def _quantities(exercise, inputs):
    """Inputs, outputs and what lies between them, by the names that people use."""
    asked = bank.find(exercise.forward)
    outputs = dict(zip(asked.outputs, asked.reference(*inputs.values()), strict=False))
    between = exercise.between(**inputs, **outputs) if exercise.between else {}
    return {**inputs, **outputs, **between}


def unpacked(function):
    """The names on the left of each `a, b, c = …` in the function."""
    code = getattr(function, "__code__", None)
    steps = list(dis.get_instructions(code)) if code else []
    for k, step in enumerate(steps):
        if step.opname == "UNPACK_SEQUENCE":
            names = []
            for after in steps[k + 1 :]:
                if not after.opname.startswith("STORE_FAST") or len(names) >= step.arg:
                    break
                names += after.argval if isinstance(after.argval, tuple) else [after.argval]
            yield names[: step.arg]
