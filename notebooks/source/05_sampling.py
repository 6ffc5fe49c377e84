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
# 4. write two ways to choose the next word, and compare seven,
# 5. paint a scene of your own, and make the model lie.
#
# You need: [chapter 4](04_captioning_loss.ipynb). Time: about 90 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data, subset
from cs231n.course import caption_scores
from cs231n.course.does_it_look import does_it_look, first_words
from cs231n.course.plotting import (
    plot_bars,
    plot_beam_tree,
    plot_lines,
    show_pictures,
    use_course_style,
)
from cs231n.course.plotting.caption_film import caption_film
from cs231n.course.plotting.painted_scene import paint_your_own, show_painted_scene
from cs231n.course.scenes import caption_is_true, is_held_out, load_facts, scene_of
from cs231n.course.scheduled_sampling import ScheduledCaptioner, after_a_first_word
from cs231n.course.text_units import plain_texts
from cs231n.decoding import (
    beam_captions,
    beam_tree,
    greedy_captions,
    log_probabilities,
    sampled_captions,
    word_by_word,
)
from cs231n.exercises import agree, answers, check, hint, progress
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
# Always taking the highest score is called *greedy* decoding. You will meet other ways below.
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


# %% tags=["nbval-ignore-output"]
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
# it may already be right. But take all validation pictures: most of its captions are still untrue (you will count them
# below). For more it needs more pictures: now it reads all of them. (With COCO, write `num_epochs=1`: one epoch is 4,000
# steps.)

# %% tags=["nbval-ignore-output"]
solver = CaptioningSolver(model, data, lr_decay=0.75, num_epochs=10, val_size=500, on_epoch=listen, **adam)
solver.train()

# %% [markdown]
# ## How undecided is it?
#
# Our trained model has a loss of about 9 a caption on new pictures. Is that good? Divide it among the words: that is the
# loss of one word. Then take $e$ to this power. The result is called *perplexity*. A perplexity of 3 means: on average
# the model is as undecided as if it had to choose between 3 words that are equally likely.
#
# $$\text{perplexity} = e^{\,\text{loss of a word}}, \qquad \text{loss of a word} = \frac{\text{loss} \cdot N}{K}$$
#
# $N$ captions, and $K$ places in them where a word is predicted: every word and `<END>`, but neither `<START>` nor
# `<NULL>`. ([Chapter 12](12_words_or_characters.ipynb) measures bits a letter. Perplexity is the same thing for words:
# $\log_2$ of it is bits a word.)


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

# %% tags=["nbval-ignore-output"]
captions, which = data["val_captions"][:500], data["val_image_idxs"][:500]
np.random.seed(1)
untrained = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192, cell_type="rnn")
for name, each in {"untrained": untrained, "after 80 steps": beginner, "trained": model}.items():
    loss, _ = each.loss(data["val_features"][which], captions)
    print(f"{name:15} loss {loss:5.1f}   perplexity {perplexity(loss, captions):6.1f}")
print(f"words in the vocabulary: {len(data['idx_to_word'])}")

# %% [markdown]
# The untrained model is about as undecided as between all words of the vocabulary. The trained model chooses between
# two or three words.
#
# ## When to stop
#
# The training loss falls as long as you train. That is no reason to go on: what counts is what the model says about
# pictures that it has **not** seen. So we measure the loss of validation captions after each epoch. Here is a model that
# sees only 100 pictures, again and again.
#
# **Predict.** The training loss will fall all the time. What will the validation loss do? Write your guess down, then
# run the cell.

# %% tags=["nbval-ignore-output"]
np.random.seed(231)
few = subset(data, np.arange(500))
small = MyCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=128, cell_type="rnn")
faster = {"update_rule": "adam", "optim_config": {"learning_rate": 6e-3}}
short = CaptioningSolver(small, few, num_epochs=40, val_size=300, verbose=False, **faster)
short.train()
steps = np.array(short.loss_history).reshape(short.epoch, -1).mean(axis=1)  # mean of each epoch
curves = {"100 pictures: training": steps, "100 pictures: validation": short.val_loss_history}
ax = plot_lines(curves, x=range(1, short.epoch + 1), xlabel="epoch", ylabel="loss of a caption")
ax.axvline(short.best_epoch, color="#8C8C8C", linewidth=1, linestyle="-")
plt.show()
print(f"100 pictures: the validation loss is lowest after epoch {short.best_epoch} of {short.epoch}")
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

# %% tags=["nbval-ignore-output"]
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
# The third line is the ceiling. A grammar wrote the captions of this world, not people. A few of its captions are not
# true either: they hold a rare word, which is `<UNK>` here, or say "a dark forest" by day or "a hot desert" at night.
# ([The data's page](../datasets/README.md) tells more.)
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

