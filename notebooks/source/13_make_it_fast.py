# %% [markdown]
# # 13 · Make it fast
#
# *An elective: no other chapter needs it.* Your model works. How fast is it, and how fast *could* it be? People say that
# NumPy is slow. In this chapter you find out where the time really goes, and what bounds it.
#
# The method is always the same: **measure** where the time goes, **predict** from a count what a change can bring,
# **change one thing**, **measure again**. Times differ from machine to machine, and from minute to minute. So this chapter
# does not know yours: the code prints them, and says what follows from them. All is measured with one thread, which other
# programs disturb least.
#
# **In this chapter you will**
#
# 1. count the multiplications of a training step, and compare with the clock,
# 2. make five moves, from the version that one writes first to the one in the package,
# 3. draw all of them beside the bound: the time of the multiplications alone,
# 4. if you like, see what a busy laptop does to threads, and read the same LSTM in PyTorch.
#
# You need: [chapter 2](02_rnn_sequence.ipynb) and [chapter 4](04_captioning_loss.ipynb). Time: about 95 minutes.
# What is *optional* and the tasks under *More to do* are extra.

# %%
import cProfile
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data, sample_coco_minibatch
from cs231n.course.busy_programs import busy_programs, usable_cores
from cs231n.course.plotting import describe, plot_bars, use_course_style
from cs231n.course.plotting.speed import plot_busy, plot_moves
from cs231n.course.stored_results import stored_results
from cs231n.exercises import agree, check, hint, progress
from cs231n.fast.packing import pack_captions
from cs231n.fast.threads import use_threads
from cs231n.rnn_layers import lstm_backward, lstm_forward

use_course_style()

# %% [markdown]
# We take the sizes of the COCO assignment: 128 captions per batch, words of 256 numbers, states of 512. The scenes have a
# small vocabulary, so we fill it up to COCO's 1,004 words. The work is then the same as with COCO.

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real captions (see chapter 0)
data = load_coco_data(base_dir=DATA)

vocabulary = dict(data["word_to_idx"])
for number in range(len(vocabulary), 1004):
    vocabulary[f"word{number}"] = number

np.random.seed(231)
captions, features, _ = sample_coco_minibatch(data, batch_size=128)
model = CaptioningRNN(vocabulary, wordvec_dim=256, hidden_dim=512, cell_type="rnn")

mask = captions[:, 1:] != 0
(N, T), (V, W), (D, H) = mask.shape, model.params["W_embed"].shape, model.params["W_proj"].shape
print(f"{N} captions × {T} steps = {N * T} places, and {mask.sum()} of them count: {mask.mean():.0%}")

# %% [markdown]
# ## The version that one writes first
#
# Here is the model of chapters 1 to 4 in one class: a forward loop over time, a backward loop over time, softmax at all
# places, and `np.add.at` for the words. Nothing is wrong with it. Read it once: everything that follows replaces one of
# its methods.


