# %% [markdown]
# # 8 · No state at all: a transformer
#
# Until now a *state* carried the sentence from word to word. In [chapter 7](07_attention.ipynb) it began to ask the picture.
# Now **every word asks all words before it**, and the picture too. The state has nothing left to do. It goes, and with it the
# loop over time. This is the
# [**transformer**](../docs/glossary.md#transformer), the model behind the captioners and language models of today.
#
# **In this chapter you will**
#
# 1. write masked self-attention, forward and backward, and attention with several heads,
# 2. write layer norm, forward and backward,
# 3. train a captioning transformer and watch what each head looks at,
# 4. leave parts out, the mask and the positions, and measure what is lost,
# 5. see where a transformer wins, and where it does not.
#
# You need: [chapter 7](07_attention.ipynb). Time: about 100 minutes. The training takes about half a minute.
# What is *optional* and the tasks under *More to do* are extra.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.coco_utils import SCENES_DIR, decode_captions, load_coco_data
from cs231n.course.caption_scores import table
from cs231n.course.chapters.transformer_looks import PLACES, transformer_looks, word_shares
from cs231n.course.plotting import describe, plot_lines, use_course_style
from cs231n.course.plotting.transformer import plot_head_shares, plot_mask, plot_triangle
from cs231n.course.scenes import (
    caption_is_true,
    draw_scene,
    grid_features,
    is_held_out,
    load_facts,
    outlines,
)
from cs231n.course.stored_results import seeds_table, stored_results
from cs231n.course.text_units import plain_texts
from cs231n.course.where_it_looks import share_of_weight, spoken_of
from cs231n.decoding import greedy_captions
from cs231n.exercises import check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.grid_utils import GridFeatures, with_places
from cs231n.lstm_layers import lstm_backward, lstm_forward
from cs231n.transformer_layers import (
    decoder_layer_backward,
    decoder_layer_forward,
    feed_forward_backward,
    feed_forward_forward,
    positional_encoding,
    prefix_mask,
)

use_course_style()

# %% [markdown]
# ## Every word asks
#
# In chapter 7 the state asked, and each cell answered with the same vector that was then read. Now each word has **three**
# vectors, each made by a matrix of its own:
#
# - a [**query**](../docs/glossary.md#key) $q = x W_q$: what the word asks,
# - a **key** $k = x W_k$: what it answers when another word asks,
# - a **value** $v = x W_v$: what is read there.
#
# ![Masked self-attention for a caption that begins: start, a, red, house. Each word's vector x gives a query, a key and a value. The query of "red" asks the keys of start, a and red, but not that of house, which comes later. A square table holds a score for each pair of words; those of later words are minus infinity, so that a triangle is left. Softmax makes weights of each row. With them the values are summed: all rows at the same time.](figures/self_attention.svg)
#
# $$\text{scores} = \frac{q\, k^T}{\sqrt H} \qquad w = \text{softmax}(\text{scores}) \qquad \text{out} = w\, v$$
#
# These are the three lines of chapter 7, for all T words at once. `scores` is a table of T × T: row t is the word that
# asks, column s the word that is asked.
#
# ## The mask
#
# In training the whole caption is there. So the word "a" could ask "red", which it has to predict: it would read the answer. The [**mask**](../docs/glossary.md#causal-mask) forbids it: word t may ask the words 0 … t, itself included, and none after it.


# %% tags=["todo"]
def causal_mask(T):
    """Which word may look at which.

    returns: (T, T) booleans; mask[t, s] is True where word t may look at word s
    """
    ### BEGIN SOLUTION
    return np.tril(np.ones((T, T), dtype=bool))
    ### END SOLUTION


# %%
causal_mask = check(causal_mask)

# %%
plot_mask(causal_mask(6), ["<START>", "a", "red", "house", "at", "night"])
plt.show()

# %% [markdown]
# ## Your turn: self-attention
#
# Where the mask is False, the score becomes $-\infty$ **before** the softmax. Then its weight is $e^{-\infty} = 0$, and the
# weights of the other words still add up to 1.


