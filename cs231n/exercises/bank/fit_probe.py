"""Exercise: a linear probe, the affine layer that reads a fact out of states."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def fit_probe(states, targets, strength):
    """The W and b with the least Σ ‖s W + b − t‖² + strength · ‖W‖²  (ridge regression).

    states: (N, K); targets: (N, C); strength: above 0
    returns: W (K, C), b (C,)
    """
    mean_s, mean_t = states.mean(axis=0), targets.mean(axis=0)
    s, t = states - mean_s, targets - mean_t
    W = np.linalg.solve(s.T @ s + strength * np.eye(len(mean_s), dtype=s.dtype), s.T @ t)
    return W, mean_t - mean_s @ W


def inputs(seed=None):
    """Cases: more states than numbers, fewer, as many, a single class, and one in float32."""
    made = [
        (6, 3, 4, 0.5, np.float64),
        (4, 6, 2, 2.0, np.float64),
        (3, 3, 3, 1.5, np.float64),
        (5, 2, 3, 0.7, np.float32),
        (5, 1, 2, 0.4, np.float64),
        (7, 4, 1, 3.0, np.float64),
        (1, 1, 3, 0.8, np.float64),
    ]
    cases = []
    for k, (N, K, C, strength, dtype) in enumerate(made):
        random = generator(1000 + k, seed)
        [(N, K, C)] = longer([(N, K, C)], seed)
        states = (random.normal(size=(N, K)) + random.normal(size=K)).astype(dtype)  # no mean of 0
        targets = np.eye(C, dtype=dtype)[random.permutation(np.arange(N) % C)]
        text = f"N={N}, K={K}, C={C}, strength={strength}"
        cases.append(Case(text, {"states": states, "targets": targets, "strength": strength}))
    return cases


MISTAKES = """
strength_on_all: strength * np.eye(len(mean_s), dtype=s.dtype) -> strength
    W: you add the strength to every number of the matrix. It belongs on the diagonal only: np.eye.
strength_squared: strength * np.eye -> strength**2 * np.eye
    W: the strength goes in as it is, not squared.
strength_times_rows: strength * np.eye -> strength * len(s) * np.eye
    W: the strength goes in as it is, not multiplied by the number of states.
strength_divided_by_rows: strength * np.eye -> strength / len(s) * np.eye
    W: the strength goes in as it is, not divided by the number of states.
strength_with_the_wrong_sign: + strength * np.eye -> - strength * np.eye
    W: the strength has the wrong sign. It should make W smaller.
mean_not_taken_off: s, t = states - mean_s, targets - mean_t -> s, t = states, targets
    W: fitted as if there were no b. Subtract the means from the states first.
no_b: return W, mean_t - mean_s @ W -> return W, 0 * mean_t
    (W is right.) b: what must be added, so that the mean state gives the mean target?
b_without_the_states: return W, mean_t - mean_s @ W -> return W, mean_t
    (W is right.) b: the mean target is what the mean state should give, with W and b together.
b_with_the_wrong_sign: mean_t - mean_s @ W -> mean_s @ W - mean_t
    (W is right.) b has the wrong sign.
b_added: mean_t - mean_s @ W -> mean_t + mean_s @ W
    (W is right.) b: with s W + b as it is, what does the mean state give? It should give the mean target.
"""

EXERCISE = Exercise(
    chapter="11_inside_the_state",
    reference=fit_probe,
    outputs={"W": ("number", "value"), "b": ("value",)},
    cases=inputs,
    of_the_notebook=("states", "targets"),
    start="Subtract the means from states and targets, and solve for W: np.linalg.solve. Then b.",
    worth_knowing="no training was needed: a sum of squares is least where its gradient is 0.",
    next_step="read the time of day out of the states.",
    hints=(
        "Write s and t for states and targets without their means. At the minimum the gradient with respect to "
        "W is 0: sᵀ(s W − t) + strength · W = 0. What is W?",
        "W solves (sᵀs + strength · 1) W = sᵀt, where 1 is np.eye(K). np.linalg.solve(A, B) gives A⁻¹B.",
        "The mean state must give the mean target: b = mean of the targets − mean of the states @ W.",
    ),
    mistakes=known(fit_probe, MISTAKES),
)
