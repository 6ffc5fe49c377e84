# %% [markdown]
# # 3 · Words become vectors
#
# A network computes with numbers, and a caption is made of words. A **word embedding** gives every word of the
# vocabulary a row of numbers, a *vector*. The network is free to learn these numbers, like any other weights.
#
# **In this chapter you will**
#
# 1. look words up, forward,
# 2. scatter gradients back, backward, and meet a famous NumPy trap,
# 3. see that words with a like meaning move together in training.
#
# You need: indexing in NumPy. Time: about 30 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data
from cs231n.course.plotting import PALETTE, use_course_style
from cs231n.exercises import check, hint, progress

use_course_style()

# %% [markdown]
# ## Forward: look it up
#
# The vocabulary has V words, numbered from 0 to V − 1. The weights `W` have one row for each word, so `W` is (V, D).
# A batch of captions `x` is (N, T): word numbers. For each number, take that row:
#
# $$\text{out}[n, t] = W[x[n, t]]$$
#
# ![Each word number picks a row of W; on the way back, each gradient is added to the row it came from, twice for a word that occurs twice.](figures/word_embedding.svg)
#
# ## Your turn: forward
#
# One line is enough. NumPy can index an array with a whole array of numbers.


# %% tags=["todo"]
def word_embedding_forward(x, W):
    """Look up the vector of every word.

    x: (N, T) integers in 0 … V − 1
    W: (V, D), one row for each word
    returns: out (N, T, D), and cache
    """
    ### BEGIN SOLUTION
    out = W[x]
    cache = (x, W.shape[0])
    return out, cache
    ### END SOLUTION


# %%
word_embedding_forward = check(word_embedding_forward)

# %% [markdown]
# ## Backward: put it back
#
# In the forward step, row v of `W` was copied to every place where word v stands. On the way back, the gradients of
# all these places come home to row v, and there they **add up** (you know why, from chapter 2):
#
# $$dW[v] = \sum_{(n, t)\,:\; x[n, t] = v} \text{dout}[n, t]$$
#
# Rows of words that do not occur get 0.
#
# ### A trap
#
# The next cell tries to add 1 three times: once to row 0 and **twice** to row 2. Guess what it prints, then run it.

# %%
dW = np.zeros(4)
dW[[0, 2, 2]] += 1
print(dW)

# %% [markdown]
# Row 2 got only 1. NumPy reads all three rows first, adds 1 to each, and then writes all three back. The second
# write to row 2 covers the first. In captions many words occur twice ("**a** dog on **a** beach"), so this trap
# costs real gradients, and nothing crashes. Look for a NumPy function that adds *at* places, one after another.
#
# ## Your turn: backward


# %% tags=["todo"]
def word_embedding_backward(dout, cache):
    """Backward of word_embedding_forward.

    dout: (N, T, D), gradient of the loss with respect to each looked-up vector
    cache: what your word_embedding_forward returned
    returns: dW (V, D)
    """
    ### BEGIN SOLUTION
    x, V = cache
    dW = np.zeros((V, dout.shape[2]), dtype=dout.dtype)
    np.add.at(dW, x, dout)
    return dW
    ### END SOLUTION


# %%
word_embedding_backward = check(word_embedding_backward, forward=word_embedding_forward)

# %% [markdown]
# ## Play: what do the vectors learn?
#
# At the start, all vectors are random. Nobody tells the network that *red* and *blue* are both colours. Still, words
# that are used in the same places get alike gradients. Let us train a captioner for a short time (you will build it
# yourself in the next chapter) and look.

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

np.random.seed(231)
model = CaptioningRNN(data["word_to_idx"], cell_type="rnn")
before = model.params["W_embed"].copy()
solver = CaptioningSolver(model, data, update_rule="adam", optim_config={"learning_rate": 3e-3}, num_epochs=3)
solver.train()
after = model.params["W_embed"]

# %% [markdown]
# We cannot draw 128 axes. So we draw the two directions in which the vectors of these words differ most (a
# *principal component analysis*). Change `groups` to see other words.

# %%
groups = {
    "colours": ["red", "orange", "yellow", "green", "blue", "purple", "pink"],
    "things": ["house", "car", "bus", "tent", "horse", "whale", "ship", "kite"],
    "places": ["sea", "beach", "meadow", "desert", "forest", "mountains"],
}
looks = {
    "colours": ("o", PALETTE["gradient"]),
    "things": ("s", PALETTE["input"]),
    "places": ("^", PALETTE["state"]),
}

groups = {name: [word for word in group if word in data["word_to_idx"]] for name, group in groups.items()}
words = [word for group in groups.values() for word in group]
rows = [data["word_to_idx"][word] for word in words]
fig, axes = plt.subplots(1, 2, figsize=(11, 4.6))
for ax, W, title in zip(axes, [before, after], ["before training", "after 3 epochs"], strict=True):
    vectors = W[rows] - W[rows].mean(axis=0)
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    places = dict(zip(words, vectors @ directions[:2].T, strict=True))
    for name, group in groups.items():
        marker, colour = looks[name]
        points = np.array([places[word] for word in group])
        ax.scatter(*points.T, marker=marker, color=colour, s=60, label=name)
        for word, point in zip(group, points, strict=True):
            ax.annotate(word, point, textcoords="offset points", xytext=(6, 3), fontsize=10)
    ax.set(title=title, xticks=[], yticks=[])
axes[0].legend()
plt.show()

# %% [markdown]
# Before training the words lie anywhere. Afterwards each kind has a corner of its own: colours near colours, things
# near things. The network has found out for itself which words can stand in each other's place.
#
# You can also ask for the words nearest to one word. Near means: the angle between the two vectors is small.

# %% tags=["nbval-ignore-output"]
word = "red"

unit = after / np.linalg.norm(after, axis=1, keepdims=True)
nearness = unit @ unit[data["word_to_idx"][word]]
nearest = [data["idx_to_word"][number] for number in np.argsort(-nearness)[1:6]]
print(f"nearest to {word}: {', '.join(nearest)}")

# %% [markdown]
# ## Question
#
# Looking up a row could also be written as a matrix product: make a row of V zeros with a single 1 at the word's
# number (a *one-hot* vector), and multiply it with `W`. Why does nobody do that? Count the multiplications for
# V = 1,000 words and D = 256.

# %% [markdown] tags=["answer"]
# **Answer.** The product takes V · D = 256,000 multiplications for each word, and nearly all of them are
# multiplications with 0. The lookup takes none: it copies 256 numbers. The result is the same. And so is the
# gradient: `one_hot.T @ dout` is exactly the scatter that you wrote.

# %% [markdown]
# ## What you have now
#
# Words in, vectors out, gradients home again. In [chapter 4](04_captioning_loss.ipynb) all the parts come together.

# %% tags=["nbval-ignore-output"]
progress()
