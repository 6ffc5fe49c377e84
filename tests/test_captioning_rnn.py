"""The whole model, both cells: gradients, padding, dtype, speaking, saving, and the assignment's own values."""

import io
import pickle

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient

CELLS = ("rnn", "lstm")
VOCABULARY = {w: i for i, w in enumerate(["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat", "dog", "sea"])}
NAMES = ["W_embed", "W_proj", "b_proj", "Wx", "Wh", "b", "W_vocab", "b_vocab"]
V, D, W, H, T = len(VOCABULARY), 6, 4, 5, 7


def make_model(cell, dtype=np.float64, seed=0, **sizes):
    np.random.seed(seed)
    sizes = {"input_dim": D, "wordvec_dim": W, "hidden_dim": H, **sizes}
    model = CaptioningRNN(VOCABULARY, cell_type=cell, dtype=dtype, **sizes)
    for name in ("W_embed", "b_proj", "b", "b_vocab"):  # away from zero, where mistakes hide
        model.params[name] += np.random.randn(*model.params[name].shape).astype(dtype)
    return model


def make_batch(lengths=(5, 2, 3, 4), seed=1, dtype=np.float64):
    """Captions with this many words between <START> and <END>, and features."""
    rng = np.random.default_rng(seed)
    captions = np.zeros((len(lengths), T), dtype=np.int32)
    for row, length in zip(captions, lengths, strict=True):
        row[: length + 2] = [1, *rng.integers(3, V, size=length), 2]
    return rng.standard_normal((len(lengths), D)).astype(dtype), captions


def assert_grads_close(grads, expected, **tolerance):
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        options = {"rtol": 1e-9, "atol": 1e-12, **tolerance}
        np.testing.assert_allclose(grad, expected[name], err_msg=name, **options)


# Gradients


@pytest.mark.parametrize("lengths", [(5, 2, 3, 4), (1, 5), (0,), (5, 5, 5)])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_equal_central_differences(cell, lengths):
    model, (features, captions) = make_model(cell), make_batch(lengths)
    _, grads = model.loss(features, captions)
    assert list(grads) and set(grads) == set(NAMES)
    for name, grad in grads.items():
        numeric = eval_numerical_gradient(
            lambda _: model.loss(features, captions)[0], model.params[name], False
        )
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_equal_central_differences_with_null_inside_a_caption(cell):
    model, (features, captions) = make_model(cell), make_batch((5, 4, 4, 3))
    captions[0, 3] = captions[1, 1] = captions[3, 2:4] = 0
    _, grads = model.loss(features, captions)
    for name, grad in grads.items():
        numeric = eval_numerical_gradient(
            lambda _: model.loss(features, captions)[0], model.params[name], False
        )
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_loss_and_gradients_equal_pytorch(cell):
    torch = pytest.importorskip("torch")
    model, (features, captions) = make_model(cell), make_batch((5, 2, 3, 4, 5, 0))
    captions[0, 3] = 0
    p = {name: torch.tensor(value, requires_grad=True) for name, value in model.params.items()}
    h, c = torch.tensor(features) @ p["W_proj"] + p["b_proj"], 0
    words, loss = torch.tensor(captions).long(), 0
    for t in range(T - 1):
        a = p["W_embed"][words[:, t]] @ p["Wx"] + h @ p["Wh"] + p["b"]
        if cell == "lstm":
            i, f, o, g = a.chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            h = a.tanh()
        scores = h @ p["W_vocab"] + p["b_vocab"]
        loss = loss + torch.nn.functional.cross_entropy(
            scores, words[:, t + 1], ignore_index=0, reduction="sum"
        )
    (loss / len(captions)).backward()
    written, grads = model.loss(features, captions)
    np.testing.assert_allclose(written, loss.item() / len(captions), rtol=1e-12)
    assert_grads_close(grads, {name: value.grad.numpy() for name, value in p.items()})


# Properties of the loss


@pytest.mark.parametrize("cell", CELLS)
def test_null_inside_a_caption_still_moves_the_state(cell):
    model, (features, captions) = make_model(cell), make_batch((5,))
    shorter = np.delete(captions, 3, axis=1)
    captions[0, 3] = 0
    # The step that <NULL> feeds exists: leaving it out gives another loss for the words after it.
    assert abs(model.loss(features, captions)[0] - model.loss(features, shorter)[0]) > 1e-3


