"""Exercise: make one piece of a pair of pieces, the second half of byte-pair encoding."""

import numpy as np

from cs231n.exercises.bank.inputs import generator
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def merge(word, pair, new):
    """The word with each `pair` of neighbours replaced by `new`, from the left, and filled up with 0 again.

    word: (T,) integers, filled up with 0; pair: two integers; new: an integer
    returns: (T,) integers
    """
    merged, t = [], 0
    while t < len(word):
        both = t + 1 < len(word) and word[t] == pair[0] and word[t + 1] == pair[1]
        merged.append(new if both else word[t])
        t += 2 if both else 1
    return np.array(merged + [0] * (len(word) - len(merged)))


WORDS = [
    ("cabd..", "ab"),
    ("abcab", "ab"),
    ("caaad.", "aa"),
    ("bacad..", "ab"),
    ("ab", "ab"),
    ("abababc.", "ab"),
    ("bcda", "ab"),
    ("bcaaa", "aa"),
    ("c", "ab"),
    ("cabmbanc", "ab"),
    ("1b9baa1a9b", "ab"),
]


def inputs(seed=None):
    """Cases: once, twice and at the end of a full row, overlapping itself, not there, alone, repeated; a full row
    that ends with a first half and begins with a second one; one piece; smaller
    and larger neighbours; and numbers of two digits."""
    found = []
    for k, (text, two) in enumerate(WORDS):
        random = generator(700 + k, seed)
        number = dict(zip("abcd", random.permutation(8)[:4] + 2, strict=True))
        number["1"], number["9"] = 1, 10  # below and above all others
        number["m"] = 10 * number["c"] + number["a"]  # as text, "m, b" holds "a, b"
        number["n"] = 10 * number["b"] + number["c"]  # and so does "a, n"
        word = np.array([int(number.get(letter, 0)) for letter in text])
        pair, new = tuple(int(number[letter]) for letter in two), 99 + k
        sizes = f"word={word.tolist()}, pair={pair}, new={new}"
        found.append(Case(sizes, {"word": word, "pair": pair, "new": new}))
    return found


MISTAKES = """
second_half_stays: t += 2 if both else 1 -> t += 1
    The second half of the pair is still there, behind the new piece.
row_not_filled: merged + [0] * (len(word) - len(merged)) -> merged
    The row became shorter. Fill it up with 0 at its end.
filled_in_front: merged + [0] * (len(word) - len(merged)) -> [0] * (len(word) - len(merged)) + merged
    The zeros belong behind the word, not before it.
only_the_first: both = -> both = new not in merged and
    Only the first pair is merged. It can stand in a word more than once.
last_pair_missed: t + 1 < len(word) -> t + 2 < len(word)
    A pair at the very end of a row is missed.
last_piece_lost: while t < len(word): -> while t < len(word) - 1:
    The last piece of a full row is lost. It has no neighbour, but it stays.
last_and_first_are_neighbours:
    t + 1 < len(word) and ->
    word[t + 1] == -> word[t + 1 - len(word)] ==
    You take the last place and the first one for neighbours. A pair does not go round the end.
first_half_is_enough: word[t + 1] == pair[1] -> True
    You merge wherever the first half stands. The second half must follow it.
first_half_written: new if both else word[t] -> word[t]
    The first half of the pair stands where the new piece should be.
"""


def any_order(word, pair, new):
    """You merge the pair in either order. Only first, then second is the pair."""
    other = merge(word, pair[::-1], new)
    return merge(other, pair, new)


def from_the_right(word, pair, new):
    """Where pairs overlap, as in a a a, the one on the left is merged: go through the word from the left."""
    letters = [piece for piece in word if piece]
    merged = merge(np.array(letters[::-1]), pair[::-1], new)
    kept = [piece for piece in merged if piece][::-1]
    return np.array(kept + [0] * (len(word) - len(kept)))


def gap_left(word, pair, new):
    """A 0 stands where the second half was. Zeros belong behind the word: move what follows one place up."""
    merged = word.copy()
    for t in range(len(word) - 1):
        if merged[t] == pair[0] and merged[t + 1] == pair[1]:
            merged[t : t + 2] = new, 0
    return merged


EXERCISE = Exercise(
    chapter="12_words_or_characters",
    reference=merge,
    outputs={"merged": ("place",)},
    whole_numbers=True,
    cases=inputs,
    of_the_notebook=("word",),
    start="Start with word = [3, 5, 7, 0], pair = (5, 7) and new = 9. What should come out?",
    worth_knowing="today's language models cut their text in this way, with many thousands of merges.",
    next_step="the loop below: both functions, a hundred times.",
    hints=(
        "After a merge, the next piece to look at is two places on. A for loop over range cannot jump. Which "
        "loop can?",
        "Go on while t is a place in the word: either append new and add 2 to t, or append word[t] and add 1.",
        "At the last place there is no neighbour: look at t + 1 < len(word) first. At the end, append 0 until "
        "the row has its old length.",
    ),
    mistakes=known(merge, MISTAKES, any_order, from_the_right, gap_left),
)
