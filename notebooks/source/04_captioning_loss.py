# %% [markdown]
# # 4 · The captioning model and its loss
#
# You have all the parts. Now you put them together into one model that reads a picture and learns to say what is in
# it.
#
# **In this chapter you will**
#
# 1. write the loss of a captioning model, and all of its gradients,
# 2. check it in two ways before you train,
# 3. train on 50 captions until the model knows them by heart, and see what that is worth.
#
# You need: chapters 1 to 3. Time: about 80 minutes. The tasks under *More to do* are extra.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data, sample_coco_minibatch, subset
from cs231n.course.caption_scores import share_true
from cs231n.course.measure_gradients import measure_loss_gradients
from cs231n.course.plotting import plot_loss, show_pictures, use_course_style
from cs231n.course.scenes import load_facts
from cs231n.course.text_units import plain_texts
from cs231n.exercises import answers, check, hint, progress
from cs231n.image_utils import image_from_url
from cs231n.layers import affine_backward, affine_forward
from cs231n.rnn_layers import temporal_affine_backward, temporal_affine_forward, temporal_softmax_loss

use_course_style()

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

# %% [markdown]
# These lines bring the functions that you wrote in the chapters before. Where you have none yet, they take the
# course's own.

# %%
my = answers()
rnn_forward, rnn_backward = my.rnn_forward, my.rnn_backward
word_embedding_forward, word_embedding_backward = my.word_embedding_forward, my.word_embedding_backward

# %% [markdown]
# ## The model
#
# ![From features to loss: affine, embedding, RNN, temporal affine, masked softmax, with the shapes on the arrows.](figures/captioning_loss.svg)
#
# The letters: N captions of T words each; V words in the vocabulary; **F** numbers in a picture's features; **D**
# numbers in a word's vector and **H** in a state, as in the chapters before.
#
# | step | weights | from → to |
# |---|---|---|
# | 1. the picture starts the network | `W_proj` (F, H), `b_proj` (H,) | features (N, F) → `h0` (N, H) |
# | 2. words become vectors | `W_embed` (V, D) | words (N, T) → `vectors` (N, T, D) |
# | 3. the network reads them | `Wx` (D, H), `Wh` (H, H), `b` (H,) | `vectors` → `h` (N, T, H) |
# | 4. each state gives scores for the next word | `W_vocab` (H, V), `b_vocab` (V,) | `h` → `scores` (N, T, V) |
# | 5. scores are compared with the right words | none | `scores` → one number |
#
# ### What goes in, and what should come out
#
# The model shall predict the **next** word. So a caption is used twice, shifted by one place:
#
# ![A caption as 17 numbers. captions_in is the row without its last number. captions_out is the row without its first: it says what should come out after each word that goes in. Places where NULL should come out do not count.](figures/shifted_caption.svg)
#
# While it learns, the model hears the *right* word at each step, whatever it would have said itself. This is called
# [**teacher forcing**](../docs/glossary.md#teacher-forcing). It makes learning easy and fast: all places of a caption
# are known at once. When it speaks later, no teacher is there, and each word goes in that it said itself.
#
# `<NULL>` only fills captions up to one length. Nobody wants the model to learn it. So the
# [**mask**](../docs/glossary.md#mask) says which places count: all where the right word is not `<NULL>`.
#
# ### The loss
#
# At each place, [softmax](../docs/glossary.md#softmax) turns the V scores $s$ into probabilities. The loss is the sum
# of $-\log p$ of the right word over all places that count, divided by the number N of captions:
#
# $$L = -\frac{1}{N} \sum_{n} \sum_{t} m_{n,t} \, \log p_{n,t}(y_{n,t}), \qquad
# p_{n,t}(v) = \frac{e^{s_{n,t,v}}}{\sum_u e^{s_{n,t,u}}}$$
#
# ## The functions you call
#
# Two of them you wrote. The others are given: `affine_forward` is `x @ w + b`, `temporal_affine_forward` is the same at
# every time step, and `temporal_softmax_loss` is the formula above.
#
# | forward | returns |
# |---|---|
# | `affine_forward(x, w, b)` | `out, cache` |
# | `word_embedding_forward(x, W)` | `out, cache` |
# | `rnn_forward(x, h0, Wx, Wh, b)` | `h, cache` |
# | `temporal_affine_forward(x, w, b)` | `out, cache` |
# | `temporal_softmax_loss(scores, y, mask)` | `loss, dscores`: y are the right words; dscores is the gradient of the scores |
#
# ## Your turn: forward
#
# You call five functions, one after the other, and keep what each of them returns for the way back.


