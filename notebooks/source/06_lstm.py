# %% [markdown]
# # 6 · The LSTM: a better memory
#
# The picture enters our model only once, before the first word. When the tenth word is chosen, the state must still
# know what was in the picture, after nine steps that each mixed something new into it. In
# [chapter 2](02_rnn_sequence.ipynb) you saw how badly a plain RNN keeps things. The [**long short-term memory**](../docs/glossary.md#lstm) (LSTM)
# was built to keep them.
#
# **In this chapter you will**
#
# 1. write one LSTM step, forward and backward,
# 2. see why its gradient survives, and when it does not,
# 3. train an RNN and an LSTM on the same captions and compare them,
# 4. read out of its state what it still knows.
#
# You need: [chapter 2](02_rnn_sequence.ipynb) and [chapter 4](04_captioning_loss.ipynb). Time: about 100 minutes.
# What is *optional* and the tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import judge, references, table
from cs231n.course.chapters.memory_tasks import learn_to_remember, walk_back
from cs231n.course.measure_gradients import measure_gradients
from cs231n.course.plotting import plot_lines, plot_loss, show_pictures, use_course_style
from cs231n.course.plotting.memory import plot_facts_in_state, plot_walk_back
from cs231n.course.scenes import caption_is_true, load_facts
from cs231n.course.state_probes import (
    facts_in_state,
    linear_probe,
    open_forget_gate,
    states_and_facts,
)
from cs231n.course.stored_results import seeds_table
from cs231n.course.text_units import plain_texts
from cs231n.exercises import agree, answers, check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.image_utils import image_from_url
from cs231n.layers import affine_backward, affine_forward
from cs231n.rnn_layers import (
    sigmoid,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
)

use_course_style()

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

# %%
my = answers()
rnn_step_forward, rnn_step_backward = my.rnn_step_forward, my.rnn_step_backward
rnn_forward, rnn_backward = my.rnn_forward, my.rnn_backward
word_embedding_forward, word_embedding_backward = my.word_embedding_forward, my.word_embedding_backward

# %% [markdown]
# ## The idea: a conveyor belt with gates
#
# Besides the hidden state $h$, an LSTM has a second row of numbers, the [**cell**](../docs/glossary.md#cell) $c$. Think of it as a conveyor belt
# that runs through all steps. At each step three **gates** decide, number by number, what happens:
#
# - the [*forget gate*](../docs/glossary.md#forget-gate) $f$: how much of the old cell stays,
# - the *input gate* $i$: how much of something new is put on,
# - the *output gate* $o$: how much of the cell is shown to the rest of the network.
#
# A gate is a number between 0 (closed) and 1 (open). What may be put on is the *candidate* $g$.
#
# ![An LSTM cell: the belt c runs along the top, gates i, f, o and the candidate g are computed from x and prev_h.](figures/lstm_cell.svg)
#
# ## The formula
#
# First one sum, four times as wide as in the RNN:
#
# $$a = x_t W_x + h_{t-1} W_h + b, \qquad a \text{ has the shape } (N, 4H)$$
#
# Cut it into four blocks of H columns. **The order is i, f, o, g**, here and everywhere in this course:
#
# $$i = \sigma(a_i) \qquad f = \sigma(a_f) \qquad o = \sigma(a_o) \qquad g = \tanh(a_g)$$
#
# Then the belt moves:
#
# $$c_t = f \odot c_{t-1} + i \odot g \qquad\qquad h_t = o \odot \tanh(c_t)$$
#
# The function σ (`sigmoid`, it is given) squeezes every number into the range from 0 to 1.
#
# ## Your turn: one step forward


