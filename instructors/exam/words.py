"""Questions on words and their loss: chapters 03, 04 and 12."""

from collections import Counter
from itertools import pairwise

import numpy as np

from cs231n.course.chapters.word_pieces import cut, learn_merges
from cs231n.exercises.bank.perplexity import perplexity
from cs231n.temporal_layers import temporal_softmax_loss, word_embedding_backward
from instructors.exam.question import Question, close, code, decimal, fraction, matrix, row, table

VOCABULARY = ["`<NULL>`", "`<START>`", "`<END>`", "a", "kite"]
SPELLED = [
    "red",
    "tree",
    "tent",
    "street",
    "steer",
    "reed",
    "seed",
    "nest",
    "west",
    "stern",
    "enter",
    "terse",
]
NEW = ["tested", "trees", "entered", "rested", "streets", "nested", "steered", "resent", "wester", "tenders"]


def word_embedding(random):
    """Gradients of repeated words, added at their rows; and what dW[x] += dout does."""
    words = random.sample(range(5), 4)
    often, absent = words[0], ({*range(5)} - {*words}).pop()
    x = np.full((2, 3), often)
    while (x == often).all(axis=1).any():
        x = np.array(random.sample([often, often, *words], 6)).reshape(2, 3)
    signs = random.choice([(1, 1), (1, -1), (-1, 1)])  # one for each column, so that no sum is a part of it
    dout = np.array([[[random.randint(1, 5) * sign for sign in signs] for _ in range(3)] for _ in range(2)])
    dW = word_embedding_backward(dout * 1.0, (x, 5))
    lost = np.zeros((5, 2))
    lost[x] += dout
    lines = [[f"`x[{n}]`", *x[n]] for n in range(2)] + [
        [f"`dout[{n}]`", *map(row, dout[n])] for n in range(2)
    ]
    asks = f"""A vocabulary of 5 words, vectors of 2 numbers, two captions of three words. The word numbers
`x`, and the gradient `dout` of each looked-up vector:

{table(["", "step 0", "step 1", "step 2"], *lines)}

1. Write down `dW`, with its 5 rows.
2. A friend starts with zeros and writes `dW[x] += dout`. Which row differs from yours, and what stands there?
   (NumPy goes through the places in the order in which you read them.)
3. Why do the gradients of a word that occurs several times add up?"""
    answer = f"""1. Each `dout` goes to the row of its word (2 points). No caption holds word {absent}: its
   row is 0.

{code(matrix("dW", dW))}

2. Row {often}, whose word occurs three times. It holds only the last of the three, {row(lost[often])}: NumPy
   reads, adds, and then writes, and a later write covers an earlier one (2 points).
3. The row was copied to three places. When it changes, all three change, and each acts on the loss (1 point)."""
    return Question(
        "03", "Gradients of words", 5, 7, asks, answer, {"x": x, "dout": dout}, {"dW": dW, "row": lost[often]}
    )


