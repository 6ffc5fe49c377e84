"""Train captioners on the painted scenes with several seeds, and store how often each tells the truth.

python -m benchmarks.captioners                         train every captioner that has no stored result
python -m benchmarks.captioners rnn lstm --seeds 0 1    train these again
python -m benchmarks.captioners --search words lstm     find their learning rates again
python -m benchmarks.captioners --table                 print the table of what is stored
python -m benchmarks.captioners --seconds rnn lstm      how long an epoch of each takes: results/seconds.json

One file per captioner, datasets/scenes/results/NAME.json, one entry per seed. To add a captioner, add a line to
CAPTIONERS. A caption is true when it is a sentence of the world and all it states is true of its picture.

The captioners of chapter 06 have no rate of their own: it is the one of RATES with the lowest loss on 500
validation captions, with a seed that is in no table. datasets/scenes/results/rates.json holds what each gave.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.chapters.bits_per_character import bits_per_character
from cs231n.course.chapters.short_texts import short_texts
from cs231n.course.chapters.word_pieces import learn_merges, with_pieces
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
from cs231n.course.state_probes import open_forget_gate
from cs231n.course.stored_results import RESULTS, over_seeds
from cs231n.course.text_units import plain_texts, with_characters, with_words
from cs231n.grid_utils import GridFeatures, with_places

SEEDS = (231, 1, 2)
RATES = (2e-3, 4e-3, 6e-3, 8e-3)


@dataclass(frozen=True)
class Captioner:
    """How a captioner is made and trained, with Adam.

    model: word_to_idx → a model, its weights drawn from np.random
    rate: learning rate; None takes the one that a search has found
    data: dict from `load_coco_data` → a dict of the same form, for captions of units other than words; with the
        entry texts, the captions with every word written out, it asks for bits a character too
    best: keep the weights of the epoch with the lowest loss on 500 validation captions
    max_length: words (or other units) a caption at most
    """

    model: Callable
    epochs: int
    rate: float | None = None
    decay: float = 1.0
    data: Callable = dict
    max_length: int = 17
    batch: int = 100
    clip_norm: float | None = None
    best: bool = False


def recurrent(cell_type, H, W=64, forget_bias=0):
    """Makes a `CaptioningRNN` of H numbers per state and W per word."""

    def make(word_to_idx):
        model = CaptioningRNN(word_to_idx, wordvec_dim=W, hidden_dim=H, cell_type=cell_type)
        if forget_bias:
            open_forget_gate(model, forget_bias)
        return model

    return make


def with_attention(H=128, W=64, forget_bias=3, grid_dim=64):
    """Makes a `CaptioningRNN` that looks at a grid of cells of `grid_dim` numbers."""

    def make(word_to_idx):
        model = CaptioningRNN(
            word_to_idx, wordvec_dim=W, hidden_dim=H, cell_type="attention", grid_dim=grid_dim
        )
        open_forget_gate(model, forget_bias)
        return model

    return make


def transformer(W=64, layers=2, F=128, prefix=False, positions=True):
    """Makes a `CaptioningTransformer` with 4 heads that sees cells of 74 numbers.

    positions: False takes away what says where a word stands
    """

    def make(word_to_idx):
        model = CaptioningTransformer(word_to_idx, 74, W, 4, layers, 20, F, prefix=prefix)
        model.positions *= positions
        return model

    return make


def blocks(epochs=6, decay=0.7, **model):
    """A captioning transformer on the cells, with row and column added."""
    return Captioner(transformer(**model), epochs, 4e-3, decay, partial(with_cells, places=True))


def with_few(data, share=0.05):
    """The same data with the captions of a few training pictures only, the same ones for every captioner."""
    pictures = np.random.default_rng(0).permutation(len(data["train_features"]))
    few = np.isin(data["train_image_idxs"], pictures[: round(share * len(pictures))])
    return data | {name: data[name][few] for name in ("train_captions", "train_image_idxs")}


def few(model, **cells):
    """A captioner that learns from 5 % of the pictures, until it becomes worse on new ones."""

    def data(scenes):
        return with_few(with_cells(scenes, **cells) if cells else scenes)

    return Captioner(model, epochs=30, rate=4e-3, decay=0.9, data=data, batch=25, clip_norm=5, best=True)


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


def looking(grid_dim, epochs=8, decay=0.7, **cells):
    """A captioner with attention, on the cells that `with_cells` makes."""
    return Captioner(with_attention(grid_dim=grid_dim), epochs, 4e-3, decay, partial(with_cells, **cells))


def short_training(model):
    """Four epochs, as in chapter 06."""
    return Captioner(model, epochs=4, decay=0.7, clip_norm=5)


def race(unit, max_length):
    """Short captions in one kind of unit, as in chapter 12."""

    def data(scenes):
        data, texts = short_texts(scenes, longest=44, hidden="airplanes")
        if unit == "words":
            cut = with_words(data, texts, at_least=15)
        elif unit == "characters":
            cut = with_characters(data, texts)
        else:
            cut = with_pieces(data, texts, learn_merges(texts["train"], 100))
        return cut | {"texts": texts["val"]}

    return Captioner(
        recurrent("lstm", 160, W=48, forget_bias=3),
        epochs=4,
        rate=4e-3,
        decay=0.8,
        batch=20,
        clip_norm=5,
        data=data,
        max_length=max_length,
    )


CAPTIONERS = {
    # Chapter 07: the same training with and without attention, and with other cells.
    "07_lstm_open": Captioner(recurrent("lstm", 128, forget_bias=3), 8, 4e-3, 0.7),
    "07_lstm_open_12": Captioner(recurrent("lstm", 128, forget_bias=3), 12, 4e-3, 0.8),
    "07_attention": looking(64),
    "07_attention_12": looking(64, epochs=12, decay=0.8),
    "07_attention_places": looking(74, places=True),
    "07_channels": looking(64, channels=True),
    "07_channels_places": looking(74, channels=True, places=True),
    # Chapter 08: one block, two, and two with as many weights as attention has; parts left out; and few pictures.
    "08_one_block": blocks(epochs=8, decay=0.75, layers=1),
    "08_transformer": blocks(),
    "08_transformer_wide": blocks(W=96, F=192),
    "08_no_positions": blocks(positions=False),
    "08_prefix": blocks(prefix=True),
    "08_few_rnn": few(recurrent("rnn", 128)),
    "08_few_lstm": few(recurrent("lstm", 128, forget_bias=3)),
    "08_few_attention": few(with_attention(grid_dim=74), places=True),
    "08_few_transformer": few(transformer(), places=True),
    # Chapter 06: equal sizes, and an RNN whose cell has as many weights as the LSTM's.
    "06_rnn": short_training(recurrent("rnn", 128, W=128)),
    "06_rnn_wide": short_training(recurrent("rnn", 304, W=128)),
    "06_lstm": short_training(recurrent("lstm", 128, W=128)),
    "06_lstm_open": short_training(recurrent("lstm", 128, W=128, forget_bias=3)),
    # Chapter 12: the same captions in three units.
    "12_words": race("words", max_length=17),
    "12_pieces": race("pieces", max_length=30),
    "12_characters": race("characters", max_length=50),
}


def train(captioner, data, seed, val_size=0):
    """The trained solver (its `.model` is the captioner) and the seconds that training took."""
    np.random.seed(seed)
    solver = CaptioningSolver(
        captioner.model(data["word_to_idx"]),
        data,
        update_rule="adam",
        optim_config={"learning_rate": captioner.rate},
        lr_decay=captioner.decay,
        batch_size=captioner.batch,
        num_epochs=captioner.epochs,
        clip_norm=captioner.clip_norm,
        val_size=val_size or 500 * captioner.best,
        verbose=False,
    )
    started = time.perf_counter()
    solver.train()
    seconds = time.perf_counter() - started
    if captioner.best:
        solver.restore_best()
    return solver, seconds


def truth(captions, facts):
    """What captions say, judged.

    facts: of the picture of each caption
    returns: true and no_sentence, shares of the captions; statements per caption; facts, for each kind of fact
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
    bits = {}
    if "texts" in data:
        bits = {"bits_per_character": bits_per_character(solver.model, data, data["texts"])[0]}
    return {
        "weights": sum(w.size for w in solver.model.params.values()),
        "epochs": captioner.epochs,
        "rate": captioner.rate,
        "decay": captioner.decay,
        "seconds": round(seconds, 1),
        "validation_loss": validation_loss(solver.model, data),
        **bits,
        **measure(solver.model, data, captioner.max_length),
    }


