# %% [markdown]
# # 6 · The LSTM: a better memory
#
# The picture enters our model only once, before the first word. When the tenth word is chosen, the state must still
# know what was in the picture, after nine steps that each mixed something new into it. In
# [chapter 2](02_rnn_sequence.ipynb) you saw how badly a plain RNN keeps things. The **long short-term memory** (LSTM)
# was built to keep them.
#
# **In this chapter you will**
#
# 1. write one LSTM step, forward and backward, and the whole sequence,
# 2. see why its gradient survives, and when it does not,
# 3. train an RNN and an LSTM on the same captions and compare them,
# 4. look at its gates while it reads a caption.
#
# You need: [chapter 2](02_rnn_sequence.ipynb) and [chapter 4](04_captioning_loss.ipynb). Time: about 75 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n import optim
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import judge, references, table
from cs231n.course.plotting import PALETTE, plot_lines, plot_loss, show_pictures, use_course_style
from cs231n.course.scenes import caption_is_true, claims, load_facts
from cs231n.course.text_units import plain_texts
from cs231n.decoding import sampled_captions
from cs231n.exercises import answers, check, hint, progress
from cs231n.gradient_check import eval_numerical_gradient_array, rel_error
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

# %% tags=["nbval-ignore-output"]
my = answers()
rnn_step_forward, rnn_step_backward = my.rnn_step_forward, my.rnn_step_backward
rnn_forward, rnn_backward = my.rnn_forward, my.rnn_backward
word_embedding_forward, word_embedding_backward = my.word_embedding_forward, my.word_embedding_backward

# %% [markdown]
# ## The idea: a conveyor belt with gates
#
# Besides the hidden state $h$, an LSTM has a second row of numbers, the **cell** $c$. Think of it as a conveyor belt
# that runs through all steps. At each step three **gates** decide, number by number, what happens:
#
# - the *forget gate* $f$: how much of the old cell stays,
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
# To forget one of them is the most frequent mistake in an LSTM. From $dc$ it is the chain rule as you know it:
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

# %% [markdown]
# ## Your turn: the whole sequence
#
# As in chapter 2: loop over the steps, and walk back. The cell starts as zeros, and nobody outside sees it: the loss
# only reaches the $h_t$. On the way back, **two** things are carried from step to step: `dprev_h` and `dprev_c`.


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
# ## Trust it

# %%
rng = np.random.default_rng(6)
N, T, D, H = 2, 5, 3, 4
names = ["x", "h0", "Wx", "Wh", "b"]
values = [rng.standard_normal(shape) for shape in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]]
dh = rng.standard_normal((N, T, H))

_, cache = lstm_forward(*values)
for name, value, gradient in zip(names, values, lstm_backward(dh, cache), strict=True):
    measured = eval_numerical_gradient_array(lambda _: lstm_forward(*values)[0], value, dh)
    agree = rel_error(gradient, measured) < 1e-6
    print(f"d{name:3s} {'✓ agrees with the measured gradient' if agree else '✗ differs'}")

# %% [markdown]
# ## Why it forgets less, and when it does not
#
# Along the belt, one step back is a product with $f$, number by number. There is no matrix, and no slope of tanh:
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = f + \text{(small paths through the gates)}$$
#
# So everything depends on $f$. We do the experiment of chapter 2 again: a gradient of length 1 enters at the last step,
# and we write down its length as it walks back. For the LSTM we try several biases $b_f$ of the forget gate. A bias of
# 0 means $f \approx \sigma(0) = 0.5$, a bias of 3 means $f \approx 0.95$.
#
# Before you run the cell: which of the four curves will fall fastest?

# %%
forget_biases = [0, 1, 3]

T, H, N = 50, 64, 16
rng = np.random.default_rng(7)
x = 0.1 * rng.standard_normal((N, T, H))
push = rng.standard_normal((N, H))
push /= np.linalg.norm(push)
matrix = 0.6 * rng.standard_normal((H, 4 * H)) / np.sqrt(H)


def lengths_on_the_way_back(dh, dc, caches):
    """Length of the gradient at each step, from the last to the first. dc is None for an RNN."""
    lengths = []
    for step_cache in reversed(caches):
        if dc is None:
            lengths.append(np.linalg.norm(dh))
            _, dh, *_ = rnn_step_backward(dh, step_cache)
        else:
            lengths.append(np.sqrt(np.linalg.norm(dh) ** 2 + np.linalg.norm(dc) ** 2))
            _, dh, dc, *_ = lstm_step_backward(dh, dc, step_cache)
    return lengths