# %%
class FirstVersion:
    """Loss and gradients of a captioning model, a step after another."""

    dtype = np.float64  # what np.zeros((N, T, H)) gives when you say nothing

    def __init__(self, params):
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def loss(self, features, captions):
        p, grads = self.params, {}
        words_in, words_out = captions[:, :-1], captions[:, 1:]
        h0 = features @ p["W_proj"] + p["b_proj"]
        x = p["W_embed"][words_in]
        h = self.forward(x, h0)
        loss, dh, grads["W_vocab"], grads["b_vocab"] = self.words(h, words_out, words_out != 0)
        dx, dh0, grads["Wx"], grads["Wh"], grads["b"] = self.backward(dh, x, h0, h)
        grads["W_embed"] = self.embedding(dx, words_in)
        grads["W_proj"], grads["b_proj"] = features.T @ dh0, dh0.sum(axis=0)
        return loss, grads

    def forward(self, x, h0):
        Wx, Wh, b = (self.params[name] for name in ("Wx", "Wh", "b"))
        h, state = np.zeros((N, T, H), self.dtype), h0
        for t in range(T):
            h[:, t] = state = np.tanh(x[:, t] @ Wx + state @ Wh + b)
        return h

    def backward(self, dh, x, h0, h):
        Wx, Wh, b = (self.params[name] for name in ("Wx", "Wh", "b"))
        dx, dstate, dWx, dWh, db = (np.zeros_like(a) for a in (x, h0, Wx, Wh, b))
        for t in reversed(range(T)):
            da = (dh[:, t] + dstate) * (1 - h[:, t] ** 2)
            dx[:, t], dstate = da @ Wx.T, da @ Wh.T
            dWx += x[:, t].T @ da
            dWh += (h[:, t - 1] if t else h0).T @ da
            db += da.sum(axis=0)
        return dx, dstate, dWx, dWh, db

    def words(self, h, y, mask):
        W_vocab, rows, places = self.params["W_vocab"], h.reshape(N * T, H), np.arange(N * T)
        scores = rows @ W_vocab + self.params["b_vocab"]
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        loss = -np.sum(mask.ravel() * np.log(probs[places, y.ravel()])) / N
        probs[places, y.ravel()] -= 1
        dscores = probs * (mask.reshape(N * T, 1) / N).astype(self.dtype)
        return loss, (dscores @ W_vocab.T).reshape(N, T, H), rows.T @ dscores, dscores.sum(axis=0)

    def embedding(self, dx, words_in):
        dW_embed = np.zeros((V, W), self.dtype)
        np.add.at(dW_embed, words_in, dx)
        return dW_embed


# %% [markdown]
# ## Measure: where does the time go?
#
# **Predict.** Which of the four methods takes longest: `forward`, `words`, `backward` or `embedding`? Then ask a
# *profiler*. It measures how long each function runs.

# %%
first = FirstVersion(model.params)
profiler = cProfile.Profile()
with use_threads(1):
    profiler.enable()
    for _ in range(3):
        first.loss(features, captions)
    profiler.disable()

