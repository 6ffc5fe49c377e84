"""Never a false ✓: answers that are right on most inputs, or in numbers only, and break what comes after."""

import pytest
from cells import Notebook

from cs231n.exercises import bank
from cs231n.exercises.run.cases import cases

WRONG = []  # (name, arguments, body, what the message says)


def wrong(name, arguments, says, *bodies):
    WRONG.extend((name, arguments, body, says) for body in bodies)


wrong(
    "caption_lengths",
    "captions",
    "not right yet",
    "return np.count_nonzero(captions, axis=1) - 2",
    "return (captions == 2).argmax(axis=1) - 1",
    "return np.array([list(row).index(2) - 1 for row in captions])",
    "return (captions != 0).sum(axis=1) - 1",
    "return (captions.max(axis=1) > 2) * ((captions != 0).sum(axis=1) - 2)",
)
wrong(
    "caption_lengths",
    "captions",
    "it changes its argument captions",
    "captions[captions <= 2] = 0\nreturn np.count_nonzero(captions, axis=1)",
    "captions[captions == 1] = 0\nreturn (captions > 2).sum(axis=1)",
)
wrong(
    "clip_gradient",
    "gradient, limit",
    "look at clipped",
    "norm2 = (gradient**2).sum()\nreturn gradient * limit / np.sqrt(norm2) if norm2 > limit else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm**2 > limit else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm > limit**2 else gradient",
    "norm = np.linalg.norm(gradient)\nreturn gradient * limit / norm if norm > 1 else gradient",
    "norm = np.linalg.norm(gradient, axis=1)[:, None]\n"
    "return np.where(norm > limit, gradient * limit / np.maximum(norm, 1e-9), gradient)",
)
wrong(
    "clip_gradient",
    "gradient, limit",
    "it changes its argument gradient",
    "norm = np.linalg.norm(gradient)\nif norm > limit:\n    gradient *= limit / norm\nreturn gradient",
    "norm = np.linalg.norm(gradient)\ngradient[:] = gradient * min(1, limit / max(norm, 1e-9))\nreturn gradient",
)
wrong(
    "word_embedding_forward",
    "x, W",
    "does not tell how many rows W has",
    "cache = x\nreturn W[x], cache",
    "return W[x], (x, W.shape[1])",
)
wrong(
    "rnn_forward",
    "x, h0, Wx, Wh, b",
    "calls rnn_forward of the package",
    "return rnn_layers.rnn_forward(x, h0, Wx, Wh, b)",
    "from cs231n.rnn_layers import rnn_forward as given\nreturn given(x, h0, Wx, Wh, b)",
    "import cs231n.rnn_layers\nreturn cs231n.rnn_layers.rnn_forward(x, h0, Wx, Wh, b)",
)
wrong(
    "lstm_step_forward",
    "x, h, c, Wx, Wh, b",
    "of the package",
    "return rnn_layers.lstm_step_forward(x, h, c, Wx, Wh, b)",
)
wrong(
    "captioning_loss",
    "model, features, captions",
    "calls loss of the package",
    "return model.loss(features, captions)",
)
wrong(
    "captioning_forward",
    "model, features, captions",
    "of the package",
    "return model.loss(features, captions)[0], None",
)

