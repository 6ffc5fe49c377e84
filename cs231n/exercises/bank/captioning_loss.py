"""Exercise: loss and gradients of the whole captioning model."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.bank.models import small_model, words
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.rnn_layers import (
    rnn_backward,
    rnn_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

_reference = CaptioningRNN.loss


def captioning_loss(model, features, captions):
    """Loss of a captioning model, and its gradients: the reference of this exercise.

    features: (N, F); captions: (N, T)
    returns: loss, summed over time and averaged over captions, and grads, a dict like model.params
    """
    return _reference(model, features, captions)


def inputs(seed=None):
    """Cases: captions that end at different places; <NULL> is not number 0 in one vocabulary."""
    odd = words(6, ("word6", "<END>", "<NULL>", "<START>"))
    made = [
        (words(8), (5, 4, 7), (4, 2, 1), 6, np.float64),
        (words(4), (3, 5, 2), (1,), 4, np.float64),
        (odd, (4, 3, 6), (3, 1), 5, np.float64),
        (words(5), (2, 6, 3), (2, 3), 5, np.float32),
        (words(5), (1, 1, 1), (1,), 3, np.float64),
    ]
    cases = []
    for k, (vocabulary, sizes, lengths, T, dtype) in enumerate(made):
        [(F, D, H)] = [sizes] = longer([sizes], seed)
        model = small_model(generator(k, seed), vocabulary, sizes, dtype)
        random = generator(100 + k, seed)
        features = random.normal(size=(len(lengths), sizes[0])).astype(dtype)
        others = [k for k, word in enumerate(vocabulary) if word.startswith("word")]
        captions = np.full((len(lengths), T), model._null)
        for caption, length in zip(captions, lengths, strict=True):
            spoken = random.choice(others, size=length)
            spoken[-1] = spoken[0]  # a word that occurs twice
            caption[: length + 2] = [model._start, *spoken, model._end]
        text = f"N={len(lengths)}, T={T}, V={len(vocabulary)}, F={F}, D={D}, H={H}"
        cases.append(Case(text, {"model": model, "features": features, "captions": captions}))
    return cases


def solution(model, features, captions):
    p = model.params
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    mask = words_out != model._null
    h0 = features @ p["W_proj"] + p["b_proj"]
    vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, words_out, mask.astype(float))
    grads = {}
    dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
    dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dh, rnn_cache)
    grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
    grads["W_proj"], grads["b_proj"] = features.T @ dh0, dh0.sum(axis=0)
    return loss, grads


# What people do in captioning_forward as well.
SHIFT_AND_MASK = """
inputs_not_shifted: captions[:, :-1], captions[:, 1:] -> captions[:, 1:], captions[:, 1:]
    The input already holds the word that should be predicted. Which words come in?
targets_not_shifted: captions[:, :-1], captions[:, 1:] -> captions[:, :-1], captions[:, :-1]
    Each word is compared with itself. The right answer is the next word.
nothing_cut_off: captions[:, :-1], captions[:, 1:] -> captions, captions
    The whole caption goes in and is compared with itself. One end is cut off each time.
shifted_the_wrong_way: captions[:, :-1], captions[:, 1:] -> captions[:, 1:], captions[:, :-1]
    Input words and right words are exchanged: the model predicts the word before.
padding_counted: words_out != model._null -> np.ones(words_out.shape)
    The places after <END> count in your loss. What should the model learn from <NULL>?
mask_inverted: words_out != model._null -> words_out == model._null
    The mask is the wrong way round: only the places with <NULL> count.
mask_from_inputs: words_out != model._null -> words_in != model._null
    The mask is made from the input words. Whether a place counts depends on its right word.
end_not_counted: words_out != model._null -> (words_out != model._null) & (words_out != model._end)
    <END> does not count in your loss, so the model never learns to stop.
null_taken_as_zero: model._null -> 0
    The mask takes 0 for <NULL>. Its number is model._null, which is not 0 in every vocabulary.
