"""What the heads of a captioning transformer look at: the words so far, and the cells of the picture.

A look belongs to the word that is said after it, as with the LSTM of `where_it_looks`.
"""

import numpy as np

from cs231n.temporal_layers import temporal_affine_forward
from cs231n.transformer_layers import causal_mask, decoder_layer_forward

PLACES = ("itself", "one before", "two before", "<START>", "the rest")


def transformer_looks(model, features, captions):
    """The weights of every head before each word of given captions, in the plain layers.

    model: CaptioningTransformer without prefix; features: GridFeatures of N pictures
    captions: (N, T) integers, as from model.sample
    returns: looks at words (N, layers, heads, T, T), of which column 0 is <START> and column t + 1 the word t,
        and looks at cells (N, layers, heads, T, L); zero after a caption's end
    """
    p, said = model.params, captions != model.word_to_idx["<NULL>"]
    words = np.concatenate([np.full((len(captions), 1), model.start_word), captions[:, :-1]], axis=1)
    grid = features.grid.astype(model.dtype, copy=False)
    memory, _ = temporal_affine_forward(grid, p["W_proj"], p["b_proj"])
    T = words.shape[1]
    x, mask, looks = p["W_embed"][words] + model.positions[:T], causal_mask(T), []
    for layer in model.layers:
        x, weights, _ = decoder_layer_forward(x, memory, layer, model.num_heads, mask, model.norm_first)
        looks.append(weights)
    at_words, at_cells = (np.stack(part, axis=1) for part in zip(*looks, strict=True))
    return at_words * said[:, None, None, :, None], at_cells * said[:, None, None, :, None]


def word_shares(at_words, captions, null=0):
    """How much each head looks at the word it has just heard, at those before it, and at <START>.

    at_words: (N, heads, T, T) of one layer, from `transformer_looks`; captions: (N, T)
    returns: (heads, 5), a mean over all words said from the fourth on: the shares of PLACES
    """
    T = at_words.shape[-1]
    steps = np.arange(3, T)  # from here on the four places are four different words
    said = (captions[:, 3:] != null)[:, None]  # (N, 1, T - 3)
    found = [at_words[:, :, steps, steps - back] for back in range(3)] + [at_words[:, :, 3:, 0]]
    shares = np.stack([(share * said).sum(axis=(0, 2)) / said.sum() for share in found], axis=1)
    return np.concatenate([shares, 1 - shares.sum(axis=1, keepdims=True)], axis=1)