# %% tags=["todo"]
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step of an LSTM; the blocks of Wx, Wh and b are in the order i, f, o, g.

    x: (N, D), prev_h: (N, H), prev_c: (N, H)
    Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    returns: next_h (N, H), next_c (N, H), and cache, a tuple of what your backward step needs
    """
    ### BEGIN SOLUTION
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)
    ### END SOLUTION


# %%
lstm_step_forward = check(lstm_step_forward)

# %% [markdown]
# Stuck? Run `hint("lstm_step_forward")` in a new cell.
#
# ## Backward: two paths into the cell
#
# Two gradients arrive from above: `dnext_h` and `dnext_c`. Look at the drawing again, and follow the arrows backward
# to $c_t$. There are **two** of them: one from the belt itself, and one from $h_t = o \odot \tanh(c_t)$. Two paths, so
# two gradients, and they add up:
#
# $$dc = \underbrace{\text{dnext\_c}}_{\text{along the belt}} +
# \underbrace{\text{dnext\_h} \odot o \odot (1 - \tanh^2(c_t))}_{\text{through } h_t}$$
#
# It is easy to forget one of them. From $dc$ it is the chain rule as you know it:
#
# | to | gradient | because |
# |---|---|---|
# | $c_{t-1}$ | $dc \odot f$ | $c_t = f \odot c_{t-1} + \dots$ |
# | $f$ | $dc \odot c_{t-1}$ | the same product, the other factor |
# | $i$ | $dc \odot g$ | $c_t = \dots + i \odot g$ |
# | $g$ | $dc \odot i$ | the same product, the other factor |
# | $o$ | $\text{dnext\_h} \odot \tanh(c_t)$ | $h_t = o \odot \tanh(c_t)$ |
#
# Then back through σ, with the slope $\sigma(1 - \sigma)$, and through tanh, with the slope $1 - g^2$. Put the four
# blocks side by side (i, f, o, g), and you have $da$ with the shape (N, 4H). From there on it is the RNN's step.
#
# ## Your turn: one step backward


# %% tags=["todo"]
def lstm_step_backward(dnext_h, dnext_c, cache):
    """Backward of lstm_step_forward.

    dnext_h, dnext_c: (N, H), gradients of the loss with respect to next_h and next_c
    cache: what your lstm_step_forward returned
    returns: dx (N, D), dprev_h (N, H), dprev_c (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    ### BEGIN SOLUTION
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    dprev_c = dc * f
    da_i = dc * g * i * (1 - i)
    da_f = dc * prev_c * f * (1 - f)
    da_o = dnext_h * tanh_c * o * (1 - o)
    da_g = dc * i * (1 - g**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)
    ### END SOLUTION


# %%
lstm_step_backward = check(lstm_step_backward, forward=lstm_step_forward)

# %% [markdown] tags=["optional"]
# ## Optional: the whole sequence

# %% [markdown]
# The same two loops as in chapter 2: over the steps, and back. The course's own stand in where you leave them out. The
# cell starts as zeros ($c_0 = 0$), and nobody outside sees it: the loss only reaches the $h_t$. On the way back, **two**
# things are carried from step to step: `dprev_h` and `dprev_c`.


# %% tags=["todo"]
def lstm_forward(x, h0, Wx, Wh, b):
    """An LSTM over a whole sequence; the cell starts as zeros.

    x: (N, T, D), h0: (N, H), the state before the first step
    Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    returns: h (N, T, H), the states of all steps (without h0), and cache
    """
    ### BEGIN SOLUTION
    N, T, _ = x.shape
    h = np.zeros((N, T, h0.shape[1]), dtype=x.dtype)
    cache = []
    state, cell = h0, np.zeros_like(h0)
    for t in range(T):
        state, cell, step_cache = lstm_step_forward(x[:, t], state, cell, Wx, Wh, b)
        h[:, t] = state
        cache.append(step_cache)
    return h, cache
    ### END SOLUTION


# %%
lstm_forward = check(lstm_forward)


# %% tags=["todo"]
def lstm_backward(dh, cache):
    """Backward of lstm_forward.

    dh: (N, T, H), gradient that reaches each state from its own output (not from the step after it)
    cache: what your lstm_forward returned
    returns: dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,)
    """
    ### BEGIN SOLUTION
    dprev_h, dprev_c = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dWx, dWh, db = 0, 0, 0
    dx = []
    for t in reversed(range(dh.shape[1])):
        dx_t, dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), dprev_h, dWx, dWh, db
    ### END SOLUTION


