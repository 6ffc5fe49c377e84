"""What chapter 09 says about its numbers and figures."""

import numpy as np
import pytest

from cs231n.course.chapters import rewards
from cs231n.course.chapters.reward_results import FILE, values
from cs231n.course.chapters.what_it_says import what_it_says, when_it_says_the_time
from cs231n.course.scenes import scene_of
from cs231n.course.stored_results import stored_results


def rnn(reward, step, measure="true"):
    """One number a seed, of the captioner of chapter 05 after so many steps."""
    return values("rnn", reward, step, measure)


def attention(reward, step, measure="true"):
    return values("attention", reward, step, measure)


def test_three_captions_by_hand(chapter):
    chapter.says(
        "by 2.7, 0.6 and 0.6",
        "1.36, 0.15 and 0.15, divided by their sum: 82 %, 9 %, 9 %.",
        "With a point more for everybody, the advantages are the same as before.",
        "the three pushes cancel exactly",
    )
    space = chapter.space
    P, after = space["P"], space["after_a_step"]
    A = space["advantages"](np.array([[1.0, 0, 0]]))
    np.testing.assert_array_equal(A, [[1, -0.5, -0.5]])
    np.testing.assert_array_equal(space["advantages"](np.array([[2.0, 1, 1]])), A)
    np.testing.assert_array_equal(np.exp(A).round(1), [[2.7, 0.6, 0.6]])
    np.testing.assert_array_equal((P * np.exp(A[0])).round(2), [1.36, 0.15, 0.15])
    np.testing.assert_array_equal((100 * after(A[0], P)).round(), [82, 9, 9])
    np.testing.assert_allclose(after(np.array([2, 1, 1]), P), P)


def test_without_a_baseline_a_point_for_everybody_makes_the_variance_several_times_as_large(chapter):
    chapter.says(
        "without a baseline the variance is then several times as large, and with one it does not change",
        "With 1 and 0 the baseline brings nothing yet",
        "(After training on them it does, with all three seeds.)",
        "The mean of all is about as good here.",
    )
    for entry in stored_results(FILE).values():
        before, after = entry["spread"]["before"], entry["spread"]["after"]
        assert before["one more"]["none"] > 4
        assert 0.75 < before["only true"]["none"] < 1.05
        assert after["only true"]["none"] > 1.15
        assert 0.75 < before["only true"]["mean of all"] < 1.15
    lines = [line for line in chapter.prints.splitlines() if "no baseline" in line]
    assert float(lines[1].split("no baseline ")[1].split(",")[0]) > 3


def test_the_verdict_of_one_step(chapter):
    assert "log P grew more for the true captions than for the others: ✓ yes" in chapter.prints
    assert chapter.space["A"].max() > 0 > chapter.space["A"].min()


@pytest.fixture(scope="module")
def after(chapter):
    """What the chapter's own models say after 100 steps, and before."""
    space = chapter.space
    models = {"before": space["truthful"][0], "only true": space["truthful"][100]}
    models |= {name: steps[100] for name, steps in space["hacked"].items()}
    models |= {"pulled": space["pulled"][100], "shared": space["shared"][200], "friend": space["friend"]}
    return {name: what_it_says(model, space["data"], space["facts"]["val"]) for name, model in models.items()}


def test_more_than_90_of_100_are_true_and_it_says_less_and_repeats_itself(chapter, after):
    chapter.says(
        "More than 90 of 100 captions are true now, and the new pairs are true more often, too.",
        "That is what the best attention models of chapter 7 reach",
        "It says **less**: the time and the weather are gone. And it **repeats itself** more often.",
    )
    true, before = after["only true"], after["before"]
    assert true["true"] > 0.9 and before["true"] < 0.82
    assert true["held_out"] > before["held_out"] + 0.08
    assert true["statements"] < before["statements"] - 0.2
    assert true["rarer"] < 0.03 < before["rarer"] - 0.05
    assert true["distinct"] < before["distinct"] - 0.05
    for measure, sign in (("true", 1), ("held_out", 1), ("statements", -1), ("rarer", -1), ("distinct", -1)):
        changes = np.subtract(rnn("only true", 100, measure), rnn("only true", 0, measure))
        assert (sign * changes > 0).all()
    assert min(rnn("only true", 100)) > 0.9 and max(rnn("only true", 100, "rarer")) < 0.03
    chapter_07 = [entry["regular"]["true"] for entry in stored_results("07_attention_12").values()]
    assert abs(np.median(rnn("only true", 100)) - np.median(chapter_07)) < 0.025


