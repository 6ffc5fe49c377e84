"""Decoding: every method against its definition, and the beam against exhaustive search."""

import itertools

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.decoding import (
    beam_captions,
    beam_tree,
    greedy_captions,
    keep_likely,
    log_softmax,
    sampled_captions,
    word_by_word,
)

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "ball": 5}
NULL, START, END = 0, 1, 2
CELLS = pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
METHODS = pytest.mark.parametrize("method", [greedy_captions, sampled_captions, beam_captions])


def tiny_model(cell_type="rnn", seed=0, sharpness=3.0, words=WORDS):
    """A model with random weights, large enough that its words depend on the picture and the words before."""
    np.random.seed(seed)
    model = CaptioningRNN(words, input_dim=4, wordvec_dim=6, hidden_dim=7, cell_type=cell_type)
    model.params["W_embed"] *= 100
    model.params["W_vocab"] *= sharpness
    return model


def pictures(count=20, seed=0):
    return np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)


def logp_of(model, features, caption, first=(), never=(NULL, START)):
    """Σ log P of a caption's words after `first`, one picture, <END> included; and how many words that is."""
    total, count, state, word = 0.0, 0, model.initial_state(features[None]), START
    for t, following in enumerate(caption):
        scores, state = model.step(np.array([word]), state)
        if t >= len(first):
            scores[:, list(never)] = -np.inf
            total, count = total + log_softmax(scores)[0, following], count + 1
        word = following
        if word == END:
            break
    return total, count


def every_caption(max_length):
    """All captions of a, red, ball that end with <END> or reach max_length, filled up with <NULL>."""
    for length in range(max_length):
        for words in itertools.product((3, 4, 5), repeat=length):
            yield [*words, END] + [NULL] * (max_length - length - 1)
    yield from map(list, itertools.product((3, 4, 5), repeat=max_length))


# ---- all methods


@CELLS
@METHODS
def test_captions_have_the_form_of_model_sample(method, cell_type):
    captions = method(tiny_model(cell_type), pictures(), max_length=9)
    assert captions.shape == (20, 9) and captions.dtype == np.int32
    assert not (captions == START).any()
    ended = (captions == END).cumsum(axis=1)
    assert ended.max() == 1, "no test without a caption that ends"
    assert ((captions == NULL) == (ended - (captions == END) > 0)).all()


@CELLS
@METHODS
def test_a_caption_does_not_depend_on_the_other_pictures(method, cell_type):
    model, options = tiny_model(cell_type), {"seed": 1} if method is sampled_captions else {}
    several = method(model, pictures(), **options)
    others = pictures()
    others[1:] = pictures(19, seed=8)
    np.testing.assert_array_equal(method(model, others, **options)[0], several[0])


@METHODS
def test_stops_when_every_caption_has_ended(method):
    model = tiny_model()
    model.params["b_vocab"][END] = 100
    steps, step = [], model.step
    model.step = lambda words, state: (steps.append(1), step(words, state))[1]
    captions = method(model, pictures(), max_length=30)
    assert len(steps) <= (3 if method is beam_captions else 1)  # a beam waits for its other beginnings
    assert (captions[:, 0] == END).all() and (captions[:, 1:] == NULL).all()


@METHODS
def test_null_and_start_are_never_said_even_where_they_score_highest(method):
    model = tiny_model()
    model.params["b_vocab"][[NULL, START]] = 50
    captions = method(model, pictures(), max_length=5)
    assert not (captions == START).any() and not (captions[:, 0] == NULL).any()


@METHODS
def test_other_words_can_be_forbidden(method):
    never = ("<NULL>", "<START>", "red", "not in the vocabulary")
    captions = method(tiny_model(), pictures(), never=never)
    assert not (captions == WORDS["red"]).any() and (captions == WORDS["ball"]).any()


@METHODS
def test_first_words_are_forced_and_kept(method):
    captions = method(tiny_model(), pictures(), max_length=6, first_words=["red", "a"])
    assert (captions[:, :2] == [WORDS["red"], WORDS["a"]]).all()


@METHODS
def test_first_words_may_fill_the_whole_caption(method):
    captions = method(tiny_model(), pictures(), max_length=2, first_words=["red", "a"])
    assert captions.tolist() == [[4, 3]] * 20


@METHODS
@pytest.mark.parametrize("words", [["blue"], ["<END>"], ["<NULL>"], ["a"] * 31])
def test_first_words_that_cannot_begin_a_caption_raise(method, words):
    with pytest.raises(ValueError, match="first_words"):
        method(tiny_model(), pictures(), first_words=words)


