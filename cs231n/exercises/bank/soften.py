"""Exercise: probabilities of the next word at a temperature."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def soften(scores, temperature):
    """P(w) = exp(s_w / τ) / Σ_v exp(s_v / τ), in each row.

    scores: (N, V); temperature: τ > 0
    returns: probabilities (N, V)
    """
    largest = scores.max(axis=1, keepdims=True)
    p = np.exp((scores - largest) / temperature)
    return p / p.sum(axis=1, keepdims=True)


def inputs(seed=None):
    """Cases: warm and cold, one row, as many rows as words, float32; exp of the scores overflows there with the
    temperature, or without it; and rows so far apart that only the largest score of each row itself will do."""
    made = [  # N, V, temperature, the highest score of each row, dtype
        (3, 5, 0.5, None, np.float64),
        (1, 4, 2.0, None, np.float64),
        (4, 4, 0.8, None, np.float64),
        (2, 6, 1.5, None, np.float32),
        (2, 5, 0.1, 12, np.float32),
        (2, 4, 2.0, 95, np.float32),
        (2, 3, 0.01, [[6], [-1]], np.float32),
    ]
    cases = []
    for k, (N, V, temperature, highest, dtype) in enumerate(made):
        random = generator(800 + k, seed)
        [(N, V)] = longer([(N, V)], seed) if np.ndim(highest) == 0 else [(N, V)]
        scores = random.normal(size=(N, V))
        if highest is not None:
            scores += highest - scores.max(axis=1, keepdims=True)
        scores = scores.astype(dtype)
        text = f"N={N}, V={V}, temperature={temperature}"
        cases.append(Case(text, {"scores": scores, "temperature": temperature}))
    return cases


MISTAKES = """
largest_not_taken_off: largest = scores.max(axis=1, keepdims=True) -> largest = 0
    In float32, exp of 89 or more is inf, and inf / inf is nan. Subtract the largest score first.
largest_of_all_rows: largest = scores.max(axis=1, keepdims=True) -> largest = scores.max()
    You subtract the largest score of all rows. In a row far below it, every exp becomes 0, and 0 / 0 is nan.
temperature_forgotten: / temperature -> / 1
    Your probabilities are the same at every temperature. Divide the scores, before the exponential.
multiplied: / temperature -> * temperature
    You multiply by the temperature. What should a small one do to the differences of scores?
divided_at_the_end: p / p.sum(axis=1, keepdims=True) -> p / p.sum(axis=1, keepdims=True) / temperature
    You divide by the temperature at the end too, so the rows do not sum to 1.
not_normalised: return p / p.sum(axis=1, keepdims=True) -> return p * np.exp(largest / temperature)
    Your rows do not sum to 1.
all_rows_together: p.sum(axis=1 -> p.sum(axis=(0, 1)
    All rows together sum to 1. Each row should.
down_the_columns: p.sum(axis=1 -> p.sum(axis=0
    Your columns sum to 1. Each row should: it holds the words that one picture can get next.
largest_is_one: p.sum( -> p.max(
    The largest number of each of your rows is 1. A whole row should sum to 1.
logarithm: return p / p.sum(axis=1, keepdims=True) -> return np.log(p / p.sum(axis=1, keepdims=True))
    These are log probabilities.
"""

EXERCISE = Exercise(
    chapter="10_other_ways_to_choose",
    reference=soften,
    outputs={"probabilities": ("sample", "word")},
    cases=inputs,
    start="It is the softmax of chapter 4, over scores that are changed first.",
    worth_knowing="adding one number to a whole row of scores changes no probability.",
    next_step="draw words at four temperatures.",
    hints=(
        "What happens to the difference of two scores when both are divided by 0.1? And by 10?",
        "Divide the scores by the temperature, then take the softmax of each row.",
        "The exponential of all, then each row divided by its own sum: axis=1, keepdims=True.",
    ),
    mistakes=known(soften, MISTAKES),
    usual="largest_not_taken_off",
)
