"""Let a captioning model speak: greedy, by drawing words at random, or by searching with a beam.

Every function here takes N pictures at once and returns what `model.sample` returns: (N, max_length) int32,
words with <END> but without <START>, filled up with <NULL>. All stop as soon as every caption has ended.

<NULL> and <START> are never said: no training caption asks the model to say them, so their scores mean
nothing. `never` changes that: ("<NULL>", "<START>", "<UNK>") also forbids the word for unknown words, and
() allows all, which makes `greedy_captions` exactly `model.sample`.

first_words forces how every caption begins: a list of words, such as ["two", "red"], which the caption holds
too. For a model of characters a text does as well.
"""

from dataclasses import dataclass

import numpy as np

NEVER_SAID = ("<NULL>", "<START>")


def greedy_captions(model, features, max_length=30, first_words=(), never=NEVER_SAID):
    """At each step the word with the highest score: w_t = argmax s_t.

    features: (N, D); max_length: words at most, first_words and <END> among them
    returns: (N, max_length) int32
    """
    return _captions(model, features, max_length, first_words, never, lambda scores: scores.argmax(axis=1))


def word_by_word(model, features, max_length=30, how_many=5, never=NEVER_SAID):
    """The greedy caption of one picture, and at each step the likeliest words with their probabilities.

    features: (1, D); how_many: likeliest words per step
    returns: list of the words said, <END> with them; list of dicts from word to probability, the likeliest first
    """
    likeliest = []

    def choose(scores):
        p = np.exp(log_softmax(scores))[0]
        best = np.argsort(-p, kind="stable")[:how_many]
        likeliest.append({model.idx_to_word[number]: float(p[number]) for number in best})
        return scores.argmax(axis=1)

    captions = _captions(model, features, max_length, (), never, choose)[0]
    return [model.idx_to_word[number] for number in captions[: len(likeliest)]], likeliest


def log_probabilities(model, features, captions, never=NEVER_SAID):
    """How likely the model finds captions: Σ_t log P(w_t), <END> with them.

    features: (N, D); captions: (N, T) integers as `model.sample` gives them
    returns: log probabilities (N,); words per caption (N,), <END> with them
    """
    banned, state = banned_words(model, never), model.initial_state(features)
    words, null = np.full(len(captions), model.start_word), model.word_to_idx["<NULL>"]
    total, rows = np.zeros(len(captions)), np.arange(len(captions))
    for said in captions.T:
        scores, state = model.step(words, state)
        scores[:, banned] = -np.inf
        logp = log_softmax(scores)[rows, said]
        total += np.where(said != null, logp, 0)
        words = said
    return total, (captions != null).sum(axis=1)


