"""The same model in PyTorch on the processor, in three ways to deal with padding."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence


class TorchCaptioner(nn.Module):
    """Same weights, same loss and same gradients as `CaptioningRNN`.

    padding: 'masked' computes every place and leaves padding out of the loss; 'gathered' leaves it out before
        the scores; 'packed' out of the recurrence too
    """

    def __init__(self, model, padding="masked"):
        super().__init__()
        p = {name: torch.tensor(value) for name, value in model.params.items()}
        (V, W), (D, H) = p["W_embed"].shape, p["W_proj"].shape
        self.padding, self.lstm = padding, model.cell_type == "lstm"
        self.embed, self.proj, self.vocab = nn.Embedding(V, W), nn.Linear(D, H), nn.Linear(H, V)
        self.cell = (nn.LSTM if self.lstm else nn.RNN)(W, H, batch_first=True)
        rows = torch.arange(len(p["b"]))
        if self.lstm:  # PyTorch's order of gates is i, f, g, o
            rows = torch.cat([rows[: 2 * H], rows[3 * H :], rows[2 * H : 3 * H]])
        with torch.no_grad():
            self.embed.weight.copy_(p["W_embed"])
            for layer, name in ((self.proj, "proj"), (self.vocab, "vocab")):
                layer.weight.copy_(p[f"W_{name}"].T)
                layer.bias.copy_(p[f"b_{name}"])
            self.cell.weight_ih_l0.copy_(p["Wx"].T[rows])
            self.cell.weight_hh_l0.copy_(p["Wh"].T[rows])
            self.cell.bias_ih_l0.copy_(p["b"][rows])
            self.cell.bias_hh_l0.zero_()
        self.adam = torch.optim.Adam(self.parameters(), lr=1e-3)

    def loss(self, features, captions):
        """Loss, with gradients left in the parameters."""
        features, captions = torch.from_numpy(features), torch.from_numpy(captions).long()
        words_in, words_out = captions[:, :-1], captions[:, 1:]
        counted = words_out != 0
        vectors, state = self.embed(words_in), self._state(self.proj(features))
        if self.padding == "packed":
            lengths = counted.sum(dim=1)
            vectors = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
            h = self.cell(vectors, state)[0].data
            right = pack_padded_sequence(words_out, lengths, batch_first=True, enforce_sorted=False).data
        elif self.padding == "gathered":
            h, right = self.cell(vectors, state)[0][counted], words_out[counted]
        else:
            h, right = self.cell(vectors, state)[0].flatten(0, 1), words_out.flatten()
        loss = cross_entropy(self.vocab(h), right, ignore_index=0, reduction="sum") / len(captions)
        self.adam.zero_grad()
        loss.backward()
        return loss.item()

    def train_step(self, features, captions):
        loss = self.loss(features, captions)
        self.adam.step()
        return loss

    @torch.inference_mode()
    def sample(self, features, max_length=30):
        """Greedy captions of all pictures at once, until every one has ended."""
        captions = torch.zeros(len(features), max_length, dtype=torch.long)
        words = torch.ones(len(features), dtype=torch.long)
        state, speaking = self._state(self.proj(torch.from_numpy(features))), words > 0
        for t in range(max_length):
            h, state = self.cell(self.embed(words[:, None]), state)
            words = self.vocab(h[:, 0]).argmax(dim=1)
            captions[:, t] = torch.where(speaking, words, 0)
            speaking &= words != 2
            if not speaking.any():
                break
        return captions.numpy()

    def _state(self, h0):
        return (h0[None], torch.zeros_like(h0)[None]) if self.lstm else h0[None]
