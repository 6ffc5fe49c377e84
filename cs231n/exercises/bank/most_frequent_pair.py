"""Exercise: the two pieces that stand side by side most often, the first half of byte-pair encoding."""

import numpy as np

from cs231n.exercises.bank.inputs import generator
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def most_frequent_pair(words, counts):
    """The pair (first, second) with the largest Σ counts[n] over all places where it stands in words[n].

    words: (N, T) integers, one row per word: the numbers of its pieces, filled up with 0
    counts: (N,) integers, how often each word occurs
    returns: first, second
    """
    pairs = {}
    for word, count in zip(words, counts, strict=True):
        for first, second in zip(word[:-1], word[1:], strict=True):
            if second != 0:
                pair = (int(first), int(second))
                pairs[pair] = pairs.get(pair, 0) + count
    return max(pairs, key=pairs.get)


WORDS = [  # words, and how often each occurs
    (["abc", "bcd", "edfdf"], [5, 4, 2]),  # bc: 9
    (["ab", "cd", "dc", "aba"], [6, 4, 3, 1]),  # ab: 7, and without order cd and dc would be 7 too
    (["fabab", "c", "cfab"], [1, 9, 3]),  # ab: 5, also at the end of a full row
    (["abab", "cd", "c"], [3, 4, 9]),  # ab: 6, twice in one word
    (["aaaa", "cd"], [2, 5]),  # aa: 6, three times in one word, overlapping itself
    (["ak", "ab", "ka", "ba", "cd", "k"], [3, 4, 3, 4, 5, 9]),  # cd: 5, and k, the largest, alone
    (["ak", "mb", "cd"], [3, 3, 5]),  # cd: 5, and 6 where the digits of a, k and m, b are run together
    (["dcabe", "ab", "dce", "eaf"], [2, 3, 2, 4]),  # ab: 5
    (["hg"], [1]),
]


def inputs(seed=None):
    """Cases: a frequent word and rare ones, pairs in both orders, twice in a word and overlapping, a word of one
    piece, full rows, numbers of two digits, one word."""
    found = []
    for k, (texts, counts) in enumerate(WORDS):
        number = dict(zip("abcdefgh", generator(600 + k, seed).permutation(8) + 1, strict=True))
        number["k"], number["m"] = 10 * number["a"] + number["b"], 11 * number["a"]  # two digits
        words = np.zeros((len(texts), max(map(len, texts))), dtype=np.int64)
        for row, text in zip(words, texts, strict=True):
            row[: len(text)] = [number[letter] for letter in text]
        sizes = f"N={words.shape[0]}, T={words.shape[1]}"
        found.append(Case(sizes, {"words": words, "counts": np.array(counts)}))
    return found


MISTAKES = """
counts_forgotten: + count -> + 1
    Each different word counts once. A word that occurs five times should count five times.
filling_counted: if second != 0 -> if True
    You count pairs with 0, too. It is the filling of a row, not a piece.
order_ignored: (int(first), int(second)) -> tuple(sorted((int(first), int(second))))
    You count (a, b) and (b, a) as one pair. Their order matters.
rarest_pair: max(pairs -> min(pairs
    This is the rarest pair. The most frequent one is asked for.
first_pair_only: zip(word[:-1], word[1:], strict=True) -> [word[:2]]
    You look only at the first two pieces of each word.
every_other_place: zip(word[:-1], word[1:], strict=True) -> zip(word[:-1:2], word[1::2], strict=True)
    You skip places: a pair can begin at each of them, also at the second piece.
last_pair_missed: zip(word[:-1], word[1:], strict=True) -> zip(word[:-2], word[1:-1], strict=True)
    You never look at the last place of a row.
halves_exchanged: (int(first), int(second)) -> (int(second), int(first))
    The pair is right, its two halves are exchanged.
last_count_only: pairs.get(pair, 0) + count -> count
    The count of a pair is overwritten each time. It should grow.
once_a_word: in zip(word[:-1], word[1:], strict=True) -> in set(zip(word[:-1], word[1:], strict=True))
    A pair that stands twice in a word counts twice there. You count it once.
"""


def pair_with_its_count(words, counts):
    """most_common gives a pair together with its count. You return both: take the pair out."""
    pair = most_frequent_pair(words, counts)
    return pair, sum(count for word, count in zip(words, counts, strict=True) for at in _places(word, pair))


def _places(word, pair):
    return [t for t in range(len(word) - 1) if (word[t], word[t + 1]) == pair]


EXERCISE = Exercise(
    chapter="12_words_or_characters",
    reference=most_frequent_pair,
    outputs={"first": (), "second": ()},
    whole_numbers=True,
    cases=inputs,
    of_the_notebook=("words", "counts"),
    start="Start with one word, [5, 7, 9, 0]: which pairs stand in it?",
    worth_knowing="a Counter of pairs does it as well: pairs[a, b] += count, and then most_common.",
    next_step="merge makes one piece of the pair.",
    hints=(
        "zip(word[:-1], word[1:]) gives all neighbours of one word. Which of them are no pair of pieces?",
        "Keep a dict from pair to number. By how much does a pair's number grow when it stands in a word that "
        "occurs counts[n] times?",
        "max(pairs, key=pairs.get) is the key with the largest value.",
    ),
    mistakes=known(most_frequent_pair, MISTAKES, pair_with_its_count),
)
