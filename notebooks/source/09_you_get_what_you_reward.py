# %% [markdown]
# # 9 · You get what you reward
#
# Our captioners learned by imitation: they say what was written of such pictures. Nobody ever told them whether it is
# *true*. But in our painted world we have a judge. In this chapter the captioner of chapter 5 speaks, the judge says 1
# or 0, and that is all it learns from. This is how today's reasoning models are trained, too.
#
# **In this chapter you will**
#
# 1. turn the loss of chapter 4 into one that follows a reward,
# 2. make the plainest captioner as truthful as the best attention models of chapter 7, in seconds,
# 3. see what it cost,
# 4. reward other things, and see what you get,
# 5. cure it, and measure every cure.
#
# You need: [chapter 5](05_sampling.ipynb). Time: about 95 minutes. All trainings together take about half a minute.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.caption_scores import table
from cs231n.course.chapters import rewards
from cs231n.course.chapters.gradient_spread import gradient_spread
from cs231n.course.chapters.reward_results import reward_table
from cs231n.course.chapters.what_it_says import snapshots, what_it_says, when_it_says_the_time
from cs231n.course.plotting import use_course_style
from cs231n.course.plotting.reward import plot_before_after, plot_over_steps, policy_film, show_film
from cs231n.course.scenes import caption_is_true, claims, draw_scene, load_facts
from cs231n.course.stored_results import stored_captioner
from cs231n.course.text_units import plain_texts
from cs231n.decoding import log_probabilities
from cs231n.exercises import agree, check, hint, progress
from cs231n.fast.drawing import draw_captions
from cs231n.reward_solver import RewardSolver

use_course_style()
data = load_coco_data(base_dir=SCENES_DIR)
facts = {split: load_facts(split) for split in ("train", "val")}

# %% [markdown]
# ## The idea
#
# Greedy always says the same about a picture. To learn, the model has to try things. So captions are **drawn**: at each
# place a word is taken at random, with the probability that the model gives it.
#
# ![Learning from a judge, from left to right. The model looks at a picture and draws three captions: a red car, with probability 0.5, a red bus and a blue car, with 0.25 each. The judge gives them the rewards 1, 0 and 0. Each caption's advantage is its reward less the mean of the two others: plus 1, minus 0.5, minus 0.5. An arrow leads from the advantages back to the model: it is to say the first more often, and the other two less. Nothing flows back through the judge.](figures/reward_loop.svg)
#
# We want the mean reward to grow: $J = \sum_w P(w)\, r(w)$, over all captions $w$. Its gradient is
#
# $$\nabla J = \sum_w r(w)\, \nabla P(w) = \sum_w P(w)\, r(w)\, \nabla \log P(w)$$
#
# because $\nabla \log P = \nabla P / P$. A sum with $P(w)$ in front is a mean over *drawn* captions. And $-\log P(w)$
# is the loss of chapter 4. So:
#
# | | chapter 4 | here |
# |---|---|---|
# | captions | people's | the model's own, drawn |
# | each counts | once | $r(w)$ times |
#
# That is the whole method, [**REINFORCE**](../docs/glossary.md#reinforce) (Williams, 1992). Look where $r$ stands: it is a factor, and nobody takes its
# gradient. So the judge may be anything that gives a number: a grammar, a program, a person.
#
# ## A baseline
#
# A [**reward**](../docs/glossary.md#reward) of 5: is that good? It needs a [**baseline**](../docs/glossary.md#baseline): what did
# the others get? So each caption is compared with the **other captions of
# the same picture**. With K captions of a picture, the **advantage** of caption k is
#
# $$A_k = r_k - \frac{1}{K-1} \sum_{j \neq k} r_j$$
#
# Above 0 means: say it more. Below 0: less. What is taken off does not depend on caption k, so on average the gradient
# stays the same. You will measure what it is good for.
#
# ## By hand, on three captions
#
# The captions of the drawing: $P = 0.5,\ 0.25,\ 0.25$; each was drawn once; rewards 1, 0, 0. Take a pencil.
#
# 1. Advantages: $1 - 0 = 1$, and twice $0 - 0.5 = -0.5$.
# 2. Let each caption have one score, and softmax make $P$ of the scores. A drawn caption k pushes the scores by
#    $A_k\,(1 - P)$ at its own place, and by $-A_k P$ at the others. The advantages add up to 0, so all that holds $P$
#    cancels: the scores move by $A$.
# 3. Adding $A$ to the scores multiplies $P$ by $e^A$: by 2.7, 0.6 and 0.6. Divide by the sum. (A real step is smaller.)
#
# **Predict.** What are the three probabilities after this step? And what if the judge had given everybody one point
# more, 2, 1, 1, and we used the rewards *without* a baseline? Write both down.


