"""What chapter 05 says about ways to speak, measured with three seeds: datasets/scenes/results/05_speaking.json.

python -m benchmarks.speaking [SEED …]
python -m benchmarks.speaking --table     print what is stored

Each seed trains the chapter's captioner, lets it speak in seven ways, compares beams with greedy captions, and
goes on training it with and without scheduled sampling.
"""

import json
import sys
import time

import numpy as np

from benchmarks.captioners import RESULTS, SEEDS, over_seeds, validation_loss
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import SCENES_DIR, load_coco_data, subset
from cs231n.course import caption_scores
from cs231n.course.chapters.does_it_look import does_it_look
from cs231n.course.chapters.scheduled_sampling import ScheduledCaptioner, after_a_first_word
from cs231n.course.scenes import caption_is_true, claims, is_held_out, load_facts
from cs231n.course.text_units import plain_texts
from cs231n.decoding import beam_captions, greedy_captions, log_probabilities, sampled_captions

STORED = RESULTS / "05_speaking.json"
ADAM = {"update_rule": "adam", "verbose": False}


def train(data, seed):
    """The captioner of chapter 05: 80 steps on 1,000 captions, then ten epochs on all."""
    np.random.seed(seed)
    model = CaptioningRNN(data["word_to_idx"], wordvec_dim=64, hidden_dim=192)
    adam = ADAM | {"optim_config": {"learning_rate": 3e-3}}
    CaptioningSolver(model, subset(data, np.arange(1000)), num_epochs=8, **adam).train()
    CaptioningSolver(model, data, lr_decay=0.75, num_epochs=10, **adam).train()
    return model


def ways_to_speak(model, features):
    return {
        "greedy": greedy_captions(model, features, 17),
        "beam of 3": beam_captions(model, features, 17, width=3),
        "beam of 10": beam_captions(model, features, 17, width=10),
        "beam of 10, plain": beam_captions(model, features, 17, width=10, length_power=0),
        "temperature 0.5": sampled_captions(model, features, 17, temperature=0.5, seed=0),
        "temperature 1": sampled_captions(model, features, 17, seed=0),
        "nucleus 0.9": sampled_captions(model, features, 17, top_p=0.9, seed=0),
    }


def judge_ways(model, data, facts):
    """For each way: true on regular and on held-out pictures, statements, how often time is said, distinct."""
    held_out = np.array([is_held_out(scene) for scene in facts])
    ways, rows = ways_to_speak(model, data["val_features"]), {}
    for way, captions in ways.items():
        said = plain_texts(captions, data["idx_to_word"])
        true = np.array([caption_is_true(c, f) for c, f in zip(said, facts, strict=True)])
        logp, words = log_probabilities(model, data["val_features"], captions)
        rows[way] = {
            "regular": true[~held_out].mean(),
            "held_out": true[held_out].mean(),
            "statements": caption_scores.statements(said, facts),
            "time": np.mean(
                [any(k[0] == "time" for k in claims(c, f)) for c, f in zip(said, facts, strict=True)]
            ),
            "distinct": caption_scores.share_distinct(said),
            "words": words.mean(),
            "log_probability": logp.mean(),
        }
    return rows, ways


def stated(captions, facts):
    """For each kind of fact: as which of its caption it is stated, on average, and how often it is right."""
    found = {}
    for caption, scene in zip(captions, facts, strict=True):
        for place, (fact, _, true) in enumerate(claims(caption, scene), start=1):
            found.setdefault(fact, []).append((place, true))
    return {fact: np.mean(pairs, axis=0).tolist() for fact, pairs in found.items()}


def compare(model, features, one, other):
    """Share of pictures for which `one` is likelier, is less likely, ranks higher, ranks lower than `other`."""
    (p, n), (q, m) = (log_probabilities(model, features, captions) for captions in (one, other))
    rank = p / n**0.7 - q / m**0.7
    return {
        "likelier": (p - q > 1e-3).mean(),
        "less_likely": (p - q < -1e-3).mean(),
        "ranks_higher": (rank > 1e-4).mean(),
        "ranks_lower": (rank < -1e-4).mean(),
    }


def go_on(model, data, own_share, seed, epochs=2):
    """Two epochs more, with this share of the model's own words; 0 is teacher forcing."""
    more = ScheduledCaptioner(data["word_to_idx"], wordvec_dim=64, hidden_dim=192)
    more.params = {name: w.copy() for name, w in model.params.items()}
    more.own_share = own_share
    np.random.seed(seed)
    adam = ADAM | {"optim_config": {"learning_rate": 1e-3}}
    CaptioningSolver(more, data, lr_decay=0.5, num_epochs=epochs, **adam).train()
    return more


def exposure(model, data, facts):
    said = plain_texts(model.sample(data["val_features"], 17), data["idx_to_word"])
    return {
        "true": caption_scores.share_true(said, facts),
        "right_word": after_a_first_word(model, data, facts, wrong=False),
        "wrong_word": after_a_first_word(model, data, facts, wrong=True),
    }


def measure(seed):
    """The entry of one seed."""
    data, facts = load_coco_data(base_dir=SCENES_DIR), load_facts("val")
    features, started = data["val_features"], time.perf_counter()
    model = train(data, seed)
    seconds = time.perf_counter() - started
    rows, ways = judge_ways(model, data, facts)
    return {
        "seconds": seconds,
        "validation_loss": validation_loss(model, data),
        "ways": rows,
        "stated": stated(plain_texts(ways["greedy"], data["idx_to_word"]), facts),
        "beam of 10 against greedy": compare(model, features, ways["beam of 10"], ways["greedy"]),
        "beam of 10 against 3": compare(model, features, ways["beam of 10"], ways["beam of 3"]),
        "looks": {
            "working": does_it_look(model, features, facts),
            "no features": does_it_look(model, 0 * features, facts),
            "another scale": does_it_look(model, features / 10, facts),
        },
        "teacher forcing": exposure(go_on(model, data, 0, seed), data, facts),
        "scheduled sampling": exposure(go_on(model, data, 0.5, seed), data, facts),
    }


def load_results():
    """{seed: entry}, as stored."""
    if not STORED.is_file():
        return {}
    return {int(seed): entry for seed, entry in json.loads(STORED.read_text(encoding="utf-8")).items()}


def table():
    """Median and range over the seeds, a way to speak a line, in Markdown."""
    entries = list(load_results().values())
    yield "| way to speak | true, regular | true, held-out pairs | statements | says the time |"
    yield "|---|---|---|---|---|"
    for way in entries[0]["ways"]:
        rows = [entry["ways"][way] for entry in entries]
        cells = [over_seeds([row[name] for row in rows]) for name in ("regular", "held_out")]
        cells.append(over_seeds([row["statements"] for row in rows], "{:.1f}"))
        yield f"| {' | '.join([way, *cells, over_seeds([row['time'] for row in rows])])} |"


def main():
    if sys.argv[1:] == ["--table"]:
        print("\n".join(table()))
        return
    for seed in [int(argument) for argument in sys.argv[1:]] or SEEDS:
        results = load_results() | {seed: measure(seed)}
        STORED.parent.mkdir(exist_ok=True)
        text = json.dumps({str(k): v for k, v in results.items()}, default=float)
        text = json.dumps(json.loads(text, parse_float=lambda number: round(float(number), 4)), indent=1)
        STORED.write_text(text + "\n", encoding="utf-8", newline="\n")
        print(f"seed {seed}: {results[seed]['seconds']:.0f} s of training", flush=True)


if __name__ == "__main__":
    main()
