"""What the live page asks the package: to paint a scene, what a model says of it, how true that is, and what its
state holds. The page's worker calls these functions with texts and numbers, and gets JSON and bytes.
"""

import json
from functools import cache, lru_cache

import numpy as np
from make_scenes.random_facts import random_facts

from cs231n.course.chapters.transformer_looks import transformer_looks
from cs231n.course.scenes import (
    FACTS,
    caption_is_true,
    draw_scene,
    extract_features,
    extract_grid,
    never_trained,
    phrases,
    scene_of,
    weight_map,
    what_is_wrong,
)
from cs231n.course.scenes.grammar import holds
from cs231n.course.state_probes import gates_while_reading, states_while_reading
from cs231n.course.stored_results import RESULTS, stored_captioner
from cs231n.course.where_it_looks import greedy_looks
from cs231n.decoding import word_by_word
from cs231n.grid_utils import GridFeatures, with_places

MODELS = {  # by the names of the page, in its order
    "rnn": "05_rnn",
    "lstm": "06_lstm_open",
    "attention": "07_attention",
    "transformer": "08_transformer",
    "judge": "09_shared_prizes",
}
FIRST = {  # the scene that a visitor meets
    "kind": "whale",
    "colour": "orange",
    "count": 1,
    "side": "right",
    "place": "sea",
    "time": "sunset",
    "weather": "clear",
    "companion": "lighthouse",
    "seed": 114,
}
LONGEST = 17  # words a caption at most, <END> among them
LOOK = 36  # pixels of a look's sides
DARKEST = 0.75  # how much of the light goes where a look has no weight
VALUES = [(fact, value) for fact in FACTS for value in FACTS[fact]]  # the columns of the probes


def surprise():
    """The facts of a scene at random."""
    return json.dumps(random_facts(np.random.default_rng()))


def paint(facts, size):
    """A picture of the scene as RGBA bytes, row by row."""
    picture = draw_scene(_scene(facts), size)
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]).tobytes()


def say(facts, model):
    """The caption of a model, and how true it is.

    words: the words, <END> left out; likeliest: for each of them and for <END> the five likeliest words with
    their probabilities; false: for each word whether its phrase states something false; wrong: [key of WRONG,
    details]; unseen: pairs of facts that training never had together
    """
    scene = _scene(facts)
    words, likeliest = word_by_word(_model(model), _features(facts, model), LONGEST)
    words = [word for word in words if word != "<END>"]
    text = " ".join(words)
    states = [states for phrase, states in phrases(text) or () for _ in phrase] or [()] * len(words)
    return json.dumps(
        {
            "words": words,
            "likeliest": [list(each.items()) for each in likeliest],
            "false": [not all(holds(fact, value, scene) for fact, value in each) for each in states],
            "true": caption_is_true(text, scene),
            "wrong": what_is_wrong(text, scene),
            "unseen": never_trained(scene),
        }
    )


def looks(facts, model, layer=-1, head=-1):
    """How dark each place of the picture is before each word: (words, 36, 36) bytes, 0 for fully lit.

    layer, head: of a transformer; -1 for the last layer, and for the mean of its heads
    returns: no bytes where the model has no look
    """
    network, features = _model(model), _features(facts, model)
    if network.cell_type == "attention":
        weights = greedy_looks(network, features, LONGEST)[1][0]
    elif network.cell_type == "transformer":
        at_cells = transformer_looks(network, features, _said(facts, model)[None])[1][0, layer]
        weights = at_cells.mean(axis=0) if head < 0 else at_cells[head]
    else:
        return b""
    lit = [weight_map(look / look.max(), LOOK) for look in weights[: len(_said(facts, model))]]
    return np.rint(255 * DARKEST * (1 - np.array(lit).clip(0, 1))).astype(np.uint8).tobytes()


def inside(facts, model):
    """What a recurrent model's state holds before each word, <END> too; of a transformer how many heads look.

    name: h, or c where there is a cell; units (T, H); gates (T, 3, H), i, f and o, or null; follows: for each
    unit a fact, its value, and how the unit is correlated with it; probes: T times [fact, value, score, true] for
    each fact
    """
    network = _model(model)
    if network.cell_type == "transformer":
        return json.dumps({"layers": network.num_layers, "heads": network.num_heads})
    read = np.concatenate([[network.start_word], _said(facts, model)[:-1]])
    features, H = _features(facts, model), network.params["Wh"].shape[0]
    states = states_while_reading(network, features, read[None])[:, 0]
    recurrent = network.cell_type == "rnn"
    gates = None if recurrent else gates_while_reading(network, features, read)
    probe = {key: _probes()[f"{MODELS[model]}/{key}"] for key in ("W", "b", "follows", "r")}
    follows = [
        (*VALUES[column], round(float(r), 2)) for column, r in zip(probe["follows"], probe["r"], strict=True)
    ]
    return json.dumps(
        {
            "name": "h" if recurrent else "c",
            "units": states[:, -H:].round(3).tolist(),
            "gates": None if recurrent else gates.round(2).tolist(),
            "follows": follows,
            "probes": [_named(scores, _scene(facts)) for scores in states @ probe["W"] + probe["b"]],
        }
    )


def _named(scores, scene):
    """What the probes name: for each fact the value with the highest score, and whether it is painted."""
    found, start = [], 0
    for fact, values in FACTS.items():
        mine = scores[start : start + len(values)]
        start += len(values)
        value = values[int(mine.argmax())]
        found.append((fact, value, round(float(mine.max()), 2), value == scene[fact]))
    return found


def _scene(facts):
    return scene_of(**json.loads(facts))


@lru_cache(maxsize=8)
def _vectors(facts):
    """Features and cells of the picture in the size that the models were trained on."""
    picture = draw_scene(_scene(facts))
    return extract_features(picture), extract_grid(picture)


def _features(facts, model):
    vector, grid = _vectors(facts)
    kind = _model(model).cell_type
    if kind in ("rnn", "lstm"):
        return vector
    return GridFeatures(vector, with_places(grid, 5, 5) if kind == "transformer" else grid)


@lru_cache(maxsize=8)
def _said(facts, model):
    """The numbers of the words of a caption, <END> with them."""
    network = _model(model)
    words, _ = word_by_word(network, _features(facts, model), LONGEST)
    return np.array([network.word_to_idx[word] for word in words])


@cache
def _model(model):
    return stored_captioner(MODELS[model])


@cache
def _probes():
    with np.load(RESULTS / "probes.npz", allow_pickle=False) as file:
        return {
            name: file[name].astype(np.float32) if "follows" not in name else file[name]
            for name in file.files
        }
