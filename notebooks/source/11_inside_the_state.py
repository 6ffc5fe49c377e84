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
# The tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import table
from cs231n.course.chapters.ask_the_time import ask_first, ask_last
from cs231n.course.error_analysis import count_errors, false_captions, right_by_fact
from cs231n.course.plotting import show_pictures, use_course_style
from cs231n.course.plotting.memory import plot_gates, plot_statements
from cs231n.course.scenes import load_facts, why_not_true
from cs231n.course.state_probes import gates_while_reading
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
both = {split: load_facts(split) for split in ("train", "val")}
facts = both["val"]
models = {"RNN": stored_captioner("06_rnn"), "LSTM, bias 3": stored_captioner("06_lstm_open")}
texts = {
    name: plain_texts(model.sample(data["val_features"]), data["idx_to_word"])
    for name, model in models.items()
}

# %% [markdown]
# ## Where does the LSTM win?
#
# For each kind of fact: how often is it right when it is said? Greedy captions seldom name the time. So these captions are
# drawn at random from the nucleus ([chapter 10](10_other_ways_to_choose.ipynb)).
#
# **Predict.** Which kinds of facts does the LSTM get right much more often than the RNN? In which are both bad?

# %%
order = ["count", "colour", "kind", "side", "place", "companion", "time", "weather"]
drawn = {
    name: plain_texts(
        sampled_captions(model, data["val_features"], 17, top_p=0.8, seed=0), data["idx_to_word"]
    )
    for name, model in models.items()
}
plot_statements({name: right_by_fact(captions, facts) for name, captions in drawn.items()}, order)
plt.show()

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# The LSTM names number, colour and place right nearly always. Companion (what stands beside the thing), time and
# weather are right much less often, in both models. Where does the RNN fall behind most? Compare the two bars of each
# kind, and look at how many statements they rest on.
#
# </details>
#
# It is tempting to say: these are said last, so they were forgotten. But the place is said late too. And perhaps the
# model never knew them? To know, we must ask the state itself.
#
# A **linear probe** (chapter 6 used it) is one affine layer, trained to name a fact from a state $s$, and from nothing
# else.
#
# ![A linear probe. The captioner reads "a red kite" and stays as it is. After two words its state s, a row of K numbers, is taken out and goes through one affine layer, s W + b, the only part that is fitted. It gives one number for each answer: day, sunset, night. The largest is what the probe says.](figures/linear_probe.svg)
#
# The target $t$ is a row with a 1 for the right answer, and 0 for all others. Of all $W$ and $b$ we want those with
# the least
#
# $$\sum_n \lVert s_n W + b - t_n \rVert^2 + \lambda \lVert W \rVert^2$$
#
# The second term keeps $W$ small, so that the probe does not learn single captions by heart. $\lambda$ is called
# `strength`. No training loop is needed: set the gradients to zero, and solve. The gradient with respect to $b$ says that
# the *mean* state must give the *mean* target:
#
# $$b = \bar t - \bar s\, W$$
#
# Put this in, and only differences from the means are left, $\tilde s = s - \bar s$ and $\tilde t = t - \bar t$, as rows of
# $\tilde S$ and $\tilde T$. The gradient with respect to $W$ is then zero where
#
# $$(\tilde S^T \tilde S + \lambda I)\, W = \tilde S^T \tilde T$$
#
# `np.linalg.solve(A, B)` gives the $W$ with $A W = B$.
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
    W = np.linalg.solve(s.T @ s + strength * np.eye(len(mean_s), dtype=s.dtype), s.T @ t)
    return W, mean_t - mean_s @ W
    ### END SOLUTION


# %%
fit_probe = check(fit_probe)

# %% [markdown]
# ## Known, forgotten, or not used?
#
# Now the experiment. We ask for the time of day at two moments: straight after `<START>`, and at the *last* place, where
# people wrote the words before it and ended their caption with the time. Each time we ask two:
#
# - your **probe**, fitted on training captions: what does the *state* hold?
# - the **model**: of all phrases that name a time ("at night", "under the stars", …), how likely are those of the day,
#   those of the sunset, those of the night? The time with the largest sum is what the model *says*.
#
# Who always answers "day" is right in about 40 of 100.
#
# **Predict.** For the RNN, at the last place: is the probe right more often than "always day"? And is the model as good
# as the probe straight after `<START>`?

