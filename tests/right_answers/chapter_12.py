"""Right answers to chapter 12, in many styles."""

from collections import Counter
from itertools import pairwise

import numpy as np

from right_answers import answers


@answers("most_frequent_pair")
def pair_by_counter(words, counts):
    pairs = Counter()
    for word, count in zip(words.tolist(), counts.tolist(), strict=True):
        for pair in pairwise(word):
            if 0 not in pair:
                pairs[pair] += count
    return pairs.most_common(1)[0][0]


@answers("most_frequent_pair")
def pair_by_places(words, counts):
    N, T = words.shape
    first, second, best = 0, 0, 0
    for n in range(N):
        for t in range(T - 1):
            a, b = words[n, t], words[n, t + 1]
            here = (words[:, :-1] == a) & (words[:, 1:] == b)
            total = (here.sum(axis=1) * counts).sum()
            if b > 0 and total > best:
                first, second, best = a, b, total
    return first, second


@answers("most_frequent_pair")
def pair_in_a_table(words, counts):
    size = words.max() + 1
    table = np.zeros((size, size), dtype=int)
    np.add.at(table, (words[:, :-1], words[:, 1:]), counts[:, None])
    table[:, 0] = 0
    return np.unravel_index(table.argmax(), table.shape)


@answers("merge")
def merge_by_list(word, pair, new):
    left, merged = list(word), []
    while left:
        if tuple(left[:2]) == pair:
            left = left[2:]
            merged.append(new)
        else:
            merged.append(left.pop(0))
    return merged + [0] * (len(word) - len(merged))


@answers("merge")
def merge_in_a_copy(word, pair, new):
    merged, k, t = np.zeros_like(word), 0, 0
    while t < len(word):
        if t < len(word) - 1 and (word[t], word[t + 1]) == pair:
            merged[k] = new
            t += 1
        else:
            merged[k] = word[t]
        t, k = t + 1, k + 1
    return merged


@answers("merge")
def merge_with_a_for_loop(word, pair, new):
    merged = []
    for piece in word:
        if merged and merged[-1] == pair[0] and piece == pair[1]:
            merged[-1] = new
        else:
            merged.append(piece)
    return np.pad(np.array(merged), (0, len(word) - len(merged)))
