"""What a forward function puts into its cache, and which caches a backward function may have in mind."""

import dis

import numpy as np

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.one_call import outputs_and_cache

DEEPEST = 20  # a list may hold itself


def leaves(cache, path=()):
    """Everything in a cache of tuples, lists and dicts: path → value."""
    if isinstance(cache, tuple | list | dict) and len(path) < DEEPEST:
        items = cache.items() if isinstance(cache, dict) else enumerate(cache)
        return {found: leaf for key, value in items for found, leaf in leaves(value, (*path, key)).items()}
    return {path: cache}


def what_is_missing(exercise, forward):
    """Facts that say why no backward function can use the cache of a forward function; none where one may.

    Tried on the first case: an input that our own cache holds must be there, whole or in pieces.
    """
    made = outputs_and_cache(forward, cases(exercise.name)[0]) if exercise.returns_cache else None
    if made is None:
        return []
    inputs, (outputs, cache) = cases(exercise.name)[0].inputs, made
    ours = list(leaves(outputs_and_cache(exercise.reference, cases(exercise.name)[0])[1]).values())
    theirs = list(leaves(cache).values())
    if not all(map(_can_be_seen, theirs)):
        return []
    arrays = [name for name, value in inputs.items() if name != "b" and isinstance(value, np.ndarray)]
    needed = tuple(name for name in arrays if _share(inputs[name], ours) == 1)
    if all(leaf is None for leaf in theirs):
        return [fact("cache_is_none" if theirs else "cache_is_empty", names=needed)]
    shares = {name: _share(inputs[name], theirs) for name in needed}
    lost = tuple(name for name in needed if shares[name] < 1)
    if not lost and (unknown := _lengths_unknown(inputs, ours, theirs)):
        return [fact("cache_lacks_length", names=unknown)]
    if not lost:
        return [fact("cache_lacks", names=exercise.cache[-1:])] if _lacks_last_part(exercise, cache) else []
    partly = [name for name in lost if shares[name] > 0]
    if partly and _holds_only_last_step(inputs[partly[0]], theirs):
        return [fact("cache_of_last_step", name=partly[0])]
    found = [fact("cache_lacks", names=lost)]
    if overwritten := next((name for name in lost if name in _assigned(forward)), None):
        found.append(fact("overwritten", name=overwritten))
    elif "h0" in lost and any(_is_view_of(leaf, outputs[0]) for leaf in theirs):
        found.append(fact("slice_is_a_view"))
    return found


def in_another_order(exercise, function, forward):
    """The order of the names in the cache, and that in which the function takes them out, where they differ.

    None where they do not, or where that cannot be seen.
    """
    asked = bank.find(exercise.forward)
    case = cases(asked.name)[0]
    made = outputs_and_cache(forward, case)
    for names in unpacked(function):
        if made is None or not isinstance(made[1], tuple | list) or len(made[1]) != len(names):
            continue
        known = {**case.inputs, **dict(zip(asked.outputs, made[0], strict=False))}
        known |= _between(exercise, known)
        order = []
        for value in made[1]:
            order.append([name for name in names if name in known and _same(value, known[name])])
        if all(len(same) == 1 for same in order):
            found = tuple(same[0] for same in order)
            if found != tuple(names) and sorted(found) == sorted(names):
                return found, tuple(names)
    return None


def laid_out_as_ours(exercise, forward):
    """Does a wrong forward function fill its cache as the reference does, but for the numbers it computes?

    Then the reference's cache is the one that its backward partner should get.
    """
    asked = bank.find(exercise.forward)
    case = cases(asked.name)[0]
    made, (outputs, ours) = outputs_and_cache(forward, case), outputs_and_cache(asked.reference, case)
    if made is None or len(made[0]) != len(outputs):
        return False
    theirs, ours = leaves(made[1]), leaves(ours)
    own = [next((mine for mine, right in zip(made[0], outputs, strict=True) if _same(leaf, right)), leaf)
           for leaf in ours.values()]  # fmt: skip
    return theirs.keys() == ours.keys() and all(map(_same, own, theirs.values()))


