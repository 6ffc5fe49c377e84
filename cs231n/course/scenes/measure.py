"""Measure how often a captioner trained on the scenes tells the truth: `python -m cs231n.course.scenes.measure`.

A caption counts as true when it is a sentence of the world and every fact it states is true of its picture.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import numpy as np

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.coco_utils import decode_captions, load_coco_data

from . import extractor, network
from .captions import claims, parse
from .facts import FACTS, is_held_out
from .files import FOLDER, load_facts, load_pictures

# Settings that reach the table in datasets/README.md; "rnn, quick" is for teaching in front of a class.
RUNS = {
    "rnn, quick": (
        "rnn",
        {"hidden_dim": 128, "wordvec_dim": 64},
        {"num_epochs": 5, "lr": 4e-3, "decay": 0.6},
    ),
    "rnn": ("rnn", {"hidden_dim": 192, "wordvec_dim": 64}, {"num_epochs": 8, "lr": 3e-3, "decay": 0.7}),
    "lstm": ("lstm", {"hidden_dim": 128, "wordvec_dim": 64}, {"num_epochs": 14, "lr": 4e-3, "decay": 0.8}),
    # The forget gate starts open (chapter 06 says why).
    "lstm, bias 3": (
        "lstm",
        {"hidden_dim": 128, "wordvec_dim": 64},
        {"num_epochs": 14, "lr": 4e-3, "decay": 0.8, "forget_bias": 3},
    ),
}


def train_captioner(data, cell_type, sizes, run, seed=0, verbose=False):
    """A captioner trained on the scenes; returns it and the seconds it took."""
    np.random.seed(seed)
    model = CaptioningRNN(data["word_to_idx"], cell_type=cell_type, **sizes)
    if "forget_bias" in run:
        H = sizes["hidden_dim"]
        model.params["b"][H : 2 * H] = run["forget_bias"]  # gates in the order i, f, o, g
    solver = CaptioningSolver(
        model,
        data,
        update_rule="adam",
        optim_config={"learning_rate": run["lr"]},
        lr_decay=run["decay"],
        batch_size=100,
        num_epochs=run["num_epochs"],
        verbose=verbose,
    )
    started = time.perf_counter()
    solver.train()
    return model, time.perf_counter() - started


def speak(model, features, idx_to_word):
    """The greedy caption of each row of features, as text."""
    return decode_captions(model.sample(features, max_length=17), idx_to_word)


def truth(captions, facts):
    """Share of captions that are true, share that are no sentence, and for each kind of fact how often a
    statement about it is true."""
    judged = [claims(caption, f) for caption, f in zip(captions, facts, strict=True)]
    right, stated = Counter(), Counter()
    for each in judged:
        for fact, _, true in each:
            stated[fact] += 1
            right[fact] += true
    true = np.mean([bool(each) and all(t for _, _, t in each) for each in judged])
    no_sentence = np.mean([not each for each in judged])
    return float(true), float(no_sentence), {fact: right[fact] / n for fact, n in stated.items()}


def facts_named(pictures, facts, folder=FOLDER):
    """How often the frozen network itself names each kind of fact right: what the features can tell."""
    weights = extractor.load(Path(folder) / extractor.WEIGHTS_FILE)[0]
    scores, labels = network.forward(pictures, weights)[1], extractor.labels_of(facts)
    return {
        name: float((scores[:, head].argmax(1) == labels[:, k]).mean())
        for k, (name, head) in enumerate(zip(FACTS, extractor.HEADS, strict=True))
    }


def baselines(data, facts):
    """True share of the most frequent training caption, said of every picture, and of the training caption
    that is true of most pictures, chosen with the pictures in hand: no caption that looks away does better."""
    texts = Counter(decode_captions(data["train_captions"], data["idx_to_word"]))
    short = [text for text in texts if len(parse(text) or range(9)) <= 3]
    best = max(short, key=lambda text: truth([text] * len(facts), facts)[0])
    return [(text, truth([text] * len(facts), facts)[0]) for text in (texts.most_common(1)[0][0], best)]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m cs231n.course.scenes.measure", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--runs", nargs="*", choices=tuple(RUNS), default=list(RUNS))
    options = parser.parse_args(arguments)
    data, facts = load_coco_data(base_dir=options.data), load_facts("val", options.data)
    held_out = np.array([is_held_out(f) for f in facts])
    regular = np.flatnonzero(~held_out)
    shuffled = np.roll(regular, len(regular) // 2)  # each picture gets the features of another
    for title, rows in (("regular", regular), ("held-out pairs", np.flatnonzero(held_out))):
        named = facts_named(load_pictures("val", rows, options.data), [facts[i] for i in rows], options.data)
        print(f"extractor, {title}:", ", ".join(f"{fact} {share:.1%}" for fact, share in named.items()))
    print("| model | true | features shuffled | held-out pairs | no sentence | training |")
    print("|---|---|---|---|---|---|")
    for name in options.runs:
        model, seconds = train_captioner(data, *RUNS[name])

        def judge(rows, rows_of_features, model=model):
            said = speak(model, data["val_features"][rows_of_features], data["idx_to_word"])
            return truth(said, [facts[i] for i in rows])

        true, no_sentence, by_fact = judge(regular, regular)
        apart = judge(np.flatnonzero(held_out), np.flatnonzero(held_out))
        share = judge(regular, shuffled)[0]
        print(f"| {name} | {true:.1%} | {share:.1%} | {apart[0]:.1%} | {no_sentence:.1%} | {seconds:.0f} s |")
        for title, values in (("regular", by_fact), ("held out", apart[2])):
            print(f"    {title}:", ", ".join(f"{fact} {value:.1%}" for fact, value in sorted(values.items())))
    for text, share in baselines(data, [facts[i] for i in regular]):
        print(f"always {text}: {share:.1%}")


if __name__ == "__main__":
    main()