def softmax_loss(random):
    """Loss, gradient and perplexity where all probabilities of the right words are powers of a half."""
    lengths = 3, random.choice([1, 2])
    while True:
        bits = [random.randint(1, 4) for _ in range(6)]
        counted = bits[:3] + bits[3 : 3 + lengths[1]]
        if len({*counted}) > 2 and sum(counted) in (2 * len(counted), 3 * len(counted)):
            break
    y, exps = np.zeros((2, 3), int), np.zeros((2, 3, 5))
    for n, t in np.ndindex(2, 3):
        y[n, t] = 0 if t >= lengths[n] else 2 if t == lengths[n] - 1 else random.choice([3, 4])
        exps[n, t] = _weights(random, bits[3 * n + t], y[n, t])
    mask, n, t = y != 0, *random.choice([(0, 1), (0, 2), (1, 0)])
    loss, dx = temporal_softmax_loss(np.log(exps), y, mask)
    p = close(exps / exps.sum(axis=2, keepdims=True))
    captions = np.concatenate([np.ones((2, 1), int), y], axis=1)
    undecided = perplexity(loss, captions)
    places = [
        [f"caption {i}, step {s}", VOCABULARY[y[i, s]], *(int(e) for e in exps[i, s])]
        for i, s in np.ndindex(2, 3)
    ]
    asks = f"""N = 2 captions of three places each, a vocabulary of 5. For each place the table has the word
that should come out, and **e to the score** of every word (not the score itself):

{table(["place", "right word", *VOCABULARY], *places)}

Places where `<NULL>` should come out do not count.

1. The probability of the right word, at each place that counts.
2. The loss, summed over time and averaged over the captions. Leave ln 2 in it.
3. The gradient of the five scores at caption {n}, step {t}; and of those at caption 1, step 2.
4. The perplexity."""
    right = [f"{fraction(p[i, s, y[i, s]])}" for i, s in np.ndindex(2, 3) if mask[i, s]]
    answer = f"""1. Divide by the sum of the row: {", ".join(right)} (2 points).
2. −ln of these is ln 2 times {", ".join(str(b) for b in counted)}, together {sum(counted)} ln 2. Divided by N
   = 2: {fraction(sum(counted) / 2)} ln 2 (2 points; 1 where it is divided by the {len(counted)} words).
3. (p − 1 at the right word, p at the others) / N: {row(close(dx[n, t]), fraction)} (2 points; 1 without the
   division). At caption 1, step 2 all are 0: the place does not count (1 point).
4. {len(counted)} places count, and the loss of a word is {sum(counted)} ln 2 / {len(counted)} =
   {sum(counted) // len(counted)} ln 2. e to this power is {decimal(undecided)} (1 point)."""
    given = {"exps": exps, "y": y, "place": (n, t)}
    values = {
        "right": p[np.arange(2)[:, None], np.arange(3), y][mask],
        "loss": loss,
        "dx": dx[n, t],
        "perplexity": undecided,
    }
    return Question("04", "A loss with a mask", 8, 10, asks, answer, given, values)


def _weights(random, bits, right):
    """e to the score of five words: whole numbers, of which the right one has a share of 2^−bits."""
    total = 16 if bits == 4 else random.choice([8, 16])
    own = total >> bits
    cuts = sorted(random.sample(range(1, total - own), 3))
    others = [b - a for a, b in pairwise([0, *cuts, total - own])]
    return [*others[:right], own, *others[right:]]


def word_pieces(random):
    """Three merges of byte-pair encoding, none of them a tie; then a new word is cut."""
    while True:
        words = {word: random.randint(2, 6) for word in random.sample(SPELLED, 3)}
        texts = [word for word, count in words.items() for _ in range(count)]
        merges = learn_merges(texts, 3)
        if all(_no_tie(words, merges[:k]) for k in range(3)):
            new = max(NEW, key=lambda word: (len(word) - len(cut(word, merges)), random.random()))
            break
    pieces = cut(new, merges)
    counts = [_pairs(words, merges[:k])[merge] for k, merge in enumerate(merges)]
    asks = f"""A text has only these words (spaces left out):

{table(["word", "how often"], *words.items())}

1. Byte-pair encoding begins with single letters. Which pairs are its first three merges? How often does each
   occur?
2. Into which pieces is the new word *{new}* cut with these three merges, in this order?
3. Why has a model of pieces no need of `<UNK>`? What does it pay for this?"""
    made = ", ".join(f"`{a}` + `{b}` ({count} times)" for (a, b), count in zip(merges, counts, strict=True))
    spelled = ", ".join(" ".join(f"`{piece}`" for piece in cut(word, merges)) for word in words)
    answer = f"""1. {made} (3 points). The words are then {spelled}.
2. {" ".join(f"`{piece}`" for piece in pieces)} (1 point).
3. A word that it never saw is spelled in smaller pieces, letters in the end (1 point). Sequences are longer
   than with words (1 point)."""
    given = {"words": words, "new": new}
    return Question(
        "12", "Merges", 6, 9, asks, answer, given, {"merges": merges, "counts": counts, "pieces": pieces}
    )


def _pairs(words, merges):
    """How often each pair of neighbours occurs, after some merges."""
    pairs = Counter()
    for word, count in words.items():
        for pair in pairwise(cut(word, merges)):
            pairs[pair] += count
    return pairs


def _no_tie(words, merges):
    first, second = (count for _, count in _pairs(words, merges).most_common(2))
    return first > second