parts = ("forward", "words", "backward", "embedding")
entries = {e.code.co_name: e.totaltime / 3 * 1000 for e in profiler.getstats() if hasattr(e.code, "co_name")}
plot_bars({name: entries[name] for name in parts}, xlabel="milliseconds", form="{:.0f}")
plt.show()
print(f"longest here: {max(parts, key=entries.get)}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Was it `words`? By the count it should be. It has only three products, but they are the largest: every state with every
# word of the vocabulary, and then a softmax of all these scores. The next section counts them. Where another method took
# longer, your machine spends its time on something other than multiplying.
#
# </details>
#
# ## Count the multiplications
#
# A product of a (R, S) and a (S, U) matrix needs R · S · U multiplications. A layer has **three** products: one forward,
# one for the gradient of its input, one for the gradient of its weights. All three have the same count. So, for each row:
#
# | layer | multiplications per row, three products |
# |---|---|
# | `x @ Wx` | 3 · W · H |
# | `h @ Wh` | 3 · H · H |
# | `h @ W_vocab` | 3 · H · V |
#
# The picture's projection comes once a caption, with two products (the features need no gradient).
#
# And how many multiplications can this machine do in a second? Ask it, with one big product in each dtype.

# %%


def fastest(run, times=7):
    """Seconds of the fastest of some runs with one thread: other programs can only make a run slower."""
    seconds = []
    with use_threads(1):
        run()
        for _ in range(times):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
    return min(seconds)


def count(rows_x, rows_h, rows_vocab):
    """Multiplications of loss and gradients, when the three layers have so many rows."""
    return 3 * (rows_x * W * H + rows_h * H * H + rows_vocab * H * V) + 2 * N * D * H


speed = {}
for dtype in (np.float64, np.float32):
    a = np.ones((1000, 1000), dtype)
    speed[dtype] = 1000**3 / fastest(lambda: a @ a)
    print(f"{np.dtype(dtype).name}: {speed[dtype] / 1e9:.0f} billion multiplications a second")

# %% [markdown]
# So a count of multiplications gives a time that a version can hardly beat. For each version one helper prints the count,
# the time of its products at this speed, and the time it really takes. It checks that the loss has not changed.
#
# Before each move, write down **your prediction** in milliseconds. It will stand in the last figure.

# %%
results, predicted = {}, {}
right_loss, right_grads = model.loss(features, captions)


def report(name, version, multiplications, dtype=np.float32):
    """Measure a version and print it beside its products."""
    loss, grads = version.loss(features, captions)
    same = np.isclose(loss, right_loss, rtol=1e-4) and all(
        np.allclose(grads[k], right_grads[k], rtol=1e-2, atol=1e-4) for k in right_grads
    )
    products = multiplications / speed[dtype] * 1000
    took = fastest(lambda: version.loss(features, captions)) * 1000
    results[name] = (products, took)
    print(f"{name}: {multiplications / 1e9:.2f} billion multiplications")
    print(f"  products alone {products:.0f} ms, measured {took:.0f} ms")
    if len(results) > 1:
        before = list(results.values())[-2][1]
        print(f"  {before / took:.2f} times as fast as the version before it")
    if predicted.get(name):
        print(f"  you predicted {predicted[name]} ms")
    print(f"  loss and gradients: {'✓ unchanged' if same else '✗ changed'}")


# %%
places = N * T
report("as first written", first, count(places, places, places), np.float64)

# %% [markdown]
# ## Move 1: float32
#
# `np.zeros((N, T, H))` makes float64. One array of float64 is enough: everything that is computed from it becomes float64
# too. float64 is right for gradient checks. For training it is twice the bytes,
# and half the numbers in each instruction of the processor.
#
# **Predict.** The count stays, and you know both speeds. How many milliseconds will it take?

# %%
predicted["1: float32"] = None  # write your milliseconds in place of None


# %%
class Float32(FirstVersion):
    dtype = np.float32


# %%
report("1: float32", Float32(model.params), count(places, places, places))

# %% [markdown]
# ## Move 2: products of the input before the loop
#
# The loop must go step by step, because $h_t$ needs $h_{t-1}$. But $x_t W_x$ does not! All inputs are known before the
# first step. So T small products can become one large product, before the loop.
#
# ![Moving the input's product out of the time loop. Left: inside the loop, each of T steps multiplies its own x[:, t] (N, D) by Wx, T small products. Right: before the loop, all steps stand below each other as one array (N*T, D), and one large product with Wx gives every step's part at once; only state @ Wh, which needs the step before, stays in the loop.](figures/hoisting.svg)
#
# **Predict.** The count stays the same. What can be saved is only the difference between small products and a large one:
# 16 calls instead of 1, and a matrix that is read 16 times. How many milliseconds will it take?

# %%
predicted["2: inputs before the loop"] = None


# %%
class InputsFirst(Float32):
    def forward(self, x, h0):
        Wx, Wh, b = (self.params[name] for name in ("Wx", "Wh", "b"))
        a = (x.reshape(N * T, W) @ Wx + b).reshape(N, T, H)
        h, state = np.empty_like(a), h0
        for t in range(T):
            h[:, t] = state = np.tanh(a[:, t] + state @ Wh)
        return h


# %%
report("2: inputs before the loop", InputsFirst(model.params), count(places, places, places))

# %% [markdown]
# ## Move 3: gradients of the weights after the loop
#
# The same idea, backward. In the backward loop only `da` must go step by step. The gradients of the weights are sums over
# all steps:
#
# $$\frac{\partial L}{\partial W_x} = \sum_t x_t^T \, da_t \qquad
# \frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^T \, da_t \qquad
# \frac{\partial L}{\partial b} = \sum_{n,t} da_{n,t}$$
#
# A sum of products is one product of longer matrices. Write it without a loop.


# %% tags=["todo"]
def weight_gradients(x, h0, h, da):
    """Gradients of an RNN's weights, from all steps at once.

    x: (N, T, D), h0: (N, H) the state before the first step, h: (N, T, H) the state after each step
    da: (N, T, H), the gradient of the sum inside the tanh, at each step
    returns: dWx (D, H), dWh (H, H), db (H,)
    """
    ### BEGIN SOLUTION
    (N, T, D), H = x.shape, h.shape[2]
    rows = da.reshape(N * T, H)
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1).reshape(N * T, H)
    return x.reshape(N * T, D).T @ rows, prev_h.T @ rows, rows.sum(axis=0)
    ### END SOLUTION


