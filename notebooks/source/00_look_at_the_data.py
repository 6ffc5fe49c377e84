# %% [markdown]
# # 0 · Look at the data
#
# In this course you build a program that looks at a picture and says, in English, what is in it.
#
# ![A picture becomes features, the features start a recurrent network, and the network says one word after another.](figures/what_you_will_build.svg)
#
# Before you build anything, look at the data. It is the habit of everyone who is good at this.
#
# **In this chapter you will**
#
# 1. see that your computer is ready,
# 2. load pictures, captions and features,
# 3. turn numbers back into a caption,
# 4. learn what `<START>`, `<END>`, `<NULL>` and `<UNK>` are for.
#
# You need: a little Python. Time: about 20 minutes.
#
# **How these notebooks work.** Click into a cell and press *Shift + Enter*: the cell runs, and you go on to the next
# one. The cells with `raise NotImplementedError("TODO")` are yours to fill. Under each of them is a check cell.
#
# ## Is everything here?

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.coco_utils import COCO_DIR, SCENES_DIR, decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.course.plotting import PALETTE, plot_bars, show_pictures, use_course_style
from cs231n.course.setup_check import check_setup
from cs231n.exercises import check, hint, progress
from cs231n.image_utils import fetch_image, image_from_url

use_course_style()

# %% tags=["nbval-ignore-output"]
check_setup()

# %% [markdown]
# A ✓ is fine. A ✗ comes with what to do. A dot is something you can leave for later.
#
# ## Load it
#
# The course brings a dataset of its own, **painted scenes**: small pictures of a painted world, each with five
# captions. Every chapter runs on it, without a network. The real dataset, **COCO**, has 123,000 photographs. It has
# exactly the same form, so one line switches between them.

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see the end of this chapter)
data = load_coco_data(base_dir=DATA)

for name, value in data.items():
    shape = value.shape if isinstance(value, np.ndarray) else f"{type(value).__name__} of {len(value)}"
    print(f"{name:17s} {shape}")

# %% [markdown]
# Everything is there twice: `train` is for learning, `val` (*validation*) is for judging. The model never learns from
# `val`.
#
# | name | what it is |
# |---|---|
# | `train_captions` | one row for each caption: 17 word numbers |
# | `train_image_idxs` | for each caption, which picture it belongs to (a row of the next two) |
# | `train_features` | one row for each picture: 512 numbers that describe it |
# | `train_urls` | for each picture, where to find it |
# | `idx_to_word`, `word_to_idx` | from number to word, and back |
#
# ## See it

# %%
np.random.seed(5)
captions, features, urls = sample_coco_minibatch(data, batch_size=6)
show_pictures(
    [image_from_url(url) for url in urls], decode_captions(captions, data["idx_to_word"]), columns=3
)
plt.show()

# %% [markdown]
# Run the cell above with another seed, and you see other pictures.
#
# ## A caption is a row of numbers

# %%
caption = data["train_captions"][0]
print(caption)

# %% [markdown]
# Each number stands for a word. Four of the "words" are special:
#
# | number | token | what it is for |
# |---|---|---|
# | 0 | `<NULL>` | fills short captions up, so that all rows have the same length |
# | 1 | `<START>` | the first word that goes *in*: it means "now speak" |
# | 2 | `<END>` | the last word that comes *out*: it means "I am done" |
# | 3 | `<UNK>` | *unknown*: stands for every word that is too rare to be learned |
#
# ![One caption as a row of 17 cells: START, words, END, then NULL.](figures/special_tokens.svg)
#
# `decode_captions` turns the numbers back into text:

# %%
print(decode_captions(caption, data["idx_to_word"]))

# %% [markdown]
# ## Your turn: how long are the captions?
#
# A warm-up. Count the **words** of each caption. `<NULL>`, `<START>` and `<END>` are signs, not words. `<UNK>` stands
# for a real word, so it counts.
#
# Delete the line with `raise`, and write your own. One line is enough, without a loop.


