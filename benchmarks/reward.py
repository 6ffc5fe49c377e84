"""What chapter 09 says about rewards, measured with three seeds: datasets/scenes/results/09_reward.json.

python -m benchmarks.reward [SEED …]      train and measure again
python -m benchmarks.reward --table       print what is stored

Each seed trains the captioner of chapter 05 and the one with attention of chapter 07, and goes on from there with
each reward. While it trains, the captions of the 600 validation pictures are judged every 10 steps.
"""

import json
import sys
import time
from copy import copy
from functools import partial

import numpy as np

from benchmarks.captioners import CAPTIONERS, SEEDS, load, over_seeds, store, truth
from benchmarks.captioners import train as train_captioner
from benchmarks.speaking import train as chapter_05
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course import rewards
from cs231n.course.gradient_spread import gradient_spread
from cs231n.course.scenes import load_facts
from cs231n.course.text_units import plain_texts
from cs231n.course.what_it_says import what_it_says
from cs231n.decoding import greedy_captions
from cs231n.reward import advantages
from cs231n.reward_solver import RewardSolver

STORED, EVERY = "09_reward", 10
RUNS = {  # reward, pull, steps
    "only true": (rewards.only_true, 0, 200),
    "length": (rewards.length, 0, 100),
    "per fact": (rewards.per_fact, 0, 200),
    "nothing false": (rewards.nothing_false, 0, 150),
    "no weather": (rewards.per_fact_but_weather, 0, 100),
    "only true, pulled": (rewards.only_true, 0.3, 200),
    "per fact, price 3": (partial(rewards.per_fact, price=3), 0, 200),
    "nothing false, pulled": (rewards.nothing_false, 0.1, 150),
    "shared prizes": (rewards.shared_prizes, 0, 200),
}
WITH_ATTENTION = ("only true", "per fact", "shared prizes")
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
    for step in range(0, steps + 1, EVERY):
        if step:
            started = time.perf_counter()
            solver.train(EVERY)
            seconds += time.perf_counter() - started
        points[step] = judged(model, data, facts["val"], solver.before)
        points[step]["reward"] = float(np.mean(solver.reward_history[-EVERY:])) if step else None
    return {"seconds": seconds, "points": points}, model


def spreads(model, data, facts):
    """The variance of the gradient with each baseline, over that with the other captions of the picture."""
    found = {}
    for name, reward in {"only true": rewards.only_true, "one more": one_more}.items():
        spread = gradient_spread(model, data, reward, facts, BASELINES)
        found[name] = {key: value / spread["the others"] for key, value in spread.items()}
    return found


def measure(seed):
    """The entry of one seed."""
    data, facts = load_coco_data(base_dir=SCENES_DIR), {s: load_facts(s) for s in ("train", "val")}
    plain = chapter_05(data, seed)
    entry = {"rnn": {}, "attention": {}, "spread": {"before": spreads(plain, data, facts["train"])}}
    for name, (reward, pull, steps) in RUNS.items():
        entry["rnn"][name], trained = follow(plain, data, facts, reward, pull, steps, seed)
        print(f"seed {seed}, {name}: {entry['rnn'][name]['seconds']:.1f} s", flush=True)
        if name == "only true":
            entry["spread"]["after"] = spreads(trained, data, facts["train"])
    looking = CAPTIONERS["07_attention"]
    data = looking.data(data)
    solver, _ = train_captioner(looking, data, seed)
    for name in WITH_ATTENTION:
        entry["attention"][name], _ = follow(solver.model, data, facts, *RUNS[name], seed)
        print(f"seed {seed}, attention, {name}: {entry['attention'][name]['seconds']:.1f} s", flush=True)
    return entry


def point(entry, start, name, step=None):
    """What was measured after so many steps, or after the last."""
    points = entry[start][name]["points"]
    return points[str(max(map(int, points)) if step is None else step)]


def table():
    """Median and range over the seeds, a reward a line, in Markdown."""
    entries = list(load(STORED).values())
    yield "| start | reward | steps | true | held-out pairs | statements | time or weather | distinct | KL |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for start in ("rnn", "attention"):
        rows = [("before", "only true", 0)]
        rows += [(name, name, step) for name in entries[0][start] for step in (50, 100, 150, 200)]
        for title, name, step in rows:
            if str(step) in entries[0][start][name]["points"]:
                points = [point(entry, start, name, step) for entry in entries]
                greedy = [each["greedy"] for each in points]
                cells = [over_seeds([each[key] for each in greedy]) for key in ("true", "held_out")]
                cells.append(over_seeds([each["statements"] for each in greedy], "{:.1f}"))
                cells += [over_seeds([each[key] for each in greedy]) for key in ("rarer", "distinct")]
                cells.append(over_seeds([each["drawn"]["kl"] for each in points], "{:.1f}"))
                yield f"| {' | '.join([start, title, str(step), *cells])} |"


def main():
    if sys.argv[1:] == ["--table"]:
        print("\n".join(table()))
    else:
        for seed in [int(argument) for argument in sys.argv[1:]] or SEEDS:
            entry = json.loads(json.dumps(measure(seed)))
            store(STORED, load(STORED) | {str(seed): entry})


if __name__ == "__main__":
    main()