# %% tags=["todo"]
def captioning_forward(model, features, captions):
    """The loss of a captioning model with a vanilla RNN.

    model: has .params, a dict with W_proj (F, H), b_proj (H,), W_embed (V, D), Wx (D, H), Wh (H, H), b (H,),
        W_vocab (H, V), b_vocab (V,), and ._null, the number of <NULL>
    features: (N, F), captions: (N, T + 1) integers
    returns: loss, a number, and cache: the four layers' caches and dscores, as
        (proj_cache, embed_cache, rnn_cache, vocab_cache, dscores)
    """
    ### BEGIN SOLUTION
    p = model.params
    captions_in, captions_out = captions[:, :-1], captions[:, 1:]
    mask = captions_out != model._null

    h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
    vectors, embed_cache = word_embedding_forward(captions_in, p["W_embed"])
    h, rnn_cache = rnn_forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
    scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
    loss, dscores = temporal_softmax_loss(scores, captions_out, mask)
    return loss, (proj_cache, embed_cache, rnn_cache, vocab_cache, dscores)
    ### END SOLUTION


# %%
captioning_forward = check(captioning_forward)

# %% [markdown]
# ## Your turn: backward
#
# The loss has brought its own gradient, `dscores`. So on the way back there are four layers left, **in the opposite
# order**. The table gives what they return the names that it has in *this* model. (In a layer's own file, what comes in
# is always called `dout`, and what goes on `dx`.)
#
# | layer | call | returns |
# |---|---|---|
# | 4. scores | `temporal_affine_backward(dscores, vocab_cache)` | `dh, dW_vocab, db_vocab` |
# | 3. RNN | `rnn_backward(dh, rnn_cache)` | `dvectors, dh0, dWx, dWh, db` |
# | 2. words | `word_embedding_backward(dvectors, embed_cache)` | `dW_embed` |
# | 1. picture | `affine_backward(dh0, proj_cache)` | `dfeatures, dW_proj, db_proj` |
#
# Every weight in `model.params` needs its gradient in the dict `grads`, under the name of the *weight*:
# `grads["W_vocab"]` is what the table calls `dW_vocab`. Nobody needs `dfeatures`: the picture does not learn.


# %% tags=["todo"]
def captioning_loss(model, features, captions):
    """Loss and gradients of a captioning model with a vanilla RNN.

    Begin with loss, cache = captioning_forward(model, features, captions)

    model, features, captions: as for captioning_forward
    returns: loss, a number, and grads, a dict with the same keys as model.params
    """
    ### BEGIN SOLUTION
    loss, cache = captioning_forward(model, features, captions)
    proj_cache, embed_cache, rnn_cache, vocab_cache, dscores = cache
    grads = {}
    dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
    dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = rnn_backward(dh, rnn_cache)
    grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
    _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
    return loss, grads
    ### END SOLUTION


# %%
captioning_loss = check(captioning_loss)

# %% [markdown]
# When you have your ✓, read ours: `CaptioningRNN.loss` in `cs231n/classifiers/rnn.py`.
#
# ## Two checks before you train
#
# **First: is the loss what it should be?** A fresh model knows nothing. It should give every word about the same
# probability, 1/V.
#
# **Predict.** V is 165, and log is the natural logarithm (`np.log`). What does one word cost then? A caption has about
# 11 words to predict, `<END>` among them: what does a caption cost?

# %%
np.random.seed(231)
model = CaptioningRNN(data["word_to_idx"], cell_type="rnn")
captions, features, _ = sample_coco_minibatch(data, batch_size=200)
loss, _ = captioning_loss(model, features, captions)