h, caches = np.zeros((N, H)), []
for t in range(T):
    h, step_cache = rnn_step_forward(x[:, t], h, np.eye(H), matrix[:, :H], np.zeros(H))
    caches.append(step_cache)
curves = {"RNN": lengths_on_the_way_back(push, None, caches)}

for bias in forget_biases:
    b = np.zeros(4 * H)
    b[H : 2 * H] = bias  # the second block of four: f
    h, c, caches = np.zeros((N, H)), np.zeros((N, H)), []
    for t in range(T):
        h, c, step_cache = lstm_step_forward(x[:, t], h, c, matrix, matrix, b)
        caches.append(step_cache)
    curves[f"LSTM, forget bias {bias}"] = lengths_on_the_way_back(push, np.zeros((N, H)), caches)

plot_lines(curves, xlabel="steps back from the end", ylabel="length of ∂L/∂(state)", log=True)
plt.show()

# %% [markdown]
# A surprise for many: an LSTM with a forget bias of 0 forgets **as fast as an RNN**. A factor of 0.5 at each step is a
# power like any other. What the LSTM has, and the RNN has not, is the *possibility* to open the gate: with $f$ near 1
# the gradient walks back fifty steps and is still there. Training can open it, and a bias of 1 or more at the start
# helps it to find out. Many libraries do this.
#
# ## See it: remember one thing for 50 steps
#
# A task that is nothing but memory. At step 0 the network is shown one of 8 symbols. Then come 49 steps of noise. At
# the end it must say which symbol it was. Guessing is right 1 time in 8.

# %%
STEPS, SYMBOLS, H, N = 50, 8, 32, 64


def learn_to_remember(forward, backward, k, forget_bias=0, rounds=200):
    """Train on the memory task; returns the share of right answers in each round. k: blocks of H columns."""
    rng = np.random.default_rng(1)
    shapes = {"Wx": (SYMBOLS, k * H), "Wh": (H, k * H), "W_out": (H, SYMBOLS)}
    p = {name: (rng.standard_normal(s) / np.sqrt(s[0])).astype(np.float32) for name, s in shapes.items()}
    p["b"] = np.zeros(k * H, dtype=np.float32)
    p["b"][H : 2 * H] = forget_bias
    config, right = {name: {"learning_rate": 3e-3} for name in p}, []
    for _ in range(rounds):
        symbol = rng.integers(0, SYMBOLS, N)
        x = (0.3 * rng.standard_normal((N, STEPS, SYMBOLS))).astype(np.float32)
        x[:, 0] = np.eye(SYMBOLS)[symbol]
        h, cache = forward(x, np.zeros((N, H), dtype=np.float32), p["Wx"], p["Wh"], p["b"])
        scores = h[:, -1:] @ p["W_out"]
        right.append(np.mean(scores[:, 0].argmax(axis=1) == symbol))
        _, dscores = temporal_softmax_loss(scores, symbol[:, None], np.ones((N, 1), dtype=bool))
        dh = np.zeros_like(h)  # the loss reaches only the last state
        dh[:, -1:] = dscores @ p["W_out"].T
        grads = dict(zip(["Wx", "Wh", "b"], backward(dh, cache)[2:], strict=True))
        grads["W_out"] = h[:, -1].T @ dscores[:, 0]
        for name in p:
            p[name], config[name] = optim.adam(p[name], grads[name], config[name])
    return right


remembered = {
    "RNN": learn_to_remember(rnn_forward, rnn_backward, k=1),
    "LSTM, forget bias 0": learn_to_remember(lstm_forward, lstm_backward, k=4),
    "LSTM, forget bias 3": learn_to_remember(lstm_forward, lstm_backward, k=4, forget_bias=3),
}
for name, right in remembered.items():
    print(f"{name:20s} {'✓ remembers' if np.mean(right[-20:]) > 0.8 else '✗ does not remember'}")

# %%
smooth = {name: np.convolve(right, np.ones(10) / 10, "valid") for name, right in remembered.items()}
ax = plot_lines(smooth, xlabel="round of training", ylabel="share of right answers")
ax.axhline(1 / SYMBOLS, color="black", linewidth=1)
ax.text(0, 1 / SYMBOLS + 0.02, "guessing")
plt.show()

