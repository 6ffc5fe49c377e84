"""The layers of a transformer, against central differences, PyTorch and what must hold of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from cs231n import transformer_layers as L
from cs231n.gradient_check import eval_numerical_gradient_array

SIZES = [(3, 4, 6, 2, 5), (1, 1, 1, 1, 1), (2, 5, 4, 4, 3), (2, 3, 9, 3, 1)]  # N, T, D, heads, cells
VALUES = json.loads((Path(__file__).parent / "pytorch_values/transformer.json").read_text(encoding="utf-8"))
sizes = pytest.mark.parametrize("size", SIZES)


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **tolerance})


def assert_gradients_are_numeric(forward, arguments, dout, grads):
    """forward: arguments → out, which dout weighs."""
    for place, grad in enumerate(grads):

        def out(value, place=place):
            return forward(*arguments[:place], value, *arguments[place + 1 :])

        numeric = eval_numerical_gradient_array(out, arguments[place].copy(), dout)
        close(grad, numeric, rtol=1e-6, atol=1e-8, err_msg=str(place))


def attention_arguments(N, T, D, cells, dtype=np.float64):
    shapes = [(N, T, D), (N, cells, D), (N, cells, D), (4, D, D), (4, D)]
    return [draw(*shape, seed=i, dtype=dtype) for i, shape in enumerate(shapes)]


def block_weights(D, F=3, memory=True, dtype=np.float64):
    parts = ["self_attn", "multihead_attn"] if memory else ["self_attn"]
    shapes = {f"{name}.W": (4, D, D) for name in parts} | {f"{name}.b": (4, D) for name in parts}
    shapes |= {"linear1.W": (D, F), "linear1.b": (F,), "linear2.W": (F, D), "linear2.b": (D,)}
    norms = (1, 2, 3) if memory else (1, 3)
    shapes |= {f"norm{k}.{part}": (D,) for k in norms for part in ("gamma", "beta")}
    return {name: draw(*shape, seed=k, dtype=dtype) for k, (name, shape) in enumerate(shapes.items())}


# Gradients against central differences


@sizes
def test_self_attention_gradients_equal_central_differences(size):
    N, T, D, _, H = size
    arguments = [draw(N, T, D), *(draw(D, H, seed=k) for k in range(3))]
    out, _, cache = L.self_attention_forward(*arguments)
    dout = draw(*out.shape, seed=9)
    grads = L.self_attention_backward(dout, cache)
    assert_gradients_are_numeric(lambda *a: L.self_attention_forward(*a)[0], arguments, dout, grads)


@pytest.mark.parametrize("masked", [False, True])
@sizes
def test_multi_head_gradients_equal_central_differences(size, masked):
    N, T, D, heads, cells = size
    arguments = attention_arguments(N, T, D, cells)
    mask = np.tril(np.ones((T, cells), bool)) if masked else None
    out, _, cache = L.multi_head_attention_forward(*arguments, heads, mask)
    dout = draw(*out.shape, seed=9)
    grads = L.multi_head_attention_backward(dout, cache)
    assert_gradients_are_numeric(
        lambda *a: L.multi_head_attention_forward(*a, heads, mask)[0], arguments, dout, grads
    )


@sizes
def test_layer_norm_gradients_equal_central_differences(size):
    N, T, D, *_ = size
    arguments = [3 * draw(N, T, D) + 1, draw(D, seed=1), draw(D, seed=2)]
    out, cache = L.layer_norm_forward(*arguments)
    dout = draw(*out.shape, seed=9)
    grads = L.layer_norm_backward(dout, cache)
    assert_gradients_are_numeric(lambda *a: L.layer_norm_forward(*a)[0], arguments, dout, grads)


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("with_memory", [True, False])
def test_block_gradients_equal_central_differences(with_memory, norm_first):
    x, memory, p = draw(2, 4, 6), draw(2, 3, 6) if with_memory else None, block_weights(6, memory=with_memory)
    settings = {"num_heads": 2, "mask": L.causal_mask(4), "norm_first": norm_first}
    out, _, cache = L.decoder_layer_forward(x, memory, p, **settings)
    dout = draw(*out.shape, seed=9)
    dx, dmemory, grads = L.decoder_layer_backward(dout, cache)
    assert grads.keys() == p.keys() and (dmemory is None) == (memory is None)

    def forward(*arguments):
        first, second = arguments[0], arguments[1] if with_memory else None
        weights = dict(zip(p, arguments[1 + with_memory :], strict=True))
        return L.decoder_layer_forward(first, second, weights, **settings)[0]

    inputs, dinputs = ([x, memory], [dx, dmemory]) if with_memory else ([x], [dx])
    ordered = [*dinputs, *(grads[name] for name in p)]
    assert_gradients_are_numeric(forward, [*inputs, *p.values()], dout, ordered)


# Against values that PyTorch made


def arrays(found):
    return {name: np.array(value) for name, value in found.items()}


def our_attention(weights, prefix=""):
    """PyTorch stacks query, key and value, each transposed; ours are key, query, value and projection."""
    q, k, v = np.split(np.array(weights[f"{prefix}in_proj_weight"]), 3)
    bq, bk, bv = np.split(np.array(weights[f"{prefix}in_proj_bias"]), 3)
    last = np.array(weights[f"{prefix}out_proj.weight"])
    return np.stack([k.T, q.T, v.T, last.T]), np.stack([bk, bq, bv, weights[f"{prefix}out_proj.bias"]])


def test_self_attention_is_pytorchs():
    found, T = VALUES["self_attention"], np.shape(VALUES["self_attention"]["out"])[1]
    x, (W, b) = np.array(found["inputs"]["x"]), our_attention(found["weights"])
    out, _, cache = L.multi_head_attention_forward(x, x, x, W, b, VALUES["heads"], L.causal_mask(T))
    close(out, found["out"])
    dq, dk, dv, dW, db = L.multi_head_attention_backward(np.array(found["dout"]), cache)
    close(dq + dk + dv, found["dinputs"]["x"])
    for ours, theirs in zip((dW, db), our_attention(found["dweights"]), strict=True):
        close(ours, theirs)


def test_attention_to_a_memory_is_pytorchs():
    found = VALUES["memory_attention"]
    x, memory = arrays(found["inputs"]).values()
    W, b = our_attention(found["weights"])
    out, _, cache = L.multi_head_attention_forward(x, memory, memory, W, b, VALUES["heads"])
    close(out, found["out"])
    dx, dk, dv, dW, db = L.multi_head_attention_backward(np.array(found["dout"]), cache)
    close(dx, found["dinputs"]["x"])
    close(dk + dv, found["dinputs"]["memory"])
    for ours, theirs in zip((dW, db), our_attention(found["dweights"]), strict=True):
        close(ours, theirs)


def test_layer_norm_is_pytorchs():
    found = VALUES["layer_norm"]
    out, cache = L.layer_norm_forward(np.array(found["inputs"]["x"]), *arrays(found["weights"]).values())
    close(out, found["out"])
    dx, dgamma, dbeta = L.layer_norm_backward(np.array(found["dout"]), cache)
    close(dx, found["dinputs"]["x"])
    close(dgamma, found["dweights"]["weight"])
    close(dbeta, found["dweights"]["bias"])


def our_block(weights):
    """The weights of nn.TransformerDecoderLayer under our names."""
    p = {}
    for name in ("self_attn", "multihead_attn"):
        p[f"{name}.W"], p[f"{name}.b"] = our_attention(weights, f"{name}.")
    for k in (1, 2):
        p[f"linear{k}.W"] = np.array(weights[f"linear{k}.weight"]).T
        p[f"linear{k}.b"] = weights[f"linear{k}.bias"]
    for k in (1, 2, 3):
        p[f"norm{k}.gamma"], p[f"norm{k}.beta"] = (weights[f"norm{k}.{part}"] for part in ("weight", "bias"))
    return arrays(p)


@pytest.mark.parametrize("name", ["norm_first", "norm_last"])
def test_the_block_is_pytorchs_decoder_layer(name):
    found = VALUES[name]
    x, memory = arrays(found["inputs"]).values()
    mask = L.causal_mask(x.shape[1])
    out, _, cache = L.decoder_layer_forward(
        x, memory, our_block(found["weights"]), VALUES["heads"], mask, name == "norm_first"
    )
    close(out, found["out"])
    dx, dmemory, grads = L.decoder_layer_backward(np.array(found["dout"]), cache)
    close(dx, found["dinputs"]["x"])
    close(dmemory, found["dinputs"]["memory"])
    for key, expected in our_block(found["dweights"]).items():
        close(grads[key], expected, err_msg=key)


def test_live_pytorch_gives_the_same_block():
    torch = pytest.importorskip("torch")
    layer = torch.nn.TransformerDecoderLayer(8, 2, 5, 0.0, batch_first=True, norm_first=True).double()
    x, memory = draw(2, 6, 8), draw(2, 3, 8)
    forbidden = torch.ones(6, 6).triu(1).bool()
    expected = layer(torch.tensor(x), torch.tensor(memory), tgt_mask=forbidden)
    p = our_block({name: w.detach().numpy() for name, w in layer.named_parameters()})
    close(L.decoder_layer_forward(x, memory, p, 2, L.causal_mask(6))[0], expected.detach().numpy())


# What must hold


def test_the_mask_is_a_triangle():
    np.testing.assert_array_equal(L.causal_mask(3), [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    np.testing.assert_array_equal(
        L.prefix_mask(2, 2), [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    )
    assert L.causal_mask(0).shape == (0, 0) and L.causal_mask(2).dtype == bool


def test_positions_are_the_papers_waves():
    out = L.positional_encoding(5, 6)
    close(out[0], [0, 1, 0, 1, 0, 1])
    close(out[3, :2], [np.sin(3), np.cos(3)])
    close(out[3, 4:], [np.sin(3 / 10_000 ** (4 / 6)), np.cos(3 / 10_000 ** (4 / 6))])
    assert len(np.unique(out.round(6), axis=0)) == 5
    assert L.positional_encoding(4, 5).shape == (4, 5)


def test_the_weights_of_every_head_add_up_to_one_and_keep_the_mask():
    arguments = attention_arguments(2, 5, 6, 5)
    _, weights, _ = L.multi_head_attention_forward(*arguments, 3, L.causal_mask(5))
    assert weights.shape == (2, 3, 5, 5)
    close(weights.sum(axis=-1), 1)
    assert (weights[..., ~L.causal_mask(5)] == 0).all() and (weights[..., L.causal_mask(5)] > 0).all()


def test_without_positions_the_order_of_the_words_before_does_not_matter():
    x = draw(1, 5, 4)
    out, *_ = L.self_attention_forward(x, *(draw(4, 4, seed=k) for k in range(3)))
    other, *_ = L.self_attention_forward(x[:, [2, 0, 3, 1, 4]], *(draw(4, 4, seed=k) for k in range(3)))
    close(out[:, -1], other[:, -1])


def test_one_head_is_self_attention():
    x, (Wk, Wq, Wv) = draw(2, 4, 3), draw(3, 3, 3)
    W, b = np.stack([Wk, Wq, Wv, np.eye(3)]), np.zeros((4, 3))
    out, weights, _ = L.multi_head_attention_forward(x, x, x, W, b, 1, L.causal_mask(4))
    expected, expected_weights, _ = L.self_attention_forward(x, Wq, Wk, Wv)
    close(out, expected)
    close(weights[:, 0], expected_weights)


def test_a_normed_vector_has_mean_0_and_variance_1():
    out, _ = L.layer_norm_forward(5 * draw(3, 4, 50) + 7, np.ones(50), np.zeros(50))
    close(out.mean(axis=-1), 0, atol=1e-9)
    close(out.var(axis=-1), 1, rtol=1e-4)


def test_very_large_scores_give_no_overflow():
    x = 1e3 * draw(1, 3, 4)
    with np.errstate(over="raise", invalid="raise"):
        out, *_ = L.self_attention_forward(x, np.eye(4), np.eye(4), np.eye(4))
    assert np.isfinite(out).all()


# What all keep


def test_float32_stays_float32():
    p = block_weights(6, dtype=np.float32)
    x, memory = draw(2, 4, 6, dtype=np.float32), draw(2, 3, 6, dtype=np.float32)
    out, looks, cache = L.decoder_layer_forward(x, memory, p, 2, L.causal_mask(4))
    dx, dmemory, grads = L.decoder_layer_backward(out, cache)
    out2, _, cache = L.self_attention_forward(x, *p["self_attn.W"][:3])
    every = [out, *looks, dx, dmemory, *grads.values(), out2, *L.self_attention_backward(out2, cache)]
    assert {a.dtype for a in every} == {np.dtype(np.float32)}


def test_nothing_writes_into_its_arguments():
    x, memory, p, dout = draw(2, 4, 6), draw(2, 3, 6), block_weights(6), draw(2, 4, 6, seed=9)
    for a in (x, memory, dout, *p.values()):
        a.flags.writeable = False
    for norm_first in (True, False):
        _, _, cache = L.decoder_layer_forward(x, memory, p, 2, L.causal_mask(4), norm_first)
        first, second = (L.decoder_layer_backward(dout, cache) for _ in range(2))
        close(first[0], second[0])
        for name in p:
            close(first[2][name], second[2][name])


@pytest.mark.parametrize(
    "change, message",
    [
        ({0: draw(2, 4, 5)}, "key has shape (2, 3, 6), expected (N, T, D) = (2, 3, 5)"),
        ({3: draw(3, 6, 6)}, "W has shape (3, 6, 6) and b (4, 6), expected (4, D, D) and (4, D)"),
        ({5: 4}, "4 heads cannot share D = 6 columns"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    arguments = [*attention_arguments(2, 4, 6, 3), 2]
    for place, value in change.items():
        arguments[place] = value
    with pytest.raises(ValueError) as error:
        L.multi_head_attention_forward(*arguments)
    assert message in str(error.value)
