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
# 4. learn what `<START>`, `<END>`, `<NULL>` and `<UNK>` are for,
# 5. meet a rival that your network must beat.
#
# You need: a little Python. Time: about 50 minutes. The tasks under *More to do* are extra.
#
# **How these notebooks work.** Click into a cell and press *Shift + Enter*: the cell runs, and you go on to the next
# one. The cells with `raise NotImplementedError("TODO")` are yours to fill. Under each of them is a check cell. Where
# it says **Predict**, guess first. Then run the cell, and click on the small triangle below it.
#
# Words of the field, and what they mean, are in the [glossary](../docs/glossary.md).
#
# ## The road
#
# | chapter | about | it needs |
# |---|---|---|
# | 00 | the data | |
# | 01 · 02 | one step of a recurrent network, then a whole sequence | 00 |
# | 03 | words as vectors | |
# | 04 | the captioning model, and its loss | 01 to 03 |
# | 05 | the model speaks, and is judged | 04 |
# | 06 | the LSTM | 02, 05 |
# | 07 | attention | 06 |
# | 08 | the transformer | 07 |
# | 09 | you get what you reward: learning from a judge | 05 |
# | *10* | *other ways to choose a word* | *05* |
# | *11* | *inside the state of an LSTM* | *06* |
# | *12* | *words, pieces or characters* | *06* |
# | *13* | *make it fast* | *02, 04* |
#
# Chapters 00 to 09 are the road. 10 to 13, in italics, are side roads: take those you like, when you like. **Have you
# one afternoon?** Take 01, 02, 04 and 05. Where an answer of a chapter that you skip is needed, the course brings its
# own.
#
# ## Is everything here?

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.coco_utils import COCO_DIR, SCENES_DIR, decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.course.caption_scores import references, share_true
from cs231n.course.chapters.nearest_picture import nearest_pictures
from cs231n.course.plotting import PALETTE, describe, plot_bars, show_pictures, use_course_style
from cs231n.course.scenes import load_facts
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
# Captions, features and addresses are there twice: `train` is for learning, `val`
# ([*validation*](../docs/glossary.md#validation)) is for judging. The model never learns from `val`.
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
# Run the cell above with another [seed](../docs/glossary.md#seed), and you see other pictures.
#
# ## A caption is a row of numbers

# %%
caption = data["train_captions"][222]
print(caption)

# %% [markdown]
# Each number stands for a word. Four of the "words" are special:
#
# | number | token | what it is for |
# |---|---|---|
# | 0 | `<NULL>` | [fills short captions up](../docs/glossary.md#padding), so that all rows have the same length |
# | 1 | `<START>` | the first word that goes *in*: it means "now speak" |
# | 2 | `<END>` | the last word that comes *out*: it means "I am done" |
# | 3 | `<UNK>` | *unknown*: stands for every word that is too rare to be learned |
#
# This is the caption from above, with its words:
#
# ![The caption "one UNK white tent in a meadow in the sunshine" as a row of 17 numbers: 1 for START, the words, 3 for the UNK among them, 2 for END, then 0 for NULL.](figures/special_tokens.svg)
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
# Later your model will speak, and *its* captions have no `<START>`. So do not rely on it.
#
# Delete the line with `raise`, and write your own. One line is enough, without a loop.


