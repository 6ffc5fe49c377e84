"""The exercises, one file each: inputs, axes, hints, and the mistakes people make.

CONTRIBUTING.md says how to add one.
"""

import difflib
from functools import cache
from importlib import import_module

REFERENCE = True  # False in a pack for students that holds none: there nothing may stand in for an answer
ORDER = (
    "caption_lengths",
    "rnn_step_forward",
    "rnn_step_backward",
    "gradient_detective",
    "rnn_forward",
    "bptt_by_hand",
    "bptt_with_tanh",
    "rnn_backward",
    "clip_gradient",
    "word_embedding_forward",
    "word_embedding_backward",
    "captioning_forward",
    "captioning_loss",
    "captioning_sample",
    "perplexity",
    "lstm_step_forward",
    "lstm_step_backward",
    "lstm_forward",
    "lstm_backward",
    "attention_forward",
    "attention_backward",
    "attention_lstm_step_forward",
    "causal_mask",
    "self_attention_forward",
    "self_attention_backward",
    "multi_head_attention_forward",
    "layer_norm_forward",
    "layer_norm_backward",
    "advantages",
    "reward_loss",
    "soften",
    "nucleus",
    "fit_probe",
    "most_frequent_pair",
    "merge",
    "weight_gradients",
    "counted_words_loss",
)


@cache
def find(name):
    """The exercise called `name`. ValueError when there is none, with the name that was perhaps meant."""
    if name not in ORDER:
        meant = f" Did you mean {near(name)}?" if near(name) else ""
        raise ValueError(f"There is no exercise called {name}.{meant} The exercises are: {', '.join(ORDER)}.")
    return import_module(f"{__name__}.{name}").EXERCISE


def near(name):
    """The exercise that was perhaps meant, or None."""
    return next(iter(difflib.get_close_matches(str(name), ORDER, 1)), None)
