"""The solver's options: validation, clipping, early stopping, and checkpoints that change nothing."""

import io
import zipfile

import numpy as np
import pytest

from cs231n import progress_bar
from cs231n.captioning_solver import CaptioningSolver, clip_gradients
from cs231n.classifiers.rnn import CaptioningRNN

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "red": 4, "ball": 5, "runs": 6}
RULES = ("sgd", "sgd_momentum", "rmsprop", "adam")


def tiny_data(seed=0, count=30):
    rng = np.random.default_rng(seed)
    words = rng.integers(3, len(WORDS), size=(count, 3))
    captions = np.column_stack([np.ones(count), words, np.full(count, 2), np.zeros(count)]).astype(np.int32)
    split = {"captions": captions, "image_idxs": np.arange(count), "urls": np.array(["x"] * count)}
    split["features"] = rng.standard_normal((count, 5)).astype(np.float32)
    return {f"{name}_{key}": value for name in ("train", "val") for key, value in split.items()}


def solver_for(seed=0, data=None, **options):
    np.random.seed(seed)
    model = CaptioningRNN(WORDS, input_dim=5, wordvec_dim=4, hidden_dim=6, cell_type="lstm")
    options = {"batch_size": 7, "num_epochs": 4, "verbose": False, "update_rule": "adam"} | options
    return CaptioningSolver(model, data or tiny_data(), **options)


def trained(**options):
    solver = solver_for(**options)
    solver.train()
    return solver


class Losses:
    """A model whose validation losses are given: odd calls are training, even ones validation."""

    def __init__(self, val_losses):
        self.params, self.val_losses, self.calls = {"w": np.zeros(2)}, list(val_losses), 0

    def loss(self, features, captions):
        self.calls += 1
        loss = 1.0 if self.calls % 2 else self.val_losses.pop(0)
        return loss, {"w": -np.ones(2)}


def solver_with_losses(val_losses, **options):
    options = {"batch_size": 30, "val_size": 30, "verbose": False, "num_epochs": len(val_losses)} | options
    return CaptioningSolver(Losses(val_losses), tiny_data(), optim_config={"learning_rate": 1.0}, **options)


# ---- off by default


def test_the_options_are_off_by_default():
    solver = solver_for()
    assert (solver.val_size, solver.patience, solver.clip_norm, solver.checkpoint) == (0, None, None, None)


def test_validation_and_checkpoints_do_not_change_the_run(tmp_path):
    plain, watched = solver_for(), solver_for(val_size=11, patience=50, checkpoint=tmp_path / "run.npz")
    watched.clip_norm = 1e9
    for seed, solver in ((3, plain), (3, watched)):
        np.random.seed(seed)
        solver.train()
    assert plain.loss_history == watched.loss_history


def test_unknown_arguments_raise():
    with pytest.raises(TypeError, match="momentun"):
        solver_for(momentun=0.9)


@pytest.mark.parametrize(
    "options, word",
    [
        ({"patience": 0, "val_size": 5}, "patience"),
        ({"patience": 2}, "val_size"),
        ({"val_size": -1}, "val_size"),
        ({"clip_norm": 0}, "clip_norm"),
        ({"clip_norm": float("nan")}, "clip_norm"),
    ],
)
def test_values_without_sense_raise(options, word):
    with pytest.raises(ValueError, match=word):
        solver_for(**options)


# ---- validation and the best weights


def test_validation_loss_is_the_mean_over_captions_whatever_the_batches():
    solver = solver_for(val_size=30, num_epochs=1)
    solver.train()
    data = solver.data
    whole, _ = solver.model.loss(data["val_features"][data["val_image_idxs"]], data["val_captions"])
    np.testing.assert_allclose(solver.val_loss_history, [whole], rtol=1e-5)