# %%
def after_a_step(weights, P):
    """The probabilities after one step: each caption was drawn once and counts so much."""
    push = weights - weights.sum() * P  # Σ_k weights[k] · (1 at k, − P everywhere)
    new = P * np.exp(push)
    return new / new.sum()


P = np.array([0.5, 0.25, 0.25])
for name, weights in {"advantages 1, −½, −½": [1, -0.5, -0.5], "rewards 2, 1, 1": [2, 1, 1]}.items():
    print(f"{name:22s}", " ".join(f"{p:.0%}" for p in after_a_step(np.array(weights), P)))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# 1.36, 0.15 and 0.15, divided by their sum: 82 %, 9 %, 9 %. With a point more for everybody, the advantages are the same
# as before. Without a baseline, this draw teaches *nothing*: the three pushes cancel exactly.
#
# </details>
#
# ## Your turn: advantages


# %% tags=["todo"]
def advantages(rewards):
    """How much better each caption was than the other captions of its picture.

    rewards: (N, K), of K captions for each of N pictures
    returns: (N, K)
    """
    ### BEGIN SOLUTION
    K = rewards.shape[1]
    others = rewards.sum(axis=1, keepdims=True) - rewards
    return rewards - others / (K - 1)
    ### END SOLUTION


# %%
advantages = check(advantages)

# %% [markdown]
# ## Your turn: the loss
#
# The softmax loss of chapter 4, where caption n counts $A_n$ times:
#
# $$L = -\frac{1}{N} \sum_n A_n \sum_t \text{mask}_{nt} \log \text{softmax}(x_{nt})_{y_{nt}}$$
#
# Here N counts all captions. Return the gradient on the scores, too. One line can be enough.


# %% tags=["todo"]
def reward_loss(x, y, mask, advantages):
    """Softmax loss of drawn captions, each weighted by its advantage.

    x: (N, T, V) scores; y: (N, T) integers, the words that were drawn
    mask: (N, T) booleans, True where a word was drawn
    advantages: (N,), one a caption
    returns: loss, summed over time and averaged over the N captions, and dx (N, T, V)
    """
    ### BEGIN SOLUTION
    shifted = x - x.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    drawn = np.arange(x.shape[2]) == y[:, :, None]
    weights = mask * advantages[:, None] / len(x)
    loss = -(weights * log_p[drawn].reshape(y.shape)).sum()
    return loss, weights[:, :, None] * (np.exp(log_p) - drawn)
    ### END SOLUTION


# %%
reward_loss = check(reward_loss)

# %% [markdown]
# Stuck? Run `hint("advantages")` or `hint("reward_loss")` in a new cell.
#
# ## One step, with your functions
#
# The model of chapter 5 is stored, trained as there. We let it draw 8 captions of one training picture. The reward
# first. A small TODO: 1 for a true caption, 0 for any other. `caption_is_true(text, scene)` is the judge.

# %% tags=["small-todo"]
model = stored_captioner("05_rnn")
row = 3
features, scene = data["train_features"][[row]], facts["train"][row]
never = [0, 1]  # <NULL> and <START> are not drawn
said = draw_captions(model, features, each=8, random=np.random.default_rng(0), max_length=17, banned=never)
texts = plain_texts(said, data["idx_to_word"])