# %% [markdown]
# **Play.** Set `STEPS` to 10 and run both cells again: now the RNN can do it too. Which forget bias is enough for 50
# steps: 1? 2?
#
# ## Learn 50 captions by heart
#
# Back to captions. The captioning model with an LSTM is the model of chapter 4 with one line changed: where it said
# `rnn_forward` it now says `lstm_forward`. Here it is, with *your* functions. As before, we first overfit on purpose.


# %%
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
# Now three models learn from all captions: an RNN, an LSTM, and an LSTM whose forget gates start open. The same data, the
# same minibatches, the same sizes. From here on we use the
# course's own functions, which do the same as yours and are faster ([chapter 8](08_make_it_fast.ipynb) shows why).
#
# The solver can do three more things, and we switch them on:
#
# - `val_size=500`: after each epoch it measures the loss on 500 *validation* captions, and keeps the best weights;
# - `restore_best()` puts these best weights back into the model;
# - `clip_norm=5`: a gradient longer than 5 is shortened to 5. This is the *gradient clipping* of chapter 2.


# %%
def train(cell_type, learning_rate, forget_bias=0):
    """A captioner trained on everything, and its solver, with the best weights restored."""
    np.random.seed(231)
    model = CaptioningRNN(data["word_to_idx"], wordvec_dim=128, hidden_dim=128, cell_type=cell_type)
    if cell_type == "lstm":
        model.params["b"][128:256] = forget_bias
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
    solver.restore_best()
    return model, solver


models, solvers = {}, {}
models["RNN"], solvers["RNN"] = train("rnn", learning_rate=4e-3)
models["LSTM"], solvers["LSTM"] = train("lstm", learning_rate=6e-3)
models["LSTM, bias 3"], solvers["LSTM, bias 3"] = train("lstm", learning_rate=6e-3, forget_bias=3)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
plot_loss({name: solver.loss_history for name, solver in solvers.items()}, title="training", ax=left)
left.set_ylim(5, 30)
epochs = range(1, 1 + solvers["RNN"].epoch)
plot_lines(
    {name: solver.val_loss_history for name, solver in solvers.items()},
    x=epochs,
    xlabel="epoch",
    title="validation",
    ax=right,
)
right.set_xticks(epochs)
plt.show()

# %%
best = {name: min(solver.val_loss_history) for name, solver in solvers.items()}
print(
    f"the LSTM has a lower validation loss than the RNN: {'✓ yes' if best['LSTM'] < best['RNN'] else '✗ no'}"
)
print(
    f"an open gate at the start makes it lower still: {'✓ yes' if best['LSTM, bias 3'] < best['LSTM'] else '✗ no'}"
)

# %% [markdown]
# Is a lower loss also a better caption? We let them speak about new pictures, and judge them:
#
# - *true*: share of captions in which everything is true; *true facts*: share of what they say that is true;
# - *BLEU-1 … 4*: share of words, pairs, triples and runs of four that the picture's five captions in the data hold too;
# - *distinct*: how many different captions; *new*: share of captions that no training caption equals.

# %% tags=["nbval-ignore-output"]
pictures = np.unique(data["val_image_idxs"])[:600]
facts = (
    [load_facts("val")[i] for i in pictures] if DATA == SCENES_DIR else None
)  # nobody wrote down COCO's facts
said_by_people = references(data, "val")
training_texts = plain_texts(data["train_captions"], data["idx_to_word"])
texts, rows = {}, {}
for name, model in models.items():
    texts[name] = plain_texts(model.sample(data["val_features"][pictures]), data["idx_to_word"])
    numbers = judge(texts[name], [said_by_people[i] for i in pictures], training_texts, facts)
    size = sum(w.size for w in model.params.values())
    rows[name] = {"weights": f"{size:,}", "val. loss": f"{best[name]:.2f}", **numbers}
print(table(rows))

