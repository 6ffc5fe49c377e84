"""Train the captioners that chapters 10 and 11 begin with, and store their weights: results/NAME.npz.

python -m benchmarks.store_captioners

They are those of chapters 05 and 06, seed 231. The weights are stored in 16 bits, which halves the files.
"""

import numpy as np

from benchmarks import captioners, speaking
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.stored_results import RESULTS

SEED = 231


def store(name, model):
    model.params = {key: w.astype(np.float16) for key, w in model.params.items()}
    model.save(RESULTS / f"{name}.npz")
    print(f"{name}: {(RESULTS / f'{name}.npz').stat().st_size:,} bytes", flush=True)


def main():
    data = load_coco_data(base_dir=SCENES_DIR)
    store("05_rnn", speaking.train(data, SEED))
    for name in ("06_rnn", "06_lstm_open"):
        store(name, captioners.train(captioners.with_rate(name), data, SEED)[0].model)


if __name__ == "__main__":
    main()