@pytest.mark.parametrize("size, rows", [(1, [0]), (2, [0, 29]), (4, [0, 9, 19, 29])])
def test_validation_captions_are_spread_evenly(size, rows):
    solver = solver_with_losses([1.0], val_size=size)
    seen, loss = [], solver.model.loss
    solver.model.loss = lambda features, captions: (seen.append(captions), loss(features, captions))[1]
    solver.train()
    np.testing.assert_array_equal(seen[1], solver.data["val_captions"][rows])


def test_one_validation_loss_an_epoch():
    solver = solver_for(val_size=5)
    solver.train()
    assert len(solver.val_loss_history) == solver.epoch == 4


def test_more_validation_captions_than_there_are_means_all():
    assert trained(val_size=30).val_loss_history == trained(val_size=10**6).val_loss_history


def test_best_weights_are_those_of_the_lowest_validation_loss():
    solver = solver_with_losses([5.0, 3.0, 4.0])  # w grows by 1 an epoch
    solver.train()
    assert solver.best_epoch == 2 and solver.best_params["w"].tolist() == [2, 2]
    assert solver.model.params["w"].tolist() == [3, 3]
    solver.restore_best()
    assert solver.model.params["w"].tolist() == [2, 2]


def test_best_weights_stay_where_the_model_is_changed_in_place():
    solver = solver_with_losses([1.0, 2.0], on_epoch=lambda solver: solver.model.params["w"].fill(9))
    solver.train()
    for _ in range(2):
        solver.restore_best()
        assert solver.model.params["w"].tolist() == [1, 1]
        solver.model.params["w"].fill(9)


def test_of_equal_losses_the_first_epoch_is_the_best():
    solver = solver_with_losses([4.0, 3.0, 3.0, 3.5])
    solver.train()
    assert solver.best_epoch == 2 and solver.best_params["w"].tolist() == [2, 2]


def test_restore_best_without_validation_says_what_to_do():
    with pytest.raises(ValueError, match="val_size"):
        solver_for().restore_best()


# ---- early stopping


def test_stops_after_patience_epochs_without_a_better_loss():
    solver = solver_with_losses([5.0, 3.0, 4.0, 3.5, 1.0], patience=2)
    solver.train()
    assert solver.epoch == 4 and solver.best_epoch == 2


def test_a_better_loss_starts_the_patience_anew():
    solver = solver_with_losses([5.0, 6.0, 4.0, 5.0, 3.0], patience=2)
    solver.train()
    assert solver.epoch == 5


def test_training_again_after_an_early_stop_has_new_patience():
    solver = solver_with_losses([1.0] + [2.0] * 20, patience=2)
    solver.train()
    solver.train()
    assert solver.epoch == 5


def test_says_that_it_stopped_early(capsys):
    solver_with_losses([1.0, 2.0, 2.0], patience=1, verbose=True, print_every=100).train()
    assert "weights of epoch 1" in capsys.readouterr().out


# ---- clipping


def joint_norm(grads):
    return np.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in grads.values()))


def test_long_gradients_get_the_given_norm_and_keep_their_direction():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    clipped = clip_gradients(grads, 1.0)
    np.testing.assert_allclose(joint_norm(clipped), 1.0)
    np.testing.assert_allclose(clipped["a"], [0.6, 0.0])
    np.testing.assert_allclose(clipped["b"], [[0.8]])


def test_clipping_agrees_with_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    grads = {"a": rng.standard_normal((3, 4)), "b": rng.standard_normal(5)}
    weights = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads.values()]
    for w, g in zip(weights, grads.values(), strict=True):
        w.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_(weights, 0.5)
    for w, g in zip(weights, clip_gradients(grads, 0.5).values(), strict=True):
        np.testing.assert_allclose(g, w.grad.numpy(), rtol=1e-5)  # torch divides by the norm + 1e-6


def test_short_gradients_stay():
    grads = {"a": np.array([0.3, 0.4])}
    assert clip_gradients(grads, 1.0)["a"] is grads["a"]


