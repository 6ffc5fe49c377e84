# %% [markdown]
# # 5 · Let the model speak
#
# In training, the model always sees the right words. When it speaks, there are no right words. It has to go on from
# its **own** words. This is called *sampling*.
#
# **In this chapter you will**
#
# 1. write the loop that lets the model speak,
# 2. train a captioner, and watch a caption form, epoch by epoch,
# 3. judge what it says about pictures it has never seen,
# 4. compare four ways to choose the next word.
#
# You need: [chapter 4](04_captioning_loss.ipynb). Time: about 60 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, decode_captions, load_coco_data
from cs231n.course import caption_scores
from cs231n.course.plotting import (
    heat_map,
    plot_bars,
    plot_beam_tree,
    plot_loss,
    show_pictures,
    use_course_style,
)
from cs231n.course.scenes import caption_is_true, is_held_out, load_facts
from cs231n.course.text_units import plain_texts
from cs231n.decoding import beam_captions, beam_tree, greedy_captions, sampled_captions
from cs231n.exercises import answers, check, hint, progress
from cs231n.image_utils import image_from_url

use_course_style()

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

# %% tags=["nbval-ignore-output"]
my = answers()
rnn_step_forward = my.rnn_step_forward

# %% [markdown]
# ## One word after another
#
# ![Each state gives scores of all words; one word is chosen and fed back as the next input, until END comes.](figures/sampling_loop.svg)
#
# 1. The picture gives the first state: $h_0 = \text{features} \cdot W_{proj} + b_{proj}$.
# 2. The first word that goes in is `<START>`.
# 3. Look up the word's vector, do one RNN step, compute the scores of all words.
# 4. Choose the word with the **highest score**, and write it down.
# 5. Feed this word in as the next input. Go back to 3.
#
# A caption ends with `<END>`. After it, only `<NULL>` is written. Some pictures of the batch end earlier than others,
# so you must remember which ones have ended. When all have, you can stop.
#
# Always taking the highest score is called *greedy* decoding. You will meet other ways below.
#
# ## Your turn


# %% tags=["todo"]
def captioning_sample(model, features, max_length=30):
    """Greedy captions for a batch of pictures, by a model with a vanilla RNN.

    model: has .params (see chapter 4), and the word numbers ._start, ._end and ._null
    features: (N, D)
    max_length: words at most
    returns: captions (N, max_length) integers, without <START>, with <END>, and <NULL> after it
    """
    ### BEGIN SOLUTION
    p = model.params
    N = len(features)
    captions = np.full((N, max_length), model._null, dtype=np.int32)
    ended = np.zeros(N, dtype=bool)
    h = features @ p["W_proj"] + p["b_proj"]
    words = np.full(N, model._start)
    for t in range(max_length):
        h, _ = rnn_step_forward(p["W_embed"][words], h, p["Wx"], p["Wh"], p["b"])
        words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
        captions[~ended, t] = words[~ended]
        ended |= words == model._end
        if ended.all():
            break
    return captions
    ### END SOLUTION


# %%
captioning_sample = check(captioning_sample)

# %% [markdown]
# ## Train, and listen
#
# While the model learns, we ask it again and again about the **same** picture. It is from the validation set: the model
# never trains on it. Watch how babble turns into a sentence.

# %%
picture = 3  # which validation picture we ask about: try others

rows = np.unique(data["val_image_idxs"])
row = rows[picture]
show_pictures([image_from_url(data["val_urls"][row])], ["what will it say?"], columns=3)
plt.show()


# %% tags=["nbval-ignore-output"]
class MyCaptioner(CaptioningRNN):
    """A captioning model that speaks with *your* loop."""

    sample = captioning_sample


def speak(model, features):
    """The model's captions as texts, without <END>."""
    texts = decode_captions(model.sample(features), data["idx_to_word"])
    return [text.removesuffix("<END>").strip() for text in texts]


def listen(solver):
    """What the model says about our picture now."""
    steps = len(solver.loss_history)
    print(f"after {steps:4d} steps: {speak(solver.model, data['val_features'][[row]])[0]}")


