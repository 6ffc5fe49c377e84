# %% [markdown]
# # 2 · A whole sequence
#
# One step is not much. The power of a recurrent network comes from doing the *same* step again and again, each time
# with the state that the last step left behind.
#
# **In this chapter you will**
#
# 1. unroll the step over a sequence, forward,
# 2. carry gradients back through time: first by hand, then in code,
# 3. see gradients vanish and explode, understand why, and write what people do about it.
#
# You need: [chapter 1](01_rnn_step.ipynb). Time: about 95 minutes. The tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n import rnn_layers
from cs231n.course.measure_gradients import compare_gradients, measure_gradients
from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.gradients import plot_gradient_walks, plot_influence, plot_memories
from cs231n.course.plotting.sliders import figure_with_slider
from cs231n.exercises import answers, check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array

use_course_style()

# %% [markdown]
# This line brings the functions that you wrote in chapter 1. Where you have none yet, it takes the course's own.

# %%
my = answers()
rnn_step_forward, rnn_step_backward = my.rnn_step_forward, my.rnn_step_backward

# %% [markdown]
# ## Forward: the same step, T times
#
# A sequence has one more axis. The input `x` is now (N, T, D): N samples, T time steps, D numbers at each step. So
# `x[:, t]` is the input of all samples at step t, with shape (N, D): just what one step wants.
#
# We count the steps as Python does, from 0 to T − 1:
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b) \qquad t = 0, \dots, T-1$$
#
# Step 0 needs a state that no step has made, $h_{-1}$. It is given. **In the code it is called `h0`**: the state to
# start from. In a captioning model it comes from the picture. Mind the two names: `h0` comes in, and `h[:, 0]` is the
# state that step 0 makes. The weights carry no index t. **All steps share the same weights.**
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

    x: (N, T, D), h0: (N, H), the state before step 0
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

# %% [markdown] tags=["optional"]
# ### Optional: watch a memory fade

# %% [markdown]
# Here is a network with 24 units. It starts from a *push*, a state of random numbers, and then gets no input at all.
# How long does it remember the push? Each row is a unit, each column a time step. Change `sizes` and look again.

# %%
sizes = [0.5, 0.9, 2.0]

rng = np.random.default_rng(3)
H, T = 24, 40
no_input, Wx, b = np.zeros((1, T, 1)), np.zeros((1, H)), np.zeros(H)
push = rng.uniform(-1, 1, (1, H))
matrix = rng.standard_normal((H, H)) / np.sqrt(H)


def states_after(push, size):
    """The states of all steps, (T, H), when nothing comes in after the push."""
    return rnn_forward(no_input, push, Wx, size * matrix, b)[0][0]


plot_memories({size: states_after(push, size) for size in sizes})
plt.show()

# %% [markdown]
# With × 0.5 the memory is gone after a few steps. With × 0.9 a trace of the push stays much longer. With × 2.0 the
# network never becomes quiet: it goes on talking to itself. Has it forgotten the push?
#
# **Predict.** We start each network twice, from two pushes that are almost equal: every number differs by 0.001. In
# which network are the two states nearest to each other at the end? In which one are they farthest apart?

