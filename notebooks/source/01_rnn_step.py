# %% [markdown]
# # 1 · One step of a recurrent network
#
# A recurrent network (RNN) reads a sequence one piece at a time. It keeps a *hidden state*: a row of numbers that
# holds what the network remembers so far. In every step it mixes the new input into that state.
#
# **In this chapter you will**
#
# 1. write one step forward,
# 2. write one step backward (its gradients),
# 3. learn to *trust* a gradient by measuring it.
#
# You need: matrix products and the chain rule. Time: about 45 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting import PALETTE, use_course_style
from cs231n.exercises import check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array, rel_error

use_course_style()

# %% [markdown]
# ## The formula
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$$
#
# | in the formula | in the code | shape | meaning |
# |---|---|---|---|
# | $x_t$ | `x` | (N, D) | the input of this step, one row for each of N samples |
# | $h_{t-1}$ | `prev_h` | (N, H) | the hidden state before this step |
# | $W_x$, $W_h$, $b$ | `Wx`, `Wh`, `b` | (D, H), (H, H), (H,) | the weights, the same for all samples |
# | $h_t$ | `next_h` | (N, H) | the hidden state after this step |
#
# The function tanh squeezes every number into the range from −1 to 1.
#
# ![One step of a vanilla RNN: x times Wx, prev_h times Wh and b are added, tanh gives next_h.](figures/rnn_step.svg)
#
# ## Your turn: one step forward
#
# Fill in the cell below. Delete the line with `raise`, and write your own.
#
# The **cache** is a tuple of everything that your backward step will need later. You choose what goes in.


