"""Train captioners on the painted scenes with several seeds, and store how often each tells the truth.

python -m benchmarks.captioners                         train every captioner that has no stored result
python -m benchmarks.captioners rnn lstm --seeds 0 1    train these again
python -m benchmarks.captioners --table                 print the table of what is stored

One file a captioner, benchmarks/results/NAME.json, one entry a seed. To add a captioner, add a line to
CAPTIONERS. A caption is true when it is a sentence of the world and all it states is true of its picture.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.scenes import (
    claims,
    extractor,
    grid_features,
    is_held_out,
    load_facts,
    load_pictures,
    network,
)
from cs231n.course.scenes.files import FOLDER
from cs231n.course.text_units import plain_texts
from cs231n.grid_utils import GridFeatures, with_places

RESULTS = Path(__file__).resolve().parent / "results"
SEEDS = (231, 1, 2)


@dataclass(frozen=True)
class Captioner:
    """How a captioner is made and trained: Adam, batches of 100.

    model: word_to_idx → a model, its weights drawn from np.random
    data: dict from `load_coco_data` → a dict of the same form, for captions of other units than words
    max_length: words (or other units) a caption at most
    """

    model: Callable
    epochs: int
    rate: float
    decay: float = 1.0
    data: Callable = dict
    max_length: int = 17


def recurrent(cell_type, H, W=64, forget_bias=0):
    """Makes a `CaptioningRNN` of H numbers a state and W a word."""

    def make(word_to_idx):
        model = CaptioningRNN(word_to_idx, wordvec_dim=W, hidden_dim=H, cell_type=cell_type)
        if forget_bias:
            model.params["b"][H : 2 * H] = forget_bias  # gates in the order i, f, o, g
        return model

    return make


def with_attention(H=128, W=64, forget_bias=3, grid_dim=64):
    """Makes a `CaptioningRNN` that looks at a grid of cells of `grid_dim` numbers."""

    def make(word_to_idx):
        model = CaptioningRNN(
            word_to_idx, wordvec_dim=W, hidden_dim=H, cell_type="attention", grid_dim=grid_dim
        )
        model.params["b"][H : 2 * H] = forget_bias
        return model

    return make


def with_cells(data, places=False, channels=False):
    """The same data with the cells of each picture.

    places: with the row and the column of each cell
    channels: the 64 channels of the extractor's last maximum, in the place of what they add to the features
    """
    grids = channels_of_cells() if channels else {split: grid_features(split) for split in ("train", "val")}
    features = {}
    for split, grid in grids.items():
        grid = with_places(grid, 5, 5) if places else grid
        features[f"{split}_features"] = GridFeatures(data[f"{split}_features"], grid)
    return data | features


def channels_of_cells(batch=100):
    """(N, 25, 64) a split: each channel minus its mean, over its standard deviation."""
    weights, grids = extractor.load(FOLDER / extractor.WEIGHTS_FILE)[0], {}
    for split in ("train", "val"):
        pictures = load_pictures(split)
        starts = range(0, len(pictures), batch)
        grids[split] = np.concatenate([network.places(pictures[i : i + batch], weights) for i in starts])
    mean, spread = grids["train"].mean(axis=(0, 1)), grids["train"].std(axis=(0, 1)) + 1e-3
    return {split: ((grid - mean) / spread).astype(np.float16) for split, grid in grids.items()}


def looking(grid_dim, **cells):
    """A captioner with attention, on the cells that `with_cells` makes."""
    return Captioner(with_attention(grid_dim=grid_dim), 8, 4e-3, 0.7, partial(with_cells, **cells))


CAPTIONERS = {
    "rnn_quick": Captioner(recurrent("rnn", 128), epochs=5, rate=4e-3, decay=0.6),
    "rnn": Captioner(recurrent("rnn", 192), epochs=8, rate=3e-3, decay=0.7),
    "lstm": Captioner(recurrent("lstm", 128), epochs=14, rate=4e-3, decay=0.8),
    "lstm_open": Captioner(recurrent("lstm", 128, forget_bias=3), epochs=14, rate=4e-3, decay=0.8),
    "09_attention": looking(64),
    "09_attention_places": looking(74, places=True),
    "09_channels": looking(64, channels=True),
    "09_channels_places": looking(74, channels=True, places=True),
}


def train(captioner, data, seed):
    """The trained solver (its `.model` is the captioner) and the seconds that training took."""
    np.random.seed(seed)
    solver = CaptioningSolver(
        captioner.model(data["word_to_idx"]),
        data,
        update_rule="adam",
        optim_config={"learning_rate": captioner.rate},
        lr_decay=captioner.decay,
        num_epochs=captioner.epochs,
        verbose=False,
    )
    started = time.perf_counter()
    solver.train()
    return solver, time.perf_counter() - started


def truth(captions, facts):
    """What captions say, judged.

    facts: of the picture of each caption
    returns: true and no_sentence, shares of the captions; statements a caption; facts, for each kind of fact
        how many statements are true, and how many there are
    """
    judged = [claims(caption, scene) for caption, scene in zip(captions, facts, strict=True)]
    right = Counter(fact for each in judged for fact, _, true in each if true)
    stated = Counter(fact for each in judged for fact, _, _ in each)
    return {
        "true": float(np.mean([bool(each) and all(true for *_, true in each) for each in judged])),
        "no_sentence": float(np.mean([not each for each in judged])),
        "statements": stated.total() / len(captions),
        "facts": {fact: [right[fact], stated[fact]] for fact in sorted(stated)},
    }


def measure(model, data, max_length=17):
    """`truth` of the greedy captions of validation pictures: the 450 regular ones, the 150 with held-out
    pairs, and the regular ones once more with the features of another picture."""
    facts = load_facts("val")
    held_out = np.array([is_held_out(scene) for scene in facts])
    regular, pairs = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    others = np.roll(regular, len(regular) // 2)
    results = {}
    for name, rows, seen in (
        ("regular", regular, regular),
        ("held_out", pairs, pairs),
        ("shuffled", regular, others),
    ):
        said = plain_texts(model.sample(data["val_features"][seen], max_length), data["idx_to_word"])
        results[name] = truth(said, [facts[i] for i in rows])
    return results


def validation_loss(model, data, batch=100):
    """Loss of a validation caption, in nats: the mean over all of them."""
    captions, rows = data["val_captions"], data["val_image_idxs"]
    total = 0.0
    for start in range(0, len(captions), batch):
        part = slice(start, start + batch)
        total += len(captions[part]) * float(model.loss(data["val_features"][rows[part]], captions[part])[0])
    return total / len(captions)


def run(captioner, data, seed):
    """Train a captioner once and judge it: the entry that is stored for a seed."""
    data = captioner.data(data)
    solver, seconds = train(captioner, data, seed)
    return {
        "weights": sum(w.size for w in solver.model.params.values()),
        "epochs": captioner.epochs,
        "rate": captioner.rate,
        "decay": captioner.decay,
        "seconds": round(seconds, 1),
        "validation_loss": validation_loss(solver.model, data),
        **measure(solver.model, data, captioner.max_length),
    }


def load_results(name):
    """{seed: entry} of a captioner, as stored; empty when it was never measured."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return {}
    return {int(seed): entry for seed, entry in json.loads(path.read_text(encoding="utf-8")).items()}


