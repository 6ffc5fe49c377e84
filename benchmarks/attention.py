"""How fast the captioner with attention learns, beside the plain layers, PyTorch and the bound.

python -m benchmarks.attention               two sizes, about half a minute
python -m benchmarks.attention --cpu-time    on a busy machine: CPU time
"""

import argparse
import importlib.util
import os
import time


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.attention", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cpu-time", action="store_true", help="on a busy machine: CPU time")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is first imported
    from benchmarks.timing import interleaved, table

    has_torch = importlib.util.find_spec("torch") is not None
    if has_torch:
        import torch

        torch.set_num_threads(1)
    clock = time.process_time if options.cpu_time else time.perf_counter
    for title, sizes, cells, numbers in settings():
        print(f"\nLoss and gradients, attention, {title}: {sizes}, {cells} cells of {numbers}; one thread")
        runs = contestants(sizes, cells, numbers, has_torch)
        print(*table(interleaved(runs, options.rounds, clock), "the package"), sep="\n")


def settings():
    """Title, sizes, cells, numbers per cell."""
    from benchmarks.sizes import COCO, SCENES

    yield "VGG's last pooling", COCO, 49, 512
    yield "the scenes", SCENES.but(N=100, W=64, H=128), 25, 64


def contestants(sizes, cells, numbers, has_torch):
    """All on the same weights and batch; they must agree on the loss."""
    import numpy as np

    from benchmarks.contests import check_agreement
    from benchmarks.sizes import draw_batch, vocabulary
    from cs231n.classifiers.rnn import CaptioningRNN
    from cs231n.grid_utils import GridFeatures

    np.random.seed(0)
    words = vocabulary(sizes)
    model = CaptioningRNN(words, sizes.D, sizes.W, sizes.H, "attention", grid_dim=numbers)
    picture, captions = draw_batch(sizes)
    grid = np.random.default_rng(1).standard_normal((sizes.N, cells, numbers), dtype=np.float32)
    features = GridFeatures(picture, grid)
    found = {
        "the plain layers, step by step": lambda: plain_loss(model, features, captions),
        "the package": lambda: model.loss(features, captions)[0],
    }
    if has_torch:
        found["PyTorch, LSTMCell and scaled dot product"] = torch_loss(model, features, captions)
    check_agreement([float(run()) for run in found.values()])
    return found | {"the bound: products alone": bound(model, features, captions)}


def plain_loss(model, features, captions):
    """The model out of the functions that a student reads."""
    from cs231n.attention import attention_lstm_backward, attention_lstm_forward
    from cs231n.layers import affine_backward, affine_forward
    from cs231n.rnn_layers import (
        temporal_affine_backward,
        temporal_affine_forward,
        temporal_softmax_loss,
        word_embedding_backward,
        word_embedding_forward,
    )

    p = model.params
    h0, proj_cache = affine_forward(features.picture, p["W_proj"], p["b_proj"])
    A, grid_cache = temporal_affine_forward(features.grid, p["W_grid"], p["b_grid"])
    x, words_cache = word_embedding_forward(captions[:, :-1], p["W_embed"])
    h, _, cache = attention_lstm_forward(x, h0, A, p["Wx"], p["Wh"], p["Wc"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != 0)
    dh, _, _ = temporal_affine_backward(dscores, vocab_cache)
    dx, dh0, dA, *_ = attention_lstm_backward(dh, cache)
    word_embedding_backward(dx, words_cache)
    temporal_affine_backward(dA, grid_cache)
    affine_backward(dh0, proj_cache)
    return loss


def torch_loss(model, features, captions):
    """A function that computes loss and gradients in PyTorch; padding is left out of the scores."""
    import torch
    from torch.nn.functional import cross_entropy, scaled_dot_product_attention

    H = len(model.params["Wh"])
    p = {name: torch.tensor(w, requires_grad=True) for name, w in model.params.items()}
    picture, grid = torch.from_numpy(features.picture), torch.from_numpy(features.grid)
    words = torch.from_numpy(captions).long()
    counted = words[:, 1:] != 0

    def run():
        for w in p.values():
            w.grad = None
        A = grid @ p["W_grid"] + p["b_grid"]
        h, c, states = picture @ p["W_proj"] + p["b_proj"], torch.zeros(len(words), H), []
        x = p["W_embed"][words[:, :-1]] @ p["Wx"] + p["b"]
        for t in range(words.shape[1] - 1):
            context = scaled_dot_product_attention(h[:, None], A, A)[:, 0]
            a = x[:, t] + h @ p["Wh"] + context @ p["Wc"]
            i, f, o = torch.sigmoid(a[:, : 3 * H]).chunk(3, dim=1)
            c = f * c + i * torch.tanh(a[:, 3 * H :])
            h = o * torch.tanh(c)
            states.append(h)
        h = torch.stack(states, dim=1)[counted]
        scores = h @ p["W_vocab"] + p["b_vocab"]
        loss = cross_entropy(scores, words[:, 1:][counted], reduction="sum") / len(words)
        loss.backward()
        return loss.item()

    return run


def bound(model, features, captions):
    """A function that does only what it must: the LSTM's products, and reading the grid four times per word."""
    import numpy as np

    from benchmarks.bound import bound as products_alone
    from benchmarks.sizes import Sizes
    from cs231n.fast.packing import pack_captions

    (V, W), (D, H) = model.params["W_embed"].shape, model.params["W_proj"].shape
    lstm = products_alone(Sizes("", len(captions), D, W, H, V), captions, "lstm")
    counts, grid = pack_captions(captions, 0).counts, features.grid
    L, G = grid.shape[1:]
    over_cells, over_numbers = np.ones((len(grid), 1, L), np.float32), np.ones((len(grid), G, 1), np.float32)

    def run():
        lstm()
        for count in counts:
            for _ in range(2):  # forward and backward
                np.matmul(grid[:count], over_numbers[:count])
                np.matmul(over_cells[:count], grid[:count])

    return run


if __name__ == "__main__":
    main()