np.random.seed(231)
model = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192, cell_type="rnn")
adam = {"update_rule": "adam", "optim_config": {"learning_rate": 3e-3}, "on_epoch": listen}

some = {
    **data,
    "train_captions": data["train_captions"][:1000],
    "train_image_idxs": data["train_image_idxs"][:1000],
}
first_steps = CaptioningSolver(model, some, num_epochs=8, **adam)
listen(first_steps)
first_steps.train()

# %% [markdown]
# These were 80 steps, on the captions of 200 pictures. First it learns the frequent words, then the order of words. That
# what it says has something to do with the picture comes last. For that it needs more pictures: now it reads all of
# them. (With COCO, write `num_epochs=1`: one epoch is 4,000 steps.)

# %% tags=["nbval-ignore-output"]
solver = CaptioningSolver(model, data, lr_decay=0.75, num_epochs=10, **adam)
solver.train()

# %%
plot_loss(solver.loss_history)
plt.show()

# %% [markdown]
# ## New pictures
#
# Here are pictures from the validation set. In our painted world we know the facts of each picture. So we can *judge*
# a caption: ✓ means that everything it says is true, ✗ that something is not.

# %% tags=["readme-picture"]
facts = load_facts("val") if DATA == SCENES_DIR else None
texts = speak(model, data["val_features"])


def judge(text, i):
    """Is this caption true of validation picture i? None for photographs: nobody wrote down their facts."""
    return caption_is_true(text, facts[i]) if facts else None


shown = rows[:8]
show_pictures(
    [image_from_url(url) for url in data["val_urls"][shown]],
    [texts[i] for i in shown],
    marks=[judge(texts[i], i) for i in shown],
)
plt.show()

# %% tags=["nbval-ignore-output"]
if facts:
    true = np.array([judge(texts[i], i) for i in rows])
    new_pair = np.array([is_held_out(facts[i]) for i in rows])
    print(f"true in everything they say: {true[~new_pair].mean():.0%} of {sum(~new_pair)} captions")
    print(
        f"the same, where thing and colour never met in training: {true[new_pair].mean():.0%} of {sum(new_pair)}"
    )

# %% [markdown]
# The second line is the harder test. No training picture shows a purple house, a green car or a red whale. Only a model
# that has learned *house* and *purple* apart can put them together.

# %% [markdown]
# ### Does it really look?
#
# A model that never looks at the picture can still write good English. Test it: give every picture the features of
# *another* picture. If the captions stay true, the model was only guessing.

# %% tags=["nbval-ignore-output"]
order = np.random.default_rng(0).permutation(rows)
shuffled = speak(model, data["val_features"][order])
if facts:
    still_true = np.mean([judge(text, i) for text, i in zip(shuffled, rows, strict=True)])
    print(f"with the features of another picture: {still_true:.0%} true")

# %% [markdown]
# ## Look inside
#
# What does the state do while the model speaks? Each row below is a word that the model has just read, each column one
# of the 192 units (the first 60 are shown). Some units hold still through the whole caption: they may carry what is in
# the picture. Others change with every word: they keep track of the grammar.

# %%
words = ["<START>", *texts[row].split()]
numbers = [data["word_to_idx"][word] for word in words]
state = model.initial_state(data["val_features"][[row]])
states = []
for number in numbers:
    _, state = model.step(np.array([number]), state)
    states.append(state[0][0])
heat_map(np.array(states)[:, :60], words)
plt.show()

