# %% [markdown]
# # 2 · A whole sequence
#
# One step is not much. The power of a recurrent network comes from doing the *same* step again and again, each time
# with the state that the last step left behind.
#
# **In this chapter you will**
#
# 1. unroll the step over a sequence, forward,
# 2. carry gradients back through time,
# 3. see gradients vanish and explode, and understand why.
#
# You need: [chapter 1](01_rnn_step.ipynb). Time: about 60 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting import PALETTE, plot_lines, use_course_style
from cs231n.exercises import answers, check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array, rel_error

use_course_style()

# %% [markdown]
# This line brings the functions that you wrote in chapter 1. Where you have none yet, it takes the course's own.

# %% tags=["nbval-ignore-output"]
my = answers()
rnn_step_forward, rnn_step_backward = my.rnn_step_forward, my.rnn_step_backward

# %% [markdown]
# ## Forward: the same step, T times
#
# A sequence has one more axis. The input `x` is now (N, T, D): N samples, T time steps, D numbers at each step. So
# `x[:, t]` is the input of all samples at step t, with shape (N, D): just what one step wants.
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b) \qquad t = 1, \dots, T$$
#
# The state before the first step is given: $h_0$. In a captioning model it comes from the picture. The weights
# carry no index t. **All steps share the same weights.**
#
# ![The step unrolled over time: the same Wx, Wh and b at every step, each state passed on to the next.](figures/rnn_unrolled.svg)
#
# ## Your turn: the sequence forward
#
# Make room for all states, then loop over the steps. Two things to take care of:
#
# - `np.zeros((N, T, H))` makes float64 numbers, even when `x` is float32. That makes everything after it slow, and
#   nobody tells you. Write `dtype=x.dtype` as well.
# - Keep the cache of every step: the way back needs them all.


# %% tags=["todo"]
def rnn_forward(x, h0, Wx, Wh, b):
    """A vanilla RNN over a whole sequence.

    x: (N, T, D), h0: (N, H), the state before the first step
    Wx: (D, H), Wh: (H, H), b: (H,)
    returns: h (N, T, H), the states of all steps (without h0), and cache
    """
    ### BEGIN SOLUTION
    N, T, _ = x.shape
    h = np.zeros((N, T, h0.shape[1]), dtype=x.dtype)
    cache = []
    state = h0
    for t in range(T):
        state, step_cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        cache.append(step_cache)
    return h, cache
    ### END SOLUTION


# %%
rnn_forward = check(rnn_forward)

# %% [markdown]
# ## Play: watch a memory fade
#
# Here is a network with 24 units. It gets a push at step 0, and after that no input at all. How long does it
# remember the push? Each row is a unit, each column a time step. Change `sizes` and look again.

# %%
sizes = [0.5, 0.9, 2.0]

