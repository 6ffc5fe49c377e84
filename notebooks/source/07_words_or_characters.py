# %% [markdown]
# # 7 · Words or characters?
#
# Our captioner chooses one **word** after another, from a fixed list. It could as well choose one **character** after
# another: letters and spaces. Which is better? This is a classic exam question, and usually it is answered by opinion.
# Here you answer it by measuring.
#
# **In this chapter you will**
#
# 1. write down what you expect,
# 2. see how long the sequences become, and train both models on the same captions of the same pictures,
# 3. compare them fairly, also in a quantity that both share: bits per character,
# 4. see what one can say and the other never can.
#
# You need: [chapter 6](06_lstm.ipynb). Time: about 45 minutes.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data
from cs231n.course.bits import bits_per_character
from cs231n.course.caption_scores import bleu, references, share_true, share_true_facts, table
from cs231n.course.plotting import PALETTE, plot_bars, show_pictures, use_course_style
from cs231n.course.scenes import caption_is_true, captions_for, load_facts
from cs231n.course.text_units import (
    caption_texts,
    invented_words,
    plain_texts,
    spell,
    with_characters,
    with_words,
)
from cs231n.decoding import log_softmax, sampled_captions
from cs231n.exercises import check, hint, progress
from cs231n.image_utils import image_from_url

use_course_style()

# %%
DATA = SCENES_DIR  # the painted scenes; COCO_DIR for real photographs (see chapter 0)
data = load_coco_data(base_dir=DATA)

# %% [markdown]
# ![One caption cut into words, and cut into characters: a short sequence with a large table, or a long one with a small table.](figures/words_or_characters.svg)
#
# ## First: what do you expect?
#
# For each line, write `"words"` or `"characters"` in place of the question mark. It takes a minute, and you will learn
# more from the rest.

# %%
guess = {
    "has more parameters": "?",
    "needs more steps for a caption": "?",
    "needs fewer bits for each character of text": "?",
    "says more true captions after training": "?",
    "is trained sooner": "?",
    "can say a word that it never saw": "?",
}

# %% [markdown]
# ## The same captions for both
#
# The stored captions have `<UNK>` where a word was rare. For a fair race we want every word written out. So we ask the
# painter of the scenes for captions once more, with all words. (COCO's rare words are lost for good: there `<UNK>`
# stays, and counts as one character.)
#
# Two more decisions:
#
# - only captions of at most 44 characters, so that training takes seconds and not hours;
# - one word is **hidden**: no training caption holds it. It will be useful at the end.

# %%
LONGEST, HIDDEN = 44, "airplanes"

if DATA == SCENES_DIR:
    rng = np.random.default_rng(7)
    for split in ("train", "val"):
        data[f"{split}_image_idxs"] = np.repeat(np.arange(len(data[f"{split}_features"])), 5)
    texts = {
        split: [text for f in load_facts(split) for text in captions_for(f, rng)]
        for split in ("train", "val")
    }
else:
    texts = caption_texts(data)

for split in ("train", "val"):
    hidden = HIDDEN if split == "train" else None
    kept = np.array([len(spell(text)) <= LONGEST and hidden not in text.split() for text in texts[split]])
    texts[split] = [text for text, keep in zip(texts[split], kept, strict=True) if keep]
    data[f"{split}_image_idxs"] = data[f"{split}_image_idxs"][kept]

datasets = {"words": with_words(data, texts, at_least=15), "characters": with_characters(data, texts)}
for name, some in datasets.items():
    print(
        f"{name:10s}  a caption is a row of {some['train_captions'].shape[1]} numbers from {len(some['idx_to_word'])}"
    )

# %% [markdown]
# The second dataset has the same form as the first. Its "words" are single characters:

# %%
print(datasets["characters"]["idx_to_word"])

# %% [markdown]
# So the same layers, the same model and the same solver train on it. Nothing has to be written anew. And the way back
# from numbers to text is the same too:

# %%
for name, some in datasets.items():
    row = some["train_captions"][0]
    print(f"{name:10s}", *row[:14], "… →", plain_texts([row], some["idx_to_word"])[0])

# %% [markdown]
# ## Your turn: how long are the sequences?
#
# In chapter 0 you counted the words of captions. Count again, and look at your line: does it work for characters too?
# Does anything in it know what a word is?


