"""Exercise: the forward half of the captioning model's loss."""

import numpy as np

from cs231n.exercises.bank.captioning_loss import SHIFT_AND_MASK, inputs
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.layers import affine_forward
from cs231n.rnn_layers import (
    rnn_forward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_forward,
)


def captioning_forward(model, features, captions):
    """Loss of a captioning model, without its gradients.

    features: (N, F); captions: (N, T)
    returns: loss, summed over time and averaged over captions, and cache: (proj_cache, embed_cache, rnn_cache,
        vocab_cache, dscores), what the four layers keep and the gradient of the scores
    """
    p = model.params
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, words_out, words_out != model._null)
    return loss, (proj_cache, embed_cache, rnn_cache, vocab_cache, dscores)


def solution(model, features, captions):
    p = model.params
    words_in, words_out = captions[:, :-1], captions[:, 1:]
    mask = words_out != model._null
    h0 = features @ p["W_proj"] + p["b_proj"]
    vectors = p["W_embed"][words_in]
    h, _ = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores = h @ p["W_vocab"] + p["b_vocab"]
    loss, _ = temporal_softmax_loss(scores, words_out, mask.astype(np.float64))
    return loss


MISTAKES = """
averaged_over_words: return loss -> return loss / (mask.sum() / len(mask))
    You divide by the number of words. Here the sum is averaged over captions only.
averaged_over_steps: return loss -> return loss / mask.shape[1]
    You divide by the number of time steps. Here the sum is averaged over captions only.
averaged_twice: return loss -> return loss / len(mask)
    You divide by the number of captions twice. temporal_softmax_loss does it already.
loss_not_divided: return loss -> return loss * len(mask)
    Your loss is a sum over the captions. It should be their average.
picture_ignored: features @ p["W_proj"] + p["b_proj"] -> 0 * (features @ p["W_proj"])
    The picture does not reach the network: h0 should come from the features.
projection_bias_forgotten: + p["b_proj"] ->
    One term of h0 is missing: b_proj.
projection_squashed: features @ p["W_proj"] + p["b_proj"] -> np.tanh(features @ p["W_proj"] + p["b_proj"])
    h0 is squashed before the first step. Here the projection is linear.
scores_without_bias: + p["b_vocab"] ->
    One term of the scores is missing: b_vocab.
"""

EXERCISE = Exercise(
    chapter="04_captioning_loss",
    reference=captioning_forward,
    needs=("rnn_forward", "word_embedding_forward"),
    outputs={"loss": ()},
    returns_cache=True,
    cache=("proj_cache", "embed_cache", "rnn_cache", "vocab_cache", "dscores"),
    cases=inputs,
    of_the_notebook=("model", "features", "captions"),
    start="Start with the picture: affine_forward turns the features into h0.",
    worth_knowing="the model hears the right word at each step, whatever it would say: teacher forcing.",
    next_step="the way back, through the same layers in the opposite order.",
    hints=(
        "Say a caption aloud, word by word. At each step, which word has been heard, and which one comes next?",
        "Five layers: affine, word embedding, RNN, temporal affine, temporal softmax loss. Keep each cache.",
        "In: captions without the last column. Out: captions without the first. The mask is True where the right "
        "word is not model._null. The cache is a tuple of the four caches and of dscores.",
    ),
    mistakes=known(solution, SHIFT_AND_MASK + MISTAKES),
)
