# %% [markdown]
# # 11 · Inside the state
#
# *An elective: no later chapter needs it.* [Chapter 6](06_lstm.ipynb) asked what a state still knows. Here you look
# closer, with the same two models.
#
# **In this chapter you will**
#
# 1. see which kinds of facts the RNN and the LSTM get right,
# 2. write the probe that reads a fact out of a state,
# 3. look at the gates of the LSTM while it reads,
# 4. find out which errors are left, and what each of them asks for.
#
# You need: [chapter 6](06_lstm.ipynb). Time: about 60 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.error_analysis import count_errors, false_captions, statements
from cs231n.course.plotting import show_pictures, use_course_style
from cs231n.course.plotting.memory import plot_gates, plot_statements
from cs231n.course.scenes import load_facts, why_not_true
from cs231n.course.state_probes import gates_while_reading, states_and_facts
from cs231n.course.stored_results import stored_captioner
from cs231n.course.text_units import plain_texts
from cs231n.decoding import sampled_captions
from cs231n.exercises import agree, check, hint, progress
from cs231n.image_utils import image_from_url

use_course_style()

# %% [markdown]
# The two models are those of chapter 6. Their training is not repeated here: the weights come with the course.

# %%
data = load_coco_data(base_dir=SCENES_DIR)
pictures = np.unique(data["val_image_idxs"])
facts = [load_facts("val")[i] for i in pictures]
models = {"RNN": stored_captioner("06_rnn"), "LSTM, bias 3": stored_captioner("06_lstm_open")}
texts = {
    name: plain_texts(model.sample(data["val_features"][pictures]), data["idx_to_word"])
    for name, model in models.items()
}

# %% [markdown]
# ## Where does the LSTM win?
#
# In the painted world every caption states facts: how many, which colour, what, where, when. For each kind of fact: how
# often is it right when it is said? Of the greedy captions, fewer than one in five names the time. So these captions
# are drawn at random from the nucleus ([chapter 10](10_other_ways_to_choose.ipynb)).

# %%
order = ["count", "colour", "kind", "side", "place", "companion", "time", "weather"]
drawn = {
    name: plain_texts(
        sampled_captions(model, data["val_features"][pictures], 17, top_p=0.8, seed=0), data["idx_to_word"]
    )
    for name, model in models.items()
}
plot_statements({name: statements(captions, facts) for name, captions in drawn.items()}, order)
plt.show()

# %% [markdown]
# The LSTM names number, colour and place right nearly always. Companion (what stands beside the thing), time and
# weather are right much less often, in both models. It is tempting to say: they are said last, so they were forgotten. But
# the place is said late too. To know, we must look into the state.
#
# A **linear probe** asks a state what it still knows: one affine layer, trained to name a fact from the state, and from
# nothing else. Chapter 6 used it. Now you write it.
#
# ## Your turn: fit a probe


# %% tags=["todo"]
def fit_probe(states, targets, strength):
    """The W and b with the least Σ ‖s W + b − t‖² + strength · ‖W‖², over all states s and their targets t.

    states: (N, K); targets: (N, C), 1 in the column of the right answer and 0 elsewhere; strength: above 0
    returns: W (K, C), b (C,)
    """
    ### BEGIN SOLUTION
    mean_s, mean_t = states.mean(axis=0), targets.mean(axis=0)
    s, t = states - mean_s, targets - mean_t
    W = np.linalg.solve(s.T @ s + strength * np.eye(len(mean_s)), s.T @ t)
    return W, mean_t - mean_s @ W
    ### END SOLUTION


# %%
fit_probe = check(fit_probe)

# %% [markdown]
# So is it memory? How is it when the time is said *first*, straight after `<START>`, where the state still holds it?

