"""The layers of a transformer: every word asks all words before it, all at the same time.

Attention is that of `attention.py` with matrices of its own for who asks (query), who answers (key) and what is
read (value), several times side by side (*heads*). Around it stand the layer norm and the residual path.
(Vaswani et al., 2017, "Attention is all you need"; layer norm: Ba, Kiros, Hinton, 2016)
"""

import numpy as np

from cs231n.attention import softmax, softmax_backward
from cs231n.shapes import check_shapes
from cs231n.temporal_layers import temporal_affine_backward, temporal_affine_forward


def causal_mask(T):
    """Which word may look at which: word t at the words 0 … t, and at none after it.

    returns: (T, T) booleans, a triangle: mask[t, s] is True where s ≤ t
    """
    return np.tril(np.ones((T, T), dtype=bool))


def prefix_mask(L, T):
    """The mask of a sentence that begins with the L cells of a picture: a cell may look at all cells, a word at
    all cells and at the words up to itself.

    returns: (L + T, L + T) booleans
    """
    mask = causal_mask(L + T)
    mask[:L, :L] = True
    return mask


def positional_encoding(T, D):
    """Numbers that say where a word stands: waves of D/2 different lengths, sine and cosine in turn.

    out[t, j] = sin(t / 10000^(j/D)) for even j, cos(t / 10000^((j−1)/D)) for odd j  (Vaswani et al., 2017)

    returns: (T, D)
    """
    columns = np.arange(D)
    angles = np.arange(T)[:, None] / 10_000 ** ((columns - columns % 2) / D)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


def dot_product_attention_forward(q, k, v, mask=None):
    """Scaled dot product: each query reads a mean of the values, weighted by how well the keys fit it.

    scores = q kᵀ / √d, −∞ where the mask forbids
    weights = softmax of the scores over the keys,  out = weights v

    q: (…, S, d); k, v: (…, T, d)
    mask: (S, T) booleans, True where query s may look at key t; each query has to have one at least
    returns: out (…, S, d), weights (…, S, T), cache (q, k, v, weights)
    """
    scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    if mask is not None:
        scores[..., ~mask] = -np.inf
    weights = softmax(scores)
    return weights @ v, weights, (q, k, v, weights)


def dot_product_attention_backward(dout, cache):
    """Backward of `dot_product_attention_forward`. A weight of 0 lets nothing through: the mask needs no care.

    dv = weightsᵀ dout,  dweights = dout vᵀ,  dscores = weights ⊙ (dweights − Σ weights ⊙ dweights)
    dq = dscores k / √d,  dk = dscoresᵀ q / √d

    dout: (…, S, d)
    cache: (q, k, v, weights) from `dot_product_attention_forward`
    returns: dq (…, S, d), dk (…, T, d), dv (…, T, d)
    """
    q, k, v, weights = cache
    dscores = softmax_backward(dout @ v.swapaxes(-1, -2), weights) / q.shape[-1] ** 0.5
    return dscores @ k, dscores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ dout


