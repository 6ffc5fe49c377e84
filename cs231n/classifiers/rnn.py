"""The captioning model: picture features start a recurrent network, which speaks one word after another."""

import json
from collections.abc import Callable
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from cs231n.fast.attention import attention_states, attention_states_backward
from cs231n.fast.packing import pack_captions
from cs231n.fast.products import affine_backward, affine_forward
from cs231n.fast.states import lstm_states, lstm_states_backward, rnn_states, rnn_states_backward
from cs231n.fast.threads import threads_for, use_threads
from cs231n.fast.words import softmax_loss, word_inputs_backward, word_inputs_forward
from cs231n.files import write_whole
from cs231n.grid_utils import GridFeatures
from cs231n.shapes import check_finite, check_indices, check_shapes


class Cell(NamedTuple):
    """A recurrent cell: blocks of H columns in its weights, what it does step by step, and with which weights."""

    blocks: int
    states: Callable
    states_backward: Callable
    weights: tuple


CELLS = {
    "rnn": Cell(1, rnn_states, rnn_states_backward, ("Wh",)),
    "lstm": Cell(4, lstm_states, lstm_states_backward, ("Wh",)),
    "attention": Cell(4, attention_states, attention_states_backward, ("Wh", "Wc", "W_grid", "b_grid")),
}


