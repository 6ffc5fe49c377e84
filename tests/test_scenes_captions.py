"""The captions of the painted world: written true, judged right."""

import re

import numpy as np
import pytest
from make_scenes.random_facts import random_facts

from cs231n.course.scenes import (
    COLOURS,
    caption_is_true,
    captions_for,
    claims,
    parse,
    phrases,
    why_not_true,
)
from cs231n.course.scenes.grammar import RARE, SEEN
from cs231n.course.text_units import encode, vocabulary

HOUSE = dict(
    kind="house",
    colour="red",
    count=1,
    side="left",
    place="meadow",
    time="night",
    weather="clear",
    companion="tree",
    companion_side="right",
    seed=1,
)
SHIPS = HOUSE | dict(
    kind="ship",
    colour="orange",
    count=2,
    side=None,
    place="sea",
    time="day",
    weather="rain",
    companion=None,
    companion_side=None,
)
KITE = HOUSE | dict(
    kind="kite",
    colour="blue",
    side="middle",
    place="snow",
    time="sunset",
    weather="cloudy",
    companion="snowman",
    companion_side="left",
)

TRUE = [
    (HOUSE, "a red house in a meadow"),
    (HOUSE, "<START> a red house in a meadow at night <END>"),
    (HOUSE, "a red cottage next to a tree in a field of flowers"),
    (HOUSE, "a house to the left of a green tree on the grass"),
    (HOUSE, "on the left there is one red house in a green meadow"),
    (HOUSE, "there is a red house in a meadow with a tree on the right"),
    (HOUSE, "it is night and a red house stands on the grass"),
    (HOUSE, "A lovely red house in a meadow under the stars."),
    (HOUSE, "a house in a meadow"),
    (HOUSE, "in a meadow stands a red house"),
    (HOUSE, "an elegant red house stands on the left at night"),
    (SHIPS, "two orange ships on the sea"),
    (SHIPS, "a pair of orange steamers sailing on the ocean on a rainy day"),
    (SHIPS, "there are a couple of ships on the water in the rain"),
    (KITE, "a blue kite flies above the white snow at dusk"),
    (KITE, "a kite over a snowy field with a snowman on the left"),
    (KITE, "a painting of a blue kite over a snowy field under the clouds"),
    (SHIPS, "two orange ships on the sea under a cloudy sky"),
    (SHIPS, "two ships on the blue sea under the clouds"),
    (HOUSE | {"place": "forest"}, "a red house in a dark forest"),
    (HOUSE | {"place": "desert", "time": "day"}, "a red house in a hot desert"),
]
FALSE = [
    (HOUSE, "a blue house in a meadow"),
    (HOUSE, "a red tent in a meadow"),
    (HOUSE, "two red houses in a meadow"),
    (HOUSE, "a red house in the desert"),
    (HOUSE, "a red house in a meadow on a sunny day"),
    (HOUSE, "a red house in a meadow in the rain"),
    (HOUSE, "a red house next to a windmill in a meadow"),
    (HOUSE, "a house to the right of a tree in a meadow"),
    (HOUSE, "in the middle there is a red house in a meadow"),
    (HOUSE, "it is raining and a red house stands on the grass"),
    (HOUSE, "in the evening a red house stands on the grass"),
    (SHIPS, "three orange ships on the sea"),
    (SHIPS, "an orange ship on the sea"),
    (SHIPS, "two orange ships on the sea with a lighthouse on the left"),
    (SHIPS, "two orange ducks on the sea"),
    (SHIPS, "two ships to the left of an island on the sea"),
    (SHIPS, "two ships sail on the left in the rain"),
    (KITE, "a blue kite over a snowy field with a snowman on the right"),
    (KITE, "a blue kite over the city"),
    (SHIPS, "two orange ships on the sea on a cloudy day"),
    (HOUSE, "a red house in a meadow under a cloudy sky"),
    (HOUSE | {"place": "forest", "time": "day"}, "a red house in a dark forest"),
    (HOUSE | {"place": "desert"}, "a red house in a hot desert"),
]
NO_SENTENCE = [
    "",
    "<START> <END>",
    "a a red",
    "red",
    "a red house",
    "at night",
    "in a meadow at night",
    "on the left",
    "house red a in meadow a",
    "a red house in a meadow in a meadow",
    "a red house a red house in a meadow",
    "an red house in a meadow",
    "a orange ship on the sea",
    "a red houses in a meadow",
    "two red house in a meadow",
    "there are a red house in a meadow",
    "a red house stand in a meadow",
    "a red house flies in a meadow",
    "a red house over a meadow",
    "a red house parked in a meadow",
    "a kite in the forest",
    "a red house on the sea",
    "a red blue house in a meadow",
    "a red house in a meadow at",
    "the red house in a meadow",
    "<UNK> <UNK> <UNK>",
    "a <UNK> red house in a meadow",
    "a red <UNK> in a meadow",
    "at night a red house stands and a tree",
    "a red house in a zebra",
]


@pytest.mark.parametrize(("facts", "caption"), TRUE)
def test_true_captions_are_true(facts, caption):
    assert caption_is_true(caption, facts)
    assert all(true for _, _, true in claims(caption, facts))


@pytest.mark.parametrize(("facts", "caption"), FALSE)
def test_sentences_with_one_wrong_fact_are_false(facts, caption):
    assert parse(caption), "it should be a sentence of the world"
    assert not caption_is_true(caption, facts)


@pytest.mark.parametrize("caption", NO_SENTENCE)
def test_what_is_no_sentence_is_true_of_nothing(caption):
    assert parse(caption) is None
    assert not any(caption_is_true(caption, facts) for facts in (HOUSE, SHIPS, KITE))
    assert claims(caption, HOUSE) == []


