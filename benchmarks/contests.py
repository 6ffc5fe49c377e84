"""Who is timed against whom, on what. All start with the same weights and must agree on the loss."""

import numpy as np

from benchmarks.bound import bound
from benchmarks.sizes import draw_batch, vocabulary
from benchmarks.step_by_step import StepByStep
from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.decoding import beam_captions

OURS = "the package"
FIRST = "step by step, as first written"
FIRST32 = "the same, kept in float32"


def make_model(sizes, cell_type):
    np.random.seed(0)
    return CaptioningRNN(vocabulary(sizes), sizes.D, sizes.W, sizes.H, cell_type)


def of_training(sizes, cell_type, has_torch):
    """Yield a title and the contestants: loss and gradients, then a whole step of training with Adam."""
    batch = draw_batch(sizes)
    first, first32 = (StepByStep(make_model(sizes, cell_type), dtype) for dtype in (np.float64, np.float32))
    torch_models = torch_captioners(make_model(sizes, cell_type), cell_type) if has_torch else {}

    ours = make_model(sizes, cell_type)
    check_agreement(
        [m.loss(*batch)[0] for m in (ours, first, first32)] + [m.loss(*batch) for m in torch_models.values()]
    )
    contestants = {FIRST: lambda: first.loss(*batch), FIRST32: lambda: first32.loss(*batch)}
    contestants[OURS] = lambda: ours.loss(*batch)
    contestants |= {name: (lambda model=model: model.loss(*batch)) for name, model in torch_models.items()}
    yield (
        "Loss and gradients",
        {**contestants, "the bound: products alone": bound(sizes, batch[1], cell_type)},
    )

    contestants = {FIRST: lambda: first.train_step(*batch), FIRST32: lambda: first32.train_step(*batch)}
    contestants[OURS] = training_step(make_model(sizes, cell_type), *batch)
    contestants |= {
        f"{name}, Adam": (lambda model=model: model.train_step(*batch))
        for name, model in torch_models.items()
    }
    yield (
        "A training step with Adam",
        {**contestants, "the bound: products alone": bound(sizes, batch[1], cell_type)},
    )


def of_speaking(sizes, cell_type, has_torch):
    """Yield a title and the contestants: greedy captions, then a beam of 5, until all have ended."""
    features, _ = draw_batch(sizes)
    model = ending_like_coco(make_model(sizes, cell_type), features)
    first, first32 = (StepByStep(model, dtype) for dtype in (np.float64, np.float32))
    contestants = {FIRST: lambda: first.sample(features), FIRST32: lambda: first32.sample(features)}
    contestants[OURS] = lambda: model.sample(features)
    assert (first.sample(features) == model.sample(features)).mean() > 0.99
    if has_torch:
        from benchmarks.with_pytorch import TorchCaptioner

        torch_model = TorchCaptioner(model)
        contestants["PyTorch"] = lambda: torch_model.sample(features)
        assert (torch_model.sample(features) == model.sample(features)).mean() > 0.99
    said = model.sample(features)
    yield f"Greedy captions of {sizes.N} pictures ({np.count_nonzero(said) / sizes.N:.1f} words)", contestants
    yield (
        f"Beam of 5, {sizes.N // 10} pictures",
        {OURS: lambda: beam_captions(model, features[: sizes.N // 10])},
    )


def torch_captioners(model, cell_type):
    from benchmarks.with_pytorch import TorchCaptioner

    name = f"PyTorch, nn.{cell_type.upper()}"
    ways = {"masked": ", masked", "gathered": ", padding gathered out", "packed": ", packed sequences"}
    return {name + way: TorchCaptioner(model, padding) for padding, way in ways.items()}


def check_agreement(losses):
    if not np.allclose(losses, losses[0], rtol=1e-4):
        raise AssertionError(f"the contestants do not compute the same loss: {losses}")


def training_step(model, features, captions):
    """A function that does one step of training on this minibatch: rows looked up, loss, gradients, Adam."""
    solver = make_solver(model, features, captions)
    return lambda: solver._step(solver.data["train_image_idxs"])


def make_solver(model, features, captions):
    """A solver whose data are these captions, each of its own picture."""
    data = {
        "train_captions": captions,
        "train_features": features,
        "train_image_idxs": np.arange(len(captions)),
    }
    data["train_urls"] = np.full(len(captions), "")
    return CaptioningSolver(
        model, data, "adam", {"learning_rate": 1e-3}, batch_size=len(captions), verbose=False
    )


def ending_like_coco(model, features):
    """Lift the bias of <END> until greedy captions have COCO's mean length of 11 words."""
    low, high = -10.0, 10.0
    model.params["W_embed"] *= 50  # an untrained model hardly hears its own words
    for _ in range(12):
        model.params["b_vocab"][2] = (low + high) / 2
        words = np.count_nonzero(model.sample(features)) / len(features)
        low, high = (low, model.params["b_vocab"][2]) if words < 11.1 else (model.params["b_vocab"][2], high)
    return model