# %% tags=["nbval-ignore-output"]
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
# Dividing by a small τ makes large differences of scores larger still.


# %% tags=["todo"]
def soften(scores, temperature):
    """Probabilities of the next word at a temperature.

    scores: (N, V); temperature: τ > 0
    returns: (N, V), each row sums to 1
    """
    ### BEGIN SOLUTION
    scaled = scores / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
soften = check(soften)

# %% tags=["nbval-ignore-output"]
temperatures = [0.2, 0.7, 1.0, 2.0]

start = np.array([data["word_to_idx"]["<START>"]])
scores, _ = model.step(start, model.initial_state(data["val_features"][[row]]))
three_times = np.repeat(data["val_features"][[row]], 3, axis=0)
for temperature in temperatures:
    likeliest = soften(scores, temperature).max()
    print(f"temperature {temperature}: its likeliest first word has {likeliest:.0%}")
    drawn = sampled_captions(model, three_times, 17, temperature=temperature, seed=1)
    for text in plain_texts(drawn, data["idx_to_word"]):
        print("   ", text)

# %% [markdown]
# Run it with other numbers. Near 0 it is greedy. At 2 it dares so much that most of its captions are no sentences of the
# painted world's grammar any more.
#
# ### Nucleus: daring, but not nonsense
#
# Each unlikely word alone is hardly ever drawn. But there are many of them. In our model the words below 5 % have about
# 4 % together at each place, so in ten places one of them comes in every third caption. The nucleus cuts this tail off,
# and lets the good words compete as they are.


# %% tags=["todo"]
def nucleus(probabilities, top_p):
    """The fewest likeliest words whose probabilities together reach top_p, made to sum to 1 again.

    probabilities: (V,), which sum to 1; top_p: between 0 and 1
    returns: (V,): 0 for the words that are left out
    """
    ### BEGIN SOLUTION
    order = np.argsort(-probabilities)
    ranked = probabilities[order]
    left = np.cumsum(ranked) - ranked < top_p  # the words before it do not reach top_p yet
    kept = np.zeros_like(probabilities)
    kept[order[left]] = ranked[left]
    return kept / kept.sum()
    ### END SOLUTION


# %%
nucleus = check(nucleus)

# %% tags=["nbval-ignore-output"]
for top_p in [0.999999, 0.9, 0.6]:
    words_left = np.count_nonzero(nucleus(soften(scores, 1.0)[0], top_p))
    print(f"nucleus {top_p:.2f}: {words_left} words are left for the first place")
    drawn = sampled_captions(model, three_times, 17, top_p=top_p, seed=1)
    for text in plain_texts(drawn, data["idx_to_word"]):
        print("   ", text)

# %% [markdown]
# ### Beam: look ahead
#
# The likeliest first word need not begin the likeliest caption. A **beam** of width K keeps the K best beginnings. At
# each step it tries every next word after each of them, and again keeps the K best.
#
# ![A beam of width 2 over three steps: the second-best beginning overtakes the best one at the third word.](figures/beam_tree.svg)
#
# Longer captions are products of more probabilities, so a longer one is usually less likely. To compare captions of
# different length, the sum of log probabilities is divided by a power of the length:
#
# $$\text{rank} = \frac{1}{\text{length}^{\,0.7}} \sum_t \log P(w_t)$$
#
# Here is the real tree of our model for the last of the eight pictures above. Each dot is a beginning that was kept, the
# darker the likelier its last word. The thick way won: it has the best **rank**. It need not be the likeliest. Compare it
# with what greedy says about the same picture.

# %% tags=["nbval-ignore-output"]
width = 3  # try 1 (that is greedy) and 6

ours = data["val_features"][[rows[7]]]
tree = beam_tree(model, ours[0], max_length=17, width=width)
plot_beam_tree(tree, data["idx_to_word"])
plt.show()

# %% [markdown]
# How does the beam see these two captions? A small TODO: their ranks, by the formula above.

# %% tags=["small-todo", "nbval-ignore-output"]
said = {"beam": beam_captions(model, ours, 17, width), "greedy": greedy_captions(model, ours, 17)}
logp, length = log_probabilities(model, np.repeat(ours, 2, axis=0), np.concatenate(list(said.values())))

# The rank of both, from the arrays logp and length:
### BEGIN SOLUTION
ranks = logp / length**0.7
### END SOLUTION
winners = [[node for node in beam_tree(model, ours[0], 17, K) if node.best][-1] for K in (width, 1)]
ranks = agree(ranks, np.array([node.rank for node in winners]))

