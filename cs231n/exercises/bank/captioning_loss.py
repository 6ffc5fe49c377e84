"""Exercise: loss and gradients of the whole captioning model."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.exercises.bank.models import small_model, state_of, words
from cs231n.exercises.exercise import Case, Exercise, knows
from cs231n.rnn_layers import (
    rnn_backward,
    rnn_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

MISTAKES = []
_reference = CaptioningRNN.loss


def captioning_loss(model, features, captions):
    """Loss of a captioning model, and its gradients: the reference of this exercise.

    features: (N, D); captions: (N, T)
    returns: loss, summed over time and averaged over captions, and grads, a dict like model.params
    """
    return _reference(model, features, captions)


def inputs():
    """Cases: captions that end at different places; <NULL> is not number 0 in one vocabulary."""
    odd = words(6, ("word6", "<END>", "<NULL>", "<START>"))
    made = [
        ("N=3, T=6, V=11, D=5, W=4, H=7", 0, words(8), (5, 4, 7), (4, 2, 1), 6, np.float64),
        ("N=1, T=4, V=7, D=3, W=5, H=2", 1, words(4), (3, 5, 2), (1,), 4, np.float64),
        ("N=2, T=5, V=10, D=4, W=3, H=6", 2, odd, (4, 3, 6), (3, 1), 5, np.float64),
        ("N=2, T=5, V=8, D=2, W=6, H=3", 3, words(5), (2, 6, 3), (2, 3), 5, np.float32),
    ]
    cases = []
    for text, seed, vocabulary, sizes, lengths, T, dtype in made:
        model = small_model(seed, vocabulary, sizes, dtype)
        random = np.random.default_rng(100 + seed)
        features = random.normal(size=(len(lengths), sizes[0])).astype(dtype)
        others = [k for k, word in enumerate(vocabulary) if word.startswith("word")]
        captions = np.full((len(lengths), T), model._null)
        for caption, length in zip(captions, lengths, strict=True):
            spoken = random.choice(others, size=length)
            spoken[-1] = spoken[0]  # a word that occurs twice
            caption[: length + 2] = [model._start, *spoken, model._end]
        cases.append(Case(text, {"model": model, "features": features, "captions": captions}))
    return cases


def loss_of(model, features, words_in, words_out, mask, start=state_of, divide=1):
    """The whole model on the given input words, right words and mask."""
    p = model.params
    h0 = start(model, features)
    vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
    h, cell_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, words_out, mask.astype(float))
    loss, dscores = loss / divide, dscores / divide
    grads = {}
    dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
    dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dh, cell_cache)
    grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
    grads["W_proj"], grads["b_proj"] = features.T @ dh0, dh0.sum(axis=0)
    return loss, grads


def shifted(model, features, captions, **changes):
    """The right words in and out."""
    words_out = captions[:, 1:]
    return loss_of(model, features, captions[:, :-1], words_out, words_out != model._null, **changes)


@knows(
    MISTAKES,
    "inputs_not_shifted",
    "The input already holds the word that should be predicted. Which words come in?",
)
def inputs_not_shifted(model, features, captions):
    words_out = captions[:, 1:]
    return loss_of(model, features, words_out, words_out, words_out != model._null)


@knows(
    MISTAKES, "targets_not_shifted", "Each word is compared with itself. The right answer is the next word."
)
def targets_not_shifted(model, features, captions):
    words_in = captions[:, :-1]
    return loss_of(model, features, words_in, words_in, words_in != model._null)


@knows(
    MISTAKES,
    "nothing_cut_off",
    "The whole caption goes in and is compared with itself. One end is cut off each time.",
)
def nothing_cut_off(model, features, captions):
    return loss_of(model, features, captions, captions, captions != model._null)


@knows(
    MISTAKES,
    "shifted_the_wrong_way",
    "Input words and right words are exchanged: the model predicts the word before.",
)
def shifted_the_wrong_way(model, features, captions):
    words_out = captions[:, :-1]
    return loss_of(model, features, captions[:, 1:], words_out, words_out != model._null)


@knows(
    MISTAKES,
    "padding_counted",
    "The places after <END> count in your loss. What should the model learn from <NULL>?",
)
def padding_counted(model, features, captions):
    words_out = captions[:, 1:]
    return loss_of(model, features, captions[:, :-1], words_out, np.ones(words_out.shape))


@knows(
    MISTAKES,
    "mask_from_inputs",
    "The mask is made from the input words. Whether a place counts depends on its right word.",
)
def mask_from_inputs(model, features, captions):
    words_in = captions[:, :-1]
    return loss_of(model, features, words_in, captions[:, 1:], words_in != model._null)


@knows(MISTAKES, "end_not_counted", "<END> does not count in your loss, so the model never learns to stop.")
def end_not_counted(model, features, captions):
    words_out = captions[:, 1:]
    return loss_of(
        model, features, captions[:, :-1], words_out, (words_out != model._null) & (words_out != model._end)
    )


@knows(
    MISTAKES,
    "null_taken_as_zero",
    "The mask takes 0 for <NULL>. Its number is model._null, which is not 0 in every vocabulary.",
)
def null_taken_as_zero(model, features, captions):
    words_out = captions[:, 1:]
    return loss_of(model, features, captions[:, :-1], words_out, words_out != 0)


@knows(
    MISTAKES,
    "averaged_over_words",
    "You divide by the number of words. Here the sum is averaged over captions only.",
)
def averaged_over_words(model, features, captions):
    count = (captions[:, 1:] != model._null).sum()
    return shifted(model, features, captions, divide=count / len(captions))


@knows(
    MISTAKES,
    "averaged_over_steps",
    "You divide by the number of time steps. Here the sum is averaged over captions only.",
)
def averaged_over_steps(model, features, captions):
    return shifted(model, features, captions, divide=captions.shape[1] - 1)


@knows(
    MISTAKES,
    "averaged_twice",
    "You divide by the number of captions twice. temporal_softmax_loss does it already.",
)
def averaged_twice(model, features, captions):
    return shifted(model, features, captions, divide=len(captions))


@knows(MISTAKES, "summed_over_captions", "Your loss is a sum over the captions. It should be their average.")
def summed_over_captions(model, features, captions):
    return shifted(model, features, captions, divide=1 / len(captions))


@knows(
    MISTAKES, "picture_ignored", "The picture does not reach the network: h0 should come from the features."
)
def picture_ignored(model, features, captions):
    loss, grads = shifted(model, features, captions, start=lambda m, f: 0 * state_of(m, f))
    return loss, {**grads, "W_proj": 0 * grads["W_proj"], "b_proj": 0 * grads["b_proj"]}


@knows(MISTAKES, "picture_gradient_forgotten", "W_proj and b_proj get no gradient. Where does dh0 go?")
def picture_gradient_forgotten(model, features, captions):
    loss, grads = shifted(model, features, captions)
    return loss, {**grads, "W_proj": 0 * grads["W_proj"], "b_proj": 0 * grads["b_proj"]}


@knows(MISTAKES, "projection_bias_forgotten", "One term of h0 is missing: b_proj.")
def projection_bias_forgotten(model, features, captions):
    return shifted(model, features, captions, start=lambda m, f: f @ m.params["W_proj"])


@knows(
    MISTAKES, "projection_squashed", "h0 is squashed before the first step. Here the projection is linear."
)
def projection_squashed(model, features, captions):
    loss, grads = shifted(model, features, captions, start=lambda m, f: np.tanh(state_of(m, f)))
    return loss, grads


@knows(
    MISTAKES,
    "repeated_words_lost",
    "W_embed: a word that occurs twice keeps one gradient only. Look at chapter 03 again.",
)
def repeated_words_lost(model, features, captions):
    loss, grads = shifted(model, features, captions)
    return loss, {**grads, "W_embed": _last_gradient(model, features, captions)}


def _last_gradient(model, features, captions):
    """Gradient of W_embed in which the last occurrence of a word wins."""
    p, words_in, words_out = model.params, captions[:, :-1], captions[:, 1:]
    h, cell_cache = rnn_forward(p["W_embed"][words_in], state_of(model, features), p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    _, dscores = temporal_softmax_loss(scores, words_out, words_out != model._null)
    dvectors = rnn_backward(temporal_affine_backward(dscores, vocab_cache)[0], cell_cache)[0]
    dW = np.zeros_like(p["W_embed"])
    for n in range(len(words_in)):
        for t in range(words_in.shape[1]):
            dW[words_in[n, t]] = dvectors[n, t]
    return dW


EXERCISE = Exercise(
    name="captioning_loss",
    chapter="04_captioning_loss",
    reference=captioning_loss,
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
    start="Start with the forward pass: picture → h0, words → vectors, then RNN, scores and loss.",
    worth_knowing="the model hears the right word at each step, whatever it would say: teacher forcing.",
    next_step="overfit 50 captions. If that works, the model can learn.",
    hints=(
        "Say a caption aloud, word by word. At each step, which word has been heard, and which one comes next?",
        "Five layers run forward: affine, word embedding, RNN, temporal affine, temporal softmax loss. "
        "Keep each cache. The backward pass uses them from the last to the first.",
        "In: captions without the last column. Out: captions without the first. The mask is True where the right "
        "word is not model._null. On the way back, dh0 goes into the affine layer and gives W_proj and b_proj.",
    ),
    mistakes=tuple(MISTAKES),
)
