"""What chapter 05 measures with: does_it_look, log_probabilities, statements, and the scene of one's own."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.caption_scores import statements
from cs231n.course.chapters.does_it_look import does_it_look, first_words
from cs231n.course.plotting.painted_scene import paint_your_own, show_painted_scene
from cs231n.course.scenes import FACTS, draw_scene, extract_features, load_facts, scene_of
from cs231n.course.scenes.facts import check_facts
from cs231n.decoding import greedy_captions, log_probabilities, log_softmax

WORDS = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "red", "car"]


@pytest.fixture
def model():
    state = np.random.get_state()
    np.random.seed(5)
    made = CaptioningRNN({w: k for k, w in enumerate(WORDS)}, 4, 5, 6, dtype=np.float64)
    np.random.set_state(state)
    return made


def test_log_probability_is_the_sum_over_the_words(model):
    features, caption = np.random.default_rng(0).normal(size=(1, 4)), np.array([[4, 5, 2, 0, 0]])
    state, word, total = model.initial_state(features), 1, 0.0
    for said in (4, 5, 2):
        scores, state = model.step(np.array([word]), state)
        scores[:, :2] = -np.inf  # <NULL> and <START> are never said
        total += log_softmax(scores)[0, said]
        word = said
    logp, words = log_probabilities(model, features, caption)
    assert logp[0] == pytest.approx(total) and words.tolist() == [3]


def test_no_first_word_is_likelier_than_the_greedy_one(model):
    features = np.repeat(np.random.default_rng(1).normal(size=(1, 4)), 5, axis=0)
    every, _ = log_probabilities(model, features, np.arange(2, 7)[:, None])
    assert 2 + every.argmax() == greedy_captions(model, features[:1], 6)[0, 0]
    assert np.exp(every).sum() == pytest.approx(1)


def test_a_model_without_its_features_says_one_caption_for_all(model):
    facts = load_facts("val")[:20]
    row = does_it_look(model, np.zeros((20, 4)), facts)
    assert row["distinct"] == 1 / 20 and row["first word"] < 1e-12
    features = np.random.default_rng(0).normal(size=(20, 4))
    assert does_it_look(model, features, facts)["first word"] > 0.01
    np.testing.assert_allclose(first_words(model, features).sum(axis=1), 1)


def test_statements_counts_facts_true_or_not():
    scene = scene_of()
    assert (
        statements(["a red house in a meadow", "a blue house in the desert", "word salad"], [scene] * 3)
        == 8 / 3
    )


def test_a_scene_of_ones_own_can_be_painted_however_strange():
    check_facts(scene_of())
    for kind in FACTS["kind"]:
        for place in FACTS["place"]:
            check_facts(scene_of(kind, place=place, companion="snowman", side="left"))
    two = scene_of(count=2, side="left", companion="tree")
    check_facts(two)
    assert two["side"] is two["companion"] is two["companion_side"] is None
    assert scene_of(companion="tree", side="right")["companion_side"] == "left"


def test_captions_of_a_painted_scene_are_judged_beside_it():
    scene = scene_of("whale", "pink", place="sea")
    seen = []

    def speak(features):
        seen.append(features)
        return {"one": "a pink whale on the sea", "two": "a blue whale on the sea"}

    picture, captions = show_painted_scene(scene, speak)
    assert (picture.images[0].get_array() == draw_scene(scene, size=288)).all()
    assert (seen[0] == extract_features(draw_scene(scene))).all()
    said = [text.get_text() for text in captions.texts]
    assert said == [
        "one",
        "✓ a pink whale on the sea",
        "two",
        "✗ a blue whale on the sea",
        "colour: it says blue, the picture shows pink",
    ]
    plt.close("all")


def test_choices_begin_with_the_facts_given_and_refuse_what_the_world_has_not():
    seen = []
    paint_your_own(lambda features: seen.append(features) or {"one": "a"}, {"kind": "ship", "place": "sea"})
    assert (seen[0] == extract_features(draw_scene(scene_of("ship", place="sea")))).all()
    with pytest.raises(ValueError, match="start is dragon"):
        paint_your_own(lambda features: {}, {"kind": "dragon"})
    plt.close("all")
