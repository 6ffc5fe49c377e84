"""Test inputs of awkward sizes: all different, all equal, each of them 1 alone and together; one in float32."""

import numpy as np

from cs231n.exercises.exercise import Case


def rnn_step_inputs():
    """Cases for rnn_step_forward."""
    return [_step(seed, sizes, 1, dtype) for seed, (sizes, dtype) in enumerate(STEP_SIZES)]


def rnn_step_gradients():
    """Cases for rnn_step_backward."""
    return [_with_upstream(case, 10 + seed, ("dnext_h",)) for seed, case in enumerate(rnn_step_inputs())]


def lstm_step_inputs():
    """Cases for lstm_step_forward."""
    return [_step(20 + seed, sizes, 4, dtype) for seed, (sizes, dtype) in enumerate(STEP_SIZES)]


def lstm_step_gradients():
    """Cases for lstm_step_backward."""
    return [
        _with_upstream(case, 30 + seed, ("dnext_h", "dnext_c"))
        for seed, case in enumerate(lstm_step_inputs())
    ]


def rnn_inputs():
    """Cases for rnn_forward."""
    return [_sequence(40 + seed, sizes, 1, dtype) for seed, (sizes, dtype) in enumerate(SEQUENCE_SIZES)]


def rnn_gradients():
    """Cases for rnn_backward."""
    return [_with_upstream(case, 50 + seed, ("dh",)) for seed, case in enumerate(rnn_inputs())]


def lstm_inputs():
    """Cases for lstm_forward."""
    return [_sequence(60 + seed, sizes, 4, dtype) for seed, (sizes, dtype) in enumerate(SEQUENCE_SIZES)]


def lstm_gradients():
    """Cases for lstm_backward."""
    return [_with_upstream(case, 70 + seed, ("dh",)) for seed, case in enumerate(lstm_inputs())]


def attention_inputs():
    """Cases for attention_forward."""
    found = []
    for seed, ((N, L, H), dtype) in enumerate(ATTENTION_SIZES):
        draw = _drawer(100 + seed, dtype)
        found.append(Case(f"N={N}, L={L}, H={H}", {"h": draw(N, H), "A": draw(N, L, H)}))
    return found


def attention_gradients():
    """Cases for attention_backward."""
    found = []
    for seed, case in enumerate(attention_inputs()):
        h = case.inputs["h"]
        found.append(Case(case.sizes, case.inputs, {"dcontext": _drawer(110 + seed, h.dtype)(*h.shape)}))
    return found


def attention_lstm_inputs():
    """Cases for attention_lstm_step_forward."""
    found = []
    for seed, ((N, D, H), dtype) in enumerate(STEP_SIZES):
        draw, L = _drawer(120 + seed, dtype), 6 - seed % 4
        x, prev_h, prev_c, Wx, Wh, b = _step(120 + seed, (N, D, H), 4, dtype).inputs.values()
        inputs = {"x": x, "prev_h": prev_h, "prev_c": prev_c, "A": draw(N, L, H)}
        inputs |= {"Wx": Wx, "Wh": Wh, "Wc": draw(H, 4 * H) / 2, "b": b}
        found.append(Case(f"N={N}, D={D}, L={L}, H={H}", inputs))
    return found


def embedding_inputs():
    """Cases for word_embedding_forward: words that occur again in a caption, at a time step, and elsewhere."""
    found = []
    for seed, (V, D, words, dtype) in enumerate(EMBEDDINGS):
        x = np.array(words)
        inputs = {"x": x, "W": _drawer(80 + seed, dtype)(V, D)}
        found.append(Case(f"N={x.shape[0]}, T={x.shape[1]}, V={V}, D={D}", inputs))
    return found


def embedding_gradients():
    """Cases for word_embedding_backward."""
    found = []
    for seed, case in enumerate(embedding_inputs()):
        x, W = case.inputs.values()
        draw = _drawer(90 + seed, W.dtype)
        found.append(Case(case.sizes, case.inputs, {"dout": draw(*x.shape, W.shape[1])}))
    return found


EMBEDDINGS = [  # V, D, x, dtype
    (7, 3, [[4, 0, 4, 2], [4, 5, 2, 0]], np.float64),
    (4, 5, [[3, 1, 1, 0, 3, 2]], np.float64),
    (5, 2, [[0], [3], [3]], np.float64),
    (3, 3, [[0, 1, 1], [2, 0, 1], [2, 1, 1]], np.float64),
    (6, 4, [[1, 5, 1], [0, 5, 2]], np.float32),
    (5, 1, [[4, 0, 4], [4, 3, 0]], np.float64),
    (4, 3, [[3]], np.float64),
    (3, 1, [[2]], np.float64),
]
STEP_SIZES = [  # (N, D, H)
    ((3, 5, 4), np.float64),
    ((1, 2, 3), np.float64),
    ((4, 4, 4), np.float64),
    ((2, 3, 5), np.float32),
    ((3, 1, 4), np.float64),
    ((3, 4, 1), np.float64),
    ((1, 1, 1), np.float64),
]
ATTENTION_SIZES = [  # (N, L, H)
    ((3, 5, 4), np.float64),
    ((1, 3, 2), np.float64),
    ((4, 4, 4), np.float64),
    ((2, 6, 3), np.float32),
    ((3, 4, 1), np.float64),
    ((3, 1, 4), np.float64),
    ((1, 1, 1), np.float64),
]
SEQUENCE_SIZES = [  # (N, T, D, H)
    ((2, 3, 5, 4), np.float64),
    ((1, 4, 3, 2), np.float64),
    ((3, 1, 2, 5), np.float64),
    ((3, 3, 3, 3), np.float64),
    ((2, 5, 4, 3), np.float32),
    ((1, 1, 3, 2), np.float64),
    ((2, 3, 1, 4), np.float64),
    ((2, 3, 4, 1), np.float64),
    ((1, 1, 1, 1), np.float64),
]


def _step(seed, sizes, blocks, dtype):
    N, D, H = sizes
    draw = _drawer(seed, dtype)
    state = {"prev_h": draw(N, H), "prev_c": draw(N, H)} if blocks == 4 else {"prev_h": draw(N, H)}
    weights = {"Wx": draw(D, blocks * H) / 2, "Wh": draw(H, blocks * H) / 2, "b": draw(blocks * H) / 2}
    return Case(f"N={N}, D={D}, H={H}", {"x": draw(N, D), **state, **weights})


def _sequence(seed, sizes, blocks, dtype):
    N, T, D, H = sizes
    draw = _drawer(seed, dtype)
    weights = {"Wx": draw(D, blocks * H) / 2, "Wh": draw(H, blocks * H) / 2, "b": draw(blocks * H) / 2}
    return Case(f"N={N}, T={T}, D={D}, H={H}", {"x": draw(N, T, D), "h0": draw(N, H), **weights})


def _with_upstream(case, seed, names):
    """The case with an incoming gradient for each name, shaped like the state (and time) of the case."""
    x = case.inputs["x"]
    H = case.inputs["Wh"].shape[0]
    draw = _drawer(seed, x.dtype)
    return Case(case.sizes, case.inputs, {name: draw(*x.shape[:-1], H) for name in names})


def _drawer(seed, dtype):
    random = np.random.default_rng(seed)
    return lambda *shape: random.normal(size=shape).astype(dtype)
