"""How fast the captioning transformer learns, beside the plain layers, PyTorch's decoder and the bound.

python -m benchmarks.transformer               two sizes, about a minute
python -m benchmarks.transformer --cpu-time    on a busy machine: CPU time
"""

import argparse
import importlib.util
import os
import time


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.transformer", description=__doc__.split("\n")[0]
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
    for title, sizes, cells, F, layers in settings():
        print(f"\nLoss and gradients, {layers} blocks with 4 heads, F {F}, {title}: {sizes}, {cells} cells")
        runs = contestants(sizes, cells, F, layers, has_torch)
        print(*table(interleaved(runs, options.rounds, clock), "the package"), sep="\n")


def settings():
    """Title, sizes (D numbers per cell, W per word), cells, F, blocks."""
    from benchmarks.sizes import COCO, SCENES

    yield "VGG's last pooling", COCO, 49, 2048, 2
    yield "the scenes, as in chapter 08", SCENES.but(N=100, D=74, W=64), 25, 128, 2


def contestants(sizes, cells, F, layers, has_torch):
    """All on the same weights and batch; they must agree on the loss."""
    import numpy as np

    from benchmarks.contests import check_agreement
    from benchmarks.sizes import draw_batch, vocabulary
    from cs231n.classifiers.transformer import CaptioningTransformer
    from cs231n.grid_utils import GridFeatures

    np.random.seed(0)
    model = CaptioningTransformer(vocabulary(sizes), sizes.D, sizes.W, num_layers=layers, dim_feedforward=F)
    picture, captions = draw_batch(sizes)
    grid = np.random.default_rng(1).standard_normal((sizes.N, cells, sizes.D), dtype=np.float32)
    features = GridFeatures(picture, grid)
    found = {
        "the plain layers, padding too": lambda: plain_loss(model, features, captions),
        "the package": lambda: model.loss(features, captions)[0],
    }
    if has_torch:
        for way in ("masked", "padding gathered out"):
            found[f"PyTorch, nn.TransformerDecoder, {way}"] = torch_loss(
                model, features, captions, way != "masked"
            )
    check_agreement([float(run()) for run in found.values()])
    return found | {"the bound: products alone": bound(model, features, captions)}


def plain_loss(model, features, captions):
    """The model out of the functions that a student reads."""
    from cs231n.rnn_layers import (
        temporal_affine_backward,
        temporal_affine_forward,
        temporal_softmax_loss,
        word_embedding_backward,
        word_embedding_forward,
    )
    from cs231n.transformer_layers import (
        causal_mask,
        decoder_layer_backward,
        decoder_layer_forward,
        layer_norm_backward,
        layer_norm_forward,
    )

    p, words_in, words_out = model.params, captions[:, :-1], captions[:, 1:]
    T = words_in.shape[1]
    memory, proj_cache = temporal_affine_forward(features.grid, p["W_proj"], p["b_proj"])
    x, words_cache = word_embedding_forward(words_in, p["W_embed"])
    x, caches, mask = x + model.positions[:T], [], causal_mask(T)
    for layer in model.layers:
        x, _, cache = decoder_layer_forward(x, memory, layer, model.num_heads, mask)
        caches.append(cache)
    x, norm_cache = layer_norm_forward(x, p["norm.gamma"], p["norm.beta"])
    scores, vocab_cache = temporal_affine_forward(x, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, words_out, words_out != 0)
    dx, _, _ = temporal_affine_backward(dscores, vocab_cache)
    dx, _, _ = layer_norm_backward(dx, norm_cache)
    dmemory = 0
    for cache in reversed(caches):
        dx, dseen, _ = decoder_layer_backward(dx, cache)
        dmemory = dmemory + dseen
    word_embedding_backward(dx, words_cache)
    temporal_affine_backward(dmemory, proj_cache)
    return loss


