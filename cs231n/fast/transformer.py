"""The transformer's block on packed rows: the numbers of `transformer_layers`, without padding.

Words ask the words of their own caption only, so here the rows stand caption after caption, and captions of equal
length make one *group*: a (captions, words, D) array without padding, for which the looks are one product a head.

A look at the picture would need keys and values of all L cells, which is most of the work. Brackets moved, they
are not needed (per head; memory (L, D) are the cells):

    scores   q (memory Wk + bk)ᵀ = (q Wkᵀ) memoryᵀ + (one number a query, which softmax does not see)
    read     weights (memory Wv + bv) = (weights memory) Wv + bv

So the words' few rows are multiplied with Wk and Wv, and not the many cells.
"""

from itertools import groupby
from typing import NamedTuple

import numpy as np

from cs231n.attention import softmax_backward
from cs231n.fast.products import affine_backward, affine_forward, product
from cs231n.fast.workspace import empty
from cs231n.transformer_layers import residual_backward, residual_forward


class Group(NamedTuple):
    """Captions of one length: their places, their rows, and how many rows each has."""

    captions: slice
    rows: slice
    length: int

    def of(self, rows):
        """The group's part of an array of rows: (K, …) → (captions, length, …)."""
        part = rows[self.rows]
        return part.reshape(-1, self.length, *part.shape[1:])

    def heads_of(self, rows, heads):
        """The group's part of rows (K, D), cut into heads: (captions, heads, length, D / heads)."""
        part = self.of(rows)
        return part.reshape(*part.shape[:2], heads, -1).swapaxes(1, 2)


def by_caption(counts, cells=0):
    """From rows step after step to rows caption after caption.

    counts: rows at each step, from `pack_captions`
    cells: rows that stand in front of the words of each caption
    returns: groups, the longest first; order (K,): where each word's row stood among the steps; steps (K,) of
        the words; words (K,): where each word's row stands now
    """
    counts = np.asarray(counts, dtype=int)
    N = counts[0] if len(counts) else 0
    lengths = (counts[:, None] > np.arange(N)).sum(axis=0)
    caption, step = np.nonzero(np.arange(len(counts)) < lengths[:, None])
    order = (np.cumsum(counts) - counts)[step] + caption
    groups, n, k = [], 0, 0
    for length, same in groupby(lengths.tolist()):
        size, length = len(list(same)), length + cells
        groups.append(Group(slice(n, n + size), slice(k, k + size * length), length))
        n, k = n + size, k + size * length
    return groups, order, step, np.arange(len(order)) + cells * (caption + 1)


def decoder_forward(x, memory, layers, heads, groups, mask, norm_first):
    """The blocks of a decoder one after another.

    x: (K, D) rows; memory: (N, L, D), or None
    layers: list of dicts of weights, as `decoder_layer_forward` takes them
    groups: from `by_caption`; mask: (T, T) booleans for the longest caption, or longer
    returns: out (K, D), caches
    """
    no_look = np.where(mask, 0, -np.inf).astype(x.dtype)
    caches = []
    for p in layers:
        parts = [lambda x, p=p: self_attention(x, p["self_attn.W"], p["self_attn.b"], heads, groups, no_look)]
        if memory is not None:
            W, b = p["multihead_attn.W"], p["multihead_attn.b"]
            parts.append(lambda x, W=W, b=b: memory_attention(x, memory, W, b, heads, groups))
        parts.append(
            lambda x, p=p: feed_forward(x, *(p[f"linear{k}.{part}"] for k in (1, 2) for part in "Wb"))
        )
        found = []
        for number, part in zip(norms(memory is not None), parts, strict=True):
            x, cache = residual_forward(x, part, p[f"{number}.gamma"], p[f"{number}.beta"], norm_first)
            found.append(cache)
        caches.append(found)
    return x, (caches, norm_first)


def decoder_backward(dout, cache):
    """Backward of `decoder_forward`.

    dout: (K, D)
    returns: dx (K, D), dmemory (N, L, D) or None, and a list of dicts of gradients, one a layer
    """
    caches, norm_first = cache
    dx, dmemory, grads = dout, None, []
    for found in reversed(caches):
        g, looks = {}, len(found) == 3
        backward = [self_attention_backward, *[memory_attention_backward] * looks, feed_forward_backward]
        names = [("self_attn.W", "self_attn.b"), ("linear1.W", "linear1.b", "linear2.W", "linear2.b")]
        if looks:
            names.insert(1, ("multihead_attn.W", "multihead_attn.b", "memory"))
        for number, part, cache, keys in reversed(
            list(zip(norms(looks), backward, found, names, strict=True))
        ):
            dx, g[f"{number}.gamma"], g[f"{number}.beta"], *rest = residual_backward(
                dx, part, cache, norm_first
            )
            g |= zip(keys, rest, strict=True)
        if looks:
            dmemory = g.pop("memory") if dmemory is None else dmemory + g.pop("memory")
        grads.append(g)
    return dx, dmemory, grads[::-1]


