"""Paper questions: for every seed the answers are right, by another way than the package's, and fit on paper."""

import itertools
import math
import re
from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from instructors.__main__ import main
from instructors.exam.make_exam import KINDS, make_exam, questions

SEEDS = range(60)


def slopes(function, values):
    """The gradient of a number, measured: every entry moved a little up and down."""
    values = np.array(values, dtype=float)
    found = np.zeros_like(values)
    for place in np.ndindex(values.shape):
        up, down = values.copy(), values.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        found[place] = (function(up) - function(down)) / 2e-5
    return found


def softmax(scores):
    p = np.exp(scores)
    return p / p.sum(axis=-1, keepdims=True)


def rnn_step(given):
    x, prev_h, b = given["x"][0], given["prev_h"][0], given["b"]

    def sums(Wh):
        return [
            sum(x[j] * given["Wx"][j, k] for j in range(2))
            + sum(prev_h[j] * Wh[j, k] for j in range(2))
            + b[k]
            for k in range(2)
        ]

    a = sums(given["Wh"])
    return {"a": [a], "next_h": [[math.tanh(each) for each in a]], "transposed": [sums(given["Wh"].T)]}


def rnn_step_backward(given):
    next_h, d = given["next_h"], given["dnext_h"]
    rest = np.arctanh(next_h) - given["prev_h"] @ given["Wh"]  # x Wx + b

    def loss(prev_h=given["prev_h"], Wh=given["Wh"], da=0):
        return (d * np.tanh(prev_h @ Wh + rest + da)).sum()

    return {
        "da": slopes(lambda da: loss(da=da), np.zeros((2, 2))),
        "dprev_h": slopes(lambda prev_h: loss(prev_h=prev_h), given["prev_h"]),
        "dWh": slopes(lambda Wh: loss(Wh=Wh), given["Wh"]),
        "db": slopes(lambda b: loss(da=b), np.zeros(2)),
    }


def bptt(given):
    def run(x=given["x"], h0=given["h0"], Wx=given["Wx"], Wh=given["Wh"], push=(0, 0, 0)):
        h = [h0]
        for t in range(3):
            h.append(Wx * x[t] + Wh * h[-1] + push[t])
        return h[1:]

    g = slopes(lambda push: sum(run(push=push)), np.zeros(3))
    return {
        "h": run(),
        "g": g,
        "shares": g * np.array([given["h0"], *run()[:2]]),
        "dWh": slopes(lambda Wh: sum(run(Wh=Wh)), given["Wh"]),
        "dWx": slopes(lambda Wx: sum(run(Wx=Wx)), given["Wx"]),
        "dh0": slopes(lambda h0: sum(run(h0=h0)), given["h0"]),
    }


def bptt_with_tanh(given):
    h, start = given["h"], given["h0"]
    x = [math.atanh(h[t]) - given["Wh"] * (h[t - 1] if t else start) for t in range(3)]

    def loss(Wh=given["Wh"], h0=start, b=0, state=(0, 0, 0), inside=(0, 0, 0)):
        now, total = h0, 0
        for t in range(3):
            now = np.tanh(x[t] + Wh * now + b + inside[t]) + state[t]
            total = total + given["dh"][t] * now
        return total

    return {
        "g": slopes(lambda state: loss(state=state), np.zeros(3)),
        "da": slopes(lambda inside: loss(inside=inside), np.zeros(3)),
        "dWh": slopes(lambda Wh: loss(Wh=Wh), given["Wh"]),
        "db": slopes(lambda b: loss(b=b), 0),
        "dh0": slopes(lambda h0: loss(h0=h0), start),
    }


def clip(given):
    gradient, limit = given["gradient"], given["limit"]
    length = math.hypot(*gradient.ravel())
    assert given["longer"] > length > limit
    return {
        "length": length,
        "clipped": [[n * limit / length for n in line] for line in gradient],
        "each": [[max(-limit, min(limit, n)) for n in line] for line in gradient],
    }