MERGE = """
out, t = [], 0
while t < {end}:
    if {bound}{both}:
        out.append(new)
        t += 2
    else:
        out.append(word[t])
        t += 1
return np.array(out + [0] * (len(word) - len(out)))
"""
BOTH = "word[t] == pair[0] and word[t + 1] == pair[1]"
wrong(
    "merge",
    "word, pair, new",
    "merge",
    MERGE.format(end="len(word)", bound="", both=BOTH),
    MERGE.format(end="len(word) - 1", bound="", both=BOTH),
    MERGE.format(end="len(word)", bound="", both="word[t] == pair[0] and np.roll(word, -1)[t] == pair[1]"),
    MERGE.format(end="len(word)", bound="", both="(word[t : t + 2] == np.array(pair)).all()"),
    MERGE.format(
        end="len(word)", bound="t + 1 < len(word) and ", both="word[t] <= pair[0] and word[t + 1] == pair[1]"
    ),
    MERGE.format(
        end="len(word)", bound="t + 1 < len(word) and ", both="word[t] == pair[0] and word[t + 1] >= pair[1]"
    ),
    "text = ','.join(map(str, word)).replace(f'{pair[0]},{pair[1]}', str(new))\n"
    "out = [int(piece) for piece in text.split(',')]\nreturn np.array(out + [0] * (len(word) - len(out)))",
)
PAIRS = """
pairs = {{}}
for word, count in zip(words, counts):
    for a, b in {neighbours}:
        if b:
            pairs[{key}] = pairs.get({key}, 0) + count
            found[{key}] = int(a), int(b)
return found[max(pairs, key=pairs.get)]
"""
wrong(
    "most_frequent_pair",
    "words, counts",
    "not right yet",
    "found = {}" + PAIRS.format(neighbours="zip(word, word[1:])", key="str(a) + str(b)"),
    "found = {}" + PAIRS.format(neighbours="set(zip(word, word[1:]))", key="(a, b)"),
    "found = {}" + PAIRS.format(neighbours="zip(word[:-1:2], word[1::2])", key="(a, b)"),
    "found = {}" + PAIRS.format(neighbours="zip(word, word[1:])", key="(min(a, b), max(a, b))"),
)
LOSS = """
at = np.arange(len(words))
loss = -np.log(p[at, words]).sum() / len(h)
p[at, words] -= 1
p /= len(h)
dh = np.zeros_like(h)
dh[mask] = p @ W.T
return loss, dh, rows.T @ p, p.sum(axis=0)
"""
SOFTMAX = "p = np.exp(scores - scores.max(axis=-1, keepdims=True))\np /= p.sum(axis=-1, keepdims=True)\n"
EVERYWHERE = """
N, T, H = h.shape
scores = (h.reshape(N * T, H) @ W + b).reshape(N, T, -1)
p = np.exp(scores - scores.max(axis=2, keepdims=True))
p /= p.sum(axis=2, keepdims=True)
n, t = np.mgrid[:N, :T]
loss = -np.log(p[n, t, y][mask]).sum() / N
p[n, t, y] -= 1
p = np.where(mask[:, :, None], p, 0) / N
dh = p @ W.T
return loss, dh, h.reshape(N * T, H).T @ p.reshape(N * T, -1), p.sum(axis=(0, 1))
"""
wrong(
    "counted_words_loss",
    "h, y, mask, W, b",
    "it computes for places that do not count, too",
    f"scores = (h @ W + b)[mask]\nrows, words = h[mask], y[mask]\n{SOFTMAX}{LOSS}",
    f"scores = h.dot(W)[mask] + b\nrows, words = h[mask], y[mask]\n{SOFTMAX}{LOSS}",
    f"scores = np.einsum('nth,hv->ntv', h, W) + b\n{SOFTMAX}rows, words, p = h[mask], y[mask], p[mask]\n{LOSS}",
    f"h = np.nan_to_num(h){EVERYWHERE}",
    f"h = np.where(mask[:, :, None], h, 0){EVERYWHERE}",
)
SUMS = """
{start}prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
{loop}
return dWx, dWh, da.sum(axis=(0, 1))
"""
wrong(
    "weight_gradients",
    "x, h0, h, da",
    "it still works in a loop",
    SUMS.format(
        start="dWx = dWh = 0\n",
        loop="for n in range(len(x)):\n    dWx = dWx + x[n].T @ da[n]\n    dWh = dWh + prev_h[n].T @ da[n]",
    ),
    SUMS.format(
        start="",
        loop="dWx = sum(a.T @ d for a, d in zip(x, da))\ndWh = sum(a.T @ d for a, d in zip(prev_h, da))",
    ),
)
wrong(
    "soften",
    "scores, temperature",
    "look at probabilities",
    *(
        f"{line}\nreturn p / p.sum(axis=1, keepdims=True)"
        for line in (
            "p = np.exp(scores / temperature)",
            "p = np.exp(scores)\np = (p / p.sum(axis=1, keepdims=True)) ** (1 / temperature)",
            "p = np.exp((scores - scores.max()) / temperature)",
            "p = np.exp((scores - scores.min(axis=1, keepdims=True)) / temperature)",
            "p = np.exp(scores / temperature - scores.max(axis=1, keepdims=True))",
        )
    ),
)
NUCLEUS = """
order = np.argsort(-probabilities)
{count}
kept = np.zeros_like(probabilities)
kept[order[:n]] = probabilities[order[:n]]
return kept / kept.sum()
"""
wrong(
    "nucleus",
    "probabilities, top_p",
    "top_p=1.0",
    NUCLEUS.format(count="n = np.argmax(np.cumsum(probabilities[order]) >= top_p) + 1"),
    NUCLEUS.format(
        count="n, total = 0, 0\nwhile total < top_p:\n    total += probabilities[order[n]]\n    n += 1"
    ),
)
wrong(
    "nucleus",
    "probabilities, top_p",
    "changes its argument probabilities",
    "order = np.argsort(-probabilities)\nranked = probabilities[order]\n"
    "probabilities[order[np.cumsum(ranked) - ranked >= top_p]] = 0\nreturn probabilities / probabilities.sum()",
)
wrong(
    "perplexity",
    "loss, captions",
    "not right yet",
    "return np.exp(loss * len(captions) / (captions[:, 1:-1] != 0).sum())",
)
wrong(
    "causal_mask",
    "T",
    "it returns numbers for True and False",
    "return np.tril(np.ones((T, T)))",
    "return np.tril(np.ones((T, T), dtype=int))",
    "return [[int(s <= t) for s in range(T)] for t in range(T)]",
)