words_each = (captions[:, 1:] != 0).sum() / len(captions)
one_word = np.log(len(data["word_to_idx"]))
print(f"expected: {words_each:.1f} words × {one_word:.2f} = {words_each * one_word:.1f}")
print(f"measured: {loss:.1f}")
print(f"within 25 %: {'✓ yes' if abs(loss / (words_each * one_word) - 1) < 0.25 else '✗ no'}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# One word costs log 165 ≈ 5.1, and 11 of them about 56. A loss far from this is a sign of a mistake, and it costs you
# one minute to see it.
#
# </details>
#
# **Second: do the gradients agree with measured ones?** Here is a tiny model in float64. This measures what **you**
# wrote, right or wrong, at every single weight.

# %%
tiny_words = {"<NULL>": 0, "<START>": 1, "<END>": 2, "cat": 3, "dog": 4}
tiny = CaptioningRNN(tiny_words, input_dim=6, wordvec_dim=5, hidden_dim=4, dtype=np.float64)
rng = np.random.default_rng(0)
tiny_features, tiny_captions = rng.standard_normal((3, 6)), rng.integers(0, 5, (3, 7))

measure_loss_gradients("captioning_loss", tiny, tiny_features, tiny_captions)

# %% [markdown]
# ## Learn 50 captions by heart
#
# Before you train on everything, train on almost nothing. Fifty captions of fifty pictures must be easy: the model
# below has 783,269 weights, and can simply learn them by heart. If it cannot, something is broken, and you found out
# in half a minute and not in an hour. This is called [*overfitting on purpose*](../docs/glossary.md#overfitting).

# %%
_, first = np.unique(data["train_image_idxs"], return_index=True)
fifty = subset(data, first[:50])  # one caption each of fifty pictures


class MyCaptioner(CaptioningRNN):
    """A captioning model that trains with *your* loss."""

    loss = captioning_loss


np.random.seed(231)
model = MyCaptioner(data["word_to_idx"], wordvec_dim=256, hidden_dim=512, cell_type="rnn")
solver = CaptioningSolver(
    model,
    fifty,
    update_rule="adam",
    optim_config={"learning_rate": 5e-3},
    lr_decay=0.98,
    batch_size=25,
    num_epochs=60,
)
solver.train()

final = np.mean(solver.loss_history[-4:])
print(f"loss below 0.1: {'✓ yes' if final < 0.1 else '✗ no'}")

# %%
plot_loss(solver.loss_history)
plt.show()

# %% [markdown]
# The thin line is the loss of each step. The thick one is the mean over a few steps, so it is smoother.
#
# And what does the model say? (The method `sample` lets the model speak. In the next chapter you write it.)

# %%
rows = fifty["train_image_idxs"]
known = plain_texts(fifty["train_captions"], data["idx_to_word"])
spoken = plain_texts(model.sample(data["train_features"][rows]), data["idx_to_word"])
same = [a == b for a, b in zip(spoken, known, strict=True)]
show_pictures([image_from_url(url) for url in data["train_urls"][rows[:4]]], spoken[:4], marks=same[:4])
plt.show()

# %% [markdown]
# A ✓ means: word for word the caption that it was taught. That is memory. Is it understanding?
#
# **Predict.** Now we show it pictures that it has never seen. Will it say (a) good and true captions, (b) good English
# about something else, or (c) broken English?

# %%
new = plain_texts(model.sample(data["val_features"]), data["idx_to_word"])
shown = [0, 4, 5, 8, 9, 10]
show_pictures([image_from_url(url) for url in data["val_urls"][shown]], [new[i] for i in shown], columns=3)
plt.show()

# %%
repeated = np.mean([text in known for text in new])
print(f"word for word one of the fifty captions: {repeated:.0%}")
if DATA == SCENES_DIR:
    print(f"true in everything they say:             {share_true(new, load_facts('val')):.0%}")

# %% [markdown]
# <details><summary>After you have run it</summary>
#
# Mostly (b) and (c). Some are one of the fifty captions, word for word. Many more begin like one and then lose their
# way, as "two tractors of in deep snow" does. About 1 in 100 is true; chapter 0's rival had 16.
#
# Why does the English break? In training a teacher was there: after each word came the *right* word. So the model has
# only ever seen the fifty paths of words that it was taught. Here its first wrong word takes it off the path, to a
# state that it has never seen, and nobody brings it back. With all 20,000 captions there are many paths, and it has to
# learn what they have in common.
#
# </details>
#
# ## More to do
#
# Nothing later needs these tasks. More stars, more thinking.
#
# ### Play · ★☆☆ · 10 minutes
#
# Change one thing in the training cell and run it again: the learning rate ten times larger or smaller, 500 captions
# in place of 50, a hidden state of 32 numbers. Guess first how the curve will change.
#
# ### Debugging · ★★☆ · 10 minutes
#
# A friend starts training, and the very first loss is 81.7, in place of the 56 that you measured above. Nothing
# crashes, and the loss goes down. You are not shown the code. Which line is missing? (V is 165, and a row of captions
# has 17 places.)
#
# <details><summary>A hint</summary>
#
# Divide 81.7 by log 165, the cost of one word. How many words does the friend count in a caption?
#
# </details>
#
# <details><summary>What was wrong</summary>
#
# 81.7 / 5.106 = 16: **every** place counts, all 16 that should come out, `<NULL>` too. The mask is missing, or all
# True. The friend's model spends its time on learning to say `<NULL>`.
#
# </details>
#
# ### Stretch · ★★☆ · 15 minutes
#
# Do more captions help? Train the same model with 50, 200 and 800 captions of as many pictures (fewer epochs for more
# captions, so that each takes the same number of steps: 60, 15 and 4 or so). Measure the share of true captions on
# `data["val_features"]` each time, with `share_true`. How far are you from the rival's 16 %? Do not forget to measure
# with more than one seed before you believe a small difference.
#
# ## Question
#
# The loss is **summed** over the words of a caption, and averaged only over the captions. Suppose you averaged over
# all words that count instead. What would change for long and for short captions?

# %% [markdown] tags=["answer"]
# **Answer.** With the sum, every word weighs the same 1/N, and the loss of a caption is $-\log$ of the probability of
# the *whole* caption (probabilities multiply, logarithms add). Long captions weigh more, as they hold more words. If
# you average over all words of the batch, every word still weighs the same within a batch, but that weight now depends
# on how long the other captions in the batch happen to be; and all gradients are about ten times smaller, so the best
# learning rate of plain SGD changes too.

# %% [markdown]
# ## What you have now
#
# A model that learns. In [chapter 5](05_sampling.ipynb) it learns from all pictures, and speaks about new ones.
#
# *To read further:* Vinyals and others (2015), "Show and tell: a neural image caption generator": the model of this
# chapter, with an LSTM. Bengio and others (2015), "Scheduled sampling": what to do about the missing teacher.

# %%
progress()
