"""Train captioners and store their weights: datasets/scenes/results/NAME.npz.

python -m benchmarks.store_captioners [NAME …]

Chapters 09 to 11 begin with the first three; the live page of the web site speaks with all but 06_rnn. Each is
the one of its chapter, seed 231. What three seeds of it reach stands beside it: 05_speaking.json, 06_*.json,
07_attention.json, 08_transformer.json, 09_reward.json. 09_shared_prizes is 07_attention after 100 steps of
learning from the judge. The weights are stored in 16 bits, which halves the files.

What chapter 11 says of the time of day is measured with three seeds, and stored with its models: 11_time.json.
"""

import sys

import numpy as np

from benchmarks import captioners, reward, speaking
from benchmarks.captioners import CAPTIONERS, RESULTS, SEEDS
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.chapters.ask_the_time import ask_first, ask_last
from cs231n.course.scenes import load_facts
from cs231n.course.state_probes import linear_probe

KEPT = SEEDS[0]
OF_CHAPTER_11 = {"RNN": "06_rnn", "LSTM, bias 3": "06_lstm_open"}
LATER = ("07_attention", "08_transformer")
JUDGED, PRIZE, STEPS = "09_shared_prizes", "shared prizes", 100


def keep(name, model):
    model.params = {key: w.astype(np.float16) for key, w in model.params.items()}
    model.save(RESULTS / f"{name}.npz")
    print(f"{name}: {(RESULTS / f'{name}.npz').stat().st_size:,} bytes", flush=True)


def time_of_day(model, data, facts):
    """How often the time is right, at two moments: by a probe, by the model, and by always naming one."""
    rows = {}
    for moment, ask in {"first": ask_first, "last": ask_last}.items():
        states, times, _ = ask(model, data, facts["train"], "train")
        new_states, true, said = ask(model, data, facts["val"], "val")
        probed = linear_probe(states, times)(new_states)
        always = max(np.mean(true == value) for value in np.unique(true))
        rows[moment] = {
            "probe": np.mean(probed == true),
            "model": np.mean(said == true),
            "always one": always,
        }
    return rows


def those_of_chapter_11(data, facts):
    """Train its models with three seeds, measure what they know of the time, and keep those of the first."""
    results = {}
    for seed in SEEDS:
        results[seed] = {}
        for title, name in OF_CHAPTER_11.items():
            model = captioners.train(captioners.with_rate(name), data, seed)[0].model
            rows = time_of_day(model, data, facts)
            results[seed] |= {f"{title}, {moment}": row for moment, row in rows.items()}
            if seed == KEPT:
                keep(name, model)
    captioners.store("11_time", results)


def later_one(name, data, facts):
    """Train a captioner that sees the cells, and keep it."""
    captioner = CAPTIONERS["07_attention" if name == JUDGED else name]
    seen = captioner.data(data)
    model = captioners.train(captioner, seen, KEPT)[0].model
    if name == JUDGED:
        prize, pull, _ = reward.RUNS[PRIZE]
        model = reward.follow(model, seen, facts, prize, pull, STEPS, KEPT)[1]
    keep(name, model)


def main():
    data = load_coco_data(base_dir=SCENES_DIR)
    facts = {split: load_facts(split) for split in ("train", "val")}
    names = sys.argv[1:] or ("05_rnn", *OF_CHAPTER_11.values(), *LATER, JUDGED)
    if "05_rnn" in names:
        keep("05_rnn", speaking.train(data, KEPT))
    if set(names) & set(OF_CHAPTER_11.values()):
        those_of_chapter_11(data, facts)
    for name in (*LATER, JUDGED):
        if name in names:
            later_one(name, data, facts)


if __name__ == "__main__":
    main()
