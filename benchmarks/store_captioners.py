"""Train the captioners that chapters 10 and 11 begin with, and store their weights: NAME.npz.

python -m benchmarks.store_captioners

They are those of chapters 05 and 06, seed 231. The weights are stored in 16 bits, which halves the files. What
chapter 11 says of the time of day is measured with three seeds: 11_time.json.
"""

import numpy as np

from benchmarks import captioners, speaking
from benchmarks.captioners import RESULTS, SEEDS
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.chapters.ask_the_time import ask_first, ask_last
from cs231n.course.scenes import load_facts
from cs231n.course.state_probes import linear_probe

KEPT = SEEDS[0]
OF_CHAPTER_11 = {"RNN": "06_rnn", "LSTM, bias 3": "06_lstm_open"}


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


def main():
    data, facts = (
        load_coco_data(base_dir=SCENES_DIR),
        {split: load_facts(split) for split in ("train", "val")},
    )
    keep("05_rnn", speaking.train(data, KEPT))
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


if __name__ == "__main__":
    main()
