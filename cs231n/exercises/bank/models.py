"""Small captioning models and captions for the checks, with vocabularies of awkward size and order."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN


class Silent(CaptioningRNN):
    """A model that cannot speak by itself: in the chapter, its `sample` is the answer, and would call itself."""

    def sample(self, features, max_length=30):
        raise RuntimeError("model.sample is the loop that you are writing here, so it cannot be used")


def small_model(seed, vocabulary, sizes, dtype=np.float64, cell_type="rnn", scale=1.0):
    """A model with random weights, biases too. Leaves the global random numbers as they were.

    vocabulary: words in order; <NULL>, <START> and <END> may stand anywhere
    sizes: (D, W, H)
    """
    state = np.random.get_state()
    model = CaptioningRNN({word: k for k, word in enumerate(vocabulary)}, *sizes, cell_type, dtype)
    np.random.set_state(state)
    draw = np.random.default_rng(seed)
    for name, value in model.params.items():
        size = scale * (2 if name == "W_vocab" else 1) / np.sqrt(max(1, value.ndim))
        model.params[name] = (size * draw.normal(size=value.shape)).astype(dtype)
    return model


def words(count, specials=("<NULL>", "<START>", "<END>")):
    """A vocabulary: the special words in the order given, then `count` others."""
    return [*specials, *(f"word{k}" for k in range(count))]