# %% tags=["todo"]
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step of a vanilla RNN with tanh.

    x: (N, D), prev_h: (N, H)
    Wx: (D, H), Wh: (H, H), b: (H,)
    returns: next_h (N, H), and cache, a tuple of what your backward step needs
    """
    ### BEGIN SOLUTION
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache
    ### END SOLUTION


# %% [markdown]
# Now run the check. It tells you what is right, and if something is wrong, *where*.
#
# If your answer is missing or wrong, the check hands you the course's own function, so that the rest of the
# notebook still works. You can come back at any time.

# %%
rnn_step_forward = check(rnn_step_forward)

# %% [markdown]
# Stuck? Run `hint("rnn_step_forward")` in a new cell. Each time you run it, it says a little more.
#
# ## Play: how full is tanh?
#
# Let us look at 2,000 hidden states, for three sizes of the weights. Change the numbers in `sizes` and run the
# cell again.

# %%
sizes = [0.3, 1.0, 3.0]

rng = np.random.default_rng(0)
N, D, H = 100, 20, 20
x, prev_h = rng.standard_normal((N, D)), rng.uniform(-1, 1, (N, H))
fig, axes = plt.subplots(1, len(sizes), figsize=(10, 3), sharey=True)
for ax, size in zip(axes, sizes, strict=True):
    Wx = size * rng.standard_normal((D, H)) / np.sqrt(D)
    Wh = size * rng.standard_normal((H, H)) / np.sqrt(H)
    next_h, _ = rnn_step_forward(x, prev_h, Wx, Wh, np.zeros(H))
    ax.hist(next_h.ravel(), bins=30, range=(-1, 1), color=PALETTE["state"])
    ax.set(title=f"weights × {size}", xlabel="value in next_h")
axes[0].set_ylabel("how many")
plt.show()

# %% [markdown]
# With small weights the values stay near 0. With large weights most values are pressed against −1 or 1: we say
# the unit is *saturated*. Keep this picture in mind. It returns when we look at gradients.
#
# ## One step backward
#
# In training, a gradient arrives from above: `dnext_h`, how the loss changes with each number of `next_h`. The
# backward step carries it on, to every input of the step.
#
# ![The same graph with gradients running back from dnext_h to dx, dprev_h, dWx, dWh and db.](figures/rnn_step_backward.svg)
#
# Give the sum inside the tanh a name, $a = x W_x + h_{t-1} W_h + b$. Then there are two stages.
#
# **Through the tanh.** The slope of tanh is $1 - \tanh^2(a)$. And $\tanh(a)$ is `next_h`, which you already have:
#
# $$\frac{\partial L}{\partial a} = \frac{\partial L}{\partial h_t} \odot (1 - h_t^2)$$
#
# The sign ⊙ means: multiply number by number.
#
# **Through the sum.** For a product $a = x W_x$ the chain rule gives
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial a} W_x^T
# \qquad
# \frac{\partial L}{\partial W_x} = x^T \frac{\partial L}{\partial a}$$
#
# and the same for $h_{t-1}$ and $W_h$. The bias $b$ is added to every row, so its gradient is the sum over the rows.
#
# A good habit: **check the shapes**. `dWx` must have the shape of `Wx`. Often only one order of the factors fits.
#
# ## Your turn: one step backward


# %% tags=["todo"]
def rnn_step_backward(dnext_h, cache):
    """Backward of rnn_step_forward.

    dnext_h: (N, H), gradient of the loss with respect to next_h
    cache: what your rnn_step_forward returned
    returns: dx (N, D), dprev_h (N, H), dWx (D, H), dWh (H, H), db (H,)
    """
    ### BEGIN SOLUTION
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db
    ### END SOLUTION


# %%
rnn_step_backward = check(rnn_step_backward, forward=rnn_step_forward)

# %% [markdown]
# ## Trust it: measure the gradient
#
# How can you know that a gradient is right, when nobody gives you the answer? You *measure* it. Move one number of
# the input a little up and a little down, and see how the output changes:
#
# $$\frac{\partial f}{\partial w} \approx \frac{f(w + \varepsilon) - f(w - \varepsilon)}{2 \varepsilon}$$
#
# This is the *numeric gradient*. It is slow (two calls for every single number), but it knows nothing of your
# derivation. If both agree, both are almost certainly right. You will use it in your whole career.

# %%
rng = np.random.default_rng(1)
N, D, H = 4, 5, 6
names = ["x", "prev_h", "Wx", "Wh", "b"]
values = [rng.standard_normal(shape) for shape in [(N, D), (N, H), (D, H), (H, H), (H,)]]
dnext_h = rng.standard_normal((N, H))

_, cache = rnn_step_forward(*values)
written = rnn_step_backward(dnext_h, cache)
for name, value, gradient in zip(names, values, written, strict=True):
    measured = eval_numerical_gradient_array(lambda _: rnn_step_forward(*values)[0], value, dnext_h)
    agree = rel_error(gradient, measured) < 1e-6
    print(f"d{name:7s} {'✓ agrees with the measured gradient' if agree else '✗ differs'}")

# %% [markdown]
# ## Play: how small should ε be?
#
# Smaller is not always better. Before you run the next cell, guess: what does the error look like when ε goes from
# 0.1 down to 0.000000000001?

# %%
steps = 10.0 ** np.arange(-12, 0)

fig, ax = plt.subplots(figsize=(8, 4))
for dtype, colour, marker in [(np.float32, PALETTE["wrong"], "s"), (np.float64, PALETTE["right"], "o")]:
    inputs = [value.astype(dtype) for value in values]
    errors = []
    for step in steps:
        measured = eval_numerical_gradient_array(
            lambda _: rnn_step_forward(*inputs)[0], inputs[2], dnext_h.astype(dtype), h=step
        )
        errors.append(np.abs(measured - written[2]).max() / np.abs(written[2]).max())
    ax.loglog(steps, np.maximum(errors, 1e-16), marker=marker, color=colour, label=np.dtype(dtype).name)
ax.set(xlabel="ε", ylabel="error of the measured gradient")
ax.legend()
plt.show()

# %% [markdown]
# The curve has the form of a V. On the right ε is too large: the function bends between the two points. On the left
# ε is too small: $f(w+\varepsilon)$ and $f(w-\varepsilon)$ are almost equal, and their difference is lost in
# rounding. With float64 the best ε lies near $10^{-5}$. With float32 even the best ε leaves an error about a million
# times larger. This is why gradient checks use float64. Training uses float32: it is faster, and good enough there.
#
# ## Question
#
# Look at the factor $1 - h_t^2$. What happens to the gradient of a saturated unit, where $h_t$ is near 1 or −1?
# What does this mean for learning?

# %% [markdown] tags=["answer"]
# **Answer.** There $1 - h_t^2$ is almost 0, so almost no gradient passes. The unit hardly learns, from this sample,
# whatever the loss says. In a long sequence this factor appears once in every step, and small factors multiply.
# This is one half of the *vanishing gradient* that you will see in the next chapter. (The other half is $W_h$.)

# %% [markdown]
# ## What you have now
#
# One step, forward and backward, and a way to trust it. In [chapter 2](02_rnn_sequence.ipynb) you run this step
# over a whole sequence.

# %% tags=["nbval-ignore-output"]
progress()