def embedding(given):
    dW, last = np.zeros((5, 2)), {}
    for n, t in itertools.product(range(2), range(3)):
        word = given["x"][n, t]
        dW[word] += given["dout"][n, t]
        last[word] = given["dout"][n, t]
    [(often, times)] = Counter(given["x"].ravel().tolist()).most_common(1)
    assert times == 3
    return {"dW": dW, "row": last[often]}


def loss(given):
    y, scores = given["y"], np.log(given["exps"])
    counted = [(n, t) for n, t in np.ndindex(2, 3) if y[n, t] != 0]

    def total(scores):
        p = softmax(scores)
        return -sum(math.log(p[n, t, y[n, t]]) for n, t in counted) / 2

    n, t = given["place"]
    right = [given["exps"][n, t, y[n, t]] / given["exps"][n, t].sum() for n, t in counted]
    return {
        "right": right,
        "loss": total(scores),
        "dx": slopes(total, scores)[n, t],
        "perplexity": math.prod(right) ** (-1 / len(right)),
    }


def lstm_step(given):
    def run(a=given["a"], prev_c=given["prev_c"]):
        i, f, o = (1 / (1 + np.exp(-a[k : k + 2])) for k in (0, 2, 4))
        c = f * prev_c + i * np.tanh(a[6:])
        return c, o * np.tanh(c)

    back = given["dnext_c"]
    return {
        "next_c": run()[0],
        "next_h": run()[1],
        "dprev_c": slopes(lambda prev_c: (back * run(prev_c=prev_c)[0]).sum(), given["prev_c"]),
        "da": slopes(lambda a: (back * run(a=a)[0]).sum(), given["a"]),
    }


def attention(given):
    A, d, h = given["A"], given["dcontext"], 2 * math.log(2) * given["u"]
    scores = np.array([sum(a * b for a, b in zip(cell, h, strict=True)) / 2 for cell in A])
    weights = softmax(scores)
    return {
        "weights": weights,
        "context": sum(w * cell for w, cell in zip(weights, A, strict=True)),
        "dw": slopes(lambda w: d @ (w @ A), weights),
        "ds": slopes(lambda s: d @ (softmax(s) @ A), scores),
        "dh": slopes(lambda h: d @ (softmax(A @ h / 2) @ A), h),
    }


def self_attention(given):
    weights = np.zeros((3, 3))
    for t in range(3):
        shares = [2.0 ** (given["q"][t] * given["k"][s]) for s in range(t + 1)]
        weights[t, : t + 1] = [share / sum(shares) for share in shares]
    return {
        "weights": weights,
        "out": [sum(w * n for w, n in zip(line, given["v"], strict=True)) for line in weights],
    }


def layer_norm(given):
    x, dout = given["x"], given["dout"]

    def norm(x):
        return (x - np.mean(x)) / np.std(x)

    return {
        "out": given["scale"] * norm(x) + given["shift"],
        "dx": slopes(lambda x: dout @ norm(x), x),
        "dgamma": slopes(lambda gamma: dout @ (gamma * norm(x)), np.ones(4)),
        "dbeta": slopes(lambda beta: dout @ (norm(x) + beta), np.zeros(4)),
    }


def rewards(given):
    [r] = given["rewards"].tolist()
    others = [[r[j] for j in range(5) if j != k] for k in range(5)]
    sure = Fraction(given["price"], 1 + given["price"])
    assert sure - (1 - sure) * given["price"] == 0
    return {"advantages": [r[k] - sum(others[k]) / 4 for k in range(5)], "sure": float(sure)}


def beam(given):
    tree = given["tree"]

    def chance(path):
        return math.prod(tree[path[:k]][path[k]] for k in range(len(path)))

    kept, greedy = [()], ()
    for _ in range(3):
        kept = sorted(((*path, word) for path in kept for word in tree[path]), key=chance)[-2:]
        greedy = (*greedy, max(tree[greedy], key=tree[greedy].get))
    every = [path for path in itertools.product((2, 3, 4), (5, 6), (7, 8, 9))]
    best = max(every, key=chance)
    assert chance(kept[-1]) > chance(greedy) or chance(best) > chance(kept[-1])
    return {
        "beam": kept[-1],
        "greedy": greedy,
        "best": best,
        "p": [chance(kept[-1]), chance(greedy), chance(best)],
    }