# %% tags=["todo"]
def caption_lengths(captions):
    """How many words, or characters, each caption has.

    captions: (N, T) integers: 0 is <NULL>, 1 is <START>, 2 is <END>, 3 is <UNK>
    returns: (N,) integers
    """
    ### BEGIN SOLUTION
    return (captions > 2).sum(axis=1)
    ### END SOLUTION


# %%
caption_lengths = check(caption_lengths)

# %%
lengths = {name: caption_lengths(some["train_captions"]) for name, some in datasets.items()}
fig, ax = plt.subplots(figsize=(8, 3))
for (name, values), role in zip(lengths.items(), ("input", "gradient"), strict=True):
    ax.hist(values, bins=np.arange(0.5, LONGEST + 1.5), color=PALETTE[role], rwidth=0.85, label=name)
ax.set(xlabel="words or characters in a caption", ylabel="captions")
ax.legend()
plt.show()

# %% [markdown]
# Four to five times as many steps for the same text: for the state, that is a memory of four to five times the length.
#
# ## Train both
#
# Same size of state, same number of epochs, same batch size. The forget gates start open, with a bias of 3, as you
# learned in chapter 6: for the characters, 44 steps of memory are needed.
#
# After each epoch we stop the clock, let the model speak, and measure how much of what it says is true. The clock counts
# the seconds that the processor computes for us (its cores taken together), so other programs do not disturb it.

# %%
facts = load_facts("val") if DATA == SCENES_DIR else None  # nobody wrote down the facts of COCO's photographs
pictures = np.unique(data["val_image_idxs"])[:300]
said_by_people = references(datasets["words"], "val")


def speak(name, pictures):
    """Greedy captions of validation pictures by the model of this name, as texts."""
    spoken = models[name].sample(data["val_features"][pictures], max_length=LONGEST + 6)
    return plain_texts(spoken, datasets[name]["idx_to_word"])


def truth(captions, pictures):
    """Share of true statements; for photographs, BLEU-2 in its place."""
    if facts:
        return share_true_facts(captions, [facts[i] for i in pictures])
    return bleu(captions, [said_by_people[i] for i in pictures])[1]


def train(name, num_epochs):
    """Train the model of this name; keeps its seconds and its truth after each epoch."""
    np.random.seed(231)
    some = datasets[name]
    models[name] = CaptioningRNN(some["word_to_idx"], wordvec_dim=48, hidden_dim=160, cell_type="lstm")
    models[name].params["b"][160:320] = 3  # the second block: f
    clock = {"training": 0.0, "since": time.process_time()}

    def listen(solver):
        clock["training"] += time.process_time() - clock["since"]
        course[name].append((clock["training"], truth(speak(name, pictures), pictures)))
        clock["since"] = time.process_time()  # speaking does not count

    course[name] = []
    solver = CaptioningSolver(
        models[name],
        some,
        update_rule="adam",
        optim_config={"learning_rate": 4e-3},
        lr_decay=0.8,
        batch_size=20,
        num_epochs=num_epochs,
        print_every=1000,
        verbose=False,
        on_epoch=listen,
        clip_norm=5,
    )
    solver.train()


models, course = {}, {}
train("words", num_epochs=5)
train("characters", num_epochs=5)

# %% [markdown]
# ## What do they say?