# %% tags=["todo"]
def caption_lengths(captions):
    """How many words each caption has.

    captions: (N, T) integers: 0 is <NULL>, 1 is <START>, 2 is <END>, 3 is <UNK>; a row may be without <START>
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
describe(ax, f"Histogram of the words in a caption: from {lengths.min()} to {lengths.max()}")
plt.show()

# %% [markdown]
# **Predict.** Which word is the most frequent one? Which words are among the first five? Which part of all words do
# the fifteen most frequent ones make up?

# %%
counts = np.bincount(data["train_captions"].ravel(), minlength=len(data["idx_to_word"]))
counts[:3] = 0  # leave <NULL>, <START> and <END> out
most = np.argsort(-counts, kind="stable")[:15]
plot_bars(
    {data["idx_to_word"][i]: counts[i] for i in most}, xlabel="times in the training captions", form="{:,.0f}"
)
plt.show()
print(f"these fifteen make up {counts[most].sum() / counts.sum():.0%} of all words")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The little words are everywhere: *a*, *the*, *in*, *on*, *of*. The vocabulary of the painted scenes has 165 entries:
# the three signs and 162 words, `<UNK>` among them. Fifteen words make up nearly half of everything that is said. Other
# texts are like this too: a few words are very frequent, and most are rare.
#
# </details>
#
# ## What are features?
#
# The network never sees the pixels. Another network has looked at each picture before and written down 512 numbers
# about it: its [**features**](../docs/glossary.md#features) (for COCO that network is VGG-16, for the scenes it is a
# small one of our own). Are these numbers any good? Take a picture, and find those whose features are *nearest*:
#
# $$\text{distance}(a, b) = \sqrt{\sum_{j=1}^{512} (a_j - b_j)^2}$$


# %%
def show_nearest(picture):
    """A picture of the validation set, and the five whose features are nearest."""
    distance = np.linalg.norm(data["val_features"] - data["val_features"][picture], axis=1)
    nearest = np.argsort(distance)[:6]
    notes = ["this picture", *(f"distance {distance[i]:.0f}" for i in nearest[1:])]
    show_pictures([image_from_url(url) for url in data["val_urls"][nearest]], notes, columns=6)


show_nearest(4)
plt.show()

# %% [markdown]
# Three of the five are pink buses too, and the other two are purple houses. So near features often mean a similar thing.
# Often, not always. Look at picture 7:

# %%
show_nearest(7)  # try others
plt.show()

# %% [markdown]
# It shows an orange kite. Nearest to it are a horse, a balloon, a house, an umbrella, and only then two kites. What do
# near pictures have in common? In the painted world the facts of each picture are known, so we can count.
#
# **Predict.** Take the five nearest of *every* picture. Do they more often share the thing, its colour, or the place?

# %%
if DATA == SCENES_DIR:  # nobody wrote down the facts of a photograph
    facts = load_facts("val")
    features = data["val_features"]
    far = (features**2).sum(
        axis=1
    ) - 2 * features @ features.T  # squared distances, up to a constant in each row
    np.fill_diagonal(far, np.inf)  # a picture is not its own neighbour
    nearest = np.argsort(far, axis=1)[:, :5]
    for fact in ("place", "colour", "kind"):
        of_each = np.array([scene[fact] for scene in facts])
        print(f"{fact:7s} the same as the picture's own: {np.mean(of_each[nearest] == of_each[:, None]):.0%}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The place most often, about two times in three; the colour about every second time; and the thing less often than both.
# The features hold all of it, and the sky and the weather too. The plain distance mixes everything, and what fills much
# of the picture counts most.
#
# </details>
#
# ## A rival to beat
#
# This gives a captioner in three lines, without any learning: find the **nearest training picture**, and say what
# people said of *that* picture. Whatever you build in this course should be better.

# %%
first = [texts[0] for texts in references(data, split="train")]  # one caption of each training picture
some = data["val_features"][:600]
copied = [first[row] for row in nearest_pictures(some, data["train_features"])]

show_pictures([image_from_url(url) for url in data["val_urls"][:8]], copied[:8])
plt.show()

# %% [markdown]
# **Predict.** With the facts of each picture we can *judge* a caption: it is true when everything that it says is so.
# How many of these 600 copied captions are true: about 5 %, 15 %, 40 % or 70 %?

# %%
if DATA == SCENES_DIR:
    anyone = np.random.default_rng(0).permutation(len(first))[: len(facts)]
    print(f"the caption of the nearest picture is true: {share_true(copied, facts):.0%}")
    print(f"the caption of any picture is true:         {share_true([first[i] for i in anyone], facts):.0%}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# About 16 %, and near 0 % for a caption of any picture. So the features know a lot, and copying is not enough: a
# caption names the thing, its colour, how many, the place, the weather, and *all* of it must fit. A captioner that
# speaks word by word can put together what no training caption says. In [chapter 5](05_sampling.ipynb) yours meets
# this rival again.
#
# </details>
#
# ## More to do
#
# Nothing later needs these tasks. More stars, more thinking.
#
# ### Debugging · ★☆☆ · 5 minutes
#
# A friend wants to see some training captions with their pictures. Nothing crashes. Run it: do the captions fit? Find
# the wrong index.

# %%
numbers = [100, 200, 300, 400]
texts = decode_captions(data["train_captions"][numbers], data["idx_to_word"])
show_pictures([image_from_url(data["train_urls"][n]) for n in numbers], texts)
plt.show()

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# `n` is the number of a *caption*, and `train_urls` wants the number of a *picture*. Five captions share a picture, so
# there are far more of the first. The picture of caption `n` is `data["train_image_idxs"][n]`. This mistake is
# dangerous: a model trained in this way learns captions of other pictures, and nothing ever crashes.
#
# </details>
#
# ### Stretch · ★★☆ · 15 minutes
#
# Make the rival stronger. Take the five nearest training pictures of each validation picture, collect all their
# captions, and choose the one that has the most words in common with the others. Is it true more often?
#
# <details><summary>A hint, and what we found</summary>
#
# `np.argsort` of the distances gives the five nearest, and `references(data, split="train")[row]` all captions of a
# picture. Make a `set` of each caption's words; `len(a & b)` counts what two of them share. With this count alone long
# captions win, and we got 12 %: less than before! Divided by `len(a | b)`, all the words of the two, it was 22 %.
# (Devlin and others, 2015, "Exploring nearest neighbor approaches for image captioning", try this on COCO.)
#
# </details>
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
# get them, write `True` in the next cell and run it, or type in a terminal the line that `check_setup()` printed above.
# If the download stops half-way, start it again: it continues where it stopped.

# %%
GET_COCO = False

if GET_COCO:
    from cs231n.course.download import get_coco

    get_coco()

# %% [markdown]
# COCO's pictures are on the web, and some have been taken down since. That is no error here: you get a grey square
# with the reason. Nothing is written to your disk. This address leads nowhere:

# %%
picture, reason = fetch_image("http://localhost:9/a_picture_that_is_gone.jpg")
show_pictures([picture], [reason], columns=3)
plt.show()

# %% [markdown]
# ## What you have now
#
# You know what goes in and what should come out. In [chapter 1](01_rnn_step.ipynb) you build the first piece of the
# network.

# %%
progress()
