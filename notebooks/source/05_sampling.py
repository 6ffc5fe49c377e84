# %% [markdown]
# # 5 · Let the model speak
#
# In training, the model hears the right words. This is called *teacher forcing*: after each word a teacher says the
# right one, whatever the model would have said. When it speaks, there is no teacher. It has to go on from its **own**
# words. This is called *sampling*.
#
# **In this chapter you will**
#
# 1. write the loop that lets the model speak,
# 2. train a captioner, watch a caption form, and know when to stop,
# 3. judge what it says about pictures it has never seen, and convict a model that does not look,
# 4. find out what it gets wrong most.
#
# You need: [chapter 4](04_captioning_loss.ipynb). Time: about 90 minutes.
# What is *optional* and the tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data, subset
from cs231n.course import caption_scores
from cs231n.course.chapters.does_it_look import does_it_look
from cs231n.course.plotting import plot_lines, show_pictures, use_course_style
from cs231n.course.plotting.caption_film import show_film
from cs231n.course.plotting.painted_scene import paint_your_own
from cs231n.course.scenes import caption_is_true, claims, is_held_out, load_facts
from cs231n.course.text_units import plain_texts
from cs231n.decoding import word_by_word
from cs231n.exercises import agree, answers, check, hint, progress
from cs231n.image_utils import image_from_url

use_course_style()

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

# %%
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
# Always taking the highest score is called [*greedy*](../docs/glossary.md#greedy) decoding. Chapter 10 has other ways.
#
# A caption ends with `<END>`. After it, only `<NULL>` is written. Some pictures of the batch end earlier than others,
# so you must remember which ones have ended. When all have, you can stop.
#
# The original assignment lets captions go on after `<END>`, and cuts them when they are printed. This course does not.
# No training caption has a word after `<END>`, so what a model says there means nothing.
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


# %%
class MyCaptioner(CaptioningRNN):
    """A captioning model that speaks with *your* loop."""

    sample = captioning_sample


def listen(solver):
    """What the model says about our picture now."""
    said = solver.model.sample(data["val_features"][[row]])
    print(f"after {len(solver.loss_history):4d} steps: {plain_texts(said, data['idx_to_word'])[0]}")


np.random.seed(231)
model = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192, cell_type="rnn")
adam = {"update_rule": "adam", "optim_config": {"learning_rate": 3e-3}}

some = subset(data, np.arange(1000))
first_steps = CaptioningSolver(model, some, num_epochs=8, on_epoch=listen, **adam)
listen(first_steps)
first_steps.train()
beginner = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192, cell_type="rnn")
beginner.params = {name: w.copy() for name, w in model.params.items()}  # we come back to it

# %% [markdown]
# These were 80 steps, on the captions of 200 pictures. It has learned frequent words and their order. About this picture
# it may already be right, but about most pictures it is not (you will count below). Now it reads all of them. (With COCO,
# write `num_epochs=1`: one epoch is 4,000 steps.)

# %%
solver = CaptioningSolver(model, data, lr_decay=0.75, num_epochs=10, val_size=500, on_epoch=listen, **adam)
solver.train()

# %% [markdown]
# ## How undecided is it?
#
# Our trained model has a loss of about 9 a caption on new pictures. Is that good? Divide it among the words: that is the
# loss of one word. Then take $e$ to this power. The result is called [*perplexity*](../docs/glossary.md#perplexity). A perplexity of 3 means: on average
# the model is as undecided as if it had to choose between 3 words that are equally likely.
#
# $$\text{perplexity} = e^{\,\text{loss of a word}}, \qquad \text{loss of a word} = \frac{\text{loss} \cdot N}{K}$$
#
# $N$ captions, and $K$ places in them where a word is predicted: every word and `<END>`, but neither `<START>` nor
# `<NULL>`. ([Chapter 12](12_words_or_characters.ipynb) measures bits a letter. Perplexity is the same thing for words:
# $\log_2$ of it is bits per word.)