def torch_loss(model, features, captions, gathered):
    """A function that computes loss and gradients with nn.TransformerDecoder.

    gathered: True leaves padding out of the scores; the decoder itself computes it, as it has no other way
    """
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    p = {name: torch.tensor(w) for name, w in model.params.items()}
    (V, W), F = p["W_embed"].shape, len(p["layers.0.linear1.b"])
    layer = nn.TransformerDecoderLayer(W, model.num_heads, F, dropout=0.0, batch_first=True, norm_first=True)
    decoder = nn.TransformerDecoder(layer, model.num_layers, norm=nn.LayerNorm(W))
    embed, proj, vocab = nn.Embedding(V, W), nn.Linear(len(p["W_proj"]), W), nn.Linear(W, V)
    with torch.no_grad():
        embed.weight.copy_(p["W_embed"])
        for linear, name in ((proj, "proj"), (vocab, "vocab")):
            linear.weight.copy_(p[f"W_{name}"].T)
            linear.bias.copy_(p[f"b_{name}"])
        for i, block in enumerate(decoder.layers):
            for name in ("self_attn", "multihead_attn"):
                (k, q, v, last), b = p[f"layers.{i}.{name}.W"], p[f"layers.{i}.{name}.b"]
                attention = getattr(block, name)
                attention.in_proj_weight.copy_(torch.cat([q.T, k.T, v.T]))
                attention.in_proj_bias.copy_(torch.cat([b[1], b[0], b[2]]))
                attention.out_proj.weight.copy_(last.T)
                attention.out_proj.bias.copy_(b[3])
            for linear, name in ((block.linear1, "linear1"), (block.linear2, "linear2")):
                linear.weight.copy_(p[f"layers.{i}.{name}.W"].T)
                linear.bias.copy_(p[f"layers.{i}.{name}.b"])
    modules = (decoder, embed, proj, vocab)
    grid, words = torch.from_numpy(features.grid), torch.from_numpy(captions).long()
    words_in, words_out = words[:, :-1], words[:, 1:]
    T, counted = words_in.shape[1], words_out != 0
    mask = nn.Transformer.generate_square_subsequent_mask(T)
    positions = torch.from_numpy(model.positions[:T])

    def run():
        for module in modules:
            module.zero_grad()
        h = decoder(embed(words_in) + positions, proj(grid), tgt_mask=mask, tgt_is_causal=True)
        h, right = (h[counted], words_out[counted]) if gathered else (h.flatten(0, 1), words_out.flatten())
        loss = cross_entropy(vocab(h), right, ignore_index=0, reduction="sum") / len(words)
        loss.backward()
        return loss.item()

    return run


def bound(model, features, captions):
    """A function that does only what it must: the matrix products, brackets moved, of the words that are there.

    Looks at the words before are left out: with them the bound would be a little higher.
    """
    import numpy as np

    from cs231n.fast.packing import pack_captions

    p, (N, L, D) = model.params, features.grid.shape
    (W, V), F, heads = p["W_vocab"].shape, len(p["layers.0.linear1.b"]), model.num_heads
    K = sum(pack_captions(captions, 0).counts)
    # Affine layers: self-attention 4; query and projection of the look; its keys and values, brackets moved, 2.
    of_layer = [(K, W, W)] * 8 + [(K, W, F), (K, F, W)]
    forward = [*of_layer * model.num_layers, (K, W, V)]
    backward = [shape for rows, inner, out in forward for shape in ((rows, out, inner), (inner, rows, out))]
    products = [*forward, *backward, (N * L, D, W), (D, N * L, W)]  # the grid needs no gradient
    draw = np.random.default_rng(0).standard_normal
    work = []
    for rows, inner, columns in products:
        a, b = draw((rows, inner), dtype=np.float32), draw((inner, columns), dtype=np.float32)
        work.append((a, b, np.empty((rows, columns), dtype=np.float32)))
    words = K // N
    asked, cells = draw((N, words * heads, W), dtype=np.float32), draw((N, L, W), dtype=np.float32)
    scores, seen = np.empty((N, words * heads, L), np.float32), np.empty((N, L, W), np.float32)
    read = np.empty_like(asked)

    def run():
        for a, b, out in work:
            np.matmul(a, b, out=out)
        for _ in range(
            2 * model.num_layers
        ):  # forward and backward: scores, what is read; and the cells' gradient
            np.matmul(asked, cells.swapaxes(1, 2), out=scores)
            np.matmul(scores, cells, out=read)
            np.matmul(scores.swapaxes(1, 2), asked, out=seen)

    return run


if __name__ == "__main__":
    main()
