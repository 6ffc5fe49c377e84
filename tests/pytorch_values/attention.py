"""Make attention.json with PyTorch in float64: `python tests/pytorch_values/attention.py`.

PyTorch has no LSTM with attention; its LSTMCell is fed [x, context], and the context comes from its own
scaled_dot_product_attention. All gradients are autograd's.
"""

import json
from pathlib import Path

import torch
from torch.nn.functional import scaled_dot_product_attention

N, T, D, H, L = 2, 3, 3, 4, 5
SHAPES = {
    "x": (N, T, D),
    "h0": (N, H),
    "A": (N, L, H),
    "Wx": (D, 4 * H),
    "Wh": (H, 4 * H),
    "Wc": (H, 4 * H),
    "b": (4 * H,),
}


def torch_order(w):
    """Columns in the order i, f, o, g → PyTorch's rows in the order i, f, g, o."""
    i, f, o, g = w.split(H, dim=-1)
    return torch.cat([i, f, g, o], dim=-1).T if w.ndim > 1 else torch.cat([i, f, g, o])


def run(inputs, dh):
    x, h, A, Wx, Wh, Wc, b = inputs.values()
    c, states, contexts = torch.zeros_like(h), [], []
    cell = torch.nn.LSTMCell(D + H, H, dtype=torch.float64)
    parameters = {
        "weight_ih": torch_order(torch.cat([Wx, Wc])),
        "weight_hh": torch_order(Wh),
        "bias_ih": torch_order(b),
        "bias_hh": torch.zeros(4 * H, dtype=torch.float64),
    }
    for t in range(T):
        context = scaled_dot_product_attention(h[:, None], A, A)[:, 0]
        contexts.append(context)
        h, c = torch.func.functional_call(cell, parameters, (torch.cat([x[:, t], context], dim=1), (h, c)))
        states.append(h)
    h = torch.stack(states, dim=1)
    (h * dh).sum().backward()
    return {"h": h, "contexts": torch.stack(contexts, dim=1)}


def main():
    torch.manual_seed(231)
    inputs = {
        name: torch.randn(shape, dtype=torch.float64, requires_grad=True) for name, shape in SHAPES.items()
    }
    dh = torch.randn(N, T, H, dtype=torch.float64)
    out = run(inputs, dh)
    values = {"inputs": {k: v.tolist() for k, v in inputs.items()}, "dh": dh.tolist()}
    values |= {name: value.tolist() for name, value in out.items()}
    values["grads"] = {k: v.grad.tolist() for k, v in inputs.items()}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(values) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