# %%
weight_gradients = check(weight_gradients)


# %%
class WeightsAfter(InputsFirst):
    def backward(self, dh, x, h0, h):
        Wx, Wh = self.params["Wx"], self.params["Wh"]
        da, dstate = np.empty_like(dh), np.zeros_like(h0)
        for t in reversed(range(T)):
            da[:, t] = (dh[:, t] + dstate) * (1 - h[:, t] ** 2)
            dstate = da[:, t] @ Wh.T
        dx = (da.reshape(N * T, H) @ Wx.T).reshape(N, T, W)
        return dx, dstate, *weight_gradients(x, h0, h, da)


# %%
report("3: weights after the loop", WeightsAfter(model.params), count(places, places, places))

# %% [markdown]
# How much did moves 2 and 3 bring? Read it off: a number near 1 is nothing. An idea that must help can turn out to help
# little, since 128 rows may already keep the processor busy. That is why you measure before you keep an idea. With other
# batches it can be different (see *Stretch*).
#
# ## Move 4: scores only for words that count
#
# Until here every version did the same number of multiplications. Now we do **fewer**. Three places in ten are padding.
# They get scores, a softmax and gradients, and then the mask multiplies all of it by zero. The best way to make work fast
# is not to do it.
#
# **Predict.** The products with `W_vocab` shrink to the share of places that count. How many milliseconds will it take? A
# small TODO helps you: count the multiplications that are saved. It is one line, and its own cell says whether it is right.

# %% tags=["small-todo"]
padded = int((~mask).sum())  # places that do not count
# How many multiplications do these places cost in the three products with W_vocab (H, V)?
### BEGIN SOLUTION
saved = 3 * padded * H * V
### END SOLUTION
saved = agree(saved, count(places, places, places) - count(places, places, places - padded))
predicted["4: only words that count"] = None

# %% [markdown]
# In the check, the numbers at places that do not count are NaN in one of the inputs. An answer that computes with them, and
# then multiplies by the mask, has done the work that we want to save. And it gets NaN, since NaN · 0 is NaN.


# %% tags=["todo"]
def counted_words_loss(h, y, mask, W, b):
    """Softmax loss of the scores h W + b, with its gradients, computed only where mask is True.

    h: (N, T, H), y: (N, T) the right words, mask: (N, T) booleans, W: (H, V), b: (V,)
    returns: loss, summed over the places that count and divided by N, and dh (N, T, H), dW (H, V), db (V,)
    """
    ### BEGIN SOLUTION
    rows, words = h[mask], y[mask]  # one row for each word that counts
    scores = rows @ W + b
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    places = np.arange(len(words))
    loss = -np.log(probs[places, words]).sum() / len(h)
    probs[places, words] -= 1
    dscores = probs / len(h)
    dh = np.zeros_like(h)
    dh[mask] = dscores @ W.T
    return loss, dh, rows.T @ dscores, dscores.sum(axis=0)
    ### END SOLUTION


# %%
counted_words_loss = check(counted_words_loss)


# %%
class CountedWords(WeightsAfter):
    def words(self, h, y, mask):
        return counted_words_loss(h, y, mask, self.params["W_vocab"], self.params["b_vocab"])


# %%
counted = int(mask.sum())
report("4: only words that count", CountedWords(model.params), count(places, places, counted))

# %% [markdown]
# ## Move 5: no padding in the loop, and each word once
#
# Two ideas are left, and the package has both.
#
# **Sort the captions, the longest first.** Then the captions that still have a word at step t are the first rows of the
# batch. The loop takes fewer rows at each step. This is exact: nothing after a caption's last word changes the loss.

# %%
lengths = mask.sum(axis=1)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, order, title in (
    (axes[0], np.arange(N), "as sampled"),
    (axes[1], np.argsort(-lengths), "longest first"),
):
    ax.imshow(~mask[order], aspect="auto", cmap="Greys", vmin=0, vmax=2, interpolation="nearest")
    ax.set(title=title, xlabel="step (grey: padding)")
    ax.grid(False)
axes[0].set_ylabel("caption")
describe(
    fig, "One row per caption, grey where it is padding. Longest first, the grey has the shape of a staircase"
)
plt.show()