for (name, caption), p, rank in zip(said.items(), logp, ranks, strict=True):
    print(f"{name:7} log P {p:6.2f}   rank {rank:6.2f}   {plain_texts(caption, data['idx_to_word'])[0]}")

# %% [markdown]
# ### Which way is best?
#
# That depends on what you want. Three kinds of numbers, for the same model and the same new pictures:
#
# - *true*: captions that are true in everything they say; *states*: how many facts a caption states; *log P*: the
#   logarithm of its probability;
# - *BLEU-4*: compares a caption with the five that were written for the picture. It is the geometric mean of the
#   shares of its words, pairs, triples and runs of four that these hold too, made smaller when it is too short;
# - *distinct*: share of different captions; *new*: share that no training caption equals.
#
# Before you run it: which way will be the truest, and which the most varied?

# %% tags=["nbval-ignore-output"]
judged = rows[:600]
features = data["val_features"][judged]
ways = {
    "greedy": greedy_captions(model, features, 17),
    "beam of 3": beam_captions(model, features, 17, width=3),
    "beam of 10": beam_captions(model, features, 17, width=10),
    "beam of 10, plain": beam_captions(model, features, 17, width=10, length_power=0),
    "temperature 0.5": sampled_captions(model, features, 17, temperature=0.5, seed=0),
    "temperature 1": sampled_captions(model, features, 17, seed=0),
    "nucleus 0.9": sampled_captions(model, features, 17, top_p=0.9, seed=0),
}
people = caption_scores.references(data, "val")
known = plain_texts(data["train_captions"], data["idx_to_word"])
facts_judged = [facts[i] for i in judged] if facts else None
table = {}
for way, captions in ways.items():
    said = plain_texts(captions, data["idx_to_word"])
    every = caption_scores.judge(said, [people[i] for i in judged], known, facts_judged)
    table[way] = {name: every[name] for name in ("true", "BLEU-4", "distinct", "new") if name in every}
    if facts:
        table[way]["states"] = f"{caption_scores.statements(said, facts_judged):.1f}"
    table[way]["log P"] = f"{log_probabilities(model, features, captions)[0].mean():.1f}"
print(caption_scores.table(table))

# %% [markdown]
# The truest way here is the beam that ranks captions by their plain probability, `length_power=0`. It also states a
# little less than greedy does: short captions are more probable, and what is not said cannot be wrong. The beam of 10
# that divides by the length speaks longer. It names the time of day in about 40 % of its captions, greedy in about 14 %.
# It is about as true as greedy.
#
# Does a wider beam find likelier captions? It finds captions of a better *rank*: the beam of 10 beats greedy in about
# 80 % of the pictures, and never loses. But its caption is likelier than the greedy one in less than half of the
# pictures, and less likely in about a third. A search finds what you tell it to look for.
#
# Drawing at random pays for its variety with truth, and the nucleus pays less than plain drawing.
# (Each sentence here holds for three models, which began with different random numbers: `benchmarks/speaking.py`.)
#
# Nothing wins in every column. A common measure of captions is missing in this table: *CIDEr* (Vedantam et al., 2015).
# It compares runs of words with those that people wrote, as BLEU does, and counts rare ones more: they tell more about
# a picture than "there is a". It was made for photographs, where nobody knows the facts. Both reward a caption for
# *sounding* like the others. "There is a red car on the beach" and "there is a blue car on the beach" share most of
# their words and pairs, and one of them is a lie. In a painted world we know the facts, so this course judges truth.
#
# ## A caption as a film
#
# Each frame shows the words so far, and the five words that the model finds likeliest now. Where is it sure? Where could
# it have said something else?

# %% tags=["nbval-ignore-output"]
seen = image_from_url(data["val_urls"][row])
seen = np.full((288, 288, 3), 230, dtype=np.uint8) if seen is None else seen  # a photograph that is gone
words, likeliest = word_by_word(model, data["val_features"][[row]], 17)
Image(data=caption_film(seen, words, likeliest))

# %% [markdown]
# ## Paint your own scene
#
# Choose the facts. The scene is painted, its features are computed from the pixels, and four ways of choosing words
# caption it. ✗ comes with what is wrong. **Make it lie**: find a scene for which all four are wrong. (In training no
# car stood on the sea, and no kite flew in the forest.)


