"""Rewards for the painted scenes, and what is measured of a captioner that follows them."""

import numpy as np

from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import share_distinct, share_true, statements
from cs231n.course.chapters import rewards
from cs231n.course.chapters.gradient_spread import gradient_spread
from cs231n.course.chapters.what_it_says import what_it_says
from cs231n.course.scenes import is_held_out, load_facts, scene_of
from cs231n.course.stored_results import stored_captioner
from cs231n.course.text_units import plain_texts
from cs231n.reward import advantages

HOUSE = scene_of("house", "red", place="meadow", time="day", weather="clear")
TRUE = "a red house in a meadow"
SAYS_MORE = "a red house in a meadow on a sunny day"
FALSE = "a blue house in a meadow"
LIES_ABOUT_THE_SKY = "a red house in a meadow in the rain"
NONSENSE = "house a a meadow"
SAID = [TRUE, SAYS_MORE, FALSE, LIES_ABOUT_THE_SKY, NONSENSE, ""]


def test_only_true_rewards_true_sentences():
    assert rewards.only_true(SAID, HOUSE) == [1, 1, 0, 0, 0, 0]


def test_length_counts_words():
    assert rewards.length(SAID, HOUSE) == [6, 10, 6, 9, 4, 0]


def test_per_fact_adds_true_statements_and_takes_off_false_ones():
    assert rewards.per_fact(SAID, HOUSE) == [4, 6, 2, 3, 0, 0]
    assert rewards.per_fact(SAID, HOUSE, price=3) == [4, 6, 0, 1, 0, 0]


def test_a_judge_that_never_looks_at_the_sky_believes_all_about_the_weather():
    assert rewards.per_fact_but_weather(SAID, HOUSE) == [4, 6, 2, 5, 0, 0]


def test_who_says_nothing_says_nothing_false():
    assert rewards.nothing_false(SAID, HOUSE) == [1, 1, 0, 0, 1, 1]


def test_a_prize_is_shared_by_those_who_make_the_statement():
    assert rewards.shared_prizes(SAID, HOUSE) == [2, 4, 0, 0, 0, 0]
    assert rewards.shared_prizes([TRUE] * 4, HOUSE) == [1, 1, 1, 1]


def test_what_it_says_counts_what_the_other_measures_count():
    data, facts, model = load_coco_data(base_dir=SCENES_DIR), load_facts("val"), stored_captioner("05_rnn")
    found = what_it_says(model, data, facts, model)
    said = plain_texts(model.sample(data["val_features"], 17), data["idx_to_word"])
    regular = [i for i, scene in enumerate(facts) if not is_held_out(scene)]
    assert found["true"] == share_true([said[i] for i in regular], [facts[i] for i in regular])
    assert found["statements"] == statements(said, facts)
    assert found["distinct"] == share_distinct(said)
    assert found["kl"] == 0
    drawn = what_it_says(model, data, facts, greedy=False)
    assert "kl" not in drawn and drawn["true"] < found["true"] and drawn["no_sentence"] > found["no_sentence"]


def test_the_same_reward_for_all_has_a_gradient_only_without_a_baseline():
    data, facts, model = load_coco_data(base_dir=SCENES_DIR), load_facts("train"), stored_captioner("05_rnn")
    baselines = {"none": np.asarray, "the others": advantages}
    spread = gradient_spread(model, data, lambda texts, _: [1] * 4, facts, baselines, 3, 2, 4)
    assert spread["none"] > 0 and spread["the others"] == 0
