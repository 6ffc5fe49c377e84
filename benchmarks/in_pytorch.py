"""The LSTM of the course in PyTorch: `python -m benchmarks.in_pytorch` stores its numbers for chapter 13.

The chapter shows `torch_lstm` as it stands here, and compares these numbers with its own.
"""

import json

import numpy as np
import torch

from cs231n.course.stored_results import RESULTS


def torch_lstm(x, h0, Wx, Wh, b):
    """The states of torch.nn.LSTM with our weights."""
    H = h0.shape[1]
    i, f, o, g = np.arange(4 * H).reshape(4, H)  # the columns of our four gates
    rows = np.concatenate([i, f, g, o])  # PyTorch's order
    lstm = torch.nn.LSTM(x.shape[2], H, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.tensor(Wx.T[rows]))  # PyTorch keeps the transpose
        lstm.weight_hh_l0.copy_(torch.tensor(Wh.T[rows]))
        lstm.bias_ih_l0.copy_(torch.tensor(b[rows]))
        lstm.bias_hh_l0.zero_()  # PyTorch has two biases, and adds them
    start = torch.tensor(h0)[None], torch.zeros(1, *h0.shape, dtype=torch.float64)  # h0, and c0 = 0
    h, _ = lstm(torch.tensor(x), start)
    return h, lstm


def inputs():
    """The arrays of the chapter: x, h0, Wx, Wh, b."""
    rng = np.random.default_rng(8)
    return [rng.standard_normal(shape) for shape in [(2, 4, 3), (2, 5), (3, 20), (5, 20), (20,)]]


def numbers():
    """States, and the gradient of their sum with respect to weight_hh_l0, as lists."""
    h, lstm = torch_lstm(*inputs())
    h.sum().backward()
    return {"h": h.tolist(), "weight_hh_l0.grad": lstm.weight_hh_l0.grad.tolist()}


if __name__ == "__main__":
    path = RESULTS / "in_pytorch.json"
    path.write_text(json.dumps(numbers()) + "\n", encoding="utf-8", newline="\n")