# %%
shown = range(0, len(pictures), len(pictures) // 8)[:8]
for name in ["RNN", "LSTM, bias 3"]:
    axes = show_pictures(
        [image_from_url(data["val_urls"][pictures[k]]) for k in shown],
        [texts[name][k] for k in shown],
        marks=[caption_is_true(texts[name][k], facts[k]) for k in shown] if facts else None,
    )
    axes[0, 0].figure.suptitle(name)
    plt.show()

# %% [markdown]
# ## Where does the LSTM win?
#
# In the painted world every caption states facts: how many, which colour, what, where, when. For each kind of fact: how
# often is it right when it is said? Greedy captions hardly speak of time and weather, so these captions are drawn at
# random from the nucleus ([chapter 5](05_sampling.ipynb)).

# %%
order = ["count", "colour", "kind", "side", "place", "companion", "time", "weather"]


def right_statements(model):
    """For each kind of fact: is it right? A list of True and False, one for each time it is said."""
    drawn = sampled_captions(model, data["val_features"][pictures], 17, top_p=0.8, seed=0)
    right = {kind: [] for kind in order}
    for text, scene in zip(plain_texts(drawn, data["idx_to_word"]), facts, strict=True):
        for kind, _, is_right in claims(text, scene):
            right.get(kind, []).append(is_right)
    return right


if facts:
    fig, ax = plt.subplots(figsize=(8, 5.5))
    looks = [("input", ""), ("gradient", "//"), ("state", "..")]
    for place, (name, (colour, hatch)) in enumerate(zip(models, looks, strict=True)):
        right = right_statements(models[name])
        shares = [sum(said) / max(len(said), 1) for said in right.values()]
        notes = [f"{share:.0%} of {len(right[kind])}" for share, kind in zip(shares, order, strict=True)]
        style = {"color": PALETTE[colour], "hatch": hatch, "edgecolor": "white", "label": name}
        bars = ax.barh(np.arange(len(order)) + 0.28 * (place - 1), shares, 0.26, **style)
        ax.bar_label(bars, notes, padding=3, fontsize=9)
    ax.set_yticks(range(len(order)), order)
    ax.set(xlabel="share of right statements", xlim=(0, 1.2))
    ax.invert_yaxis()
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=3)
    plt.show()

# %% [markdown]
# What is said first (how many, which colour) is nearly always right. What is said last (time, weather) is right less
# often. The picture entered before the first word, so these facts must be remembered for the longest time.

# %% [markdown]
# ## Look at the gates
#
# What do the gates do while the LSTM reads a caption? Each row is a word that goes in, each column one unit (40 of the
# 128, sorted by how open their forget gate is). Dark is closed, bright is open.

# %%
picture = 3  # try others

model = models["LSTM, bias 3"]
words = ["<START>", *texts["LSTM, bias 3"][picture].split()]
state, gates = model.initial_state(data["val_features"][[pictures[picture]]]), []
for word in words:
    vectors = model.params["W_embed"][[data["word_to_idx"][word]]]
    a = vectors @ model.params["Wx"] + state[0] @ model.params["Wh"] + model.params["b"]
    gates.append(sigmoid(a[0, : 3 * 128]).reshape(3, 128))  # i, f, o
    _, state = model.step(np.array([data["word_to_idx"][word]]), state)
gates = np.array(gates)  # (words, 3, units)
shown = np.argsort(-gates[:, 1].mean(axis=0))[:: 128 // 40][:40]

fig, axes = plt.subplots(1, 3, figsize=(11, 1.2 + 0.32 * len(words)), sharey=True)
for ax, name, gate in zip(
    axes, ["input gate i", "forget gate f", "output gate o"], gates.swapaxes(0, 1), strict=True
):
    image = ax.imshow(gate[:, shown], vmin=0, vmax=1, cmap="cividis", aspect="auto", interpolation="nearest")
    ax.set(title=name, xlabel="unit")
    ax.grid(False)
axes[0].set_yticks(range(len(words)), words)
fig.colorbar(image, ax=axes, label="0 closed … 1 open")
plt.show()

# %% [markdown]
# In the middle, the columns on the left are bright from top to bottom: units that keep what they have through the whole
# caption. Those on the right close at some words: there the unit forgets, and begins anew.
#
# ## Question
#
# The LSTM has four times as many weights in its cell as the RNN of the same size. Is the comparison above fair? How
# would you find out whether the *gates* help, and not just the number of weights?

# %% [markdown] tags=["answer"]
# **Answer.** It is fair in data, epochs and size of the state, but not in weights, and not in time: an LSTM step costs
# about four times as much. To separate the two, give the RNN a larger state, until both have the same number of weights
# (or until both train for the same time), choose the best learning rate for each, and compare again, with several seeds.
# The clearer evidence for the gates is the third model, and the memory task above: there an LSTM whose forget gate starts
# half closed has just as many weights as the one that starts open, and does worse.

# %% [markdown]
# ## What you have now
#
# A captioner with a memory that can hold on. In [chapter 7](07_words_or_characters.ipynb) it must hold on for much
# longer: it will write letter by letter.

# %% tags=["nbval-ignore-output"]
progress()