# The reward of each of the 8 texts, as a list:
### BEGIN SOLUTION
r = [1.0 if caption_is_true(text, scene) else 0.0 for text in texts]
### END SOLUTION
r = agree(r, rewards.only_true(texts, scene))
for text, reward in zip(texts, r, strict=True):
    print(f"{reward:.0f}  {text}")

# %%
A = advantages(np.array([r]))[0]
eight = np.repeat(features, 8, axis=0)
fed = np.column_stack([np.full(8, model.start_word), said[:, :-1]])  # <START> first, as in chapter 4
scores, cache = model.scores(eight, fed)
loss, dscores = reward_loss(scores, said, said != 0, A)
grads = model.scores_backward(dscores, cache)

before = log_probabilities(model, eight, said)[0]
model.params = {name: w - 0.01 * grads[name] for name, w in model.params.items()}  # one step
change = log_probabilities(model, eight, said)[0] - before
gained = change[A > 0].mean() > change[A < 0].mean()
print(f"log P grew more for the true captions than for the others: {'✓ yes' if gained else '✗ no'}")

# %% [markdown]
# ## What the baseline is good for
#
# Other captions could have been drawn. How much does the gradient depend on which ones? We draw 30 batches, and compute
# the variance of the gradient with three baselines. *Mean of all* is the mean reward of the whole batch. The second reward
# gives everybody one point more.

# %%
baselines = {
    "no baseline": lambda r: r,
    "mean of all": lambda r: r - r.mean(),
    "the others": advantages,
}


def one_more(texts, scene):
    return [1 + reward for reward in rewards.only_true(texts, scene)]


for name, reward in {"1 or 0": rewards.only_true, "2 or 1": one_more}.items():
    spread = gradient_spread(stored_captioner("05_rnn"), data, reward, facts["train"], baselines)
    print(f"{name}:", ", ".join(f"{key} {value / spread['the others']:.1f}" for key, value in spread.items()))

# %% [markdown]
# The rewards 2 and 1 teach the same as 1 and 0. But without a baseline the variance is then several times as large, and
# with one it does not change. With 1 and 0 the baseline brings nothing yet. (After training on them it does, with all three
# seeds.) The mean of all is about as good here. What speaks for the others does not show in this number: they know how
# hard *this* picture is, and the caption's own reward is not among them.
#
# ## Reward the truth
#
# `RewardSolver` repeats your step with Adam: each time 8 captions for each of 32 pictures. It takes your `advantages`; its
# loss is yours on packed rows, which is faster.
#
# **Predict.** 100 steps. What happens to the share of true captions? To how much a caption says? To how many different
# captions there are?


# %%
earned = {}  # the mean reward of every step


def follow(name, reward, steps=100, **options):
    """The captioner of chapter 5, as it is while it follows a reward: a dict from step to model."""
    options = {"seed": 1, "verbose": False, "compare": advantages, **options}
    solver = RewardSolver(stored_captioner("05_rnn"), data, reward, facts["train"], **options)
    models = snapshots(solver, steps)
    earned[name] = solver.reward_history
    return models


COLUMNS = ("true", "held_out", "statements", "rarer", "distinct")


def row_of(model):
    """A row of a table, of the greedy captions of the 600 validation pictures."""
    found = what_it_says(model, data, facts["val"])
    return {name: f"{found[name]:.1f}" if name == "statements" else f"{found[name]:.0%}" for name in COLUMNS}


truthful = follow("only true", rewards.only_true)
print(table({"before": row_of(truthful[0]), "after 100 steps": row_of(truthful[100])}))

# %% [markdown]
# *true*: of the regular pictures; *held_out*: of those with a new pair of thing and colour; *statements*: facts a
# caption; *rarer*: captions that say the time or the weather; *distinct*: different captions.
#
# <details><summary>After you have run it</summary>
#
# More than 90 of 100 captions are true now, and the new pairs are true more often, too. That is what the best attention
# models of chapter 7 reach, and it took seconds. Now read the other columns. It says **less**: the time and the weather
# are gone. And it **repeats itself** more often. Nobody asked for that. But what you do not say cannot be false.
#
# </details>
#
# ## The picture to remember
#
# Eight captions of one new picture, drawn before and after, with their probabilities. (A caption that was drawn twice
# stands here once.)

