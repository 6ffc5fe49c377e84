"""Made-up files in the layout of the real COCO captioning data: names, keys, dtypes and statistics.

Words, pictures and their pairing are drawn from a seed. Like COCO: 1,004 words, of which few are frequent;
captions of 9 to 17 numbers, 12.1 on average; <UNK> in more than half of them; features with a standard deviation
of 2.7 that falls from column to column.
"""

import json

import h5py
import numpy as np

SPECIAL = ["<NULL>", "<START>", "<END>", "<UNK>"]
FREQUENT = (
    "a on of the in with and is man to sitting an two standing at people there are next near by under over "
    "three one some woman dog cat horse cow sheep bird boat car truck bus train plane airplane house tree "
    "umbrella kite ball red blue green yellow white black brown purple orange pink gray "
    "big small large little old young "
    "water sea ocean beach sand snow grass field forest road street mountain sky cloud sun rain night day "
    "left right front behind flying riding walking running playing holding looking table chair food plate"
).split()
# how many of 10,000 captions have 9, 10, … 17 numbers, <START> and <END> included
LENGTHS = dict(zip(range(9, 18), (68, 1928, 2285, 2061, 1504, 967, 609, 357, 221), strict=True))


def vocabulary():
    """idx_to_word, a list of 1,004: the special ones, some English ones, and invented syllables."""
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    invented = [first + second for first in syllables for second in syllables]
    words = SPECIAL + FREQUENT
    return words + invented[: 1004 - len(words)]


def write_coco_like(folder, captions=2000, pictures=400, seed=0):
    """Write the six files that the notebooks need; the validation split is a quarter as large.

    folder: an existing folder; returns it
    """
    rng = np.random.default_rng(seed)
    words = vocabulary()
    arrays = {}
    for split, part in (("train", 1), ("val", 4)):
        n, rows = captions // part, pictures // part
        arrays[f"{split}_captions"] = _captions(rng, n, len(words))
        arrays[f"{split}_image_idxs"] = (np.arange(n) % rows).astype(np.int32)
        spread = np.clip(17 / np.sqrt(1 + np.arange(512)), 0.9, None)
        features = rng.standard_normal((rows, 512)) * spread * (2.7 / np.sqrt(np.mean(spread**2)))
        with h5py.File(folder / f"{split}2014_vgg16_fc7_pca.h5", "w") as file:
            file["features"] = features.astype(np.float32)
        urls = "".join(f"http://farm{i % 9 + 1}.example.invalid/{i:010d}_z.jpg\n" for i in range(rows))
        (folder / f"{split}2014_urls.txt").write_text(urls, encoding="utf-8", newline="\n")
        names = "".join(f"coco/images/{split}2014/{i:012d}.jpg\n" for i in range(rows))
        (folder / f"{split}2014_images.txt").write_text(names, encoding="utf-8", newline="\n")
    with h5py.File(folder / "coco2014_captions.h5", "w") as file:
        for name, array in arrays.items():
            file[name] = array
    text = {"idx_to_word": words, "word_to_idx": {word: i for i, word in enumerate(words)}}
    (folder / "coco2014_vocab.json").write_text(json.dumps(text), encoding="utf-8")
    return folder


def _captions(rng, n, V):
    """(n, 17) int32: <START>, words, <END>, then <NULL>."""
    share = np.array(list(LENGTHS.values())) / sum(LENGTHS.values())
    lengths = rng.choice(list(LENGTHS), size=n, p=share)
    frequency = 1 / np.arange(1, V - len(SPECIAL) + 1) ** 0.95  # Zipf's law
    drawn = rng.choice(np.arange(len(SPECIAL), V), size=(n, 17), p=frequency / frequency.sum())
    drawn[rng.random((n, 17)) < 0.08] = SPECIAL.index("<UNK>")
    place = np.arange(17)
    drawn[:, 0] = SPECIAL.index("<START>")
    drawn[place == lengths[:, None] - 1] = SPECIAL.index("<END>")
    drawn[place >= lengths[:, None]] = SPECIAL.index("<NULL>")
    return drawn.astype(np.int32)
