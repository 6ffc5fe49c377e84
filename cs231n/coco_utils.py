"""Load captions, features and vocabulary from files in the layout of the COCO captioning data.

The embedded dataset `datasets/scenes` and the real COCO files that get_data.py brings have the same layout,
so everything here reads both.
"""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cs231n.files import open_h5, refusal
from cs231n.language import noted, tr
from cs231n.this_python import ROOT, python

DATASETS_DIR = Path(__file__).resolve().parent.parent / "datasets"
COCO_DIR = DATASETS_DIR / "coco_captioning"
SCENES_DIR = DATASETS_DIR / "scenes"
MOST_PACKED = 100  # compressed files as small as a hundredth of what they hold are read, smaller ones are not


def load_coco_data(base_dir=COCO_DIR, max_train=None, pca_features=True):
    """Load one dataset: what fits in memory is read, the rest stays in its file until it is used.

    All PCA features are read at once (COCO: 250 MB). With max_train, and for the fc7 features (COCO: 2 GB),
    the features are np.memmap arrays: indexed like others, but only the rows asked for are read, into memory
    that the system takes back when it needs it. The files must stay where they are.

    base_dir: folder of the files: COCO_DIR, SCENES_DIR or a path
    max_train: keep this many training captions, drawn from np.random with replacement; None keeps all
    pca_features: True for the features reduced to 512 columns, False for the 4096 of VGG's layer fc7
    returns: dict with, for split train and val,
        {split}_captions (captions, 17) int32: word numbers, padded with <NULL>
        {split}_image_idxs (captions,): the row in features and urls that a caption belongs to
        {split}_features (pictures, 512 or 4096) float32
        {split}_urls (pictures,): where the picture is
        and idx_to_word (list), word_to_idx (dict)
    FileNotFoundError: when a file is absent; OSError: when one is damaged. Both say which and what to do
    ValueError: when max_train is below 1, or a file holds something else than such data
    """
    if max_train is not None and max_train < 1:
        raise ValueError(
            tr("max_train is {max_train}, expected 1 or more, or None for all captions", max_train)
        )
    base_dir = Path(base_dir)
    kind = "vgg16_fc7_pca" if pca_features else "vgg16_fc7"
    read_features = _read_h5 if pca_features and max_train is None else _map_h5
    data = _read_vocabulary(base_dir / "coco2014_vocab.json")
    captions_path = base_dir / "coco2014_captions.h5"
    for split in ("train", "val"):
        arrays = _map_h5(captions_path, f"{split}_captions", f"{split}_image_idxs")
        if split == "train" and max_train is not None:
            chosen = np.random.randint(len(arrays[0]), size=max_train)
            arrays = [array[chosen] for array in arrays]
        data[f"{split}_captions"], data[f"{split}_image_idxs"] = (np.array(array) for array in arrays)
        features_path = base_dir / f"{split}2014_{kind}.h5"
        (data[f"{split}_features"],) = read_features(features_path, "features")
        data[f"{split}_urls"] = np.array(_read_text(base_dir / f"{split}2014_urls.txt").split("\n"))
        _check_rows(data, split, captions_path, features_path)
        _check_words(data, split, captions_path)
    return data


def sample_coco_minibatch(data, batch_size=100, split="train"):
    """Draw captions from np.random, with replacement, each with its picture's features and address.

    data: dict from `load_coco_data`
    returns: captions (batch_size, T) int32, features (batch_size, D) float32, urls (batch_size,)
    ValueError: when data has no such split
    """
    if f"{split}_captions" not in data:
        raise ValueError(tr("split is {split!r}, expected 'train' or 'val'", split))
    return minibatch(data, np.random.choice(len(data[f"{split}_captions"]), batch_size), split)


def minibatch(data, chosen, split="train"):
    """These captions, each with its picture's features and address.

    data: dict from `load_coco_data`
    chosen: (N,) row numbers of captions
    returns: captions (N, T) int32, features (N, D) float32, urls (N,)
    """
    rows = data[f"{split}_image_idxs"][chosen]
    return data[f"{split}_captions"][chosen], data[f"{split}_features"][rows], data[f"{split}_urls"][rows]