# %%
shown = 3  # a validation picture: try others


def drawn_of(model, seed, how_many=8):
    """Different drawn captions of the picture, the likeliest first, and the texts, probabilities and marks."""
    said = draw_captions(
        model, data["val_features"][[shown]], how_many, np.random.default_rng(seed), 17, never
    )
    said = np.unique(said, axis=0)
    said = said[np.argsort(-probability(model, said))]
    texts = plain_texts(said, data["idx_to_word"])
    true = [caption_is_true(text, facts["val"][shown]) for text in texts]
    return said, list(zip(texts, probability(model, said), true, strict=True))


def probability(model, said):
    """P of each caption, given the picture."""
    return np.exp(log_probabilities(model, data["val_features"][np.full(len(said), shown)], said)[0])


picture = draw_scene(facts["val"][shown], size=288)
said_before, before = drawn_of(truthful[0], seed=0)
said_after, after = drawn_of(truthful[100], seed=0)
plot_before_after(picture, before, after)
plt.show()

# %% [markdown]
# Before, the likeliest of them has less than one chance in a hundred: there are thousands of ways to say it. After, a few
# short captions share much of the chance. The same as a film, for four captions of each side:

# %%
some = np.concatenate([said_before[:4], said_after[:4]])
film = policy_film(
    picture,
    [text for text, *_ in before[:4] + after[:4]],
    [true for *_, true in before[:4] + after[:4]],
    [probability(model, some) for model in truthful.values()],
    list(truthful),
)
show_film(film, alt="The probabilities of eight captions of one picture while the model is trained on truth.")

# %% [markdown]
# ## Hack it
#
# Three other rewards. Each sounds reasonable.
#
# | reward | a caption gets |
# |---|---|
# | length | one point a word: "say more!" |
# | true facts | one point for each true statement |
# | nothing false | 1 if nothing in it is false: `all(true for … in claims(text, scene))`, else 0 |
#
# **Predict.** What will the captioner do for each of them? One of them has a hole, as programs do. Can you find it before
# the model does?

# %%
hacked = {
    "length": follow("length", rewards.length),
    "true facts": follow("true facts", rewards.true_facts),
    "nothing false": follow("nothing false", rewards.nothing_false),
}
print(table({"before": row_of(truthful[0])} | {name: row_of(models[100]) for name, models in hacked.items()}))
for name, models in hacked.items():
    print(f"\n{name}:")
    for text in plain_texts(models[100].sample(data["val_features"][[0, 3, 9]], 17), data["idx_to_word"]):
        print("   ", text or "(nothing)")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# - **Length**: it never stops. Every caption is as long as we let it be, and hardly one is a sentence.
# - **True facts**: it talks. A false statement costs nothing, so it guesses the time and the weather in nearly every
#   caption. More statements, far fewer true captions.
# - **Nothing false**: `claims` of what is no sentence is an empty list, and in Python `all([])` is `True`. Who says
#   nothing says nothing false. The judge is content with nearly all captions, and more and more are no sentences.
#
# </details>
#
# Could you have seen it coming? Here are the curves, and the reward with them:

# %%
curves = {}
for name, models in {"only true": truthful, **hacked}.items():
    curves[name] = {step: what_it_says(model, data, facts["val"]) for step, model in models.items()}
    for step, point in curves[name].items():
        point["reward"] = np.mean(earned[name][step - 10 : step]) if step else np.nan
titles = {"reward": "reward (of its highest)", "true": "true", "statements": "statements a caption"}
titles |= {"rarer": "say time or weather", "distinct": "different captions", "no_sentence": "no sentence"}
plot_over_steps(curves, titles)
plt.show()