class CaptioningRNN:
    """Captions for pictures, with a vanilla RNN or an LSTM  (after Vinyals et al., 2015, "Show and Tell"), or an
    LSTM that looks at the picture again before every word  (after Xu et al., 2015, "Show, Attend and Tell").

    h0 = features W_proj + b_proj; the words' vectors run through the cell; each state gives the scores
    h W_vocab + b_vocab of the next word.

    features: (N, D), one vector a picture; with 'attention' `GridFeatures` of N pictures, which hold a grid too.
    Both are indexed by rows, so loader, solver and decoders need not know which it is.

    The layers here are those of `fast`: the same numbers as the plain ones, without padding.

    params: dict of arrays W_embed (V, W), W_proj (D, H), b_proj (H,), Wx (W, kH), Wh (H, kH), b (kH,),
        W_vocab (H, V), b_vocab (V,), with k = 1 for 'rnn' and 4 for 'lstm' and 'attention', which has Wc (H, 4H),
        W_grid (G, H) and b_grid (H,) too: A = grid W_grid + b_grid are the cells that it looks at
    """

    def __init__(
        self,
        word_to_idx,
        input_dim=512,
        wordvec_dim=128,
        hidden_dim=128,
        cell_type="rnn",
        dtype=np.float32,
        grid_dim=512,
    ):
        """Draw the weights from np.random.

        word_to_idx: dict from word to number; <NULL> must be in it, <START> and <END> may be absent
        input_dim: D, numbers per picture; wordvec_dim: W, per word; hidden_dim: H, per state
        cell_type: 'rnn', 'lstm' or 'attention'
        dtype: np.float32, or np.float64 for numeric gradient checks
        grid_dim: G, numbers per cell of the grid, for 'attention' only
        ValueError: for an unknown cell_type or a vocabulary without <NULL>
        """
        if cell_type not in CELLS:
            raise ValueError(f"cell_type is {cell_type!r}, expected 'rnn', 'lstm' or 'attention'")
        self._set_vocabulary(word_to_idx)
        self.cell_type, self.dtype = cell_type, np.dtype(dtype)

        V, D, W, H, G = len(word_to_idx), input_dim, wordvec_dim, hidden_dim, grid_dim
        kH = CELLS[cell_type].blocks * H
        # The order of the draws is fixed: a seed gives the same weights everywhere.
        params = {
            "W_embed": np.random.randn(V, W) / 100,
            "W_proj": np.random.randn(D, H) / np.sqrt(D),
            "b_proj": np.zeros(H),
            "Wx": np.random.randn(W, kH) / np.sqrt(W),
            "Wh": np.random.randn(H, kH) / np.sqrt(H),
            "b": np.zeros(kH),
            "W_vocab": np.random.randn(H, V) / np.sqrt(H),
            "b_vocab": np.zeros(V),
        }
        if cell_type == "attention":
            params |= {
                "Wc": np.random.randn(H, kH) / np.sqrt(H),
                "W_grid": np.random.randn(G, H) / np.sqrt(G),
                "b_grid": np.zeros(H),
            }
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def loss(self, features, captions):
        """Loss of predicting each caption's next word from the picture and the words before it.

        The words go in without the last, and are compared with the words without the first; places whose
        right word is <NULL> do not count.

        features: (N, D), or GridFeatures of N pictures
        captions: (N, T) integers: <START>, words, <END>, then <NULL>
        returns: loss, summed over time and averaged over captions, and grads, a dict like params
        ValueError: for a wrong shape, a word out of range, or features that are not finite
        """
        features = self._checked(features)
        check_shapes(features=(self._vectors(features), "N D"), captions=(captions, "N T"))
        check_indices("captions", captions, len(self.params["W_embed"]), "the vocabulary")
        order, counts, words_in, words_out = pack_captions(captions, self._null)
        weights = (words_out != self._null).astype(self.dtype) / len(captions)
        scores, cache = self.scores(features[order], words_in, counts)
        loss, dscores = softmax_loss(scores, words_out, weights, out=scores)
        return loss, self.scores_backward(dscores, cache)

    def scores(self, features, words, counts=None):
        """Scores of the word that comes after each given word: the forward half of `loss`.

        Whoever has another loss writes only that: it turns the scores into dscores, its gradient with respect to
        them, and `scores_backward` does the rest.

        features: (N, D), or GridFeatures of N pictures
        words: (N, T) integers, each caption's words from <START> on; or (K,) packed rows, with counts
        counts: for packed rows, how many captions have a word at each step, as from `pack_captions`
        returns: scores (N, T, V), or (K, V) for packed rows, and cache
        ValueError: for a wrong shape, a word out of range, counts that do not fit, or features not finite
        """
        p, cell, shape = self.params, CELLS[self.cell_type], np.shape(words)
        features, words, counts = self._as_rows(features, words, counts)
        state, proj_cache = self._first_state(features)
        a, words_cache = word_inputs_forward(words, p["W_embed"], p["Wx"], p["b"])
        (h, *_), states_cache = cell.states(a, state, *(p[name] for name in cell.weights), counts)
        scores, vocab_cache = affine_forward(h, p["W_vocab"], p["b_vocab"])
        cache = (shape, proj_cache, words_cache, states_cache, vocab_cache)
        if len(shape) == 2:
            scores = scores.reshape(*shape[::-1], scores.shape[1]).swapaxes(0, 1)
        return scores, cache

    def scores_backward(self, dscores, cache):
        """Backward of `scores`: from the gradient of the scores to those of all weights.

        dscores: (N, T, V), or (K, V) for packed rows: the shape of the scores
        cache: from `scores`
        returns: grads, a dict like params
        ValueError: for a wrong shape
        """
        cell, grads = CELLS[self.cell_type], {}
        shape, proj_cache, words_cache, states_cache, vocab_cache = cache
        dscores = self._scores_as_rows(dscores, shape)
        dh, grads["W_vocab"], grads["b_vocab"] = affine_backward(dscores, vocab_cache)
        da, dh0, *dweights = cell.states_backward(dh, states_cache)
        grads |= zip(cell.weights, dweights, strict=True)
        grads["W_embed"], grads["Wx"], grads["b"] = word_inputs_backward(da, words_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache, of_x=False)
        return grads

    def sample(self, features, max_length=30):
        """Greedy captions: at each step the word with the highest score, until every caption has ended.

        features: (N, D)
        max_length: words at most
        returns: (N, max_length) int32: words with <END> but without <START>, filled up with <NULL>
        ValueError: when the vocabulary has no <START>, for a wrong shape, or features that are not finite
        """
        state = self.initial_state(features)
        captions = np.full((len(features), max_length), self._null, dtype=np.int32)
        words = np.full(len(features), self.start_word, dtype=np.int32)
        speaking = np.arange(len(features))  # the captions that have not ended: only those are computed
        for t in range(max_length):
            scores, state = self.step(words, state)
            words = scores.argmax(axis=1).astype(np.int32)
            captions[speaking, t] = words
            if self._end is not None and (words == self._end).any():
                going_on = words != self._end
                speaking, words, *state = (part[going_on] for part in (speaking, words, *state))
            if not len(speaking):
                break
        return captions

    @property
    def start_word(self):
        """Number of <START>. ValueError when the vocabulary has none: then the model cannot speak."""
        if self._start is None:
            raise ValueError("word_to_idx has no <START>, with which every sampled caption begins")
        return self._start

    def initial_state(self, features):
        """State before the first word: h0 from the picture, for an LSTM a cell of zeros, for attention the grid.

        features: (N, D), or GridFeatures of N pictures
        returns: tuple of arrays with N rows: (h,), (h, c) or (h, c, grid)
        """
        return self._first_state(self._checked(features))[0]

    def step(self, words, state):
        """Feed one word a picture, and score the next.

        words: (N,) integers
        state: tuple from `initial_state` or the last `step`
        returns: scores (N, V) and the new state
        """
        p, h = self.params, state[0]
        check_shapes(words=(words, "N"), state=(h, "N H"), Wh=(p["Wh"][:, : h.shape[1]], "H H"))
        check_indices("words", words, len(p["W_embed"]), "the vocabulary")
        cell = CELLS[self.cell_type]
        with use_threads(threads_for(len(words), p)):
            a, _ = word_inputs_forward(words, p["W_embed"], p["Wx"], p["b"])
            state, _ = cell.states(a, state, *(p[name] for name in cell.weights), [len(words)])
            scores, _ = affine_forward(state[0], p["W_vocab"], p["b_vocab"])
        return scores, state

    def save(self, path):
        """Write weights and vocabulary to an .npz file, whole or not at all."""
        with write_whole(path) as file:
            np.savez(file, about=np.array(json.dumps(self._about())), **self.params)

    @classmethod
    def load(cls, path):
        """Read a model that `save` wrote. ValueError when the file is something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                params = {name: file[name] for name in file.files if name != "about"}
            random_state = np.random.get_state()
            model = cls._made_for(about, params)
            np.random.set_state(random_state)  # reading a file must not change what is drawn next
        except (KeyError, ValueError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path} was not written by {cls.__name__}.save: {error}") from None
        model.params = params
        return model

    def _about(self):
        """What a file holds besides the weights."""
        return {"cell_type": self.cell_type, "word_to_idx": self.word_to_idx}

    @classmethod
    def _made_for(cls, about, params):
        """A new model of the sizes that these weights have."""
        (D, H), embed = params["W_proj"].shape, params["W_embed"]
        G = len(params["W_grid"]) if "W_grid" in params else 0
        return cls(about["word_to_idx"], D, embed.shape[1], H, about["cell_type"], embed.dtype, G)

    def _set_vocabulary(self, word_to_idx):
        if "<NULL>" not in word_to_idx:
            raise ValueError("word_to_idx has no <NULL>, which pads captions to one length")
        self.word_to_idx = dict(word_to_idx)
        self.idx_to_word = {number: word for word, number in word_to_idx.items()}
        self._null = word_to_idx["<NULL>"]
        self._start, self._end = word_to_idx.get("<START>"), word_to_idx.get("<END>")

    def _as_rows(self, features, words, counts):
        """The arguments of `scores`, checked: features in the model's dtype, words as packed rows, and counts."""
        features = self._checked(features)
        if counts is None:
            check_shapes(features=(self._vectors(features), "N D"), words=(words, "N T"))
            words, counts = words.T.ravel(), [len(words)] * words.shape[1]
        check_shapes(words=(words, "K"))
        check_indices("words", words, len(self.params["W_embed"]), "the vocabulary")
        if sum(counts) != len(words) or list(counts) != sorted(counts, reverse=True):
            raise ValueError(
                f"counts is {counts}, expected numbers that do not grow and add up to {len(words)}"
            )
        if max(counts, default=0) > len(features):
            raise ValueError(
                f"counts begins with {counts[0]}, expected at most {len(features)}: one per picture"
            )
        return features, words, counts

    def _scores_as_rows(self, dscores, shape):
        """The gradient of the scores as packed rows; shape: that of the words."""
        if np.shape(dscores)[:-1] != shape:
            raise ValueError(
                f"dscores has shape {np.shape(dscores)}, expected that of the scores, {(*shape, 'V')}"
            )
        return dscores.swapaxes(0, 1).reshape(-1, dscores.shape[-1]) if len(shape) == 2 else dscores

    def _first_state(self, features):
        """The state before the first word, and the cache of the product that makes h0."""
        h0, cache = affine_forward(self._vectors(features), self.params["W_proj"], self.params["b_proj"])
        if self.cell_type == "rnn":
            return (h0,), cache
        state = (h0, np.zeros_like(h0))
        return (*state, features.grid) if self.cell_type == "attention" else state, cache

    def _vectors(self, features):
        """(N, D), one vector for the whole picture."""
        return features.picture if self.cell_type == "attention" else features

    def _checked(self, features):
        """The features in the model's dtype."""
        if self.cell_type == "attention" and not isinstance(features, GridFeatures):
            raise ValueError(
                f"features must be GridFeatures(picture, grid), got {type(features).__name__}: "
                "a model with attention needs the cells of the grid to look at"
            )
        vectors = self._vectors(features)
        check_shapes(W_proj=(self.params["W_proj"], "D H"), features=(vectors, "N D"))
        check_finite("features", vectors)
        vectors = vectors.astype(self.dtype, copy=False)
        if self.cell_type != "attention":
            return vectors
        check_shapes(W_grid=(self.params["W_grid"], "G H"), grid=(features.grid, "N L G"))
        check_finite("grid", features.grid)
        return GridFeatures(vectors, features.grid.astype(self.dtype, copy=False))