def layout_of_names(exercise, function):
    """A function from forward inputs to the cache that a backward function's names tell; None where they do not.

    `x, prev_h, Wx, Wh, next_h = cache` tells what the writer had in mind.
    """
    for names in unpacked(function):
        if names and set(names) <= _quantities(exercise, cases(exercise.forward)[0].inputs).keys():
            return lambda *inputs, names=names: _pick(exercise, names, inputs)
    return None


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


def step_caches(step, x, h0, *weights):
    """The most usual cache of a sequence: the list of the steps' caches."""
    caches, state = [], (h0,)
    if step.__name__.startswith("lstm"):
        state = (h0, 0 * h0)
    for t in range(x.shape[1]):
        *state, cache = step(x[:, t], *state, *weights)
        caches.append(cache)
    return caches


def _pick(exercise, names, inputs):
    known = _quantities(exercise, dict(zip(cases(exercise.forward)[0].inputs, inputs, strict=True)))
    return tuple(known[name] for name in names)


def _quantities(exercise, inputs):
    """Inputs, outputs and what lies between them, by the names that people use."""
    asked = bank.find(exercise.forward)
    known = {**inputs, **dict(zip(asked.outputs, asked.reference(*inputs.values()), strict=False))}
    return {**known, **_between(exercise, known)}


def _between(exercise, known):
    """What people keep besides inputs and outputs; nothing where wrong outputs do not allow it."""
    try:
        return exercise.between(**known) if exercise.between else {}
    except Exception:
        return {}


def _lacks_last_part(exercise, cache):
    """Does a cache hold all parts that are asked for but the last, an array, and no other array as large?"""
    if not isinstance(cache, tuple | list) or len(cache) != len(exercise.cache) - 1:
        return False
    last = outputs_and_cache(exercise.reference, cases(exercise.name)[0])[1][-1]
    needed = np.count_nonzero(last.any(axis=-1)) * last.shape[-1]  # without the places that do not count
    return not any(
        np.size(leaf) >= needed and np.shape(leaf)[-1] == last.shape[-1] for leaf in leaves(cache).values()
    )


def _assigned(function):
    """Names that a function gives a value to."""
    code, names = getattr(function, "__code__", None), set()
    for step in dis.get_instructions(code) if code else ():
        if stores := step.opname.count("STORE_FAST"):  # two in one instruction, or one and a load
            names |= set(step.argval[:stores] if isinstance(step.argval, tuple) else [step.argval])
    return names


def _share(value, held):
    """Which part of the numbers of `value` is found in a cache, in whatever arrangement."""
    if value.dtype.kind in "iub":  # small numbers are found everywhere: look for room enough for them
        in_a_list = [leaf for leaf in held if isinstance(leaf, int) and leaf in range(2**31)]
        held = [*held, np.array(in_a_list, dtype=int)]
        return float(any(np.size(leaf) >= value.size and _may_hold_words(leaf, value) for leaf in held))
    numbers = [np.ravel(leaf) for leaf in held if np.asarray(leaf).dtype.kind == "f"]
    return float(np.isin(value, np.concatenate(numbers)).mean()) if numbers else 0.0


def _lengths_unknown(inputs, ours, theirs):
    """Inputs whose length our cache holds as a number, where no number and no axis of theirs tells it."""
    told = {int(leaf) for leaf in theirs if np.ndim(leaf) == 0 and isinstance(leaf, int | np.integer)}
    told = told.union(*map(np.shape, theirs))
    return tuple(
        name
        for name, value in inputs.items()
        if np.ndim(value) and len(value) not in told and any(_is_number(leaf, len(value)) for leaf in ours)
    )


def _is_number(leaf, number):
    return isinstance(leaf, int | np.integer) and leaf == number


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
    """Are two leaves of caches the same numbers? Anything may come: a list, None, an object."""
    if not (_can_be_seen(value) and _can_be_seen(known)):
        return False
    value, known = np.asarray(value), np.asarray(known)
    return value.dtype.kind in "fiub" and value.shape == known.shape and np.array_equal(value, known)


def _can_be_seen(leaf):
    return leaf is None or isinstance(leaf, np.ndarray | np.generic | int | float | str)
