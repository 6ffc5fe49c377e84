"""What a captioner keeps: states and gates are the model's own, and the probe finds only what is there."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.state_probes import (
    facts_in_state,
    gates_while_reading,
    linear_probe,
    open_forget_gate,
    states_while_reading,
)
from cs231n.grid_utils import GridFeatures

WORDS = {w: k for k, w in enumerate(["<NULL>", "<START>", "<END>", "<UNK>", "a", "b", "c"])}
CAPTIONS = np.array([[1, 4, 5, 6, 2, 0], [1, 6, 6, 4, 5, 2]])


def model_for(cell_type, D=5):
    np.random.seed(3)
    return CaptioningRNN(
        WORDS, input_dim=D, wordvec_dim=4, hidden_dim=6, cell_type=cell_type, dtype=np.float64
    )


def features(n=2, D=5):
    return np.random.default_rng(0).standard_normal((n, D))


def test_the_second_block_is_opened_and_no_other():
    model = model_for("lstm")
    open_forget_gate(model, 2)
    np.testing.assert_array_equal(model.params["b"], np.repeat([0, 2, 0, 0], 6))


@pytest.mark.parametrize("H", [4, 6])
def test_with_attention_it_is_the_same_block_whatever_the_size(H):
    model = CaptioningRNN(WORDS, input_dim=5, hidden_dim=H, cell_type="attention", grid_dim=3)
    open_forget_gate(model, 2)
    np.testing.assert_array_equal(model.params["b"], np.repeat([0, 2, 0, 0], H))


def test_an_rnn_has_no_forget_gate():
    with pytest.raises(ValueError, match="forget gate"):
        open_forget_gate(model_for("rnn"))


@pytest.mark.parametrize("cell_type, numbers", [("rnn", 6), ("lstm", 12)])
def test_states_are_those_that_give_the_models_scores(cell_type, numbers):
    model = model_for(cell_type)
    states = states_while_reading(model, features(), CAPTIONS)
    assert states.shape == (6, 2, numbers)
    state = model.initial_state(features())
    for t in range(6):
        scores, state = model.step(CAPTIONS[:, t], state)
        np.testing.assert_allclose(
            states[t, :, :6] @ model.params["W_vocab"] + model.params["b_vocab"], scores
        )


@pytest.mark.parametrize("cell_type", ["lstm", "attention"])
def test_gates_move_the_cell_as_the_formula_says(cell_type):
    model, seen = model_for(cell_type), features(1)
    if cell_type == "attention":
        seen = GridFeatures(seen, np.random.default_rng(4).standard_normal((1, 7, 512)))
    open_forget_gate(model, 1)
    gates = gates_while_reading(model, seen, CAPTIONS[0])
    states = states_while_reading(model, seen, CAPTIONS[:1])[:, 0]
    h, c = states[:, :6], states[:, 6:]
    np.testing.assert_allclose(gates[:, 2] * np.tanh(c), h)
    assert gates.shape == (6, 3, 6) and (gates > 0).all() and (gates < 1).all()
    candidate = (c[1:] - gates[1:, 1] * c[:-1]) / gates[1:, 0]
    assert (np.abs(candidate) <= 1).all()


def test_a_probe_reads_what_is_written_in_the_states():
    random = np.random.default_rng(1)
    labels = random.integers(0, 4, 400)
    states = np.eye(4)[labels] @ random.standard_normal((4, 9)) + 7
    probe = linear_probe(states[:300], np.array(list("abcd"))[labels[:300]])
    assert (probe(states[300:]) == np.array(list("abcd"))[labels[300:]]).all()


def test_a_probe_finds_nothing_in_noise():
    random = np.random.default_rng(2)
    labels, states = random.integers(0, 4, 2000), random.standard_normal((2000, 20))
    right = linear_probe(states[:1000], labels[:1000])(states[1000:]) == labels[1000:]
    assert abs(right.mean() - 0.25) < 0.06


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_a_fact_of_the_picture_is_found_and_one_that_is_not_there_is_guessed(cell_type):
    random = np.random.default_rng(4)
    facts = {
        split: [{"shown": int(random.integers(3)), "hidden": int(random.integers(3))} for _ in range(300)]
        for split in ("train", "val")
    }
    data = {}
    for split, some in facts.items():
        seen = 0.3 * random.standard_normal((300, 5))
        seen[np.arange(300), [f["shown"] for f in some]] += 2
        words = random.integers(4, 7, (300, 4))
        data[f"{split}_features"], data[f"{split}_image_idxs"] = seen, np.arange(300)
        data[f"{split}_captions"] = np.column_stack([np.full(300, 1), words, np.full(300, 2)])
    shares, guess = facts_in_state(model_for(cell_type), data, facts, ["shown", "hidden"], words=3)
    assert shares.shape == (2, 4) and abs(guess - 1 / 3).max() < 0.1
    assert shares[0, 0] > 0.95 and abs(shares[1] - 1 / 3).max() < 0.1


def test_captions_that_are_too_short_are_left_out():
    data, captions = {}, CAPTIONS[[0] + [1] * 9]
    for split in ("train", "val"):
        data[f"{split}_features"], data[f"{split}_image_idxs"] = features(10), np.arange(10)
        data[f"{split}_captions"] = captions
    facts = {s: [{"kind": "short"}] + [{"kind": "long"}] * 9 for s in ("train", "val")}
    shares, guess = facts_in_state(model_for("rnn"), data, facts, ["kind"], words=4)
    assert (shares == 1).all() and guess == 1  # all nine say the same