def store(name, results):
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({str(seed): results[seed] for seed in results}, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda number: round(float(number), 4)), indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def table(names):
    """Median and range over the seeds, a captioner a line, in Markdown."""
    yield "| captioner | weights | epochs | true | held-out pairs | shuffled | validation loss | training |"
    yield "|---|---|---|---|---|---|---|---|"
    for name in names:
        entries = list(load_results(name).values())
        if entries:
            shares = (
                over_seeds([e[rows]["true"] for e in entries]) for rows in ("regular", "held_out", "shuffled")
            )
            loss = over_seeds([e["validation_loss"] for e in entries], "{:.2f}")
            seconds = sorted(e["seconds"] for e in entries)[len(entries) // 2]
            first = entries[0]
            cells = (name, f"{first['weights']:,}", first["epochs"], *shares, loss, f"{seconds:.0f} s")
            yield f"| {' | '.join(map(str, cells))} |"


def over_seeds(values, form="{:.0%}"):
    """The median, and in brackets the lowest and the highest: "80 % (76–81 %)"."""
    low, middle, high = (form.format(f(values)).replace("%", " %") for f in (min, np.median, max))
    return f"{middle} ({low.removesuffix(' %')}–{high})"


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.captioners",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAPTIONERS))
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS)
    parser.add_argument("--table", action="store_true", help="train nothing, print what is stored")
    options = parser.parse_args()
    if unknown := set(options.names) - set(CAPTIONERS):
        parser.error(
            f"no captioner is called {', '.join(sorted(unknown))}; there are {', '.join(CAPTIONERS)}"
        )
    names = options.names or list(CAPTIONERS)
    if not options.table:
        data = load_coco_data(base_dir=SCENES_DIR)
        for name in names:
            for seed in options.seeds:
                results = load_results(name)
                if options.names or seed not in results:
                    results[seed] = run(CAPTIONERS[name], data, seed)
                    store(name, results)
                    entry = results[seed]
                    print(
                        f"{name}, seed {seed}: {entry['regular']['true']:.1%} true, {entry['seconds']:.0f} s",
                        flush=True,
                    )
    print("\n".join(table(names)))


if __name__ == "__main__":
    main()
