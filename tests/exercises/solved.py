"""One solved notebook as source text: a cell for each answer, and the check cell under it.

The answers are the chapters' own, and some that are written in another way than there.
"""

import re
from pathlib import Path

from cs231n.exercises import bank

SOURCE = Path(__file__).resolve().parents[2] / "notebooks" / "source"


def from_chapter(name):
    """The TODO cell of an exercise, solved."""
    chapter = (SOURCE / f"{bank.find(name).chapter}.py").read_text(encoding="utf-8")
    (cell,) = (cell for cell in re.split(r"^# %%.*\n", chapter, flags=re.M) if f"def {name}(" in cell)
    return cell


IN_ANOTHER_WAY = {
    "caption_lengths": """
        def caption_lengths(captions):
            return (captions > 2).sum(axis=1)
        """,
    "rnn_step_forward": """
        def rnn_step_forward(x, prev_h, Wx, Wh, b):
            next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
            return next_h, (Wx, Wh, x, prev_h, next_h)
        """,
    "rnn_step_backward": """
        def rnn_step_backward(dnext_h, cache):
            Wx, Wh, x, prev_h, next_h = cache
            da = dnext_h * (1 - next_h**2)
            return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
        """,
    "rnn_forward": """
        def rnn_forward(x, h0, Wx, Wh, b):
            h, cache, state = np.zeros((len(x), x.shape[1], len(b)), x.dtype), [], h0
            for t in range(x.shape[1]):
                state, step_cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
                h[:, t] = state
                cache.append(step_cache)
            return h, cache
        """,
    "rnn_backward": """
        def rnn_backward(dh, cache):
            dprev_h, dWx, dWh, db, dx = 0, 0, 0, 0, []
            for t in reversed(range(dh.shape[1])):
                dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
                dx.append(dx_t)
                dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
            return np.stack(dx[::-1], axis=1), dprev_h, dWx, dWh, db
        """,
    "word_embedding_forward": """
        def word_embedding_forward(x, W):
            return W[x], (x, W)
        """,
    "word_embedding_backward": """
        def word_embedding_backward(dout, cache):
            x, W = cache
            dW = np.zeros_like(W)
            np.add.at(dW, x, dout)
            return dW
        """,
    "captioning_forward": """
        from cs231n.rnn_layers import affine_forward, temporal_affine_forward, temporal_softmax_loss

        def captioning_forward(model, features, captions):
            p = model.params
            words_in, words_out = captions[:, :-1], captions[:, 1:]
            mask = words_out != model._null
            h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
            vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
            h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
            scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
            loss, dscores = temporal_softmax_loss(scores, words_out, mask)
            return loss, (proj_cache, embed_cache, rnn_cache, vocab_cache, dscores)
        """,
    "captioning_loss": """
        from cs231n.rnn_layers import affine_backward, affine_forward
        from cs231n.rnn_layers import temporal_affine_backward, temporal_affine_forward, temporal_softmax_loss

        def captioning_loss(model, features, captions):
            p = model.params
            words_in, words_out = captions[:, :-1], captions[:, 1:]
            mask = words_out != model._null
            h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
            vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
            h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
            scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
            loss, dscores = temporal_softmax_loss(scores, words_out, mask)
            grads = {}
            dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
            dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dh, rnn_cache)
            grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
            _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
            return loss, grads
        """,
    "captioning_sample": """
        def captioning_sample(model, features, max_length=30):
            p = model.params
            captions = np.full((len(features), max_length), model._null, dtype=np.int32)
            h = features @ p["W_proj"] + p["b_proj"]
            words, ended = np.full(len(features), model._start), np.zeros(len(features), dtype=bool)
            for t in range(max_length):
                h, _ = rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
                words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
                captions[~ended, t] = words[~ended]
                ended |= words == model._end
            return captions
        """,
    "perplexity": """
        def perplexity(loss, captions):
            return np.exp(loss * len(captions) / (captions[:, 1:] != 0).sum())
        """,
    "soften": """
        def soften(scores, temperature):
            scaled = scores / temperature
            p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)
        """,
    "nucleus": """
        def nucleus(probabilities, top_p):
            order = np.argsort(-probabilities)
            ranked = probabilities[order]
            left = np.cumsum(ranked) - ranked < top_p
            kept = np.zeros_like(probabilities)
            kept[order[left]] = ranked[left]
            return kept / kept.sum()
        """,
    "fit_probe": """
        def fit_probe(states, targets, strength):
            mean_s, mean_t = states.mean(axis=0), targets.mean(axis=0)
            s, t = states - mean_s, targets - mean_t
            W = np.linalg.solve(s.T @ s + strength * np.eye(len(mean_s)), s.T @ t)
            return W, mean_t - mean_s @ W
        """,
    "lstm_step_forward": """
        def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
            i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
            i, f, o, g = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o)), np.tanh(g)
            next_c = f * prev_c + i * g
            return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
        """,
    "lstm_step_backward": """
        def lstm_step_backward(dnext_h, dnext_c, cache):
            x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
            tanh_c = np.tanh(next_c)
            dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
            di, df, do, dg = dc * g, dc * prev_c, dnext_h * tanh_c, dc * i
            da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
            return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
        """,
    "lstm_forward": """
        def lstm_forward(x, h0, Wx, Wh, b):
            h, cache, state, cell = [], [], h0, np.zeros_like(h0)
            for t in range(x.shape[1]):
                state, cell, step_cache = lstm_step_forward(x[:, t], state, cell, Wx, Wh, b)
                h.append(state)
                cache.append(step_cache)
            return np.stack(h, axis=1), cache
        """,
    "lstm_backward": """
        def lstm_backward(dh, cache):
            dstate, dcell, dWx, dWh, db, dx = 0, np.zeros_like(dh[:, 0]), 0, 0, 0, []
            for t in reversed(range(dh.shape[1])):
                step = lstm_step_backward(dh[:, t] + dstate, dcell, cache[t])
                dx_t, dstate, dcell, dWx_t, dWh_t, db_t = step
                dx.append(dx_t)
                dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
            return np.stack(dx[::-1], axis=1), dstate, dWx, dWh, db
        """,
    "bptt_by_hand": """
        def bptt_by_hand():
            h, g = [3, 5, 12], [7, 3, 1]
            shares = [7, 9, 5]
            return h, g, shares, sum(shares)
        """,
    "bptt_with_tanh": """
        def bptt_with_tanh():
            da = [6, 3, 1.8]
            return da, -9.57, 6.6, sum(da), 2 * da[0]
        """,
    "gradient_detective": """
        def gradient_detective():
            A, B, C = 4, 7, 3
            return A, B, C
        """,
    "clip_gradient": """
        def clip_gradient(gradient, limit):
            length = np.linalg.norm(gradient)
            return gradient * (limit / length) if length > limit else gradient
        """,
    "weight_gradients": """
        def weight_gradients(x, h0, h, da):
            (N, T, D), H = x.shape, h.shape[2]
            rows = da.reshape(N * T, H)
            prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
            return x.reshape(N * T, D).T @ rows, prev_h.reshape(N * T, H).T @ rows, rows.sum(axis=0)
        """,
    "counted_words_loss": """
        def counted_words_loss(h, y, mask, W, b):
            rows, words, k = h[mask], y[mask], np.arange(mask.sum())
            p = np.exp(rows @ W + b)
            p /= p.sum(axis=1, keepdims=True)
            loss = -np.log(p[k, words]).sum() / len(h)
            p[k, words] -= 1
            p /= len(h)
            dh = np.zeros_like(h)
            dh[mask] = p @ W.T
            return loss, dh, rows.T @ p, p.sum(axis=0)
        """,
    "attention_lstm_step_forward": """
        def attention_lstm_step_forward(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
            context, weights, look = attention_forward(prev_h, A)
            i, f, o, g = np.split(x @ Wx + prev_h @ Wh + context @ Wc + b, 4, axis=1)
            i, f, o = [1 / (1 + np.exp(-gate)) for gate in (i, f, o)]
            next_c = f * prev_c + i * np.tanh(g)
            return o * np.tanh(next_c), next_c, (look, i, f, o, g)
        """,
}

ANSWERS = {name: IN_ANOTHER_WAY.get(name) or from_chapter(name) for name in bank.ORDER}


def check_cell(name):
    forward = name.replace("backward", "forward")
    return f"{name} = check({name}{f', forward={forward}' if forward != name else ''})"
