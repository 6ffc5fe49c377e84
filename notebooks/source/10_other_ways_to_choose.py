# %% [markdown]
# # 10 · Other ways to choose
#
# *An elective: no later chapter needs it.* In [chapter 5](05_sampling.ipynb) the model always said its likeliest word.
# Here are other ways to make a caption of the same scores. You write two of them, and compare seven.
#
# **In this chapter you will**
#
# 1. let a model dare more, or less, with a [*temperature*](../docs/glossary.md#temperature),
# 2. cut off the unlikely words: the [*nucleus*](../docs/glossary.md#nucleus-sampling),
# 3. look ahead with a [*beam*](../docs/glossary.md#beam-search),
# 4. measure which way is best, and for what,
# 5. say a wrong word to the model, and see whether it recovers.
#
# You need: [chapter 5](05_sampling.ipynb). Time: about 70 minutes.
# What is *optional* and the tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course import caption_scores
from cs231n.course.chapters.scheduled_sampling import ScheduledCaptioner, after_a_first_word
from cs231n.course.plotting import plot_beam_tree, show_pictures, use_course_style
from cs231n.course.plotting.painted_scene import show_painted_scene
from cs231n.course.scenes import load_facts, scene_of
from cs231n.course.stored_results import stored_captioner
from cs231n.course.text_units import plain_texts
from cs231n.decoding import (
    beam_captions,
    beam_tree,
    greedy_captions,
    log_probabilities,
    sampled_captions,
)
from cs231n.exercises import agree, check, hint, progress
from cs231n.image_utils import image_from_url

use_course_style()

# %% [markdown]
# The model is that of chapter 5. Its training is not repeated here: the weights come with the course, so you hear what
# everybody hears.

# %%
data, facts = load_coco_data(base_dir=SCENES_DIR), load_facts("val")
model = stored_captioner("05_rnn")
rows = np.unique(data["val_image_idxs"])
row = rows[3]

# %% [markdown]
# ## Other ways to choose
#
# *Greedy* always takes the likeliest word. It never says anything surprising, and it cannot take a word back. Here are
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
# Dividing by a small τ makes large differences of scores larger still. Our model computes in float32, where $e^{89}$ is
# already too large: take the largest score off first, as in chapter 4.


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

# %%
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
# Run it with other numbers. The nearer to 0, the more often it says what greedy says; at 0.2 most captions still differ from
# the greedy one somewhere, at 0.001 none does. At 2 it dares so much that most of its captions are no sentences of the
# painted world's grammar any more.
#
# ### Nucleus: daring, but not nonsense
#
# Each unlikely word alone is hardly ever drawn. But there are many of them, and a caption has ten places for them to come.
# The nucleus cuts this tail off, and lets the good words compete as they are.


