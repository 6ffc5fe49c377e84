"""Draw the whole dataset: scenes, captions, extractor, features. `python datasets/make_scenes` comes here."""

import argparse
import json
import time
from pathlib import Path

import h5py
import numpy as np

from cs231n.course.scenes import FACTS, captions_for, draw_scene, extractor, grid
from cs231n.course.scenes.files import FOLDER, SPLITS, address
from cs231n.course.text_units import encode, vocabulary
from make_scenes import train_extractor
from make_scenes.random_facts import random_facts

SEED = 231
COLUMNS = (*FACTS, "seed")
SIZES = {  # pictures for training, validation, validation with held-out pairs, extractor only; its rounds
    "full": (4000, 450, 150, 6000, 10),
    "small": (150, 20, 10, 50, 1),
}


def build(folder=FOLDER, size="full", keep_extractor=False, say=print):
    """Write all files of the dataset into a folder; the same seed gives the same pictures and captions.

    keep_extractor: use the network that is in the folder instead of training a new one
    """
    folder, started = Path(folder), time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    n_train, n_val, n_held_out, n_extra, rounds = SIZES[size]
    rng = np.random.Generator(np.random.PCG64(SEED))
    facts = {"train": [random_facts(rng) for _ in range(n_train)]}
    extra = [random_facts(rng) for _ in range(n_extra)]
    facts["val"] = _unseen(facts["train"] + extra, n_val, rng)
    facts["val"] += [random_facts(rng, held_out=True) for _ in range(n_held_out)]
    pictures = {split: np.stack([draw_scene(f) for f in facts[split]]) for split in SPLITS}
    say(f"drew {n_train + n_val + n_held_out} scenes: {time.perf_counter() - started:.0f} s")
    for split in SPLITS:
        _save_array(folder / f"{split}2014_pictures.h5", "pictures", pictures[split], rows=8)
        _save_facts(folder / f"{split}2014_facts.json", facts[split])
    _save_captions(folder, facts, rng, at_least=40 if size == "full" else 3)
    if keep_extractor:
        weights = extractor.load(folder / extractor.WEIGHTS_FILE)[0]
    else:
        shown = np.concatenate([pictures["train"], np.stack([draw_scene(f) for f in extra])])
        weights = train_extractor.as_stored(
            train_extractor.train(shown, facts["train"] + extra, rounds, say=say)
        )
    mean, projection = train_extractor.fit_pca(extractor.activations(pictures["train"], weights), weights)
    stored = projection.astype(np.float16).astype(np.float32)
    cells = grid.statistics(pictures["train"], weights, stored)
    train_extractor.save(folder / extractor.WEIGHTS_FILE, weights, mean, projection, cells)
    extractor.load.cache_clear()
    for split in SPLITS:
        features = extractor.extract_features(pictures[split], folder)
        _save_array(folder / f"{split}2014_vgg16_fc7_pca.h5", "features", features, rows=256)
    total = sum(path.stat().st_size for path in folder.iterdir())
    say(f"{folder}: {total / 1e6:.1f} MB in {time.perf_counter() - started:.0f} s")


def _key(facts):
    return tuple(facts[name] for name in FACTS)


def _unseen(seen, how_many, rng):
    """Facts of scenes whose like, all facts the same, is not in training."""
    keys, found = {_key(f) for f in seen}, []
    while len(found) < how_many:
        facts = random_facts(rng)
        if _key(facts) not in keys:
            keys.add(_key(facts))
            found.append(facts)
    return found


def _save_captions(folder, facts, rng, at_least):
    captions = {split: [captions_for(f, rng) for f in facts[split]] for split in SPLITS}
    words = {split: [c.split() for five in captions[split] for c in five] for split in SPLITS}
    idx_to_word, word_to_idx = vocabulary(words["train"], at_least)
    text = json.dumps({"idx_to_word": idx_to_word, "word_to_idx": word_to_idx}, indent=0)
    (folder / "coco2014_vocab.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    with h5py.File(folder / "coco2014_captions.h5", "w") as file:
        for split in SPLITS:
            rows = encode(words[split], word_to_idx, columns=17)
            idxs = [i for i, five in enumerate(captions[split]) for _ in five]
            for name, values in (("captions", rows), ("image_idxs", idxs)):
                values = np.array(values, np.int32)
                file.create_dataset(f"{split}_{name}", data=values, compression="gzip", compression_opts=9)
    for split in SPLITS:
        names = [address(split, i) for i in range(len(facts[split]))]
        for ending, lines in (("urls", names), ("images", [n.replace("scene:", "scenes/") for n in names])):
            path = folder / f"{split}2014_{ending}.txt"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _save_facts(path, facts):
    """Write facts as a table, one scene a line."""
    rows = ",\n".join(json.dumps([f[c] for c in COLUMNS], separators=(",", ":")) for f in facts)
    text = f'{{"columns": {json.dumps(COLUMNS)},\n"rows": [\n{rows}\n]}}\n'
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def _save_array(path, key, values, rows):
    with h5py.File(path, "w") as file:
        chunks = (min(rows, len(values)), *values.shape[1:])
        file.create_dataset(
            key,
            data=values,
            chunks=chunks,
            compression="gzip",
            compression_opts=9,
            shuffle=values.itemsize > 1,
        )


def main(arguments=None):
    """The command line of `python datasets/make_scenes`."""
    parser = argparse.ArgumentParser(
        prog="python datasets/make_scenes",
        description="Draw the embedded dataset again: the same seed, the same pictures.",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write (default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="a few pictures only, in seconds, for a try")
    parser.add_argument(
        "--keep-extractor", action="store_true", help="use the network in that folder instead of training one"
    )
    options = parser.parse_args(arguments)
    build(options.out, "small" if options.small else "full", options.keep_extractor)
