# %% [markdown]
# # 1 · One step of a recurrent network
#
# A recurrent network (RNN) reads a sequence one piece at a time. It keeps a [*hidden
# state*](../docs/glossary.md#hidden-state): a row of numbers that holds what the network remembers so far. In every
# step it mixes the new input into that state.
#
# **In this chapter you will**
#
# 1. write one step forward,
# 2. write one step backward (its gradients),
# 3. learn to *trust* a gradient by measuring it, and to find what is wrong with a bad one.
#
# You need: matrix products and the chain rule. Time: about 95 minutes. The tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n import rnn_layers
from cs231n.course.chapters.gradient_suspects import SUSPECTS, step_of_the_suspects
from cs231n.course.measure_gradients import compare_gradients, measure_gradients
from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.gradients import plot_saturation, plot_step_errors
from cs231n.course.plotting.sliders import figure_with_slider
from cs231n.exercises import check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array

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
# The [**cache**](../docs/glossary.md#cache) is a tuple of everything that your backward step will need later. You
# choose what goes in.


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
# If your answer is missing or wrong, the check hands you the course's own function, so that the rest of the notebook
# still works. You can come back at any time.

# %%
rnn_step_forward = check(rnn_step_forward)

# %% [markdown]
# Stuck? Run `hint("rnn_step_forward")` in a new cell. Each time you run it, it says a little more.
#
# ## Play: how full is tanh?
#
# Let us look at the states of 100 samples, 20 numbers each, for three sizes of the weights.
#
# **Predict.** The weights become ten times larger, from × 0.3 to × 3. What happens to the heap of values: does it
# become wider and wider? Write your guess down, then run the cell.

# %%
sizes = [0.3, 1.0, 3.0]

rng = np.random.default_rng(0)
many_x, many_h = rng.standard_normal((100, 20)), rng.uniform(-1, 1, (100, 20))
Wx, Wh = rng.standard_normal((2, 20, 20)) / np.sqrt(20)


def states(size):
    """next_h of all samples, with weights of this size."""
    return rnn_step_forward(many_x, many_h, size * Wx, size * Wh, np.zeros(20))[0]


plot_saturation({size: states(size) for size in sizes})
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# With small weights the values stay near 0. With large weights there is no room to become wider: most values are
# pressed against −1 or 1, and the middle is nearly empty. We say that such a unit is
# [*saturated*](../docs/glossary.md#saturated).
#
# </details>
#
# Move the slider. The title shows the mean *slope* of tanh at these values, 1 − tanh². It will matter soon, when we
# look at gradients.

# %%
figure_with_slider(
    lambda size: plot_saturation({size: states(size)}),
    "size of the weights",
    [0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0],
    start=1.5,
)

# %% [markdown]
# ## One step backward
#
# In training, a [gradient](../docs/glossary.md#gradient) arrives from above. It is called `dnext_h`, has the shape of
# `next_h`, and says for each of its numbers: *if this number grew by a little, the loss L would grow by so many times
# as much*. The backward step carries it on, to every input of the step.
#
# ![The same graph with gradients running back from dnext_h to dx, dprev_h, dWx, dWh and db.](figures/rnn_step_backward.svg)
#
# Give the sum inside the tanh a name, $a = x W_x + h_{t-1} W_h + b$. Then there are two stages.
#
# **Through the tanh.** The slope of tanh is $1 - \tanh^2(a)$. And $\tanh(a)$ is `next_h`, which you already have:
#
# $$\frac{\partial L}{\partial a} = \frac{\partial L}{\partial h_t} \odot (1 - h_t^2)$$
#
# The sign ⊙ means: multiply number by number. We call the result `da`.
#
# **Through the product.** Do not learn the formula by heart: find it, from a single entry. Two samples, two inputs,
# two units:
#
# $$a = x W = \begin{pmatrix} x_{00} & x_{01} \\ x_{10} & x_{11} \end{pmatrix}
# \begin{pmatrix} w_{00} & w_{01} \\ w_{10} & w_{11} \end{pmatrix}$$
#
# Take one weight, $w_{01}$. Where is it used? Only in the second column of $a$, once for each sample:
#
# $$a_{01} = x_{00}\, \mathbf{w_{01}} + x_{01}\, w_{11} \qquad a_{11} = x_{10}\, \mathbf{w_{01}} + x_{11}\, w_{11}$$
#
# When $w_{01}$ grows by a little, $a_{01}$ grows by $x_{00}$ times as much, and $a_{11}$ by $x_{10}$ times as much.
# Both act on the loss, so both shares add up:
#
# $$\frac{\partial L}{\partial w_{01}} = x_{00}\, da_{01} + x_{10}\, da_{11}$$
#
# That is column 0 of $x$ times column 1 of $da$: entry (0, 1) of the product $x^T da$. Every other weight goes the
# same way, and so
#
# $$\frac{\partial L}{\partial W} = x^T \frac{\partial L}{\partial a}$$
#
# **Predict.** Let $x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ and
# $da = \begin{pmatrix} 5 & 6 \\ 7 & 8 \end{pmatrix}$. With a pencil: what are $\partial L / \partial w_{01}$ and
# $\partial L / \partial w_{10}$?

