"""Test inputs for the exercises of the transformer: awkward sizes, one sample, one word; one in float32."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case
from cs231n.transformer_layers import causal_mask

SELF_SIZES = [  # (N, T, D, H)
    ((2, 4, 5, 3), np.float64),
    ((1, 3, 2, 4), np.float64),
    ((4, 4, 4, 4), np.float64),
    ((2, 5, 3, 2), np.float32),
    ((3, 1, 4, 2), np.float64),
    ((2, 3, 4, 1), np.float64),
    ((1, 1, 3, 2), np.float64),
]
HEADS = [  # (N, S, T, numbers per head), heads, masked, dtype
    ((2, 4, 4, 3), 2, True, np.float64),
    ((2, 4, 5, 2), 3, False, np.float64),
    ((1, 2, 4, 2), 2, False, np.float64),
    ((4, 4, 4, 2), 4, True, np.float64),
    ((2, 3, 3, 2), 2, True, np.float32),
    ((2, 3, 3, 4), 1, True, np.float64),
    ((1, 1, 1, 3), 2, False, np.float64),
]
NORMS = [  # (N, T, D), eps, dtype
    ((2, 3, 5), 1e-5, np.float64),
    ((3, 2, 4), 0.5, np.float64),
    ((1, 4, 3), 1e-5, np.float64),
    ((4, 4, 4), 0.1, np.float64),
    ((2, 3, 6), 0.2, np.float32),
    ((3, 1, 5), 1e-5, np.float64),
    ((1, 1, 4), 1e-5, np.float64),
]


def mask_inputs(seed=None):
    """Cases for causal_mask."""
    return [Case(f"T={T}", {"T": T}) for ((T,),) in zip(longer([(4,), (3,), (6,), (1,)], seed), strict=True)]


def self_attention_inputs(seed=None):
    """Cases for self_attention_forward: scores so large that softmax is neither flat nor all or nothing."""
    found = []
    for k, ((N, T, D, H), dtype) in enumerate(_sized(SELF_SIZES, seed)):
        draw = _drawer(500 + k, dtype, seed)
        inputs = {"x": draw(N, T, D), "Wq": draw(D, H), "Wk": draw(D, H), "Wv": draw(D, H)}
        found.append(Case(f"N={N}, T={T}, D={D}, H={H}", inputs))
    return found


def self_attention_gradients(seed=None):
    """Cases for self_attention_backward."""
    found = []
    for k, case in enumerate(self_attention_inputs(seed)):
        x, Wq, *_ = case.inputs.values()
        draw = _drawer(520 + k, x.dtype, seed)
        found.append(Case(case.sizes, case.inputs, {"dout": draw(*x.shape[:2], Wq.shape[1])}))
    return found


def multi_head_inputs(seed=None):
    """Cases for multi_head_attention_forward: words among themselves with a mask, and words with other things."""
    found = []
    lengths = longer([sizes for sizes, *_ in HEADS], seed)
    for k, ((N, S, T, d), (_, heads, masked, dtype)) in enumerate(zip(lengths, HEADS, strict=True)):
        draw, D = _drawer(540 + k, dtype, seed), heads * d
        T = S if masked else T
        query, key, value = draw(N, S, D), draw(N, T, D), draw(N, T, D)
        W, b = draw(4, D, D) / dtype(D**0.5) * 2, draw(4, D) / 2
        inputs = {"query": query, "key": key, "value": value, "W": W, "b": b, "num_heads": heads}
        inputs["mask"] = causal_mask(S) if masked else None
        text = f"N={N}, S={S}, T={T}, D={D}, num_heads={heads}"
        found.append(Case(text, inputs))
    return found


def layer_norm_inputs(seed=None):
    """Cases for layer_norm_forward: vectors of different means and lengths, and an eps that can be seen."""
    found = []
    lengths = longer([sizes for sizes, *_ in NORMS], seed)
    for k, ((N, T, D), (_, eps, dtype)) in enumerate(zip(lengths, NORMS, strict=True)):
        draw = _drawer(560 + k, dtype, seed)
        x = draw(N, T, D) * (1 + draw(N, T, 1) ** 2) + 2 * draw(N, T, 1)
        inputs = {"x": x, "gamma": draw(D), "beta": draw(D), "eps": eps}
        found.append(Case(f"N={N}, T={T}, D={D}, eps={eps:g}", inputs))
    return found


def layer_norm_gradients(seed=None):
    """Cases for layer_norm_backward."""
    found = []
    for k, case in enumerate(layer_norm_inputs(seed)):
        x = case.inputs["x"]
        found.append(Case(case.sizes, case.inputs, {"dout": _drawer(580 + k, x.dtype, seed)(*x.shape)}))
    return found


def _sized(table, seed):
    lengths, dtypes = zip(*table, strict=True)
    return zip(longer(lengths, seed), dtypes, strict=True)


def _drawer(number, dtype, seed):
    random = generator(number, seed)
    return lambda *shape: random.normal(size=shape).astype(dtype)
