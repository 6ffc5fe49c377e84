"""Make transformer.json with PyTorch in float64: `python tests/pytorch_values/transformer.py`.

Layers: PyTorch's own MultiheadAttention, LayerNorm and TransformerDecoderLayer, norm first and last, with
autograd's gradients. Assignment: a captioning model with the names and the order of its modules, out of
nn.Linear and nn.LayerNorm, without dropout.
"""

import json
from pathlib import Path

import torch
from torch import nn

N, T, L, D, F, HEADS = 2, 4, 3, 6, 5, 2


def listed(values):
    return {name: value.detach().tolist() for name, value in values.items()}


def gradients(module, inputs, out, dout):
    (out * dout).sum().backward()
    grads = {name: x.grad for name, x in inputs.items() if x.grad is not None}
    return listed(grads), listed({name: w.grad for name, w in module.named_parameters()})


def of_a_layer(module, shapes, call):
    """Weights, inputs, output and all gradients of a module with random weights."""
    with torch.no_grad():
        for w in module.parameters():
            w.copy_(torch.randn_like(w) / 2)
    inputs = {
        name: torch.randn(*shape, dtype=torch.float64, requires_grad=True) for name, shape in shapes.items()
    }
    out = call(module, inputs)
    dout = torch.randn_like(out)
    dinputs, dweights = gradients(module, inputs, out, dout)
    found = {"weights": listed(dict(module.named_parameters())), "inputs": listed(inputs)}
    return found | {"out": out.tolist(), "dout": dout.tolist(), "dinputs": dinputs, "dweights": dweights}


class Attention(nn.Module):
    """Heads as a loop over columns, unlike ours: what each head sees is written out."""

    def __init__(self, width):
        super().__init__()
        self.key, self.query, self.value, self.proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        q, k, v = self.query(query), self.key(key), self.value(value)
        d, out = q.shape[-1] // HEADS, []
        for h in range(HEADS):
            columns = slice(h * d, (h + 1) * d)
            scores = q[..., columns] @ k[..., columns].transpose(1, 2) / d**0.5
            if mask is not None:
                scores = scores.masked_fill(mask == 0, float("-inf"))
            out.append(scores.softmax(dim=-1) @ v[..., columns])
        return self.proj(torch.cat(out, dim=-1))


class Layer(nn.Module):
    """Norm last, as in the assignment."""

    def __init__(self, width, hidden):
        super().__init__()
        self.self_attn, self.multihead_attn = Attention(width), Attention(width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, memory, mask):
        x = self.norm1(x + self.self_attn(x, x, x, mask))
        x = self.norm2(x + self.multihead_attn(x, memory, memory))
        return self.norm3(x + self.linear2(self.linear1(x).relu()))


class Stack(nn.Module):
    def __init__(self, width, hidden, layers):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, hidden) for _ in range(layers))


class Captioner(nn.Module):
    def __init__(self, words, features, width, hidden, layers):
        super().__init__()
        self.visual_projection = nn.Linear(features, width)
        self.embedding = nn.Embedding(words, width)
        self.transformer = Stack(width, hidden, layers)
        self.output = nn.Linear(width, words)

    def forward(self, features, captions):
        length, width = captions.shape[1], self.embedding.embedding_dim
        places = torch.zeros(length, width)
        for t in range(length):
            for j in range(width):
                angle = torch.tensor(t * 10_000 ** (-(j - j % 2) / width))
                places[t, j] = angle.cos() if j % 2 else angle.sin()
        x, memory = self.embedding(captions) + places, self.visual_projection(features)[:, None]
        mask = torch.ones(length, length).tril()
        for layer in self.transformer.layers:
            x = layer(x, memory, mask)
        return self.output(x)


def main():
    torch.manual_seed(231)
    torch.set_default_dtype(torch.float64)
    forbidden = torch.ones(T, T).triu(1).bool()
    values = {"heads": HEADS}
    words, memory = {"x": (N, T, D)}, {"memory": (N, L, D)}
    values["self_attention"] = of_a_layer(
        nn.MultiheadAttention(D, HEADS, batch_first=True),
        words,
        lambda m, i: m(i["x"], i["x"], i["x"], attn_mask=forbidden)[0],
    )
    values["memory_attention"] = of_a_layer(
        nn.MultiheadAttention(D, HEADS, batch_first=True),
        words | memory,
        lambda m, i: m(i["x"], i["memory"], i["memory"])[0],
    )
    values["layer_norm"] = of_a_layer(nn.LayerNorm(D), words, lambda m, i: m(i["x"]))
    for name, first in (("norm_first", True), ("norm_last", False)):
        values[name] = of_a_layer(
            nn.TransformerDecoderLayer(D, HEADS, F, dropout=0.0, batch_first=True, norm_first=first),
            words | memory,
            lambda m, i: m(i["x"], i["memory"], tgt_mask=forbidden),
        )
    model = Captioner(words=7, features=3, width=D, hidden=F, layers=2)
    features, captions = torch.randn(N, 3), torch.randint(7, (N, T))
    values["assignment"] = {
        "weights": listed(model.state_dict()),
        "features": features.tolist(),
        "captions": captions.tolist(),
        "scores": model(features, captions).tolist(),
    }
    path = Path(__file__).with_suffix(".json")
    text = json.dumps(
        json.loads(json.dumps(values), parse_float=lambda number: float(f"{float(number):.13g}"))
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