# %%
x, da = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
print(x.T @ da)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# $\partial L / \partial w_{01} = 1 \cdot 6 + 3 \cdot 8 = 30$, and
# $\partial L / \partial w_{10} = 2 \cdot 5 + 4 \cdot 7 = 38$.
#
# </details>
#
# Now $x_{00}$: it is used in $a_{00}$, times $w_{00}$, and in $a_{01}$, times $w_{01}$. Go on in the same way, and you
# find
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial a} W^T$$
#
# The same holds for $h_{t-1}$ and $W_h$. The bias $b$ is added to every row, so its gradient is the sum over the rows.
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
# When you have your ✓, read ours: the first two functions in `cs231n/rnn_layers.py`, about 20 lines.
#
# ## Trust it: measure the gradient
#
# How can you know that a gradient is right, when nobody gives you the answer? You *measure* it. Take one number $w$ of
# an input, move it a little up and a little down, and see how the loss changes:
#
# $$\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2 \varepsilon}$$
#
# This is the [*numeric gradient*](../docs/glossary.md#numeric-gradient). It is slow (two calls for every single
# number), but it knows nothing of your derivation. If both agree, both are almost certainly right. You will use it in
# your whole career.
#
# Here there is no loss yet, only `next_h`, a whole array. So we make a loss out of it. Choose any numbers for
# `dnext_h`, and let L = the sum of `dnext_h * next_h`. How much does this L grow with one number of `next_h`? By just
# that number's entry of `dnext_h`. So `dnext_h` is the gradient that arrives, as it should be. By hand, for one
# weight:

# %%
rng = np.random.default_rng(1)
N, D, H = 4, 5, 6
shapes = {"x": (N, D), "prev_h": (N, H), "Wx": (D, H), "Wh": (H, H), "b": (H,)}
inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
dnext_h = rng.standard_normal((N, H))


def loss_with(change):
    """L, when Wx[0, 1] is changed by so much."""
    Wx = inputs["Wx"].copy()
    Wx[0, 1] += change
    return np.sum(dnext_h * rnn_step_forward(**{**inputs, "Wx": Wx})[0])


print(f"measured dWx[0, 1]: {(loss_with(1e-5) - loss_with(-1e-5)) / 2e-5:.4f}")

# %% [markdown]
# The next cell does this for *every* number of every input, and compares. It measures what **you** wrote, right or
# wrong. Break your function on purpose, check it again and run this cell: does it find the place?
#
# Mind what a ✓ says here: the backward step fits *this* forward step. If the forward step has a mistake, and the
# backward step makes the same one, they agree. Only the check above knows the formula.

# %%
measure_gradients("rnn_step_backward", inputs, dnext_h)

# %% [markdown]
# ## Your turn: the gradient detective
#
# Three backward functions stand before you, A, B and C. Each has **one** mistake. All shapes are right, nothing
# crashes. You do not see their code; you have only your measurement.

# %%
for name, suspect in SUSPECTS.items():
    print(f"Suspect {name}")
    compare_gradients(step_of_the_suspects, suspect, inputs, dnext_h)

# %% [markdown]
# So you know *which* outputs are wrong. Now: **what did each of them do?** One of these:
#
# | | mistake |
# |---|---|
# | 1 | the slope of tanh is forgotten: da is dnext_h |
# | 2 | the slope is 1 − h, in place of 1 − h² |
# | 3 | the slope is 1 − tanh(h)², but h is a tanh already |
# | 4 | dprev_h: Wh is not transposed |
# | 5 | dprev_h: made from dnext_h, in place of da |
# | 6 | dWh: transposed |
# | 7 | dWh: made from the state *after* the step, in place of the one before |
# | 8 | db: the mean over the samples, in place of the sum |
#
# A detective makes **experiments**: choose inputs for which two mistakes would give different numbers. This cell is
# your laboratory. Change it, and run it as often as you like. Its last line measures: which outputs of the suspect are
# right for *these* inputs?

# %%
suspect = SUSPECTS["B"]
case = {name: value.copy() for name, value in inputs.items()}
case["prev_h"][:] = 0  # an experiment: with this, what should dWh be?

_, cache = step_of_the_suspects(**case)
gradients = suspect(dnext_h, cache)
print(np.round(gradients[3], 2))  # 0 is dx, 1 dprev_h, 2 dWx, 3 dWh, 4 db
compare_gradients(step_of_the_suspects, suspect, case, dnext_h)

