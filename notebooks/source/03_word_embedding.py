# %% [markdown]
# # 3 · Words become vectors
#
# A network computes with numbers, and a caption is made of words. A [**word embedding**](../docs/glossary.md#embedding)
# gives every word of the vocabulary a row of numbers, a *vector*. The network is free to learn these numbers, like any
# other weights.
#
# **In this chapter you will**
#
# 1. look words up, forward,
# 2. send gradients back to the rows that they belong to, and meet a famous NumPy trap,
# 3. see that words which are used alike get vectors that are alike.
#
# You need: indexing in NumPy. Time: about 45 minutes. The tasks under *More to do* are extra.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data
from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.words import plot_word_map
from cs231n.exercises import check, hint, progress

use_course_style()

# %% [markdown]
# ## Forward: look it up
#
# The vocabulary has V words, numbered from 0 to V − 1. The weights `W` have one row for each word, so `W` is (V, D). A
# batch of captions `x` is (N, T): word numbers. For each number, take that row:
#
# $$\text{out}[n, t] = W[x[n, t]]$$
#
# ![Each word number picks a row of W; on the way back, each gradient is added to the row it came from, twice for a word that occurs twice.](figures/word_embedding.svg)
#
# So `out` is (N, T, D): just what `rnn_forward` of chapter 2 wants as its input.
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
# The next cell tries to add 1 three times: once to row 0 and **twice** to row 2.
#
# **Predict.** What does it print?

# %%
dW = np.zeros(4)
dW[[0, 2, 2]] += 1
print(dW)

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Row 2 got only 1. NumPy reads all three rows first, adds 1 to each, and then writes all three back. The second write
# to row 2 covers the first. In captions many words occur twice ("**a** dog on **a** beach"), so this trap costs real
# gradients, and nothing crashes. Look for a NumPy function that adds *at* places, one after another.
#
# </details>
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
# When you have your ✓, read ours: the two functions in `cs231n/temporal_layers.py`.
#
# ## Play: what do the vectors learn?
#
# At the start, all vectors are random. Nobody tells the network that *red* and *blue* are both colours. Still, words
# that are used in the same places get gradients that are alike. Let us train a captioner for a short time (you will
# build it yourself in the next chapter) and look. It reads all training captions three times; one such pass is called an
# [**epoch**](../docs/glossary.md#epoch). [*Adam*](../docs/glossary.md#adam) is a way to update the weights: it gives
# each weight a step size of its own, from the gradients that this weight has had so far.

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
# We cannot draw 128 axes. So we draw the two directions in which the vectors of these words differ most (a *principal
# component analysis*). Change `groups` to see other words.
#
# **Predict.** Which of these words will lie near each other after training? Will *horse* be nearer to *house* or to
# *red*?

# %%
groups = {
    "colours": ["red", "orange", "yellow", "green", "blue", "purple", "pink"],
    "things": ["house", "car", "bus", "tent", "horse", "whale", "ship", "kite"],
    "places": ["sea", "beach", "meadow", "desert", "forest", "mountains"],
}
groups = {name: [word for word in group if word in data["word_to_idx"]] for name, group in groups.items()}
words = [word for group in groups.values() for word in group]
rows = [data["word_to_idx"][word] for word in words]


def two_directions(W):
    """Where each word lies along the two directions in which the vectors of these words differ most."""
    vectors = W[rows] - W[rows].mean(axis=0)
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    return dict(zip(words, vectors @ directions[:2].T, strict=True))


plot_word_map(groups, {"before training": two_directions(before), "after 3 epochs": two_directions(after)})
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Before training the words lie anywhere. Afterwards each kind has a part of the picture to itself: *horse* is with
# *house*, not with *red*. A horse and a house have little in common, but in these captions they stand in the same
# places: "a red … in the meadow". The network has found out for itself which words can stand in each other's place.
#
# </details>
#
# You can also ask for the words nearest to one word. Near means: the angle between the two vectors is small.
#
# **Predict.** Which word of these captions could replace *horse*? And *sea*?

# %%
asked = ["horse", "sea", "red"]  # try others, such as house, ship, painting, dusk

unit = after / np.linalg.norm(after, axis=1, keepdims=True)
for word in asked:
    if word in data["word_to_idx"]:
        nearness = unit @ unit[data["word_to_idx"][word]]
        nearest = [data["idx_to_word"][number] for number in np.argsort(-nearness)[1:6]]
        print(f"nearest to {word}: {', '.join(nearest)}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The nearest word to *horse* is *pony*: in these captions they mean the same. The three nearest to *sea* are *ocean*,
# *water* and *beach*. The nearest word to *red* is another colour, though it means something else: the two are *used*
# alike. Which of them fits the picture, the state must say.
#
# </details>
#
# ## More to do
#
# Nothing later needs these tasks. More stars, more thinking.
#
# ### Debugging · ★☆☆ · 5 minutes
#
# A friend's program has lost the numbers of some words and writes −1 for them, and looks the vectors up as below.
# Nothing crashes. What does the network read at these places? Find out with `data["idx_to_word"]`.

# %%
friends_caption = np.array([[1, 4, -1, -1, 2]])
out = after[friends_caption]
print(out.shape)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# In NumPy the index −1 means the *last* row. So the network reads the last word of the vocabulary,
# `data["idx_to_word"][-1]`, twice. A number that is too large would raise an error; a negative one is silent. Words
# that are not known have a number of their own: `<UNK>`, 3.
#
# </details>
#
# ### Stretch · ★★☆ · 15 minutes
#
# Write the backward step without `np.add.at`, as one matrix product with one-hot vectors (see the question below), and
# compare the times. Then try a loop over the words of the vocabulary. Which one is the fastest?

# %%
x = np.random.default_rng(0).integers(0, len(after), (100, 16))
out, cache = word_embedding_forward(x, after)

start = time.perf_counter()
for _ in range(20):
    word_embedding_backward(out, cache)
print(f"the function of this chapter takes {(time.perf_counter() - start) / 20 * 1000:.2f} ms")

# %% [markdown]
# <details><summary>A hint</summary>
#
# `one_hot = np.eye(V)[x.ravel()]` is (N·T, V), and `one_hot.T @ dout.reshape(N * T, D)` is dW. A product with one-hot
# rows multiplies mostly with 0, but a matrix product is what computers do best. What happens with the 10,000 words of a
# real vocabulary?
#
# </details>
#
# ## Question
#
# Looking up a row could also be written as a matrix product: make a row of V zeros with a single 1 at the word's
# number (a *one-hot* vector), and multiply it with `W`. Why does nobody do that? Count the multiplications for V =
# 1,000 words and D = 256.

# %% [markdown] tags=["answer"]
# **Answer.** The product takes V · D = 256,000 multiplications for each word, and nearly all of them are
# multiplications with 0. The lookup takes none: it copies 256 numbers. The result is the same. And so is the gradient:
# `one_hot.T @ dout` is exactly the scatter that you wrote.

# %% [markdown]
# ## What you have now
#
# Words in, vectors out, gradients home again. In [chapter 4](04_captioning_loss.ipynb) all the parts come together.
#
# *To read further:* Mikolov and others (2013), "Linguistic regularities in continuous space word representations".

# %%
progress()
