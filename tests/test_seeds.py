"""A seed repeats to the last bit on one machine, whatever else the machine does."""

import numpy as np
import pytest

from benchmarks.sizes import SCENES, draw_batch, vocabulary
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.course.busy_programs import busy_programs
from cs231n.fast.threads import LARGE, threads_for, use_threads
from cs231n.grid_utils import GridFeatures

WORDS = vocabulary(SCENES)
MODELS = {  # as large as the largest that a chapter trains
    "rnn": lambda: CaptioningRNN(WORDS, SCENES.D, 256, 512, "rnn"),
    "lstm": lambda: CaptioningRNN(WORDS, SCENES.D, 128, 256, "lstm"),
    "attention": lambda: CaptioningRNN(WORDS, SCENES.D, 64, 128, "attention", grid_dim=64),
    "transformer": lambda: CaptioningTransformer(WORDS, SCENES.D, 64, dim_feedforward=128),
}


def data_for(name):
    """400 captions, each of its own picture."""
    features, captions = draw_batch(SCENES.but(N=400))
    if name == "attention":
        grid = np.random.default_rng(1).standard_normal((400, 16, 64), dtype=np.float32)
        features = GridFeatures(features, grid)
    rows = {
        "captions": captions,
        "image_idxs": np.arange(400),
        "features": features,
        "urls": np.full(400, ""),
    }
    return {f"{split}_{key}": value for split in ("train", "val") for key, value in rows.items()}


def trained(name):
    """What a training gives, and what the model then says: name → array."""
    np.random.seed(231)
    model, data = MODELS[name](), data_for(name)
    solver = CaptioningSolver(
        model, data, "adam", {"learning_rate": 2e-3}, batch_size=25, num_epochs=2, val_size=50, verbose=False
    )
    solver.train()
    losses = np.array(solver.loss_history + solver.val_loss_history)
    said = model.sample(data["val_features"][np.arange(100)], max_length=17)
    return {"losses": losses, "captions": said, **model.params}


@pytest.mark.parametrize("name", MODELS)
def test_training_beside_a_busy_program_gives_the_same_bits(name):
    with use_threads(2):  # what NumPy takes on two cores; the tests themselves run with one
        alone = trained(name)
        with busy_programs(1):
            beside = trained(name)
    for what, value in alone.items():
        assert np.array_equal(value, beside[what]), f"{what} differ"


@pytest.mark.parametrize("name", MODELS)
def test_what_the_chapters_train_takes_one_thread(name):
    assert threads_for(100, MODELS[name]().params) == 1


def test_large_work_takes_no_number_of_its_own():
    params = {"w": np.empty(LARGE // 100), "b": np.empty(0)}
    assert threads_for(99, params) == 1
    assert threads_for(100, params) is None