def test_before_a_likely_caption_has_less_than_one_chance_in_a_hundred(chapter):
    chapter.says("Before, the likeliest of them has less than one chance in a hundred")
    before, later = (max(p for _, p, _ in chapter.space[name]) for name in ("before", "after"))
    assert before < 0.01 and later > 3 * before


def test_length_never_stops_and_hardly_one_is_a_sentence(chapter, after):
    chapter.says("Every caption is as long as we let it be, and hardly one is a sentence.")
    assert after["length"]["words"] > 16.5 and after["length"]["no_sentence"] > 0.98
    assert min(rnn("length", 100, "words")) > 16.5 and min(rnn("length", 100, "no_sentence")) > 0.98


def test_true_facts_guesses_the_time_and_the_weather_in_nearly_every_caption(chapter, after):
    chapter.says(
        "it guesses the time and the weather in nearly every caption. More statements, far fewer true captions."
    )
    before, greedy = after["before"], after["true facts"]
    assert greedy["rarer"] > 0.9 and greedy["true"] < before["true"] - 0.3
    assert greedy["statements"] > before["statements"] + 1
    assert min(rnn("true facts", 100, "rarer")) > 0.9
    assert (np.subtract(rnn("true facts", 100), rnn("true facts", 0)) < -0.3).all()
    assert (np.subtract(rnn("true facts", 100, "statements"), rnn("true facts", 0, "statements")) > 1).all()


def test_nothing_false_is_content_while_sentences_go(chapter, after):
    chapter.says("The judge is content with nearly all captions, and more and more are no sentences.")
    assert all([]) is True and rewards.nothing_false([""], scene_of()) == [1]
    assert np.mean(chapter.space["earned"]["nothing false"][-10:]) > 0.9
    assert after["nothing false"]["no_sentence"] > 0.25 > after["before"]["no_sentence"] + 0.15
    assert min(rnn("nothing false", 100, "no_sentence")) > 0.25
    assert (np.subtract(rnn("nothing false", 100), rnn("nothing false", 0)) < -0.15).all()


def test_the_reward_rises_while_truth_turns(chapter):
    chapter.says(
        "The reward rises for all four.",
        "for the first 20 steps it makes captions truer, like *only true*. Later it turns, and its reward goes "
        "on rising.",
    )
    curves = chapter.space["curves"]
    assert len(curves) == 4
    for curve in curves.values():
        assert curve[100]["reward"] > curve[10]["reward"]
    hole = curves["nothing false"]
    assert hole[20]["true"] > hole[0]["true"] + 0.04 and hole[100]["true"] < hole[20]["true"] - 0.15
    assert hole[100]["reward"] > hole[20]["reward"]
    assert (np.subtract(rnn("nothing false", 20), rnn("nothing false", 0)) > 0.05).all()
    for entry in stored_results(FILE).values():
        points = entry["rnn"]["nothing false"]["points"]
        assert points["100"]["reward"] > points["20"]["reward"]


def test_the_price_of_a_lie(chapter):
    assert chapter.space["sure"] == 0.75
    assert rewards.per_fact(["a blue house in a meadow"], scene_of("house", "red"), price=3) == [0]