# %%
lstm_backward = check(lstm_backward, forward=lstm_forward)

# %% [markdown]
# ### Trust it

# %%
rng = np.random.default_rng(6)
N, T, D, H = 2, 5, 3, 4
shapes = {"x": (N, T, D), "h0": (N, H), "Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,)}
inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
measure_gradients("lstm_backward", inputs, upstream=rng.standard_normal((N, T, H)))

# %% [markdown]
# ## Why it forgets less, and when it does not
#
# Along the belt, one step back is a product with $f$, number by number. There is no matrix, and no slope of tanh:
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = f + \text{(paths through the gates)}$$
#
# The second part is there because $h_{t-1} = o \odot \tanh(c_{t-1})$ goes into all four blocks of the next step. In those
# paths there *is* a matrix, $W_h$.
#
# We do the experiment of chapter 2 again: a gradient of length 1 enters at the last step, and we write down its length as
# it walks back, through *your* steps. For the LSTM we try several biases $b_f$ of the forget gate: 0 means $f \approx
# \sigma(0) = 0.5$, 3 means $f \approx 0.95$. And we try matrices of several sizes: 0.6 means that the numbers of $W_h$ have
# a standard deviation of $0.6 / \sqrt{H}$.
#
# **Predict.** With matrices of size 0.6: which of the four curves falls fastest? And which of the four changes most when
# the matrices grow from 0.3 to 1.3?

# %%
forget_biases = [0, 1, 3]
sizes = [0.3, 0.6, 0.8, 1.0, 1.3]

walks, steps = {}, 50
for size in sizes:
    walks[size] = {"RNN": walk_back(rnn_step_forward, rnn_step_backward, size)}
    for bias in forget_biases:
        walks[size][f"LSTM, forget bias {bias}"] = walk_back(
            lstm_step_forward, lstm_step_backward, size, bias
        )
names = list(walks[0.6])
belts = {f"LSTM, forget bias {bias}": sigmoid(bias) ** np.arange(steps) for bias in forget_biases}
ends = {name: [walks[size][name][-1] for size in sizes] for name in names}
plot_walk_back(walks[0.6], belts, ends, scales=sizes, here=0.6)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# On the left: the LSTM with a forget bias of 0 falls about as fast as the RNN. A factor of 0.5 at each step makes a
# gradient small very soon, gate or no gate. On the right: the RNN changes most, by more than 20 powers of ten. The LSTM
# with a bias of 3 stays within two.
#
# </details>
#
# Two things to see in this figure:
#
# - **What decides.** In an RNN the size of the matrix decides how long a gradient lives: with a size of 1.0 it lives
#   longer than in an LSTM with a bias of 0. There the matrix counts, too: its curve rises by about seven powers of ten.
#   With the gate open (a bias of 3) the matrix hardly matters. And the gate can be opened for each unit and each step;
#   training can open it. A bias of 1 or more at the start helps it to find out. Keras starts with 1.
# - **The dotted lines** on the left show the belt alone, $f$ to the power of the steps. All three measured curves end
#   above their dotted line: the paths through the gates add to what the belt keeps.
#
# How little would be left if the belt were all? A small TODO: one line, and its own cell says whether it is right.

# %% tags=["small-todo"]
# What is left of a gradient of length 1 after 49 steps back along the belt alone, with a bias of 3?
### BEGIN SOLUTION
left = sigmoid(3.0) ** 49
### END SOLUTION
left = agree(left, belts["LSTM, forget bias 3"][49])
print(f"the belt alone leaves {left:.2f}, measured: {walks[0.6]['LSTM, forget bias 3'][49]:.2f}")

# %% [markdown]
# One thing more. The cell starts as zeros, so at `<START>` the forget gate has nothing to forget: $f \odot 0 = 0$. The
# picture enters only through $h_0$, by way of the gates and the candidate of the first step.

# %% [markdown] tags=["optional"]
# ## Optional: remember one thing for 50 steps

# %% [markdown]
# A task that is nothing but memory. At step 0 the network is shown one of 8 symbols. Then come 49 steps of noise. At
# the end it must say which symbol it was. Guessing is right 1 time in 8.

# %%
STEPS = 50

remembered = {"RNN": learn_to_remember(rnn_forward, rnn_backward, 1, STEPS)}
for bias in (0, 3):
    remembered[f"LSTM, forget bias {bias}"] = learn_to_remember(lstm_forward, lstm_backward, 4, STEPS, bias)
for name, right in remembered.items():
    print(f"{name:20s} {'✓ remembers' if np.mean(right[-20:]) > 0.5 else '✗ does not remember'}")

# %%
smooth = {name: np.convolve(right, np.ones(10) / 10, "valid") for name, right in remembered.items()}
ax = plot_lines(smooth, xlabel="round of training", ylabel="share of right answers")
ax.axhline(1 / 8, color="black", linewidth=1)
ax.text(len(smooth["RNN"]), 1 / 8 + 0.04, "guessing", ha="right")
plt.show()

# %% [markdown]
# **Play.** Set `STEPS` to 10 and run both cells again: now the RNN can do it too. Which forget bias is enough for 50
# steps: 1? 2?

# %% [markdown] tags=["optional"]
# ## Optional: learn 50 captions by heart

# %% [markdown]
# The captioning model with an LSTM is the model of chapter 4 with two lines changed: where it said `rnn_forward` and
# `rnn_backward` it now says `lstm_forward` and `lstm_backward`. Here it is, with *your* functions. As before, we first
# overfit on purpose.


# %% tags=["gives-away"]
class MyCaptioner(CaptioningRNN):
    """A captioning model that trains with *your* LSTM."""

    def loss(self, features, captions):
        p = self.params
        h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
        vectors, embed_cache = word_embedding_forward(captions[:, :-1], p["W_embed"])
        h, lstm_cache = lstm_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
        scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dscores = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != self._null)

        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
        dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = lstm_backward(dh, lstm_cache)
        grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
        return loss, grads