# %% tags=["todo"]
def perplexity(loss, captions):
    """Perplexity of a model on some captions.

    loss: as model.loss gives it: summed over the words of a caption, averaged over the N captions
    captions: (N, T) integers: 0 is <NULL>, 1 is <START>, 2 is <END>
    returns: a number
    """
    ### BEGIN SOLUTION
    words = (captions[:, 1:] != 0).sum()
    return np.exp(loss * len(captions) / words)
    ### END SOLUTION


# %%
perplexity = check(perplexity)

# %%
captions, which = data["val_captions"][:500], data["val_image_idxs"][:500]
np.random.seed(1)
untrained = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192, cell_type="rnn")
for name, each in {"untrained": untrained, "after 80 steps": beginner, "trained": model}.items():
    loss, _ = each.loss(data["val_features"][which], captions)
    print(f"{name:15} loss {loss:5.1f}   perplexity {perplexity(loss, captions):6.1f}")
print(f"words in the vocabulary: {len(data['idx_to_word'])}")

# %% [markdown]
# The untrained model is about as undecided as between all words of the vocabulary. (A little more, even. Whoever finds all
# words equally likely has exactly as many as there are words. The untrained model prefers some at random, and a wrong
# preference costs more than a right one saves.) The trained model chooses between two or three words.
#
# ## When to stop
#
# The training loss falls as long as you train. That is no reason to go on: what counts is what the model says about
# pictures that it has **not** seen. So we measure the loss of validation captions after each epoch. Here is a model that
# sees only 100 pictures, again and again.
#
# **Predict.** The training loss will fall all the time. What will the validation loss do? Write your guess down, then
# run the cell.

# %%
np.random.seed(231)
few = subset(data, np.arange(500))
small = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=128, cell_type="rnn")
faster = {"update_rule": "adam", "optim_config": {"learning_rate": 6e-3}}
short = CaptioningSolver(small, few, num_epochs=40, val_size=300, verbose=False, **faster)
short.train()
every = (
    len(few["train_captions"]) // short.batch_size
)  # minibatches of an epoch; a stopped one does not count
done = len(short.val_loss_history)
steps = [np.mean(short.loss_history[k * every : (k + 1) * every]) for k in range(done)]
curves = {"100 pictures: training": steps, "100 pictures: validation": short.val_loss_history}
ax = plot_lines(curves, x=range(1, done + 1), xlabel="epoch", ylabel="loss of a caption")
if short.best_epoch:
    ax.axvline(short.best_epoch, color="#8C8C8C", linewidth=1, linestyle="-")
