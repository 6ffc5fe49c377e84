# ruff: noqa: E501  (answers stay as they were typed)
"""Wrong answers that beginners type: one slip or two in otherwise good code. What is said to each is stored.

After a wanted change: `python tests/exercises/test_beginners.py` writes messages/beginners.txt anew; read it.
"""

ANSWERS = []  # (exercise, source text)


def w(name, text):
    ANSWERS.append((name, text))


S = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n    "
SB = """def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, b = cache
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    {da}
    return {ret}
"""
R = "da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)"


def sb(da="da = dnext_h * (1 - next_h**2)", ret=R):
    w("rnn_step_backward", SB.format(da=da, ret=ret))


for body in [
    "next_h = np.tanh(x @ Wx + prev_h @ Wh + b) * 2\n    return next_h, None",
    "next_h = -np.tanh(x @ Wx + prev_h @ Wh + b)\n    return next_h, None",
    "next_h = np.tanh(x @ Wx + prev_h @ Wh.T)\n    return next_h, None",
    "next_h = np.tanh(x @ Wx @ Wh + prev_h + b)\n    return next_h, None",
    "next_h = np.tanh(x @ Wx + prev_h @ Wh + b).T\n    return next_h, None",
    "next_h = np.tanh(x @ Wx + prev_h @ Wh + b).reshape(-1)\n    return next_h, None",
    "next_h = np.tanh(x @ Wx + prev_h @ Wh + b) / len(x)\n    return next_h, None",
    "next_h = np.tanh((x @ Wx + prev_h @ Wh + b).mean(axis=0))\n    return next_h, None",
    "return prev_h, None",
    "next_h = np.zeros_like(prev_h)\n    return next_h, None",
    "next_h = np.sinh(x @ Wx + prev_h @ Wh + b)\n    return next_h, None",
    "next_h = np.tanh(x @ Wx - prev_h @ Wh + b)\n    return next_h, None",
]:
    w("rnn_step_forward", S + body)
sb("da = dnext_h * (next_h**2 - 1)")
sb("da = dnext_h * (1 + next_h)")
sb("da = dnext_h * 2 * (1 - next_h**2)")
sb("da = dnext_h * (1 - next_h)", R.replace("Wh.T", "Wh"))
sb("da = dnext_h * (1 - next_h**3)")
sb("da = dnext_h / (1 - next_h**2)")
sb("da = dnext_h + (1 - next_h**2)")
sb("da = (1 - next_h**2)", R.replace("da.sum(axis=0)", "b"))
sb(ret=R.replace("sum(axis=0)", "sum(axis=0, keepdims=True)"))
sb(ret=R.replace("sum(axis=0)", "sum(axis=1)"))
sb(ret=R.replace("x.T @ da", "(da.T @ x)"))
sb(ret=R.replace("da @ Wx.T", "(Wx @ da.T)"))
sb(ret=R.replace("prev_h.T @ da", "Wh"))
sb(ret=R.replace("da @ Wh.T", "prev_h"))
sb(ret=R.replace("prev_h.T @ da", "prev_h.T @ da / len(x)").replace("x.T @ da", "x.T @ da / len(x)"))
sb(ret=R.replace("da.sum(axis=0)", "np.zeros_like(b)"))
sb(ret=R.replace("x.T @ da", "x.T @ da * 2"))
sb(ret=R.replace("da @ Wx.T, da @ Wh.T", "da @ Wh.T, da @ Wx.T"))
sb(
    "da = dnext_h * (1 - next_h)",
    R.replace("da.sum(axis=0)", "da.mean(axis=0)").replace("prev_h.T", "next_h.T"),
)
F = """def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    {body}
    return h, None
"""
for body in [
    """h[:, -1] = h0
    for t in range(T):
        h[:, t] = np.tanh(x[:, t] @ Wx + h[:, t - 1] @ Wh)""",
    """for t in range(T):
        h[:, t] = np.tanh(x[:, t] @ Wx + h[:, t - 1] @ Wh + b)""",
    """prev = h0
    for t in range(1, T):
        h[:, t] = np.tanh(x[:, t] @ Wx + prev @ Wh + b)""",
    """prev = h0
    for t in range(T - 1):
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh + b)
        h[:, t + 1] = prev""",
    """prev = h0
    for t in range(T):
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh + b)
        h[:, T - 1 - t] = prev""",
    """prev = h0
    for t in range(T):
        prev = np.tanh(x[:, t] @ Wx + prev @ Wh + b)
        h[:, t] = prev
        return h, None""",
    """h[:, 0] = h0
    for t in range(1, T):
        h[:, t] = np.tanh(x[:, t] @ Wx + h[:, t - 1] @ Wh + b)""",
    """prev = h0
    for n in range(N):
        for t in range(T):
            h[n, t] = np.tanh(x[n, t] @ Wx + h0[n] @ Wh + b)""",
    """prev = h0
    for t in range(T):
        prev = np.tanh(x[:, 0] @ Wx + prev @ Wh + b)
        h[:, t] = prev""",
]:
    w("rnn_forward", F.format(body=body))
