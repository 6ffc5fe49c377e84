"""Words and characters: nothing is lost on the way, and both are measured on the same text."""

import numpy as np
import pytest
from coco_like import write_coco_like

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import load_coco_data
from cs231n.course.chapters.bits_per_character import (
    bits_by_word,
    bits_of_units,
    bits_per_character,
    next_units,
)
from cs231n.course.text_units import (
    caption_texts,
    invented_words,
    plain_texts,
    spell,
    with_characters,
    with_words,
)
from cs231n.decoding import greedy_captions

TEXTS = {
    "train": ["a red ball", "two red balls on grass", "a lovely ball", "a red <UNK> ball"],
    "val": ["a sandy ball", "two balls"],
}


def pictures(texts=TEXTS):
    rng = np.random.default_rng(0)
    data = {}
    for split, some in texts.items():
        data[f"{split}_image_idxs"] = np.arange(len(some))
        data[f"{split}_features"] = rng.standard_normal((len(some), 4)).astype(np.float32)
        data[f"{split}_urls"] = np.array([f"scene:{split}/{i:05d}" for i in range(len(some))])
    return data


def model_for(data, **options):
    np.random.seed(0)
    return CaptioningRNN(data["word_to_idx"], input_dim=4, wordvec_dim=5, hidden_dim=6, **options)


# ---- there and back


@pytest.mark.parametrize("kind", [with_words, with_characters])
def test_the_texts_come_back(kind):
    data = kind(pictures(), TEXTS)
    expected = {**TEXTS}
    if kind is with_words:  # val's "sandy" is in no training caption
        expected["val"] = ["a <UNK> ball", "two balls"]
    assert caption_texts(data) == expected


def test_characters_can_be_made_from_the_numbers_of_words():
    texts = {**TEXTS, "val": ["a <UNK> ball", "two balls"]}
    data = with_characters(with_words(pictures(), TEXTS))
    assert caption_texts(data) == texts and caption_texts(with_words(data, caption_texts(data))) == texts


@pytest.mark.parametrize("kind", [with_words, with_characters])
def test_the_form_is_that_of_every_dataset(kind):
    data = kind(pictures(), TEXTS)
    assert data["idx_to_word"][:4] == ["<NULL>", "<START>", "<END>", "<UNK>"]
    assert data["word_to_idx"] == {word: i for i, word in enumerate(data["idx_to_word"])}
    for split in ("train", "val"):
        captions = data[f"{split}_captions"]
        assert captions.dtype == np.int32 and len(captions) == len(TEXTS[split])
        assert (captions[:, 0] == 1).all() and ((captions == 2).sum(axis=1) == 1).all()
        assert ((captions == 0) == (np.cumsum(captions == 2, axis=1) - (captions == 2) > 0)).all()
    assert data["train_captions"].shape[1] == data["val_captions"].shape[1]


def test_the_given_data_stays_as_it_is():
    data = with_words(pictures(), TEXTS)
    captions = data["train_captions"].copy()
    with_characters(data, TEXTS)
    np.testing.assert_array_equal(data["train_captions"], captions)


def test_rare_words_become_unknown():
    data = with_words(pictures(), TEXTS, at_least=2)
    assert set(data["idx_to_word"][4:]) == {"a", "red", "ball"}
    assert caption_texts(data)["train"][2] == "a <UNK> ball"


def test_unknown_is_one_character():
    assert spell("a <UNK>.") == ["a", " ", "<UNK>", "."]


def test_a_character_that_training_never_shows_is_unknown():
    texts = {**TEXTS, "val": ["a thumb ball", "two balls"]}
    assert caption_texts(with_characters(pictures(), texts))["val"][0] == "a t<UNK><UNK><UNK>b ball"


def test_texts_of_another_number_raise():
    with pytest.raises(ValueError, match="train"):
        with_words(pictures(), {**TEXTS, "train": ["a ball"]})


def test_a_sampled_caption_ends_at_its_end():
    assert plain_texts([[4, 5, 2, 4], [5, 0, 0, 0]], ["<NULL>", "<START>", "<END>", "<UNK>", "a", "b"]) == [
        "a b",
        "b",
    ]


# ---- the same solver, layers and model


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_a_model_learns_characters_by_heart(cell_type):
    texts = {"train": TEXTS["train"][:2] * 5, "val": TEXTS["val"]}
    data = with_characters(pictures(texts), texts)
    data["train_features"] = np.tile(data["train_features"][:2], (5, 1))
    np.random.seed(1)
    model = CaptioningRNN(data["word_to_idx"], 4, 16, 32, cell_type)
    config = {"learning_rate": 1e-2}
    CaptioningSolver(model, data, "adam", config, batch_size=10, num_epochs=120, verbose=False).train()
    spoken = greedy_captions(model, data["train_features"][:2], max_length=40)
    assert plain_texts(spoken, data["idx_to_word"]) == texts["train"][:2]


def test_a_text_forces_the_first_characters():
    data = with_characters(pictures(), TEXTS)
    spoken = greedy_captions(model_for(data), data["val_features"], max_length=9, first_words="two ")
    assert all(text.startswith("two ") for text in plain_texts(spoken, data["idx_to_word"]))