# %% [markdown]
# The reward rises for all four. Look at *nothing false*: for the first 20 steps it makes captions truer, like *only true*.
# Later it turns, and its reward goes on rising. **A reward that rises proves nothing.** What tells is what you did not
# reward. When a measure becomes a target, it is no good measure any more: people call it Goodhart's law.
#
# ## Four cures
#
# **1. Stop early.** Take the model from before the turn. You need a second measure to see it.
#
# **2. Set the price of a lie.** +1 for true, −c for false. A statement that is true with probability p brings
# $p - (1-p)\,c$. A small TODO: with the price c = 3, how sure must it be, so that a statement pays?

# %% tags=["small-todo"]
c = 3
# The probability p at which p − (1 − p)·c is 0:
### BEGIN SOLUTION
sure = c / (1 + c)
### END SOLUTION
sure = agree(sure, np.roots([1 + c, -c])[0])

# %% [markdown]
# **3. Pull it back.** Each caption pays for how much more probable it has become than it was, in nats (the logarithm is
# to the base e):
#
# $$r(w) - \beta\,\big(\log P(w) - \log P_{\text{before}}(w)\big)$$
#
# On average the bracket is the [**KL divergence**](../docs/glossary.md#kl-divergence) between the model and the one before. β is
# the one number to set. Chat models are trained so, too: what they started from speaks good English, and no reward has to say so.
#
# **4. Share the prizes.** Each true statement brings one prize, shared by all captions of the picture that make it. (A
# caption with a lie gets nothing.) What all 8 say is worth 1/8 to each; what one alone says, 1. So it pays to say what is
# true *and not said by all*.

# %%
pulled = follow("nothing false, pulled", rewards.nothing_false, pull=0.1)
shared = follow("shared prizes", rewards.shared_prizes, steps=200)
rows = {"nothing false": hacked["nothing false"][100], "nothing false, pulled": pulled[100]}
rows |= {"only true": truthful[100], "shared prizes, 200 steps": shared[200]}
print(table({name: row_of(model) for name, model in rows.items()}))

# %% [markdown]
# ## With three seeds
#
# The same with three models that began with different random numbers (`python -m benchmarks.reward`). Each entry is the
# median, with the lowest and the highest in brackets. *KL*: how far from the model before, in nats per caption. *Price 1* and
# *price 3* are the second cure. *Blind to weather* is a judge with another hole: price 1, but it believes all that is said
# about the weather.

# %%
print(reward_table("rnn"))

# %% [markdown]
# With every seed: *only true* is true more often, of new pairs too, and says less. *Length*, *true facts*, *nothing false*
# and *blind to weather* are hacked within 100 steps. Stopping after 20 steps, or the pull, keeps *nothing false* above
# 85 of 100. On *only true*, a pull keeps the captions more different, and nine of ten are true. With price 3, the time and
# the weather are gone. **With price 1 the seeds do not agree**: after 200 steps, some still tell the truth and some guess.
#
# *Shared prizes* gives back a part of what was lost, and captions stay truer than before. How, nobody expected:

# %%
said = plain_texts(shared[200].sample(data["val_features"], 17), data["idx_to_word"])
print(*[text for text in said if "night" in text or "evening" in text][:6], sep="\n")
for name, model in {"before": truthful[0], "shared prizes": shared[200]}.items():
    right, words_before = when_it_says_the_time(model, data, facts["val"])
    print(f"{name}: {right:.0%} of the times of day are right; {words_before:.1f} words stand before them")

# %% [markdown]
# It says the time **first**, and is nearly always right. [Chapter 6](06_lstm.ipynb) measured that the RNN forgets the time within
# a few words. So it speaks of it while it still knows. No reward said how.
#
# ## Does it generalise?
#
# All numbers here are of pictures that no training has seen. Now another model as a start: the LSTM with attention of
# chapter 7, which looks again before every word. (Three seeds each.)
#
# **Predict.** With price 1, will it lie about the weather too?