B = """def rnn_backward(dh, cache):
    x, h0, Wx, Wh, b = cache
    N, T, H = dh.shape
    h = [h0]
    for t in range(T): h.append(np.tanh(x[:, t] @ Wx + h[t] @ Wh + b))
    dx, dWx, dWh, db, dprev = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), np.zeros_like(h0)
    for t in {order}:
        {pre}
        da = {dnext} * (1 - h[t + 1]**2)
        dx[:, t] = da @ Wx.T
        dprev = da @ Wh.T
        dWx {p} x[:, t].T @ da
        dWh {q} h[t].T @ da
        db {r} da.sum(axis=0)
        {end}
    return {ret}
"""


def b(
    order="reversed(range(T))",
    pre="pass",
    dnext="(dh[:, t] + dprev)",
    p="+=",
    q="+=",
    r="+=",
    end="pass",
    ret="dx, dprev, dWx, dWh, db",
):
    w("rnn_backward", B.format(**locals()))


b(p="=", q="=")
b(p="=")
b(q="=", r="=")
b(end="return dx, dprev, dWx, dWh, db")
b(order="range(T)")
b(order="reversed(range(T - 1))")
b(order="reversed(range(1, T))")
b(order="[T-1]")
b(dnext="(1 + dprev)")
b(dnext="dh[:, t]", p="=")
b(ret="dx, h0, dWx, dWh, db")
b(ret="dx, dprev, dWx / T, dWh / T, db")
b(ret="dx / N, dprev / N, dWx / N, dWh / N, db / N")
b(dnext="-(dh[:, t] + dprev)")
b(ret="dx, dprev, dWx, dWh, b")
b(p="-=", q="-=", r="-=")
b(dnext="(dh[:, t] * dprev)")
b(dnext="(dh[:, t] + dprev)", p="= 0 *")
b(ret="dx, dprev, dWx / (N * T), dWh / (N * T), db / (N * T)")
b(dnext="(dh[:, -1] + dprev)")
b(dnext="(dh[:, t] + 2 * dprev)")
b(ret="dx[::-1], dprev, dWx, dWh, db")
b(ret="dx, dprev, dWx, dWh, db[None]")
b(ret="dx, dx[:, 0], dWx, dWh, db")
b(ret="dx, dh[:, 0], dWx, dWh, db")
E2 = """def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    {}
    return dW
"""
for body in [
    "dW[x] += dout",
    "dW[x] -= dout",
    "np.add.at(dW, x, dout / len(x))",
    "np.subtract.at(dW, x, dout)",
    "np.add.at(dW, x, 2 * dout)",
    "np.add.at(dW, x, x[..., None] * dout)",
    "for n in range(x.shape[0]):\n        for t in range(x.shape[1] - 1):\n            dW[x[n, t]] += dout[n, t]",
    "for n in range(x.shape[0]):\n        for t in range(x.shape[1]):\n            dW[x[n, t]] += dout[n, t]\n        return dW",
    "for n in range(x.shape[0]):\n        for t in range(x.shape[1]):\n            dW[x[n, t]] = dout[n, t]",
    "np.add.at(dW, x, W[x])",
    "np.multiply.at(dW, x, dout)",
]:
    w("word_embedding_backward", E2.format(body))
for body in [
    "W.T[x]",
    "W[x[0]]",
    "W[x - 1]",
    "2 * W[x]",
    "W[x].transpose(1, 0, 2)",
    "W[x] + 1",
    "-W[x]",
    "W[np.sort(x)]",
    "W[x[:, ::-1]]",
    "W",
]:
    w("word_embedding_forward", f"def word_embedding_forward(x, W):\n    return {body}, (x, W)")
LS = """def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    s = lambda z: 1 / (1 + np.exp(-z))
    i, f, o, g = {gates}
    next_c = {c}
    next_h = {h}
    return next_h, next_c, None
"""


def ls(
    gates="s(a[:, :H]), s(a[:, H:2*H]), s(a[:, 2*H:3*H]), np.tanh(a[:, 3*H:])",
    c="f * prev_c + i * g",
    h="o * np.tanh(next_c)",
):
    w("lstm_step_forward", LS.format(**locals()))