# %%
said = {}
for name, captions in drawn.items():
    said[name] = [statements(captions, facts, first)["time"] for first in (True, False)]
    for place, right in zip(("first", "later"), said[name], strict=True):
        print(f"{name:12s} time said {place}: right {np.mean(right):.0%} of {len(right)}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Said first, the time is right more often than said later: memory is a part of it. But also when it is said first, it is
# right much less often than the probe reads it, from that very state. So memory is not all: the state holds the time, and
# the model has not yet learned to *use* it.
#
# </details>

# %% [markdown]
# ## Look at the gates
#
# What do the gates do while the LSTM reads a caption? Each row is a word that goes in, each column one unit (40 of the
# 128, sorted by how open their forget gate is). Dark is closed, bright is open.

# %%
picture = 3  # try others

model = models["LSTM, bias 3"]
words = ["<START>", *texts["LSTM, bias 3"][picture].split()]
numbers = [data["word_to_idx"][word] for word in words]
gates = gates_while_reading(model, data["val_features"][[pictures[picture]]], numbers)
plot_gates(gates, words)
plt.show()

# %% [markdown]
# In the middle, the columns on the left are bright from top to bottom: units that keep what they have through the whole
# caption. Those on the right are darker, and close at some words: there the unit lets go of what it had. All of them
# started training with the same bias of 3.
#
# ## Which errors are left?
#
# A share of true captions tells how good a model is. What to do next, it does not tell. For that, take the false captions,
# look at each, and write down *what* is false in it. This is called **error analysis**. In the painted world the judge can do the writing. Here are the false captions of the LSTM.
#
# **Predict.** Which kind of fact makes most captions false?

# %% tags=["nbval-ignore-output"]
found = false_captions(texts["LSTM, bias 3"], facts)
print(f"{len(found)} of {len(facts)} captions are not true. In so many of them this is false:")
for fact, captions in count_errors(found).items():
    print(f"  {fact:15s}{captions:4d}")

# %%
said_here = texts["LSTM, bias 3"]
some = list(found)[:: max(len(found) // 8, 1)][:8]
show_pictures(
    [image_from_url(data["val_urls"][pictures[k]]) for k in some],
    [f"{said_here[k]}\n({'; '.join(why_not_true(said_here[k], facts[k]))})" for k in some],
    marks=[False] * len(some),
)
plt.show()

# %% [markdown]
# Look at these pictures and at twenty more (write `some = list(found)[:20]`). For each error ask: could the
# features know it (a shadow taken for a thing)? Did the training captions teach it (a colour that this thing never had)?
# Or was it known and lost on the way (the probe above)? Each answer asks for another remedy: other features, more
# data, a better memory. [Chapter 7](07_attention.ipynb) tries a fourth: to look at the picture again, before each word.

# %% [markdown]
# ## More to do
#
# ### Debugging · ★★☆ · 10 minutes
#
# A friend writes: "The state of the LSTM knows *everything*: my probe for the weather is right in 100 of 100 captions."
# What is wrong?
#
# ```python
# read, weather = states["train"][10][:100], labels["train"]["weather"][:100]
# values = np.unique(weather)
# W, b = fit_probe(read, (weather[:, None] == values).astype(float), 1e-3)
# print(np.mean(values[(read @ W + b).argmax(axis=1)] == weather))
# ```
#
# <details><summary>What is wrong</summary>
#
# The probe is judged on the captions that it was fitted to. It has 256 numbers a state and only 100 captions, so it can
# learn all of them by heart, whatever they hold. Exchange the labels at random, and it is right just as often. Fit on
# training captions, and judge on validation captions.
#
# </details>
#
# ### Stretch · ★★★ · 30 minutes
#
# Does the model *use* what the probe reads? Push the state: after "it is", add a multiple of `W[:, night] - W[:, day]` to
# the state, and let the model go on. Does it say another time of day?
#
# <details><summary>A hint</summary>
#
# `model.initial_state` and `model.step` give the state, a tuple; `state[0]` is h. Push h, take one more step, and look at
# the word with the highest score.
#
# </details>
#
# ## Question
#
# A probe reads a fact from a state, and the model says something else. Name two reasons that this can have. Which
# experiment could tell them apart?

# %% [markdown] tags=["answer"]
# **Answer.** The state can hold the fact where the layer of the words does not look: the probe was trained to find it, and
# that layer was trained for all words at once. Or the probe reads something that only goes together with the fact, such
# as the place, from which one can guess. Change the state along the direction that the probe reads, and see whether the
# model says another word (the stretch task above). What changes nothing was not used.

# %% [markdown]
# **To think about.** Nobody has the last word on these.
#
# - Is it good when a memory keeps all that it has seen?
# - A probe finds the weather in a state, and the model never says it. Where would you look for the reason?
# - Would you rather have a model that is easy to look into, or one that is right a little more often?
#
# ## What you have now
#
# Three ways to look inside: probes, gates, and the table of errors. [Chapter 7](07_attention.ipynb) tries another remedy
# than memory: to look at the picture again, before each word.
#
# **Papers.** Alain and Bengio, 2016, *Understanding intermediate layers using linear classifier probes*.

# %% tags=["nbval-ignore-output"]
progress()
