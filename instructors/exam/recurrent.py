"""Questions on one step and on a sequence of steps: chapters 01, 02 and 06."""

import numpy as np

from cs231n.exercises.bank.clip_gradient import clip_gradient as clip
from cs231n.lstm_layers import lstm_step_backward, lstm_step_forward
from cs231n.rnn_layers import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward
from instructors.exam.question import Question, close, code, decimal, factor, fraction, matrix, row, table

SLOPES = {0.5: 0.75, -0.5: 0.75, 0.6: 0.64, -0.6: 0.64, 0.8: 0.36, -0.8: 0.36}  # state → 1 − state²
ROUND = {0.5: 4, -0.5: 4, 0.6: 5, -0.6: 5, 0.8: 5, -0.8: 5}  # state → what its slope makes a short number of
TANH = {0: "0", 1: "0.76", 2: "0.96", 3: "1.00"}


def rnn_step(random):
    """A step forward: whole numbers inside the tanh, whose values stand in a table."""
    while True:
        x, prev_h, b = (np.array([[random.randint(-2, 2) for _ in range(2)]]) for _ in range(3))
        Wx, Wh = (np.array([[random.randint(-2, 2) for _ in range(2)] for _ in range(2)]) for _ in range(2))
        a = x @ Wx + prev_h @ Wh + b
        parts = np.concatenate([x @ Wx, prev_h @ Wh, b])
        if np.abs(a).max() <= 3 and a[0, 0] != a[0, 1] and parts.all() and (Wh != Wh.T).any() and a.all():
            break
    given = {"x": x, "prev_h": prev_h, "Wx": Wx, "Wh": Wh, "b": b[0]}
    next_h, _ = rnn_step_forward(*(value.astype(float) for value in given.values()))
    asks = f"""One sample, two inputs, two units:

{code(*(matrix(name, np.atleast_2d(value)) for name, value in given.items()))}

{table(["a", *TANH], ["tanh(a)", *TANH.values()])}

And tanh(−a) = −tanh(a).

1. Compute the sum `a` inside the tanh, and `next_h`.
2. A friend writes `prev_h @ Wh.T`. Which sums does that give? Why does NumPy not complain?"""
    answer = f"""1. `x Wx` = {row((x @ Wx)[0])}, `prev_h Wh` = {row((prev_h @ Wh)[0])}. With `b`: `a` =
   {row(a[0])} (2 points). So `next_h` = {row(next_h[0], "{:.2f}".format)} (1 point).
2. `prev_h Whᵀ` = {row((prev_h @ Wh.T)[0])}, so `a` = {row((a - prev_h @ Wh + prev_h @ Wh.T)[0])} (1 point).
   `Wh` is square, so both products have the same shape (1 point)."""
    values = {"a": a, "next_h": next_h, "transposed": a - prev_h @ Wh + prev_h @ Wh.T}
    return Question("01", "A step of an RNN", 5, 8, asks, answer, given, values)


def rnn_step_back(random):
    """A step backward, two samples: the states are numbers whose slopes are short."""
    while True:
        next_h = np.array([random.sample(list(SLOPES), 2) for _ in range(2)])
        dnext_h = np.array([[ROUND[h] * random.choice([-2, -1, 1, 2]) for h in line] for line in next_h])
        prev_h = np.array([[random.choice([-1, 0, 1, 2]) for _ in range(2)] for _ in range(2)])
        Wh = np.array([[random.choice([-1, 0, 1, 2]) for _ in range(2)] for _ in range(2)])
        if all(m[0, 0] * m[1, 1] != m[0, 1] * m[1, 0] and m[0, 1] != m[1, 0] for m in (Wh, prev_h)):
            break
    given = {"next_h": next_h, "dnext_h": dnext_h, "prev_h": prev_h, "Wh": Wh}
    cache = (np.zeros((2, 2)), prev_h * 1.0, np.eye(2), Wh * 1.0, next_h)
    da, dprev_h, _, dWh, db = map(close, rnn_step_backward(dnext_h * 1.0, cache))
    asks = f"""Two samples, two units. `next_h = tanh(x Wx + prev_h Wh + b)`, and from above comes `dnext_h`:

{code(*(matrix(name, value) for name, value in given.items()))}

1. The gradient `da` of the sum inside the tanh.
2. `dprev_h`, `dWh` and `db`."""
    answer = f"""`da = dnext_h ⊙ (1 − next_h²)` (2 points). Then `dprev_h = da Whᵀ`, `dWh = prev_hᵀ da`, `db`
the sum of `da` over the samples (2, 2 and 1 points; 1 of 2 where only the transposition is wrong).

{code(matrix("da", da), matrix("dprev_h", dprev_h), matrix("dWh", dWh), matrix("db", db[None]))}"""
    values = {"da": da, "dprev_h": dprev_h, "dWh": dWh, "db": db}
    return Question("01", "A step of an RNN, backward", 7, 12, asks, answer, given, values)