# %% [markdown]
# ## Other ways to choose
#
# Greedy always takes the likeliest word. It never says anything surprising, and it cannot take a word back. Here are
# other ways to choose from the same scores:
#
# ![Four ways to choose from the same scores of six words: greedy, a low temperature, a high temperature, nucleus.](figures/decoding_choices.svg)
#
# | name | the next word is | one number to set |
# |---|---|---|
# | greedy | the likeliest | |
# | temperature | drawn at random, with the probabilities of scores ÷ τ | τ: below 1 careful, above 1 daring |
# | top-k | drawn from the k likeliest | k |
# | nucleus (top-p) | drawn from the fewest words that together reach the probability p | p |
# | beam | (see below) part of the best *caption* that a search finds | how many beginnings it keeps |
#
# The module `cs231n.decoding` has all of them, for many pictures at once. Each takes any model with a method `step`,
# yours too.
#
# ### Temperature
#
# $$P(w) = \frac{e^{s_w / \tau}}{\sum_v e^{s_v / \tau}}$$
#
# Dividing by a small τ makes large differences of scores larger still. Run the cell, then try other numbers.

# %% tags=["nbval-ignore-output"]
temperatures = [0.2, 0.7, 1.0, 2.0]


def as_texts(captions):
    """Captions as texts, without <END>."""
    return [text.removesuffix("<END>").strip() for text in decode_captions(captions, data["idx_to_word"])]


three_times = np.repeat(data["val_features"][[row]], 3, axis=0)
for temperature in temperatures:
    print(f"temperature {temperature}")
    for text in as_texts(sampled_captions(model, three_times, 17, temperature=temperature, seed=1)):
        print("   ", text)

# %% [markdown]
# At 0.2 it says nearly the same three times. At 2 it dares so much that the sentences fall apart.
#
# ### Nucleus: daring, but not nonsense
#
# Bad words are not bad because they are a little less likely. They are bad because there are so *many* unlikely words,
# and together they are drawn often. The nucleus cuts this tail off, and lets the good words compete as they are.

# %% tags=["nbval-ignore-output"]
for top_p in [1.0, 0.9, 0.6]:
    print(f"nucleus {top_p}" + (" (all words)" if top_p == 1 else ""))
    for text in as_texts(sampled_captions(model, three_times, 17, top_p=top_p, seed=1)):
        print("   ", text)

# %% [markdown]
# ### Beam: look ahead
#
# The likeliest first word need not begin the likeliest caption. A **beam** of width K keeps the K best beginnings. At
# each step it tries every next word after each of them, and again keeps the K best.
#
# ![A beam of width 2 over three steps: the second-best beginning overtakes the best one at the third word.](figures/beam_tree.svg)
#
# Longer captions are products of more probabilities, so they are always less likely. To compare captions of different
# length, the sum of log probabilities is divided by a power of the length:
#
# $$\text{rank} = \frac{1}{\text{length}^{\,0.7}} \sum_t \log P(w_t)$$
#
# Here is the real tree of our model for the picture above. Each dot is a beginning that was kept, the darker the
# likelier its last word. The thick way won: it is the likeliest that was found. Is it also true?

# %%
width = 3  # try 1 (that is greedy) and 6

tree = beam_tree(model, data["val_features"][row], max_length=17, width=width)
plot_beam_tree(tree, data["idx_to_word"])
plt.show()

# %% [markdown]
# ### Which way is best?
#
# That depends on what you want. Three kinds of numbers, for the same model and the same new pictures:
#
# - *true*: captions that are true in everything they say; *true facts*: share of their statements that are true;
# - *BLEU-1 … 4*: the share of words, pairs, triples and runs of four that people's captions of this picture hold too;
# - *distinct*: share of different captions; *new*: share that no training caption equals; *words*: how many different
#   words they use.
#
# Before you run it: which way will be the truest, and which the most varied?

# %% tags=["nbval-ignore-output"]
judged = rows[:600]
features = data["val_features"][judged]
ways = {
    "greedy": greedy_captions(model, features, 17),
    "beam of 3": beam_captions(model, features, 17, width=3),
    "beam of 10": beam_captions(model, features, 17, width=10),
    "temperature 0.5": sampled_captions(model, features, 17, temperature=0.5, seed=0),
    "temperature 1": sampled_captions(model, features, 17, seed=0),
    "top-5": sampled_captions(model, features, 17, top_k=5, seed=0),
    "nucleus 0.9": sampled_captions(model, features, 17, top_p=0.9, seed=0),
}
people = caption_scores.references(data, "val")
known = plain_texts(data["train_captions"], data["idx_to_word"])
facts_judged = [facts[i] for i in judged] if facts else None
table = {}
for way, captions in ways.items():
    said = as_texts(captions)
    table[way] = caption_scores.judge(said, [people[i] for i in judged], known, facts_judged)
    table[way]["words"] = str(len(set(" ".join(said).split())))
