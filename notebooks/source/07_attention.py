# %% [markdown]
# # 7 · Look again: attention
#
# Our captioners look at the picture once, before the first word. Then the state must carry all of it to the last word.
# [Chapter 6](06_lstm.ipynb) measured what gets lost on the way. The answer that changed the field is simple. **Do not
# remember the picture. Look again, at every word.**
#
# **In this chapter you will**
#
# 1. write attention: a question, scores, weights, and what is read with them,
# 2. write its backward step, where each cell is reached on two paths,
# 3. train an LSTM that looks again before every word,
# 4. watch where it looks, and compare that with the truth, which we know because we painted it,
# 5. test whether a bright spot explains a word.
#
# You need: [chapter 6](06_lstm.ipynb). Time: about 95 minutes.
# What is *optional* and the tasks under *More to do* are extra. The training takes one to two minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import table
from cs231n.course.error_analysis import count_errors, false_captions
from cs231n.course.measure_gradients import measure_gradients
from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.attention import plot_looks, plot_shares
from cs231n.course.plotting.caption_film import show_film
from cs231n.course.scenes import (
    caption_is_true,
    draw_scene,
    grid_features,
    is_held_out,
    load_facts,
    weight_map,
)
from cs231n.course.state_probes import open_forget_gate
from cs231n.course.stored_results import seeds_table
from cs231n.course.text_units import plain_texts
from cs231n.course.where_it_looks import greedy_looks, share_of_weight
from cs231n.decoding import word_by_word
from cs231n.exercises import check, hint, progress
from cs231n.grid_utils import GridFeatures
from cs231n.rnn_layers import lstm_step_forward, sigmoid

use_course_style()

# %% [markdown]
# ## The idea
#
# A convolutional network does not only say *what* is in a picture. Before its last layers it has a **grid**: one row of
# numbers for each place. We keep this grid. The picture becomes L **cells**, and each cell has a vector of H numbers.
# All of them together are A, of shape (L, H).
#
# Before each word the state **asks**, and the cells answer:
#
# ![One step of an LSTM with attention. The picture is a grid of cells, each a row of A. The state prev_h asks: its product with each cell is a score; softmax makes the scores weights that add up to 1, large for the cells of the red house. The context is the sum of the cells, each with its weight. Then the LSTM's own step takes the word x, the state prev_h and the context, and gives next_h, from which the next word is chosen.](figures/attention.svg)
#
# ## The formula
#
# Three lines. For one picture with the state $h$ and the cells $A_1 \dots A_L$:
#
# $$s_l = \frac{A_l \cdot h}{\sqrt{H}} \qquad w = \text{softmax}(s) \qquad \text{context} = \sum_l w_l\, A_l$$
#
# - The **score** of a cell is large when its vector points where the state points.
# - The **weights** are all positive and add up to 1. So the context is a mean of the cells, a *weighted* one.
# - A product of H numbers grows with H. The division by $\sqrt H$ keeps the scores near 1, where softmax is not yet all
#   or nothing.
#
# ## By hand, on three cells
#
# Here H = 4, so $\sqrt H = 2$. Three cells: sky, house, grass.

# %%
h_small = np.array([[2.0, 0.0, 2.0, 0.0]])
A_small = np.array([[[0.0, 2.0, 0.0, 2.0], [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 1.0]]])
for name, cell in zip(["sky", "house", "grass"], A_small[0], strict=True):
    print(f"{name:6s} A · h = {cell @ h_small[0]:.0f}, score = {cell @ h_small[0] / 2:.0f}")

# %% [markdown]
# Take a pencil. The scores are 0, 2 and 1; $e^0 = 1$, $e^2 \approx 7.4$, $e^1 \approx 2.7$.
#
# **Predict.** Which weights do the three cells get? And which weights would they get if $h$ were all zeros? Write your
# guess down. You can check it below, with your own function.
#
# ## Your turn: look


# %% tags=["todo"]
def attention_forward(h, A):
    """One look at the grid: a weighted mean of its cells.

    h: (N, H) state, which asks
    A: (N, L, H) the cells of N pictures
    returns: context (N, H), weights (N, L), and cache, a tuple of what your backward function needs
    """
    ### BEGIN SOLUTION
    scores = np.einsum("nlh,nh->nl", A, h) / h.shape[1] ** 0.5
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))  # so that exp cannot overflow
    weights /= weights.sum(axis=1, keepdims=True)
    context = np.einsum("nl,nlh->nh", weights, A)
    return context, weights, (h, A, weights)
    ### END SOLUTION