# %% tags=["nbval-ignore-output"]
def speak(features):
    """What four ways say about one picture."""
    said = {
        "greedy": greedy_captions(model, features, 17),
        "beam of 10": beam_captions(model, features, 17, width=10),
        "temperature 1": sampled_captions(model, features, 17, seed=3),
        "nucleus 0.6": sampled_captions(model, features, 17, top_p=0.6, seed=1),
    }
    return {way: plain_texts(captions, data["idx_to_word"])[0] for way, captions in said.items()}


if facts:
    mushroom = {"kind": "mushroom", "colour": "red", "place": "forest", "time": "night", "side": "left"}
    paint_your_own(speak, {**mushroom, "companion": "campfire"})

# %% [markdown]
# And a scene that training never showed:

# %% tags=["nbval-ignore-output"]
if facts:
    show_painted_scene(
        scene_of("car", "green", side="left", place="sea", time="night", weather="rain"), speak
    )
    plt.show()

# %% [markdown]
# ## From one picture to another
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


mixtures = np.outer(1 - shares, data["val_features"][one]) + np.outer(shares, data["val_features"][other])
said = plain_texts(greedy_captions(model, mixtures, 17), data["idx_to_word"])
notes = [f"{share:.0%}: {text}" for share, text in zip(shares, said, strict=True)]
show_pictures([mixed(share) for share in shares], notes, columns=6)
plt.show()

# %% [markdown]
# ## One wrong word
#
# In training, every beginning that the model hears is right. What happens after a wrong word? We give it the first word:
# how many things there are. Once the right number, once a wrong one. Then we look at the rest: is it a sentence, and is
# all else that it says true?
#
# A model that only knows right beginnings should suffer from a wrong one. This gap is called *exposure bias*. A known
# remedy is *scheduled sampling* (Bengio et al., 2015): in training, replace some of the words that go in by the model's
# own. We give the trained model two more epochs, once as before, once with half of the words its own.

# %% tags=["nbval-ignore-output"]
if facts:
    exposed = {}
    for name, own_share in {"teacher forcing": 0.0, "half its own words": 0.5}.items():
        more = ScheduledCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192)
        more.params = {key: w.copy() for key, w in model.params.items()}
        more.own_share = own_share
        np.random.seed(231)
        gently = {"update_rule": "adam", "optim_config": {"learning_rate": 1e-3}, "lr_decay": 0.5}
        CaptioningSolver(more, data, num_epochs=2, **gently).train()
        for wrong in (False, True):
            title = f"{name}, {'a wrong' if wrong else 'the right'} first word"
            exposed[title] = after_a_first_word(more, data, facts, wrong)
    print(caption_scores.table(exposed))

# %% [markdown] tags=["gives-away"]
# After a right number nearly every caption is a sentence. After a wrong one most are none: "two purple house in …".
# The picture says one thing, the word before another, and the model follows both. That is exposure bias.
#
# And the remedy? Here it does not help. The model that heard its own words makes fewer sentences after a wrong word than
# the other, and fewer even after the right one. One reason that has been given (Huszár, 2015): the next word of the
# training caption need not fit a beginning that the model said itself. So the model is taught to go on wrongly. (Three
# models each, which began with different random numbers: `benchmarks/speaking.py`.) A known remedy is not always one.
# Measure it.
#
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
# ### Stretch · ★★★ · 30 minutes
#
# Let the captions vote. Draw 20 captions of a picture at temperature 0.7, and take the one that agrees best with the
# others (`caption_scores.bleu`, with the 19 others as references). Is it true more often than a single drawn one?
#
# <details><summary>A hint</summary>
#
# `np.repeat(features, 20, axis=0)` gives every picture twenty rows. Begin with 50 pictures.
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
# *exposure bias*. People reduce it by sometimes feeding the model its own words while it trains (*scheduled sampling*),
# or by keeping several beginnings alive, so that an early mistake can still lose: the beam search above.

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - Is a caption that leaves half of the picture out better than one that says all and is wrong in one thing?
# - A beam looks for likely captions. Why are likely captions not the ones that people say?
# - How would you judge truth for photographs, where nobody wrote down the facts?
#
# ## What you have now
#
# A captioner that speaks, and ways to judge it. In [chapter 6](06_lstm.ipynb) it gets a better memory.
#
# The papers behind this chapter: Williams and Zipser 1989 (teacher forcing), Vinyals et al. 2015 (*Show and Tell*:
# captions with a recurrent network and a beam), Bengio et al. 2015 (scheduled sampling), Holtzman et al. 2020 (nucleus),
# Wu et al. 2016 (the rank by length), Papineni et al. 2002 (BLEU), Vedantam et al. 2015 (CIDEr), Huszár 2015 (a critique
# of scheduled sampling).

# %% tags=["nbval-ignore-output"]
progress()