# %% tags=["todo"]
def self_attention_forward(x, Wq, Wk, Wv):
    """Masked self-attention with one head.

    x: (N, T, D) the words' vectors; Wq, Wk, Wv: (D, H)
    returns: out (N, T, H), weights (N, T, T), and cache, a tuple of what your backward function needs
    """
    ### BEGIN SOLUTION
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.swapaxes(1, 2) / q.shape[2] ** 0.5
    scores = np.where(causal_mask(x.shape[1]), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))  # so that exp cannot overflow
    weights /= weights.sum(axis=2, keepdims=True)
    return weights @ v, weights, (x, Wq, Wk, Wv, q, k, v, weights)
    ### END SOLUTION


# %%
self_attention_forward = check(self_attention_forward)

# %% [markdown]
# **Predict.** The first row of the weights belongs to `<START>`, the first word. Which weights stand there? And if you change
# the *last* word, which rows of `out` change? Write your guess down, then run the cell.

# %%
rng = np.random.default_rng(8)
x = rng.standard_normal((1, 5, 4))
matrices = [rng.standard_normal((4, 3)) for _ in range(3)]
out, weights, _ = self_attention_forward(x, *matrices)
print("first row of the weights:", " ".join(f"{w:.0f}" for w in weights[0, 0]))

other = x.copy()
other[0, -1] = 9
changed = np.abs(self_attention_forward(other, *matrices)[0] - out).max(axis=2)[0] > 1e-9
print("rows that change with the last word:", np.flatnonzero(changed))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The first word may ask only itself: its weight is 1, all others are 0. And only the last row changes. No word knows what
# comes after it. This is why one pass can train all T predictions at once.
#
# </details>
#
# ## Backward: three paths into each word
#
# A cell in chapter 7 was reached on two paths. A word is reached on **three**: it asks, it answers, and it is read.
#
# | to | gradient | because |
# |---|---|---|
# | values | $dv = w^T d\text{out}$ | $\text{out} = w\,v$ |
# | weights | $dw = d\text{out}\; v^T$ | the other factor of the same product |
# | scores | $ds = w \odot (dw - \sum_{\text{row}} w \odot dw)$ | softmax, as in chapter 7 |
# | queries, keys | $dq = ds\; k / \sqrt H$, $\; dk = ds^T q / \sqrt H$ | $\text{scores} = q\,k^T / \sqrt H$ |
# | words | $dx = dq\,W_q^T + dk\,W_k^T + dv\,W_v^T$ | all three paths |
#
# The mask needs no line: where a weight is 0, $ds$ is 0 too. The matrices are shared by all words, so
# $dW_q = \sum_n x_n^T\, dq_n$, and so on.


# %% tags=["todo"]
def self_attention_backward(dout, cache):
    """Backward of self_attention_forward.

    dout: (N, T, H)
    cache: what your forward function kept
    returns: dx (N, T, D), dWq, dWk, dWv (D, H)
    """
    ### BEGIN SOLUTION
    x, Wq, Wk, Wv, q, k, v, weights = cache
    dv = weights.swapaxes(1, 2) @ dout
    dweights = dout @ v.swapaxes(1, 2)
    dscores = weights * (dweights - (weights * dweights).sum(axis=2, keepdims=True))
    dscores = dscores / q.shape[2] ** 0.5
    dq, dk = dscores @ k, dscores.swapaxes(1, 2) @ q
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dWq, dWk, dWv = (np.einsum("ntd,nth->dh", x, d) for d in (dq, dk, dv))
    return dx, dWq, dWk, dWv
    ### END SOLUTION


# %%
self_attention_backward = check(self_attention_backward, forward=self_attention_forward)

# %% [markdown]
# Trust it:

# %%
x, dout = rng.standard_normal((2, 4, 5)), rng.standard_normal((2, 4, 3))
arguments = [x, *(rng.standard_normal((5, 3)) for _ in range(3))]
_, _, cache = self_attention_forward(*arguments)
gradients = self_attention_backward(dout, cache)
for name, value, gradient in zip(["dx", "dWq", "dWk", "dWv"], arguments, gradients, strict=True):
    measured = eval_numerical_gradient_array(lambda _: self_attention_forward(*arguments)[0], value, dout)
    agree = np.allclose(gradient, measured, rtol=1e-5, atol=1e-7)
    print(f"{name:4s}{'✓ agrees with the measured gradient' if agree else '✗ differs'}")