# %%
attention_forward = check(attention_forward)

# %% [markdown]
# Stuck? Run `hint("attention_forward")` in a new cell.

# %%
for question in (h_small, 0 * h_small):
    _, weights, _ = attention_forward(question, A_small)
    print("h =", question[0].astype(int), " weights:", " ".join(f"{w:.2f}" for w in weights[0]))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The sum of the three exponentials is 11.1. So the weights are 1/11.1, 7.4/11.1 and 2.7/11.1, which is 0.09, 0.67 and
# 0.24. A state of zeros asks nothing: all scores are 0, all weights 1/3, and the context is the plain mean.
#
# </details>
#
# ## Backward: two paths into each cell
#
# A cell acts on the context in **two** ways. It is *read*, with its weight. And its *score* decides how much of it, and
# how little of all the others, is read. Two paths, so two gradients, and they add up:
#
# | to | gradient | because |
# |---|---|---|
# | weights | $dw_l = A_l \cdot d\text{context}$ | $\text{context} = \sum_l w_l A_l$ |
# | scores | $ds_l = w_l\,(dw_l - \sum_k w_k\, dw_k)$ | softmax: one weight grows only at the cost of the others |
# | $h$ | $dh = \sum_l ds_l\, A_l / \sqrt H$ | $s_l = A_l \cdot h / \sqrt H$ |
# | $A_l$ | $dA_l = w_l\, d\text{context} + ds_l\, h / \sqrt H$ | both paths: as what is read, and by its score |
#
# ## Your turn: look, backward


# %% tags=["todo"]
def attention_backward(dcontext, cache):
    """Backward of attention_forward.

    dcontext: (N, H)
    cache: what your forward function kept
    returns: dh (N, H), dA (N, L, H)
    """
    ### BEGIN SOLUTION
    h, A, weights = cache
    root = h.shape[1] ** 0.5
    dweights = np.einsum("nlh,nh->nl", A, dcontext)
    dscores = weights * (dweights - (weights * dweights).sum(axis=1, keepdims=True))
    dh = np.einsum("nl,nlh->nh", dscores, A) / root
    dA = weights[:, :, None] * dcontext[:, None] + dscores[:, :, None] * h[:, None] / root
    return dh, dA
    ### END SOLUTION


# %%
attention_backward = check(attention_backward, forward=attention_forward)

# %% [markdown]
# ## Trust it

# %%
rng = np.random.default_rng(9)
inputs = {"h": rng.standard_normal((2, 4)), "A": rng.standard_normal((2, 5, 4))}
measure_gradients("attention_backward", inputs, rng.standard_normal((2, 4)))

# %% [markdown]
# ## Your turn: an LSTM that looks first
#
# The LSTM of [chapter 6](06_lstm.ipynb) gets one input more. The state *before* the step asks, the context comes, and
# joins the word:
#
# $$a = x\, W_x + h_{t-1} W_h + \text{context}\, W_c + b$$
#
# From there on nothing changes: i, f, o, g, the cell, the state. Use your `attention_forward`.


# %% tags=["todo"]
def attention_lstm_step_forward(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    """One step of an LSTM that looks at the cells first.

    x: (N, D), prev_h: (N, H), prev_c: (N, H)
    A: (N, L, H) the cells
    Wx: (D, 4H), Wh: (H, 4H), Wc: (H, 4H), b: (4H,)
    returns: next_h (N, H), next_c (N, H), and cache, a tuple of what a backward step would need
    """
    ### BEGIN SOLUTION
    context, weights, look = attention_forward(prev_h, A)
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + context @ Wc + b, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, Wc, look, context, i, f, o, g, next_c)
    ### END SOLUTION


# %%
attention_lstm_step_forward = check(attention_lstm_step_forward)

