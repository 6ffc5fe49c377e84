"""Questions on attention and layer norm: chapters 07 and 08."""

import numpy as np

from cs231n.attention import attention_backward, attention_forward
from cs231n.transformer_layers import layer_norm_backward, layer_norm_forward, self_attention_forward
from instructors.exam.question import Question, close, code, decimal, factor, fraction, matrix, row


def attention(random):
    """One look at three cells; the weights are short fractions, since h is a multiple of ln 2."""
    while True:
        u = np.array(random.sample([1, 1, 0, 0], 4))
        A = np.array([[random.randint(0, 3) for _ in range(4)] for _ in range(3)])
        powers = A @ u
        total = sum(2.0 ** (powers - powers.min()))
        if len({*powers}) > 1 and powers.max() <= 4 and total in (4, 5) and len({*map(tuple, A)}) == 3:
            break
    d = np.zeros(4, int)
    while len({*A @ d}) < 3:
        d = np.array([random.choice([-1, 0, 1, 2]) for _ in range(4)])
    h = 2 * np.log(2) * u
    context, weights, cache = attention_forward(h[None], A[None] * 1.0)
    dh, _ = attention_backward(d[None] * 1.0, cache)
    context, weights, dh = close(context)[0], close(weights)[0], close(dh)[0]
    dw = A @ d
    ds = weights * (dw - weights @ dw)
    asks = f"""A state of H = 4 numbers looks at three cells:

{code("h = 2 ln 2 · " + row(u), matrix("A", A))}

1. The three scores `A · h / √H`, the weights and the context. (e to the power k ln 2 is 2 to the power k.)
2. Which weights would a state of zeros give? What would the context be?
3. From above comes `dcontext` = {row(d)}. Find the gradients of the three weights, of the three scores, and
   of `h`."""
    answer = f"""1. The scores are ln 2 times {row(powers)} (1 point), so e to them is {row(2.0**powers)}, and
   the weights are {row(weights, fraction)} (1 point). The context is the weighted mean of the rows of A:
   {row(context, fraction)} (1 point).
2. 1/3 each: all scores are 0. The context is the plain mean, {row(A.mean(axis=0), fraction)} (1 point).
3. `dw = A · dcontext` = {row(dw)} (1 point). Their mean with the weights is {fraction(weights @ dw)}, and
   `ds = w ⊙ (dw − mean)` = {row(ds, fraction)} (2 points). `dh` = sum of `ds` times the rows of A, divided by
   √H = 2: {row(dh, fraction)} (1 point)."""
    values = {"weights": weights, "context": context, "dw": dw, "ds": ds, "dh": dh}
    return Question(
        "07", "A look at three cells", 8, 12, asks, answer, {"u": u, "A": A, "dcontext": d}, values
    )


def self_attention(random):
    """Masked self-attention of three words, from their queries, keys and values; scores are multiples of ln 2."""
    while True:
        q, k, v = ([random.choice(range(low, 4)) for _ in range(3)] for low in (-1, -1, -3))
        exps = 2.0 ** np.outer(q, k)
        sums = [exps[t, : t + 1].sum() for t in range(3)]
        if (
            q[0] * k[0]
            and {*sums[1:]} <= {3, 4, 5, 6, 8, 10, 2.5}
            and len({*v}) == 3
            and len({*exps[2]}) > 1 < len({*exps[1, :2]})
        ):
            break
    Wq, Wk, Wv = (np.array(each, float)[:, None] for each in (np.log(2) * np.array(q), k, v))
    out, weights, _ = self_attention_forward(
        np.eye(3)[None], Wq, Wk, Wv
    )  # of words that are 0 but for a single 1
    out, weights = close(out).ravel(), close(weights)[0]
    scores = [[_logarithm(q[t] * k[s]) if s <= t else "−∞" for s in range(3)] for t in range(3)]
    asks = f"""Masked self-attention with one head, H = 1. The queries, keys and values of three words:

{code(f"q = ln 2 · {row(q)}", f"k = {row(k)}", f"v = {row(v)}")}

1. Write down the table of scores (3 rows, one for each word that asks), with −∞ where the mask forbids a
   look.
2. The table of weights, and `out`.
3. The last word changes. Which rows of `out` change? Why does that matter in training?"""
    answer = f"""1. √H = 1, so the score is `q[t] · k[s]` (2 points; 1 without the mask):

{code(matrix("scores", scores, str))}

2. e to the power n ln 2 is 2 to the power n; each row is divided by its sum (2 points). With them the values
   are added up: `out` = {row(out, fraction)} (1 point).

{code(matrix("weights", weights, fraction))}

3. Only the last (1 point). No word sees what it has to predict, so one pass trains all places at once (1
   point)."""
    given = {"q": q, "k": k, "v": v}
    return Question(
        "08", "Masked self-attention", 7, 10, asks, answer, given, {"weights": weights, "out": out}
    )


def _logarithm(k):
    """k ln 2, as one writes it."""
    return "0" if k == 0 else {1: "ln 2", -1: "-ln 2"}.get(k, f"{k} ln 2")


def layer_norm(random):
    """A vector of four numbers with a whole standard deviation, forward and backward."""
    mean, spread = random.randint(-3, 5), random.choice([1, 2, 4])
    signs = np.array(random.sample([1, 1, -1, -1], 4))
    x, (scale, shift) = mean + spread * signs, (random.choice([2, 3, -2]), random.choice([1, -1, 5]))
    while True:
        dout = np.array([random.choice([-4, 0, 4, 8, -8]) for _ in range(4)])
        if len({*dout}) > 2 and dout @ signs and dout.sum():
            break
    out, _ = layer_norm_forward(x * 1.0, np.full(4, scale * 1.0), np.full(4, shift * 1.0), eps=0)
    _, cache = layer_norm_forward(x.reshape(1, 1, 4) * 1.0, np.ones(4), np.zeros(4), eps=0)
    dx, dgamma, dbeta = (
        close(value).ravel() for value in layer_norm_backward(dout.reshape(1, 1, 4) * 1.0, cache)
    )
    asks = f"""Layer norm of one vector, `x` = {row(x)}. Take ε as 0.

1. Mean and variance of `x`, and x̂. Then `out` with γ = {scale} and β = {shift} everywhere.
2. Now γ = 1 and β = 0, and from above comes `dout` = {row(dout)}. Find `dx`, `dgamma` and `dbeta`.
3. Add the numbers of `dx` up. Why must it be so?"""
    by_mean, by_variance = dout.mean(), (dout * signs).mean()
    inside = f"dx̂ − {factor(by_mean)} − {factor(by_variance)} · x̂"
    answer = f"""1. Mean {mean}, variance {spread**2}, x̂ = {row(signs)} (2 points). `out` = {row(close(out))}
   (1 point).
2. mean(dx̂) = {decimal(by_mean)} and mean(x̂ ⊙ dx̂) = {decimal(by_variance)}, so `dx` is ({inside}) /
   {spread}: {row(dx)} (3 points; 1 for each of the three parts). `dgamma` = `dout ⊙ x̂` = {row(dgamma)}, and
   `dbeta` = `dout` = {row(dbeta)} (1 point).
3. They add up to 0. When all four numbers move together, the mean takes it away: the output stays (1 point)."""
    given = {"x": x, "scale": scale, "shift": shift, "dout": dout}
    return Question(
        "08",
        "Layer norm",
        8,
        10,
        asks,
        answer,
        given,
        {"out": close(out), "dx": dx, "dgamma": dgamma, "dbeta": dbeta},
    )