# %% tags=["todo"]
def caption_lengths(captions):
    """How many words each caption has.

    captions: (N, T) integers: 0 is <NULL>, 1 is <START>, 2 is <END>, 3 is <UNK>
    returns: (N,) integers
    """
    ### BEGIN SOLUTION
    return (captions > 2).sum(axis=1)
    ### END SOLUTION


# %% [markdown]
# Now run the check. It tells you what is right, and if something is wrong, *where*.

# %%
caption_lengths = check(caption_lengths)

# %% [markdown]
# If your answer is missing or wrong, the check hands you the course's own function, so that the rest of the notebook
# still works. Stuck? Run `hint("caption_lengths")` in a new cell. Each time you run it, it says a little more.
#
# ## How long, and which words?

# %%
lengths = caption_lengths(data["train_captions"])
fig, ax = plt.subplots(figsize=(8, 3))
ax.hist(lengths, bins=np.arange(3.5, 17.5), color=PALETTE["input"], rwidth=0.85)
ax.set(xlabel="words in a caption", ylabel="captions")
plt.show()

# %%
counts = np.bincount(data["train_captions"].ravel(), minlength=len(data["idx_to_word"]))
counts[:3] = 0  # leave <NULL>, <START> and <END> out
most = np.argsort(-counts, kind="stable")[:15]
plot_bars(
    {data["idx_to_word"][i]: counts[i] for i in most}, xlabel="times in the training captions", form="{:,.0f}"
)
plt.show()

# %% [markdown]
# The little words are everywhere. This is true of every language: a few words are very frequent, and most are rare.
#
# ## What are features?
#
# The network never sees the pixels. Another network has looked at each picture before and written down 512 numbers
# about it: its **features** (for COCO that network is VGG-16, for the scenes it is a small one of our own). Are these
# numbers any good? Take a picture, and find those whose features are *nearest*:
#
# $$\text{distance}(a, b) = \sqrt{\sum_{j=1}^{512} (a_j - b_j)^2}$$

# %%
picture = 7  # try others

distance = np.linalg.norm(data["val_features"] - data["val_features"][picture], axis=1)
nearest = np.argsort(distance)[:6]
notes = ["this picture", *(f"distance {distance[i]:.0f}" for i in nearest[1:])]
show_pictures([image_from_url(url) for url in data["val_urls"][nearest]], notes, columns=6)
plt.show()

# %% [markdown]
# Pictures with near features look alike, or show the same things. So a caption can be written from the features.
#
# ## Question
#
# Why does every caption need an `<END>`? What would the model do without it?

# %% [markdown] tags=["answer"]
# **Answer.** The model chooses one word after another, for ever. Without `<END>` it could never say that the sentence
# is finished: someone else would have to cut it off at a fixed length. `<END>` is a word like any other, and the model
# learns when it is likely: after a complete sentence.

# %% [markdown]
# ## When you want real photographs
#
# The COCO files are large: about 250 MB to download, 300 MB on disk. Everything in this course works without them. To
# get them, write `True` in the next cell and run it, or type `python get_data.py` in a terminal. If the download stops
# half-way, start it again: it goes on where it was.

# %%
GET_COCO = False

if GET_COCO:
    from cs231n.course.download import get_coco

    get_coco()

# %% [markdown]
# COCO's pictures are on the web, and some have been taken down since. That is no error here: you get a grey square with
# the reason. Nothing is written to your disk. This address leads nowhere:

# %%
picture, reason = fetch_image("http://localhost:9/a_picture_that_is_gone.jpg")
show_pictures([picture], [reason], columns=3)
plt.show()

# %% [markdown]
# ## What you have now
#
# You know what goes in and what should come out. In [chapter 1](01_rnn_step.ipynb) you build the first piece of the
# network.

# %% tags=["nbval-ignore-output"]
progress()