# %% [markdown]
# A shorter way: the context is an input beside x. So it is the LSTM's step with the inputs `[x, context]`, and with Wx
# above Wc. The package does it so, and its backward step is then two lines: [`attention.py`](../cs231n/attention.py).
#
# ## The cells of the scenes
#
# Where do cells come from? The network that made our features is *frozen*: it does not learn any more. Before its last
# layer, it sees 5 × 5 places, with 64 numbers each, its *channels*. The last layer multiplies each place with a matrix
# *of its own* and adds the 25 products up. From this sum, by a [ReLU](../docs/glossary.md#relu) and a projection, come the features. **We keep the
# 25 summands apart**, projected to 64 numbers each. A cell is what its place adds to the sum.
#
# The cells are made when you ask for them the first time (some seconds), and kept in a file. One vector for the whole
# picture stays, for the first state. `GridFeatures` holds both.

# %%
data = load_coco_data(base_dir=SCENES_DIR)
for split in ("train", "val"):
    data[f"{split}_features"] = GridFeatures(data[f"{split}_features"], grid_features(split))

# %%
print("one vector a picture:", data["train_features"].picture.shape)
print("25 cells a picture:  ", data["train_features"].grid.shape)

# %% [markdown]
# (The published COCO files hold no grid. Grid features that you make of photographs with another network are read by
# `load_grid_features` in [`grid_utils.py`](../cs231n/grid_utils.py).)
#
# ## Train
#
# `cell_type="attention"` is your step, packed and fast. It also learns $A = \text{grid}\, W_{grid} + b_{grid}$, which
# makes H numbers of the 64 of each cell. The forget gate starts open, as in chapter 6.

# %%
np.random.seed(231)
model = CaptioningRNN(data["word_to_idx"], wordvec_dim=64, hidden_dim=128, cell_type="attention", grid_dim=64)
open_forget_gate(model, 3)
solver = CaptioningSolver(
    model,
    data,
    update_rule="adam",
    optim_config={"learning_rate": 4e-3},
    lr_decay=0.7,
    num_epochs=6,
)
solver.train()

# %% [markdown]
# ## Is it true?
#
# The judge of [chapter 5](05_sampling.ipynb) again. First the 450 regular new pictures, then the 150 held-out pairs:
# things in a colour that no training picture shows them in.

# %%
facts = load_facts("val")
captions, weights = greedy_looks(model, data["val_features"])
texts = plain_texts(captions, data["idx_to_word"])
held_out = np.array([is_held_out(scene) for scene in facts])
true = np.array([caption_is_true(text, scene) for text, scene in zip(texts, facts, strict=True)])
print(f"regular pictures: {true[~held_out].mean():.0%} true")
print(f"held-out pairs:   {true[held_out].mean():.0%} true")

# %% [markdown]
# Which kinds of mistakes are left?

# %%
regular = np.flatnonzero(~held_out)
found = false_captions([texts[i] for i in regular], [facts[i] for i in regular])
for fact, captions_false in count_errors(found).items():
    print(f"{fact:15s} false in {captions_false} of {len(regular)} captions")

# %% [markdown]
# ## With and without, three seeds
#
# Four models were trained with three seeds each, 8 epochs, with the same sizes and the same
# learning rate (`python -m benchmarks.captioners` measures them again). Each entry is the median, with the lowest and the
# highest in brackets. How often is it right about the companion's side, and about the weather, when it says something
# about them?
#
# - *without*: the LSTM of chapter 6, forget gates open, trained longer than there;
# - *channels*: attention, and a cell is the 64 channels of its place, as the network sees them before its last layer;
# - *channels + places*: the same, and each cell also holds its row and its column as numbers;
# - *summands*: the cells of this chapter.
#
# **Predict.** Which column does attention change most? And which of the three kinds of cells is best at *left* and
# *right*?

# %%
four = {
    "without": "07_lstm_open",
    "channels": "07_channels",
    "channels + places": "07_channels_places",
    "summands": "07_attention",
}


def right(fact):
    """Reads from one seed's entry: the share of true statements among all about this kind of fact."""
    return lambda one: one["regular"]["facts"][fact][0] / one["regular"]["facts"][fact][1]