def in_a_cell(name, arguments, body):
    notebook = Notebook()
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    notebook.run(f"from cs231n import rnn_layers\ndef {name}({arguments}):\n{lines}")
    return notebook


@pytest.mark.parametrize(
    ("name", "arguments", "body", "says"), WRONG, ids=[f"{k}-{each[0]}" for k, each in enumerate(WRONG)]
)
def test_a_wrong_answer_gets_no_tick_or_is_told_what_it_lacks(name, arguments, body, says):
    printed = " ".join(in_a_cell(name, arguments, body).run(f"{name} = check({name})").split())
    assert says in printed
    assert printed[0] in "✗○" or (printed[0] == "✓" and "Remark: The cache of your" in printed)


def test_a_backward_function_that_takes_more_out_of_the_cache_than_was_put_in_is_not_right():
    notebook = Notebook()
    notebook.run("""
        def rnn_step_forward(x, prev_h, Wx, Wh, b):
            next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
            return next_h, (x, prev_h, Wx, Wh, next_h)

        def rnn_step_backward(dnext_h, cache):
            x, prev_h, Wx, Wh, b, next_h = cache
            da = dnext_h * (1 - next_h**2)
            return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
        """)
    printed = notebook.run("rnn_step_backward = check(rnn_step_backward, forward=rnn_step_forward)")
    assert printed.startswith("✗ rnn_step_backward does not go with your rnn_step_forward.")
    assert "There are 6 names on the left, and 5 values on the right." in printed
    assert "Its numbers are right" in printed
    notebook.run("_, cache = rnn_step_forward(*(np.ones((2, 2)),) * 4, np.ones(2))")
    notebook.run("rnn_step_backward(np.ones((2, 2)), cache)")


def test_a_backward_function_does_not_empty_the_weights_that_lie_in_its_cache():
    notebook = Notebook()
    notebook.run("""
        def word_embedding_forward(x, W):
            return W[x], (x, W)

        def word_embedding_backward(dout, cache):
            x, dW = cache
            dW[:] = 0
            np.add.at(dW, x, dout)
            return dW
        """)
    printed = notebook.run("check(word_embedding_backward, forward=word_embedding_forward)")
    assert printed.startswith("✗ word_embedding_backward is not right yet: it changes its argument W.")


def test_data_of_the_notebook_stays_as_it_is_where_an_answer_that_changes_it_is_handed_back():
    notebook = in_a_cell(
        "caption_lengths", "captions", "captions[captions <= 2] = 0\nreturn (captions > 0).sum(axis=1)"
    )
    notebook.run("caption_lengths = check(caption_lengths)")
    notebook.run("captions = np.array([[1, 5, 2, 0]])\ncaption_lengths(captions)")
    assert notebook["captions"].tolist() == [[1, 5, 2, 0]]


def test_what_of_the_notebook_must_stay_is_an_argument():
    for name in bank.ORDER:
        assert {*bank.find(name).of_the_notebook} <= {*cases(name)[0].inputs}