@METHODS
def test_the_model_and_the_features_stay_as_they_are(method):
    model, features = tiny_model(), pictures()
    before = {name: w.copy() for name, w in model.params.items()}
    method(model, features)
    np.testing.assert_array_equal(features, pictures())
    assert all((before[name] == w).all() for name, w in model.params.items())


@METHODS
def test_a_vocabulary_without_end_speaks_to_the_last_word(method):
    words = {"<NULL>": 0, "a": 1, "ball": 2, "<START>": 3}
    captions = method(tiny_model(words=words), pictures(), max_length=4)
    assert set(captions.ravel()) == {1, 2}


@METHODS
def test_no_picture_and_no_length_give_empty_captions(method):
    assert method(tiny_model(), pictures(0)).shape == (0, 30)
    assert method(tiny_model(), pictures(3), max_length=0).shape == (3, 0)


def test_by_default_a_caption_has_at_most_30_words():
    model = tiny_model()
    model.params["b_vocab"][END] = -100
    for method in (greedy_captions, sampled_captions, beam_captions):
        assert method(model, pictures(1)).shape == (1, 30)
    words, likeliest = word_by_word(model, pictures(1))
    assert len(words) == 30 and [len(step) for step in likeliest] == [5] * 30
    assert max(node.step for node in beam_tree(model, pictures(1))) == 30


# ---- greedy


@CELLS
@pytest.mark.parametrize("words", [WORDS, {"<NULL>": 0, "a": 1, "ball": 2, "<START>": 3}])
def test_greedy_and_a_beam_of_1_with_nothing_forbidden_are_model_sample(cell_type, words):
    model = tiny_model(cell_type, words=words)
    said = model.sample(pictures())
    np.testing.assert_array_equal(greedy_captions(model, pictures(), never=()), said)
    np.testing.assert_array_equal(beam_captions(model, pictures(), width=1, never=()), said)


# ---- drawing at random


@CELLS
def test_a_seed_repeats_the_draws(cell_type):
    model = tiny_model(cell_type)
    one, same, other = (sampled_captions(model, pictures(), seed=seed) for seed in (1, 1, 2))
    assert (one == same).all() and (one != other).any()
    np.testing.assert_array_equal(one, sampled_captions(model, pictures(), temperature=1, seed=1))


@CELLS
@pytest.mark.parametrize("option", [{"temperature": 1e-4}, {"top_k": 1}, {"top_p": 1e-9}])
def test_at_its_limit_drawing_is_greedy(option, cell_type):
    model = tiny_model(cell_type)
    drawn = sampled_captions(model, pictures(), seed=0, **option)
    np.testing.assert_array_equal(drawn, greedy_captions(model, pictures()))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_first_words_are_drawn_with_the_models_probabilities(temperature):
    model, count = tiny_model(sharpness=1), 40_000
    features = np.repeat(pictures(1), count, axis=0)
    drawn = sampled_captions(model, features, max_length=1, temperature=temperature, seed=0)[:, 0]
    scores, _ = model.step(np.array([START]), model.initial_state(features[:1]))
    odds = np.exp(scores[0].astype(np.float64) / temperature)
    odds[[NULL, START]] = 0
    p = odds / odds.sum()
    measured = np.bincount(drawn, minlength=len(p)) / count
    assert (abs(measured - p) < 4.5 * np.sqrt(p * (1 - p) / count) + 1e-12).all()


@pytest.mark.parametrize(
    "options, left",
    [
        ({"top_k": 2}, [1, 3]),
        ({"top_k": 99}, [0, 1, 2, 3]),
        ({"top_p": 0.5}, [1]),
        ({"top_p": 0.51}, [1, 3]),
        ({"top_p": 0.85}, [0, 1, 3]),
        ({"top_p": 1.0}, [0, 1, 2, 3]),
        ({"top_k": 2, "top_p": 0.7}, [1, 3]),  # of the two left, the first has 0.5 / 0.8 = 0.625
        ({"top_k": 2, "top_p": 0.6}, [1]),
    ],
)
def test_likely_words_are_kept(options, left):
    logp = np.log([[0.15, 0.5, 0.05, 0.3]])
    kept = keep_likely(logp, **options)
    assert np.flatnonzero(np.isfinite(kept[0])).tolist() == left
    np.testing.assert_array_equal(kept[0, left], logp[0, left])


