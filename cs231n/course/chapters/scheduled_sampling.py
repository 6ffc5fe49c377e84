"""A captioner that sometimes hears its own words in training: scheduled sampling  (Bengio et al., 2015).

The words are drawn from the scores of one pass over the right words (Mihaylova and Martins, 2019), so that a
step costs two passes forward, not T.
"""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.course.scenes import claims
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions
from cs231n.fast.packing import pack_captions, row_blocks
from cs231n.fast.words import softmax_loss


class ScheduledCaptioner(CaptioningRNN):
    """A `CaptioningRNN` that hears some words of its own in training.

    own_share: how many of the words that go in are its own, from 0 (teacher forcing) to 1
    """

    own_share = 0.5

    def loss(self, features, captions):
        """The loss of predicting the right words, with some of the words that go in replaced.

        features: (N, D); captions: (N, T) integers
        returns: loss, summed over time and averaged over captions, and grads, a dict like params
        """
        if self.own_share == 0:
            return super().loss(features, captions)
        order, counts, words_in, words_out = pack_captions(captions, self._null)
        features = features[order]
        scores, _ = self.scores(features, words_in, counts)
        noise = np.random.gumbel(size=scores.shape).astype(scores.dtype)
        said = (scores + noise).argmax(axis=1)  # a draw from the softmax of the scores (Gumbel, 1954)
        heard = np.where(
            np.random.random(len(said)) < self.own_share, own_words(said, words_in, counts), words_in
        )
        scores, cache = self.scores(features, heard, counts)
        weights = (words_out != self._null).astype(self.dtype) / len(captions)
        loss, dscores = softmax_loss(scores, words_out, weights, out=scores)
        return loss, self.scores_backward(dscores, cache)


def own_words(said, words_in, counts):
    """The word that goes in at each place, if it is what was said one step before; at step 0 it stays.

    said, words_in: (K,) packed rows; counts: captions that have a word at each step
    """
    own, steps = words_in.copy(), row_blocks(counts)
    for before, now in zip(steps, steps[1:], strict=False):
        own[now] = said[before][: now.stop - now.start]
    return own


def after_a_first_word(model, data, facts, wrong):
    """What a model makes of a first word that is given to it: "one", "two" or "three", the number of things.

    facts: list of dicts, one for each row of data's val_features
    wrong: False gives the right number, True another one, which the picture denies
    returns: dict of shares of the captions: sentence, and rest true: a sentence whose other facts are all true
    """
    numbers = ["one", "two", "three"]
    given = np.array([(scene["count"] - 1 + wrong) % 3 for scene in facts])
    sentences, rest_true = [], []
    for number, word in enumerate(numbers):
        rows = np.flatnonzero(given == number)
        captions = greedy_captions(model, data["val_features"][rows], 17, first_words=[word])
        for text, row in zip(plain_texts(captions, data["idx_to_word"]), rows, strict=True):
            stated = claims(text, facts[row])
            sentences.append(bool(stated))
            rest_true.append(bool(stated) and all(true for fact, _, true in stated if fact != "count"))
    return {"a sentence": float(np.mean(sentences)), "the rest true": float(np.mean(rest_true))}