def sampled_captions(
    model,
    features,
    max_length=30,
    temperature=1.0,
    top_k=None,
    top_p=None,
    seed=None,
    first_words=(),
    never=NEVER_SAID,
):
    """At each step a word drawn at random: P(w) ∝ exp(s_w / temperature) over the words that are left.

    temperature: near 0 it is greedy, 1 is the model's own probability, above 1 it dares more
    top_k: leave only the k likeliest words  (Fan et al., 2018)
    top_p: leave only the likeliest words that together reach this probability: the nucleus  (Holtzman et al.,
        2020); after top_k, where both are given
    seed: number that repeats the same draws, or None for other captions each time
    returns: (N, max_length) int32
    ValueError: for a temperature of 0 or below, top_k below 1, or top_p outside (0, 1]
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature is {temperature}, expected a number above 0 (greedy is the limit at 0)"
        )
    random = np.random.default_rng(seed)

    def draw(scores):
        below = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
        with np.errstate(over="ignore"):  # near temperature 0 all but the highest go to −∞, as they should
            left = keep_likely(log_softmax(below / temperature), top_k, top_p)
        # The largest of log p + Gumbel noise is a draw from p (Gumbel, 1954): no sums, no rounding to 1.
        return (left + random.gumbel(size=left.shape)).argmax(axis=1)

    return _captions(model, features, max_length, first_words, never, draw)


def beam_captions(
    model, features, max_length=30, width=5, length_power=0.7, first_words=(), never=NEVER_SAID
):
    """The best caption that a search finds which keeps `width` beginnings of captions per picture.

    At each step every beginning is tried with every next word, and the `width` best stay. A caption that has
    ended keeps its place as long as it is among them. Best is highest in Σ_t log P(w_t) / length^length_power
    (Wu et al., 2016, in its simple form), where <END> counts and first_words do not.

    width: 1 is greedy
    length_power: 0 compares plain probabilities, which favours short captions; 1 the mean of a word
    returns: (N, max_length) int32
    """
    *_, (said, _, ranks) = _beam(model, features, max_length, width, length_power, first_words, never)
    return said[np.arange(len(said)), ranks.argmax(axis=1)]


@dataclass(frozen=True)
class BeamNode:
    """One beginning of a caption that a beam kept: a place in `beam_tree`."""

    step: int  # 1 for the first word after first_words
    word: int  # the word it ends with
    parent: int | None  # where in the list the beginning one word shorter stands
    logp: float  # Σ log P of its words
    rank: float  # logp / length^length_power, by which the beam chooses
    best: bool  # on the way to the caption that won


def beam_tree(model, features, max_length=30, width=5, length_power=0.7, first_words=(), never=NEVER_SAID):
    """What a beam kept at each step for one picture, for a drawing; arguments as in `beam_captions`.

    features: (D,) or (1, D)
    returns: list of BeamNode, parents before children. A node without children was given up there, or ended
    """
    features = features[None] if features.ndim == 1 else features
    steps = _beam(model, features, max_length, width, length_power, first_words, never)
    nodes, places = [], {0: None}  # places: which node each of the beam's places holds
    for _, (parents, words, logp, new), ranks in steps:
        before, places = places, {}
        for k in np.flatnonzero(np.isfinite(logp[0])):
            parent = before[parents[0, k]]
            if not new[0, k]:  # an ended caption that keeps its place
                places[k] = parent
                continue
            step = 1 if parent is None else nodes[parent]["step"] + 1
            places[k] = len(nodes)
            nodes.append({"step": step, "word": int(words[0, k]), "parent": parent, "best": False})
            nodes[-1] |= {"logp": float(logp[0, k]), "rank": float(ranks[0, k])}
    node = places[int(ranks[0].argmax())]
    while node is not None:
        nodes[node]["best"], node = True, nodes[node]["parent"]
    return [BeamNode(**fields) for fields in nodes]


def log_softmax(scores):
    """log P(w) = s_w − log Σ_v exp(s_v), along the last axis, in float64."""
    scores = np.asarray(scores, dtype=np.float64)
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def keep_likely(logp, top_k=None, top_p=None):
    """Set log probabilities to −∞ except for the top_k likeliest words, and then except for the nucleus.

    logp: (N, V)
    returns: (N, V), not normalised again
    """
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}, expected 1 or more")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}, expected a number above 0 and up to 1")
    if top_k is None and top_p is None:
        return logp
    order = np.argsort(-logp, axis=1, kind="stable")
    p = np.exp(np.take_along_axis(logp, order, axis=1))
    left = np.ones_like(p, dtype=bool)
    if top_k is not None:
        left[:, top_k:] = False
        p = p * left / (p * left).sum(axis=1, keepdims=True)
    if top_p is not None:
        left &= p.cumsum(axis=1) - p < top_p  # the likelier words before it do not reach top_p yet
    kept = np.zeros_like(left)
    np.put_along_axis(kept, order, left, axis=1)
    return np.where(kept, logp, -np.inf)


def _captions(model, features, max_length, first_words, never, choose):
    """One word after another for each picture; choose: scores (N, V) → words (N,)."""
    first, banned = _first_words(model, first_words, max_length), banned_words(model, never)
    state, N = model.initial_state(features), len(features)
    captions = np.full((N, max_length), model.word_to_idx["<NULL>"], dtype=np.int32)
    words = np.full(N, model.start_word)
    speaking = np.ones(N, dtype=bool)
    for t in range(max_length):
        scores, state = model.step(words, state)
        if t < len(first):
            words = np.full(N, first[t])
        else:
            scores[:, banned] = -np.inf
            words = choose(scores)
        captions[speaking, t] = words[speaking]
        speaking &= words != model.word_to_idx.get("<END>", -1)
        if not speaking.any():
            break
    return captions


def _beam(model, features, max_length, width, length_power, first_words, never):
    """Search step by step; yields after each step, for N pictures and K = width places:

    said (N, K, max_length); (parents, words, logp, new), each (N, K): the place a beginning comes from, its
    last word, its log probability (−∞ for an empty place), whether the word is new; ranks (N, K)
    """
    if width < 1:
        raise ValueError(f"width is {width}, expected 1 or more")
    first, banned = _first_words(model, first_words, max_length), banned_words(model, never)
    null, end = model.word_to_idx["<NULL>"], model.word_to_idx.get("<END>", -1)
    state, (N, K) = model.initial_state(features), (len(features), width)
    words = np.full(N, model.start_word)
    for word in first:
        _, state = model.step(words, state)
        words = np.full(N, word)

    said = np.full((N, K, max_length), null, dtype=np.int32)
    said[:, :, : len(first)] = first
    state = tuple(np.repeat(part, K, axis=0) for part in state)  # (N·K, H)
    words = np.repeat(words[:, None], K, axis=1)
    logp = np.full((N, K), -np.inf)
    logp[:, 0] = 0.0  # at first there is one beginning: nothing said
    lengths, ended = np.zeros((N, K)), np.zeros((N, K), dtype=bool)
    rows = np.arange(N)[:, None]
    if len(first) == max_length:
        yield said, (np.zeros_like(words), words, logp, ended), logp
    for t in range(len(first), max_length):
        scores, state = model.step(np.where(ended, 0, words).ravel(), state)  # any word where nothing is said
        scores[:, banned] = -np.inf
        V = scores.shape[1]
        tried = logp[:, :, None] + log_softmax(scores).reshape(N, K, V)
        tried[ended] = -np.inf  # an ended caption stays as it is, in one column and at no cost
        tried[ended, 0] = logp[ended]
        lengths = lengths + ~ended
        tried_ranks = (tried / lengths[:, :, None] ** length_power).reshape(N, K * V)
        chosen = _largest(tried_ranks, K)  # (N, K): place · V + word

        parents = chosen // V
        logp, ranks = tried.reshape(N, K * V)[rows, chosen], tried_ranks[rows, chosen]
        new = ~ended[rows, parents]
        words = np.where(new, chosen % V, null)
        lengths, ended = lengths[rows, parents], ~new | (words == end)
        said = said[rows, parents]
        said[:, :, t] = words
        state = tuple(part[(rows * K + parents).ravel()] for part in state)
        yield said, (parents, words, logp, new), ranks
        if (ended | np.isneginf(logp)).all():
            break


def _largest(ranks, K):
    """The columns of the K largest numbers in each row, the largest first."""
    columns = np.sort(np.argpartition(-ranks, K - 1, axis=1)[:, :K], axis=1)
    order = np.argsort(-np.take_along_axis(ranks, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def _first_words(model, first_words, max_length):
    """The numbers of the forced words."""
    unknown = [word for word in first_words if word not in model.word_to_idx or word in ("<NULL>", "<END>")]
    if unknown:
        raise ValueError(
            f"first_words has {unknown[0]!r}, which this model cannot begin with. "
            "Give a list of words of its vocabulary, such as ['two', 'red']"
        )
    if len(first_words) > max_length:
        raise ValueError(
            f"first_words has {len(first_words)} words, expected at most max_length, {max_length}"
        )
    return [model.word_to_idx[word] for word in first_words]


def banned_words(model, never):
    """The numbers of words that are not to be said, where the vocabulary has them."""
    numbers = [model.word_to_idx[word] for word in never if word in model.word_to_idx]
    return [number for number in numbers if number < len(model.params["b_vocab"])]