def test_an_untrained_model_guesses_evenly():
    np.random.seed(0)
    words = {"<NULL>": 0, **{f"word{i}": i for i in range(1, 1000)}}
    model = CaptioningRNN(words, input_dim=D, hidden_dim=8)
    model.params["W_vocab"] *= 0
    captions = np.random.randint(1, 1000, size=(20, 11))
    loss, _ = model.loss(np.random.randn(20, D).astype(np.float32), captions)
    assert loss == pytest.approx(10 * np.log(1000), rel=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_training_lowers_the_loss(cell):
    model, (features, captions) = make_model(cell), make_batch()
    first, _ = model.loss(features, captions)
    for _ in range(150):
        _, grads = model.loss(features, captions)
        for name in NAMES:
            model.params[name] = model.params[name] - 0.1 * grads[name]
    assert model.loss(features, captions)[0] < first / 3


# Values of the assignment


@pytest.mark.parametrize("cell, expected", [("rnn", 9.83235591003), ("lstm", 9.82445935443)])
def test_loss_of_the_assignment(cell, expected):
    words = {"<NULL>": 0, "cat": 2, "dog": 3}  # without <START> and <END>, and with a number above V - 1
    model = CaptioningRNN(
        words, input_dim=20, wordvec_dim=30, hidden_dim=40, cell_type=cell, dtype=np.float64
    )
    for name, value in model.params.items():
        model.params[name] = np.linspace(-1.4, 1.3, num=value.size).reshape(*value.shape)
    low, high = (-1.5, 0.3) if cell == "rnn" else (-0.5, 1.7)
    features = np.linspace(low, high, num=200).reshape(10, 20)
    captions = (np.arange(10 * 13) % 3).reshape(10, 13)
    assert model.loss(features, captions)[0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("cell, k", [("rnn", 1), ("lstm", 4)])
def test_weights_are_drawn_in_the_order_of_the_assignment(cell, k):
    np.random.seed(3)
    model = CaptioningRNN(VOCABULARY, D, W, H, cell, dtype=np.float64)
    np.random.seed(3)
    expected = {
        "W_embed": np.random.randn(V, W) / 100,
        "W_proj": np.random.randn(D, H) / np.sqrt(D),
        "b_proj": np.zeros(H),
        "Wx": np.random.randn(W, k * H) / np.sqrt(W),
        "Wh": np.random.randn(H, k * H) / np.sqrt(H),
        "b": np.zeros(k * H),
        "W_vocab": np.random.randn(H, V) / np.sqrt(H),
        "b_vocab": np.zeros(V),
    }
    assert_grads_close(model.params, expected, rtol=1e-15)


# float32 through, and nothing written into


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_is_written_into_arguments_or_weights(cell):
    model, (features, captions) = make_model(cell), make_batch()
    for array in (features, captions, *model.params.values()):
        array.flags.writeable = False
    loss, grads = model.loss(features, captions)
    kept = {name: grad.copy() for name, grad in grads.items()}
    state = model.initial_state(features)
    for array in state:
        array.flags.writeable = False
    model.step(captions[:, 0], state)
    model.sample(features)
    model.loss(features[:2], captions[:2])
    assert_grads_close(grads, kept, rtol=0, atol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_changed_weights_are_seen_at_once(cell):
    """Nothing computed from old weights may survive a change in place or a new array."""
    model, (features, captions) = make_model(cell), make_batch()
    for change in ("in place", "new array"):
        for name in NAMES:
            before = model.loss(features, captions)[0]
            model.sample(features)
            scores = model.step(captions[:, 0], model.initial_state(features))[0]
            if change == "in place":
                model.params[name] += 0.1 * np.sin(np.arange(model.params[name].size)).reshape(
                    model.params[name].shape
                )
            else:
                model.params[name] = model.params[name] * 1.1
            assert model.loss(features, captions)[0] != before, name
            assert not np.array_equal(model.step(captions[:, 0], model.initial_state(features))[0], scores), (
                name
            )


# Speaking


def spoken_by_hand(model, feature, max_length):
    """Greedy words for one picture, written from the formulas alone."""
    p, said, word = model.params, [], VOCABULARY["<START>"]
    h, c = feature @ p["W_proj"] + p["b_proj"], 0
    for _ in range(max_length):
        a = p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"]
        if model.cell_type == "lstm":
            i, f, o = (1 / (1 + np.exp(-part)) for part in np.split(a, 4)[:3])
            c = f * c + i * np.tanh(np.split(a, 4)[3])
            h = o * np.tanh(c)
        else:
            h = np.tanh(a)
        word = int(np.argmax(h @ p["W_vocab"] + p["b_vocab"]))
        said.append(word)
        if word == VOCABULARY["<END>"]:
            break
    return said + [0] * (max_length - len(said))


@pytest.mark.parametrize("cell", CELLS)
def test_sample_says_the_likeliest_word_each_time(cell):
    model = make_model(cell, seed=11)
    model.params["W_vocab"] *= 4
    features = np.random.default_rng(0).standard_normal((30, D)) * 3
    captions = model.sample(features, max_length=12)
    assert captions.shape == (30, 12) and captions.dtype == np.int32
    assert captions.tolist() == [spoken_by_hand(model, f, 12) for f in features]
    ended = (captions == VOCABULARY["<END>"]).any(axis=1)
    assert ended.any() and not ended.all()  # the case above has both kinds


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_but_null_after_end(cell):
    model, (features, _) = make_model(cell), make_batch()
    model.params["b_vocab"][VOCABULARY["<END>"]] = 1e6
    captions = model.sample(features, max_length=6)
    assert (captions == [2, 0, 0, 0, 0, 0]).all()


def test_a_vocabulary_without_end_speaks_to_the_last_step():
    np.random.seed(0)
    model = CaptioningRNN({"<NULL>": 0, "<START>": 1, "cat": 2}, D, W, H)
    model.params["b_vocab"][2] = 1e6
    assert (model.sample(np.ones((2, D)), max_length=4) == 2).all()


# Saving


def test_saving_over_a_model_replaces_it(tmp_path):
    for cell in CELLS:
        make_model(cell).save(tmp_path / "model.npz")
    assert CaptioningRNN.load(tmp_path / "model.npz").cell_type == "lstm"


def test_a_file_that_is_no_model_is_refused(tmp_path):
    def written(name, content):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    make_model("rnn").save(tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    other = io.BytesIO()
    np.savez(other, a=np.zeros(3))
    for path in (
        written("text.npz", b"not a model"),
        written("empty.npz", b""),
        written("half.npz", whole[: len(whole) // 2]),
        written("other.npz", other.getvalue()),
        written("pickle.npz", pickle.dumps({"a": 1})),
    ):
        with pytest.raises(ValueError, match="was not written by CaptioningRNN.save"):
            CaptioningRNN.load(path)
    with pytest.raises(FileNotFoundError):
        CaptioningRNN.load(tmp_path / "absent.npz")


# Wrong arguments


def with_nan(features):
    features[1, 2] = np.nan
    return features


WRONG = {
    "cell_type is 'gru'": lambda m, f, c: CaptioningRNN(VOCABULARY, cell_type="gru"),
    "word_to_idx has no <NULL>": lambda m, f, c: CaptioningRNN({"<START>": 0}),
    "features has shape": lambda m, f, c: m.loss(f[:, 1:], c),
    "features must be a NumPy array": lambda m, f, c: m.loss(f.tolist(), c),
    "captions has shape": lambda m, f, c: m.loss(f, c[1:]),
    "captions has shape ": lambda m, f, c: m.loss(f, c[0]),
    "captions holds 8": lambda m, f, c: m.loss(f, np.where(c == 2, V, c)),
    "captions holds -1": lambda m, f, c: m.loss(f, np.where(c == 2, -1, c)),
    "captions must be an array of integers": lambda m, f, c: m.loss(f, c.astype(float)),
    r"features holds nan at index \(1, 2\)": lambda m, f, c: m.loss(with_nan(f), c),
    "features holds inf": lambda m, f, c: m.sample(f / 0.0),
    "features has shape ": lambda m, f, c: m.sample(f[0]),
    "words holds 99": lambda m, f, c: m.step(np.full(len(f), 99), m.initial_state(f)),
    "words holds 8": lambda m, f, c: m.scores(f, np.where(c == 2, V, c)),
    "words has shape": lambda m, f, c: m.scores(f, c[1:]),
    "counts is": lambda m, f, c: m.scores(f, c[0], [4, 4]),
    "counts is ": lambda m, f, c: m.scores(f, c[0], [3, 4]),
    "counts begins with 7": lambda m, f, c: m.scores(f, c[0], [7]),
    "dscores has shape": lambda m, f, c: m.scores_backward(np.zeros((4, V)), m.scores(f, c)[1]),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_argument_is_named(message):
    with pytest.raises(ValueError, match="^" + message.strip()):
        WRONG[message](make_model("rnn"), *make_batch())


def test_without_start_the_model_says_why_it_cannot_speak():
    with pytest.raises(ValueError, match="no <START>"):
        CaptioningRNN({"<NULL>": 0, "cat": 1}, D, W, H).sample(np.ones((1, D)))