_, first = np.unique(data["train_image_idxs"], return_index=True)
fifty = first[:50]  # one caption each of fifty pictures
small_data = {
    **data,
    "train_captions": data["train_captions"][fifty],
    "train_image_idxs": data["train_image_idxs"][fifty],
}

np.random.seed(231)
model = MyCaptioner(data["word_to_idx"], wordvec_dim=128, hidden_dim=256, cell_type="lstm")
solver = CaptioningSolver(
    model,
    small_data,
    update_rule="adam",
    optim_config={"learning_rate": 1e-2},
    lr_decay=0.98,
    batch_size=25,
    num_epochs=60,
)
solver.train()

final = np.mean(solver.loss_history[-4:])
print(f"loss below 0.2: {'✓ yes' if final < 0.2 else '✗ no'}")

# %% [markdown]
# ## RNN against LSTM
#
# Back to captions. Two models learn from all of them: an RNN, and an LSTM whose forget gates start open. The same data, the same
# minibatches, states of the same size. Both take the course's own functions, which do the same as yours and are faster.
#
# `val_size` and `restore_best()` are those of chapter 5, and `clip_norm=5` is the *gradient clipping* of chapter 2. The
# learning rate comes from the same small search for each: the best of 0.002, 0.004, 0.006 and 0.008, by the
# validation loss, with another seed. Both happen to get 0.006. (The RNN of chapter 5 had a larger state and ten epochs. Its
# numbers cannot be compared with those here.)