def self_attention_forward(x, Wq, Wk, Wv):
    """Masked self-attention with one head: each word asks itself and the words before it.

    q = x Wq, k = x Wk, v = x Wv, then the scaled dot product with the causal mask

    x: (N, T, D) the words' vectors; Wq, Wk, Wv: (D, H)
    returns: out (N, T, H), weights (N, T, T), cache (x, Wq, Wk, Wv, q, k, v, weights)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x, "N T D"), Wq=(Wq, "D H"), Wk=(Wk, "D H"), Wv=(Wv, "D H"))
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    out, weights, _ = dot_product_attention_forward(q, k, v, causal_mask(x.shape[1]))
    return out, weights, (x, Wq, Wk, Wv, q, k, v, weights)


def self_attention_backward(dout, cache):
    """Backward of `self_attention_forward`: a word is reached on three paths, as query, as key and as value.

    dx = dq Wqᵀ + dk Wkᵀ + dv Wvᵀ,  dWq = Σₙ xᵀ dq, and so for the other two

    dout: (N, T, H)
    cache: (x, Wq, Wk, Wv, q, k, v, weights) from `self_attention_forward`
    returns: dx (N, T, D), dWq, dWk, dWv (D, H)
    """
    x, Wq, Wk, Wv, *attention_cache = cache
    dq, dk, dv = dot_product_attention_backward(dout, attention_cache)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, *(np.einsum("ntd,nth->dh", x, d) for d in (dq, dk, dv))


def multi_head_attention_forward(query, key, value, W, b, num_heads, mask=None):
    """Attention with several heads: each has D / num_heads columns of its own, and asks in its own way.

    q = query Wq + bq, k = key Wk + bk, v = value Wv + bv, cut into heads of D / num_heads columns;
    per head the scaled dot product; the heads side by side again, times Wp + bp

    query: (N, S, D) who asks; key, value: (N, T, D) who is asked, and what is read there
    W: (4, D, D) and b: (4, D) of key, query, value and projection, in the order of the assignment
    num_heads: how many; D is a multiple of it
    mask: (S, T) booleans, True where query s may look at key t, or None
    returns: out (N, S, D), weights (N, num_heads, S, T), cache
    ValueError: when a shape does not fit
    """
    sizes = check_shapes(query=(query, "N S D"), key=(key, "N T D"), value=(value, "N T D"), b=(b, "P D"))
    if W.shape != (4, sizes["D"], sizes["D"]) or len(b) != 4:
        raise ValueError(f"W has shape {W.shape} and b {b.shape}, expected (4, D, D) and (4, D)")
    if sizes["D"] % num_heads:
        raise ValueError(f"{num_heads} heads cannot share D = {sizes['D']} columns: the rest is not 0")
    (Wk, Wq, Wv, Wp), (bk, bq, bv, bp) = W, b
    q, k, v = (split_heads(x, num_heads) for x in (query @ Wq + bq, key @ Wk + bk, value @ Wv + bv))
    out, weights, attention_cache = dot_product_attention_forward(q, k, v, mask)
    heads = merge_heads(out)
    return heads @ Wp + bp, weights, (query, key, value, W, heads, attention_cache)


def multi_head_attention_backward(dout, cache):
    """Backward of `multi_head_attention_forward`. For self-attention the gradients of its three inputs add up.

    dout: (N, S, D)
    cache: from `multi_head_attention_forward`
    returns: dquery (N, S, D), dkey, dvalue (N, T, D), dW (4, D, D), db (4, D)
    """
    query, key, value, W, heads, attention_cache = cache
    dheads, dWp, dbp = temporal_affine_backward(dout, (heads, W[3]))
    douts = dot_product_attention_backward(split_heads(dheads, len(attention_cache[0][0])), attention_cache)
    dq, dk, dv = (merge_heads(d) for d in douts)
    dkey, dWk, dbk = temporal_affine_backward(dk, (key, W[0]))
    dquery, dWq, dbq = temporal_affine_backward(dq, (query, W[1]))
    dvalue, dWv, dbv = temporal_affine_backward(dv, (value, W[2]))
    return dquery, dkey, dvalue, np.stack([dWk, dWq, dWv, dWp]), np.stack([dbk, dbq, dbv, dbp])


def split_heads(x, num_heads):
    """(N, T, D) → (N, num_heads, T, D / num_heads): each head gets columns that stand side by side."""
    N, T, D = x.shape
    return x.reshape(N, T, num_heads, D // num_heads).transpose(0, 2, 1, 3)


def merge_heads(x):
    """(N, num_heads, T, d) → (N, T, num_heads d): the way back."""
    N, heads, T, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(N, T, heads * d)


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    """Layer norm: each vector gets mean 0 and variance 1 over its own D numbers, then a scale and a shift.

    x̂ = (x − mean) / √(variance + eps),  out = gamma ⊙ x̂ + beta

    x: (…, D); gamma, beta: (D,)
    returns: out (…, D), cache (x̂, 1 / √(variance + eps), gamma)
    ValueError: when a shape does not fit
    """
    check_shapes(x=(x.reshape(-1, x.shape[-1]), "N D"), gamma=(gamma, "D"), beta=(beta, "D"))
    centred = x - x.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    x_hat = centred * inverse
    return gamma * x_hat + beta, (x_hat, inverse, gamma)


def layer_norm_backward(dout, cache):
    """Backward of `layer_norm_forward`: each number acts directly, through the mean, and through the variance.

    dx̂ = gamma ⊙ dout,  dx = (dx̂ − mean(dx̂) − x̂ ⊙ mean(x̂ ⊙ dx̂)) / √(variance + eps)

    dout: (…, D)
    cache: (x̂, 1 / √(variance + eps), gamma) from `layer_norm_forward`
    returns: dx (…, D), dgamma (D,), dbeta (D,)
    """
    x_hat, inverse, gamma = cache
    dx_hat = gamma * dout
    through_variance = x_hat * (x_hat * dx_hat).mean(axis=-1, keepdims=True)
    dx = inverse * (dx_hat - dx_hat.mean(axis=-1, keepdims=True) - through_variance)
    rows = tuple(range(dout.ndim - 1))
    return dx, (dout * x_hat).sum(axis=rows), dout.sum(axis=rows)


def feed_forward_forward(x, W1, b1, W2, b2):
    """Two affine layers with a ReLU between, the same at every word: out = max(0, x W1 + b1) W2 + b2.

    x: (N, T, D); W1: (D, F), b1: (F,), W2: (F, D), b2: (D,)
    returns: out (N, T, D), cache
    """
    a, first = temporal_affine_forward(x, W1, b1)
    out, second = temporal_affine_forward(np.maximum(a, 0), W2, b2)
    return out, (first, second)


def feed_forward_backward(dout, cache):
    """Backward of `feed_forward_forward`: where the ReLU gave 0, nothing comes through.

    dout: (N, T, D)
    returns: dx (N, T, D), dW1, db1, dW2, db2
    """
    first, second = cache
    da, dW2, db2 = temporal_affine_backward(dout, second)
    da *= second[0] > 0
    dx, dW1, db1 = temporal_affine_backward(da, first)
    return dx, dW1, db1, dW2, db2


def residual_forward(x, sublayer, gamma, beta, norm_first=True):
    """A part of the block, on its residual path: x + f(norm(x)); with norm_first=False norm(x + f(x)).

    sublayer: f, x → (out, cache)
    returns: out in the shape of x, cache
    """
    if norm_first:
        normed, norm_cache = layer_norm_forward(x, gamma, beta)
        out, cache = sublayer(normed)
        return x + out, (cache, norm_cache)
    out, cache = sublayer(x)
    out, norm_cache = layer_norm_forward(x + out, gamma, beta)
    return out, (cache, norm_cache)


def residual_backward(dout, sublayer_backward, cache, norm_first=True):
    """Backward of `residual_forward`: one path goes around the part, one through it.

    sublayer_backward: (dout, cache) → (dx, …)
    returns: dx, dgamma, dbeta, and what sublayer_backward gives after its dx
    """
    cache, norm_cache = cache
    if norm_first:
        dnormed, *grads = sublayer_backward(dout, cache)
        dx, dgamma, dbeta = layer_norm_backward(dnormed, norm_cache)
        return dout + dx, dgamma, dbeta, *grads
    dsum, dgamma, dbeta = layer_norm_backward(dout, norm_cache)
    dx, *grads = sublayer_backward(dsum, cache)
    return dsum + dx, dgamma, dbeta, *grads


def decoder_layer_forward(x, memory, p, num_heads, mask=None, norm_first=True):
    """The block: self-attention, attention to the memory, feed-forward, each on its residual path.

    x: (N, T, D) the words; memory: (N, L, D) what they look at, such as a picture's cells, or None
    p: dict of the weights: W and b of self_attn, multihead_attn (left out where memory is None), linear1 and
        linear2, gamma and beta of norm1, norm2, norm3, such as p["self_attn.W"]
    norm_first: True for x + f(norm(x)), False for norm(x + f(x)) as in the paper and in the assignment
    returns: out (N, T, D), [weights of self-attention (N, heads, T, T), to the memory (N, heads, T, L)], cache
    """
    looks = []

    def attend(name, mask, memory=None):
        def sublayer(x):
            asked = x if memory is None else memory
            out, weights, cache = multi_head_attention_forward(
                x, asked, asked, p[f"{name}.W"], p[f"{name}.b"], num_heads, mask
            )
            looks.append(weights)
            return out, cache

        return sublayer

    def feed_forward(x):
        return feed_forward_forward(x, *(p[f"linear{k}.{part}"] for k in (1, 2) for part in "Wb"))

    caches = []
    parts = [(1, attend("self_attn", mask)), (2, attend("multihead_attn", None, memory)), (3, feed_forward)]
    for number, part in parts:
        if number == 2 and memory is None:
            continue
        norm = p[f"norm{number}.gamma"], p[f"norm{number}.beta"]
        x, cache = residual_forward(x, part, *norm, norm_first)
        caches.append(cache)
    return x, looks, (caches, norm_first)


def decoder_layer_backward(dout, cache):
    """Backward of `decoder_layer_forward`.

    dout: (N, T, D)
    returns: dx (N, T, D), dmemory (N, L, D) or None, grads: a dict like p
    """
    (*caches, last), norm_first = cache
    grads = {}

    def self_backward(dout, cache):
        dquery, dkey, dvalue, *rest = multi_head_attention_backward(dout, cache)
        return dquery + dkey + dvalue, *rest

    def memory_backward(dout, cache):
        dquery, dkey, dvalue, *rest = multi_head_attention_backward(dout, cache)
        return dquery, *rest, dkey + dvalue

    dx, grads["norm3.gamma"], grads["norm3.beta"], *rest = residual_backward(
        dout, feed_forward_backward, last, norm_first
    )
    grads |= zip(("linear1.W", "linear1.b", "linear2.W", "linear2.b"), rest, strict=True)
    dmemory = None
    if len(caches) == 2:
        dx, grads["norm2.gamma"], grads["norm2.beta"], dW, db, dmemory = residual_backward(
            dx, memory_backward, caches.pop(), norm_first
        )
        grads["multihead_attn.W"], grads["multihead_attn.b"] = dW, db
    dx, grads["norm1.gamma"], grads["norm1.beta"], dW, db = residual_backward(
        dx, self_backward, caches.pop(), norm_first
    )
    grads["self_attn.W"], grads["self_attn.b"] = dW, db
    return dx, dmemory, grads
