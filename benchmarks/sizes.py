"""The sizes measured, and minibatches drawn like COCO's: the same lengths, and words by Zipf's law."""

from dataclasses import dataclass, replace

import numpy as np

# How many of 7,500 COCO captions have 8, 9, … 16 words to predict (with <END>); the mean is 11.1 of 16.
LENGTHS = {8: 51, 9: 1446, 10: 1714, 11: 1546, 12: 1128, 13: 725, 14: 457, 15: 268, 16: 165}


@dataclass(frozen=True)
class Sizes:
    """N captions per batch, D numbers per picture, W per word, H per state, V words, T steps."""

    name: str
    N: int
    D: int
    W: int
    H: int
    V: int
    T: int = 16

    def __str__(self):
        return f"{self.name}, batch {self.N} (D {self.D}, W {self.W}, H {self.H}, V {self.V}, T {self.T})"

    def but(self, **changes):
        """The same sizes with some changed."""
        return replace(self, **changes)


COCO = Sizes("COCO's sizes", 128, 512, 256, 512, 1004)
SCENES = Sizes("the scenes' sizes", 25, 512, 128, 256, 165)


def vocabulary(sizes):
    """word_to_idx with the four special words and made-up others."""
    words = ["<NULL>", "<START>", "<END>", "<UNK>", *(f"word{i}" for i in range(4, sizes.V))]
    return {word: i for i, word in enumerate(words)}


def draw_batch(sizes, seed=0):
    """One minibatch.

    Real captions repeat words more than Zipf's law 1/rank does (300 different ones in 128 captions, here
    about 390), so what the package saves on repeated words is, if anything, larger on real data.

    returns: features (N, D) float32, captions (N, T + 1) int32
    """
    random = np.random.default_rng(seed)
    lengths = random.choice(list(LENGTHS), size=sizes.N, p=np.array(list(LENGTHS.values())) / 7500)
    lengths = np.maximum(1, np.round(lengths * sizes.T / 16)).astype(int)
    share = 1 / np.arange(1, sizes.V - 2)
    captions = random.choice(np.arange(3, sizes.V), size=(sizes.N, sizes.T + 1), p=share / share.sum())
    captions[:, 0] = 1
    captions[np.arange(sizes.N), lengths] = 2
    captions[np.arange(sizes.T + 1) > lengths[:, None]] = 0
    return random.standard_normal((sizes.N, sizes.D), dtype=np.float32), captions.astype(np.int32)
