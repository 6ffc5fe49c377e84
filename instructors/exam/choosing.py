"""Questions on choosing words and judging captions: chapters 09 and 10."""

from types import SimpleNamespace

import numpy as np

from cs231n.course.caption_scores import bleu as bleu_1_to_4
from cs231n.decoding import beam_captions, greedy_captions
from cs231n.exercises.bank.nucleus import nucleus as nucleus_of
from cs231n.exercises.bank.soften import soften
from cs231n.reward import advantages as advantages_of
from instructors.exam.question import Question, close, decimal, fraction, row, table

WORDS = ["<NULL>", "<START>", "a", "the", "one", "red", "blue", "car", "kite", "tent"]
FIRST, SECOND, THIRD = (2, 3, 4), (5, 6), (7, 8, 9)


def beam_search(random):
    """A tree in which a beam of 2 finds a likelier caption than greedy, or misses the likeliest of all."""
    misses = random.choice([True, False])
    while True:
        tree = {(): _split(random, FIRST)}
        tree |= {(a,): _split(random, SECOND) for a in FIRST}
        tree |= {(a, b): _split(random, THIRD) for a in FIRST for b in SECOND}
        tried, ranked = _search(tree, 2), _search(tree, 18)[-1]
        tie = any(len({round(q, 9) for _, q in step[:3]}) < 3 for step in [*tried, ranked])
        (_, beam_p), (_, greedy_p), (_, best_p) = tried[-1][0], _search(tree, 1)[-1][0], ranked[0]
        if not tie and (best_p > 1.05 * beam_p if misses else beam_p > 1.05 * greedy_p):
            break
    model, features, p = _talker(tree), np.zeros((1, 1)), dict(ranked)
    beam = tuple(beam_captions(model, features, 3, width=2, length_power=0)[0].tolist())
    greedy, best = tuple(greedy_captions(model, features, 3)[0].tolist()), ranked[0][0]
    lines = [
        [
            f"*{_text(before)} …*" if before else "(beginning)",
            ", ".join(f"{WORDS[w]} {p:.1f}" for w, p in after.items()),
        ]
        for before, after in tree.items()
    ]
    asks = f"""Captions of three words. The table has the probability of the next word after each beginning:

{table(["after", "the next word"], *lines)}

1. Which caption does greedy choose? What is its probability?
2. A beam of width 2, which compares plain probabilities: which two beginnings does it keep after one word,
   after two, and which caption wins?
3. Is the caption of the beam the likeliest of all eighteen? Must it be?"""
    kept = "; ".join(", ".join(f"*{_text(path)}* ({decimal(q)})" for path, q in step[:2]) for step in tried)
    is_best = "Yes, here it is" if best == beam else f"No: *{_text(best)}* has {decimal(p[best])}"
    answer = f"""1. *{_text(greedy)}*, {decimal(p[greedy])} (1 point).
2. Kept: {kept}. It is *{_text(beam)}*, {decimal(p[beam])} (3 points).
3. {is_best} (1 point). It need not be: a beginning that was dropped could have led to it (1 point)."""
    values = {"beam": beam, "greedy": greedy, "best": best, "p": [p[beam], p[greedy], p[best]]}
    return Question("10", "A beam of two", 6, 9, asks, answer, {"tree": tree}, values)


def _text(path):
    return " ".join(WORDS[word] for word in path)


def _split(random, words):
    """Probabilities in tenths; one is the largest."""
    while True:
        cuts = sorted(random.sample(range(1, 10), len(words) - 1))
        tenths = [b - a for a, b in zip([0, *cuts], [*cuts, 10], strict=True)]
        if tenths.count(max(tenths)) == 1:
            return dict(zip(words, (n / 10 for n in tenths), strict=True))


def _search(tree, width):
    """What a beam tries at each of three words: lists of beginnings with their probabilities, the best first."""
    kept, steps = [((), 1.0)], []
    for _ in range(3):
        tried = [((*path, word), p * q) for path, p in kept for word, q in tree[path].items()]
        steps.append(sorted(tried, key=lambda one: -one[1]))
        kept = steps[-1][:width]
    return steps


def _talker(tree):
    """A model that says the words of a tree; its state is the number of the beginning."""
    beginnings = list(tree)

    def step(words, state):
        now, scores = [], np.full((len(words), len(WORDS)), -50.0)
        for n, (word, number) in enumerate(zip(words, state[0][:, 0], strict=True)):
            path = () if word == 1 else (*beginnings[int(number)], int(word))
            now.append(beginnings.index(path) if path in tree else 0)
            for following, p in tree.get(path, {}).items():
                scores[n, following] = np.log(p)
        return scores, (np.array(now)[:, None],)

    numbers = {"<NULL>": 0, "<START>": 1}

    def initial_state(features):
        return (np.zeros((len(features), 1), int),)

    return SimpleNamespace(
        step=step,
        initial_state=initial_state,
        word_to_idx=numbers,
        start_word=1,
        params={"b_vocab": np.zeros(len(WORDS))},
    )