def test_with_every_seed_four_are_hacked_and_the_cures_hold(chapter):
    chapter.says(
        "With every seed: *only true* is true more often, of new pairs too, and says less.",
        "*Length*, *true facts*, *nothing false* and *blind to weather* are hacked within 100 steps.",
        "Stopping after 20 steps, or the pull, keeps *nothing false* above 85 of 100.",
        "With price 3, the time and the weather are gone.",
        "On *only true*, a pull keeps the captions more different, and nine of ten are true.",
        "**With price 1 the seeds do not agree**: after 200 steps, some still tell the truth and some guess.",
    )
    before = np.array(rnn("only true", 0))
    for name in ("length", "true facts", "nothing false", "blind to weather"):
        assert (rnn(name, 100) < before - 0.15).all()
        rises = [entry["rnn"][name]["points"] for entry in stored_results(FILE).values()]
        assert all(points["100"]["reward"] >= points["20"]["reward"] - 0.05 for points in rises)
    assert min(rnn("blind to weather", 100, "rarer")) > 0.9
    assert min(rnn("nothing false", 20)) > 0.85 and min(rnn("nothing false, pulled", 100)) > 0.85
    assert max(rnn("price 3", 100, "rarer")) < 0.05
    more = np.subtract(rnn("only true, pulled", 200, "distinct"), rnn("only true", 200, "distinct"))
    assert (more > 0.05).all() and min(rnn("only true, pulled", 200)) > 0.88
    assert max(rnn("price 1", 200)) > 0.8 > 0.7 > min(rnn("price 1", 200))


def test_shared_prizes_give_back_a_part_and_say_the_time_first(chapter, after):
    chapter.says(
        "*Shared prizes* gives back a part of what was lost, and captions stay truer than before.",
        "It says the time **first**, and is nearly always right.",
    )
    space = chapter.space
    assert after["shared"]["rarer"] > after["only true"]["rarer"] + 0.08
    assert after["shared"]["true"] > after["before"]["true"]
    for measure, least in (("rarer", 0.08), ("statements", 0.1), ("distinct", 0.02)):
        gained = np.subtract(rnn("shared prizes", 200, measure), rnn("only true", 200, measure))
        assert (gained > least).all()
    assert (np.subtract(rnn("shared prizes", 200), rnn("only true", 0)) > 0.02).all()
    of = {
        name: when_it_says_the_time(space[name][step], space["data"], space["facts"]["val"])
        for name, step in (("truthful", 0), ("shared", 200))
    }
    assert of["shared"][0] > 0.9 > of["truthful"][0] and of["shared"][1] < of["truthful"][1] - 1.5
    for entry in stored_results(FILE).values():
        (right, said), (right_before, said_before) = (
            entry["rnn"]["shared prizes"]["points"][step]["facts"]["time"] for step in ("200", "0")
        )
        assert right / said > 0.9 > right_before / said_before


def test_with_attention_it_says_more_and_stays_true(chapter):
    chapter.says(
        "With price 1 and with shared prizes it speaks of the time or the weather in nearly *every* caption: six "
        "statements in place of 4.6.",
        "And with shared prizes it is true no less often than before, with every seed.",
        "What it says about the weather is right in 95 of 100 cases or more.",
    )
    for name, step in (("price 1", 100), ("shared prizes", 200)):
        assert min(attention(name, step, "rarer")) > 0.9
        assert {round(n) for n in attention(name, step, "statements")} == {6}
    assert round(float(np.median(attention("only true", 0, "statements"))), 1) == 4.6
    assert (np.subtract(attention("shared prizes", 200), attention("only true", 0)) >= 0).all()
    runs = [entry["attention"] for entry in stored_results(FILE).values() if entry["attention"]]
    for run in runs:
        for name, step in (("price 1", "100"), ("shared prizes", "200")):
            right, said = run[name]["points"][step]["facts"]["weather"]
            assert right / said >= 0.95 and said > 400


def test_with_attention_too_only_true_silences_the_time_and_the_weather(chapter):
    chapter.says('With "only true", even the model with attention stops saying the time and the weather')
    assert max(attention("only true", 100, "rarer")) < 0.05
    assert (np.subtract(attention("only true", 100), attention("only true", 0)) > 0).all()


def test_the_weather_that_a_friends_judge_does_not_look_at(chapter, after):
    chapter.says("Nearly every caption speaks of it, and often falsely")
    assert after["friend"]["rarer"] > 0.85 and after["friend"]["true"] < 0.6
    assert min(rnn("blind to weather", 100, "rarer")) > 0.85