def bptt(random):
    """Three steps of one unit without tanh, in whole numbers."""
    while True:
        x = [random.choice([-2, -1, 1, 2, 3]) for _ in range(3)]
        start, Wx, Wh = random.choice([1, 2, -1]), random.choice([1, 1, 2]), random.choice([2, 3, -2])
        h = [start]
        for t in range(3):
            h.append(Wx * x[t] + Wh * h[t])
        if 0 not in h and max(map(abs, h)) <= 20 and len({*h}) == 4:
            break
    given = {"x": np.array(x), "h0": start, "Wx": Wx, "Wh": Wh}
    small = 1e-5  # so small that tanh(a) is a
    arrays = small * np.array(x, float).reshape(1, 3, 1), small * np.full((1, 1), float(start))
    h, cache = rnn_forward(*arrays, np.full((1, 1), float(Wx)), np.full((1, 1), float(Wh)), np.zeros(1))
    dx, dh0, dWx, dWh, _ = rnn_backward(np.ones((1, 3, 1)), cache)
    h, dWx, dWh = (close(value / small).ravel() for value in (h, dWx, dWh))
    g = close(dx / Wx).ravel()
    before = [start, *h[:2]]
    asks = f"""One sample, one unit, three steps, no tanh and no bias. The loss is the sum of the states:

{code(f"h[t] = {Wx} · x[t] + {factor(Wh)} · h[t-1]", "L = h[0] + h[1] + h[2]")}

The state to start from is {start}, and `x` is {row(x)}.

1. The states `h[0]`, `h[1]`, `h[2]`.
2. `g[t]`, how much L grows when `h[t]` grows by 1, all its ways to L together.
3. The three shares of `dWh`, and `dWh`.
4. `dWx`, and the gradient of the state to start from."""
    answer = f"""1. `h` = {row(h)} (1 point).
2. From right to left, `g[t] = 1 + {factor(Wh)} · g[t+1]`: `g` = {row(g)} (2 points).
3. `g[t]` times the state *before* step t: {row(g * before)}, together `dWh` = {decimal(dWh[0])} (2 points; 1
   where the state after the step is taken).
4. `g[t]` times `x[t]`: {row(g * x)}, together `dWx` = {decimal(dWx[0])} (1 point). `dh0` = {factor(Wh)} ·
   {factor(g[0])} = {decimal(close(dh0).item())} (1 point)."""
    values = {"h": h, "g": g, "shares": g * before, "dWh": dWh[0], "dWx": dWx[0], "dh0": close(dh0).item()}
    return Question("02", "Backpropagation through time", 7, 12, asks, answer, given, values)


def bptt_with_tanh(random):
    """Three steps of one unit with tanh: states and slopes are given."""
    while True:
        h = np.array(random.sample(list(SLOPES), 3))
        start, Wh = random.choice([1.0, -1.0, 0.5]), random.choice([2.0, -2.0, 0.5])
        da = np.array([SLOPES[s] * ROUND[s] * random.choice([-2, -1, 1, 2]) for s in h])
        dh = close(da / (1 - h**2) - Wh * np.append(da[1:], 0))
        if dh.all() and np.abs(dh).max() <= 15:
            break
    x = np.arctanh(h) - Wh * np.array([start, *h[:2]])
    _, cache = rnn_forward(x.reshape(1, 3, 1), np.full((1, 1), start), np.eye(1), Wh * np.eye(1), np.zeros(1))
    dx, dh0, _, dWh, db = map(close, rnn_backward(dh.reshape(1, 3, 1), cache))
    da, before, slopes = dx.ravel(), np.array([start, *h[:2]]), close(1 - h**2)
    loss = " + ".join(f"{factor(each)} · h[{t}]" for t, each in enumerate(dh))
    lines = ["state", *map(decimal, [start, *h])], ["slope 1 − h²", "", *map(decimal, slopes)]
    asks = f"""One sample, one unit, three steps, now with tanh. The bias is 0, and the inputs `x`
are such that the states become those of the table.

{code(f"h[t] = tanh(x[t] + {factor(Wh)} · h[t-1] + b)", f"L = {loss}")}

{table(["", "start", "step 0", "step 1", "step 2"], *lines)}

1. Go from right to left: `da[2]`, `g[1]`, `da[1]`, `g[0]`, `da[0]`, where `g[t]` is the gradient of the state
   `h[t]` and `da[t]` that of the sum inside its tanh.
2. `dWh`, `db`, and `dh0`, the gradient of the state to start from."""
    g = close(da / slopes)
    answer = f"""1. `g[t] = (from L) + {factor(Wh)} · da[t+1]`, `da[t] = slope[t] · g[t]`: `g` = {row(g)},
   `da` = {row(da)} (4 points: 1 for `da[2]`, 1 for adding both ways at `g`, 1 for the slope after adding, 1
   for the numbers).
2. `dWh` = sum of `da[t]` times the state before: {row(close(da * before))}, together {decimal(dWh.item())} (2
   points). `db` = {decimal(db.item())} (1 point). `dh0` = {factor(Wh)} · {factor(da[0])} =
   {decimal(dh0.item())} (1 point)."""
    given = {"h": h, "h0": start, "Wh": Wh, "dh": dh}
    values = {"g": g, "da": da, "dWh": dWh.item(), "db": db.item(), "dh0": dh0.item()}
    return Question("02", "Backpropagation through time, with tanh", 8, 12, asks, answer, given, values)


