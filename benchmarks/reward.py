"""What chapter 09 says about rewards, measured with three seeds: datasets/scenes/results/09_reward.json.

python -m benchmarks.reward [SEED …]      train and measure what is not stored; delete an entry to have it again
python -m benchmarks.reward --table       print what is stored

Each seed trains the captioner of chapter 05 and the one with attention of chapter 07, and goes on from there with
each reward. While it trains, the captions of the 600 validation pictures are judged at some steps.
"""

import sys
import time
from copy import copy
from functools import partial

import numpy as np

from benchmarks.captioners import CAPTIONERS, SEEDS, load, store, truth
from benchmarks.captioners import train as train_captioner
from benchmarks.speaking import train as chapter_05
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.chapters import rewards
from cs231n.course.chapters.gradient_spread import gradient_spread
from cs231n.course.chapters.reward_results import FILE, reward_table
from cs231n.course.chapters.what_it_says import what_it_says
from cs231n.course.scenes import load_facts
from cs231n.course.text_units import plain_texts
from cs231n.decoding import greedy_captions
from cs231n.reward import advantages
from cs231n.reward_solver import RewardSolver

JUDGED = (0, 20, 50, 100, 150, 200)  # after this many steps
RUNS = {  # reward, pull, steps
    "only true": (rewards.only_true, 0, 200),
    "length": (rewards.length, 0, 100),
    "true facts": (rewards.true_facts, 0, 100),
    "price 1": (rewards.per_fact, 0, 200),
    "nothing false": (rewards.nothing_false, 0, 150),
    "blind to weather": (rewards.per_fact_but_weather, 0, 100),
    "only true, pulled": (rewards.only_true, 0.3, 200),
    "price 3": (partial(rewards.per_fact, price=3), 0, 200),
    "nothing false, pulled": (rewards.nothing_false, 0.1, 150),
    "shared prizes": (rewards.shared_prizes, 0, 200),
}
WITH_ATTENTION = ("only true", "price 1", "shared prizes")
BASELINES = {
    "none": lambda rewards: rewards,
    "mean of all": lambda rewards: rewards - rewards.mean(),
    "the others": advantages,
}


def one_more(texts, facts):
    """The reward `only_true`, and a point more for everybody."""
    return [1 + reward for reward in rewards.only_true(texts, facts)]


def judged(model, data, facts, before):
    """A point of a curve: greedy captions, drawn ones, and for each kind of fact how often it is right."""
    said = plain_texts(greedy_captions(model, data["val_features"], 17), data["idx_to_word"])
    return {
        "greedy": what_it_says(model, data, facts),
        "drawn": what_it_says(model, data, facts, before, greedy=False),
        "facts": truth(said, facts)["facts"],
    }


def follow(model, data, facts, reward, pull, steps, seed):
    """Train a copy of the model on a reward, judging it on the way."""
    model = copy(model)
    model.params = {name: w.copy() for name, w in model.params.items()}
    solver = RewardSolver(model, data, reward, facts["train"], pull=pull, seed=seed, verbose=False)
    points, seconds = {}, 0.0
    for step in [step for step in JUDGED if step <= steps]:
        started = time.perf_counter()
        solver.train(step - len(solver.reward_history))
        seconds += time.perf_counter() - started
        points[step] = judged(model, data, facts["val"], solver.before)
        points[step]["reward"] = float(np.mean(solver.reward_history[-10:])) if step else None
    return {"seconds": seconds, "points": points}, model


def spreads(model, data, facts):
    """The variance of the gradient with each baseline, over that with the other captions of the picture."""
    found = {}
    for name, reward in {"only true": rewards.only_true, "one more": one_more}.items():
        spread = gradient_spread(model, data, reward, facts, BASELINES)
        found[name] = {key: value / spread["the others"] for key, value in spread.items()}
    return found


def measure(seed):
    """Measure what the entry of this seed lacks, and store it."""
    data, facts = load_coco_data(base_dir=SCENES_DIR), {s: load_facts(s) for s in ("train", "val")}
    entry = load(FILE).get(str(seed), {"spread": {}, "rnn": {}, "attention": {}})
    starts = {"rnn": RUNS, "attention": {name: RUNS[name] for name in WITH_ATTENTION}}
    for start, runs in starts.items():
        missing = {name: run for name, run in runs.items() if name not in entry[start]}
        if not missing:
            continue
        if start == "rnn":
            model = chapter_05(data, seed)
        else:
            looking = CAPTIONERS["07_attention"]
            data = looking.data(data)
            model = train_captioner(looking, data, seed)[0].model
        for name, run in missing.items():
            entry[start][name], trained = follow(model, data, facts, *run, seed)
            if (start, name) == ("rnn", "only true"):
                pair = {"before": model, "after": trained}
                entry["spread"] = {when: spreads(each, data, facts["train"]) for when, each in pair.items()}
            print(f"seed {seed}, {start}, {name}: {entry[start][name]['seconds']:.1f} s", flush=True)
            store(FILE, load(FILE) | {str(seed): entry})


def main():
    if sys.argv[1:] == ["--table"]:
        for start in ("rnn", "attention"):
            print(f"{start}:\n{reward_table(start)}\n")
    else:
        for seed in [int(argument) for argument in sys.argv[1:]] or SEEDS:
            measure(seed)


if __name__ == "__main__":
    main()
