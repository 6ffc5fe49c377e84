"""Right answers to chapter 00, in many styles."""

import numpy as np

from right_answers import answers


@answers("caption_lengths")
def lengths_by_comparison(captions):
    return (captions > 2).sum(axis=1)


@answers("caption_lengths")
def lengths_by_loops(captions):
    return [sum(word not in (0, 1, 2) for word in caption) for caption in captions]


@answers("caption_lengths")
def lengths_by_counting_signs(captions):
    return captions.shape[1] - np.isin(captions, [0, 1, 2]).sum(1).astype(np.int32)