def norms(looks):
    """The names of a block's norms, in order: the second one belongs to the look at the memory."""
    return ("norm1", "norm2", "norm3") if looks else ("norm1", "norm3")


def softmax_in_place(scores):
    """`softmax` along the last axis, into the same memory."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def self_attention(x, W, b, heads, groups, no_look):
    """`multi_head_attention_forward` of each caption's rows with themselves.

    x: (K, D); W: (4, D, D), b: (4, D) of key, query, value and projection
    no_look: (T, T), 0 where a word may look, −∞ where not
    returns: out (K, D), cache
    """
    kqv = np.matmul(x, W[:3], out=empty((3, *x.shape), x.dtype))
    kqv += b[:3, None]
    scale = x.dtype.type((x.shape[1] // heads) ** -0.5)
    context, looks = empty(x.shape, x.dtype), []
    for group in groups:
        k, q, v, out = (group.heads_of(part, heads) for part in (*kqv, context))
        scores = q @ k.swapaxes(-1, -2)
        scores *= scale
        scores += no_look[: group.length, : group.length]
        looks.append(softmax_in_place(scores))
        np.matmul(looks[-1], v, out=out)
    out, _ = affine_forward(context, W[3], b[3])
    return out, (x, W, kqv, context, looks, groups)


def self_attention_backward(dout, cache):
    """Backward of `self_attention`.

    returns: dx (K, D), dW (4, D, D), db (4, D)
    """
    x, W, kqv, context, looks, groups = cache
    heads = looks[0].shape[1] if looks else 1
    scale = x.dtype.type((x.shape[1] // heads) ** -0.5)
    dcontext, dkqv = product(dout, W[3].T), empty(kqv.shape, kqv.dtype)
    for group, weights in zip(groups, looks, strict=True):
        k, q, v, dk, dq, dv = (group.heads_of(part, heads) for part in (*kqv, *dkqv))
        d = group.heads_of(dcontext, heads)
        np.matmul(weights.swapaxes(-1, -2), d, out=dv)
        dscores = softmax_backward(d @ v.swapaxes(-1, -2), weights)
        dscores *= scale
        np.matmul(dscores, k, out=dq)
        np.matmul(dscores.swapaxes(-1, -2), q, out=dk)
    dW, db = np.empty_like(W), np.empty_like(W[:, 0])
    np.matmul(x.T, dkqv, out=dW[:3])
    np.matmul(context.T, dout, out=dW[3])
    db[:3], db[3] = dkqv.sum(axis=1), dout.sum(axis=0)
    dx = product(dkqv[0], W[0].T)
    for d, w in zip(dkqv[1:], W[1:3], strict=True):
        dx += product(d, w.T)
    return dx, dW, db


def memory_attention(x, memory, W, b, heads, groups):
    """`multi_head_attention_forward` of each caption's rows with its memory, brackets moved.

    x: (K, D); memory: (N, L, D); W: (4, D, D), b: (4, D)
    returns: out (K, D), cache
    """
    (K, D), L = x.shape, memory.shape[1]
    Wk, Wq, Wv, Wp = W
    q, _ = affine_forward(x, Wq, b[1])
    q *= x.dtype.type((D // heads) ** -0.5)
    asked, read = empty((K, heads, D), x.dtype), empty((K, heads, D), x.dtype)
    looks, context = empty((K, heads, L), x.dtype), empty(x.shape, x.dtype)
    for h, columns in enumerate(head_columns(D, heads)):
        np.matmul(q[:, columns], Wk[:, columns].T, out=asked[:, h])
    for group in groups:
        cells, weights = memory[group.captions], of_memory(group, looks)
        np.matmul(of_memory(group, asked), cells.swapaxes(1, 2), out=weights)
        softmax_in_place(weights)
        np.matmul(weights, cells, out=of_memory(group, read))
    for h, columns in enumerate(head_columns(D, heads)):
        np.matmul(read[:, h], Wv[:, columns], out=context[:, columns])
    context += b[2]
    out, _ = affine_forward(context, Wp, b[3])
    return out, (x, memory, W, q, asked, read, looks, context, groups)


def memory_attention_backward(dout, cache):
    """Backward of `memory_attention`. The keys' bias changes no weight, so its gradient is 0.

    returns: dx (K, D), dW (4, D, D), db (4, D), dmemory (N, L, D)
    """
    x, memory, W, q, asked, read, looks, context, groups = cache
    (heads, D), (Wk, Wq, Wv, Wp) = asked.shape[1:], W
    dW, db, dmemory = np.empty_like(W), np.zeros_like(W[:, 0]), empty(memory.shape, memory.dtype)
    dcontext, dq = product(dout, Wp.T), empty(x.shape, x.dtype)
    dread, dasked = empty(read.shape, x.dtype), empty(asked.shape, x.dtype)
    for h, columns in enumerate(head_columns(D, heads)):
        np.matmul(dcontext[:, columns], Wv[:, columns].T, out=dread[:, h])
        dW[2][:, columns] = read[:, h].T @ dcontext[:, columns]
    for group in groups:
        cells, weights, d = memory[group.captions], of_memory(group, looks), of_memory(group, dread)
        dscores = softmax_backward(d @ cells.swapaxes(1, 2), weights)
        np.matmul(dscores, cells, out=of_memory(group, dasked))
        np.matmul(weights.swapaxes(1, 2), d, out=dmemory[group.captions])
        dmemory[group.captions] += dscores.swapaxes(1, 2) @ of_memory(group, asked)
    for h, columns in enumerate(head_columns(D, heads)):
        np.matmul(dasked[:, h], Wk[:, columns], out=dq[:, columns])
        dW[0][:, columns] = dasked[:, h].T @ q[:, columns]
    dq *= x.dtype.type((D // heads) ** -0.5)
    dx, dW[1], db[1] = affine_backward(dq, (x, Wq))
    dW[3], db[2], db[3] = context.T @ dout, dcontext.sum(axis=0), dout.sum(axis=0)
    return dx, dW, db, dmemory


def head_columns(D, heads):
    """The columns of each head: a list of slices."""
    d = D // heads
    return [slice(h * d, (h + 1) * d) for h in range(heads)]


def of_memory(group, rows):
    """The group's part of rows (K, heads, …), all heads of a caption's words below one another:
    (captions, length · heads, …)."""
    part = rows[group.rows]
    return part.reshape(-1, group.length * part.shape[1], part.shape[2])


def feed_forward(x, W1, b1, W2, b2):
    """`feed_forward_forward` on rows.

    returns: out (K, D), cache
    """
    hidden, first = affine_forward(x, W1, b1)
    np.maximum(hidden, 0, out=hidden)
    out, second = affine_forward(hidden, W2, b2)
    return out, (first, second)


def feed_forward_backward(dout, cache):
    """Backward of `feed_forward`.

    returns: dx (K, D), dW1, db1, dW2, db2
    """
    first, second = cache
    dhidden, dW2, db2 = affine_backward(dout, second)
    dhidden *= second[0] > 0
    dx, dW1, db1 = affine_backward(dhidden, first)
    return dx, dW1, db1, dW2, db2


def keys_and_values(memory, layers):
    """What a caption's words will ask in the memory of each layer.

    memory: (N, L, D)
    returns: (N, layers, 2, L, D), keys and values
    """
    W, b = (np.stack([p[f"multihead_attn.{part}"] for p in layers]) for part in "Wb")
    return memory[:, None, None] @ W[:, [0, 2]] + b[:, [0, 2], None]


def decoder_step(x, said, seen, layers, heads, norm_first):
    """One word more for each caption, with the *cache*: keys and values of the words said so far.

    x: (N, D) the new words
    said: (N, layers, 2, t, D) keys and values of the words before; seen: (N, layers, 2, L, D) those of the
        memory, to which the words go as to words before where the layers have no attention to the memory
    returns: out (N, D), and said with the new words, (N, layers, 2, t + 1, D), a new array
    """
    N, _, _, t, D = said.shape
    looks = "multihead_attn.W" in layers[0]
    longer = np.empty((*said.shape[:3], t + 1, D), said.dtype)
    longer[..., :t, :] = said
    scale = x.dtype.type((D // heads) ** -0.5)

    def look(q, keys_values):
        k, v = (
            part.reshape(*part.shape[:2], heads, D // heads).swapaxes(1, 2)
            for part in keys_values.swapaxes(0, 1)
        )
        scores = (q * scale).reshape(N, heads, 1, D // heads) @ k.swapaxes(-1, -2)
        return (softmax_in_place(scores) @ v).reshape(N, D)

    for i, p in enumerate(layers):

        def self_look(x, i=i, p=p):
            W, b = p["self_attn.W"], p["self_attn.b"]
            longer[:, i, 0, t], longer[:, i, 1, t] = x @ W[0] + b[0], x @ W[2] + b[2]
            in_sight = longer[:, i] if looks else np.concatenate([seen[:, i], longer[:, i]], axis=2)
            return look(x @ W[1] + b[1], in_sight) @ W[3] + b[3], None

        def memory_look(x, i=i, p=p):
            W, b = p["multihead_attn.W"], p["multihead_attn.b"]
            return look(x @ W[1] + b[1], seen[:, i]) @ W[3] + b[3], None

        def forward(x, p=p):
            return feed_forward(x, *(p[f"linear{k}.{part}"] for k in (1, 2) for part in "Wb"))

        parts = [self_look, memory_look, forward] if looks else [self_look, forward]
        for number, part in zip(norms(looks), parts, strict=True):
            x, _ = residual_forward(x, part, p[f"{number}.gamma"], p[f"{number}.beta"], norm_first)
    return x, longer
