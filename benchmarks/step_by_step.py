"""The captioning model as one first writes it: a step after another, every place computed, padding too.

With dtype float64 it is what np.zeros((N, T, H)) makes of it: one array of float64 turns all that follows into
float64, and with the first update the weights too. With float32 only the arrangement differs from ours.
"""

import numpy as np

from cs231n import optim
from cs231n.rnn_layers import lstm_step_backward, lstm_step_forward, rnn_step_backward, rnn_step_forward


class StepByStep:
    """Same weights, same loss and same gradients as `CaptioningRNN`."""

    def __init__(self, model, dtype):
        self.params = {name: w.astype(dtype) for name, w in model.params.items()}
        self.cell_type = model.cell_type
        self.configs = {name: {"learning_rate": 1e-3} for name in self.params}

    def loss(self, features, captions):
        p, N = self.params, len(captions)
        words_in, words_out = captions[:, :-1], captions[:, 1:]
        T = words_in.shape[1]
        h0 = features @ p["W_proj"] + p["b_proj"]
        x = p["W_embed"][words_in]
        h, caches = np.zeros((N, T, h0.shape[1]), dtype=h0.dtype), []
        state = self._first_state(h0)
        for t in range(T):
            state, cache = self._step(x[:, t], state)
            h[:, t] = state[0]
            caches.append(cache)
        scores = (h.reshape(N * T, -1) @ p["W_vocab"] + p["b_vocab"]).reshape(N, T, -1)
        loss, dscores = self._softmax(scores, words_out, words_out != 0)

        grads = {name: np.zeros_like(w) for name, w in p.items()}
        rows = dscores.reshape(N * T, -1)
        dh = (rows @ p["W_vocab"].T).reshape(h.shape)
        grads["W_vocab"], grads["b_vocab"] = h.reshape(N * T, -1).T @ rows, rows.sum(axis=0)
        dx, dstate = np.zeros_like(x), [np.zeros_like(part) for part in state]
        backward = lstm_step_backward if self.cell_type == "lstm" else rnn_step_backward
        for t in reversed(range(T)):
            dx[:, t], *dstate, dWx, dWh, db = backward(dh[:, t] + dstate[0], *dstate[1:], caches[t])
            grads["Wx"] += dWx
            grads["Wh"] += dWh
            grads["b"] += db
        np.add.at(grads["W_embed"], words_in, dx)
        grads["W_proj"], grads["b_proj"] = features.T @ dstate[0], dstate[0].sum(axis=0)
        return loss, grads

    def train_step(self, features, captions):
        loss, grads = self.loss(features, captions)
        for name, w in self.params.items():
            self.params[name], self.configs[name] = optim.adam(w, grads[name], self.configs[name])
        return loss

    def sample(self, features, max_length=30):
        p = self.params
        captions = np.zeros((len(features), max_length), dtype=np.int32)
        state = self._first_state(features @ p["W_proj"] + p["b_proj"])
        words = np.ones(len(features), dtype=np.int32)
        for t in range(max_length):
            state, _ = self._step(p["W_embed"][words], state)
            words = (state[0] @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
            captions[:, t] = words
        ended = np.cumsum(captions == 2, axis=1) - (captions == 2) > 0
        captions[ended] = 0
        return captions

    def _first_state(self, h0):
        return [h0, np.zeros_like(h0)] if self.cell_type == "lstm" else [h0]

    def _step(self, x, state):
        step = lstm_step_forward if self.cell_type == "lstm" else rnn_step_forward
        *state, cache = step(x, *state, self.params["Wx"], self.params["Wh"], self.params["b"])
        return state, cache

    def _softmax(self, x, y, mask):
        N, T, V = x.shape
        x, y, mask = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
        probs = np.exp(x - x.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        loss = -np.sum(mask * np.log(probs[np.arange(N * T), y])) / N
        dx = probs.copy()
        dx[np.arange(N * T), y] -= 1
        dx /= N
        dx *= mask[:, None]
        return loss, dx.reshape(N, T, V)