plt.show()
print(f"100 pictures: the validation loss is lowest after epoch {short.best_epoch} of {done}")
print(f"all pictures: the validation loss is lowest after epoch {solver.best_epoch} of {solver.epoch}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# It falls, and then it rises: from there on the model learns its 100 pictures by heart. The grey line is the time to
# stop. With all 4,000 pictures the validation loss was still low at the end, so ten epochs were not too many.
#
# `CaptioningSolver(…, val_size=500, patience=3)` stops by itself when three epochs have brought nothing better, and
# `restore_best()` brings the best weights back.
#
# </details>
#
# ## New pictures
#
# Here are pictures from the validation set. In our painted world we know the facts of each picture. So we can *judge*
# a caption: ✓ means that it is a sentence, and that everything it states is true. It may leave facts out. ✗ means that
# something is wrong. (`why_not_true` in `cs231n.course.scenes` says what.)

# %% tags=["readme-picture"]
facts = load_facts("val") if DATA == SCENES_DIR else None
texts = plain_texts(model.sample(data["val_features"]), data["idx_to_word"])


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

# %%
if facts:
    new_pair = np.array([is_held_out(facts[i]) for i in rows])
    true = np.array([judge(texts[i], i) for i in rows])
    written = plain_texts(data["val_captions"], data["idx_to_word"])
    written_true = np.mean([judge(t, i) for t, i in zip(written, data["val_image_idxs"], strict=True)])
    print(f"true in everything they say: {true[~new_pair].mean():.0%} of {sum(~new_pair)} captions")
    print(
        f"the same, where thing and colour never met in training: {true[new_pair].mean():.0%} of {sum(new_pair)}"
    )
    print(f"captions that were written for these pictures: {written_true:.0%} true")

# %% [markdown]
# The second line is the harder test. No training picture shows a purple house, a green car or a red whale. Only a model
# that has learned *house* and *purple* apart can put them together.
#
# And the third line? A grammar wrote the captions of this world, not people. A few of them are not true either: they hold
# a rare word, which is `<UNK>` here, or say "a dark forest" by day or "a hot desert" at night. This is no ceiling: a model
# that leaves such words out can be truer than what it learned from.
#
# ## "It says the same for every picture"
#
# This is what learners ask most often. A model that never looks at the picture can still write good English. How do you
# find out? With three tests:
#
# - **Exchange the pictures.** Give every picture the features of another one. True captions must become untrue.
# - **Count different captions.** *distinct* is their share.
# - **Look at the first word.** `<START>` is the same for all. So when the probabilities of the first word are the same
#   for two pictures, the picture has not arrived. *first word* says how much they differ.
#
# Begin with *distinct*, for the captions of our working model. They are in `texts`, a list. This is a **small TODO**: one
# line, and its own cell says whether it is right.

# %% tags=["small-todo"]
# How many different captions are there in texts, divided by how many captions?
### BEGIN SOLUTION
distinct = len(set(texts)) / len(texts)
### END SOLUTION
distinct = agree(distinct, caption_scores.share_distinct(texts))

# %% [markdown]
# Now we break our working model in three ways: the features are lost (zeros), they have another scale than in training (a
# tenth), and the training was too short (80 steps on 200 pictures).
#
# **Predict.** Which of the three says the same caption for all 600 pictures? Which one has learned to look, but cannot
# see well? Write your guess down.

# %%
features = data["val_features"][rows]
suspects = {
    "working": (model, features),
    "no features": (model, 0 * features),
    "another scale": (model, features / 10),
    "80 steps": (beginner, features),
}
if facts:
    convicted = {name: does_it_look(each, seen, facts) for name, (each, seen) in suspects.items()}
    print(caption_scores.table({n: {k: f"{v:.3f}" for k, v in r.items()} for n, r in convicted.items()}))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# *No features* says one caption for all: *distinct* is 1 of 600, and the first word never changes. *Another scale* has
# the weights of the working model, so it has learned to look. But the picture arrives too weak: the first words differ
# only a little, and most pictures get a caption that others get too. *80 steps* looks: its first words differ between
# pictures. It has not learned enough, so it is seldom right.
#
# Exchanging the pictures convicts none of the three: few of their captions are true even without it. It is the test for
# a model that is often right. The working model passes: with exchanged pictures hardly a caption stays true.
#
# When it happens to you: print `features.std()` in training and in sampling. It should be the same.
#
# </details>
#
# ## Watch a caption form
#
# Each frame shows the words so far, and the five words that the model finds likeliest now. Where is it sure? Where could
# it have said something else?

# %%
seen = image_from_url(data["val_urls"][row])
seen = np.full((288, 288, 3), 230, dtype=np.uint8) if seen is None else seen  # a photograph that is gone
words, likeliest = word_by_word(model, data["val_features"][[row]], 17)
show_film(seen, words, likeliest)

# %% [markdown]
# ## What it gets wrong most
#
# A share of true captions tells how good a model is. What to do next, it does not tell. So take its captions apart. Each
# states facts: how many things, which colour, what, where, when … For each kind of fact: is it stated as the first of
# its caption, the second, the third? And how often is it right?
#
# **Predict.** Which kinds of facts are wrong most often?

# %%
if facts:
    said = {}
    for i in rows:
        for place, (fact, _, true) in enumerate(claims(texts[i], facts[i]), start=1):
            said.setdefault(fact, []).append((place, true))
    for fact, stated in sorted(said.items(), key=lambda item: np.mean(item[1], axis=0)[0]):
        place, right = np.mean(stated, axis=0)
        print(f"{fact:15s} stated {len(stated):3d} times, as number {place:.1f}, and right in {right:.0%}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Number, colour and place are right nearly always, what the thing is a little less often. What is stated after these is
# wrong most often: the time, the weather, what stands beside the thing, and on which side.
#
# </details>
#
# One number for all of it, a small TODO:

# %% tags=["small-todo"]
every = [pair for stated in said.values() for pair in stated] if facts else []
early = [true for place, true in every if place <= 4]
late = [true for place, true in every if place > 4]
if late:
    # late is a list of True and False: was it right? The share that is right:
    ### BEGIN SOLUTION
    right_late = sum(late) / len(late)
    ### END SOLUTION
    right_late = agree(right_late, np.mean(late))
    print(f"stated as number 1 to 4: {np.mean(early):.0%} right, as number 5 or later: {right_late:.0%}")

# %% [markdown]
# So what comes last is wrong most. **Was it forgotten?** The picture enters only once, before the first word. By the tenth
# word, nine steps have mixed something new into the state. Or was it hard to see from the start? This table cannot tell.
# In [chapter 6](06_lstm.ipynb) the model gets a better memory, and you read out of its state what it still knows.

# %% [markdown] tags=["optional"]
# ## Optional: paint your own scene

# %% [markdown]
# Choose the facts. The scene is painted, its features are computed from the pixels, and two models caption it: the one of
# 80 steps, and the trained one. ✗ comes with what is wrong. **Make it lie**: find a scene for which both are wrong. (In
# training no car stood on the sea, and no kite flew in the forest.)


# %%
def speak(features):
    """What our two models say about one picture."""
    speakers = {"after 80 steps": beginner, "trained": model}
    return {
        name: plain_texts(each.sample(features), data["idx_to_word"])[0] for name, each in speakers.items()
    }


if facts:
    mushroom = {"kind": "mushroom", "colour": "red", "place": "forest", "time": "night", "side": "left"}
    paint_your_own(speak, {**mushroom, "companion": "campfire"})

# %% [markdown]
# ## More to do
#
# ### Debugging · ★★☆ · 10 minutes
#
# A friend's model writes "a red red red red …" or walks in a circle of a few words. Find the line that is wrong, and say
# why a circle is certain.
#
# ```python
# h0 = features @ p["W_proj"] + p["b_proj"]
# for t in range(max_length):
#     h, _ = rnn_step_forward(p["W_embed"][words], h0, p["Wx"], p["Wh"], p["b"])
#     words = (h @ p["W_vocab"] + p["b_vocab"]).argmax(axis=1)
#     captions[:, t] = words
# ```
#
# <details><summary>What is wrong</summary>
#
# Every step begins with `h0`, never with the state before. So the next word depends on the picture and on the last word
# alone. As soon as a word comes a second time, the same words must follow it again, for ever. (A check names this
# mistake: put the line into your `captioning_sample` and see.)
#
# </details>
#
# ### Stretch · ★★☆ · 15 minutes
#
# How large must the state be? Train models with `hidden_dim` 4, 32 and 128, two epochs each, and let them speak about
# the same picture. What does the smallest one say?
#
# <details><summary>A hint</summary>
#
# Copy the first lines of the cell under "When to stop", up to `short.train()`, and put them into a loop. Write `data` in
# place of `few`, your number for `hidden_dim`, and `num_epochs=2`. Then let `small` speak, as `listen` does it.
#
# </details>
#
# ## Question
#
# In training, the model always reads the right words. When it speaks, it reads its own. What goes wrong after a first
# wrong word, and why can training not show it how to recover?

# %% [markdown] tags=["answer"]
# **Answer.** After a wrong word the model reads a beginning that it never saw in training, since there all beginnings
# were right. Nothing has taught its states what to do there, and one mistake can lead to the next. This gap is called
# *exposure bias*. ([Chapter 10](10_other_ways_to_choose.ipynb) measures it, and tries a remedy.)

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - Is a caption that leaves half of the picture out better than one that says all and is wrong in one thing?
# - How would you judge truth for photographs, where nobody wrote down the facts?
#
# ## What you have now
#
# A captioner that speaks, and ways to judge it. In [chapter 6](06_lstm.ipynb) it gets a better memory. (Not on the way,
# and for whoever likes it: [chapter 10](10_other_ways_to_choose.ipynb) has other ways to choose the next word.)
#
# The papers behind this chapter: Williams and Zipser 1989 (teacher forcing), Vinyals et al. 2015 (*Show and Tell*:
# captions with a recurrent network).

# %%
progress()