# %%
for size in sizes:
    gap = np.linalg.norm(states_after(push + 0.001, size) - states_after(push, size), axis=1)
    change = "nearer together than at step 0" if gap[-1] < gap[0] else "farther apart than at step 0"
    print(f"Wh × {size}: at the last step the distance is about {gap[-1]:.0e}, {change}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# With × 0.5 and × 0.9 the two come together: the difference between the pushes is forgotten, fast or slowly. With ×
# 2.0 it *grows*: after these 40 steps it is several times what it was. So this network has not forgotten the push. It
# does something just as bad: after enough steps, two starts that are almost equal lead to quite different states. A
# useful memory lies between the two.
#
# </details>

# %% [markdown]
# ## Backward: through time
#
# Now walk from the last step to the first. The state $h_t$ was used **twice**: by its own output (the gradient
# `dh[:, t]` that you are given), and by the next step. Two uses, so two gradients, and they **add up**:
#
# $$\text{dnext}\_h = \underbrace{dh_t}_{\text{from its own output}} + \underbrace{dprev\_h_{t+1}}_{\text{from the next step}}$$
#
# At the last step, t = T − 1, there is no next step. So nothing comes from there: that part is **zero**.
#
# The weights were used T times, once in every step. So their gradient is the **sum** over all steps:
#
# $$dW_x = \sum_{t=0}^{T-1} dW_x^{(t)}, \qquad dW_h = \sum_{t=0}^{T-1} dW_h^{(t)}, \qquad db = \sum_{t=0}^{T-1} db^{(t)}$$
#
# This way of working is called [*backpropagation through time*](../docs/glossary.md#backpropagation-through-time). Do
# it once with a pencil, and you will never forget it.
#
# ## Your turn: by hand
#
# The smallest network there is: one sample, **one unit**, three steps. To keep the numbers round, we leave tanh out
# here, and b is 0. Wx = 1, Wh = 2, the state to start from is 1, and x is 1, −1, 2. The loss is the sum of the states:
#
# ```
# h[t] = 1 · x[t] + 2 · h[t-1]          L = h[0] + h[1] + h[2]
# ```
#
# ![A chain of three steps with one unit. Start 1, weights 2 between the states, x is 1, -1, 2. The states and their gradients are marked with question marks.](figures/bptt_by_hand.svg)
#
# Take a pencil. Find
#
# 1. the states `h`, from left to right;
# 2. the gradients `g`, from right to left: `g[t]` is how much L grows when the state `h[t]` grows by 1, **all its
#    ways** to L together. (In the formula above, `g[t]` is $\text{dnext}\_h$.)
# 3. the three shares of dWh: step t multiplied Wh with the state *before* it. No tanh is in the way here, so its share
#    is `g[t]` times that state;
# 4. `dWh`, their sum.
#
# Then write your ten numbers down, in place of the line with `raise`:
#
# ```
# h = [.., .., ..]
# g = [.., .., ..]
# dWh_shares = [.., .., ..]
# dWh = ..
# return h, g, dWh_shares, dWh
# ```


# %% tags=["todo"]
def bptt_by_hand():
    """Your numbers, for t = 0, 1, 2.

    returns: h, g and dWh_shares, three numbers each, and dWh, one number
    """
    ### BEGIN SOLUTION
    h = [3, 5, 12]
    g = [7, 3, 1]
    dWh_shares = [7, 9, 5]
    dWh = 21
    return h, g, dWh_shares, dWh
    ### END SOLUTION


# %%
bptt_by_hand = check(bptt_by_hand)

# %% [markdown]
# Does code agree with the pencil? Your `rnn_forward` has a tanh in it. But for very small numbers tanh(a) is almost a.
# So we make all inputs 1,000 times smaller, run it, and make the results 1,000 times larger again. And we **measure**
# dWh: move Wh a little up and a little down, and see how L changes.

# %%
small = 0.001
x, start = small * np.array([[[1.0], [-1.0], [2.0]]]), small * np.ones((1, 1))
Wx, Wh, b = np.array([[1.0]]), np.array([[2.0]]), np.zeros(1)


def states(Wh):
    """The three states of the little network."""
    return rnn_forward(x, start, Wx, Wh, b)[0]


measured = eval_numerical_gradient_array(states, Wh, np.ones((1, 3, 1)))
print("states:", np.round(states(Wh).ravel() / small, 1))
print("dWh:   ", np.round(measured.item() / small, 1))

# %% [markdown]
# ## Your turn: by hand, with the tanh
#
# Now the tanh comes back. A gradient that reaches a state has to pass the tanh first, before it reaches the sum `a`
# inside it. So on the way back there are two numbers at each step:
#
# - `g[t]`: how much L grows with the **state** `h[t]`, all its ways together, as before;
# - `da[t] = g[t] · slope[t]`: how much L grows with the **sum** in the tanh. The slope is `1 - h[t]²`.
#
# Everything that went *into* the sum gets its share from `da[t]`: Wh gets `da[t]` times the state before, Wx gets
# `da[t]` times `x[t]`, b gets `da[t]` itself, and the state before gets `da[t]` times Wh. (Without tanh the slope is 1,
# and `da` is `g`. That is why you did not need it above.)
#
# And in a captioner, not every state counts the same for the loss. So here is another loss: what comes from L is no
# longer 1 everywhere.
#
# ```
# h[t] = tanh(1 · x[t] + 2 · h[t-1] + b)          L = 2 h[0] + 0.4 h[1] + 5 h[2]
# ```
#
# ![The chain of three steps once more, each with a tanh. The states are 1 at the start, then 0.5, -0.5 and 0.8, with the slopes 0.75, 0.75 and 0.36. From L come 2, 0.4 and 5. The three da are marked with question marks.](figures/bptt_with_tanh.svg)
#
# The forward pass is done: the states and slopes stand in the picture (x is rounded). Take the pencil again, and go from
# right to left: `da[2]`, then `g[1]`, `da[1]`, `g[0]`, `da[0]`. Then find the four gradients of the whole sequence: of
# Wx, Wh, b and the state to start from, `h0`. Do not round.
#
# ```
# da = [.., .., ..]
# dWx, dWh, db, dh0 = .., .., .., ..
# return da, dWx, dWh, db, dh0
# ```


# %% tags=["todo"]
def bptt_with_tanh():
    """Your numbers; da for t = 0, 1, 2.

    returns: da, three numbers, and dWx, dWh, db, dh0, one number each
    """
    ### BEGIN SOLUTION
    da = [6, 3, 1.8]
    dWx, dWh, db, dh0 = -9.57, 6.6, 10.8, 12
    return da, dWx, dWh, db, dh0
    ### END SOLUTION


# %%
bptt_with_tanh = check(bptt_with_tanh)

# %% [markdown]
# Is the pencil right? Here L is measured again, with x not rounded.

# %%
given = {
    "x": np.array([[[-1.450694], [-1.549306], [2.098612]]]),
    "h0": np.ones((1, 1)),
    "Wx": np.array([[1.0]]),
    "Wh": np.array([[2.0]]),
    "b": np.zeros(1),
}
from_L = np.array([[[2.0], [0.4], [5.0]]])

print("states:", np.round(rnn_forward(**given)[0].ravel(), 2))
for name in ("Wx", "Wh", "b", "h0"):
    measured = eval_numerical_gradient_array(lambda _: rnn_forward(**given)[0], given[name], from_L)
    print(f"d{name}: {measured.item():.2f}")

# %% [markdown]
# ## Your turn: the sequence backward
#
# Now the same in code, for all samples and units: `rnn_step_backward` does one step of it, the tanh included.
#
# `dx` is (N, T, D), and no argument tells you D: `x` is not among them. There are two ways. Take D from something in
# your cache. Or collect the `dx` of every step in a list, and put them together at the end: `np.stack(steps, axis=1)`.


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
# When you have your ✓, read ours: `rnn_forward` and `rnn_backward` in `cs231n/rnn_layers.py`.
#
# ## Trust it
#
# This measures the gradients of what **you** wrote, right or wrong, as in chapter 1.

# %%
rng = np.random.default_rng(5)
N, T, D, H = 2, 5, 3, 4
shapes = {"x": (N, T, D), "h0": (N, H), "Wx": (D, H), "Wh": (H, H), "b": (H,)}
inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
dh = rng.standard_normal((N, T, H))

measure_gradients("rnn_backward", inputs, dh)

# %% [markdown]
# ## See gradients vanish and explode
#
# Suppose the loss depends on the **last** state alone. How much of its gradient arrives at the states before? We send
# a gradient of length 1 into the last step and write down its length as it walks back. Each step back multiplies it
# with the slope of tanh and with $W_h^T$. We do it for five sizes of $W_h$, with the tanh and without it.
#
# **Predict.** The axis will be logarithmic: each line up is many times more. A number that is multiplied with the same
# factor in each step: what does its curve look like? And will the curves with tanh lie above or below those without?

# %%
sizes = [0.5, 0.9, 1.5, 3, 5]

T, H, N = 50, 64, 16
rng = np.random.default_rng(7)
x = 0.1 * rng.standard_normal((N, T, H))
matrix = rng.standard_normal((H, H)) / np.sqrt(H)
last = rng.standard_normal((N, H))
last /= np.linalg.norm(last)


# %% tags=["gives-away"]
def walk_back(size, squash=True):
    """Length of the gradient at each state, from the last one back to the first. squash: with tanh."""
    Wh = size * matrix
    state, slopes = np.zeros((N, H)), []
    for t in range(T):
        a = x[:, t] + state @ Wh
        state = np.tanh(a) if squash else a
        slopes.append(1 - state**2 if squash else 1)
    gradient, lengths = last, []
    for t in reversed(range(T)):
        lengths.append(np.linalg.norm(gradient))
        gradient = (gradient * slopes[t]) @ Wh.T
    return lengths


with_tanh = {size: walk_back(size) for size in sizes}
without = {size: walk_back(size, squash=False) for size in sizes}
plot_gradient_walks(with_tanh, without)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Without tanh the curves are almost straight lines. A straight line on a logarithmic axis is a **power**: the same
# factor again and again. With × 0.5, the gradient that arrives at the first state is about $10^{-14}$: nothing that
# happened at the start can be learned. With × 1.5 it is thousands of millions.
#
# With tanh all curves end lower, for the slope of tanh is at most 1. × 0.5 hardly changes: its states are small, and
# there the slope is almost 1. × 1.5 ends below 100, and not at thousands of millions. **Tanh saves it**: its states
# are large, and where they are large the slope is small (its mean is about 0.65 here). But × 3 and × 5 explode in
# spite of tanh.
#
# </details>
#
# **Predict.** For which size does the curve with tanh stay nearest to 1? Move the slider to find out.

# %% tags=["gives-away"]
figure_with_slider(
    lambda size: plot_gradient_walks({size: walk_back(size)}, {size: walk_back(size, squash=False)}),
    "size of Wh",
    [0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 3.0, 5.0],
    start=1.1,
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# Between 1.0 and 1.2: there the gradient that arrives at the start is about as long as the one that was sent.
#
# </details>

# %% [markdown] tags=["optional"]
# ### Optional: all pairs of steps

# %% [markdown]
# The loss of a captioner looks at *every* state, and each state may need something that happened at *any* step before.
# So look at all pairs: how much does the state at step t answer when the state at step s is moved a little? This is
# the size of the matrix $\partial h_t / \partial h_s$: 1 means "as much as it was moved". (Above the diagonal there is
# nothing: the future does not act on the past.)
#
# **Predict.** Which picture is dark blue far from the diagonal, which one dark red, and what would you *wish* for?


# %%
def influence(size):
    """Size of ∂h_t / ∂h_s for all pairs of steps: (T, T), entry [t, s]; a step's own is 1."""
    T, Wh = 30, size * matrix
    h, _ = rnn_layers.rnn_forward(x[:1, :T], np.zeros((1, H)), np.eye(H), Wh, np.zeros(H))
    sizes = np.full((T, T), np.nan)
    for s in range(T):
        moved = np.eye(H)
        for t in range(s, T):
            if t > s:
                moved = (moved @ Wh) * (1 - h[0, t] ** 2)  # one step further in time
            sizes[t, s] = np.linalg.norm(moved) / np.sqrt(H)
    return sizes


maps = {size: influence(size) for size in [0.5, 1.1, 3]}
plot_influence(maps)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# × 0.5: only a thin band at the diagonal. A state answers to the last few steps, and ten steps later it has forgotten.
# × 3: the corner, where t and s are far apart, is the reddest: the oldest steps act most, and in the corner itself a
# state answers thousands of times too strongly. × 1.1 is what we wish for: everything is pale, near 1. A gradient from
# the end of the sentence arrives at its start about as large as it was.
#
# </details>

# %% [markdown]
# ### What people do about it
#
# - [*exploding*](../docs/glossary.md#exploding-gradient): cut the gradient down when it is longer than some limit. You write this now;
# - [*vanishing*](../docs/glossary.md#vanishing-gradient): build a cell that passes its memory on without multiplying it with a matrix: the LSTM of [chapter
#   6](06_lstm.ipynb).
#
# ## Your turn: clip a gradient
#
# One gradient with a length of a million can ruin the weights in one training step. [*Gradient
# clipping*](../docs/glossary.md#clipping) keeps its direction and cuts its length. The length of an array is the square
# root of the sum of all its squares:
#
# $$\text{clip}(g) = \begin{cases} g & \text{if } \lVert g \rVert \le \text{limit} \\[2pt]
# g \cdot \dfrac{\text{limit}}{\lVert g \rVert} & \text{otherwise} \end{cases}$$


# %% tags=["todo"]
def clip_gradient(gradient, limit):
    """Cut a gradient down to the length `limit` where it is longer. Its direction stays.

    gradient: an array of any shape; limit: a number above 0
    returns: array in the shape of gradient; the gradient that came in is not changed
    """
    ### BEGIN SOLUTION
    length = np.linalg.norm(gradient)
    return gradient * (limit / length) if length > limit else gradient
    ### END SOLUTION


# %%
clip_gradient = check(clip_gradient)

# %% [markdown]
# Now use it on the network that explodes. One step of training moves the weights by their gradient times a small
# number, the [*learning rate*](../docs/glossary.md#learning-rate). Suppose it is 0.01. How far would **one** step move
# Wh?

# %%
Wh = 5 * matrix
_, cache = rnn_layers.rnn_forward(x, np.zeros((N, H)), np.eye(H), Wh, np.zeros(H))
dh = np.zeros((N, T, H))
dh[:, -1] = last  # the loss depends on the last state alone
dWh = rnn_layers.rnn_backward(dh, cache)[3]

for name, gradient in {"as it is": dWh, "clipped to 5": clip_gradient(dWh, 5.0)}.items():
    change = 0.01 * np.linalg.norm(gradient) / np.linalg.norm(Wh)
    print(f"{name:12s} the step is about {change:.0e} times as long as Wh itself")

# %% [markdown]
# ## More to do
#
# Nothing later needs these tasks. More stars, more thinking.
#
# ### Debugging · ★☆☆ · 10 minutes
#
# Here is a friend's pair of functions. For sequences of one step it is right. For three steps it is not. Run the cell,
# and look only at what was measured: which outputs are right, and *where* does the wrong one begin? Then find the
# line.


# %% tags=["gives-away"]
def friends_forward(x, h0, Wx, Wh, b):
    state, h, cache = h0, [], []
    for t in range(x.shape[1]):
        state, step_cache = rnn_layers.rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h.append(state)
        cache.append(step_cache)
    return np.stack(h, axis=1), cache


def friends_backward(dh, cache):
    dx, dprev_h, dWx, dWh, db = [], 0, 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_layers.rnn_step_backward(dh[:, t] + dprev_h, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx, axis=1), dprev_h, dWx, dWh, db


rng = np.random.default_rng(6)
for steps in (1, 3):
    shapes = {"x": (2, steps, 3), "h0": (2, 4), "Wx": (3, 4), "Wh": (4, 4), "b": (4,)}
    inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    print(f"T = {steps}")
    compare_gradients(friends_forward, friends_backward, inputs, rng.standard_normal((2, steps, 4)))

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# Only dx differs. The weights' gradients are right, so the walk through time is right. The loop runs from the last
# step to the first, and `dx.append` puts the *last* step's gradient at place 0: dx comes out backward in time. With
# one step there is no order to get wrong. The right line: `np.stack(dx[::-1], axis=1)`.
#
# </details>
#
# ### Stretch · ★★☆ · 15 minutes
#
# A random matrix makes some directions longer and others shorter. An *orthogonal* matrix turns every direction and
# changes no length. In the cell above `walk_back`, write `matrix = np.linalg.qr(matrix)[0]` under the line that makes
# `matrix`. Run this cell, the cell of `walk_back` and the slider's again. What happens to the curve without tanh at
# size 1.0? Is the best size with tanh still the same?
#
# <details><summary>What we found</summary>
#
# Without tanh and with size 1.0 the curve is flat: the gradient keeps the length 1 at every step. That is why many
# people start the training of an RNN with an orthogonal $W_h$ (Saxe, McClelland and Ganguli, 2014). With tanh it still
# shrinks at 1.0, to about a twentieth; somewhere between 1.1 and 1.2 the start gets back what the end sent.
#
# </details>
#
# ## Question
#
# Why do the gradients of the shared weights **add up**? Why not take their mean, or the gradient of the last step?

# %% [markdown] tags=["answer"]
# **Answer.** Imagine that every step had weights of its own, $W_x^{(0)}, \dots, W_x^{(T-1)}$, which happen to be
# equal. Moving the one shared $W_x$ a little moves *all* of them together by the same amount. To first order, the
# change of the loss is the sum of the changes that each copy causes. So the gradient is the sum of the copies'
# gradients. A mean would be too small by the factor T, and the last step alone would forget the others.

# %% [markdown]
# ## What you have now
#
# A recurrent network for sequences of any length, and its gradients. In [chapter 3](03_word_embedding.ipynb) the
# sequences become words.
#
# *To read further:* Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural networks":
# where the gradients go, and clipping.

# %%
progress()