# %% [markdown]
# ## Heads
#
# One softmax is one look. But a word wants to know several things: which colour was said? what was the word before? So
# the columns are cut into [**heads**](../docs/glossary.md#head). With D = 64 and 4 heads, each has d = 16 columns of q, k and v, and makes its own
# scores, divided by $\sqrt d$. At the end the heads stand side by side again, and a fourth matrix, the projection $W_p$,
# mixes them.
#
# The function takes query, key and value apart. For **self-attention** all three are the words. To look at the picture,
# the words are the query, and the cells are key and value: **cross-attention**.


# %% tags=["todo"]
def multi_head_attention_forward(query, key, value, W, b, num_heads, mask=None):
    """Attention with several heads.

    query: (N, S, D) who asks; key, value: (N, T, D) who is asked, and what is read
    W: (4, D, D), b: (4, D) of key, query, value and projection: (Wk, Wq, Wv, Wp), (bk, bq, bv, bp) = W, b
    num_heads: D is a multiple of it
    mask: (S, T) booleans, or None where all is allowed
    returns: out (N, S, D), weights (N, num_heads, S, T), and cache, a tuple of what a backward step would need
    """
    ### BEGIN SOLUTION
    (Wk, Wq, Wv, Wp), (bk, bq, bv, bp) = W, b
    N, S, D = query.shape
    q, k, v = query @ Wq + bq, key @ Wk + bk, value @ Wv + bv
    q, k, v = (x.reshape(N, -1, num_heads, D // num_heads).transpose(0, 2, 1, 3) for x in (q, k, v))
    scores = q @ k.swapaxes(2, 3) / (D // num_heads) ** 0.5
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=3, keepdims=True))
    weights /= weights.sum(axis=3, keepdims=True)
    together = (weights @ v).transpose(0, 2, 1, 3).reshape(N, S, D)
    return together @ Wp + bp, weights, (query, key, value, W, q, k, v, weights, together)
    ### END SOLUTION


# %%
multi_head_attention_forward = check(multi_head_attention_forward)

# %% [markdown]
# Stuck? Run `hint("multi_head_attention_forward")` in a new cell.
#
# ## Positions
#
# A sum does not know the order of its parts. To one look, "a red house" and "red a house" are the same. So each word gets its
# **position** added: waves of D/2 different lengths, each as sine and cosine, the *sinusoids* of the paper. Row t of this
# picture is added to word t, once, before the first block. No two rows are alike.

# %%
figure = plt.figure(figsize=(7, 2.6))
describe(
    figure, "Waves down the columns, one row per position: short on the left, longer and longer to the right"
)
plt.imshow(positional_encoding(18, 64), aspect="auto", cmap="RdBu_r")
plt.grid(False)
plt.xlabel("column of the vector")
plt.ylabel("position t")
plt.colorbar()
plt.show()

# %% [markdown]
# ## Depth: the residual path and layer norm
#
# A transformer has many layers, one on top of the other. Chapter 2 showed what happens to a gradient on a long way. Two
# ideas keep it alive:
#
# - the [**residual path**](../docs/glossary.md#residual-path): a layer does not replace x, it *adds* to it: $x + f(x)$. The gradient has a way around $f$.
# - [**layer norm**](../docs/glossary.md#layer-norm): each vector gets mean 0 and variance 1, over its own D numbers, before $f$ sees it:
#
# $$\hat x = \frac{x - \text{mean}}{\sqrt{\text{variance} + \epsilon}} \qquad \text{out} = \gamma \odot \hat x + \beta$$
#
# The scale $\gamma$ and the shift $\beta$, both (D,), are learned.


# %% tags=["todo"]
def layer_norm_forward(x, gamma, beta, eps=1e-5):
    """Layer norm over the last axis.

    x: (N, T, D); gamma, beta: (D,)
    returns: out (N, T, D), and cache, a tuple of what your backward function needs
    """
    ### BEGIN SOLUTION
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt(variance + eps)
    x_hat = (x - mean) * inverse
    return gamma * x_hat + beta, (x_hat, inverse, gamma)
    ### END SOLUTION


# %%
layer_norm_forward = check(layer_norm_forward)

# %% [markdown]
# Backward, three paths again: a number acts **directly**, through the **mean** of its vector, and through the **variance**.
# With $d\hat x = \gamma \odot d\text{out}$:
#
# $$dx = \frac{1}{\sqrt{\text{variance} + \epsilon}} \left( d\hat x - \text{mean}(d\hat x) - \hat x \odot \text{mean}(\hat x \odot d\hat x) \right)$$
#
# Both means run over the D numbers of a vector. $\gamma$ and $\beta$ are shared by all N · T vectors.


# %% tags=["todo"]
def layer_norm_backward(dout, cache):
    """Backward of layer_norm_forward.

    dout: (N, T, D)
    cache: what your forward function kept
    returns: dx (N, T, D), dgamma (D,), dbeta (D,)
    """
    ### BEGIN SOLUTION
    x_hat, inverse, gamma = cache
    dx_hat = gamma * dout
    through_mean = dx_hat.mean(axis=-1, keepdims=True)
    through_variance = x_hat * (x_hat * dx_hat).mean(axis=-1, keepdims=True)
    dx = inverse * (dx_hat - through_mean - through_variance)
    return dx, (dout * x_hat).sum(axis=(0, 1)), dout.sum(axis=(0, 1))
    ### END SOLUTION


# %%
layer_norm_backward = check(layer_norm_backward, forward=layer_norm_forward)

# %% [markdown]
# What do they buy? We stack 30 feed-forward layers with random weights (two affine layers and a ReLU between). Then we send
# a gradient from the top to the bottom and measure its length after each layer.
#
# **Predict.** Three stacks: $f(x)$, then $x + f(x)$, then $x + f(\text{norm}(x))$. In which does the gradient vanish, in
# which does it grow, in which does it stay?


# %%
def gradient_lengths(residual, norm, depth=30, D=64, F=128):
    """The length of the gradient below each layer of a random stack, from the top down; 1 at the top."""
    rng = np.random.default_rng(0)
    x, layers = rng.standard_normal((4, 5, D)), []
    for _ in range(depth):
        weights = (
            rng.standard_normal((D, F)) / D**0.5,
            np.zeros(F),
            rng.standard_normal((F, D)) / F**0.5,
            np.zeros(D),
        )
        inner, norm_cache = layer_norm_forward(x, np.ones(D), np.zeros(D)) if norm else (x, None)
        out, cache = feed_forward_forward(inner, *weights)
        x = x + out if residual else out
        layers.append((cache, norm_cache))
    dx = rng.standard_normal(x.shape)
    lengths = [np.linalg.norm(dx)]
    for cache, norm_cache in reversed(layers):
        through = feed_forward_backward(dx, cache)[0]
        through = layer_norm_backward(through, norm_cache)[0] if norm else through
        dx = dx + through if residual else through
        lengths.append(np.linalg.norm(dx))
    return np.array(lengths) / lengths[0]


walks = {
    "f(x)": gradient_lengths(residual=False, norm=False),
    "x + f(x)": gradient_lengths(residual=True, norm=False),
    "x + f(norm(x))": gradient_lengths(residual=True, norm=True),
}
plot_lines(walks, xlabel="layers below the top", ylabel="length of the gradient", log=True)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Without the residual path the gradient is less than a thousandth of its length at the bottom. With the path alone it grows,
# to more than a hundred times. With path and norm it stays within a factor of 10.
#
# </details>
#
# ## The block
#
# Now put together what you have:
#
# ![The block of a transformer that captions pictures. The words' vectors plus their positions go along a straight path, the residual path. Three parts hang on it: masked self-attention, attention to the picture's cells, and feed-forward. Each takes what is on the path, through a layer norm, and adds its result to the path. After the last block come one more norm and the scores of the next words.](figures/transformer_block.svg)
#
# The package writes this block in [`transformer_layers.py`](../cs231n/transformer_layers.py), its backward step beside it.
# (The paper, and the assignment of 2021 to 2024, put the norm *after* the sum: `norm_first=False`. Weights of a model
# from that assignment can be copied: `model.copy_weights(...)`.)
#
# ## Train
#
# The cells are those of chapter 7, with row and column added. The model is small: two blocks, D = 64, 4 heads. It has less
# than half of the weights of chapter 7's model.

# %%
data = load_coco_data(base_dir=SCENES_DIR)
for split in ("train", "val"):
    cells = with_places(grid_features(split), 5, 5)
    data[f"{split}_features"] = GridFeatures(data[f"{split}_features"], cells)


def small_model():
    return CaptioningTransformer(
        data["word_to_idx"],
        input_dim=74,
        wordvec_dim=64,
        num_heads=4,
        num_layers=2,
        dim_feedforward=128,
        max_length=20,
    )


def train(model, num_epochs):
    settings = {"optim_config": {"learning_rate": 4e-3}, "lr_decay": 0.7, "num_epochs": num_epochs}
    solver = CaptioningSolver(model, data, update_rule="adam", **settings)
    solver.train()
    return np.mean(solver.loss_history[-10:])


np.random.seed(231)
model = small_model()
losses = {"with the mask, six epochs": train(model, num_epochs=6)}

# %% [markdown]
# ## Is it true?

# %%
facts = load_facts("val")
held_out = np.array([is_held_out(scene) for scene in facts])


def share_true(model):
    """Captions of all new pictures, and which of them are true."""
    texts = plain_texts(greedy_captions(model, data["val_features"], 17), data["idx_to_word"])
    return texts, np.array([caption_is_true(text, scene) for text, scene in zip(texts, facts, strict=True)])


texts, true = share_true(model)
print(f"regular pictures: {true[~held_out].mean():.0%} true")
print(f"held-out pairs:   {true[held_out].mean():.0%} true")

# %% [markdown]
# ## Feel the mask
#
# What if we forget the mask? In the package it is an array of the model, so an experiment can change it. We train a second
# model, for one epoch only, with a mask of ones: in training, every word may look at every word.
#
# **Predict.** Will its training loss be higher or lower than that of the trained model? And what will it say about new
# pictures?

# %%
np.random.seed(231)
without_mask = small_model()
without_mask.mask = np.ones_like(without_mask.mask)
losses["without the mask, one epoch"] = train(without_mask, num_epochs=1)
for name, loss in losses.items():
    print(f"training loss {name:28s} {loss:.2f}")

# %%
_, true_without = share_true(without_mask)
said = decode_captions(without_mask.sample(data["val_features"][:3], 17), data["idx_to_word"])
print(f"without the mask: {true_without.mean():.0%} true. It says, for example:")
for text in said:
    print("  ", text)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Without the mask the loss falls to almost nothing: after one epoch it is less than a tenth of what six epochs with the mask
# reach. But the model has learned to *copy* the word after, which is there in training only. When it speaks, no word stands
# there yet, and almost nothing that it says is true. **A loss that is too good is a symptom.** Look for a leak.
#
# </details>
#
# ## The picture to remember
#
# A caption of the trained model as a **triangle of looks**: one panel a head of the second block. In each row: how much this
# head looked at each word so far, just before it said the word at the left; and the picture, bright where it looked. The
# orange line is our painted truth: what the word speaks of.

# %%
regular = np.flatnonzero(~held_out)
shown = regular[343]  # try others
captions = greedy_captions(model, data["val_features"], 17)
at_words, at_cells = transformer_looks(model, data["val_features"], captions)


def triangle(number, block=1):
    """The looks of one caption, a panel a head."""
    words = texts[number].split()
    painted = outlines(facts[number])
    truth = [painted.get(spoken_of(word)) for word in words]
    plot_triangle(
        draw_scene(facts[number], size=288),
        words,
        at_words[number, block],
        at_cells[number, block],
        truth,
    )
    plt.show()


triangle(shown)

# %% [markdown]
# ## What does each head look at?
#
# One caption is an anecdote. So we measure all 600 new captions. First the **words**: how much does each head look at the word
# it has just heard (*itself*), at the words before, at `<START>`?

# %%
names = [f"block {block + 1}, head {head + 1}" for block in range(2) for head in range(4)]
shares = np.concatenate([word_shares(at_words[:, block], captions) for block in range(2)])
plot_head_shares(shares, names, PLACES)
plt.show()

# %% [markdown]
# Then the **picture**: how much of a head's weight lies inside the outline of what the word speaks of? The first row is what
# equal weights would give.

# %%
N, T = captions.shape
every_head = at_cells.transpose(0, 3, 1, 2, 4).reshape(N, T, 8, 25)[:200]  # the first 200 are enough
found = share_of_weight(captions[:200], every_head, facts[:200], data["idx_to_word"])
inside = np.array([row["weight"] for row in found.values()]).T
equal = [[row["equal"] for row in found.values()]]
plot_head_shares(np.vstack([equal, inside]), ["equal weights", *names], list(found))
plt.show()

# %% [markdown]
# <details><summary>What to see there</summary>
#
# **Words.** In the first block, some head gives more than half of its weight to the word just heard. Some head gives more than a
# quarter to `<START>`: a place to look when nothing else is needed. No head looks at the word before alone.
#
# **Picture.** For each kind of word, the best head has more than one and a half times the weight there that equal weights would
# give; for things and companions more than twice. And the four kinds do not share one head: at least three different heads are
# best at one of them. Nobody told a head its task: with another seed, expect other heads.
#
# </details>
#
# ## Leave the positions out
#
# **Predict.** Without positions the model hears a *set* of words. Will it still speak in sentences? Will they be true?

# %% [markdown]
# The tables from here on were measured with three seeds each and stored (`python -m benchmarks.captioners` measures them
# again).
# Each entry is the median, with the lowest and the highest in brackets.


# %%
def right(fact):
    """Reads from one seed's entry: the share of true statements among all about this kind of fact."""
    return lambda one: one["regular"]["facts"][fact][0] / one["regular"]["facts"][fact][1]


parts = {
    "with all parts": "08_transformer",
    "without positions": "08_no_positions",
    "cells in front": "08_prefix",
}
columns = {
    "true": lambda one: one["regular"]["true"],
    "true, held-out": lambda one: one["held_out"]["true"],
    "no sentence": lambda one: one["regular"]["no_sentence"],
    "validation loss": (lambda one: one["validation_loss"], "{:.2f}"),
}
print(table(seeds_table(parts, columns)))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# It does speak in sentences: at most 3 of 100 captions are none. And they are true about as often: the ranges overlap. How can
# it know the order? **The mask tells it.** The first word can ask one word, the second two, and so on; two blocks make enough of
# that. (Haviv et al., 2022, found the same in large language models.) A part that everybody uses can turn out to be hardly needed.
#
# </details>

# %% [markdown] tags=["optional"]
# ## Optional: how fast is it?

# %% [markdown]
# An LSTM has to wait: step t needs the state of step t − 1. A transformer's block has no loop over time: it does all T words
# in the same few products. We time both, forward and backward.
#
# **Predict.** One sentence at a time, then 100 sentences together. Where does the transformer win?


# %%
def seconds(run, times=7):
    """The shortest of some runs."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return min(found)


def lstm_run(N, T, D=64):
    rng = np.random.default_rng(0)
    shapes = (N, T, D), (N, D), (D, 4 * D), (D, 4 * D), (4 * D,)
    arguments = [0.1 * rng.standard_normal(shape, dtype=np.float32) for shape in shapes]

    def run():
        h, cache = lstm_forward(*arguments)
        lstm_backward(h, cache)

    return run


def block_run(N, T, D=64):
    x = np.random.default_rng(0).standard_normal((N, T, D), dtype=np.float32)
    weights, mask = (
        CaptioningTransformer({"<NULL>": 0}, 4, D, 4, 1, 4, 128, prefix=True).layers[0],
        causal_mask(T),
    )

    def run():
        out, _, cache = decoder_layer_forward(x, None, weights, 4, mask)
        decoder_layer_backward(out, cache)

    return run


words = [8, 16, 32, 64]
times = {}
for N, name in ((1, "one sentence"), (100, "100 sentences")):
    for kind, make in (("LSTM", lstm_run), ("block", block_run)):
        times[f"{kind}, {name}"] = [1000 * seconds(make(N, T), times=7 if N == 1 else 3) for T in words]
plot_lines(times, x=words, xlabel="words T", ylabel="milliseconds a step", log=True)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# With **one sentence** the LSTM takes longer with every word; the block takes them together. At 64 words it is more than one and a
# half times as fast. With **100 sentences** this lead is gone: a processor now has enough to do in each step of the LSTM, and the
# block does more arithmetic, with a table of T × T for each head. On a graphics card, which computes thousands of numbers at once, waiting should count for more; we did not measure it.
#
# </details>
#
# ### Speaking: the cache
#
# To speak, a transformer has to go word by word. But keys and values of the words said so far do not change, so they are kept.
# This is the *cache* that language models speak of: `model.step` hands it on, as an LSTM hands on its state. Is it worth it?


# %%
def speak_without_cache(features, words=16):
    """Compute the whole sentence anew for each next word."""
    said = np.full((len(features), 1), model.start_word)
    for _ in range(words):
        scores, _ = model.scores(features, said)
        said = np.concatenate([said, scores[:, -1:].argmax(axis=2)], axis=1)
    return said[:, 1:]


def speak_with_cache(features, words=16):
    """Keep keys and values of the words said."""
    state, now, said = model.initial_state(features), np.full(len(features), model.start_word), []
    for _ in range(words):
        scores, state = model.step(now, state)
        now = scores.argmax(axis=1)
        said.append(now)
    return np.stack(said, axis=1)


some = data["val_features"][:50]
same = (speak_with_cache(some) == speak_without_cache(some)).mean() > 0.99
print(f"the same words: {'✓ yes' if same else '✗ no'}")
faster = seconds(lambda: speak_without_cache(some), 3) / seconds(lambda: speak_with_cache(some), 3)
print(f"with the cache {faster:.1f} times as fast, over 16 words")

# %% [markdown]
# The price is memory. An LSTM's state has the same size after 1,000 words as after one. The cache grows with each word.

# %% [markdown]
# ## Beside the others, with three seeds
#
# From top to bottom, the models were trained for 4, 8, 8, 12, 8, 6 and 6 epochs. *Seconds* are the CPU time of a training on
# one core. The row *wide* has about as many weights as the LSTM with attention.

# %%
beside = {
    "RNN": "06_rnn_wide",
    "LSTM": "07_lstm_open",
    "LSTM with attention": "07_attention",
    "the same, longest": "07_attention_12",
    "transformer, one block": "08_one_block",
    "transformer": "08_transformer",
    "transformer, wide": "08_transformer_wide",
}
columns = {
    "weights": (lambda one: one["weights"], "{:,}"),
    "true": lambda one: one["regular"]["true"],
    "true, held-out": lambda one: one["held_out"]["true"],
}
rows = seeds_table(beside, columns)
for title, name in beside.items():
    epochs = next(iter(stored_results(name).values()))["epochs"]
    rows[title]["seconds"] = f"{epochs * stored_results('seconds')[name]:.0f}"
print(table(rows))

kinds = {"side of the companion": right("companion_side"), "time": right("time"), "weather": right("weather")}
print("\nRight, when it says something about it:")
print(table(seeds_table(beside, kinds)))

# %% [markdown]
# Read it row by row.
#
# - **True**: the transformer with two blocks is level with the LSTM with attention after 12 epochs; the ranges overlap. It has
#   less than half of the weights, and its training takes less time. Even the model with one block is less than three captions in
#   100 behind that LSTM's 8 epochs.
# - **Where it does not win**: the side of the companion. There the LSTM with attention, trained longest, is right more often
#   than the two smaller transformers, with every seed. On the held-out pairs it is ahead of the transformer with two blocks,
#   with every seed.
#
# And when there is little to learn from? The same models, with the captions of **5 % of the pictures** (each is kept as it was
# when it was best on new pictures):

# %%
few = {
    "RNN": "08_few_rnn",
    "LSTM": "08_few_lstm",
    "LSTM with attention": "08_few_attention",
    "transformer": "08_few_transformer",
}
columns = {
    "true": lambda one: one["regular"]["true"],
    "true, held-out": lambda one: one["held_out"]["true"],
    "no sentence": lambda one: one["regular"]["no_sentence"],
}
print(table(seeds_table(few, columns)))

# %% [markdown]
# Now the order changes. The LSTM with attention says at least as many true captions as the transformer. And the transformer most
# often says what is *no sentence* at all, in more than 30 of 100 captions with every seed; the plain RNN and LSTM in fewer than
# 20. A guess: it has to learn from examples what a recurrent network brings with it, that words come one after another.
# **Small data is where recurrent networks hold out.**

# %% [markdown] tags=["optional"]
# ## Optional: the picture as the first words

# %% [markdown]
# Many of today's models that see and speak have no cross-attention. The cells stand **in front of the sentence**, as if they were
# its first words (a *prefix*), and self-attention does the rest. The layers are the same. Only the mask is new: a
# cell may look at all cells, a word at all cells and at the words up to itself.

# %%
signs = ["cell", "cell", "cell", "<START>", "a", "red"]
plot_mask(prefix_mask(3, 3), signs)
plt.show()

# %% [markdown]
# In the package it is `CaptioningTransformer(..., prefix=True)`. Is it as true? Look at the row *cells in front* of the first table
# again. It was trained like the first row, and has fewer weights. **Here it is not**: with every seed fewer captions are true.
# Large models, which have far more to learn from, do well with it.

# %% [markdown]
# ## More to do
#
# ### Play · ★☆☆ · 5 minutes
#
# Change `shown` in the triangle, and `block=0` for the first block: `triangle(shown, block=0)`. Then look at a false caption:
# `np.flatnonzero(~true)` lists them. Where did it look when it said the wrong word?
#
# ### Debugging · ★★☆ · 10 minutes
#
# This self-attention was written in a hurry. It runs, the shapes are right, and a model trains with it. What is wrong? Find it
# with one line of code.


# %% tags=["gives-away"]
def attention_in_a_hurry(x, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2])
    weights = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    return (weights * causal_mask(x.shape[1])) @ v


# %% [markdown]
# <details><summary>A hint</summary>
#
# Change the last word of `x` a little. Which rows of the output may change? Which do?
#
# </details>
#
# <details><summary>What is wrong</summary>
#
# The mask comes after the softmax. The later words get no weight in the sum, but they stand in the denominator: they take a
# share away from the words before. So a later word still changes earlier rows, and a little of the answer leaks.
#
# </details>
#
# ### Stretch · ★★★ · 40 minutes
#
# Write `multi_head_attention_backward` and check it with `eval_numerical_gradient_array`. Ours is in
# [`transformer_layers.py`](../cs231n/transformer_layers.py).
#
# <details><summary>A hint</summary>
#
# Go back step by step: through the projection; cut dout into heads; then your `self_attention_backward` shows the middle; put
# dq, dk and dv together again; through the three matrices.
#
# </details>
#
# ## Question
#
# A transformer has no state. Where is what an LSTM keeps in its state? And why can a transformer forget nothing, while an LSTM
# can?

# %% [markdown] tags=["answer"]
# **Answer.** In the keys and values of all words so far. They are kept while it speaks (the *cache*). Nothing has to pass
# through a vector of fixed size, so nothing is overwritten; each later word can look at every earlier one directly, in one
# step. The price is that the cache grows with each word, and that word t does t looks: T words cost about T² / 2 of them.

# %% [markdown]
# ## What you have now
#
# The model of today, written by hand: masked self-attention with its backward step, heads, layer norm, the residual path. You took parts away and measured what they buy. In [chapter 9](09_you_get_what_you_reward.ipynb) the judge
# itself becomes the teacher.
#
# Papers: Vaswani et al. (2017), "Attention is all you need"; Ba, Kiros, Hinton (2016), "Layer normalization"; He et al. (2016),
# "Deep residual learning"; Xiong et al. (2020), "On layer normalization in the transformer architecture".

# %%
progress()