def nucleus(random):
    """What a nucleus leaves, and what a temperature of a half does."""
    while True:
        cuts = sorted(random.sample(range(1, 20), 4))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]
        top_p, ranked = random.choice([12, 14, 16, 18]), sorted(parts, reverse=True)
        left = next(k for k in range(1, 6) if sum(ranked[:k]) >= top_p)
        if len({*parts}) == 5 and top_p not in np.cumsum(ranked) and 2 <= left <= 3:
            break
    words = ["red", "blue", "green", "pink", "white"]
    kept = nucleus_of(np.array(parts) / 20, top_p / 20)
    exps = random.sample([1, 2, 3, 4], 3)
    colder = soften(np.log(np.array([exps], float)), 0.5)[0]
    names = ", ".join(f"{word} {fraction(p)}" for word, p in zip(words, kept, strict=True) if p)
    asks = f"""A model gives five words these probabilities:

{table(words, [f"{n}/20" for n in parts])}

1. Which words does a nucleus with p = {decimal(top_p / 20)} leave, and with which probabilities?
2. For three other words, e to the score is {row(exps)}. What are the probabilities with temperature 1, and
   with temperature 1/2?
3. What happens to the probabilities when the temperature goes towards 0? Which way of choosing is that?"""
    answer = f"""1. The fewest likeliest words that together reach {decimal(top_p / 20)}: {names} (2 points; 1
   where they do not add up to 1).
2. With 1: {row([e / sum(exps) for e in exps], fraction)} (1 point). Dividing the score by 1/2 doubles it, so
   e to it is squared: {row([e * e for e in exps])}, and the probabilities are {row(colder, fraction)} (2
   points).
3. The likeliest word gets all: greedy (1 point)."""
    given = {"parts": parts, "top_p": top_p / 20, "exps": exps}
    return Question(
        "10", "Nucleus and temperature", 6, 8, asks, answer, given, {"kept": kept, "colder": colder}
    )


def bleu(random):
    """A lie shares more runs of words with the reference than a true caption of the same length."""
    while True:
        colour, other = random.sample(["red", "blue", "green", "pink", "white"], 2)
        thing, another = random.sample(["car", "tent", "house", "bus", "horse"], 2)
        place, elsewhere = random.sample(["beach", "meadow", "field", "hill"], 2)
        rough = random.choice(["sandy", "quiet", "wide", "dry"])
        reference = f"a {colour} {thing} stands on the {rough} {place}"
        lie = random.choice(
            [
                f"a {other} {thing} stands on the {rough} {place}",
                f"a {colour} {another} stands on the {rough} {place}",
                f"a {other} {another} stands on the {rough} {place}",
                f"a {colour} {thing} stands on the {rough} {elsewhere}",
            ]
        )
        true = random.choice(
            [
                f"there is one {colour} {thing} on the {place}",
                f"one {colour} {thing} is seen on the {place}",
                f"here is a {colour} {thing} on the {place}",
                f"on the {rough} {place} there is one {thing}",
                f"a {colour} {thing} on this {rough} {place} here",
            ]
        )
        again = " ".join(random.choice([["the"], ["a"], ["on", "the"]]) * 8).split()[:8]
        again = " ".join(again)
        scores = [bleu_1_to_4([text], [[reference]])[:2] for text in (lie, true, again)]
        if scores[0][1] > scores[1][1]:
            break
    words = [_of(one, 8) for one, _ in scores]
    pairs = [_of(two**2 / one, 7) for one, two in scores]
    squares = [fraction(two**2) for _, two in scores]
    asks = f"""Somebody wrote of a picture: *{reference}*. That is true. Two models say:

- A: *{lie}*
- B: *{true}*

1. For each of the two: which share of its words, and which share of its pairs of neighbours, does the
   reference hold?
2. BLEU-2 is the root of the product of the two shares (all captions here have 8 words, so nothing is taken
   off for length). Which caption has the higher BLEU-2? Which one is true?
3. A broken model says *{again}*. What is its BLEU-1?"""
    answer = f"""1. A: {words[0]} of the words, {pairs[0]} of the pairs. B: {words[1]} and {pairs[1]} (3
   points).
2. A has √({squares[0]}), about {scores[0][1]:.2f}; B has √({squares[1]}), about {scores[1][1]:.2f}. A is
   higher, and A is not true: BLEU knows nothing of truth (2 points).
3. {words[2]}: a word counts at most as often as the reference holds it, here once (1 point; none for 8/8)."""
    given = {"reference": reference, "captions": (lie, true, again)}
    return Question("10", "BLEU and truth", 6, 8, asks, answer, given, {"scores": np.array(scores)})


def _of(share, whole):
    return f"{round(share * whole)}/{whole}"


def advantages(random):
    """Rewards of five captions, a point more for everybody, and the price of a lie."""
    while True:
        rewards = np.array([[random.randint(0, 3) for _ in range(5)]])
        if len({*rewards[0]}) > 2:
            break
    more, price = random.randint(1, 4), random.choice([1, 2, 3, 4, 9])
    found = close(advantages_of(rewards))[0]
    asks = f"""Five captions of one picture were drawn. The judge gives them the rewards {row(rewards[0])}.

1. What is the advantage of each: its reward less the mean of the *others*?
2. The judge gives everybody {more} more. What are the advantages now? What would change *without* a baseline?
3. Another judge gives +1 for a true statement and −{price} for a false one. How sure must the model be, so
   that a statement pays on average?
4. In the gradient of the mean reward, where does the reward stand? Must the judge have a gradient of its own?"""
    answer = f"""1. The sum is {rewards.sum()}. Advantage = reward − (sum − reward)/4: {row(found)} (2 points;
   1 for the mean of all five). They add up to 0.
2. The same (1 point). Without a baseline the mean gradient stays the same too, but it depends more on which
   captions were drawn: its variance grows (1 point).
3. p − (1 − p) · {price} = 0 gives p = {fraction(price / (1 + price))}. It must be surer than that (1 point).
4. It is a factor in front of ∇ log P. Nobody takes its gradient, so any program or person can be the judge (1
   point)."""
    given = {"rewards": rewards, "more": more, "price": price}
    return Question(
        "09", "Rewards", 6, 8, asks, answer, given, {"advantages": found, "sure": price / (1 + price)}
    )