def test_clipping_changes_no_argument_and_keeps_float32():
    grads = {"a": np.full(3, 1e30, dtype=np.float32)}  # its square is above float32
    clipped = clip_gradients(grads, 1.0)
    assert clipped["a"].dtype == np.float32 and (grads["a"] == np.float32(1e30)).all()
    np.testing.assert_allclose(joint_norm(clipped), 1.0, rtol=1e-6)


def test_a_gradient_that_is_not_finite_raises():
    with pytest.raises(FloatingPointError, match="learning rate"):
        clip_gradients({"a": np.array([np.inf])}, 1.0)


def test_the_solver_clips_what_the_update_rule_sees():
    solver = solver_for(
        clip_norm=1e-3, update_rule="sgd", batch_size=1000, num_epochs=1, optim_config={"learning_rate": 1.0}
    )
    before = {name: w.copy() for name, w in solver.model.params.items()}
    solver.train()
    step = {name: before[name] - w for name, w in solver.model.params.items()}
    np.testing.assert_allclose(joint_norm(step), 1e-3, rtol=1e-3)


# ---- checkpoints


def stopped_and_resumed(path, after, **options):
    """A run that dies in epoch `after` + 1, goes on from its checkpoint in new objects, and ends."""

    def die(solver):
        if solver.epoch == after + 1:
            raise RuntimeError("power cut")

    first = solver_for(checkpoint=path, on_epoch=die, **options)
    np.random.seed(9)
    np.random.randn()  # leaves half of a pair of normal numbers waiting in the state
    with pytest.raises(RuntimeError, match="power cut"):
        first.train()
    second = solver_for(seed=77, **options)
    np.random.seed(55)
    second.resume(path)
    second.train()
    return second


def unstopped(**options):
    solver = solver_for(**options)
    np.random.seed(9)
    np.random.randn()
    solver.train()
    return solver