def test_claims_say_which_fact_is_wrong():
    assert claims("two red houses in a meadow at sunset", HOUSE) == [
        ("count", 2, False),
        ("colour", "red", True),
        ("kind", "house", True),
        ("place", "meadow", True),
        ("time", "sunset", False),
    ]


def drawn(n, seed=7):
    rng = np.random.default_rng(seed)
    return [(facts := random_facts(rng), captions_for(facts, rng)) for _ in range(n)]


def written_without_looking(caption):
    """The adjectives that the writer uses at every hour, and the judge does not."""
    return "dark forest" in caption or "hot desert" in caption


def test_every_caption_written_for_a_scene_is_true_of_it():
    for facts, captions in drawn(400):
        assert len(set(captions)) == 5
        for caption in captions:
            assert caption_is_true(caption, facts) or written_without_looking(caption), (caption, facts)


WHY = [
    ("", "says nothing"),
    ("a <UNK> red house in a meadow", "<UNK>, a word that nobody can read"),
    ("a red dragon in a meadow", "'dragon'"),
    ("an red house in a meadow", "'an red' has the wrong article"),
    ("two red house in a meadow", "no sentence together"),
    ("a blue house in a meadow", "colour: it says blue, the picture shows red"),
    (
        "a red house to the right of a tree in a meadow",
        "companion side: it says left, the picture shows right",
    ),
    ("a red house in a meadow under a cloudy sky", "weather: it says clouds, the picture shows clear"),
]


@pytest.mark.parametrize(("caption", "reason"), WHY)
def test_what_is_not_true_is_given_its_reason(caption, reason):
    (found,) = why_not_true(caption, HOUSE)
    assert reason in found


def test_facts_that_a_scene_cannot_have_are_given_their_reason():
    assert why_not_true("two ships sail on the left in the rain", SHIPS) == [
        "several things fill the whole picture"
    ]
    alone = HOUSE | {"companion": None, "companion_side": None}
    assert why_not_true("a red house next to a tree in a meadow", alone) == ["nothing stands beside it"]


def test_exactly_what_is_not_true_has_a_reason():
    for caption in [c for _, c in TRUE + FALSE] + NO_SENTENCE:
        assert bool(why_not_true(caption, HOUSE)) != caption_is_true(caption, HOUSE)


def test_captions_are_plain_lower_case_and_5_to_15_words():
    for _, captions in drawn(200):
        for caption in captions:
            assert re.fullmatch(r"[a-z]+( [a-z]+){4,14}", caption), caption


def test_another_colour_makes_any_caption_false():
    swapped = 0
    for facts, captions in drawn(100):
        for caption in captions:
            for other in set(COLOURS) - {facts["colour"]}:
                article = "an" if other == "orange" else "a"
                changed = re.sub(
                    rf"\b(?:an? )?{facts['colour']} (?=(?:{WORDS_OF_THINGS}))", f"{other} ", caption
                )
                changed = (
                    f"{article} {changed}" if changed.startswith(other) and caption[0] == "a" else changed
                )
                if changed != caption:
                    swapped += 1
                    assert not caption_is_true(changed, facts), changed
    assert swapped > 1000


WORDS_OF_THINGS = (
    "house|cottage|car|bus|tractor|tent|horse|pon|mushroom|umbrella|parasol|sail|ship|steamer|whale|duck|rubber"
    "|balloon|hot|plane|airplane|kite"
)


def test_facts_changed_under_a_caption_make_what_it_states_false():
    rng = np.random.default_rng(3)
    for facts, captions in drawn(60):
        for caption in captions:
            for fact, value in parse(caption):
                others = [random_facts(rng)[fact] for _ in range(6)]
                for other in set(others) - set(SEEN.get(value, (value,))):
                    assert not caption_is_true(caption, facts | {fact: other}), (caption, fact, other)


def test_captions_of_other_scenes_are_rarely_true():
    scenes = drawn(300)
    wrong = [caption_is_true(c, scenes[i - 1][0]) for i, (_, five) in enumerate(scenes) for c in five]
    assert np.mean(wrong) < 0.02


def test_captions_vary_in_pattern_and_in_what_they_state():
    captions = [c for _, five in drawn(300) for c in five]
    assert len(set(captions)) > 0.9 * len(captions)
    assert len({c.split()[0] for c in captions}) >= 10
    assert 3 <= np.mean([len(parse(c)) for c in captions]) <= 5


def test_rare_words_become_unk_and_special_words_come_first():
    captions = [["a", "red", "car"]] * 50 + [["a", "lovely", "red", "car"]]
    idx_to_word, word_to_idx = vocabulary(captions, at_least=40)
    assert idx_to_word == ["<NULL>", "<START>", "<END>", "<UNK>", "a", "car", "red"]
    assert encode([["a", "lovely", "red", "car"]], word_to_idx, 8).tolist() == [[1, 4, 3, 6, 5, 2, 0, 0]]


def test_rare_adjectives_need_no_meaning():
    assert all(
        caption_is_true(f"{'an' if w[0] in 'aeiou' else 'a'} {w} red house in a meadow", HOUSE) for w in RARE
    )


def test_the_phrases_of_a_caption_are_its_words_and_what_it_states():
    caption = "there are two red houses in a meadow at night"
    said = phrases(caption)
    assert " ".join(word for words, _ in said for word in words) == caption
    assert [state for _, states in said for state in states] == parse(caption)
    assert (("in", "a", "meadow"), (("place", "meadow"),)) in said
    assert phrases("two red house") is None
