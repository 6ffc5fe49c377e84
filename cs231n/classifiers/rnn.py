"""The captioning model: picture features start a recurrent network, which speaks one word after another."""

import json
from zipfile import BadZipFile

import numpy as np

from cs231n.fast.packing import pack_captions
from cs231n.fast.states import STATES
from cs231n.fast.words import softmax_loss, word_inputs_backward, word_inputs_forward
from cs231n.files import write_whole
from cs231n.layers import affine_backward, affine_forward
from cs231n.shapes import check_finite, check_indices, check_shapes

CELL_TYPES = {"rnn": 1, "lstm": 4}  # name of the cell: how many blocks of H columns its weights have


class CaptioningRNN:
    """Captions for pictures, with a vanilla RNN or an LSTM  (after Vinyals et al., 2015, "Show and Tell").

    h0 = features W_proj + b_proj; the words' vectors run through the cell; each state gives the scores
    h W_vocab + b_vocab of the next word.

    The layers here are those of `fast`: the same numbers as the plain ones, without padding.

    params: dict of arrays W_embed (V, W), W_proj (D, H), b_proj (H,), Wx (W, kH), Wh (H, kH), b (kH,),
        W_vocab (H, V), b_vocab (V,), with k = 1 for 'rnn' and 4 for 'lstm'
    """

    def __init__(
        self, word_to_idx, input_dim=512, wordvec_dim=128, hidden_dim=128, cell_type="rnn", dtype=np.float32
    ):
        """Draw the weights from np.random.

        word_to_idx: dict from word to number; <NULL> must be in it, <START> and <END> may be absent
        input_dim: D, numbers a picture; wordvec_dim: W, numbers a word; hidden_dim: H, numbers a state
        cell_type: 'rnn' or 'lstm'
        dtype: np.float32, or np.float64 for numeric gradient checks
        ValueError: for an unknown cell_type or a vocabulary without <NULL>
        """
        if cell_type not in CELL_TYPES:
            raise ValueError(f"cell_type is {cell_type!r}, expected 'rnn' or 'lstm'")
        if "<NULL>" not in word_to_idx:
            raise ValueError("word_to_idx has no <NULL>, which pads captions to one length")
        self.cell_type, self.dtype = cell_type, np.dtype(dtype)
        self.word_to_idx = dict(word_to_idx)
        self.idx_to_word = {number: word for word, number in word_to_idx.items()}
        self._null = word_to_idx["<NULL>"]
        self._start, self._end = word_to_idx.get("<START>"), word_to_idx.get("<END>")

        V, D, W, H = len(word_to_idx), input_dim, wordvec_dim, hidden_dim
        kH = CELL_TYPES[cell_type] * H
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
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def loss(self, features, captions):
        """Loss of predicting each caption's next word from the picture and the words before it.

        The words go in without the last, and are compared with the words without the first; places whose
        right word is <NULL> do not count.

        features: (N, D)
        captions: (N, T) integers: <START>, words, <END>, then <NULL>
        returns: loss, summed over time and averaged over captions, and grads, a dict like params
        ValueError: for a wrong shape, a word out of range, or features that are not finite
        """
        p, grads = self.params, {}
        features = self._checked(features)
        check_shapes(features=(features, "N D"), captions=(captions, "N T"))
        check_indices("captions", captions, len(p["W_embed"]), "the vocabulary")
        order, counts, words_in, words_out = pack_captions(captions, self._null)
        weights = (words_out != self._null).astype(self.dtype) / max(len(captions), 1)
        states, states_backward = STATES[self.cell_type]

        h0, proj_cache = affine_forward(features[order], p["W_proj"], p["b_proj"])
        a, words_cache = word_inputs_forward(words_in, p["W_embed"], p["Wx"], p["b"])
        (h, *_), states_cache = states(a, self._first_state(h0), p["Wh"], counts)
        scores, vocab_cache = affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dscores = softmax_loss(scores, words_out, weights, out=scores)

        dh, grads["W_vocab"], grads["b_vocab"] = affine_backward(dscores, vocab_cache)
        da, dh0, grads["Wh"] = states_backward(dh, states_cache)
        grads["W_embed"], grads["Wx"], grads["b"] = word_inputs_backward(da, words_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
        return loss, grads

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
        """State before the first word: h0 from the picture, and for the LSTM a cell of zeros.

        features: (N, D)
        returns: tuple of arrays (N, H): (h,) or (h, c)
        """
        h, _ = affine_forward(self._checked(features), self.params["W_proj"], self.params["b_proj"])
        return self._first_state(h)

    def step(self, words, state):
        """Feed one word a picture, and score the next.

        words: (N,) integers
        state: tuple from `initial_state` or the last `step`
        returns: scores (N, V) and the new state
        """
        p, h = self.params, state[0]
        check_shapes(words=(words, "N"), state=(h, "N H"), Wh=(p["Wh"][:, : h.shape[1]], "H H"))
        check_indices("words", words, len(p["W_embed"]), "the vocabulary")
        states, _ = STATES[self.cell_type]
        a, _ = word_inputs_forward(words, p["W_embed"], p["Wx"], p["b"])
        state, _ = states(a, state, p["Wh"], [len(words)])
        return affine_forward(state[0], p["W_vocab"], p["b_vocab"])[0], state

    def save(self, path):
        """Write weights and vocabulary to an .npz file, whole or not at all."""
        about = json.dumps({"cell_type": self.cell_type, "word_to_idx": self.word_to_idx})
        with write_whole(path) as file:
            np.savez(file, about=np.array(about), **self.params)

    @classmethod
    def load(cls, path):
        """Read a model that `save` wrote. ValueError when the file is something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                params = {name: file[name] for name in file.files if name != "about"}
            D, H = params["W_proj"].shape
            W, dtype = params["W_embed"].shape[1], params["W_embed"].dtype
            random_state = np.random.get_state()
            model = cls(about["word_to_idx"], D, W, H, about["cell_type"], dtype)
            np.random.set_state(random_state)  # reading a file must not change what is drawn next
        except (KeyError, ValueError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path} was not written by CaptioningRNN.save: {error}") from None
        model.params = params
        return model

    def _first_state(self, h0):
        """h0 for the RNN, and for the LSTM a cell of zeros beside it."""
        return (h0, np.zeros_like(h0)) if self.cell_type == "lstm" else (h0,)

    def _checked(self, features):
        """The features in the model's dtype."""
        check_shapes(W_proj=(self.params["W_proj"], "D H"), features=(features, "N D"))
        check_finite("features", features)
        return features.astype(self.dtype, copy=False)