def search(name, data):
    """Train a captioner once with each of RATES, and store the validation losses."""
    captioner = CAPTIONERS[name]
    cut = captioner.data(data)
    losses = {}
    for rate in RATES:
        solver, _ = train(replace(captioner, rate=rate), cut, seed=0, val_size=500)
        losses[str(rate)] = solver.val_loss_history[-1]
        print(f"{name}, rate {rate}: {losses[str(rate)]:.3f}", flush=True)
    store("rates", load("rates") | {name: losses})


def cpu_seconds(names, data, minibatches=30, rounds=3):
    """Store what an epoch of each takes, in CPU seconds of one thread: captioners in turn, median of the rounds.

    The seconds beside the other results are those on the clock, of a machine that did other work too.
    """
    solvers = {}
    for name in names:
        captioner = with_rate(name)
        cut = captioner.data(data)
        solvers[name] = (
            CaptioningSolver(
                captioner.model(data["word_to_idx"]),
                cut,
                "adam",
                {"learning_rate": captioner.rate},
                batch_size=captioner.batch,
                clip_norm=captioner.clip_norm,
                threads=1,
                verbose=False,
            ),
            len(cut["train_captions"]) / captioner.batch / minibatches,
        )
    found = {name: [] for name in names}
    for _ in range(rounds):
        for name, (solver, times) in solvers.items():
            started = time.process_time()
            captions, batch = len(solver.data["train_captions"]), solver.batch_size
            for _ in range(minibatches):
                solver._step(np.random.randint(captions, size=batch))
            found[name].append(times * (time.process_time() - started))
    store("seconds", load("seconds") | {name: float(np.median(each)) for name, each in found.items()})


