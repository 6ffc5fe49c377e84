"""Has the reference been changed? In the old assignment answers were written into cs231n/rnn_layers.py.

Here an answer stands in the notebook, and is compared with what is in those files. Whether that is still right is
seen by what it computes: each exercise of the bank has a solution of its own, from which the mistakes are made.
"""

from functools import cache

from cs231n.exercises import bank
from cs231n.exercises.recognise.mistakes import outputs_of, same
from cs231n.exercises.run.cases import cases, expected
from cs231n.exercises.run.one_call import quiet


@cache
def changed_reference(name):
    """The exercise, this one or one that it needs, whose reference is not right any more: its name, or None."""
    if not bank.REFERENCE:
        return None
    exercise = bank.find(name)
    for needed in exercise.needs:
        if changed := changed_reference(needed):
            return changed
    solution = next((mistake.solution for mistake in exercise.mistakes if mistake.solution), None)
    if solution is None:
        return None
    try:
        right = expected(name)
    except Exception:  # whatever a file that was written into raises
        return name
    with quiet():
        own = [outputs_of(exercise, solution, case) for case in cases(name)]
    return None if all(map(same, own, right)) else name