# %%
spoken = {name: speak(name, pictures) for name in models}
shown = range(3, len(pictures), len(pictures) // 4)[:4]
for name in models:
    axes = show_pictures(
        [image_from_url(data["val_urls"][pictures[k]]) for k in shown],
        [spoken[name][k] for k in shown],
        marks=[caption_is_true(spoken[name][k], facts[pictures[k]]) for k in shown] if facts else None,
    )
    axes[0, 0].figure.suptitle(name)
    plt.show()

# %% [markdown]
# Look at the character model's spelling. Nobody ever told it what a word is.
#
# ## A quantity that both share: bits per character
#
# The loss cannot be compared: one model pays per word, the other per character. But both give a probability to the same
# *text*. A word model: $P(\text{text}) = \prod_t P(\text{word}_t)$. A character model: $P(\text{text}) = \prod_t
# P(\text{character}_t)$. Take $-\log_2$ of it, and you have **bits**: the length of the text when the model is used to
# compress it. Divide by the number of characters, the same number for both:
#
# $$\text{bits per character} = \frac{-\log_2 P(\text{text})}{\text{number of characters}}$$
#
# One thing would be unfair. Where a rare word stands, the word model says `<UNK>`. That is cheap, but it does not say
# *which* word. Whoever wants the text back must still be told. So for each `<UNK>` we add the bits for spelling the word
# letter by letter, each letter costing $-\log_2$ of its frequency in the training captions. The character model has no
# `<UNK>`: it spells everything anyway.

# %%
bits = {name: bits_per_character(models[name], datasets[name], texts["val"]) for name in models}
print(
    f"the word model needs fewer bits per character: {'✓ yes' if bits['words'][0] < bits['characters'][0] else '✗ no'}"
)

# %% [markdown]
# ### Where do the bits go?
#
# Here is one caption of the validation set. Above: what each *character* costs the character model. Below: what each
# *word* costs both.

# %%
which = 12  # which caption: try others


def costs(name, which):
    """Bits for each word or character of a validation caption, <END> included, and their texts."""
    model, some = models[name], datasets[name]
    numbers = some["val_captions"][which]
    state = model.initial_state(data["val_features"][[data["val_image_idxs"][which]]])
    bits, units = [], []
    for now, following in zip(numbers[:-1], numbers[1:], strict=True):
        if following == 0:
            break
        scores, state = model.step(np.array([now]), state)
        bits.append(-log_softmax(scores)[0, following] / np.log(2))
        units.append(some["idx_to_word"][following])
    return np.array(bits), units


letters_bits, letters = costs("characters", which)
words_bits, words = costs("words", which)
starts = [k + 1 for k, letter in enumerate(letters) if letter == " "]  # a word pays for the space after it
spelled = [part.sum() for part in np.split(letters_bits, [*starts, len(letters) - 1])]

fig, (top, bottom) = plt.subplots(2, 1, figsize=(10, 5.6))
top.bar(range(len(letters)), letters_bits, color=PALETTE["gradient"])
top.set_xticks(range(len(letters)), [{" ": "␣", "<END>": "END"}.get(letter, letter) for letter in letters])
top.set(ylabel="bits", title="each character")
places = np.arange(len(words))
bottom.bar(places - 0.2, words_bits, 0.38, color=PALETTE["input"], label="word model")
bottom.bar(
    places + 0.2,
    spelled,
    0.38,
    color=PALETTE["gradient"],
    hatch="//",
    edgecolor="white",
    label="character model",
)
bottom.set_xticks(places, words)
bottom.set(ylabel="bits", title="each word")
bottom.legend()
plt.show()

# %% [markdown]
# The first letters of a word are expensive, the rest is almost free: after `umbr` there is only one way to go on. The
# choice is made at the start of a word, and there the character model chooses between *words*, as the other one does.
#
# ## The table


# %% tags=["nbval-ignore-output"]
def count(name, *parts):
    return f"{sum(models[name].params[part].size for part in parts):,}"


def first_time(name, level):
    """Seconds of computing until the truth first reached a level."""
    return next((f"{seconds:.0f} s" for seconds, reached in course[name] if reached >= level), "never")


level = min(max(reached for _, reached in course[name]) for name in models)  # what both have reached
lines = {}
for name, some in datasets.items():
    steps = lengths[name] + 1  # one more for <END>
    said = [word for text in spoken[name] for word in text.split()]
    lines[name] = {
        "vocabulary": f"{len(some['idx_to_word'])}",
        "parameters, W_embed": count(name, "W_embed"),
        "parameters, W_proj": count(name, "W_proj", "b_proj"),
        "parameters, cell": count(name, "Wx", "Wh", "b"),
        "parameters, W_vocab": count(name, "W_vocab", "b_vocab"),
        "parameters, all": count(name, *models[name].params),
        "steps for a caption, mean": f"{steps.mean():.1f}",
        "steps for a caption, most": f"{steps.max()}",
        "bits per character": f"{bits[name][0]:.3f}",
        "   of it, spelling <UNK>": f"{bits[name][1]:.3f}",
        "invented words": f"{len(invented_words(spoken[name], texts['train'])) / max(len(said), 1):.2%}",
        "true captions": f"{share_true(spoken[name], [facts[i] for i in pictures]):.0%}" if facts else "?",
        "true statements" if facts else "BLEU-2": f"{truth(spoken[name], pictures):.0%}",
        "computing, training": f"{course[name][-1][0]:.0f} s",
        f"computing, until {level:.0%} of the statements are true": first_time(name, level),
    }
print(table({row: {name: lines[name][row] for name in lines} for row in lines["words"]}))

# %%
fig, ax = plt.subplots(figsize=(8, 3.8))
for name, colour, marker in [("words", "input", "o"), ("characters", "gradient", "s")]:
    ax.plot(*zip(*course[name], strict=True), color=PALETTE[colour], marker=marker, linestyle="-", label=name)
ax.set(xlabel="seconds of computing", ylabel="true statements" if facts else "BLEU-2", ylim=(0, 1))
ax.legend()
plt.show()

# %% [markdown]
# ## Were you right?

# %%
answer = {
    "has more parameters": "words",
    "needs more steps for a caption": "characters",
    "needs fewer bits for each character of text": "words",
    "says more true captions after training": "words",
    "is trained sooner": "words",
    "can say a word that it never saw": "characters",
}
for line, right in answer.items():
    mark = {"?": "·", right: "✓"}.get(guess[line], "✗")
    print(f"{mark} {line}: {right}")

# %% [markdown]
# The parameters are a question of the vocabulary. Here it has fewer than 200 words, and the two tables `W_embed` and
# `W_vocab` are a small part of the model. With 50,000 words they would be nearly all of it.
#
# ## What a word model can never say
#
# No training caption holds the hidden word `airplanes`. For the word model it does not exist: there is no number for it.
# The character model has not seen it either. But it has seen *an airplane*, and *two planes*, *two cars*, *two houses*.
# Did it learn how a plural is made? We put the beginning of a caption into its mouth, and look at the next character.

# %%
begin = {"one": "one red airplane", "two": "two red airplane"}


def next_characters(features, text):
    """The probability of each next character, after a forced beginning."""
    model, some = models["characters"], datasets["characters"]
    state = model.initial_state(features)
    for unit in ["<START>", *spell(text)]:
        scores, state = model.step(np.array([some["word_to_idx"].get(unit, 3)]), state)
    return dict(zip(some["idx_to_word"], np.exp(log_softmax(scores)[0]), strict=True))


if facts:
    several = [i for i in range(len(facts)) if facts[i]["kind"] == "plane" and facts[i]["count"] > 1]
    alone = [i for i in range(len(facts)) if facts[i]["kind"] == "plane" and facts[i]["count"] == 1]
    fig, axes = plt.subplots(1, 2, figsize=(10, 3))
    ending = []
    for ax, chosen, text in zip(axes, (alone, several), begin.values(), strict=True):
        chances = [next_characters(data["val_features"][[i]], text) for i in chosen]
        mean = {character: np.mean([each[character] for each in chances]) for character in chances[0]}
        ending.append(mean["s"])
        best = sorted(mean, key=mean.get, reverse=True)[:4]
        plot_bars(
            {repr(c): mean[c] for c in best},
            xlabel="probability of the next character",
            title=f"{text} …",
            form="{:.0%}",
            ax=ax,
        )
    plt.show()

# %%
print(
    f"the word model has a number for {HIDDEN!r}: {'yes' if HIDDEN in datasets['words']['word_to_idx'] else 'no'}"
)
if facts:
    singular, plural = ending
    print(
        f"'s' is likelier after {begin['two']!r} than after {begin['one']!r}: {'✓ yes' if plural > singular else '✗ no'}"
    )

# %% [markdown]
# ## Play: what it invents when it dares
#
# Greedy captions are careful. Let the character model draw its characters at random, with a high temperature, and
# collect the words that no training caption holds. Which of them could be English?

# %% tags=["nbval-ignore-output"]
temperature = 1.4

drawn = sampled_captions(models["characters"], data["val_features"][pictures[:150]], 50, temperature, seed=0)
drawn = plain_texts(drawn, datasets["characters"]["idx_to_word"])
print(", ".join(sorted(set(invented_words(drawn, texts["train"])))[:60]))

# %% [markdown]
# ## Question
#
# When would you choose a character model after all? Name two cases. And what do today's large language models use?

# %% [markdown] tags=["answer"]
# **Answer.** Where the vocabulary is open: many names, numbers, spelling errors, program code; or in languages that build
# long words out of parts (Finnish, Turkish, German), where a list of words is never complete. And where memory is short:
# the tables of a large vocabulary are most of a small model. The price is that sequences become five times as long: five
# times the steps, and a state that must hold on five times as long. Large language models use something in between:
# **pieces of words** (*byte-pair encoding*). Frequent words are one piece, rare words are spelled in several. So nothing
# is ever `<UNK>`, and sequences stay short.

# %% [markdown]
# ## What you have now
#
# An answer with numbers. In [chapter 8](08_make_it_fast.ipynb) you make the long sequences fast.

# %% tags=["nbval-ignore-output"]
progress()
