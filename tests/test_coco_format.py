"""The real format in every clone: loader, model, solver and decoders on files laid out like COCO's."""

import sys

import numpy as np
import pytest
from coco_like import write_coco_like

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.course import train
from cs231n.decoding import beam_captions, greedy_captions, sampled_captions


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_coco_like(tmp_path_factory.mktemp("coco"))


@pytest.fixture(scope="module")
def data(folder):
    return load_coco_data(folder)


def test_the_made_up_files_are_like_cocos(data):
    """The facts: mean length 12.1 of 17, <UNK> in half of them, features of 2.7 and rows of about 60."""
    captions = data["train_captions"]
    assert captions.shape == (2000, 17) and captions.dtype == np.int32 and len(data["idx_to_word"]) == 1004
    assert (captions[:, 0] == 1).all() and ((captions == 2).sum(axis=1) == 1).all()
    assert abs((captions != 0).sum(axis=1).mean() - 12.1) < 0.2
    assert 0.5 < (captions == 3).any(axis=1).mean() < 0.65
    assert abs(data["train_features"].std() - 2.7) < 0.1
    assert 55 < np.linalg.norm(data["train_features"], axis=1).mean() < 65


def test_a_minibatch_has_text_features_and_addresses(data):
    captions, features, urls = sample_coco_minibatch(data, 20)
    assert features.shape == (20, 512) and urls[0].startswith("http://")
    for text in decode_captions(captions, data["idx_to_word"]):
        assert text.startswith("<START> ") and text.endswith(" <END>") and "<NULL>" not in text


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_solver_learns_and_every_decoder_speaks(data, cell):
    np.random.seed(0)
    model = CaptioningRNN(data["word_to_idx"], 512, 64, 64, cell_type=cell)
    solver = CaptioningSolver(
        model, data, update_rule="adam", optim_config={"learning_rate": 2e-3}, num_epochs=3, verbose=False
    )
    solver.train()
    assert np.mean(solver.loss_history[-5:]) < 0.8 * solver.loss_history[0]
    features = data["val_features"][:3]
    for said in (
        model.sample(features, 17),
        greedy_captions(model, features, 17),
        sampled_captions(model, features, 17, top_p=0.9, seed=0),
        beam_captions(model, features, 17),
    ):
        assert len(said) == 3
        assert all(isinstance(text, str) for text in decode_captions(np.asarray(said), data["idx_to_word"]))


def test_where_the_files_are_missing_the_message_says_how_to_get_them(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"get_data\.py` in the folder"):
        load_coco_data(tmp_path)


def test_one_command_trains_on_coco(folder, tmp_path, capsys):
    path = tmp_path / "model.npz"
    sizes = ["--hidden", "16", "--wordvec", "16", "--epochs", "1", "--max-train", "200"]
    assert train.main(["--data", str(folder), "--cell", "rnn", "--save", str(path), *sizes]) == 0
    out = capsys.readouterr().out
    assert "validation loss" in out and path.is_file()
    model = CaptioningRNN.load(path)
    assert model.sample(np.zeros((1, 512), np.float32), 5).shape == (1, 5)


class FailingDisk:
    """Python finds a module, and the system does not let it be read."""

    def find_spec(self, name, path=None, target=None):
        if name == "cs231n.captioning_solver":
            raise OSError(5, "Input/output error")


def test_an_error_of_the_system_while_modules_load_is_a_sentence(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "cs231n.captioning_solver")
    monkeypatch.setattr(sys, "meta_path", [FailingDisk(), *sys.meta_path])
    with pytest.raises(SystemExit) as end:
        train.main(["--data", "scenes"])
    assert end.value.code == 2 and "Input/output error" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [["--epochs", "0"], ["--threads", "0"], ["--data", "nowhere"], ["--cell", "gru"]]
)
def test_the_command_says_what_is_wrong(options, capsys):
    with pytest.raises(SystemExit) as end:
        train.main(options)
    assert end.value.code == 2 and "Traceback" not in capsys.readouterr().err