columns = {
    "true": lambda one: one["regular"]["true"],
    "true, held-out": lambda one: one["held_out"]["true"],
    "companion's side": right("companion_side"),
    "weather": right("weather"),
}
print(table(seeds_table(four, columns)))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The weather: with every seed, all three rows with attention are right about it more often than the row without. The
# summands say more true captions of regular pictures than each of the other rows, with every seed. They alone know the
# companion's side; the channels, with places or without, are about as good at it as somebody who guesses. Why? The
# optional part below tells.
#
# On the held-out pairs, three seeds do not tell the channels with places from those without: the ranges overlap.
#
# </details>
#
# ## The film: where does it look?
#
# The weights are a picture. Here is one caption, word by word. The scene is bright where the weight is large. The number
# above each panel is the largest weight of a cell. Equal weights would be 1/25, which is 4 %. (This picture was chosen
# because there are two things in it. Most pictures have one; try some.)

# %%
shown = regular[11]  # try others


def film(number):
    """The panels of one validation picture, a panel a word."""
    words = texts[number].split()
    plot_looks(draw_scene(facts[number], size=288), words, weights[number, : len(words)])
    plt.show()


film(shown)

# %% [markdown]
# The same as a film, with the likeliest words beside it:

# %% tags=["readme-film"]
words, likeliest = word_by_word(model, data["val_features"][[shown]], max_length=17)
looks = [weight_map(look) for look in weights[shown, : len(words)]]
show_film(draw_scene(facts[shown], size=288), words, likeliest, looks)

# %% [markdown]
# And a pair that it has never seen together:

# %%
film(np.flatnonzero(held_out & true)[3])

# %% [markdown]
# ## Measure it: which word looks where?
#
# A pretty film proves nothing. But we painted the pictures, so we know the outline of each thing. For all 600 new
# pictures: how much of the weight lies inside the outline of what the word speaks of? And how much would lie there if
# all weights were equal?
#
# **Predict.** For which words does it look best at the right place: colours, things, companions, or the sky?

# %%
shares = share_of_weight(captions, weights, facts, data["idx_to_word"])
plot_shares(shares)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# A bar that is longer than its neighbour means: at these words, more of the weight lies on the right place than equal
# weights would put there. It is clearest for the **companion**: more than twice as much. For the **sky** (the words of
# time and weather) it is a little more, and for colours and things, too. But read the numbers: at most words the larger
# part of the weight lies somewhere else.
#
# </details>
#
# ## Is looking explaining?
#
# It is tempting to say: "it says *night* because it looks at the sky". Test it. We let the model speak again, but change
# the weights behind its back, before it reads: first to equal weights, then we shuffle them over the cells.
#
# **Predict.** Which facts become wrong: what the thing is, or what the sky is like?

# %%
rng = np.random.default_rng(0)
changes = {
    "as learned": None,
    "equal weights": lambda w: np.full_like(w, 1 / w.shape[1]),
    "shuffled": lambda w: rng.permuted(w, axis=1),
}
kinds = ["colour", "kind", "count", "place", "companion", "time", "weather"]
false_in = {}
for name, change in changes.items():
    changed, _ = greedy_looks(model, data["val_features"][regular], change=change)
    said = plain_texts(changed, data["idx_to_word"])
    errors = false_captions(said, [facts[i] for i in regular])
    false_in[name] = count_errors(errors)
    print(f"{name:14s} true: {1 - len(errors) / len(regular):.0%}", end="   false: ")
    print(", ".join(f"{kind} {false_in[name].get(kind, 0)}" for kind in kinds))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Fewer captions are true, so the looks do matter. What becomes wrong is mostly what the thing is, and what stands beside
# it. The sky (time and weather) is hardly touched. And **most captions stay true**, although the model now reads from the
# wrong cells. What it says does not come from the bright cells alone: the first state came from a vector of the whole
# picture. So take a film for what it is: it shows where the model looked, and not why it said the word. (Jain and Wallace
# made this test on texts, in "Attention is not explanation".)
#
# </details>

# %% [markdown] tags=["optional"]
# ## Optional: *what* is easy, *where* is hard

# %% [markdown]
# "With a windmill on the left": for that it must know where the windmill is. But the context is a sum, and a sum does
# not know the order of its parts. See for yourself, with cells in another order:

