"""Fit the probes of the live page and store them: datasets/scenes/results/probes.npz and probes.json.

python -m benchmarks.store_probes

A model describes pictures, word by word, in its own words. Before each word its state is kept, with the facts
of the picture. On the states of the training pictures one linear probe is fitted for each kind of fact, the same
before every word; on those of the validation pictures it is judged. probes.json holds how often each is right
there, and how often whoever always names the most frequent value. What a unit follows is measured on the training
pictures: the value of a fact with which its correlation is strongest.
"""

import numpy as np

from benchmarks.captioners import RESULTS, store, with_cells
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.scenes import FACTS, load_facts
from cs231n.course.state_probes import fit_probe, states_while_reading
from cs231n.course.stored_results import stored_captioner
from cs231n.decoding import greedy_captions

MODELS = ("05_rnn", "06_lstm_open", "07_attention", "09_shared_prizes")


def states_while_speaking(model, features, facts, batch=200):
    """The states before each word of the model's own captions (M, K), and the facts of their pictures."""
    states, scenes = [], []
    for start in range(0, len(facts), batch):
        part = slice(start, start + batch)
        said = greedy_captions(model, features[part], 17)
        read = np.concatenate([np.full((len(said), 1), model.start_word), said[:, :-1]], axis=1)
        speaks = (said != model.word_to_idx["<NULL>"]).T
        states.append(states_while_reading(model, features[part], read)[speaks])
        scenes += [facts[start + n] for _, n in np.argwhere(speaks)]
    return np.concatenate(states), scenes


def followed(units, columns):
    """For each unit, the column with which it is most strongly correlated, and that correlation."""
    units, columns = (x - x.mean(axis=0) for x in (units, columns))
    cross = units.T @ columns / np.sqrt(np.outer((units**2).sum(axis=0), (columns**2).sum(axis=0)) + 1e-12)
    best = np.abs(cross).argmax(axis=1)
    return best, cross[np.arange(len(best)), best]


def main():
    plain, facts = load_coco_data(base_dir=SCENES_DIR), {s: load_facts(s) for s in ("train", "val")}
    cells = with_cells(plain)
    arrays, right = {}, {}
    for name in MODELS:
        model = stored_captioner(name)
        data = cells if model.cell_type == "attention" else plain
        found = {s: states_while_speaking(model, data[f"{s}_features"], facts[s]) for s in ("train", "val")}
        (states, scenes), (new_states, new_scenes) = found["train"], found["val"]
        weights, biases, shares = [], [], {}
        for fact, values in FACTS.items():
            labels, new_labels = (
                np.array([values.index(f[fact]) for f in each]) for each in (scenes, new_scenes)
            )
            known, W, b = fit_probe(states, labels)
            weights.append(np.zeros((len(W), len(values))))
            biases.append(np.full(len(values), -1.0))  # a value that no picture has is never named
            weights[-1][:, known], biases[-1][known] = W, b
            named = (new_states @ weights[-1] + biases[-1]).argmax(axis=1)
            most = np.bincount(labels).argmax()
            shares[fact] = [np.mean(named == new_labels), np.mean(new_labels == most)]
        H = model.params["Wh"].shape[0]
        units = states[:, -H:]  # h of an RNN, c of an LSTM
        columns = np.stack(
            [np.array([f[fact] == value for f in scenes]) for fact in FACTS for value in FACTS[fact]], axis=1
        )
        column, correlation = followed(units, columns.astype(np.float64))
        arrays |= {f"{name}/W": np.hstack(weights).astype(np.float16), f"{name}/b": np.concatenate(biases)}
        arrays |= {f"{name}/follows": column.astype(np.int16), f"{name}/r": correlation.astype(np.float32)}
        right[name] = shares
        print(name, {fact: f"{a:.0%} ({b:.0%})" for fact, (a, b) in shares.items()}, flush=True)
        strongest = np.argsort(-np.abs(correlation))[:5]
        names = [(fact, value) for fact in FACTS for value in FACTS[fact]]
        print(
            [(int(u), names[column[u]], round(float(correlation[u]) ** 2, 2)) for u in strongest], flush=True
        )
    np.savez_compressed(RESULTS / "probes.npz", **arrays)
    store("probes", right)


if __name__ == "__main__":
    main()