ls(h="o * next_c", gates="s(a[:, :H]), s(a[:, H:2*H]), s(a[:, 2*H:3*H]), s(a[:, 3*H:])")
ls(gates="s(a[:, 3*H:]), s(a[:, H:2*H]), s(a[:, 2*H:3*H]), np.tanh(a[:, :H])")
ls(c="f * prev_c - i * g")
ls(c="f * prev_c + g", h="np.tanh(next_c)")
ls(c="f * prev_h + i * g")
ls(c="i * prev_c + f * g", h="o * next_c")
ls(h="o + np.tanh(next_c)")
ls(c="f + prev_c + i * g")
ls(c="prev_c + i * g", h="o * next_c")
ls(gates="s(-a[:, :H]), s(a[:, H:2*H]), s(a[:, 2*H:3*H]), np.tanh(a[:, 3*H:])")
ls(c="np.tanh(f * prev_c + i * g)", h="o * next_c")
LB = """def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, b = cache
    s = lambda z: 1 / (1 + np.exp(-z))
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = s(i), s(f), s(o), np.tanh(g)
    next_c = f * prev_c + i * g
    t = np.tanh(next_c)
    dc = {dc}
    do, df, di, dg = {d}
    da = np.hstack([di * {si}, df * {sf}, do * {so}, dg * {sg}])
    return {ret}
"""


def lb(
    dc="dnext_c + dnext_h * o * (1 - t**2)",
    d="dnext_h * t, dc * prev_c, dc * g, dc * i",
    si="i * (1 - i)",
    sf="f * (1 - f)",
    so="o * (1 - o)",
    sg="(1 - g**2)",
    ret="da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)",
):
    w("lstm_step_backward", LB.format(**locals()))


lb(dc="dnext_c + dnext_h * o * (1 - t)")
lb(sg="(1 - g)**2")
lb(sf="(1 - f)")
lb(so="o")
lb(dc="dnext_c + dnext_h * o", sg="1")
lb(dc="dnext_h * o * (1 - t**2)", sg="g * (1 - g)")
lb(d="dnext_h * t, dc * i, dc * g, dc * prev_c")
lb(dc="-(dnext_c + dnext_h * o * (1 - t**2))")
lb(ret="da @ Wx.T, da @ Wh.T, dc, x.T @ da, prev_h.T @ da, da.sum(axis=0)", sg="(1 - g)")
lb(d="dnext_h * next_c, dc * next_c, dc * g, dc * i")
lb(ret="da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0, keepdims=True)")
lb(sf="(1 - f**2)")
lb(d="dnext_h * t, dc * prev_c, dc * g, dc * g")
CS = """def captioning_sample(model, features, max_length=30):
    p, N = model.params, len(features)
    captions = {init}
    {h0}
    word = {first}
    ended = np.zeros(N, bool)
    for t in {loop}:
        h = {step}
        word = {choose}
        {put}
        {end}
    return captions
"""
STEP = 'np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])'


def cs(
    init="np.full((N, max_length), model._null)",
    h0='h = features @ p["W_proj"] + p["b_proj"]',
    first="np.full(N, model._start)",
    loop="range(max_length)",
    step=STEP,
    choose='(h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)',
    put="captions[:, t] = word",
    end="pass",
):
    w("captioning_sample", CS.format(**locals()))


CUT = "captions[ended, t] = model._null; ended |= word == model._end"
cs()
cs(first="np.full(N, model._start); captions[:, 0] = model._start", loop="range(1, max_length)")
cs(loop="range(1, max_length)")
cs(loop="range(1, max_length)", end=CUT)
cs(
    step='np.tanh(p["W_embed"][word] @ p["Wx"] + h0 @ p["Wh"] + p["b"])',
    h0='h0 = features @ p["W_proj"] + p["b_proj"]',
)
cs(first="np.full(N, model._null)")
cs(step=STEP.replace("[word]", "[captions[:, t]]"))
cs(choose='(h @ p["W_vocab"] + p["b_vocab"]).max(axis=1).astype(int)')
cs(
    step='np.tanh((p["W_embed"][word] if t else np.zeros((N, p["W_embed"].shape[1]))) @ p["Wx"] + h @ p["Wh"] + p["b"])'
)
cs(choose='(h @ p["W_vocab"]).argmax(axis=1)', h0='h = features @ p["W_proj"]')
cs(init="np.zeros((N, max_length), int)", end=CUT.replace("model._null", "0"))
cs(
    first="np.full(N, model._start); captions[:, 0] = model._start",
    loop="range(1, max_length)",
    h0='h = np.zeros((N, p["Wh"].shape[0]))',
)
cs(
    first="np.full(N, model._start); captions[:, 0] = model._start",
    loop="range(1, max_length)",
    choose='(h @ p["W_vocab"]).argmax(axis=1)',
)
cs(choose='(old @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)', step="(h, old := h)[0]; old = h; h = " + STEP)
cs(put="pass")
cs(end="if (word == model._end).all(): break")
cs(end="if (word == model._end).any(): break")
cs(choose='(h @ p["W_vocab"] + p["b_vocab"]).argmin(axis=1)')