def nucleus(given):
    kept, reached = [0.0] * 5, Fraction(0)
    for k in sorted(range(5), key=lambda k: -given["parts"][k]):
        if reached < Fraction(given["top_p"]).limit_denominator(20):
            kept[k] = given["parts"][k]
            reached += Fraction(given["parts"][k], 20)
    squares = [e**2 for e in given["exps"]]
    return {"kept": [n / sum(kept) for n in kept], "colder": [n / sum(squares) for n in squares]}


def bleu(given):
    def share(caption, n):
        runs = [
            Counter(zip(*(text.split()[k:] for k in range(n)), strict=False))
            for text in (caption, given["reference"])
        ]
        return (runs[0] & runs[1]).total() / runs[0].total()

    assert len({len(text.split()) for text in (given["reference"], *given["captions"])}) == 1
    found = [[share(text, 1), math.sqrt(share(text, 1) * share(text, 2))] for text in given["captions"]]
    assert found[0][1] > found[1][1]
    return {"scores": found}


def pieces(given):
    def merged(word, pair):
        return re.sub(rf"(?<!\S){re.escape(pair[0])} {re.escape(pair[1])}(?!\S)", "".join(pair), word)

    spelled, merges, counts = {" ".join(word): count for word, count in given["words"].items()}, [], []
    for _ in range(3):
        found = Counter()
        for word, count in spelled.items():
            for pair in itertools.pairwise(word.split()):
                found[pair] += count
        (pair, most), (_, second) = found.most_common(2)
        assert most > second
        merges, counts = [*merges, pair], [*counts, most]
        spelled = {merged(word, pair): count for word, count in spelled.items()}
    new = " ".join(given["new"])
    for pair in merges:
        new = merged(new, pair)
    return {"merges": merges, "counts": counts, "pieces": new.split()}


