"""Test inputs of awkward sizes: all different, all equal, each of them 1 alone and together; one in float32."""

from functools import partial

import numpy as np

from cs231n.exercises.exercise import Case


def attention_inputs(seed=None):
    """Cases for attention_forward."""
    found = []
    for k, ((N, L, H), dtype) in enumerate(_sizes(ATTENTION_SIZES, seed)):
        draw = _drawer(100 + k, dtype, seed)
        found.append(Case(f"N={N}, L={L}, H={H}", {"h": draw(N, H), "A": draw(N, L, H)}))
    return found


def attention_gradients(seed=None):
    """Cases for attention_backward."""
    found = []
    for k, case in enumerate(attention_inputs(seed)):
        h = case.inputs["h"]
        found.append(Case(case.sizes, case.inputs, {"dcontext": _drawer(110 + k, h.dtype, seed)(*h.shape)}))
    return found


def attention_lstm_inputs(seed=None):
    """Cases for attention_lstm_step_forward."""
    found = []
    for k, ((N, D, H), dtype) in enumerate(_sizes(STEP_SIZES, seed)):
        draw, L = _drawer(120 + k, dtype, seed), 6 - k % 4
        x, prev_h, prev_c, Wx, Wh, b = _step(120 + k, (N, D, H), 4, dtype, seed).inputs.values()
        inputs = {"x": x, "prev_h": prev_h, "prev_c": prev_c, "A": draw(N, L, H)}
        inputs |= {"Wx": Wx, "Wh": Wh, "Wc": draw(H, 4 * H) / 2, "b": b}
        found.append(Case(f"N={N}, D={D}, L={L}, H={H}", inputs))
    return found


def embedding_inputs(seed=None):
    """Cases for word_embedding_forward: words that occur again in a caption, at a time step, and elsewhere."""
    found = []
    for k, (V, D, words, dtype) in enumerate(EMBEDDINGS):
        x = np.array(words)
        if seed is not None:  # other words, which occur again at the same places
            [(V, D)] = longer([(V, D)], seed)
            x = generator(80 + k, seed).permutation(V)[x]
        inputs = {"x": x, "W": _drawer(80 + k, dtype, seed)(V, D)}
        found.append(Case(f"N={x.shape[0]}, T={x.shape[1]}, V={V}, D={D}", inputs))
    return found


def embedding_gradients(seed=None):
    """Cases for word_embedding_backward."""
    found = []
    for k, case in enumerate(embedding_inputs(seed)):
        x, W = case.inputs.values()
        draw = _drawer(90 + k, W.dtype, seed)
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


def generator(number, seed=None):
    """Random numbers for case `number`: the same for everybody without a seed, others for each seed."""
    return np.random.default_rng(number if seed is None else [number, seed])


def longer(sizes, seed=None):
    """The sizes as they are without a seed; with one, each length above 1 grows by 1 to 3."""
    if seed is None:
        return sizes
    more = generator(0, seed)
    return [tuple(n + int(more.integers(1, 4)) * (n > 1) for n in lengths) for lengths in sizes]


def _sizes(table, seed):
    lengths, dtypes = zip(*table, strict=True)
    return zip(longer(lengths, seed), dtypes, strict=True)


def _made(make, number, table, blocks, seed=None):
    return [
        make(number + k, sizes, blocks, dtype, seed) for k, (sizes, dtype) in enumerate(_sizes(table, seed))
    ]


def _step(number, sizes, blocks, dtype, seed):
    N, D, H = sizes
    draw = _drawer(number, dtype, seed)
    state = {"prev_h": draw(N, H), "prev_c": draw(N, H)} if blocks == 4 else {"prev_h": draw(N, H)}
    weights = {"Wx": draw(D, blocks * H) / 2, "Wh": draw(H, blocks * H) / 2, "b": draw(blocks * H) / 2}
    return Case(f"N={N}, D={D}, H={H}", {"x": draw(N, D), **state, **weights})


def _sequence(number, sizes, blocks, dtype, seed):
    N, T, D, H = sizes
    draw = _drawer(number, dtype, seed)
    weights = {"Wx": draw(D, blocks * H) / 2, "Wh": draw(H, blocks * H) / 2, "b": draw(blocks * H) / 2}
    x, h0 = draw(N, T, D), draw(N, H)
    if max(sizes) == 1:
        h0[:] = 0  # as many sequences begin
    return Case(f"N={N}, T={T}, D={D}, H={H}", {"x": x, "h0": h0, **weights})


def _with_upstream(inputs, number, names, seed=None):
    """The cases with an incoming gradient for each name, shaped like the state (and time) of the case."""
    found = []
    for k, case in enumerate(inputs(seed)):
        x = case.inputs["x"]
        H = case.inputs["Wh"].shape[0]
        draw = _drawer(number + k, x.dtype, seed)
        found.append(Case(case.sizes, case.inputs, {name: draw(*x.shape[:-1], H) for name in names}))
    return found


def _drawer(number, dtype, seed):
    random = generator(number, seed)
    return lambda *shape: random.normal(size=shape).astype(dtype)


# Cases of the exercises, as functions of a seed; backward ones have the inputs of their forward ones.
rnn_step_inputs = partial(_made, _step, 0, STEP_SIZES, 1)
lstm_step_inputs = partial(_made, _step, 20, STEP_SIZES, 4)
rnn_inputs = partial(_made, _sequence, 40, SEQUENCE_SIZES, 1)
lstm_inputs = partial(_made, _sequence, 60, SEQUENCE_SIZES, 4)
rnn_step_gradients = partial(_with_upstream, rnn_step_inputs, 10, ("dnext_h",))
lstm_step_gradients = partial(_with_upstream, lstm_step_inputs, 30, ("dnext_h", "dnext_c"))
rnn_gradients = partial(_with_upstream, rnn_inputs, 50, ("dh",))
lstm_gradients = partial(_with_upstream, lstm_inputs, 70, ("dh",))