# %%
rng = np.random.default_rng(3)
h, A = rng.standard_normal((2, 4)), rng.standard_normal((2, 5, 4))
order = [3, 0, 4, 1, 2]
in_order, shuffled = attention_forward(h, A)[0], attention_forward(h, A[:, order])[0]
print(f"cells in another order, the same context: {'✓ yes' if np.allclose(in_order, shuffled) else '✗ no'}")

# %% [markdown]
# So attention can say *where* only if **each cell says where it is**. Two ways were tried, and the table above has both:
#
# 1. **Add the place to the cell**: numbers for its row and its column (`with_places` in
#    [`grid_utils.py`](../cs231n/grid_utils.py)).
# 2. **Give every place a matrix of its own.** Then a windmill on the left makes numbers different from those of the same windmill on
#    the right. The last layer of the frozen network does that, and our cells are its summands.
#
# Read the column of the companion's side again. The channels do not say where they are, and the model guesses. Places
# did not cure that: with every seed it was far below the summands. Why not? That was not measured. One guess: the
# context is *one* sum of cells. When the weights are spread over several cells, it holds "a windmill" and "a left" and
# "a right", and not which of them belong together. In the summands, "a windmill on the left" is a pattern of its own.

# %% [markdown]
# ## From here on
#
# Look at the three lines of the formula once more. One state asks, and the cells of a picture answer. What if **every
# word asks itself and the words before it**, all at the same time? Then there is no state to carry, and no loop over time
# to wait for. That is a *transformer*, and [chapter 8](08_transformer.ipynb) builds one.
#
# ## More to do
#
# ### Play · ★☆☆ · 5 minutes
#
# Change `shown` in the film, and look for a caption that is false: `np.flatnonzero(~true)` lists them. Did it look at
# the wrong place, or did it look at the right place and say the wrong word?
#
# ### Debugging · ★★☆ · 10 minutes
#
# This step was written in a hurry. It runs, the shapes are right, and a model trains with it. What is wrong? Find it
# with one line of code.


# %% tags=["gives-away"]
def step_in_a_hurry(x, prev_h, prev_c, A, Wx, Wh, Wc, b):
    scores = (A @ prev_h[:, :, None])[:, :, 0] / np.sqrt(prev_h.shape[1])
    look = np.exp(scores) / np.exp(scores).sum(axis=0)
    context = (look[:, None] @ A)[:, 0]
    return lstm_step_forward(np.hstack([x, context]), prev_h, prev_c, np.vstack([Wx, Wc]), Wh, b)


# %% [markdown]
# <details><summary>A hint</summary>
#
# What must the weights of one picture add up to? Print that sum for a batch of two.
#
# </details>
#
# <details><summary>What is wrong</summary>
#
# The softmax runs over the batch: `sum(axis=0)`. The weights of *one cell* add up to 1 over all pictures. What a picture
# reads then depends on the other pictures in its minibatch. `look.sum(axis=1)` shows it: it is not 1. The same call on
# one picture alone gives other numbers, too.
#
# </details>
#
# ### Stretch · ★★★ · 40 minutes
#
# Give the model keys and values of their own: two matrices, `W_key` and `W_value`, in the place of `W_grid`. Write
# `loss` with the plain functions of [`attention.py`](../cs231n/attention.py), overfit 50 captions, and then train on
# everything. Does it look more sharply?
#
# <details><summary>A hint</summary>
#
# With the plain functions, keys and values need a change in two places of `attention_forward` only: the scores use K,
# the sum uses V. Its backward function then returns dK and dV: each gets one of the two paths of dA.
#
# </details>
#
# ## Question
#
# A captioner with attention can look at the picture at every word. Why does it still need the state of an LSTM at all?

# %% [markdown] tags=["answer"]
# **Answer.** The state knows what has been said, and that decides what is asked next. After "a red house" it must ask
# where the house is, not which colour it has. Without a state the question would be the same at every word, and so would
# the look.

# %% [markdown]
# ## What you have now
#
# The idea that led from recurrent captioners to today's language models, written by hand, and a picture of what it does.
# In [chapter 8](08_transformer.ipynb) the words look at each other.
#
# Papers: Bahdanau, Cho, Bengio (2015), "Neural machine translation by jointly learning to align and translate"; Xu et
# al. (2015), "Show, attend and tell"; Jain, Wallace (2019), "Attention is not explanation".

# %%
progress()