# %% [markdown]
# A small TODO: how many rows are left at each step? Caption n has `lengths[n]` words to say, at the steps 0, 1, …
# `lengths[n]` − 1.

# %% tags=["small-todo"]
order, counts, words_in, words_out = pack_captions(captions, null=0)
# The number of captions that have a word at step t, for t = 0 … T − 1, from the array lengths (N,):
### BEGIN SOLUTION
rows_left = [(lengths > t).sum() for t in range(T)]
### END SOLUTION
rows_left = agree(rows_left, np.pad(counts, (0, T - len(counts))))
print("rows at each step:", *rows_left)

# %% [markdown]
# **Each word once.** The word "a" has the same vector wherever it stands, so `W_embed[a] @ Wx` is the same, too. The
# package computes it once for each *different* word of the batch, and looks it up. Backward, it adds up the gradients of
# equal words first (sorted, so that equal words stand together), and multiplies then.
#
# **Predict.** Count again, with the rows that are left. How many milliseconds will it take? The small TODO gives you one of
# the three numbers.

# %% tags=["small-todo"]
# How many different numbers stand in the array words_in?
### BEGIN SOLUTION
different = len(np.unique(words_in))
### END SOLUTION
different = agree(different, len(set(words_in.tolist())))
print(f"{len(words_in)} words go in, {different} different ones")
predicted["5: the package"] = None

# %%
report("5: the package", model, count(different, counted, counted))

# %% [markdown]
# You can read it all: [`classifiers/rnn.py`](../cs231n/classifiers/rnn.py) has the loss,
# [`fast/packing.py`](../cs231n/fast/packing.py) the sorting, [`fast/states.py`](../cs231n/fast/states.py) the loop, and
# [`fast/words.py`](../cs231n/fast/words.py) has each word once. Speed has its price: these are more lines than the first
# version has, and harder ones. So the plain layers are still there, beside the fast ones, and tests hold the two together.
# There is no compiled code of ours in it.
#
# ## All moves beside the bound
#
# The **bound** is the time of the products that must be done, for the words that count, at the speed that you measured
# above. The last ratio is measured anew, in turns: one big product, the package, one big product, the package. So other
# programs disturb both alike.

# %%
a = np.ones((1000, 1000), np.float32)
needed = count(counted, counted, counted)
ratios = []
for _ in range(9):
    bound = fastest(lambda: a @ a, times=1) / 1000**3 * needed
    ratios.append(fastest(lambda: model.loss(features, captions), times=1) / bound)
ratio = np.median(ratios)

plot_moves(results, bound=needed / speed[np.float32] * 1000, predicted=predicted)
plt.show()

ours, start = results["5: the package"][1], results["as first written"][1]
print(f"{start / ours:.1f} times as fast as first written, {ratio:.2f} times the bound")

# %% [markdown]
# The dark marks show the time of each version's own products. Between a mark and the end of its bar lies what is
# *not* multiplication: moving numbers, exp and tanh, many small calls. (Does a mark lie beyond its bar, or is a bar longer
# than the bar above it? Then something else was computing. Run the `report` cells and the figure again.)
#
# The mark of the last bar lies left of the bound: the package multiplies each different word with `Wx` only once. So a
# ratio below 1 would be possible, and it would be no magic.

# %% [markdown] tags=["optional"]
# ## Optional: threads on a busy laptop

# %% [markdown]
# NumPy hands each matrix product to a library (OpenBLAS or a relative of it). The library cuts the product into as many
# parts as the machine has cores, and computes each part in a **thread** of its own. It is done when the *last* part is done.
#
# A step of a recurrent network has many small products, one after another. Now let another program hold one of the cores,
# a browser tab that plays an animation for example. The part that needs this core must wait for it, at every product. The
# more threads, the more waiting. One thread alone never waits for another.
#
# **Predict.** Steps per second with one thread and with all: which is faster when nothing else runs? And beside one busy
# program for each core?

# %%
many = max(usable_cores(), 2)