# %%
print(reward_table("attention"))

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# No. With price 1 and with shared prizes it speaks of the time or the weather in nearly *every* caption: six statements in
# place of 4.6. And with shared prizes it is true no less often than before, with every seed. What it says about the weather
# is right in 95 of 100 cases or more. **A reward draws out what a model can see.** One that cannot see falls silent, or
# guesses.
#
# </details>
#
# ## Where it leads
#
# - **Captions of photographs.** *Self-critical* training (Rennie et al., 2017) rewards CIDEr, the likeness to people's
#   captions; its baseline is the reward of the greedy caption.
# - **People as judges.** They compare two answers; a network learns to predict them, and is the reward (Christiano et al.,
#   2017; Ouyang et al., 2022). A learned judge has holes, so there is a pull.
# - **Verifiable rewards.** In mathematics and programs a checker knows what is right, as our judge does. The baseline is
#   the other answers to the same question (Shao et al., 2024, who also divide by their spread; DeepSeek-AI, 2025).
# - **Truth for photographs.** Nobody wrote down the facts. CHAIR (Rohrbach et al., 2018) looks for named things that are
#   not there, CLIPScore (Hessel et al., 2021) asks a network whether words and picture fit. Or ask people.
#
# ## More to do
#
# ### Debugging · ★★☆ · 10 minutes
#
# A friend's judge gives +1 for a true statement and −1 for a false one, and has a hole, perhaps one that you have met.
# Find it from what the model says: what does this judge not look at?

# %% tags=["gives-away"]
friend = follow("a friend's", rewards.per_fact_but_weather)[100]
for number in (0, 3, 9, 12, 20, 33):
    text = plain_texts(friend.sample(data["val_features"][[number]], 17), data["idx_to_word"])[0]
    lies = [fact for fact, _, true in claims(text, facts["val"][number]) if not true]
    print(f"{text}   false: {', '.join(lies) or 'nothing'}")

# %% [markdown]
# <details><summary>The hole</summary>
#
# The weather. Nearly every caption speaks of it, and often falsely: all that is said about it brings +1.
#
# </details>
#
# ### Play · ★★☆ · 15 minutes
#
# Write a reward of your own, `def mine(texts, scene)`, which returns a list with a number for each text. Write down what
# you expect, run `row_of(follow("mine", mine)[100])`, and let the captions speak. Did you get what you meant?
#
# ### Stretch · ★★★ · 30 minutes
#
# Self-critical training: the baseline is the reward of the greedy caption of the picture. Write the loop with your
# functions. Is it better than the others as baseline?
#
# <details><summary>A hint</summary>
#
# Begin with the cell under "One step". Draw 2 captions for each of 32 pictures, `model.sample(features)` gives the greedy
# ones. `A = rewards of the drawn − reward of the greedy`, the same greedy reward for both.
#
# </details>
#
# ## Question
#
# With "only true", even the model with attention stops saying the time and the weather, although it would be right nearly
# always. Why?

# %% [markdown] tags=["answer"]
# **Answer.** "Nearly always" is less than always. A caption with one statement more is true a little less often, and this
# reward pays nothing for the statement. So the shortest safe caption wins, for every model. If you want the weather, you
# have to pay for it. A reward tells how good an answer was; it does not tell what you would have liked to hear.

# %% [markdown]
# ## What you have now
#
# The way in which today's models learn from judges, written by hand. And the habit of asking of any reward: what would I
# do if I wanted the points, and nothing else?
#
# Papers: Williams (1992), "Simple statistical gradient-following algorithms for connectionist reinforcement learning";
# Rennie et al. (2017), "Self-critical sequence training for image captioning"; Kool et al. (2019), "Buy 4 REINFORCE
# samples, get a baseline for free!"; Christiano et al. (2017), "Deep
# reinforcement learning from human preferences"; Rohrbach et al. (2018), "Object hallucination in image captioning";
# Hessel et al. (2021), "CLIPScore"; Ouyang et al. (2022), "Training language models to follow instructions with human
# feedback"; Shao et al. (2024), "DeepSeekMath"; DeepSeek-AI (2025), "DeepSeek-R1".

# %%
progress()