# ---- bits per character


def uniform(data):
    """A model that gives every word the same probability."""
    model = model_for(data)
    for w in model.params.values():
        w[:] = 0
    return model


@pytest.mark.parametrize("kind, steps", [(with_words, 3 + 5 + 1 + 1), (with_characters, 8 + 22 + 1 + 1)])
def test_a_model_that_knows_nothing_needs_log_v_bits_a_step(kind, steps):
    texts = {"train": TEXTS["train"], "val": ["a ball a", "two red balls on grass"]}
    data = kind(pictures(texts), texts)
    bits, spelling = bits_per_character(uniform(data), data, texts["val"])
    assert spelling == 0
    assert bits == pytest.approx(steps * np.log2(len(data["idx_to_word"])) / (8 + 22 + 2), rel=1e-5)


def test_words_and_characters_are_divided_by_the_same_number():
    bits = {}
    for kind in (with_words, with_characters):
        data = kind(pictures(), {**TEXTS, "val": TEXTS["train"][:2]})
        model = uniform(data)
        total = sum(
            model.loss(data["val_features"][[i]], data["val_captions"][[i]])[0] / np.log(2) for i in (0, 1)
        )
        bits[kind] = total / bits_per_character(model, data)[0]
    assert bits[with_words] == pytest.approx(bits[with_characters], rel=1e-5)


def test_naming_an_unknown_word_costs_its_letters():
    texts = {"train": ["ab ab"] * 4, "val": ["ab bba"] * 2}
    data = with_words(pictures(texts), texts)
    model = uniform(data)
    bits, spelling = bits_per_character(model, data, texts["val"])
    # the training captions hold a 8, b 8, space 4 + 3 (between captions) times; each letter of the unknown
    # words once more, so that none has frequency 0
    p = {"a": 9 / 26, "b": 9 / 26, " ": 8 / 26}
    expected = -sum(np.log2(p[letter]) for letter in "bba ") * 2 / (2 * 7)
    assert spelling == pytest.approx(expected)
    assert bits - spelling == pytest.approx(3 * np.log2(5) / 7, rel=1e-5)


def test_without_texts_unknown_is_one_character_and_costs_no_spelling():
    data = with_words(pictures(), TEXTS)
    bits, spelling = bits_per_character(uniform(data), data)
    characters = len("a ? ball") + 1 + len("two balls") + 1
    assert spelling == 0 and bits == pytest.approx((4 + 3) * np.log2(len(data["idx_to_word"])) / characters)


def test_the_batch_size_does_not_matter():
    data = with_characters(pictures(), TEXTS)
    model = model_for(data, dtype=np.float64)
    one, other = (bits_per_character(model, data, split="train", batch_size=size)[0] for size in (1, 3))
    assert one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("kind", [with_words, with_characters])
def test_bits_of_units_add_up_to_the_bits_of_the_caption(kind):
    data = kind(pictures(), TEXTS)
    model = model_for(data, dtype=np.float64)
    bits, units = bits_of_units(model, data, 1)
    loss, _ = model.loss(data["val_features"][[1]], data["val_captions"][[1]])
    assert bits.sum() == pytest.approx(loss / np.log(2))
    assert units == [*("two balls".split() if kind is with_words else "two balls"), "<END>"]


def test_bits_of_pieces_are_gathered_by_word():
    bits, words = bits_by_word(np.arange(1.0, 7), ["a", " re", "d", " b", "all", "<END>"])
    assert words == ["a", "red", "ball", "<END>"] and bits.tolist() == [1, 5, 9, 6]
    bits, words = bits_by_word(np.array([1.0, 2, 3]), ["a", "ball", "<END>"])
    assert words == ["a", "ball", "<END>"] and bits.tolist() == [1, 2, 3]


def test_chances_of_the_next_unit_are_those_of_the_models_scores():
    data = with_characters(pictures(), TEXTS)
    model = model_for(data, dtype=np.float64)
    chances = next_units(model, data["val_features"], "two ball")
    assert sum(chances.values()) == pytest.approx(1) and list(chances) == data["idx_to_word"]
    state = model.initial_state(data["val_features"])
    for unit in ["<START>", *"two ball"]:
        scores, state = model.step(np.full(2, data["word_to_idx"][unit]), state)
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(list(chances.values()), expected.mean(axis=0))


# ---- invented words


def test_invented_words_are_those_no_training_caption_holds():
    assert invented_words(["a blall", "two balls a blall"], TEXTS["train"]) == ["blall", "blall"]
    assert invented_words(["two red balls", ""], TEXTS["train"]) == []


# ---- real captions


def test_captions_in_the_layout_of_coco_survive_the_way_to_characters_and_back(tmp_path):
    data = load_coco_data(base_dir=write_coco_like(tmp_path))
    characters = with_characters(data)
    assert caption_texts(characters) == caption_texts(data)
    assert len(characters["idx_to_word"]) < 80
    assert any("<UNK>" in text for text in caption_texts(characters)["val"])