# %%
def train(cell_type, learning_rate):
    """A captioner trained on everything, and its solver, with the best weights restored."""
    np.random.seed(231)
    model = CaptioningRNN(data["word_to_idx"], wordvec_dim=128, hidden_dim=128, cell_type=cell_type)
    if cell_type == "lstm":
        open_forget_gate(model, 3)
    solver = CaptioningSolver(
        model,
        data,
        update_rule="adam",
        optim_config={"learning_rate": learning_rate},
        lr_decay=0.7,
        num_epochs=4,
        val_size=500,
        clip_norm=5,
    )
    solver.train()
    if solver.best_epoch:  # not where you stop it in the first epoch
        solver.restore_best()
    return model, solver


models, solvers = {}, {}
models["RNN"], solvers["RNN"] = train("rnn", learning_rate=6e-3)
models["LSTM, bias 3"], solvers["LSTM, bias 3"] = train("lstm", learning_rate=6e-3)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
plot_loss({name: solver.loss_history for name, solver in solvers.items()}, title="training", ax=left)
left.set_ylim(5, 30)
epochs = range(1, 1 + min(len(solver.val_loss_history) for solver in solvers.values()))
plot_lines(
    {name: solver.val_loss_history[: len(epochs)] for name, solver in solvers.items()},
    x=epochs,
    xlabel="epoch",
    title="validation",
    ax=right,
)
right.set_xticks(epochs)
plt.show()

best = {name: min(solver.val_loss_history, default=np.inf) for name, solver in solvers.items()}
lower = best["LSTM, bias 3"] < best["RNN"]
print(f"the LSTM has a lower validation loss than the RNN: {'✓ yes' if lower else '✗ no'}")

# %% [markdown] tags=["optional"]
# ### Optional: is a lower loss also a better caption?

# %% [markdown]
# We let them speak about new pictures, and judge them:
#
# - *true*: share of captions in which everything is true; *true facts*: share of what they say that is true;
# - [*BLEU-1 … 4*](../docs/glossary.md#bleu): from the share of words, pairs, triples and runs of four that the picture's five captions in the data
#   hold too. BLEU-n is the geometric mean of the first n shares, and it is smaller for captions that are too short;
# - *distinct*: as in chapter 5; *new*: share of captions that no training caption equals.

# %%
pictures = np.unique(data["val_image_idxs"])[:600]
facts = (
    [load_facts("val")[i] for i in pictures] if DATA == SCENES_DIR else None
)  # nobody wrote down COCO's facts
said_of_pictures = references(data, "val")
training_texts = plain_texts(data["train_captions"], data["idx_to_word"])
texts, rows = {}, {}
for name, model in models.items():
    texts[name] = plain_texts(model.sample(data["val_features"][pictures]), data["idx_to_word"])
    numbers = judge(texts[name], [said_of_pictures[i] for i in pictures], training_texts, facts)
    rows[name] = {"val. loss": f"{best[name]:.2f}", **numbers}
print(table(rows))

