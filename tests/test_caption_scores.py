"""Judging: BLEU against its definition and the paper's examples, and truth in the painted scenes."""

import math
from collections import Counter

import numpy as np
import pytest
from coco_like import write_coco_like
from make_scenes.random_facts import random_facts

from cs231n.coco_utils import load_coco_data
from cs231n.course.caption_scores import (
    bleu,
    judge,
    references,
    share_distinct,
    share_new,
    share_true,
    share_true_facts,
    table,
)
from cs231n.course.scenes import captions_for


def runs(words, k):
    return Counter(tuple(words[i : i + k]) for i in range(len(words) - k + 1))


def bleu_by_definition(captions, references, n):
    """Papineni et al. (2002), sections 2.1 to 2.3, counted over the whole corpus."""
    logs = []
    for k in range(1, n + 1):
        matched = total = 0
        for caption, texts in zip(captions, references, strict=True):
            most = Counter()
            for text in texts:
                most |= runs(text.split(), k)
            found = runs(caption.split(), k)
            matched += sum((found & most).values())
            total += sum(found.values())
        if not matched:
            return 0.0
        logs.append(math.log(matched / total))
    c = sum(len(caption.split()) for caption in captions)
    r = 0
    for caption, texts in zip(captions, references, strict=True):
        r += min((abs(len(t.split()) - len(caption.split())), len(t.split())) for t in texts)[1]
    return min(1, math.exp(1 - r / c)) * math.exp(sum(logs) / n)


CORPORA = {
    "several references": (
        ["a red ball on grass", "the cat"],
        [["a red ball", "one ball on grass"], ["the cat"]],
    ),
    "shorter than any run of four": (["the", "a b c d e f"], [["the"], ["a b c d e g", "a b x d e f"]]),
    "another number of references each": (["a b c d", "a b c e"], [["a b c d e"], ["a b c", "a e", "b c e"]]),
    "punctuation and case stay": (
        ["a Red ball .", "it 's a dog , no ?"],
        [["a red ball ."], ["it 's a dog , no !"]],
    ),
}


@pytest.mark.parametrize("name", CORPORA)
def test_bleu_is_the_papers_formula_over_the_corpus(name):
    captions, texts = CORPORA[name]
    expected = [bleu_by_definition(captions, texts, n) for n in (1, 2, 3, 4)]
    assert bleu(captions, texts) == pytest.approx(expected)


def test_bleu_of_random_captions_is_the_papers_formula():
    rng = np.random.default_rng(0)
    say = lambda: " ".join(rng.choice(["a", "b", "c", "d"], size=rng.integers(1, 12)))  # noqa: E731
    captions = [say() for _ in range(60)]
    texts = [[say() for _ in range(rng.integers(1, 6))] for _ in captions]
    assert bleu(captions, texts) == pytest.approx(
        [bleu_by_definition(captions, texts, n) for n in (1, 2, 3, 4)]
    )


def test_repeating_a_word_does_not_pay():
    texts = [["the cat is on the mat", "there is a cat on the mat"]]
    assert bleu(["the the the the the the the"], texts)[0] == pytest.approx(2 / 7)  # the paper's example


def test_bleu_of_the_reference_itself_is_1():
    captions = ["a red ball on the grass", "two dogs run in the park"]
    assert bleu(captions, [[c, "something else"] for c in captions]) == [1, 1, 1, 1]


def test_bleu_is_0_when_no_word_fits():
    assert bleu(["a b"], [["c d"]]) == [0, 0, 0, 0]


def test_bleu_writes_nothing(capfd):
    bleu(["a red ball .", "b"], [["a red ball ."], ["c"]])
    assert capfd.readouterr() == ("", "")


def test_a_caption_without_reference_raises():
    with pytest.raises(ValueError, match="Caption 1 has no reference"):
        bleu(["a", "b"], [["a"], []])


@pytest.mark.parametrize("measure", [lambda: bleu(["a"], []), lambda: share_true(["a"], [])])
def test_unequal_numbers_raise(measure):
    with pytest.raises(ValueError, match="0 entries"):
        measure()


@pytest.mark.parametrize(
    "measure", [lambda: share_distinct([]), lambda: bleu([], []), lambda: share_new([], ["a"])]
)
def test_nothing_to_judge_raises(measure):
    with pytest.raises(ValueError, match="no captions"):
        measure()


def test_variety():
    captions = ["a ball", "a ball", "a dog", "a cat"]
    assert share_distinct(captions) == 0.75 and share_new(captions, ["a ball", "a cow"]) == 0.5


# ---- painted scenes


def scenes(count=40):
    rng = np.random.default_rng(1)
    facts = [random_facts(rng) for _ in range(count)]
    return facts, [captions_for(f, rng) for f in facts]


def test_the_painters_captions_are_true_in_every_fact():
    facts, captions = scenes()
    for k in range(5):  # but for "dark forest" and "hot desert", which it says without looking at the hour
        said = [
            five[k].replace("a dark forest", "the forest").replace("a hot desert", "the desert")
            for five in captions
        ]
        assert share_true(said, facts) == share_true_facts(said, facts) == 1


def test_captions_of_other_pictures_are_seldom_true_but_some_facts_are():
    facts, captions = scenes()
    said = [five[0] for five in captions]
    moved = said[1:] + said[:1]
    assert share_true(moved, facts) < 0.2
    assert share_true(moved, facts) < share_true_facts(moved, facts) < 0.7


def test_word_salad_is_not_true():
    facts, _ = scenes(2)
    said = ["red a house the on", ""]
    assert share_true(said, facts) == share_true_facts(said, facts) == 0


def test_one_wrong_fact_of_several():
    facts = {"kind": "house", "colour": "red", "count": 1, "place": "snow", "time": "day", "weather": "clear"}
    facts |= {"side": "left", "companion": None, "companion_side": None}
    caption = "a blue house in deep snow"  # kind, count and place are true, the colour is not
    assert share_true([caption], [facts]) == 0 and share_true_facts([caption], [facts]) == 0.75


# ---- rows of a table


def test_a_row_has_truth_only_where_facts_are_known():
    facts, captions = scenes(5)
    said = [five[0] for five in captions]
    plain = judge(said, captions, said)
    assert list(plain) == ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "distinct", "new"]
    assert judge(said, captions, said, facts) == {"true": 1, "true facts": 1, **plain}
    assert plain["BLEU-4"] == 1 and plain["new"] == 0


def test_a_table_has_a_head_and_aligned_columns():
    text = table({"greedy": {"true": 0.5, "note": "x"}, "beam of five": {"true": 1.0, "note": "y"}})
    assert text.splitlines() == [
        "               true   note",
        "greedy          50%      x",
        "beam of five   100%      y",
    ]


def test_captions_in_the_layout_of_coco_can_be_judged(tmp_path):
    data = load_coco_data(base_dir=write_coco_like(tmp_path))
    said = references(data, "val")
    assert len(said) == len(data["val_features"])
    assert sum(map(len, said)) == len(data["val_captions"])
    pairs = [(texts[0], texts[1:]) for texts in said if len(texts) > 1]
    captions, others = map(list, zip(*pairs, strict=True))
    row = judge(captions, others, [text for texts in references(data, "train") for text in texts])
    expected = [bleu_by_definition(captions, others, n) for n in (1, 2, 3, 4)]
    assert [row[f"BLEU-{n}"] for n in (1, 2, 3, 4)] == pytest.approx(expected)
    assert 0 <= expected[3] < expected[1] < expected[0] < 1 and 0.9 < row["distinct"] <= 1
