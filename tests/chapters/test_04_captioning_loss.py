"""Chapter 04: what it says about the loss, the fifty captions and what they are worth, measured."""

import inspect
import re

import numpy as np

from cs231n import layers, rnn_layers
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import sample_coco_minibatch
from cs231n.course.caption_scores import share_true
from cs231n.course.scenes import load_facts
from cs231n.course.scenes.captions import parse


def test_the_tables_of_functions_are_the_packages(chapter):
    for module, name, arguments in (
        (layers, "affine_forward", "x, w, b"),
        (rnn_layers, "word_embedding_forward", "x, W"),
        (rnn_layers, "rnn_forward", "x, h0, Wx, Wh, b"),
        (rnn_layers, "temporal_affine_forward", "x, w, b"),
    ):
        chapter.says(f"`{name}({arguments})`")
        assert ", ".join(inspect.signature(getattr(module, name)).parameters) == arguments
    chapter.says("`temporal_softmax_loss(scores, y, mask)` | `loss, dscores`", "there are four layers left")
    assert list(inspect.signature(rnn_layers.temporal_softmax_loss).parameters)[:3] == ["x", "y", "mask"]


def test_the_way_back_returns_what_the_table_says(chapter):
    """The calls of the table, run: each gradient has the shape of what it is the gradient of."""
    tiny, features, captions = (chapter.space[n] for n in ("tiny", "tiny_features", "tiny_captions"))
    loss, cache = chapter.space["captioning_forward"](tiny, features, captions)
    names = ("proj_cache", "embed_cache", "rnn_cache", "vocab_cache", "dscores")
    space = dict(zip(names, cache, strict=True)) | vars(rnn_layers) | vars(layers)
    table = re.findall(r"\| `(\w+_backward\(\w+, \w+\))` \| `([\w, ]+)` \|", chapter.prose)
    assert len(table) == 4
    for call, returned in table:
        exec(f"{returned} = {call}", space)
    for name, weight in tiny.params.items():
        assert space[f"d{name}"].shape == weight.shape
    assert space["dfeatures"].shape == features.shape


def test_weights_have_the_shapes_of_the_table(chapter):
    chapter.says("`W_proj` (F, H), `b_proj` (H,)", "`W_embed` (V, D)", "`W_vocab` (H, V), `b_vocab` (V,)")
    model = CaptioningRNN({"<NULL>": 0, "<START>": 1, "<END>": 2}, input_dim=7, wordvec_dim=5, hidden_dim=4)
    sizes = {"F": 7, "D": 5, "H": 4, "V": 3}
    shapes = "W_proj FH, b_proj H, W_embed VD, Wx DH, Wh HH, b H, W_vocab HV, b_vocab V"
    for name, letters in (pair.split() for pair in shapes.split(", ")):
        assert model.params[name].shape == tuple(sizes[letter] for letter in letters)


def test_a_fresh_model_costs_about_56_a_caption_eleven_words_of_5_1(chapter):
    chapter.says(
        "V is 165", "One word costs log 165 ≈ 5.1, and 11 of them about 56", "about 11 words to predict"
    )
    data = chapter.space["data"]
    assert len(data["word_to_idx"]) == 165 and round(np.log(165), 1) == 5.1
    for seed in (231, 0, 1):
        np.random.seed(seed)
        model = CaptioningRNN(data["word_to_idx"], cell_type="rnn")
        captions, features, _ = sample_coco_minibatch(data, batch_size=200)
        assert abs(model.loss(features, captions)[0] - 56) < 1.5
        assert abs((captions[:, 1:] != 0).sum() / len(captions) - 11) < 0.5


def test_the_model_has_783269_weights(chapter):
    chapter.says("783,269 weights", "Fifty captions of fifty pictures")
    assert sum(weights.size for weights in chapter.space["model"].params.values()) == 783269
    assert len(set(chapter.space["fifty"]["train_image_idxs"])) == 50


def test_it_knows_the_fifty_by_heart(chapter):
    chapter.says("word for word the caption that it was taught")
    assert np.mean(chapter.space["same"]) > 0.95 and chapter.space["final"] < 0.1


def test_new_pictures_get_other_english_or_broken_english(chapter):
    chapter.says(
        "Mostly (b) and (c). Some are one of the fifty captions, word for word", "Many more begin like one"
    )
    new, known = chapter.space["new"], chapter.space["known"]
    repeated = np.array([text in known for text in new])
    beginnings = {tuple(text.split()[:2]) for text in known}
    begun = np.array([tuple(text.split()[:2]) in beginnings for text in new])
    assert 0.1 < repeated.mean() < 0.35
    assert (begun & ~repeated).sum() > repeated.sum()
    broken = np.array([parse(text) is None for text in new])
    assert broken.mean() > 0.4


def test_the_quoted_caption_is_no_sentence_and_begins_like_one_of_the_fifty(chapter):
    chapter.says('begin like one and then lose their way, as "two tractors of in deep snow" does')
    assert parse("two tractors of in deep snow") is None
    assert any(text.startswith("two tractors ") for text in chapter.space["known"])


def test_about_1_in_100_is_true_and_the_rival_has_16(chapter):
    chapter.says("About 1 in 100 is true; chapter 0's rival had 16")
    assert 0.002 < share_true(chapter.space["new"], load_facts("val")) < 0.03  # the 16 is chapter 00's test


def test_without_a_mask_all_16_places_cost_81_7(chapter):
    chapter.says("the very first loss is 81.7", "81.7 / 5.106 = 16")
    assert round(16 * np.log(165), 1) == 81.7
    data = chapter.space["data"]
    np.random.seed(231)
    model = CaptioningRNN(data["word_to_idx"], cell_type="rnn")
    captions, features, _ = sample_coco_minibatch(data, batch_size=200)
    p = model.params
    h0 = features @ p["W_proj"] + p["b_proj"]
    h, _ = rnn_layers.rnn_forward(p["W_embed"][captions[:, :-1]], h0, p["Wx"], p["Wh"], p["b"])
    scores, _ = rnn_layers.temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, _ = rnn_layers.temporal_softmax_loss(scores, captions[:, 1:], np.ones((200, 16), dtype=bool))
    assert abs(loss - 81.7) < 2


def test_one_number_of_steps_for_50_200_and_800_captions(chapter):
    chapter.says("60, 15 and 4 or so", "With all 20,000 captions")
    assert len(chapter.space["data"]["train_captions"]) == 20000
    steps = [captions // 25 * epochs for captions, epochs in ((50, 60), (200, 15), (800, 4))]
    assert max(steps) <= 1.1 * min(steps)