"""
MISTAKES = """
averaged_over_words:
    grads = {} -> grads, k = {}, mask.sum() / len(mask); loss, dscores = loss / k, dscores / k
    You divide by the number of words. Here the sum is averaged over captions only.
averaged_over_steps: grads = {} -> grads, k = {}, mask.shape[1]; loss, dscores = loss / k, dscores / k
    You divide by the number of time steps. Here the sum is averaged over captions only.
averaged_twice: grads = {} -> grads, k = {}, len(mask); loss, dscores = loss / k, dscores / k
    You divide by the number of captions twice. temporal_softmax_loss does it already.
summed_over_captions: grads = {} -> grads, k = {}, len(mask); loss, dscores = loss * k, dscores * k
    Your loss is a sum over the captions. It should be their average.
picture_ignored: h0 = features @ p["W_proj"] + p["b_proj"] -> h0 = 0 * (features @ p["W_proj"])
    features.T @ dh0, dh0.sum(axis=0) -> 0 * p["W_proj"], 0 * p["b_proj"]
    The picture does not reach the network: h0 should come from the features.
picture_gradient_forgotten: features.T @ dh0, dh0.sum(axis=0) -> 0 * p["W_proj"], 0 * p["b_proj"]
    W_proj and b_proj get no gradient. Where does dh0 go?
projection_gradient_not_summed: dh0.sum(axis=0) -> dh0
    b_proj: all pictures share it. What happens to gradients of a shared number?
word_gradient_from_scores: word_embedding_backward(dvectors, -> word_embedding_backward(dh @ p["Wx"].T,
    W_embed: the gradient has not passed the network yet. What does rnn_backward return first?
loss_not_divided: grads = {} -> grads, loss = {}, loss * len(mask)
    The loss alone is a sum over the captions. It should be their average.
projection_bias_forgotten: + p["b_proj"] ->
    One term of h0 is missing: b_proj.
projection_squashed:
    h0 = features @ p["W_proj"] + p["b_proj"] -> h0 = np.tanh(features @ p["W_proj"] + p["b_proj"])
    h0 is squashed before the first step. Here the projection is linear.
repeated_words_lost: grads = {} -> grads = {"W_embed": np.zeros_like(p["W_embed"])}
    grads["W_embed"] = word_embedding_backward(dvectors, embed_cache) -> grads["W_embed"][words_in] = dvectors
    W_embed: a word that occurs twice keeps one gradient only. Look at chapter 03 again.
"""

EXERCISE = Exercise(
    chapter="04_captioning_loss",
    reference=captioning_loss,
    needs=(
        "captioning_forward",
        "rnn_forward",
        "rnn_backward",
        "word_embedding_forward",
        "word_embedding_backward",
    ),
    outputs={
        "loss": (),
        "grads": {
            "W_proj": ("feature", "unit"),
            "b_proj": ("unit",),
            "W_embed": ("word", "dimension"),
            "Wx": ("dimension", "unit"),
            "Wh": ("old unit", "unit"),
            "b": ("unit",),
            "W_vocab": ("unit", "word"),
            "b_vocab": ("word",),
        },
    },
    cases=inputs,
    of_the_notebook=("model", "features", "captions"),
    start="Start at the end: dscores goes into temporal_affine_backward, with the cache of the same layer.",
    worth_knowing="nobody told dh0 where to go: it is what the first step hands back to the picture.",
    next_step="overfit 50 captions. If that works, the model can learn.",
    hints=(
        "Which layer was the last one forward, before the loss? It is the first one on the way back.",
        "Four layers run backward: temporal affine, RNN, word embedding, affine. Each takes the gradient that "
        "the layer after it gave, and its own cache.",
        "rnn_backward gives five gradients. The first, of the vectors, goes into word_embedding_backward; the "
        "second, dh0, goes into affine_backward and gives W_proj and b_proj.",
    ),
    mistakes=known(solution, SHIFT_AND_MASK + MISTAKES),
)
