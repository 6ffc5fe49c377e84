"""Scheduled sampling: the loss of a caption that the model partly said itself, with its gradient."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.chapters.scheduled_sampling import ScheduledCaptioner, own_words
from cs231n.fast.packing import pack_captions
from cs231n.gradient_check import eval_numerical_gradient

VOCABULARY = {word: k for k, word in enumerate(["<NULL>", "<START>", "<END>", "<UNK>", "a", "red", "car"])}
CAPTIONS = np.array([[1, 4, 5, 6, 2, 0], [1, 6, 2, 0, 0, 0], [1, 4, 6, 5, 6, 2]])


def model_and_features(own_share, cell="rnn"):
    np.random.seed(3)
    model = ScheduledCaptioner(VOCABULARY, 4, 5, 6, cell, np.float64)
    model.own_share = own_share
    return model, np.random.randn(3, 4)


def test_with_no_words_of_its_own_it_is_teacher_forcing():
    model, features = model_and_features(0)
    loss, grads = model.loss(features, CAPTIONS)
    right, right_grads = CaptioningRNN.loss(model, features, CAPTIONS)
    assert loss == right and all((grads[name] == right_grads[name]).all() for name in grads)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_gradients_equal_central_differences_of_the_words_heard(cell):
    model, features = model_and_features(0.5, cell)

    def loss_and_grads():
        np.random.seed(5)  # the same words are drawn and heard
        return model.loss(features, CAPTIONS)

    _, grads = loss_and_grads()
    for name, w in model.params.items():
        numeric = eval_numerical_gradient(lambda _: loss_and_grads()[0], w, verbose=False)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-8, err_msg=name)


def test_own_words_are_those_said_one_step_before_by_the_same_caption():
    order, counts, words_in, _ = pack_captions(CAPTIONS, 0)
    said = np.arange(100, 100 + len(words_in))
    own = own_words(said, words_in, counts)
    assert counts == [3, 3, 2, 2, 1]
    assert own.tolist() == [1, 1, 1, 100, 101, 102, 103, 104, 106, 107, 108]


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_the_share_of_own_words_is_the_one_asked_for(share, monkeypatch):
    model, features = model_and_features(share)
    heard = []
    scores = model.scores
    monkeypatch.setattr(
        model, "scores", lambda f, words, counts: heard.append(words) or scores(f, words, counts)
    )
    many = np.repeat(np.array([[1, 5, 5, 5, 5, 5, 5, 5, 5, 2]]), 300, axis=0)
    model.loss(np.repeat(features[:1], 300, axis=0), many)
    right, mixed = (words.reshape(9, 300)[1:] for words in heard)
    changed = (right != mixed).mean() / (1 - 1 / 7)  # its own word is the right one about once in seven
    assert abs(changed - share) < 0.15
