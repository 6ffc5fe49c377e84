"""Learning from a judge: advantages, the loss, drawing, and the solver that puts them together."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.decoding import log_probabilities
from cs231n.fast.drawing import draw_captions
from cs231n.gradient_check import eval_numerical_gradient, rel_error
from cs231n.grid_utils import GridFeatures
from cs231n.reward import advantages, reward_loss
from cs231n.reward_solver import RewardSolver
from cs231n.temporal_layers import temporal_softmax_loss

VOCABULARY = ("<NULL>", "<START>", "<END>", "a", "red", "car")
FEATURES = np.random.default_rng(1).standard_normal((6, 5))
GRID = np.random.default_rng(2).standard_normal((6, 4, 3))


def model_of(cell="rnn", words=VOCABULARY):
    np.random.seed(0)
    numbers = {word: number for number, word in enumerate(words)}
    if cell == "transformer":
        model = CaptioningTransformer(numbers, 3, 8, num_heads=2, max_length=9, dtype=np.float64)
    else:
        model = CaptioningRNN(numbers, 5, 4, 6, cell_type=cell, dtype=np.float64, grid_dim=3)
    model.params = {name: 2 * w for name, w in model.params.items()}
    return model


def features_of(cell):
    return GridFeatures(FEATURES, GRID) if cell in ("attention", "transformer") else FEATURES


def solver_of(model, features=FEATURES, reward=None, **options):
    data = {"train_features": features, "idx_to_word": list(model.word_to_idx)}
    reward = reward or (lambda texts, facts: [text.count("red") for text in texts])
    options = {"pictures": 3, "each": 4, "max_length": 6, "seed": 0, "verbose": False} | options
    return RewardSolver(model, data, reward, list(range(len(FEATURES))), **options)


def test_an_advantage_is_the_reward_less_the_mean_of_the_others():
    rewards = np.random.default_rng(0).standard_normal((3, 5))
    for n, k in product(range(3), range(5)):
        assert advantages(rewards)[n, k] == pytest.approx(rewards[n, k] - np.delete(rewards[n], k).mean())


def test_advantages_of_a_picture_add_up_to_0_and_a_point_for_everybody_changes_nothing():
    rewards = np.random.default_rng(0).standard_normal((3, 5))
    np.testing.assert_allclose(advantages(rewards).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(advantages(rewards + 1), advantages(rewards))
    np.testing.assert_array_equal(advantages(np.full((2, 3), 7)), 0)


def test_a_judge_may_say_true_and_false_and_dtype_is_kept():
    np.testing.assert_array_equal(advantages(np.array([[True, False, False]])), [[1, -0.5, -0.5]])
    assert advantages(np.ones((2, 3), dtype=np.float32)).dtype == np.float32


def test_one_caption_a_picture_has_no_others():
    with pytest.raises(ValueError, match="draw two or more"):
        advantages(np.ones((4, 1)))


def a_batch():
    random = np.random.default_rng(3)
    x, y = random.standard_normal((4, 3, 5)), random.integers(5, size=(4, 3))
    return x, y, np.arange(3) < np.array([3, 1, 2, 2])[:, None], np.array([0.5, -2.0, 0.0, 1.0])


def test_the_gradient_of_reward_loss_is_the_measured_one():
    x, y, mask, weights = a_batch()
    loss, dx = reward_loss(x, y, mask, weights)
    measured = eval_numerical_gradient(lambda x: reward_loss(x, y, mask, weights)[0], x.copy(), verbose=False)
    assert rel_error(dx, measured) < 1e-6
    logp = x - np.log(np.exp(x).sum(axis=2, keepdims=True))
    said = np.take_along_axis(logp, y[..., None], axis=2)[..., 0]
    assert loss == pytest.approx(-np.mean(weights * (said * mask).sum(axis=1)))


def test_with_advantages_of_1_it_is_the_loss_of_chapter_04():
    x, y, mask, _ = a_batch()
    for ours, theirs in zip(
        reward_loss(x, y, mask, np.ones(4)), temporal_softmax_loss(x, y, mask), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def all_captions(words, longest):
    """Every caption of at most so many words, as `draw_captions` gives them."""
    spoken = range(3, len(words))
    for length in range(longest):
        for said in product(spoken, repeat=length):
            yield [*said, 2] + [0] * (longest - length - 1)
    yield from (list(said) for said in product(spoken, repeat=longest))


def test_its_mean_over_all_captions_is_the_gradient_of_the_mean_reward():
    """Against an oracle that knows nothing of the loss: the mean reward itself, over every possible caption."""
    model = model_of()
    said = np.array(list(all_captions(VOCABULARY, 2)))
    rewards = np.random.default_rng(4).standard_normal(len(said))
    features = np.repeat(FEATURES[:1], len(said), axis=0)

    def mean_reward(_):
        return np.exp(log_probabilities(model, features, said)[0]) @ rewards

    P = np.exp(log_probabilities(model, features, said)[0])
    assert P.sum() == pytest.approx(1)
    fed = np.column_stack([np.full(len(said), model.start_word), said[:, :-1]])
    scores, cache = model.scores(features, fed)
    scores[..., :2] = -np.inf  # never said
    for baseline in (0.0, 3.0):
        weights = len(said) * P * (rewards - baseline)
        grads = model.scores_backward(reward_loss(scores, said, said != 0, weights)[1], cache)
        for name in ("Wh", "b_vocab"):
            measured = eval_numerical_gradient(mean_reward, model.params[name], verbose=False)
            assert rel_error(-grads[name], measured) < 1e-5


CELLS = ("rnn", "lstm", "attention", "transformer")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("pull", [0, 0.7])
def test_the_solver_takes_the_gradient_of_the_plain_path(cell, pull):
    model, features = model_of(cell), features_of(cell)
    solver = solver_of(model, features, pull=pull)
    solver.before.params = {name: 0.8 * w for name, w in model.params.items()}
    rows = np.repeat(np.arange(3), 4)
    said = draw_captions(model, features[:3], 4, np.random.default_rng(0), 6, [0, 1])
    rewards = np.random.default_rng(5).standard_normal((3, 4))
    fast = solver.gradients(features[rows], said, rewards)

    farther = [log_probabilities(each, features[rows], said)[0] for each in (model, solver.before)]
    better = advantages(rewards - pull * (farther[0] - farther[1]).reshape(3, 4)).ravel()
    fed = np.column_stack([np.full(12, model.start_word), said[:, :-1]])
    scores, cache = model.scores(features[rows], fed)
    scores[..., :2] = -np.inf
    plain = model.scores_backward(reward_loss(scores, said, said != 0, better)[1], cache)
    assert fast.keys() == plain.keys() == model.params.keys()
    for name, gradient in plain.items():
        np.testing.assert_allclose(fast[name], gradient, atol=1e-10)
    if pull:
        assert solver.pull_history == [pytest.approx((farther[0] - farther[1]).mean())]


@pytest.mark.parametrize("cell", CELLS)
def test_captions_are_drawn_as_often_as_they_are_probable(cell):
    model, features, each = model_of(cell), features_of(cell)[:2], 4000
    said = draw_captions(model, features, each, np.random.default_rng(0), 3, [0, 1])
    assert said.shape == (2 * each, 3) and said.dtype == np.int32
    possible = np.array(list(all_captions(VOCABULARY, 3)))
    for n in range(2):
        found = Counter(map(tuple, said[n * each : (n + 1) * each].tolist()))
        asked = features[np.full(len(possible), n)]
        P = np.exp(log_probabilities(model, asked, possible)[0])
        assert set(found) <= set(map(tuple, possible.tolist()))
        for caption, p in zip(map(tuple, possible.tolist()), P, strict=True):
            assert abs(found[caption] / each - p) < 5 * np.sqrt(p * (1 - p) / each) + 1e-9


def test_a_caption_that_is_rewarded_becomes_more_probable_step_after_step():
    model = model_of()
    solver = solver_of(model, learning_rate=0.02, each=8)
    solver.train(60)
    early, late = (np.mean(solver.reward_history[part]) for part in (slice(10), slice(-10, None)))
    assert late > early + 1
    assert len(solver.reward_history) == 60 and solver.pull_history == []


def test_a_pull_keeps_it_near_what_it_was():
    far = []
    for pull in (1e-9, 5):
        solver = solver_of(model_of(), learning_rate=0.02, each=8, pull=pull)
        solver.train(60)
        far.append(np.mean(solver.pull_history[-10:]))
    assert far[1] < far[0] / 3


def test_a_seed_repeats_it_and_the_model_before_is_kept():
    runs = []
    for _ in range(2):
        model = model_of()
        first = {name: w.copy() for name, w in model.params.items()}
        solver = solver_of(model)
        solver.train(3)
        runs.append(solver)
        for name, w in solver.before.params.items():
            np.testing.assert_array_equal(w, first[name])
            assert name == "W_embed" or not np.array_equal(w, model.params[name])
    assert runs[0].reward_history == runs[1].reward_history


def test_the_judge_sees_the_captions_of_one_picture_as_texts_and_what_is_known_of_it():
    seen = []

    def judge(texts, facts):
        seen.append((list(texts), facts))
        return [0] * len(texts)

    solver_of(model_of(), reward=judge).train(1)
    assert len(seen) == 3 and all(len(texts) == 4 for texts, _ in seen)
    assert len({facts for _, facts in seen}) == 3
    words = {word for texts, _ in seen for text in texts for word in text.split()}
    assert words <= {"a", "red", "car"}


def test_a_stop_keeps_what_was_learned(capsys):
    solver = solver_of(model_of())

    def stop(solver):
        if len(solver.reward_history) == 2:
            raise KeyboardInterrupt

    solver.train(10, on_step=stop)
    assert "Stopped after 2 steps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"each": 1}, "each is 1, expected 2 or more"),
        ({"pictures": 7}, "pictures is 7, expected 1 to 6"),
        ({"pull": -1}, "pull is -1, expected 0"),
    ],
)
def test_a_number_out_of_range_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        solver_of(model_of(), **options)


def test_facts_must_be_as_many_as_pictures():
    data = {"train_features": FEATURES, "idx_to_word": list(VOCABULARY)}
    with pytest.raises(ValueError, match="facts has 2 entries, expected one for each of 6 pictures"):
        RewardSolver(model_of(), data, len, [1, 2])


@pytest.mark.parametrize(
    ("reward", "message"),
    [
        (lambda texts, facts: [1], "a number for each of the 4 captions"),
        (lambda texts, facts: [float("nan")] * 4, "not finite"),
    ],
)
def test_a_judge_that_gives_something_else_is_told(reward, message):
    with pytest.raises(ValueError, match=message):
        solver_of(model_of(), reward=reward).train(1)
