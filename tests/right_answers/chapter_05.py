"""Right answers to chapter 05, in many styles."""

import math

import numpy as np

from cs231n import rnn_layers as layers
from right_answers import answers


@answers("captioning_sample")
def speak_with_layers(model, features, max_length=30):
    p = model.params
    h = features @ p["W_proj"] + p["b_proj"]
    captions = np.full((len(features), max_length), model._null, dtype=np.int32)
    words, ended = np.full(len(features), model._start), np.zeros(len(features), dtype=bool)
    for t in range(max_length):
        h, _ = layers.rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        captions[~ended, t] = words[~ended]
        ended |= words == model._end
    return captions


@answers("captioning_sample")
def speak_one_picture_after_another(model, features, max_length=30):
    p, captions = model.params, []
    for row in features:
        h, word, caption = row @ p["W_proj"] + p["b_proj"], model._start, []
        while len(caption) < max_length and word != model._end:
            h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
            word = int(np.argmax(h @ p["W_vocab"] + p["b_vocab"]))
            caption.append(word)
        captions.append(caption + [model._null] * (max_length - len(caption)))
    return np.array(captions)


@answers("captioning_sample")
def speak_and_clean_up(model, features, max_length=30):
    state, words = model.initial_state(features), np.repeat(model._start, len(features))
    spoken = []
    for _ in range(max_length):
        scores, state = model.step(words, state)
        probs = np.exp(scores - scores.max(1, keepdims=True))
        words = (probs / probs.sum(1, keepdims=True)).argmax(1)
        spoken.append(words)
    captions = np.stack(spoken, 1)
    for caption in captions:
        ends = np.flatnonzero(caption == model._end)
        if len(ends):
            caption[ends[0] + 1 :] = model._null
    return captions.tolist()


@answers("perplexity")
def perplexity_by_a_mean(loss, captions):
    words_a_caption = np.count_nonzero(captions[:, 1:], axis=1).mean()
    return math.exp(loss / words_a_caption)


@answers("perplexity")
def perplexity_by_a_power(loss, captions):
    signs = np.sum(captions == 0) + len(captions)  # filling, and a <START> each
    return np.e ** (loss * captions.shape[0] / (captions.size - signs))


@answers("perplexity")
def perplexity_of_counted_words(loss, captions):
    return np.exp(loss * captions.shape[0] / np.count_nonzero(captions[:, 1:]))