def subset(data, rows):
    """The same data with fewer training captions; pictures, features and the rest stay as they are.

    data: dict from `load_coco_data`
    rows: which training captions to keep, (K,) row numbers or a mask
    returns: a new dict; data is not changed
    """
    fewer = {name: data[name][rows] for name in ("train_captions", "train_image_idxs")}
    return {**data, **fewer}


def decode_captions(captions, idx_to_word):
    """Turn word numbers into text. <NULL> is left out, and a caption ends with its first <END>.

    captions: (N, T) or (T,) integers
    idx_to_word: list of words, one per number
    returns: list of N texts, or one text for (T,)
    ValueError: when a number has no word
    """
    captions = np.asarray(captions)
    if captions.size and (captions.min() < 0 or captions.max() >= len(idx_to_word)):
        raise ValueError(
            tr(
                "captions hold numbers from {low} to {high}, expected 0 to {last}: idx_to_word "
                "has {count} words",
                captions.min(),
                captions.max(),
                len(idx_to_word) - 1,
                len(idx_to_word),
            )
        )
    texts = []
    for row in np.atleast_2d(captions):
        words = [idx_to_word[number] for number in row]
        if "<END>" in words:
            words = words[: words.index("<END>") + 1]
        texts.append(" ".join(word for word in words if word != "<NULL>"))
    return texts[0] if captions.ndim == 1 else texts


def stored_scene(name):
    """A painted scene such as scene:train/00012, (72, 72, 3) uint8. `cs231n.course.scenes` paints it large."""
    split, row = str(name).removeprefix("scene:").split("/")
    with open_h5(SCENES_DIR / f"{split}2014_pictures.h5") as file:
        return file["pictures"][int(row)]


def _read_text(path):
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        raise _missing(path) from None
    except UnicodeDecodeError as error:
        raise _damaged(path, error) from None


def _read_vocabulary(path):
    try:
        vocabulary = json.loads(_read_text(path))
        words, numbers = vocabulary["idx_to_word"], vocabulary["word_to_idx"]
    except (KeyError, TypeError, json.JSONDecodeError, RecursionError) as error:
        raise _damaged(path, error) from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(tr("{path}: idx_to_word is no list of words", path))
    if not isinstance(numbers, dict) or not all(
        type(n) is int and 0 <= n < len(words) for n in numbers.values()
    ):
        raise ValueError(
            tr("{path}: word_to_idx does not give each word a number from 0 to {last}", path, len(words) - 1)
        )
    return {"idx_to_word": words, "word_to_idx": numbers}


LAYOUT = {
    "features": ("f", noted("numbers"), 2),
    "captions": ("iu", noted("integers"), 2),
    "image_idxs": ("iu", noted("integers"), 1),
}


def _read_h5(path, *names):
    """Arrays of an HDF5 file, read into memory; the file is closed before this returns."""
    with _opened(path) as file:
        return [checked_array(path, file, name)[()] for name in names]


def _map_h5(path, *names):
    """The same as np.memmap arrays where they lie in one piece in the file, as in all files of the course."""
    with _opened(path) as file:
        arrays = [checked_array(path, file, name) for name in names]
        if any(array.id.get_offset() is None for array in arrays):  # compressed, in chunks or empty
            return [array[()] for array in arrays]
        places = [(array.dtype, array.id.get_offset(), array.shape) for array in arrays]
    return [mapped(path, dtype, offset, shape) for dtype, offset, shape in places]


def mapped(path, dtype, offset, shape):
    """Numbers in one piece of a file, as an np.memmap; read into memory on a drive that maps no files."""
    try:
        return np.memmap(path, dtype, "r", offset, shape)
    except OSError:
        return np.fromfile(path, dtype, int(np.prod(shape)), offset=offset).reshape(shape)


@contextmanager
def _opened(path):
    if not path.is_file():
        raise _missing(path)
    try:
        with open_h5(path) as file:
            yield file
    except (OSError, KeyError, RuntimeError) as error:
        raise _damaged(path, error) from None