ORACLES = {
    one.__name__: one
    for one in (
        rnn_step,
        rnn_step_backward,
        bptt,
        bptt_with_tanh,
        clip,
        embedding,
        loss,
        lstm_step,
        attention,
    )
    + (self_attention, layer_norm, rewards, beam, nucleus, bleu, pieces)
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    """A kind of question: its name, and the question of every seed."""
    return request.param, [KINDS[request.param](Random(seed)) for seed in SEEDS]


def test_answers_are_right(kind):
    name, made = kind
    for question in made:
        expected = ORACLES[name](question.given)
        assert expected.keys() == question.values.keys()
        for key, value in question.values.items():
            if np.asarray(value).dtype.kind in "iuf":
                np.testing.assert_allclose(value, expected[key], rtol=0, atol=2e-6, err_msg=f"{name} {key}")
            else:
                assert value == expected[key], (name, key)


def written(text):
    """All numbers that stand in a text, fractions too."""
    return [float(Fraction(n)) for n in re.findall(r"-?\d+(?:/\d+|\.\d+)?", text)]


LEFT_OUT = {  # not written as numbers: tanh and roots stay, one can be read off the other
    "lstm_step": {"next_h"},
    "loss": {"loss"},
    "nucleus": {"kept"},
    "beam": {"beam", "greedy", "best"},
    "bleu": {"scores"},
    "pieces": {"merges", "pieces"},
}


def test_the_answer_sheet_says_the_numbers(kind):
    name, made = kind
    for question in made:
        there = np.array(written(question.answer))
        for key in question.values.keys() - LEFT_OUT.get(name, set()):
            for value in np.ravel(question.values[key]):
                assert np.abs(there - value).min() < 0.006, (name, key, value, question.answer)


def test_numbers_are_short_enough_for_paper(kind):
    name, made = kind
    for question in made:
        for value in re.findall(r"(?<![\w.])\d+\.\d+", question.answer + question.asks):
            assert len(value.split(".")[1]) <= 3, (name, value)
        for value in re.findall(r"/(\d+)", question.answer):
            assert int(value) <= 200, (name, value)


def test_points_of_the_answer_add_up(kind):
    """(2 points), (1 point), (2, 2 and 1 points), and what stands after a semicolon is part of them."""
    for question in kind[1]:
        found = re.findall(r"\(((?:\d+(?:, | and )?)+) points?\b", " ".join(question.answer.split()))
        assert sum(int(n) for one in found for n in re.findall(r"\d+", one)) == question.points, (
            question.answer
        )


def test_no_seed_makes_a_question_that_asks_for_nothing():
    """What is lost is seen, what is cut is changed, and not all gradients are 0."""
    for seed in range(100):
        made = {
            name: KINDS[name](Random(seed))
            for name in ("embedding", "clip", "lstm_step", "attention", "pieces")
        }
        values = {name: one.values for name, one in made.items()}
        [(often, _)] = Counter(made["embedding"].given["x"].ravel().tolist()).most_common(1)
        assert (values["embedding"]["dW"][often] != values["embedding"]["row"]).all()
        assert (values["clip"]["each"] != made["clip"].given["gradient"]).any()
        assert np.count_nonzero(values["lstm_step"]["da"]) > 1 and values["lstm_step"]["next_c"].all()
        assert np.count_nonzero(values["attention"]["ds"]) > 1
        assert len(values["pieces"]["pieces"]) < len(made["pieces"].given["new"])
    both = [KINDS["beam"](Random(seed)).values for seed in range(30)]
    assert {one["beam"] == one["best"] for one in both} == {True, False}


def test_every_seed_has_numbers_of_its_own(kind):
    assert len({question.asks for question in kind[1]}) > 0.5 * len(SEEDS), kind[0]


def test_a_seed_makes_the_same_exam_everywhere():
    """On every system and every version of Python: two questions as they were when this was written."""
    made = questions(2027)
    assert made["bptt"].given["x"].tolist() == [-1, 2, 3]
    assert made["pieces"].given["words"] == {"reed": 5, "street": 4, "steer": 3}
    assert questions(2027, only=["pieces"])["pieces"].asks == made["pieces"].asks
    assert {one.chapter for one in questions(2027, chapters=["02"]).values()} == {"02"}


def test_both_sheets_are_written_and_the_seed_is_on_the_answers_only(tmp_path):
    assert len(list(make_exam(tmp_path / "new" / "exam", seed=123456789))) == 3
    sheets = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new" / "exam").iterdir()}
    assert sheets.keys() == {"questions.md", "questions.html", "answers.md", "answers.html"}
    for name, text in sheets.items():
        assert ("123456789" in text) == name.startswith("answers")
    for one in questions(123456789).values():
        assert one.asks in sheets["questions.md"] and one.answer in sheets["answers.md"]
        assert one.answer not in sheets["questions.md"]
    for name in ("questions", "answers"):  # every table and every block is one in the page too
        assert sheets[f"{name}.html"].count("<pre>") == sheets[f"{name}.md"].count("```") / 2
        assert sheets[f"{name}.html"].count("<table>") == sheets[f"{name}.md"].count("| --- |\n")
    with pytest.raises(ValueError, match="not empty"):
        next(make_exam(tmp_path / "new" / "exam"))


def test_without_a_seed_nobody_can_make_it_again(tmp_path):
    for name in "ab":
        list(make_exam(tmp_path / name, only=["bptt_with_tanh"]))
    seeds = [
        re.search(r"Seed (\d+)", (tmp_path / name / "answers.md").read_text(encoding="utf-8"))[1]
        for name in "ab"
    ]
    assert seeds[0] != seeds[1]


def test_what_does_not_exist_is_named(tmp_path):
    with pytest.raises(ValueError, match="no question nothing"):
        next(make_exam(tmp_path / "exam", only=["nothing"]))
    with pytest.raises(ValueError, match="chapters 01, 02"):
        next(make_exam(tmp_path / "exam", chapters=["13"]))


def test_the_command(tmp_path, capsys):
    folder = tmp_path / "Kurs 课"
    assert main(["exam", str(folder), "--seed", "2027", "--only", "bptt", "loss"]) == 0
    assert "2 questions, 15 points, about 22 minutes" in (folder / "questions.md").read_text(encoding="utf-8")
    assert main(["exam", str(folder)]) == 1
    assert "is not empty" in capsys.readouterr().err
