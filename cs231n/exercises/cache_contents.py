"""What a forward function puts into its cache, and whether a backward function can live on that."""

import copy

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.one_call import outputs_and_cache
from cs231n.exercises.recognise import cases


def leaves(cache, path=()):
    """Everything in a cache of tuples, lists and dicts: path → value."""
    if isinstance(cache, tuple | list | dict):
        items = cache.items() if isinstance(cache, dict) else enumerate(cache)
        return {found: leaf for key, value in items for found, leaf in leaves(value, (*path, key)).items()}
    return {path: cache}


def what_is_missing(exercise, forward):
    """Why no backward function can use the cache of a forward function: a text after "the cache", or None.

    Tried on the first case: an input that our own cache holds must be there, whole or in pieces.
    """
    if not exercise.returns_cache:
        return None
    case = cases(exercise.name)[0]
    inputs, made = case.inputs, outputs_and_cache(forward, case)
    if made is None:
        return None
    outputs, cache = made
    ours = list(leaves(outputs_and_cache(exercise.reference, case)[1]).values())
    theirs = list(leaves(cache).values())
    if not all(map(_can_be_seen, theirs)):
        return None
    needed = [name for name in inputs if name != "b" and _share(inputs[name], ours) == 1]
    if all(leaf is None for leaf in theirs):
        what = "None" if theirs else "empty"
        return f"is {what}. The backward function needs {_or(needed)} from there."
    shares = {name: _share(inputs[name], theirs) for name in needed}
    lost = [name for name in needed if shares[name] < 1]
    if not lost:
        return None
    text = f"does not hold {_or(lost)}, which the backward function needs."
    partly = [name for name in lost if shares[name] > 0]
    if partly and _holds_only_last_step(inputs[partly[0]], theirs):
        text = f"holds {partly[0]} of the last step only. The backward function needs all steps."
    elif "h0" in lost and any(_is_view_of(leaf, outputs[0]) for leaf in theirs):
        text += " A slice such as h[:, t] is a view: it changes when h is written later. A copy does not."
    return text


def with_right_outputs(forward, reference):
    """Makes the caches of a wrong forward function, with the right outputs in the place of its own."""

    def make(*inputs):
        *outputs, cache = forward(*inputs)
        pairs = []
        for mine, ours in zip(outputs, reference(*inputs), strict=False):
            pairs += _pairs(mine, ours)
        return _replaced(cache, pairs)

    return make


def holds_only_right_numbers(exercise, forward, make_cache):
    """Can each number in a cache be right: an input, a right output, or one of those that lie between?

    Tried on the first case.
    """
    asked = bank.find(exercise.forward)
    case = cases(asked.name)[0]
    own = outputs_and_cache(forward, case)
    made = outputs_and_cache(lambda *inputs: (make_cache(*inputs),), case)
    outputs, ours = outputs_and_cache(asked.reference, case)
    if own is None or made is None or len(own[0]) != len(outputs):
        return False
    pairs = list(zip(own[0], outputs, strict=True))
    if not all(isinstance(mine, np.ndarray) and mine.shape == right.shape for mine, right in pairs):
        return False
    parts = [part for mine, right in pairs for part, _ in _pairs(mine, right)]
    if any(_same(part, value) for part in parts for value in case.inputs.values()):
        return False  # an output that looks like an input: nobody knows which of the two is meant
    known = {**case.inputs, **dict(zip(asked.outputs, outputs, strict=False))}
    known |= leaves(ours) | (exercise.between(**known) if exercise.between else {})
    numbers = np.concatenate([np.ravel(value) for value in known.values() if isinstance(value, np.ndarray)])
    held = leaves(made[1]).values()
    return all(_can_be_seen(leaf) for leaf in held) and all(
        np.isin(leaf, numbers).all() for leaf in held if _is_float(leaf)
    )


def taken_out_in_another_order(exercise, names, forward):
    """A sentence where a backward function unpacks the cache in another order than it was made, or None.

    names: those on the left of `a, b, c = cache`
    """
    asked = bank.find(exercise.forward)
    case = cases(asked.name)[0]
    inputs, made = case.inputs, outputs_and_cache(forward, case)
    if made is None:
        return None
    outputs, cache = made
    if not isinstance(cache, tuple | list) or len(cache) != len(names):
        return None
    known = {**inputs, **dict(zip(asked.outputs, outputs, strict=False))}
    known |= exercise.between(**known) if exercise.between else {}
    order = []
    for value in cache:
        same = [name for name in names if name in known and _same(value, known[name])]
        if len(same) != 1:
            return None
        order += same
    if order == list(names) or sorted(order) != sorted(names):
        return None
    return f"Your {asked.name} puts {', '.join(order)} into the cache. You take out {', '.join(names)}."


def _share(value, held):
    """Which part of the numbers of `value` is found in a cache, in whatever arrangement."""
    if value.dtype.kind in "iub":  # small numbers are found everywhere: look for room enough for them
        return float(any(np.size(leaf) >= value.size and _may_hold_words(leaf, value) for leaf in held))
    numbers = [np.ravel(leaf) for leaf in held if np.asarray(leaf).dtype.kind == "f"]
    return float(np.isin(value, np.concatenate(numbers)).mean()) if numbers else 0.0


def _may_hold_words(leaf, words):
    leaf = np.asarray(leaf)
    one_hot = (
        leaf.shape[: words.ndim] == words.shape and leaf.ndim > words.ndim and np.isin(leaf, (0, 1)).all()
    )
    return one_hot or (leaf.dtype.kind in "iu" and np.isin(words, leaf).all())


def _holds_only_last_step(value, held):
    return value.ndim == 3 and _share(value[:, -1], held) == 1 and _share(value[:, :-1], held) == 0


def _is_view_of(leaf, output):
    return isinstance(leaf, np.ndarray) and leaf is not output and np.shares_memory(leaf, output)


def _same(value, known):
    value = np.asarray(value)
    return value.dtype.kind in "fiub" and value.shape == known.shape and np.array_equal(value, known)


def _can_be_seen(leaf):
    return isinstance(leaf, np.ndarray | np.generic | int | float | str | None)


def _is_float(leaf):
    return isinstance(leaf, np.ndarray | float) and np.asarray(leaf).dtype.kind == "f"


def _pairs(mine, ours):
    """Arrays and what belongs in their place: a whole output, and each of its time steps."""
    mine = np.asarray(mine)
    if mine.shape != ours.shape:
        return []
    steps = range(ours.shape[1]) if ours.ndim == 3 else ()
    return [(mine, ours), *((mine[:, t], ours[:, t]) for t in steps)]


def _replaced(cache, pairs):
    if isinstance(cache, dict):
        return {key: _replaced(value, pairs) for key, value in cache.items()}
    if isinstance(cache, tuple | list):
        parts = [_replaced(value, pairs) for value in cache]
        return cache._make(parts) if hasattr(cache, "_make") else type(cache)(parts)
    if hasattr(cache, "__dict__") and not isinstance(cache, np.ndarray):  # an object with attributes
        made = copy.copy(cache)
        vars(made).update(_replaced(vars(cache), pairs))
        return made
    fits = (ours for mine, ours in pairs if isinstance(cache, np.ndarray) and _same(cache, mine))
    return next(fits, cache)


def _or(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
