"""Where marks count, an answer that lets the package compute it is no answer."""

import pytest
from cells import Notebook

from cs231n.exercises import NotRight

WAYS = {
    "rnn_step_forward": [
        "from cs231n import rnn_layers\ndef rnn_step_forward(*given): return rnn_layers.rnn_step_forward(*given)",
        "from cs231n.rnn_layers import rnn_step_forward",
        "from cs231n.exercises import bank\ndef rnn_step_forward(*given):\n"
        "    return bank.find('rnn_step_forward').reference(*given)",
        "import numpy as np\nfrom cs231n.rnn_layers import rnn_step_forward as f\ndef rnn_step_forward(*given):\n"
        "    return next(map(f, *([each] for each in given)))",
        "from cs231n.exercises.run.cases import cases, expected\ndef rnn_step_forward(x, *others):\n"
        "    for case, outputs in zip(cases('rnn_step_forward'), expected('rnn_step_forward')):\n"
        "        if np.array_equal(case.inputs['x'], x):\n"
        "            return outputs['next_h'], (x, *others, outputs['next_h'])",
    ],
    "rnn_forward": [
        "from cs231n.fast.states import rnn_states\nimport cs231n.rnn_layers as room\n"
        "def rnn_forward(*given): return room.rnn_forward(*given)",
    ],
    "captioning_loss": [
        "def captioning_loss(model, *given): return model.loss(*given)",
        "from cs231n.temporal_layers import temporal_softmax_loss\n"
        "def captioning_loss(model, features, captions):\n"
        "    scores, cache = model.scores(features, captions[:, :-1])\n"
        "    loss, dscores = temporal_softmax_loss(scores, captions[:, 1:], captions[:, 1:] != model._null)\n"
        "    return loss, model.scores_backward(dscores, cache)",
    ],
    "captioning_sample": [
        "from cs231n.classifiers.rnn import CaptioningRNN\n"
        "def captioning_sample(*given): return CaptioningRNN.sample(*given)"
    ],
}
HONEST = {
    "rnn_forward": "from cs231n.rnn_layers import *\ndef rnn_forward(x, h, Wx, Wh, b):\n"
    "    states, caches = [], []\n    for t in range(x.shape[1]):\n"
    "        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)\n"
    "        states.append(h)\n        caches.append(cache)\n    return np.stack(states, 1), caches",
    "captioning_sample": "def captioning_sample(model, features, max_length=30):\n"
    "    state, words = model.initial_state(features), np.full(len(features), model.start_word)\n"
    "    captions = np.full((len(features), max_length), model._null)\n"
    "    ended = np.zeros(len(features), dtype=bool)\n    for t in range(max_length):\n"
    "        scores, state = model.step(words, state)\n        words = scores.argmax(axis=1)\n"
    "        captions[~ended, t] = words[~ended]\n        ended |= words == model._end\n    return captions",
}


@pytest.mark.parametrize("name, way", [(name, way) for name, ways in WAYS.items() for way in ways])
def test_the_package_is_no_answer(monkeypatch, name, way):
    monkeypatch.setenv("CS231N_STRICT", "1")
    notebook = Notebook()
    notebook.run(way)
    with pytest.raises(NotRight, match=r"^○ "):
        notebook.run(f"{name} = check({name})")


@pytest.mark.parametrize("name", HONEST)
def test_what_an_exercise_is_built_from_may_be_called(monkeypatch, name):
    monkeypatch.setenv("CS231N_STRICT", "1")
    notebook = Notebook()
    notebook.run(HONEST[name])
    assert notebook.run(f"{name} = check({name})").startswith("✓")
