"""The captioning model without a state: every word asks all words before it, and the cells of the picture."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.fast.products import affine_backward, affine_forward
from cs231n.fast.threads import threads_for, use_threads
from cs231n.fast.transformer import (
    by_caption,
    decoder_backward,
    decoder_forward,
    decoder_step,
    keys_and_values,
)
from cs231n.fast.words import sum_by_word
from cs231n.grid_utils import GridFeatures
from cs231n.shapes import check_finite, check_indices, check_shapes
from cs231n.temporal_layers import temporal_affine_forward
from cs231n.transformer_layers import (
    causal_mask,
    layer_norm_backward,
    layer_norm_forward,
    positional_encoding,
    prefix_mask,
)


class CaptioningTransformer(CaptioningRNN):
    """Captions for pictures, with the decoder of a transformer  (Vaswani et al., 2017).

    The words' vectors, with their positions added, run through blocks of masked self-attention, attention to the
    picture and feed-forward; what comes out gives the scores h W_vocab + b_vocab of the next word.

    features: (N, D), one vector a picture, of which the words see one cell; or `GridFeatures`, of which they see
    the cells (N, L, D) of the grid, and nothing else. Loss, sampling and all that works with a `CaptioningRNN` is
    the same here. The layers are those of `fast`: the same numbers as the plain ones, without padding.

    positions: (max_length, W), what is added to the words' vectors
    mask: (max_length, max_length) booleans, which word may look at which. An experiment may change it and the
        positions; `save` does not keep them
    params: dict of arrays W_embed (V, W), W_proj (D, W), b_proj (W,), for layer i `layers.i.` and the names of
        `decoder_layer_forward`, norm.gamma and norm.beta (W,) where the norm comes first, W_vocab (W, V), b_vocab
    """

    cell_type = "transformer"

    def __init__(
        self,
        word_to_idx,
        input_dim=512,
        wordvec_dim=128,
        num_heads=4,
        num_layers=2,
        max_length=50,
        dim_feedforward=2048,
        norm_first=True,
        prefix=False,
        dtype=np.float32,
    ):
        """Draw the weights from np.random.

        word_to_idx: dict from word to number; <NULL> must be in it, <START> and <END> may be absent
        input_dim: D, numbers per picture, or per cell of its grid; wordvec_dim: W, per word
        num_heads: heads, which share the W columns; num_layers: blocks; max_length: words per caption at most
        dim_feedforward: F, numbers between the two affine layers of a block
        norm_first: x + f(norm(x)), and a norm at the end; False for norm(x + f(x)), as in the assignment
        prefix: True puts the cells in front of the sentence, where words look at them as at words before; then
            there is no attention to the picture of its own
        dtype: np.float32, or np.float64 for numeric gradient checks
        ValueError: for a vocabulary without <NULL>, or heads that cannot share the columns
        """
        self._set_vocabulary(word_to_idx)
        if wordvec_dim % num_heads:
            raise ValueError(f"wordvec_dim is {wordvec_dim}, expected a multiple of num_heads, {num_heads}")
        self.dtype, self.num_heads, self.num_layers = np.dtype(dtype), num_heads, num_layers
        self.norm_first, self.prefix = norm_first, prefix
        self.positions = positional_encoding(max_length, wordvec_dim).astype(dtype)
        self.mask = causal_mask(max_length)

        V, D, W, F = len(word_to_idx), input_dim, wordvec_dim, dim_feedforward
        # The order of the draws is fixed: a seed gives the same weights everywhere.
        params = {
            "W_embed": np.random.randn(V, W) / 100,
            "W_proj": np.random.randn(D, W) / np.sqrt(D),
            "b_proj": np.zeros(W),
        }
        attentions = ("self_attn",) if prefix else ("self_attn", "multihead_attn")
        norms = ("norm1", "norm3") if prefix else ("norm1", "norm2", "norm3")
        for i in range(num_layers):
            layer = {}
            for name in attentions:
                layer |= {f"{name}.W": np.random.randn(4, W, W) / np.sqrt(W), f"{name}.b": np.zeros((4, W))}
            layer |= {"linear1.W": np.random.randn(W, F) / np.sqrt(W), "linear1.b": np.zeros(F)}
            layer |= {"linear2.W": np.random.randn(F, W) / np.sqrt(F), "linear2.b": np.zeros(W)}
            for name in norms:
                layer |= {f"{name}.gamma": np.ones(W), f"{name}.beta": np.zeros(W)}
            params |= {f"layers.{i}.{name}": value for name, value in layer.items()}
        if norm_first:
            params |= {"norm.gamma": np.ones(W), "norm.beta": np.zeros(W)}
        params |= {"W_vocab": np.random.randn(W, V) / np.sqrt(W), "b_vocab": np.zeros(V)}
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def scores(self, features, words, counts=None):
        """Scores of the word that comes after each given word: the forward half of `loss`.

        features: (N, D), or GridFeatures of N pictures
        words: (N, T) integers, each caption's words from <START> on; or (K,) packed rows, with counts
        counts: for packed rows, how many captions have a word at each step, as from `pack_captions`
        returns: scores (N, T, V), or (K, V) for packed rows, and cache
        ValueError: for a wrong shape, a word out of range, too long a caption, or features not finite
        """
        p, shape = self.params, np.shape(words)
        features, words, counts = self._as_rows(features, words, counts)
        if len(counts) > len(self.positions):
            raise ValueError(f"captions have {len(counts)} words, expected at most {len(self.positions)}")
        cells = self._cells(features)[: counts[0] if counts else 0]
        memory, proj_cache = temporal_affine_forward(cells, p["W_proj"], p["b_proj"])
        groups, order, steps, places = by_caption(counts, memory.shape[1] if self.prefix else 0)
        words = words[order]
        x, mask, look_at = p["W_embed"][words] + self.positions[steps], self.mask, memory
        if self.prefix:
            x, mask, look_at = with_cells(memory, x, groups, places), self._prefix_mask(memory), None
        x, cache = decoder_forward(x, look_at, self.layers, self.num_heads, groups, mask, self.norm_first)
        h, norm_cache = self._last_norm(x[places] if self.prefix else x)
        by_step = np.empty_like(h)
        by_step[order] = h
        scores, vocab_cache = affine_forward(by_step, p["W_vocab"], p["b_vocab"])
        if len(shape) == 2:
            scores = scores.reshape(*shape[::-1], scores.shape[1]).swapaxes(0, 1)
        return scores, (shape, cells, words, (groups, order, places), cache, norm_cache, vocab_cache)

    def scores_backward(self, dscores, cache):
        """Backward of `scores`: from the gradient of the scores to those of all weights.

        dscores: (N, T, V), or (K, V) for packed rows: the shape of the scores
        cache: from `scores`
        returns: grads, a dict like params
        ValueError: for a wrong shape
        """
        shape, cells, words, (groups, order, places), cache, norm_cache, vocab_cache = cache
        dscores, grads = self._scores_as_rows(dscores, shape), {}
        by_step, grads["W_vocab"], grads["b_vocab"] = affine_backward(dscores, vocab_cache)
        dx = by_step[order]
        if self.norm_first:
            dx, grads["norm.gamma"], grads["norm.beta"] = layer_norm_backward(dx, norm_cache)
        N, L, W = *cells.shape[:2], dx.shape[1]
        if self.prefix:
            dx = with_cells(np.zeros((N, L, W), dx.dtype), dx, groups, places)
        dx, dmemory, layers = decoder_backward(dx, cache)
        for i, layer in enumerate(layers):
            grads |= {f"layers.{i}.{name}": value for name, value in layer.items()}
        if self.prefix:
            dmemory = np.empty((N, L, W), dx.dtype)
            for group in groups:
                dmemory[group.captions] = group.of(dx)[:, :L]
            dx = dx[places]
        dmemory = dmemory.reshape(N * L, W)
        grads["W_proj"] = cells.reshape(N * L, cells.shape[2]).T @ dmemory
        grads["b_proj"] = dmemory.sum(axis=0)
        used, sums = sum_by_word(dx, words)
        grads["W_embed"] = np.zeros_like(self.params["W_embed"])
        grads["W_embed"][used] = sums
        return grads

    def initial_state(self, features):
        """State before the first word: keys and values of what the words will look at, layer by layer.

        features: (N, D), or GridFeatures of N pictures
        returns: (said, seen), keys and values (N, layers, 2, length, W) of the words so far, which are none, and
            of the picture's cells
        """
        p, layers = self.params, self.layers
        memory, _ = temporal_affine_forward(self._cells(self._checked(features)), p["W_proj"], p["b_proj"])
        N, L, W = memory.shape
        nothing = np.empty((N, len(layers), 2, 0, W), self.dtype)
        if not self.prefix:
            return nothing, keys_and_values(memory, layers)
        groups, *_ = by_caption([N] * L)  # the cells are the whole sentence
        x, mask = memory.reshape(N * L, W), self._prefix_mask(memory)
        _, (caches, _) = decoder_forward(x, None, layers, self.num_heads, groups, mask, self.norm_first)
        kept = np.stack([found[0][0][2][[0, 2]] for found in caches])  # keys and values of self-attention
        return nothing, kept.reshape(len(layers), 2, N, L, W).transpose(2, 0, 1, 3, 4)

    def step(self, words, state):
        """Feed one word a picture, and score the next.

        words: (N,) integers
        state: (said, seen) from `initial_state` or the last `step`
        returns: scores (N, V) and the new state, which holds keys and values of one word more
        ValueError: for a wrong shape, a word out of range, or one word more than max_length
        """
        p, (said, seen) = self.params, state
        t = check_shapes(words=(words, "N"), state=(said, "N B P T W"))["T"]
        check_indices("words", words, len(p["W_embed"]), "the vocabulary")
        if t >= len(self.positions):
            raise ValueError(f"this is word {t + 1}, expected at most max_length, {len(self.positions)}")
        with use_threads(threads_for(len(words), p)):
            x = p["W_embed"][words] + self.positions[t]
            x, said = decoder_step(x, said, seen, self.layers, self.num_heads, self.norm_first)
            scores, _ = affine_forward(self._last_norm(x)[0], p["W_vocab"], p["b_vocab"])
        return scores, (said, seen)

    @property
    def layers(self):
        """The weights of each block, as `decoder_layer_forward` takes them: a list of dicts."""
        found = [{} for _ in range(self.num_layers)]
        for name, value in self.params.items():
            if name.startswith("layers."):
                _, i, rest = name.split(".", 2)
                found[int(i)][rest] = value
        return found

    def copy_weights(self, state_dict):
        """Take the weights of a model written in PyTorch in the assignment (2021 to 2024), by its names.

        The model here has to be made with the same sizes and norm_first=False. Without dropout, which is left out
        here, both give the same scores.

        state_dict: dict from name to array, from `{k: v.numpy() for k, v in model.state_dict().items()}`
        ValueError: where a name or a shape does not fit
        """
        taken = {"W_embed": "embedding.weight"}
        for ours, theirs in (("proj", "visual_projection"), ("vocab", "output")):
            taken |= {f"W_{ours}": f"{theirs}.weight", f"b_{ours}": f"{theirs}.bias"}
        kinds = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}
        new = {}
        for name, old in self.params.items():
            room, _, kind = name.rpartition(".")
            theirs = taken.get(name, f"transformer.{room}.{kinds.get(kind)}")
            parts = [theirs]
            if room.endswith("_attn"):
                parts = [
                    f"transformer.{room}.{part}.{kinds[kind]}" for part in ("key", "query", "value", "proj")
                ]
            if absent := [part for part in parts if part not in state_dict]:
                raise ValueError(f"state_dict has no {absent[0]}, from which {name} comes")
            arrays = [np.asarray(state_dict[part]) for part in parts]
            if name != "W_embed":
                arrays = [array.T for array in arrays]  # PyTorch multiplies with the transposed matrix
            value = np.stack(arrays) if room.endswith("_attn") else arrays[0]
            if value.shape != old.shape:
                raise ValueError(f"{parts[0]} gives {name} of shape {value.shape}, expected {old.shape}")
            new[name] = value.astype(self.dtype)
        self.params.update(new)

    def _about(self):
        settings = {"num_heads": self.num_heads, "max_length": len(self.positions)}
        return super()._about() | settings | {"norm_first": self.norm_first, "prefix": self.prefix}

    @classmethod
    def _made_for(cls, about, params):
        layers = sum(name.endswith("self_attn.W") for name in params)
        sizes = (*params["W_proj"].shape, about["num_heads"], layers, about["max_length"])
        settings = about["norm_first"], about["prefix"], params["W_embed"].dtype
        return cls(about["word_to_idx"], *sizes, params["layers.0.linear1.b"].size, *settings)

    def _last_norm(self, x):
        """The norm after the last block, where norms come first, and its cache."""
        if not self.norm_first:
            return x, None
        return layer_norm_forward(x, self.params["norm.gamma"], self.params["norm.beta"])

    def _prefix_mask(self, memory):
        L = memory.shape[1]
        mask = prefix_mask(L, len(self.mask))
        mask[L:, L:] = self.mask
        return mask

    def _cells(self, features):
        """(N, L, D): what the words look at."""
        return features.grid if isinstance(features, GridFeatures) else features[:, None]

    def _vectors(self, features):
        """(N, D), one vector for the whole picture."""
        return features.picture if isinstance(features, GridFeatures) else features

    def _checked(self, features):
        """The features in the model's dtype."""
        if isinstance(features, GridFeatures):
            check_shapes(W_proj=(self.params["W_proj"], "D W"), grid=(features.grid, "N L D"))
            check_finite("grid", features.grid)
            return GridFeatures(features.picture, features.grid.astype(self.dtype, copy=False))
        check_shapes(W_proj=(self.params["W_proj"], "D W"), features=(features, "N D"))
        check_finite("features", features)
        return features.astype(self.dtype, copy=False)


def with_cells(memory, x, groups, places):
    """Rows of each caption with the cells of its picture in front.

    memory: (N, L, W), x: (K, W), places: (K,) where each word's row stands then
    returns: (K + N · L, W)
    """
    N, L, W = memory.shape
    rows = np.empty((len(x) + N * L, W), x.dtype)
    rows[places] = x
    for group in groups:
        group.of(rows)[:, :L] = memory[group.captions]
    return rows
