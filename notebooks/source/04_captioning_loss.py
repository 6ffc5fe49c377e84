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
# 3. train on 50 captions until the model knows them by heart.
#
# You need: chapters 1 to 3. Time: about 60 minutes.

# %%
import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, decode_captions, load_coco_data, sample_coco_minibatch
from cs231n.course.plotting import plot_loss, show_pictures, use_course_style
from cs231n.exercises import answers, check, hint, progress
from cs231n.gradient_check import grad_check_sparse
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

# %% tags=["nbval-ignore-output"]
my = answers()
rnn_forward, rnn_backward = my.rnn_forward, my.rnn_backward
word_embedding_forward, word_embedding_backward = my.word_embedding_forward, my.word_embedding_backward

# %% [markdown]
# ## The model
#
# ![From features to loss: affine, embedding, RNN, temporal affine, masked softmax, with the shapes on the arrows.](figures/captioning_loss.svg)
#
# | step | code | from → to |
# |---|---|---|
# | the picture starts the network | `affine_forward` with `W_proj`, `b_proj` | features (N, D) → `h0` (N, H) |
# | words become vectors | `word_embedding_forward` with `W_embed` | words (N, T) → (N, T, W) |
# | the network reads them | `rnn_forward` with `Wx`, `Wh`, `b` | (N, T, W) → `h` (N, T, H) |
# | each state gives scores for the next word | `temporal_affine_forward` with `W_vocab`, `b_vocab` | (N, T, H) → (N, T, V) |
# | scores are compared with the right words | `temporal_softmax_loss` | (N, T, V) → one number |
#
# Three of these functions are given, and you know what they do: `affine_forward` is `x @ w + b`.
# `temporal_affine_forward` is the same at every time step. `temporal_softmax_loss(scores, y, mask)` returns the loss
# **and** its gradient `dscores`.
#
# ### What goes in, and what should come out
#
# The model shall predict the **next** word. So a caption is used twice, shifted by one place:
#
# | | | | | | | |
# |---|---|---|---|---|---|---|
# | caption | `<START>` | a | red | boat | `<END>` | `<NULL>` |
# | goes in | `<START>` | a | red | boat | `<END>` | |
# | should come out | a | red | boat | `<END>` | `<NULL>` | |
# | counts? | yes | yes | yes | yes | no | |
#
# `<NULL>` only fills captions up to one length. Nobody wants the model to learn it. So the **mask** says which places
# count: all where the right word is not `<NULL>`.
#
# ### The loss
#
# At each place, softmax turns the V scores $s$ into probabilities. The loss is the sum of $-\log p$ of the right word
# over all places that count, divided by the number N of captions:
#
# $$L = -\frac{1}{N} \sum_{n} \sum_{t} m_{n,t} \, \log p_{n,t}(y_{n,t}), \qquad
# p_{n,t}(v) = \frac{e^{s_{n,t,v}}}{\sum_u e^{s_{n,t,u}}}$$
#
# ## Your turn
#
# Forward, you call five functions. Backward, you call their five partners **in the opposite order**. Every weight
# in `model.params` needs its gradient in the dict `grads`, under the same name.


# %% tags=["todo"]
def captioning_loss(model, features, captions):
    """Loss and gradients of a captioning model with a vanilla RNN.

    model: has .params, a dict with W_proj (D, H), b_proj (H,), W_embed (V, W), Wx (W, H), Wh (H, H), b (H,),
        W_vocab (H, V), b_vocab (V,), and ._null, the number of <NULL>
    features: (N, D), captions: (N, T) integers
    returns: loss, a number, and grads, a dict with the same keys as model.params
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
# ## Two checks before you train
#
# **First: is the loss what it should be?** A fresh model knows nothing. It should give every word about the same
# probability, 1/V. Then each word costs about $\log V$, and a caption costs its number of predicted words times
# $\log V$. A loss far from this is a sign of a mistake, and it costs you one minute to see it.

# %%
np.random.seed(231)
model = CaptioningRNN(data["word_to_idx"], cell_type="rnn")
captions, features, _ = sample_coco_minibatch(data, batch_size=200)
loss, _ = captioning_loss(model, features, captions)

words_each = (captions[:, 1:] != 0).sum() / len(captions)
expected = words_each * np.log(len(data["word_to_idx"]))
close = abs(loss / expected - 1) < 0.25
print(f"within 25 % of (words in a caption) × log V: {'✓ yes' if close else '✗ no'}")

# %% [markdown]
# **Second: do the gradients agree with measured ones?** Here is a tiny model in float64, and a few places of each
# weight.

# %% tags=["nbval-ignore-output"]
tiny_words = {"<NULL>": 0, "<START>": 1, "<END>": 2, "cat": 3, "dog": 4}
tiny = CaptioningRNN(tiny_words, input_dim=6, wordvec_dim=5, hidden_dim=4, dtype=np.float64)
rng = np.random.default_rng(0)
tiny_features, tiny_captions = rng.standard_normal((3, 6)), rng.integers(0, 5, (3, 7))

_, grads = captioning_loss(tiny, tiny_features, tiny_captions)
for name, weights in tiny.params.items():
    print(name)
    grad_check_sparse(
        lambda _: captioning_loss(tiny, tiny_features, tiny_captions)[0], weights, grads[name], num_checks=2
    )

# %% [markdown]
# A relative error below about 1e-6 means: the two agree.
#
# ## Learn 50 captions by heart
#
# Before you train on everything, train on almost nothing. Fifty captions of fifty pictures must be easy: a model with
# tens of thousands of weights can simply learn them by heart. If it can not, something is broken, and you found out
# in ten seconds and not in an hour. This is called *overfitting on purpose*.

# %%
_, first = np.unique(data["train_image_idxs"], return_index=True)
fifty = first[:50]  # one caption each of fifty pictures
small_data = {
    **data,
    "train_captions": data["train_captions"][fifty],
    "train_image_idxs": data["train_image_idxs"][fifty],
}


class MyCaptioner(CaptioningRNN):
    """A captioning model that trains with *your* loss."""

    loss = captioning_loss


np.random.seed(231)
model = MyCaptioner(data["word_to_idx"], wordvec_dim=256, hidden_dim=512, cell_type="rnn")
solver = CaptioningSolver(
    model,
    small_data,
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
# And what does it say? (The method `sample` lets the model speak. In the next chapter you write it.)

# %%
shown = fifty[:4]
rows = data["train_image_idxs"][shown]
spoken = decode_captions(model.sample(data["train_features"][rows]), data["idx_to_word"])
known = decode_captions(data["train_captions"][shown][:, 1:], data["idx_to_word"])
pictures = [image_from_url(url) for url in data["train_urls"][rows]]
same = [a == b for a, b in zip(spoken, known, strict=True)]
show_pictures(pictures, [text.removesuffix(" <END>") for text in spoken], marks=same)
plt.show()

# %% [markdown]
# A ✓ means: word for word the caption that it was taught. That is memory, not understanding. Show this model a
# new picture, and it will talk nonsense.
#
# ## Play
#
# Change one thing in the training cell and run it again: the learning rate ten times larger or smaller, 500 captions
# in place of 50, a hidden state of 32 numbers. Guess first how the curve will change.
#
# ## Question
#
# The loss is **summed** over the words of a caption, and averaged only over the captions. Suppose you averaged over all
# words that count instead. What would change for long and for short captions?

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

# %% tags=["nbval-ignore-output"]
progress()