def steps_a_second(threads, seconds=0.6):
    """How many times loss and gradients are computed in a second, with so many threads."""
    with use_threads(threads):
        model.loss(features, captions)  # warm up
        steps, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            model.loss(features, captions)
            steps += 1
        return steps / (time.perf_counter() - start)


speeds = {"1 thread": [], f"{many} threads": []}
for others in range(3):
    with busy_programs(others * max(many // 2, 1)):
        for name in speeds:
            speeds[name].append(steps_a_second(int(name.split()[0])))
plot_busy(
    speeds, xlabel="other busy programs" if many <= 3 else f"other busy programs, in units of {many // 2}"
)
plt.show()
for others, pair in enumerate(zip(*speeds.values(), strict=True)):
    print(
        f"{others * max(many // 2, 1)} busy programs: {list(speeds)[pair[1] > pair[0]]} faster here, just now"
    )

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Which line is on top differs from machine to machine, and from minute to minute; what you read was so just now. If the
# line of all threads falls below the other when programs are added, your machine shows what many laptops show. If it lies
# below already at 0, something else may be computing on your machine right now.
#
# </details>
#
# So no fixed number is right for a training of this size. The solver does what you have just done: it times its own steps,
# with one thread, with half and with all, keeps the number that is fastest now, and tries the others again from time to
# time. That has a price. The number of threads decides in which order sums are added up, so two runs with the same seed are
# then equal within rounding only. `CaptioningSolver(…, threads=1)` fixes the number. The small trainings of the other
# chapters always take one thread: there a seed gives the same numbers to the last bit. The code is in
# [`fast/threads.py`](../cs231n/fast/threads.py).

# %% [markdown] tags=["optional"]
# ## Optional: the same LSTM in PyTorch

# %% [markdown]
# Other people's captioners are written in PyTorch or JAX. You can read them now. Here is our LSTM in PyTorch: nothing new
# in it but three habits. The gates stand in the order **i, f, g, o** (ours: i, f, o, g), the weights are stored transposed,
# and there are two biases, which are added.
#
# ```python
# import numpy as np
# import torch
#
#
# def torch_lstm(x, h0, Wx, Wh, b):
#     """The states of torch.nn.LSTM with our weights."""
#     H = h0.shape[1]
#     i, f, o, g = np.arange(4 * H).reshape(4, H)  # the columns of our four gates
#     rows = np.concatenate([i, f, g, o])  # PyTorch's order
#     lstm = torch.nn.LSTM(x.shape[2], H, batch_first=True, dtype=torch.float64)
#     with torch.no_grad():
#         lstm.weight_ih_l0.copy_(torch.tensor(Wx.T[rows]))  # PyTorch keeps the transpose
#         lstm.weight_hh_l0.copy_(torch.tensor(Wh.T[rows]))
#         lstm.bias_ih_l0.copy_(torch.tensor(b[rows]))
#         lstm.bias_hh_l0.zero_()  # PyTorch has two biases, and adds them
#     start = torch.tensor(h0)[None], torch.zeros(1, *h0.shape, dtype=torch.float64)  # h0, and c0 = 0
#     h, _ = lstm(torch.tensor(x), start)
#     return h, lstm
# ```
#
# You do not need PyTorch here. Somebody ran these lines, and the numbers are stored. Does *your* NumPy give the same, with
# the same weights? In the last small TODO you bring PyTorch's gates into *our* order, as you would to read weights that
# somebody trained with PyTorch. The check finds the order in another way: it looks for each of our columns among the rows
# of PyTorch's gradient.

# %% tags=["small-todo"]
rng = np.random.default_rng(8)
x, h0, Wx, Wh, b = (rng.standard_normal(shape) for shape in [(2, 4, 3), (2, 5), (3, 20), (5, 20), (20,)])
h, cache = lstm_forward(x, h0, Wx, Wh, b)
_, _, _, dWh, _ = lstm_backward(np.ones_like(h), cache)

theirs = {name: np.array(values) for name, values in stored_results("in_pytorch").items()}
i, f, g, o = np.arange(20).reshape(4, 5)  # the rows of PyTorch's four gates
# The same rows in our order, as one array of 20 numbers:
### BEGIN SOLUTION
rows = np.concatenate([i, f, o, g])
### END SOLUTION
found = [np.abs(theirs["weight_hh_l0.grad"] - column).sum(axis=1).argmin() for column in dWh.T]
rows = agree(rows, np.array(found))
print("the states are the same: ", "✓ yes" if np.allclose(h, theirs["h"]) else "✗ no")
same = np.allclose(dWh.T, theirs["weight_hh_l0.grad"][rows])
print("the gradients are, too:  ", "✓ yes" if same else "✗ no")

# %% [markdown]
# The other parts have names that you will find again:
#
# | here | in PyTorch | what differs |
# |---|---|---|
# | `word_embedding_forward` | `nn.Embedding` | |
# | `affine_forward`, `temporal_affine_forward` | `nn.Linear` | weights transposed; any number of axes |
# | `rnn_forward` | `nn.RNN` | two biases, which are added |
# | `temporal_softmax_loss` | `F.cross_entropy(…, ignore_index=0)` | averages over *words*; ours sums over a caption |
# | every `…_backward` | `loss.backward()` | nobody writes it; autograd applies the chain rule as you did |
# | `optim.adam` | `torch.optim.Adam` | |
# | `clip_norm` | `nn.utils.clip_grad_norm_` | |
# | packed rows | `pack_padded_sequence` | |

# %% [markdown]
# ## More to do
#
# ### Stretch · ★☆☆ · 10 minutes
#
# Change `batch_size` at the top from 128 to 8 and run everything again. Which move matters most now? Then `hidden_dim=64`:
# which part of the time is still multiplication?
#
# ### Stretch · ★★★ · 40 minutes
#
# Make the LSTM of chapter 6 fast in the same way: its four blocks of `x @ Wx` before the loop, its weight gradients after
# it. Compare with `lstm_forward` of chapter 6, first the numbers, then the time.
#
# ### Debugging · ★★☆ · 10 minutes
#
# Somebody measures like this, and finds that float32 brings nothing. What is wrong with the measurement?
#
# ```python
# h0 = np.zeros((128, 512))
# Wh = np.random.randn(512, 512).astype(np.float32)
# start = time.perf_counter()
# h = np.tanh(h0 @ Wh)
# print(time.perf_counter() - start)
# ```
#
# <details><summary>What is wrong</summary>
#
# `np.zeros` gives float64, so the product is computed in float64: print `h.dtype`. And one single run, the first, measures
# the warm-up, too. Take the fastest of some.
#
# </details>
#
# ## Questions
#
# 1. The package is close to the bound. Suppose that you still want to train twice as fast on the same processor. What
#    could you change, now that the arrangement of the work cannot give it any more?
# 2. Skipping the padding is exact: the loss does not change. Would it still be exact if the loss had a term on *all* states,
#    such as the mean of $h^2$?
# 3. Why does the time of a step not halve when the batch is halved?

# %% [markdown] tags=["answer"]
# **Answers.** (1) Only fewer or cheaper multiplications help. *Fewer*: a smaller H (the products with `Wh` go with H²), a
# smaller vocabulary, or scores for a few words only while training (*sampled softmax*); or fewer steps, with a better
# learning rate. *Cheaper*: numbers of 16 bits, where the processor has instructions for them. Or another processor: a GPU
# does the same products, only many more of them at once. All moves of this chapter are just as true there. (2) No: the states
# of padded places would count in that term, so they would have to be computed. (3) The loop has as many steps as before,
# and each step has its calls and reads the whole of `Wh`, however few rows there are.

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - The fast version is harder to read than the first one. When is a program fast enough?
# - A model that is twice as fast can be trained for twice as long, or on half the electricity. Who should choose?
# - Which habits of this chapter would you keep if you had a thousand processors?
#
# ## What you have now
#
# A way to think about speed: measure, count, change one thing, measure again. The benchmark of the course,
# `python -m benchmarks.speed`, compares the package with PyTorch in the same way.
#
# **Papers.** Appleyard, Kočiský and Blunsom, 2016, *Optimizing performance of recurrent neural networks on GPUs* (products
# of the inputs before the loop). Goto and van de Geijn, 2008, *Anatomy of high-performance matrix multiplication*.

# %%
progress()
