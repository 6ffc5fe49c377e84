"""What long trainings gave: numbers, from `benchmarks/captioners.py`, and models, from `store_captioners.py`."""

import json

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.classifiers.transformer import CaptioningTransformer
from cs231n.coco_utils import SCENES_DIR
from cs231n.transformer_layers import positional_encoding

RESULTS = SCENES_DIR / "results"


def stored_results(name):
    """What a file of datasets/scenes/results holds: for a captioner a dict from seed to what was measured.

    FileNotFoundError: when there is none of that name
    """
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def stored_captioner(name, dtype=np.float32):
    """A trained captioner of datasets/scenes/results: "05_rnn", "06_rnn", "06_lstm_open", "07_attention",
    "08_transformer" or "09_shared_prizes", which is 07_attention after learning from the judge.

    FileNotFoundError: when there is none of that name
    """
    path = RESULTS / f"{name}.npz"
    with np.load(path, allow_pickle=False) as file:
        transformer = json.loads(str(file["about"]))["cell_type"] == "transformer"
    model = (CaptioningTransformer if transformer else CaptioningRNN).load(path)
    model.dtype = np.dtype(dtype)
    model.params = {key: w.astype(dtype) for key, w in model.params.items()}
    if transformer:
        model.positions = positional_encoding(*model.positions.shape).astype(dtype)
    return model


def over_seeds(values, form="{:.0%}"):
    """The median, and in brackets the lowest and the highest: "80 % (76–81 %)"."""
    low, middle, high = (form.format(f(values)).replace("%", " %") for f in (min, np.median, max))
    return f"{middle} ({low.removesuffix(' %')}–{high})"


def seeds_table(captioners, columns):
    """Rows for `caption_scores.table`: of each captioner the median over its seeds, and the range.

    captioners: dict from title to the name of a stored result
    columns: dict from title to a function of one seed's entry, or to a pair: that function, and how its number is
        written; a number that is the same with every seed stands alone
    returns: dict from title to a dict of texts
    """
    rows = {}
    for title, name in captioners.items():
        entries = list(stored_results(name).values())
        rows[title] = {}
        for column, read in columns.items():
            read, form = read if isinstance(read, tuple) else (read, "{:.0%}")
            values = [read(entry) for entry in entries]
            same = len(set(values)) == 1
            rows[title][column] = (
                form.format(values[0]).replace("%", " %") if same else over_seeds(values, form)
            )
    return rows