print(caption_scores.table(table))

# %% [markdown]
# Greedy and a small beam are the truest, and near to each other: this model is usually sure of its next word, and then
# there is little to search for. A wider beam is not a better one: it finds likelier captions, and the likeliest is not
# always the truest. Drawing at random pays for its variety with truth, and the nucleus pays less than plain drawing.
# Nothing wins in every column, and no single number says which captions people like.
#
# ## Explore
#
# ### Put the first word into its mouth
#
# Every function above takes `first_words`. Force how the caption begins, and see what the model makes of it. Can you
# make it lie?

# %% tags=["nbval-ignore-output"]
beginnings = [["a"], ["two"], ["there", "is"], ["in"]]  # any words of the vocabulary

for first_words in beginnings:
    for text in as_texts(greedy_captions(model, data["val_features"][[row]], 17, first_words)):
        print(text)

# %% [markdown]
# ### From one picture to another
#
# The model sees a picture as 512 numbers. Numbers can be mixed: 80 % of one picture and 20 % of another. No such picture
# exists (what you see is only a sketch of it). Where does the caption change, and does it change word by word?

# %% tags=["nbval-ignore-output"]
one, other = rows[3], rows[10]  # try others
shares = np.linspace(0, 1, 6)


def mixed(share):
    """A sketch of the mixture: both pictures laid over each other."""
    a, b = (image_from_url(data["val_urls"][i]) for i in (one, other))
    if a is None or b is None or a.shape != b.shape:
        return a if share < 0.5 else b
    return ((1 - share) * a + share * b).astype(np.uint8)


features = np.array(
    [(1 - share) * data["val_features"][one] + share * data["val_features"][other] for share in shares]
)
said = as_texts(greedy_captions(model, features, 17))
notes = [f"{share:.0%}: {text}" for share, text in zip(shares, said, strict=True)]
show_pictures([mixed(share) for share in shares], notes, columns=6)
plt.show()

# %% [markdown]
# ### How large must the state be?
#
# Everything the model knows about the picture and about its sentence is in the hidden state. How many numbers does it
# need? Three small models, two epochs each. What do you expect the smallest one to say?

# %% tags=["nbval-ignore-output"]
hidden_sizes = [4, 32, 128]  # try others

shares = {}
for hidden_dim in hidden_sizes:
    np.random.seed(231)
    small = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=hidden_dim, cell_type="rnn")
    CaptioningSolver(
        small, data, update_rule="adam", optim_config={"learning_rate": 4e-3}, num_epochs=2
    ).train()
    said = speak(small, data["val_features"])
    print(f"{hidden_dim:4d} numbers: {said[row]}")
    if facts:
        shares[f"{hidden_dim} numbers"] = 100 * np.mean([judge(said[i], i) for i in rows])
if shares:
    plot_bars(shares, xlabel="true captions of new pictures, %", form="{:.0f}", role="state")
    plt.show()

# %% [markdown]
# ## Question
#
# In training, the model always reads the right words. When it speaks, it reads its own. What goes wrong after a first
# wrong word, and why can training not show it how to recover?

# %% [markdown] tags=["answer"]
# **Answer.** After a wrong word the model reads a beginning that it never saw in training, since there all beginnings
# were right. Its states leave the region it knows, and one mistake leads to the next. This gap is called *exposure
# bias*. People reduce it by sometimes feeding the model its own words while it trains (*scheduled sampling*), or by
# keeping several beginnings alive, so that an early mistake can still lose: the beam search above.

# %% [markdown]
# ## What you have now
#
# A captioner that speaks, and a way to judge it. In [chapter 6](06_lstm.ipynb) it gets a better memory.

# %% tags=["nbval-ignore-output"]
progress()