def assert_same_arrays(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].dtype == other[name].dtype
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def assert_same_run(one, other):
    assert one.epoch == other.epoch
    assert one.loss_history == other.loss_history
    assert one.val_loss_history == other.val_loss_history
    assert_same_arrays(one.model.params, other.model.params)
    for name, config in one.optim_configs.items():
        assert config.keys() == other.optim_configs[name].keys()
        for key, value in config.items():
            np.testing.assert_array_equal(value, other.optim_configs[name][key])
            assert type(value) is type(other.optim_configs[name][key])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_resumed_run_is_exactly_the_run_without_the_stop(tmp_path, rule, after):
    options = {"update_rule": rule, "lr_decay": 0.7, "val_size": 12, "clip_norm": 3.0}
    whole = unstopped(**options)
    random_after = np.random.get_state()
    resumed = stopped_and_resumed(tmp_path / "run.npz", after, **options)
    assert_same_run(whole, resumed)
    assert whole.best_epoch == resumed.best_epoch
    assert_same_arrays(whole.best_params, resumed.best_params)
    for one, other in zip(random_after, np.random.get_state(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_numpy_learning_rate_survives_exactly(tmp_path):
    options = {"optim_config": {"learning_rate": np.float32(0.01)}, "lr_decay": 0.9}
    assert_same_run(unstopped(**options), stopped_and_resumed(tmp_path / "run.npz", 2, **options))


def test_a_resumed_run_ends_at_the_epoch_it_would_have_ended_at(tmp_path):
    assert stopped_and_resumed(tmp_path / "run.npz", 2).epoch == 4


def test_a_finished_run_has_nothing_left_and_the_next_call_goes_on(tmp_path):
    solver_for(checkpoint=tmp_path / "run.npz").train()
    again = solver_for()
    again.resume(tmp_path / "run.npz")
    again.train()
    assert again.epoch == 4
    again.train()
    assert again.epoch == 8


@pytest.mark.parametrize("num_epochs, left", [(4, 2 * 4), (2, 0), (1, 0)])
def test_the_bar_is_as_long_as_what_is_left(tmp_path, monkeypatch, num_epochs, left):
    solver_for(checkpoint=tmp_path / "run.npz", num_epochs=2).train()
    totals, bar = [], progress_bar.progress_bar
    monkeypatch.setattr(
        progress_bar, "progress_bar", lambda total, **options: (totals.append(total), bar(total=total))[1]
    )
    again = solver_for(num_epochs=num_epochs, verbose=True)
    again.resume(tmp_path / "run.npz")
    again.train()
    assert totals == [left]


def test_a_longer_run_can_be_asked_for_when_resuming(tmp_path):
    solver_for(checkpoint=tmp_path / "run.npz").train()
    longer = solver_for(num_epochs=6)
    longer.resume(tmp_path / "run.npz")
    longer.train()
    assert_same_run(longer, trained(num_epochs=6))


def test_an_early_stop_stays_one_after_resuming(tmp_path):
    path = tmp_path / "run.npz"
    solver = solver_with_losses([1.0, 2.0, 2.0, 2.0], patience=2, checkpoint=path)
    solver.train()
    again = solver_with_losses([9.0] * 4, patience=2)
    again.resume(path)
    again.train()
    assert again.epoch == solver.epoch == 3


def test_the_best_weights_of_before_the_stop_survive_it(tmp_path):
    path = tmp_path / "run.npz"
    solver_with_losses([1.0, 2.0], checkpoint=path).train()
    again = solver_with_losses([9.0, 9.0])
    again.resume(path)
    assert again.best_epoch == 1 and again.best_params["w"].tolist() == [1, 1]
    again.train()
    again.restore_best()
    assert again.model.params["w"].tolist() == [1, 1]


def test_a_checkpoint_holds_no_pickle(tmp_path):
    path = tmp_path / "run.npz"
    solver_for(checkpoint=path, val_size=5, num_epochs=1).train()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]  # no half file left


@pytest.mark.parametrize(
    "options, word",
    [
        ({"update_rule": "sgd"}, "update_rule"),
        ({"batch_size": 8}, "batch_size"),
        ({"lr_decay": 0.5}, "lr_decay"),
        ({"clip_norm": 1.0}, "clip_norm"),
        ({"data": tiny_data(count=29)}, "training captions"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_nothing_changes(tmp_path, options, word):
    path = tmp_path / "run.npz"
    solver_for(checkpoint=path).train()
    other = solver_for(seed=5, **options)
    before = other.model.params["Wx"].copy()
    with pytest.raises(ValueError, match=word):
        other.resume(path)
    np.testing.assert_array_equal(other.model.params["Wx"], before)
    assert other.epoch == 0


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    solver_for(checkpoint=path).train()
    model = CaptioningRNN(WORDS, input_dim=5, wordvec_dim=4, hidden_dim=3)
    other = CaptioningSolver(model, tiny_data(), update_rule="adam", batch_size=7)
    with pytest.raises(ValueError, match="another run"):
        other.resume(path)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    model_file, text_file = tmp_path / "model.npz", tmp_path / "text.npz"
    solver = solver_for()
    solver.model.save(model_file)
    text_file.write_text("not an archive", encoding="utf-8")
    for path in (model_file, text_file):
        with pytest.raises(ValueError, match="not a checkpoint"):
            solver.resume(path)
    with pytest.raises(FileNotFoundError):
        solver.resume(tmp_path / "absent.npz")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_checkpoint_cut_short_is_refused(tmp_path, share):
    path = tmp_path / "run.npz"
    solver_for(checkpoint=path, num_epochs=1).train()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match="not a checkpoint"):
        solver_for().resume(path)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_a_checkpoint_with_a_damaged_byte_is_refused_or_whole(tmp_path, at):
    path = tmp_path / "run.npz"
    solver_for(checkpoint=path, num_epochs=1).train()
    damaged = bytearray(path.read_bytes())
    damaged[int(at * len(damaged))] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="not a checkpoint"):
        solver_for().resume(path)