def clip_gradient(random):
    """A gradient of a whole length, cut to a part of it."""
    numbers, length = random.choice(
        [((3, 4, 0, 12), 13), ((1, 2, 2, 4), 5), ((2, 4, 4, 8), 10), ((1, 1, 3, 5), 6), ((1, 4, 4, 4), 7)]
        + [((2, 4, 5, 6), 9), ((1, 1, 7, 7), 10), ((1, 3, 3, 9), 10), ((2, 2, 4, 5), 7)]
    )
    gradient = np.array([n * random.choice([-1, 1]) for n in random.sample(numbers, 4)], float).reshape(2, 2)
    part = random.choice([2, 5] if length == 10 else [2])
    limit = length / part
    clipped, each = clip(gradient, limit), gradient.clip(-limit, limit)
    longer = length + random.randint(1, 5)
    asks = f"""A gradient is clipped to the length {decimal(limit)}.

{code(matrix("g", gradient))}

1. How long is it? What does clipping make of it?
2. What would clipping to the length {longer} make of it?
3. A friend cuts each number by itself to the range from {decimal(-limit)} to {decimal(limit)}. What comes
   out, and what is lost?"""
    answer = f"""1. The length is the root of the sum of the squares, {length} (1 point). So all numbers are
   divided by {part} (1 point):

{code(matrix("clip(g)", clipped))}

2. Nothing: it is short enough (1 point).
3. The direction: large numbers are cut and small ones are not (2 points).

{code(matrix("cut", each))}"""
    given = {"gradient": gradient, "limit": limit, "longer": longer}
    values = {"length": length, "clipped": clipped, "each": each}
    return Question("02", "Clip a gradient", 5, 6, asks, answer, given, values)


def lstm_step(random):
    """An LSTM step with gates of 0, 1/2 and 1: two units, forward and backward."""
    while True:
        i, f, g = (np.array(random.sample(values, 2)) for values in ([0, 0.5, 1], [0, 0.5, 1], [-1, 0, 1]))
        o, prev_c = (
            np.array(random.choices([0.5, 1], k=2)),
            np.array(random.choices([-4, -2, 2, 4], k=2), float),
        )
        slopes = i * (1 - i) * g, f * (1 - f), i * (1 - g**2)
        if (f * prev_c + i * g).all() and np.count_nonzero(slopes) > 1:
            break
    a = np.concatenate([40 * (i - 0.5), 40 * (f - 0.5), 40 * (o - 0.5), 20 * g])
    dnext_c = np.array(random.choices([-8, -4, 4, 8], k=2), float)
    step = (a[None], np.zeros((1, 2)), prev_c[None], np.eye(8), np.zeros((2, 8)), np.zeros(8))
    next_h, next_c, cache = lstm_step_forward(*step)
    _, _, dprev_c, _, _, da = map(close, lstm_step_backward(np.zeros((1, 2)), dnext_c[None], cache))
    next_c, k = close(next_c)[0], int(f[0] == 0.5)  # unit k: its forget gate is saturated
    asks = f"""An LSTM with two units (H = 2) has computed `a = x Wx + prev_h Wh + b`, eight numbers in the
order i, f, o, g:

{code("a = " + row(a), "prev_c = " + row(prev_c))}

Take σ(20) as 1, σ(−20) as 0, tanh(20) as 1 and tanh(−20) as −1.

1. Write down `i`, `f`, `o` and `g`, two numbers each.
2. `next_c` and `next_h`. Leave tanh of a number as it is.
3. From above come `dnext_c` = {row(dnext_c)} and `dnext_h` = (0, 0). Find `dprev_c`, and the eight numbers of
   `da`.
4. Why is the entry of `da` for the forget gate of unit {k} (counted from 0) equal to 0? What does that
   mean for learning?"""
    shown = [f"{'' if o[n] == 1 else '1/2 · '}tanh({decimal(next_c[n])})" for n in range(2)]
    answer = f"""1. `i` = {row(i, fraction)}, `f` = {row(f, fraction)}, `o` = {row(o, fraction)}, `g` =
   {row(g)} (2 points).
2. `next_c = f ⊙ prev_c + i ⊙ g` = {row(next_c)} (1 point). `next_h` = ({shown[0]}, {shown[1]}) (1 point).
3. With `dnext_h` = 0, `dc = dnext_c`. `dprev_c = dc ⊙ f` = {row(dprev_c[0])} (1 point). With the slopes σ(1 −
   σ) and 1 − g², `da` = {row(da)} (2 points; 1 where the slopes are missing). The block o is 0, because
   `dnext_h` is.
4. There f is {fraction(f[k])}, so the slope f (1 − f) is 0. The gate is saturated: it learns nothing from
   this sample, whatever the loss says (1 point)."""
    values = {"next_c": next_c, "next_h": close(next_h)[0], "dprev_c": dprev_c[0], "da": da}
    given = {"a": a, "prev_c": prev_c, "dnext_c": dnext_c}
    return Question("06", "A step of an LSTM", 8, 12, asks, answer, given, values)