# %%
rows = {}
for name, model in models.items():
    for moment, ask in {"first": ask_first, "last": ask_last}.items():
        states, times, _ = ask(model, data, both["train"], "train")
        new_states, true, said = ask(model, data, both["val"], "val")
        values = np.unique(times)
        targets = (times[:, None] == values).astype(states.dtype)
        W, b = fit_probe(states, targets, strength=0.01 * len(states) * states.var())
        probed = values[(new_states @ W + b).argmax(axis=1)]
        always = max(np.mean(true == value) for value in values)
        rows[f"{name}, {moment}"] = {
            "probe": np.mean(probed == true),
            "model": np.mean(said == true),
            "always one": always,
        }
print(table(rows))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# - **Known, and not used.** After `<START>` the probe reads the time in about 90 of 100 pictures or more. The model itself
#   is right much less often. The state holds the time, and the model has not learned to use all of it.
# - **Forgotten.** At the last place the RNN holds nothing of it: neither the probe nor the model is better than who always
#   says the same.
# - **Kept, in part.** The LSTM still holds some of it there. Again the probe reads more than the model says.
#
# So it is memory, and it is not memory alone. (With three seeds each, all of this is so. How much the LSTM keeps differs a
# lot from seed to seed.)
#
# </details>
#
# How exact is such a share? A small TODO: 600 pictures are a sample. A share $p$ of $n$ answers has a standard error of
# $\sqrt{p (1 - p) / n}$.

# %% tags=["small-todo"]
p, n = rows["RNN, first"]["model"], len(facts)
# The standard error of p:
### BEGIN SOLUTION
error = np.sqrt(p * (1 - p) / n)
### END SOLUTION
right = np.arange(n) < round(p * n)  # as many right answers as there were
error = agree(error, np.std(right) / np.sqrt(n))
print(f"the model is right in {p:.0%} of the pictures, give or take {2 * error:.0%}")

# %% [markdown]
# ## Look at the gates
#
# Chapter 6 opened the forget gates with a bias of 3, all of them alike. What has training made of them? Each row is a
# word that goes in, each column one unit (40 of the 128, sorted by how open their forget gate is). Dark is closed, bright is open.

# %%
picture = 3  # try others

model = models["LSTM, bias 3"]
words = ["<START>", *texts["LSTM, bias 3"][picture].split()]
numbers = [data["word_to_idx"][word] for word in words]
gates = gates_while_reading(model, data["val_features"][[picture]], numbers)
plot_gates(gates, words)
plt.show()

# %% [markdown]
# In the middle, the columns on the left are bright from top to bottom: units that keep what they have through the whole
# caption. Those on the right are darker, and close at some words: there the unit lets go of what it had.
#
# ## Which errors are left?
#
# Take the false captions of the LSTM, look at each, and write down *what* is false in it. This is called **error
# analysis**. In the painted world the judge can do the writing.

# %%
found = false_captions(texts["LSTM, bias 3"], facts)
print(f"{len(found)} of {len(facts)} captions are not true. In so many of them this is false:")
for fact, captions in count_errors(found).items():
    print(f"  {fact:15s}{captions:4d}")

# %%
said_here = texts["LSTM, bias 3"]
some = list(found)[:: max(len(found) // 8, 1)][:8]
show_pictures(
    [image_from_url(data["val_urls"][k]) for k in some],
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
# A friend writes: "The state of the LSTM knows *everything*: my probe reads the time in 100 of 100 captions." What is
# wrong?
#
# ```python
# some, answers = states[:100], times[:100]
# targets = (answers[:, None] == values).astype(float)
# W, b = fit_probe(some, targets, strength=1e-3)
# print(np.mean(values[(some @ W + b).argmax(axis=1)] == answers))
# ```
#
# <details><summary>What is wrong</summary>
#
# The probe is judged on the captions that it was fitted to. It has 256 numbers per state and only 100 captions, so it can
# learn all of them by heart, whatever they hold: `answers = np.random.permutation(times[:100])` gives nearly 100 of 100, too. Fit
# on training captions, and judge on validation captions.
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

# %%
progress()