rng = np.random.default_rng(3)
H, T = 24, 40
no_input, Wx, b = np.zeros((1, T, 1)), np.zeros((1, H)), np.zeros(H)
push = rng.uniform(-1, 1, (1, H))
matrix = rng.standard_normal((H, H)) / np.sqrt(H)
fig, axes = plt.subplots(1, len(sizes), figsize=(11, 3.4), sharey=True)
for ax, size in zip(axes, sizes, strict=True):
    h, _ = rnn_forward(no_input, push, Wx, size * matrix, b)
    picture = ax.imshow(h[0].T, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    ax.set(title=f"Wh × {size}", xlabel="time step")
    ax.grid(False)
axes[0].set_ylabel("unit")
fig.colorbar(picture, ax=axes, label="h")
plt.show()

# %% [markdown]
# With small weights the memory is gone after a few steps. With large weights the network never becomes quiet: it
# goes on talking to itself, and the push is drowned. Only in between does a trace of the push stay for some time.
#
# ## Backward: through time
#
# Now walk from the last step to the first. At step t, the state $h_t$ was used **twice**: by its own output (the
# gradient `dh[:, t]` that you are given), and by the next step. Two uses, so two gradients, and they **add up**:
#
# $$\text{dnext}\_h = \underbrace{dh_t}_{\text{from its own output}} + \underbrace{dprev\_h_{t+1}}_{\text{from the next step}}$$
#
# The weights were used T times, once in every step. So their gradient is the **sum** over all steps:
#
# $$dW_x = \sum_{t=1}^{T} dW_x^{(t)}, \qquad dW_h = \sum_{t=1}^{T} dW_h^{(t)}, \qquad db = \sum_{t=1}^{T} db^{(t)}$$
#
# This way of working is called *backpropagation through time*.
#
# ## Your turn: the sequence backward


# %% tags=["todo"]
def rnn_backward(dh, cache):
    """Backward of rnn_forward.

    dh: (N, T, H), gradient that reaches each state from its own output (not from the step after it)
    cache: what your rnn_forward returned
    returns: dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,)
    """
    ### BEGIN SOLUTION
    T = dh.shape[1]
    dprev_h, dWx, dWh, db = 0, 0, 0, 0
    dx = []
    for t in reversed(range(T)):
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    dx = np.stack(dx[::-1], axis=1)
    return dx, dprev_h, dWx, dWh, db
    ### END SOLUTION


# %%
rnn_backward = check(rnn_backward, forward=rnn_forward)

# %% [markdown]
# ## Trust it

# %%
rng = np.random.default_rng(5)
N, T, D, H = 2, 5, 3, 4
names = ["x", "h0", "Wx", "Wh", "b"]
values = [rng.standard_normal(shape) for shape in [(N, T, D), (N, H), (D, H), (H, H), (H,)]]
dh = rng.standard_normal((N, T, H))

_, cache = rnn_forward(*values)
for name, value, gradient in zip(names, values, rnn_backward(dh, cache), strict=True):
    measured = eval_numerical_gradient_array(lambda _: rnn_forward(*values)[0], value, dh)
    agree = rel_error(gradient, measured) < 1e-6
    print(f"d{name:3s} {'✓ agrees with the measured gradient' if agree else '✗ differs'}")

# %% [markdown]
# ## See gradients vanish and explode
#
# Suppose the loss depends on the **last** state alone. How much of its gradient arrives at the states before? We send
# a gradient of length 1 into the last step and write down its length as it walks back, for several sizes of $W_h$.
#
# Before you run the cell: the axis is logarithmic (each line up is ten times more). What forms do you expect?

# %%
T, H, N = 50, 64, 16
rng = np.random.default_rng(7)
x = 0.1 * rng.standard_normal((N, T, H))
matrix = rng.standard_normal((H, H)) / np.sqrt(H)
curves = {}
for size in [0.5, 0.9, 1.1, 1.5]:
    Wx, Wh, b = np.eye(H), size * matrix, np.zeros(H)
    state, caches = np.zeros((N, H)), []
    for t in range(T):
        state, step_cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        caches.append(step_cache)
    gradient = rng.standard_normal((N, H))
    gradient /= np.linalg.norm(gradient)
    lengths = []
    for t in reversed(range(T)):
        lengths.append(np.linalg.norm(gradient))
        _, gradient, *_ = rnn_step_backward(gradient, caches[t])
    curves[f"Wh × {size}"] = lengths
plot_lines(curves, xlabel="steps back from the end", ylabel="length of the gradient", log=True)
plt.show()

# %% [markdown]
# Straight lines, on a logarithmic axis: **powers**. Each step back multiplies the gradient with $W_h^T$ and with
# $1 - h_t^2$. A factor of 0.5, fifty times, is $0.5^{50} \approx 10^{-15}$: nothing that happened at the start can
# be learned. A factor above 1, fifty times, is a huge number: one such step of training can ruin the weights.
#
# What people do about it:
#
# - *exploding*: cut the gradient down when it is longer than some limit (gradient clipping);
# - *vanishing*: build a cell that passes its memory on without multiplying it: the LSTM of
#   [chapter 6](06_lstm.ipynb).
#
# ## Question
#
# Why do the gradients of the shared weights **add up**? Why not take their mean, or the gradient of the last step?

# %% [markdown] tags=["answer"]
# **Answer.** Imagine that every step had weights of its own, $W_x^{(1)}, \dots, W_x^{(T)}$, which happen to be
# equal. Moving the one shared $W_x$ a little moves *all* of them together by the same amount. To first order, the
# change of the loss is the sum of the changes that each copy causes. So the gradient is the sum of the copies'
# gradients. A mean would be too small by the factor T, and the last step alone would forget the others.

# %% [markdown]
# ## What you have now
#
# A recurrent network that learns from sequences of any length. In [chapter 3](03_word_embedding.ipynb) the sequences
# become words.

# %% tags=["nbval-ignore-output"]
progress()
