"""Exercise: the nucleus, the fewest words that together reach a probability."""

import numpy as np

from cs231n.exercises.bank.inputs import generator
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def nucleus(probabilities, top_p):
    """The fewest likeliest words whose probabilities together reach top_p, made to sum to 1 again.

    probabilities: (V,), which sum to 1; top_p: above 0 and up to 1
    returns: (V,): 0 for the words left out
    """
    order = np.argsort(-probabilities)
    ranked = probabilities[order]
    left = np.cumsum(ranked) - ranked < top_p
    kept = np.zeros_like(probabilities)
    kept[order[left]] = ranked[left]
    return kept / kept.sum()


ALL_NEEDED = [0.18, 0.34, 0.11, 0.37]  # added up from the largest, 0.9999999999999999


def inputs(seed=None):
    """Cases: two words are enough, or more are needed, or one, or all, whose sum rounding keeps below 1."""
    made = [
        ([0.15, 0.5, 0.05, 0.3], 0.7),
        ([0.05, 0.12, 0.31, 0.18, 0.27, 0.07], 0.6),
        ([0.22, 0.41, 0.37], 0.55),
        ([0.02, 0.26, 0.24, 0.13, 0.35], 0.57),
        ([0.1, 0.7, 0.2], 0.5),
        (ALL_NEEDED, 1.0),
    ]
    if seed is not None:
        random = generator(900, seed)
        made = [(random.dirichlet(np.ones(V)), random.uniform(0.3, 0.9)) for V in (4, 7, 3, 9)]
    return [
        Case(f"V={len(p)}, top_p={top_p}", {"probabilities": np.array(p), "top_p": top_p})
        for p, top_p in made
    ]


MISTAKES = """
last_word_missing: np.cumsum(ranked) - ranked < top_p -> np.cumsum(ranked) < top_p
    The words you keep do not reach top_p: the word that crosses it belongs to them.
one_word_too_many: - ranked < top_p -> - ranked - np.append(0, ranked[:-1]) < top_p
    You keep one word more than needed: without the last one, the others reach top_p already.
least_likely_first: np.argsort(-probabilities) -> np.argsort(probabilities)
    You begin with the least likely words. The nucleus holds the likeliest.
not_sorted: np.argsort(-probabilities) -> np.arange(len(probabilities))
    You take the words as they come. Sort them first, the likeliest at the front.
not_normalised: return kept / kept.sum() -> return kept
    The words that are left do not sum to 1 any more.
not_put_back: kept[order[left]] = ranked[left] -> kept[: left.sum()] = ranked[left]
    Your probabilities are in sorted order. Put each back at the place of its word.
equal_shares: = ranked[left] -> = 1
    The words that are left keep their proportions. Yours are all equally likely.
nothing_left_out: np.cumsum(ranked) - ranked < top_p -> ranked > 0
    You leave no word out.
"""


def first_place_that_reaches(probabilities, top_p):
    """Rounding can keep the sum just below top_p. Then argmax finds no place, says 0, and you keep one word."""
    order = np.argsort(-probabilities)
    kept = order[: np.argmax(np.cumsum(probabilities[order]) >= top_p) + 1]
    left = np.zeros_like(probabilities)
    left[kept] = probabilities[kept]
    return left / left.sum()


def each_word_alone(probabilities, top_p):
    """You compare each word's own probability with top_p. Add the probabilities up, the likeliest first."""
    kept = np.where(probabilities >= top_p, probabilities, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return kept / kept.sum()


def each_word_alone_as_it_is(probabilities, top_p):
    """You compare each word's own probability with top_p. Add the probabilities up, the likeliest first."""
    return np.where(probabilities >= top_p, probabilities, 0)


EXERCISE = Exercise(
    chapter="10_other_ways_to_choose",
    reference=nucleus,
    outputs={"probabilities": ("word",)},
    cases=inputs,
    of_the_notebook=("probabilities",),
    start="Sort the words, the likeliest first, and add their probabilities up: np.argsort, np.cumsum.",
    worth_knowing="the nucleus is small where the model is sure, and large where it is not.",
    next_step="hear the difference between all words and a nucleus.",
    hints=(
        "With 0.5, 0.3, 0.15, 0.05 and top_p = 0.7: which words are needed to reach 0.7?",
        "A word stays when the likelier words before it do not reach top_p yet.",
        "np.cumsum(sorted) - sorted is the sum before each word. Keep those below top_p, put them back at "
        "their places, and divide by what is left in all.",
    ),
    mistakes=known(nucleus, MISTAKES, first_place_that_reaches, each_word_alone, each_word_alone_as_it_is),
)
