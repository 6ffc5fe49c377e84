"""A run of the solver in one file: weights, the update rule's memory, histories and np.random's state.

The file is an .npz without pickle: arrays under 'params/W_embed', 'best/W_embed' and 'optim/W_embed/m',
np.random's 624 numbers under 'random', and everything else as JSON text under 'about'.
"""

import json
from zipfile import BadZipFile

import numpy as np

from cs231n.files import write_whole


def write_checkpoint(solver, path):
    """Write the state of a `CaptioningSolver` between two epochs, whole or not at all."""
    kind, numbers, *place = np.random.get_state()
    arrays = {"random": numbers}
    arrays |= {f"params/{name}": w for name, w in solver.model.params.items()}
    arrays |= {f"best/{name}": w for name, w in (solver.best_params or {}).items()}
    configs = {}
    for name, config in solver.optim_configs.items():
        isarray = {key: isinstance(value, np.ndarray | np.generic) for key, value in config.items()}
        arrays |= {f"optim/{name}/{key}": value for key, value in config.items() if isarray[key]}
        configs[name] = {key: value for key, value in config.items() if not isarray[key]}
    about = {
        "settings": _settings(solver),
        "random": [kind, *place],
        "optim": configs,
        **{name: getattr(solver, name) for name in _HISTORY},
    }
    with write_whole(path) as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)


def read_checkpoint(solver, path):
    """Put the state that `write_checkpoint` wrote into a solver made with the same arguments.

    ValueError: when the file is no checkpoint, or of a run with other settings, data or weights
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays = {key: file[key][()] for key in file.files if key != "about"}
        settings, (kind, *place) = about["settings"], about["random"]
        history = {name: about[name] for name in _HISTORY}
        configs = about["optim"]
        random_numbers = arrays.pop("random")
    except (KeyError, TypeError, ValueError, EOFError, BadZipFile) as error:
        raise ValueError(f"{path} is not a checkpoint of CaptioningSolver: {error}") from None
    found = {"params": {}, "best": {}}
    for key, value in arrays.items():
        room, name, *entry = key.split("/")
        if room == "optim":
            configs[name][entry[0]] = value
        else:
            found[room][name] = value
    _compare(path, settings | _shapes(found["params"]), _settings(solver) | _shapes(solver.model.params))

    solver.model.params.update(found["params"])
    solver.best_params = found["best"] or None
    solver.optim_configs = configs
    for name, value in history.items():
        setattr(solver, name, value)
    np.random.set_state((kind, random_numbers, *place))


_HISTORY = ("epoch", "first_epoch", "loss_history", "val_loss_history", "best_epoch")


def _settings(solver):
    """What must be the same before and after the stop; num_epochs and patience may change."""
    clip_norm = None if solver.clip_norm is None else float(solver.clip_norm)
    return {
        "update_rule": solver.rule_name,
        "lr_decay": float(solver.lr_decay),
        "batch_size": int(solver.batch_size),
        "clip_norm": clip_norm,
        "val_size": int(solver.val_size),
        "training captions": len(solver.data["train_captions"]),
    }


def _shapes(params):
    return {name: f"{w.dtype} {w.shape}" for name, w in params.items()}


def _compare(path, theirs, ours):
    for name in theirs.keys() | ours.keys():
        if theirs.get(name) != ours.get(name):
            raise ValueError(
                f"{path} is of another run: {name} was {theirs.get(name)} there and is {ours.get(name)} here. "
                "Make the model and the solver with the same arguments as in that run."
            )
