"""Exercise: let the model speak, one word after another."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.exercises.bank.models import next_state, scores_of, small_model, state_of, words
from cs231n.exercises.exercise import Case, Exercise, knows

MISTAKES = []
_reference = CaptioningRNN.sample


def captioning_sample(model, features, max_length=30):
    """Greedy captions: the reference of this exercise.

    features: (N, D)
    returns: (N, max_length) integers: words with <END>, without <START>, filled up with <NULL>
    """
    return _reference(model, features, max_length)


def inputs():
    """Cases: captions that end early, late and never; <START> is not number 1 in one vocabulary."""
    odd = words(6, ("word6", "<END>", "<NULL>", "<START>"))
    made = [
        (SEEDS[0], words(8), (5, 4, 7), 5, 9, np.float64),
        (SEEDS[1], words(4), (3, 5, 4), 1, 6, np.float64),
        (SEEDS[2], odd, (4, 3, 6), 4, 7, np.float64),
        (SEEDS[3], words(9), (4, 6, 5), 3, 8, np.float32),
    ]
    cases = []
    for seed, vocabulary, (D, W, H), N, max_length, dtype in made:
        model = small_model(seed, vocabulary, (D, W, H), dtype)
        features = np.random.default_rng(200 + seed).normal(size=(N, D)).astype(dtype)
        sizes = f"N={N}, V={len(vocabulary)}, D={D}, W={W}, H={H}, max_length={max_length}"
        cases.append(Case(sizes, {"model": model, "features": features, "max_length": max_length}))
    return cases


SEEDS = (16, 37, 378, 176)  # captions that differ, and end at different places


def speak(
    model, features, max_length, h=None, first=None, score=scores_of, choose=np.argmax, feed=None, carry=True
):
    """Greedy words without any stop: (N, max_length)."""
    h0 = state_of(model, features) if h is None else h
    first = model._start if first is None else first
    now, h, spoken = np.full(len(features), first), h0, []
    for _ in range(max_length):
        h = next_state(model, now, h if carry else h0)
        now = choose(score(model, h), axis=1)
        spoken.append(now)
        if feed is not None:
            now = np.full(len(features), feed)
    return np.stack(spoken, axis=1)


def stop(model, captions):
    """<NULL> after <END>."""
    ended = np.cumsum(captions == model._end, axis=1) - (captions == model._end) > 0
    return np.where(ended, model._null, captions)


@knows(
    MISTAKES, "start_in_output", "Your caption begins with <START>. The model hears it, but does not say it."
)
def start_in_output(model, features, max_length):
    spoken = stop(model, speak(model, features, max_length))
    return np.concatenate([np.full((len(features), 1), model._start), spoken[:, :-1]], axis=1)


@knows(
    MISTAKES,
    "always_fed_start",
    "Every step hears <START>. From the second step on, it should hear its own last word.",
)
def always_fed_start(model, features, max_length):
    return stop(model, speak(model, features, max_length, feed=model._start))


@knows(
    MISTAKES,
    "picture_ignored",
    "The picture does not reach the network: the first state should come from the features.",
)
def picture_ignored(model, features, max_length):
    return stop(model, speak(model, features, max_length, h=0 * state_of(model, features)))


@knows(
    MISTAKES,
    "state_not_carried",
    "Every step starts from the picture's state again. What should the next step start from?",
)
def state_not_carried(model, features, max_length):
    return stop(model, speak(model, features, max_length, carry=False))


@knows(
    MISTAKES, "goes_on_after_end", "Words follow after <END>. Once a caption has ended, only <NULL> comes."
)
def goes_on_after_end(model, features, max_length):
    return speak(model, features, max_length)


@knows(
    MISTAKES, "end_left_out", "<END> itself is missing. It belongs to the caption, and <NULL> comes after it."
)
def end_left_out(model, features, max_length):
    spoken = stop(model, speak(model, features, max_length))
    return np.where(spoken == model._end, model._null, spoken)


@knows(MISTAKES, "end_repeated", "After <END> you repeat <END>. The rest should be <NULL>.")
def end_repeated(model, features, max_length):
    spoken = speak(model, features, max_length)
    return np.where(np.cumsum(spoken == model._end, axis=1) > 0, model._end, spoken)


@knows(
    MISTAKES,
    "all_stop_with_the_first",
    "All captions stop when the first one ends. The others have more to say.",
)
def all_stop_with_the_first(model, features, max_length):
    spoken = stop(model, speak(model, features, max_length))
    ends = (spoken == model._end).any(axis=0)
    if ends.any():
        spoken[:, int(ends.argmax()) + 1 :] = model._null
    return spoken


@knows(MISTAKES, "least_likely_word", "You take the word with the lowest score.")
def least_likely_word(model, features, max_length):
    return stop(model, speak(model, features, max_length, choose=np.argmin))


@knows(
    MISTAKES, "first_word_is_null", "The first step hears <NULL>. A caption begins with another special word."
)
def first_word_is_null(model, features, max_length):
    return stop(model, speak(model, features, max_length, first=model._null))


@knows(
    MISTAKES, "first_word_is_end", "The first step hears <END>. A caption begins with another special word."
)
def first_word_is_end(model, features, max_length):
    return stop(model, speak(model, features, max_length, first=model._end))


@knows(
    MISTAKES,
    "start_taken_as_one",
    "You take 1 for <START>. Its number is model._start, which is not 1 in every vocabulary.",
)
def start_taken_as_one(model, features, max_length):
    return stop(model, speak(model, features, max_length, first=1))


@knows(
    MISTAKES,
    "null_taken_as_zero",
    "You fill up with 0. The number of <NULL> is model._null, which is not 0 in every vocabulary.",
)
def null_taken_as_zero(model, features, max_length):
    spoken = speak(model, features, max_length)
    ended = np.cumsum(spoken == model._end, axis=1) - (spoken == model._end) > 0
    return np.where(ended, 0, spoken)


@knows(MISTAKES, "score_bias_forgotten", "One term of the scores is missing: b_vocab.")
def score_bias_forgotten(model, features, max_length):
    return stop(model, speak(model, features, max_length, score=lambda m, h: h @ m.params["W_vocab"]))


@knows(MISTAKES, "projection_bias_forgotten", "One term of the first state is missing: b_proj.")
def projection_bias_forgotten(model, features, max_length):
    return stop(model, speak(model, features, max_length, h=features @ model.params["W_proj"]))


@knows(MISTAKES, "last_word_missing", "The loop stops one word too early.")
def last_word_missing(model, features, max_length):
    spoken = stop(model, speak(model, features, max_length))
    spoken[:, -1] = model._null
    return spoken


@knows(
    MISTAKES, "max_length_ignored", "Your captions have 30 places. max_length says how many are asked for."
)
def max_length_ignored(model, features, max_length):
    return stop(model, speak(model, features, 30))


EXERCISE = Exercise(
    name="captioning_sample",
    chapter="05_sampling",
    reference=captioning_sample,
    outputs={"captions": ("sample", "time step")},
    whole_numbers=True,
    cases=inputs,
    start="Start with the state that the picture gives, and with the word <START> for every picture.",
    worth_knowing="the best word at each step need not give the best caption. Beam search keeps several.",
    next_step="temperature, nucleus and beam: other ways to choose the next word.",
    hints=(
        "In training the model heard the right word at each step. Which word can it hear now?",
        "One pass of the loop: the word's vector, one RNN step, the scores, the best word. "
        "What of these goes into the next pass?",
        "Keep an array of booleans: which captions are still speaking? Write a word only there. After a "
        "caption has said model._end, its places stay model._null.",
    ),
    mistakes=tuple(MISTAKES),
)