def with_rate(name):
    """The captioner of this name, its learning rate filled in from the search where it has none."""
    captioner = CAPTIONERS[name]
    if captioner.rate is not None:
        return captioner
    losses = load("rates")[name]
    return replace(captioner, rate=float(min(losses, key=losses.get)))


def load_results(name):
    """{seed: entry} of a captioner, as stored; empty when it was never measured."""
    return {int(seed): entry for seed, entry in load(name).items()}


def load(name):
    """What a file of datasets/scenes/results holds; {} when it is not there."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def store(name, results):
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({str(key): value for key, value in results.items()}, indent=1)
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


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.captioners",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAPTIONERS))
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS)
    parser.add_argument("--search", action="store_true", help="train with each rate, and store the losses")
    parser.add_argument("--seconds", action="store_true", help="store how long an epoch of each takes")
    parser.add_argument("--table", action="store_true", help="train nothing, print what is stored")
    options = parser.parse_args()
    if unknown := set(options.names) - set(CAPTIONERS):
        parser.error(
            f"no captioner is called {', '.join(sorted(unknown))}; there are {', '.join(CAPTIONERS)}"
        )
    names = options.names or list(CAPTIONERS)
    if options.seconds:
        cpu_seconds(names, load_coco_data(base_dir=SCENES_DIR))
    elif not options.table:
        data = load_coco_data(base_dir=SCENES_DIR)
        for name in names:
            if CAPTIONERS[name].rate is None and (options.search or name not in load("rates")):
                search(name, data)
            for seed in () if options.search else options.seeds:
                results = load_results(name)
                if options.names or seed not in results:
                    results[seed] = run(with_rate(name), data, seed)
                    store(name, results)
                    entry = results[seed]
                    print(
                        f"{name}, seed {seed}: {entry['regular']['true']:.1%} true, {entry['seconds']:.0f} s",
                        flush=True,
                    )
    print("\n".join(table(names)))


if __name__ == "__main__":
    main()