def checked_array(path, file, name, axes=None):
    """A dataset that is safe to read: numbers of the kind and axes it should have, all inside this file.

    An HDF5 file may also point into other files, or hold objects that NumPy would follow as addresses in memory.
    """
    import h5py  # here, since the live page of the site works without it

    kinds, what, usual = LAYOUT[name.removeprefix("train_").removeprefix("val_")]
    axes = axes or usual
    link = file.get(name, getlink=True)
    if isinstance(link, h5py.ExternalLink | h5py.SoftLink):
        raise ValueError(
            tr("{path}: {name} is a link to somewhere else, expected an array in this file", path, name)
        )
    array = file[name]
    if not isinstance(array, h5py.Dataset):
        raise ValueError(tr("{path}: {name} is a folder, expected an array", path, name))
    if array.dtype.kind not in kinds:
        raise ValueError(
            tr("{path}: {name} holds {kind}, expected {what}", path, name, array.dtype, tr(what))
        )
    if array.ndim != axes:
        raise ValueError(
            tr("{path}: {name} has shape {shape}, expected {axes} axes", path, name, array.shape, axes)
        )
    if array.external or array.is_virtual:
        raise ValueError(
            tr("{path}: the numbers of {name} lie in other files, expected them in this one", path, name)
        )
    size, offset = path.stat().st_size, array.id.get_offset()
    if (
        offset is None
        and array.nbytes > MOST_PACKED * size
        or offset is not None
        and offset + array.nbytes > size
    ):
        raise OSError(tr("{name} has {size:,} bytes, more than there are in the file", name, array.nbytes))
    return array


def _check_rows(data, split, captions_path, features_path):
    """Raise an OSError when the files of a split do not belong together."""
    rows, urls = len(data[f"{split}_features"]), len(data[f"{split}_urls"])
    image_idxs = data[f"{split}_image_idxs"]
    if urls < rows:
        path = captions_path.with_name(f"{split}2014_urls.txt")
        raise _damaged(
            path,
            tr("it has {urls:,} addresses for {rows:,} rows in {features}", urls, rows, features_path.name),
        )
    if image_idxs.size and not 0 <= image_idxs.min() <= image_idxs.max() < rows:
        reason = tr(
            "it has {rows:,} rows, but {captions} names row {row:,}",
            rows,
            captions_path.name,
            image_idxs.max(),
        )
        raise _damaged(features_path, reason)


def _check_words(data, split, path):
    """Raise a ValueError when captions and their pictures are not one each, or a word's number has no word."""
    captions, image_idxs = data[f"{split}_captions"], data[f"{split}_image_idxs"]
    if len(captions) != len(image_idxs):
        raise ValueError(
            tr(
                "{path}: {captions:,} {split} captions, but pictures of {pictures:,}",
                path,
                len(captions),
                split,
                len(image_idxs),
            )
        )
    most = len(data["idx_to_word"]) - 1
    if captions.size and not 0 <= captions.min() <= captions.max() <= most:
        bad = captions.min() if captions.min() < 0 else captions.max()
        raise ValueError(
            tr(
                "{path}: {split}_captions holds word {bad}, and the vocabulary has 0 to {most}",
                path,
                split,
                bad,
                most,
            )
        )


def _missing(path):
    what = tr("is not there") if path.parent.is_dir() else tr("is not there, nor is its folder")
    return FileNotFoundError(f"{path} {what}. {_what_to_do(path)}")


def _damaged(path, error):
    if says := refusal(error):
        return OSError(error.errno, tr("The file is there, but cannot be read: {says}", says), str(path))
    size = path.stat().st_size
    return OSError(
        tr(
            "{path} ({size:,} bytes) is damaged or incomplete: {error}. {what_to_do}",
            path,
            size,
            error,
            _what_to_do(path),
        )
    )


def _what_to_do(path):
    if path.parent.resolve() == SCENES_DIR:
        return tr("This file is part of the repository: `git checkout datasets/scenes` brings it back.")
    return tr(
        "To get the COCO files, type `{python} get_data.py` in the folder {folder}: it "
        "checks every file and fetches what is missing or damaged. To go on without "
        "them, use load_coco_data(base_dir=SCENES_DIR).",
        python(),
        ROOT,
    )
