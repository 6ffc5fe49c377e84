"""What a captioner says of the validation pictures: how true, how much, how varied, how far from before."""

from copy import copy

import numpy as np

from cs231n.course.caption_scores import share_distinct
from cs231n.course.scenes import claims, is_held_out
from cs231n.course.scenes.facts import TIMES
from cs231n.course.scenes.grammar import IT_IS, WHEN
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions, log_probabilities, sampled_captions
from cs231n.progress_bar import progress_bar

TIME_PHRASES = [text for (time, _), texts in (WHEN | IT_IS).items() if time for text in texts]
RARER = ("time", "weather")  # facts of which most captions say nothing


def snapshots(solver, steps, every=10):
    """Train, and keep the model as it was at first and after every few steps: a dict from step to model.

    solver: a `RewardSolver`, made with verbose=False, as there is a bar here
    """
    kept = {}
    for step in progress_bar(range(0, steps + 1, every)):
        if step:
            solver.train(every)
        kept[step] = copy(solver.model)
        kept[step].params = dict(solver.model.params)  # a step makes new arrays, so these stay as they are
    return kept


def what_it_says(model, data, facts, before=None, greedy=True, seed=0, max_length=17):
    """The captions of all validation pictures, judged.

    data: dict from `load_coco_data`; facts: those of its validation pictures
    before: a model to compare with
    greedy: True for greedy captions, False for drawn ones; seed: of the draws
    returns: dict with the shares of captions that are true (of the regular pictures, and held_out of those with a
        new pair of thing and colour), that are no_sentence, that say the time or the weather (rarer), and of
        different captions (distinct); statements and words, a caption; with before, kl = the mean of
        log P(w) − log P_before(w) over drawn captions, in nats
    """
    features = data["val_features"]
    drawn = None if greedy and before is None else sampled_captions(model, features, max_length, seed=seed)
    said = plain_texts(greedy_captions(model, features, max_length) if greedy else drawn, data["idx_to_word"])
    stated = [claims(text, scene) for text, scene in zip(said, facts, strict=True)]
    true = np.array([bool(each) and all(right for *_, right in each) for each in stated])
    pairs = np.array([is_held_out(scene) for scene in facts])
    found = {
        "true": true[~pairs].mean(),
        "held_out": true[pairs].mean(),
        "statements": np.mean([len(each) for each in stated]),
        "rarer": np.mean([any(fact in RARER for fact, *_ in each) for each in stated]),
        "distinct": share_distinct(said),
        "no_sentence": np.mean([not each for each in stated]),
        "words": np.mean([len(text.split()) for text in said]),
    }
    if before is not None:
        now, then = (log_probabilities(each, features, drawn)[0] for each in (model, before))
        found["kl"] = (now - then).mean()
    return {name: float(value) for name, value in found.items()}


def when_it_says_the_time(model, data, facts, max_length=17):
    """Of the greedy captions of the validation pictures that state the time of day: the share that is right about
    it, and how many words stand before it on average; both nan where there is none."""
    said = plain_texts(greedy_captions(model, data["val_features"], max_length), data["idx_to_word"])
    right, before = [], []
    for text, scene in zip(said, facts, strict=True):
        stated = [true for fact, value, true in claims(text, scene) if fact == "time" and value in TIMES]
        places = [len(text[: text.index(phrase)].split()) for phrase in TIME_PHRASES if phrase in text]
        if stated and places:
            right.append(all(stated))
            before.append(min(places))
    return (float(np.mean(right)), float(np.mean(before))) if right else (np.nan, np.nan)
