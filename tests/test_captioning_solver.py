"""Training: repeatable, honest about its arguments, quiet when piped, and safe to stop."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n import optim, progress_bar
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN

RULES = ("sgd", "sgd_momentum", "rmsprop", "adam")
WORDS = {word: i for i, word in enumerate(["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat", "dog", "sea"])}


def make_data(captions=40, pictures=10):
    rng = np.random.default_rng(0)
    data = {"word_to_idx": WORDS, "idx_to_word": list(WORDS)}
    for split, n in (("train", captions), ("val", captions)):
        words = rng.integers(4, 8, size=(pictures, 3))
        idxs = np.arange(n) % pictures
        row = np.zeros((n, 6), dtype=np.int32)
        row[:, 0], row[:, 1:4], row[:, 4] = 1, words[idxs], 2
        data[f"{split}_captions"], data[f"{split}_image_idxs"] = row, idxs
        data[f"{split}_features"] = rng.standard_normal((pictures, 5)).astype(np.float32)
        data[f"{split}_urls"] = np.array([f"http://example.org/{i}" for i in range(pictures)])
    return data


def make_solver(seed=0, cell="rnn", model=None, **options):
    np.random.seed(seed)
    model = model or CaptioningRNN(WORDS, 5, 6, 7, cell)
    options = {"update_rule": "adam", "batch_size": 10, "num_epochs": 3, "verbose": False, **options}
    return CaptioningSolver(model, make_data(), **options)


def trained(**options):
    solver = make_solver(**options)
    solver.train()
    return solver


class Interrupting:
    """A model that is stopped with Ctrl-C in the middle of minibatch `at`."""

    def __init__(self, model, at):
        self.model, self.params, self.at, self.calls = model, model.params, at, 0

    def loss(self, features, captions):
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return self.model.loss(features, captions)


class Uphill:
    """A model whose loss is 1 and whose gradient is −1 everywhere; it notes how many captions come."""

    def __init__(self):
        self.params, self.sizes = {"w": np.zeros(2)}, []

    def loss(self, features, captions):
        self.sizes.append(len(captions))
        return 1.0, {"w": -np.ones(2)}


def test_what_is_left_out_is_as_in_the_assignment(capsys):
    """Ten epochs of minibatches of 100 by SGD with a rate that stays, and the loss after every tenth."""
    model = Uphill()
    CaptioningSolver(model, make_data(captions=300)).train()
    assert model.sizes == [100] * 30
    np.testing.assert_allclose(model.params["w"], 30 * 0.01)
    printed = re.findall(r"Minibatch (\d+)\) loss: 1.000", capsys.readouterr().out)
    assert printed == ["1", "10", "20", "30"]


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_lowers_the_loss(rule, cell):
    rate = {"sgd": 0.2, "sgd_momentum": 0.05}.get(rule, 0.02)
    history = trained(
        update_rule=rule, cell=cell, num_epochs=20, optim_config={"learning_rate": rate}
    ).loss_history
    assert np.mean(history[-5:]) < 0.6 * history[0]


def test_a_seed_repeats_a_run():
    first, again, other = (trained(seed=s) for s in (1, 1, 2))
    assert first.loss_history == again.loss_history != other.loss_history
    assert all(np.array_equal(first.model.params[k], again.model.params[k]) for k in first.model.params)


@pytest.mark.parametrize("rule", RULES)
def test_training_is_the_public_update_rule_applied_to_each_weight(rule):
    """Whatever the solver does for speed, its steps are those of the functions in optim."""
    solver = trained(update_rule=rule, optim_config={"learning_rate": 0.01}, lr_decay=0.5, num_epochs=2)
    np.random.seed(0)
    model, data = CaptioningRNN(WORDS, 5, 6, 7), make_data()
    configs = {name: {"learning_rate": 0.01} for name in model.params}
    for step in range(8):
        if step % 4 == 0:
            order = np.random.permutation(40)
        chosen = order[step % 4 * 10 :][:10]
        features = data["train_features"][data["train_image_idxs"][chosen]]
        _, grads = model.loss(features, data["train_captions"][chosen])
        for name, w in model.params.items():
            model.params[name], configs[name] = getattr(optim, rule)(w, grads[name], configs[name])
            if step == 3:
                configs[name]["learning_rate"] *= 0.5
    for name, value in model.params.items():
        np.testing.assert_allclose(solver.model.params[name], value, rtol=1e-4, atol=1e-6, err_msg=name)


def test_an_epoch_is_captions_divided_by_batch_size_rounded_down():
    for batch_size, batches in ((10, 4), (11, 3), (39, 1), (40, 1), (41, 1)):
        assert len(trained(batch_size=batch_size, num_epochs=2).loss_history) == 2 * batches


class Listening:
    """A model that remembers which captions it was shown."""

    def __init__(self, model):
        self.model, self.params, self.seen = model, model.params, []

    def loss(self, features, captions):
        self.seen += [tuple(row) for row in captions]
        return self.model.loss(features, captions)


def captions_seen(**options):
    """Forty captions, no two alike, and those that training showed, in order."""
    np.random.seed(0)
    data = make_data()
    data["train_captions"][:, 3] = np.arange(40) % 4 + 4
    data["train_captions"][:, 4] = np.arange(40) // 4 % 4 + 4
    data["train_captions"][:, 5] = np.arange(40) // 16 + 4
    model = Listening(CaptioningRNN(WORDS, 5, 6, 7))
    CaptioningSolver(model, data, verbose=False, **options).train()
    return data["train_captions"], model.seen


def test_an_epoch_shows_each_caption_once_in_another_order_each_time():
    captions, seen = captions_seen(batch_size=10, num_epochs=2)
    rows = sorted(map(tuple, captions))
    assert sorted(seen[:40]) == rows and sorted(seen[40:]) == rows
    assert seen[:40] != seen[40:] and seen[:40] != rows


def test_what_fills_no_minibatch_waits_for_another_epoch():
    _, seen = captions_seen(batch_size=11, num_epochs=1)
    assert len(seen) == len(set(seen)) == 33


def test_weights_a_user_holds_are_not_written_into():
    solver = make_solver()
    given = dict(solver.model.params)
    kept = {name: value.copy() for name, value in given.items()}
    solver.train()
    assert all(np.array_equal(given[name], kept[name]) for name in given)


def test_float32_stays_float32_with_a_decay_from_numpy():
    solver = trained(lr_decay=np.float64(0.9), optim_config={"learning_rate": np.float64(0.01)})
    assert {value.dtype for value in solver.model.params.values()} == {np.dtype(np.float32)}


def test_an_epoch_is_captions_over_batch_size_minibatches():
    assert len(trained(num_epochs=3, batch_size=10).loss_history) == 12
    assert len(trained(num_epochs=2, batch_size=1000).loss_history) == 2


def test_training_goes_on_where_it_stopped():
    solver = trained(num_epochs=2)
    solver.train()
    assert solver.loss_history == trained(num_epochs=4).loss_history and solver.epoch == 4


def test_on_epoch_is_called_after_each_epoch():
    seen = []
    trained(on_epoch=lambda solver: seen.append((solver.epoch, len(solver.loss_history))))
    assert seen == [(1, 4), (2, 8), (3, 12)]


@pytest.mark.parametrize("at", [1, 2, 6])
def test_ctrl_c_leaves_a_usable_model(at, capsys):
    np.random.seed(0)
    model = CaptioningRNN(WORDS, 5, 6, 7)
    solver = make_solver(model=Interrupting(model, at))
    solver.train()
    assert len(solver.loss_history) == at - 1
    assert "Stopped" in capsys.readouterr().out
    assert model.sample(make_data()["val_features"]).shape == (10, 30)
    solver.train()
    assert len(solver.loss_history) == at - 1 + 12


def test_a_loss_that_is_not_finite_says_what_to_do():
    solver = make_solver(update_rule="sgd", optim_config={"learning_rate": 1e30}, num_epochs=20)
    with (
        pytest.raises(FloatingPointError, match="learning rate is probably too high") as error,
        np.errstate(all="ignore"),
    ):
        solver.train()
    assert f"in minibatch {len(solver.loss_history) + 1}." in str(error.value)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"update_rule": "lion"}, "^update_rule is 'lion', expected one of sgd, sgd_momentum, rmsprop, adam"),
        ({"batch_size": 0}, "^batch_size is 0"),
        ({"num_epochs": 0}, "^num_epochs is 0"),
        ({"print_every": 0}, "^print_every is 0"),
    ],
)
def test_a_wrong_argument_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        make_solver(**options)


def test_an_unknown_argument_raises():
    with pytest.raises(TypeError, match="learning_rate"):
        make_solver(learning_rate=1e-3)


class Bar:
    """A progress bar that a reader sees, or does not see where it is disabled."""

    def __init__(self, disable=False):
        self.disable, self.moves, self.shown, self.open = disable, 0, [], True

    def update(self):
        self.moves += 1

    def set_postfix(self, loss, refresh):
        self.shown.append(loss)

    def close(self):
        self.open = False


@pytest.mark.parametrize("disable, notebook", [(False, False), (False, True), (True, True)])
def test_a_bar_moves_shows_the_loss_and_is_closed_and_nothing_is_printed_beside_it(
    monkeypatch, capsys, disable, notebook
):
    bar = Bar(disable)
    monkeypatch.setattr(progress_bar, "progress_bar", lambda **options: bar)
    monkeypatch.setattr(progress_bar, "in_notebook", lambda: notebook)
    solver = trained(verbose=True, print_every=5)
    assert bar.moves == 12 and not bar.open
    assert bar.shown == [f"{solver.loss_history[k - 1]:.3f}" for k in (1, 5, 10)]
    assert capsys.readouterr().out == ""


def test_no_bar_when_output_is_piped():
    code = "import test_captioning_solver as t; t.trained(verbose=True)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert done.stderr == "" and "\r" not in done.stdout
    assert "(Minibatch 1) loss:" in done.stdout and "(Minibatch 10) loss:" in done.stdout


def test_verbose_false_prints_nothing(capfd):
    trained(verbose=False)
    assert capfd.readouterr() == ("", "")