# %%
shown = range(0, len(pictures), len(pictures) // 8)[:8]
for name in models:
    axes = show_pictures(
        [image_from_url(data["val_urls"][pictures[k]]) for k in shown],
        [texts[name][k] for k in shown],
        marks=[caption_is_true(texts[name][k], facts[k]) for k in shown] if facts else None,
    )
    axes[0, 0].figure.suptitle(name)
    plt.show()

# %% [markdown]
# ## Is it the gates? Three seeds, and as many weights
#
# One training proves little: with another seed, the weights start elsewhere and the minibatches come in another order.
# And an LSTM has four times as many weights in its cell as an RNN with states of the same size. Perhaps only the number
# of weights helps? So four models were trained with three seeds each, and one of them is an RNN with a larger state, 304
# numbers: its *cell* has as many weights as the LSTM's, and the whole model has many more. That takes some minutes; the
# results are stored (`python -m benchmarks.captioners` measures them again). Each entry is the median, with the lowest and
# the highest in brackets. The held-out pairs of thing and colour ([chapter 5](05_sampling.ipynb)) have a column of their
# own here: *true* counts the other new pictures only. *statements* is how many facts a caption states.
#
# First a small TODO: count the weights in the cell of the LSTM above. These are `Wx`, `Wh` and `b`, with their shapes from
# the formula.

# %% tags=["small-todo"]
W, H = 128, 128  # numbers of a word, and of a state
# How many numbers do Wx, Wh and b of an LSTM hold together?
### BEGIN SOLUTION
weights = (W + H + 1) * 4 * H
### END SOLUTION
weights = agree(weights, sum(models["LSTM, bias 3"].params[name].size for name in ("Wx", "Wh", "b")))

# %% [markdown]
# **Predict.** The RNN with the larger state: will it come nearer to the RNN or to the LSTM?

# %%
four = {
    "RNN": "06_rnn",
    "RNN, larger state": "06_rnn_wide",
    "LSTM": "06_lstm",
    "LSTM, bias 3": "06_lstm_open",
}
columns = {
    "weights": (lambda one: one["weights"], "{:,}"),
    "val. loss": (lambda one: one["validation_loss"], "{:.2f}"),
    "true": lambda one: one["regular"]["true"],
    "true, held-out": lambda one: one["held_out"]["true"],
    "statements": (lambda one: one["regular"]["statements"], "{:.1f}"),
}
print(table(seeds_table(four, columns)))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# It depends on what you ask. The larger RNN says about as many true captions of ordinary pictures as the LSTM: the two
# ranges overlap. But its validation loss is higher with all three seeds, though it has more weights. So the number of
# weights is not everything. On the held-out pairs, too, the LSTM is better with every seed.
#
# </details>
#
# What holds with all seeds: the loss falls from each line of the table to the next. What does not hold with all seeds:
# that the LSTM says more true captions of ordinary pictures than the larger RNN, or that an open gate makes more captions
# true. Had you seen one seed only, you could have believed either.
#
# ## What does the state still know?
#
# Chapter 5 ended with a question: what is said last is wrong most, so was it forgotten? Now we can ask the state. After
# each word, can the colour of the thing still be read out of it? We ask with a **linear [probe](../docs/glossary.md#probe)**: one affine
# layer that is trained to name the colour from the state, and from nothing else. The captioner itself does not change. If
# the probe is right on new pictures, the state still holds the colour, in a form that one matrix can read, such as the
# matrix that chooses the next word.
#
# A probe for each kind of fact and after each word, for captions of at least ten words. The column *guess* shows how often
# one is right who always names the most frequent value.
#
# **Predict.** Which fact is still there after ten words: the colour, or the place?

# %%
order = ["count", "colour", "kind", "side", "place", "companion", "time", "weather"]
if DATA == SCENES_DIR:  # nobody wrote down the facts of photographs
    both = {split: load_facts(split) for split in ("train", "val")}
    known = {}
    for name, model in models.items():
        known[name], guess = facts_in_state(model, data, both, order)
    plot_facts_in_state(known, order, guess)
    plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The place. After `<START>` both are known. Then the colour fades in the RNN, down to a guess. The place stays in more than
# half of its captions. In the LSTM much more of the colour is left after ten words, and the place is nearly always there.
#
# </details>
#
# - **The picture arrives.** After `<START>` a probe reads number, colour, place and time in more than 80 of 100 captions, in
#   both models. Weather and companion it reads less often than these four.
# - **Forgetting is not a fault in itself.** A colour that has been said is not needed any more. The place is said late, and
#   it stays: training keeps what the words to come need.
# - **The time** is down to a guess after four words in the RNN. The LSTM keeps it longer.
#
# So was it forgotten? Both: the time was known and then lost, and weather and companion were hard to read from the start.

# %% [markdown] tags=["optional"]
# ### Optional: one of these numbers by hand

# %% [markdown]
# Here is a probe for the colour. It is fitted on training captions, and it reads the states of the RNN after three words.
# What is its share of right answers on new pictures? A small TODO:

# %% tags=["small-todo"]
if DATA == SCENES_DIR:
    states, labels = states_and_facts(models["RNN"], data, both, ["colour"])
    probe = linear_probe(states["train"][3], labels["train"]["colour"])
    named, colours = probe(states["val"][3]), labels["val"]["colour"]  # what it says, and what is so
    # The share of captions for which the probe names the right colour:
    ### BEGIN SOLUTION
    share = (named == colours).mean()
    ### END SOLUTION
    share = agree(share, known["RNN"][order.index("colour"), 3])

# %% [markdown]
# ## More to do
#
# ### Stretch · ★☆☆ · 10 minutes
#
# Open the forget gates less: in the function `train`, write `open_forget_gate(model, 1)`, then 0. Where does the validation
# loss end?
#
# ### Stretch · ★★★ · 40 minutes
#
# A **GRU** (Cho et al., 2014) has two gates and no cell. Its update gate $z$ both keeps and writes: $h_t = z \odot h_{t-1}
# + (1 - z) \odot \tilde h$. Look up the whole formula, write one step forward and backward and the
# loops over the steps, and run the memory task with them (three blocks of columns, where the LSTM has four).
#
# ### Debugging · ★★☆ · 10 minutes
#
# This step backward has one mistake. All its shapes are right. Find it without the check: measure the gradient of `next_c`
# with respect to each of the six inputs. Which of the six gradients that the function returns differs?


# %% tags=["gives-away"]
def suspicious_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    da_i = dc * g * i * (1 - i)
    da_f = dc * prev_c * f * (1 - f)
    da_o = dnext_h * tanh_c * o * (1 - o)
    da_g = dc * i * (1 - g**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    return da @ Wx.T, da @ Wh.T, dc, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# %% [markdown]
# <details><summary>A hint</summary>
#
# Take `dnext_h` as zeros and `dnext_c` as ones, and measure the gradient of `next_c` with respect to `prev_c` with
# `eval_numerical_gradient_array`. It is $f$. What comes out of the function?
#
# </details>
#
# <details><summary>The mistake</summary>
#
# `dprev_c` is `dc`, and should be `dc * f`. The gate is left out on the way back: the gradient along the belt never fades,
# whatever the gate does.
#
# </details>

# %% [markdown]
# ## Questions
#
# 1. The LSTM has four times as many weights in its cell as the RNN of the same size. How did this chapter find out whether
#    the *gates* help, and not just the number of weights? What is still unfair?
# 2. The cell starts as zeros. What would change if the picture entered through $c_0$ as well?
# 3. After ten words, a probe reads the colour from the state of the LSTM in about 60 of 100 captions. Does the model know
#    the colour in those 60? What else could it be?

# %% [markdown] tags=["answer"]
# **Answers.** (1) An RNN with a larger state has as many weights in its cell as the LSTM, each model has its best learning rate from
# the same search, and each was trained with three seeds. What is left: an LSTM step costs more time than a step of the
# small RNN, so with the same *time* the RNN could train longer; and the search had only four rates. (2) $f$ at `<START>`
# would have something to keep: the picture could lie on the belt from the beginning, instead of passing the gates
# of the first step. (3) Not for certain. A probe that may try to name 8 colours is right by luck in some; and what the
# probe finds need not be what the model uses. That a state *holds* something is shown; that the model *uses* it is not.

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - Is it good when a memory keeps all that it has seen?
# - Would you rather have a model that is easy to look into, or one that is right a little more often?
#
# ## What you have now
#
# A captioner with a memory that can hold on, and a way to ask a state what it knows. In [chapter 7](07_attention.ipynb) it
# looks at the picture again, before each word. (For whoever wants to know more about states: an elective,
# [chapter 11](11_inside_the_state.ipynb), writes the probe, asks why a fact that is known is not said, and looks at gates.)
#
# **Papers.** Hochreiter and Schmidhuber, 1997, *Long short-term memory*. Gers, Schmidhuber and Cummins, 2000, *Learning to
# forget* (the forget gate). Jozefowicz, Zaremba and Sutskever, 2015, *An empirical exploration of recurrent network
# architectures* (the bias of the forget gate). Alain and Bengio, 2016, *Understanding intermediate layers using linear
# classifier probes*.

# %%
progress()