# %% [markdown]
# <details><summary>Ideas for experiments</summary>
#
# - A: make `case["Wh"]` symmetric (`Wh + Wh.T`). For which of the two mistakes does A become right?
# - B: what is dWh when `prev_h` is 0? What would it be if it were only transposed?
# - C: saturate the units: `case["b"][:] = 20`, so that next_h is 1. Then the right db is almost 0. What would mistakes
#   1, 2 and 3 give?
#
# </details>
#
# Write the number of the mistake for each suspect, such as `return 8, 8, 8`.


# %% tags=["todo"]
def gradient_detective():
    """The mistake of each suspect.

    returns: A, B, C, a number from 1 to 8 each
    """
    ### BEGIN SOLUTION
    return 4, 7, 3
    ### END SOLUTION


# %%
gradient_detective = check(gradient_detective)

# %% [markdown] tags=["optional"]
# ### Optional: how small should ε be?

# %% [markdown]
# **Predict.** Smaller is not always better. What does the error of a measured gradient look like when ε goes from 0.1
# down to 0.000000000001? And will float32, with its 7 digits, do as well as float64 with its 16?

# %%
steps = 10.0 ** np.arange(-12, 0)

_, cache = rnn_layers.rnn_step_forward(**inputs)
right = rnn_layers.rnn_step_backward(dnext_h, cache)[2]  # dWx
errors = {}
for dtype in (np.float32, np.float64):
    values = [value.astype(dtype) for value in inputs.values()]
    errors[np.dtype(dtype).name] = [
        np.abs(
            eval_numerical_gradient_array(
                lambda _: rnn_layers.rnn_step_forward(*values)[0], values[2], dnext_h.astype(dtype), h=step
            )
            - right
        ).max()
        / np.abs(right).max()
        for step in steps
    ]
plot_step_errors(steps, errors)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The curve of float64 has the form of a V. On the right ε is too large: the function bends between the two points. On
# the left ε is too small: $L(w+\varepsilon)$ and $L(w-\varepsilon)$ are almost equal, and their difference is lost in
# rounding. With float64 the best ε lies near $10^{-5}$. With float32 even the best ε leaves an error about a million
# times larger. This is why gradient checks use float64. Training uses float32: it is faster, and good enough there.
#
# </details>

# %% [markdown]
# ## More to do
#
# Nothing later needs these tasks. More stars, more thinking.
#
# ### Debugging · ★☆☆ · 5 minutes
#
# A friend is sure that the backward step is right, and still gets five ✗. Why? The backward step *is* right: do not
# touch it.


# %% tags=["gives-away"]
def friends_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b).astype(np.float32)  # "to save memory"
    return next_h, (x, prev_h, Wx, Wh, next_h)


compare_gradients(friends_forward, rnn_layers.rnn_step_backward, inputs, dnext_h)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# The forward step rounds its result to float32. With ε = 0.00001 the two results $L(w+\varepsilon)$ and
# $L(w-\varepsilon)$ differ by so little that the rounding changes their difference. So the *measured* numbers are not
# exact, and the written ones are right: look at how near they are. A gradient check needs float64 all the way through:
# take `.astype(np.float32)` out while you check.
#
# </details>
#
# ### Stretch · ★★☆ · 20 minutes
#
# Write a step with the function ReLU, max(0, a), in place of tanh: `relu_step_forward` and `relu_step_backward`.
# Measure it with `compare_gradients(relu_step_forward, relu_step_backward, inputs, dnext_h)`. Then set all weights and
# `b` to 0 and measure again. Who is right now?
#
# <details><summary>A hint</summary>
#
# The slope of ReLU is 1 where a > 0 and 0 where a < 0, so `da = dnext_h * (next_h > 0)`. With all weights 0, every a
# is exactly 0: at the corner. Moving b up gives slope 1, moving it down gives slope 0, and the measurement takes the
# mean, a half. At a corner there is no gradient, and the two need not agree.
#
# </details>
#
# ## Question
#
# Look at the factor $1 - h_t^2$. What happens to the gradient of a saturated unit, where $h_t$ is near 1 or −1? What
# does this mean for learning?

# %% [markdown] tags=["answer"]
# **Answer.** There $1 - h_t^2$ is almost 0, so almost no gradient passes. The unit hardly learns, from this sample,
# whatever the loss says. In a long sequence this factor appears once in every step, and small factors multiply. This
# is one half of the *vanishing gradient* that you will see in the next chapter. (The other half is $W_h$.)

# %% [markdown]
# ## What you have now
#
# One step, forward and backward, and a way to trust it. In [chapter 2](02_rnn_sequence.ipynb) you run this step over a
# whole sequence.

# %%
progress()