def test_equal_words_count_one_by_one():
    assert np.isfinite(keep_likely(np.log(np.full((3, 4), 0.25)), top_k=2)).sum(axis=1).tolist() == [2, 2, 2]


def test_a_nucleus_is_never_empty():
    assert np.isfinite(keep_likely(np.zeros((1, 1)), top_p=1e-12)).all()


@pytest.mark.parametrize(
    "options", [{"temperature": 0}, {"temperature": -1}, {"top_k": 0}, {"top_p": 0}, {"top_p": 1.1}]
)
def test_settings_without_sense_raise(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        sampled_captions(tiny_model(), pictures(), **options)


def test_log_softmax_counts_in_float64():
    assert log_softmax(np.zeros(3, np.float32)).dtype == np.float64


def test_log_softmax_survives_large_scores():
    np.testing.assert_allclose(log_softmax(np.array([[1e4, 0.0, -np.inf]])), [[0, -1e4, -np.inf]])


# ---- beam


@CELLS
@pytest.mark.parametrize("length_power", [0, 0.7, 1])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_beam_of_width_1_is_greedy(cell_type, length_power, seed):
    model = tiny_model(cell_type, seed)
    beam = beam_captions(model, pictures(), width=1, length_power=length_power)
    np.testing.assert_array_equal(beam, greedy_captions(model, pictures()))


@CELLS
@pytest.mark.parametrize("length_power", [0, 0.7, 1])
@pytest.mark.parametrize("first_words", [(), ("red",)])
def test_a_wide_beam_finds_what_exhaustive_search_finds(cell_type, length_power, first_words):
    model, max_length = tiny_model(cell_type, sharpness=1), 4
    first = [WORDS[word] for word in first_words]
    found = beam_captions(model, pictures(6), max_length, 200, length_power, first_words)
    for features, caption in zip(pictures(6), found, strict=True):
        ranks = {}
        for candidate in every_caption(max_length - len(first)):
            logp, count = logp_of(model, features, first + candidate, first)
            ranks[tuple(first + candidate)] = logp / count**length_power
        assert ranks[tuple(caption.tolist())] == pytest.approx(max(ranks.values()), abs=1e-6)


def plain_beam(model, features, max_length, width, length_power):
    """The search in lists: rank and words of each beginning, the best `width` kept at each step."""
    kept = [(0.0, [])]
    for _ in range(max_length):
        tried = [each for each in kept if each[1][-1:] == [END]]
        for _, words in kept:
            for word in (END, 3, 4, 5) if words[-1:] != [END] else ():
                logp, count = logp_of(model, features, [*words, word])
                tried.append((logp / count**length_power, [*words, word]))
        kept = sorted(tried, reverse=True)[:width]
    return kept[0][1]


@CELLS
@pytest.mark.parametrize("width, length_power", [(2, 0.7), (5, 0), (5, 0.7)])
def test_a_beam_finds_what_the_plain_search_finds(cell_type, width, length_power):
    model = tiny_model(cell_type, seed=1, sharpness=0.5)
    for features in pictures(5):
        words = plain_beam(model, features, 5, width, length_power)
        found = beam_captions(model, features[None], 5, width, length_power)[0]
        assert found.tolist() == words + [NULL] * (5 - len(words))


class Chain:
    """A model whose next word depends on the last word alone: odds[word] is a dict from next word to its odds."""

    def __init__(self, odds):
        self.word_to_idx, self.start_word, self.params = WORDS, START, {"b_vocab": np.zeros(len(WORDS))}
        self.scores = np.full((len(WORDS), len(WORDS)), -1e9)
        for word, following in odds.items():
            self.scores[word, list(following)] = np.log(list(following.values()))

    def initial_state(self, features):
        return (np.zeros((len(features), 1)),)

    def step(self, words, state):
        return self.scores[words], state


def test_an_ended_caption_takes_one_of_the_places_and_no_more():
    """Three beginnings: two end at once, and the third is the least likely one until it is long."""
    first, a, red, ball = {END: 0.5, 3: 0.45, 4: 0.05}, 3, 4, 5
    model = Chain({START: first, NULL: first, a: {END: 1}, red: {ball: 1}, ball: {ball: 1}})
    found = beam_captions(model, pictures(1), max_length=8, width=3, length_power=1)
    assert found.tolist() == [[red] + [ball] * 7]


def test_greedy_misses_what_a_beam_finds():
    model = tiny_model(sharpness=1)
    greedy = greedy_captions(model, pictures(), max_length=5)
    beam = beam_captions(model, pictures(), max_length=5, width=5, length_power=0)
    gains = [
        logp_of(model, features, one)[0] - logp_of(model, features, other)[0]
        for features, one, other in zip(pictures(), beam, greedy, strict=True)
    ]
    assert min(gains) > -1e-6 and max(gains) > 0.1


def test_a_larger_length_power_makes_captions_longer():
    model = tiny_model(sharpness=1)
    lengths = [
        (beam_captions(model, pictures(), max_length=12, length_power=power) != NULL).sum()
        for power in (0, 1)
    ]
    assert lengths[0] < lengths[1]


@pytest.mark.parametrize(
    "options", [{"width": 4}, {"width": 6}, {"length_power": -0.3}, {"length_power": 1.7}]
)
def test_by_default_five_beginnings_compete_by_logp_over_length_to_the_power_of_seven_tenths(options):
    model, features = tiny_model(seed=1, sharpness=0.5), pictures(60)
    found = beam_captions(model, features, max_length=8)
    np.testing.assert_array_equal(found, beam_captions(model, features, 8, width=5, length_power=0.7))
    assert (found != beam_captions(model, features, 8, **options)).any()
    trees = [beam_tree(model, features[0], 8), beam_tree(model, features[0], 8, width=5, length_power=0.7)]
    assert trees[0] == trees[1] != beam_tree(model, features[0], 8, **options)


def test_a_width_below_1_raises():
    with pytest.raises(ValueError, match="width"):
        beam_captions(tiny_model(), pictures(), width=0)


# ---- the beam's tree


def way_to(nodes, node):
    words = []
    while node is not None:
        words.append(node.word)
        node = None if node.parent is None else nodes[node.parent]
    return words[::-1]


@CELLS
@pytest.mark.parametrize("width", [1, 3, 8])
def test_the_trees_best_way_is_the_beams_caption(cell_type, width):
    model = tiny_model(cell_type)
    for features in pictures():
        nodes = beam_tree(model, features, max_length=7, width=width)
        best = [node.word for node in nodes if node.best]
        caption = beam_captions(model, features[None], max_length=7, width=width)[0]
        assert best == caption[caption != NULL].tolist()


def test_the_tree_holds_at_most_width_nodes_a_step_and_parents_come_one_step_before():
    for features in pictures():
        nodes = beam_tree(tiny_model(), features, max_length=7, width=3)
        assert np.bincount([node.step for node in nodes]).max() <= 3
        for place, node in enumerate(nodes):
            assert (node.step == 1) if node.parent is None else (nodes[node.parent].step == node.step - 1)
            assert node.parent is None or (node.parent < place and nodes[node.parent].word != END)


def test_the_trees_numbers_are_those_of_its_words():
    model, features = tiny_model(), pictures(1)[0]
    nodes = beam_tree(model, features, max_length=5, width=4, first_words=["a"])
    for node in nodes:
        logp, count = logp_of(model, features, [WORDS["a"], *way_to(nodes, node)], first=["a"])
        assert node.step == count and type(node.word) is int
        assert (node.logp, node.rank) == pytest.approx((logp, logp / count**0.7), abs=1e-5)


# ---- numbers at the edge


@METHODS
def test_null_may_have_a_number_beyond_the_vocabulary(method):
    words = {"<NULL>": 9, "<START>": 0, "<END>": 1, "a": 2, "red": 3, "ball": 4}
    model = tiny_model(words=words)
    captions = method(model, pictures(), max_length=8)
    ended = (captions == 1).cumsum(axis=1) - (captions == 1) > 0
    assert ended.any() and ((captions == 9) == ended).all()


@CELLS
def test_the_number_of_null_does_not_change_what_a_beam_finds(cell_type):
    words = {"<NULL>": 9, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "ball": 5}
    one, other = (tiny_model(cell_type, words=these) for these in (WORDS, words))
    for model in (one, other):
        model.params["b_vocab"][NULL] = -1e9  # in the second vocabulary, number 0 is no word at all
    found, others = (beam_captions(model, pictures(), max_length=8, width=4) for model in (one, other))
    np.testing.assert_array_equal(np.where(others == 9, NULL, others), found)


@pytest.mark.parametrize("temperature", [1e-38, 1e-308, 5e-324, np.float32(1e-38)])
def test_the_smallest_temperatures_are_greedy(temperature):
    model = tiny_model()
    with np.errstate(all="raise", under="ignore"):
        drawn = sampled_captions(model, pictures(), temperature=temperature, seed=0)
    np.testing.assert_array_equal(drawn, greedy_captions(model, pictures()))