# %% tags=["todo"]
def nucleus(probabilities, top_p):
    """The fewest likeliest words whose probabilities together reach top_p, made to sum to 1 again.

    probabilities: (V,), which sum to 1; top_p: above 0 and up to 1
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

# %%
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
# Here is the real tree of our model, for a picture where beam and greedy differ. Each dot is a beginning that was kept. The
# number under it is the logarithm of its probability, and where a caption ends, its **rank**. The thick way won: it has the
# best rank. It need not be the likeliest. (The numbers are rounded, so two ranks can look alike.)

# %%
width = 3  # try 1 (that is greedy) and 6

few = data["val_features"][:60]
logp, _ = log_probabilities(model, few, beam_captions(model, few, 17, width))
greedy_logp, _ = log_probabilities(model, few, greedy_captions(model, few, 17))
ours = few[[np.argmax(greedy_logp - logp)]]  # where greedy says something likelier
tree = beam_tree(model, ours[0], max_length=17, width=width)
plot_beam_tree(tree, data["idx_to_word"])
plt.show()

# %% [markdown]
# How does the beam see its own caption and the greedy one? A small TODO: their ranks, by the formula above.

# %% tags=["small-todo"]
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
# That depends on what you want. For the same model and the same new pictures:
#
# - *true*: captions that are true in everything they say; *states*: how many facts a caption states; *log P*: the
#   logarithm of its probability;
# - *BLEU-4*: how many runs of words it shares with the five captions written for the picture
#   ([chapter 6](06_lstm.ipynb));
# - *distinct*: share of different captions; *new*: share that no training caption equals.
#
# **Predict.** Which way will be the truest, and which the most varied?

# %%
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
facts_judged = [facts[i] for i in judged]
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
# <details><summary>After you have run it</summary>
#
# The truest way here is the beam that ranks captions by their plain probability, `length_power=0`. It also states a
# little less than greedy does: short captions are more probable, and what is not said cannot be wrong. The beam of 10
# that divides by the length speaks longer, and is about as true as greedy. Drawing at random pays for its variety with
# truth, and the nucleus pays less than plain drawing. (Each sentence here holds for three models, which began with
# different random numbers: `benchmarks/speaking.py`.)
#
# </details>
#
# Does a wider beam find likelier captions?

# %%
(p, length), (q, shorter) = (
    log_probabilities(model, features, ways[way]) for way in ("beam of 10", "greedy")
)
better = p / length**0.7 - q / shorter**0.7
for name, gain in {"rank": better, "probability": p - q}.items():
    print(f"beam of 10: better {name} than greedy in {np.mean(gain > 1e-3):.0%} of the pictures, ", end="")
    print(f"worse in {np.mean(gain < -1e-3):.0%}")

# %% [markdown]
# It finds captions of a better *rank* for most pictures, and hardly ever one of a worse rank. But many of them are *less*
# likely than the greedy caption. A search finds what you tell it to look for.
#
# Nothing wins in every column. A common measure of captions is missing in this table: *CIDEr* (Vedantam et al., 2015).
# It compares runs of words with those that people wrote, as BLEU does, and counts rare ones more. Both reward a caption for
# *sounding* like the others. "There is a red car on the beach" and "there is a blue car on the beach" share most of
# their words and pairs, and one of them is a lie. In a painted world we know the facts, so this course judges truth.

# %% [markdown]
# ## Four ways about one scene
#
# A scene that training never showed, and four ways of choosing words. ✗ comes with what is wrong. Change the facts:
# about which scenes are all four right, and about which do all four lie?


# %%
def speak(features):
    """What four ways say about one picture."""
    said = {
        "greedy": greedy_captions(model, features, 17),
        "beam of 10": beam_captions(model, features, 17, width=10),
        "temperature 1": sampled_captions(model, features, 17, seed=3),
        "nucleus 0.6": sampled_captions(model, features, 17, top_p=0.6, seed=1),
    }
    return {way: plain_texts(captions, data["idx_to_word"])[0] for way, captions in said.items()}


show_painted_scene(scene_of("car", "green", side="left", place="sea", time="night", weather="rain"), speak)
plt.show()

# %% [markdown] tags=["optional"]
# ## Optional: from one picture to another

# %% [markdown]
# The model sees a picture as 512 numbers. Numbers can be mixed: 80 % of one picture and 20 % of another. No such picture
# exists (what you see is only a sketch of it). Where does the caption change, and does it change word by word?

# %%
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
# A model that only knows right beginnings should suffer from a wrong one: the *exposure bias* of chapter 5. A known remedy
# is *scheduled sampling* (Bengio et al., 2015): in training, replace some of the words that go in by the model's own. We
# give the trained model two more epochs, once as before, once with half of the words its own.
#
# **Predict.** After a wrong first word, which of the two makes more sentences?

# %%
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
# <details><summary>After you have run it</summary>
#
# After a right number nearly every caption is a sentence. After a wrong one most are none: "two blue tent on the white snow".
# The picture says one thing, the word before another, and the model follows both. That is exposure bias.
#
# And the remedy? Here it does not help. The model that heard its own words makes fewer sentences after a wrong word than
# the other, and fewer even after the right one. One reason that has been given (Huszár, 2015): the next word of the
# training caption need not fit a beginning that the model said itself. So the model is taught to go on wrongly. (Three
# models each: `benchmarks/speaking.py`.)
#
# </details>
#
# A known remedy is not always one. Measure it.
#
# ## More to do
#
# ### Debugging · ★☆☆ · 5 minutes
#
# A friend's captions are the same at every temperature, however he sets τ. Find the line that is wrong.
#
# ```python
# p = np.exp(scores - scores.max(axis=1, keepdims=True))
# p = p / p.sum(axis=1, keepdims=True)
# p = p / temperature
# p = p / p.sum(axis=1, keepdims=True)
# ```
#
# <details><summary>What is wrong</summary>
#
# He divides the *probabilities*. That makes each of them larger or smaller by the same factor, and the last line takes
# the factor away again. Divide the scores, before the exponential.
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
# In training the model never reads a wrong word, and when it speaks it does. Two remedies seem to offer themselves: let it
# read its own words in training, or search with a beam, so that an early mistake can still lose. What did this chapter
# measure about each of them?

# %% [markdown] tags=["answer"]
# **Answer.** Neither did what one would hope. Training on its own words made fewer sentences after a wrong word, not more.
# A beam finds captions of a better rank, and that is all it looks for. Ranked with a power of the length it was about as
# true as greedy. Ranked by plain probability it was truer, and said less.

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - A beam looks for likely captions. Why are likely captions not the ones that people say?
#
# ## What you have now
#
# Five ways to choose words, and numbers that say what each of them costs.
#
# The papers behind this chapter: Holtzman et al. 2020 (nucleus), Vinyals et al. 2015 (captions with a beam), Wu et al.
# 2016 (the rank by length), Papineni et al. 2002 (BLEU), Vedantam et al. 2015 (CIDEr), Bengio et al. 2015 (scheduled
# sampling), Huszár 2015 (a critique of it).

# %%
progress()
