"""Chapter 00: what it says about the data, the features and the rival, measured."""

import re

import numpy as np

from cs231n.course.caption_scores import references, share_true
from cs231n.course.scenes import load_facts


def test_each_scene_has_five_captions_of_17_numbers_and_512_features(chapter):
    chapter.says(
        "each with five captions", "one row for each caption: 17 word numbers", "512 numbers that describe it"
    )
    data = chapter.space["data"]
    for split in ("train", "val"):
        assert (np.bincount(data[f"{split}_image_idxs"]) == 5).all()
        assert data[f"{split}_captions"].shape[1] == 17 and data[f"{split}_features"].shape[1] == 512


def test_coco_has_123000_photographs(chapter):
    chapter.says("has 123,000 photographs")
    assert round((82783 + 40504) / 1000) == 123  # rows of the two feature files, as its manifest lists them


def test_the_drawn_caption_is_the_printed_one_with_its_numbers(chapter):
    chapter.says("This is the caption from above, with its words:")
    drawn = (chapter.source.parent / "figure_parts" / "words.py").read_text(encoding="utf-8")
    numbers = [int(n) for n in re.search(r"^NUMBERS = \[(.*?)\]", drawn, re.M)[1].split(",")]
    words = re.search(r'^CAPTION = "(.*?)"', drawn, re.M)[1].split()
    caption, idx_to_word = chapter.space["caption"], chapter.space["data"]["idx_to_word"]
    assert caption.tolist() == numbers + [0] * (17 - len(numbers))
    assert [idx_to_word[n] for n in numbers] == words


def test_the_four_special_words_have_the_numbers_of_the_table(chapter):
    assert chapter.space["data"]["idx_to_word"][:4] == ["<NULL>", "<START>", "<END>", "<UNK>"]


def test_little_words_are_everywhere_and_fifteen_make_up_nearly_half(chapter):
    chapter.says(
        "*a*, *the*, *in*, *on*, *of*",
        "has 165 entries: the three signs and 162 words, `<UNK>` among them",
        "Fifteen words make up nearly half",
    )
    counts, most, words = (chapter.space[name] for name in ("counts", "most", "data"))
    assert [words["idx_to_word"][i] for i in most[:5]] == "a the in on of".split()
    assert len(words["idx_to_word"]) == 165 and 0.45 < counts[most].sum() / counts.sum() < 0.5


def neighbours(chapter, picture):
    features, facts = chapter.space["data"]["val_features"], load_facts("val")
    nearest = np.argsort(np.linalg.norm(features - features[picture], axis=1))[:6]
    return [(facts[i]["colour"], facts[i]["count"], facts[i]["kind"]) for i in nearest]


def test_near_picture_4_are_three_pink_buses_and_two_purple_houses(chapter):
    chapter.says("Three of the five are pink buses too, and the other two are purple houses")
    this, *others = neighbours(chapter, 4)
    assert this == ("pink", 1, "bus")
    assert sorted(others) == [("pink", 1, "bus")] * 3 + [("purple", 1, "house")] * 2


def test_near_pictures_share_the_place_most_often_then_the_colour_then_the_thing(chapter):
    chapter.says(
        "The place most often, about two times in three; the colour about every second time",
        "and the thing less often than both",
    )
    facts = load_facts("val")
    shared = {}
    for fact in ("place", "colour", "kind"):
        of_each = np.array([scene[fact] for scene in facts])
        shared[fact] = np.mean(of_each[chapter.space["nearest"]] == of_each[:, None])
    assert 0.6 < shared["place"] < 0.7 and 0.47 < shared["colour"] < 0.55 and shared["kind"] < 0.45


def test_near_picture_7_are_other_things(chapter):
    chapter.says(
        "It shows an orange kite. Nearest to it are a horse, a balloon, a house, an umbrella",
        "and only then two kites",
    )
    this, *others = neighbours(chapter, 7)
    assert this == ("orange", 1, "kite")
    assert [kind for _, _, kind in others] == ["horse", "balloon", "house", "umbrella", "kite"]
    assert others[-1][1] == 2


def test_about_16_percent_of_the_copied_captions_are_true_and_near_0_of_any(chapter):
    chapter.says("About 16 %, and near 0 % for a caption of any picture", "How many of these 600")
    space, facts = chapter.space, load_facts("val")
    assert len(space["copied"]) == 600 and 0.155 < share_true(space["copied"], facts) < 0.17
    for seed in range(5):
        anyone = np.random.default_rng(seed).permutation(4000)[:600]
        assert share_true([space["first"][i] for i in anyone], facts) < 0.01


def test_the_friends_index_shows_another_picture(chapter):
    chapter.says(
        'The picture of caption `n` is `data["train_image_idxs"][n]`', "Five captions share a picture"
    )
    numbers = chapter.space["numbers"]
    assert (chapter.space["data"]["train_image_idxs"][numbers] != numbers).all()


def test_a_vote_of_five_neighbours_depends_on_how_overlap_is_counted(chapter):
    chapter.says("we got 12 %: less than before!", "all the words of the two, it was 22 %")
    data, facts = chapter.space["data"], load_facts("val")
    said, features = references(data, split="train"), data["train_features"]
    distances = (features**2).sum(axis=1) - 2 * data["val_features"] @ features.T
    shares = {}
    for name, nearness in (
        ("count", lambda a, b: len(a & b)),
        ("share", lambda a, b: len(a & b) / len(a | b)),
    ):
        chosen = []
        for row in np.argsort(distances, axis=1)[:, :5]:
            texts = [text for picture in row for text in said[picture]]
            sets = [set(text.split()) for text in texts]
            chosen.append(texts[int(np.argmax([sum(nearness(a, b) for b in sets) for a in sets]))])
        shares[name] = share_true(chosen, facts)
    assert abs(shares["count"] - 0.12) < 0.01 and abs(shares["share"] - 0.22) < 0.01
