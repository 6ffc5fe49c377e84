"""Exercise: between how many words is a model undecided?"""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known

NULL, START, END = 0, 1, 2


def perplexity(loss, captions):
    """e to the loss of a word: exp(loss · N / K), where K places hold a word to predict.

    loss: of a caption, as model.loss gives it: summed over its words, averaged over the N captions
    captions: (N, T) integers: 0 is <NULL>, 1 is <START>, 2 is <END>
    returns: a number
    """
    N, T = captions.shape
    words = (captions[:, 1:] != 0).sum()
    return np.exp(loss * N / words)


def inputs(seed=None):
    """Cases: captions of several lengths, one caption, and one that fills the row."""
    sizes = longer([(3, 7), (1, 5), (4, 9), (2, 12)], seed)
    losses = (5.5, 2.0, 11.25, 8.0)
    return [
        _case(generator(700 + k, seed), N, T, loss)
        for k, ((N, T), loss) in enumerate(zip(sizes, losses, strict=True))
    ]


def _case(rng, N, T, loss):
    captions = np.full((N, T), NULL)
    for n in range(N):
        length = T - 2 if N > 2 and n == 0 else int(rng.integers(1, T - 2))
        captions[n, : length + 2] = [START, *rng.integers(3, 12, size=length), END]
    return Case(f"N={N}, T={T}", {"loss": loss, "captions": captions})


MISTAKES = """
start_counted: captions[:, 1:] -> captions
    You count <START> too. The model hears it, but never has to say it.
end_left_out: captions[:, 1:] != 0 -> captions[:, 1:] > 2
    <END> is predicted as well, so it counts.
padding_counted: (captions[:, 1:] != 0).sum() -> captions[:, 1:].size
    You count the places that hold <NULL>. They are no words to predict, and have no loss.
all_places_counted: (captions[:, 1:] != 0).sum() -> captions.size
    You count all places, those of <START> and <NULL> too. Neither is a word to predict.
per_caption: loss * N / words -> loss
    This is e to the loss of a whole caption. Divide the loss among the words first.
captions_forgotten: loss * N / words -> loss / words
    The loss is an average over N captions, the words are those of all of them.
exp_forgotten: np.exp(loss * N / words) -> loss * N / words
    This is the loss of one word, in nats. How many equally likely words is that?
power_of_two: np.exp( -> np.exp2(
    The loss is measured in nats: ln, not the logarithm to base 2.
sign_turned: np.exp(loss -> np.exp(-loss
    This is the mean probability of the right word. Perplexity is one over it.
"""

EXERCISE = Exercise(
    chapter="05_sampling",
    reference=perplexity,
    outputs={"perplexity": ()},
    cases=inputs,
    of_the_notebook=("captions",),
    start="Which places of captions does the loss add up? Count them first.",
    worth_knowing="a model that has learned nothing has a perplexity near the size of the vocabulary.",
    next_step="the curve that says when to stop.",
    hints=(
        "The loss is an average over captions of a sum over words. What is the loss of one word?",
        "Every place after <START> that is not <NULL> is predicted, <END> too.",
        "loss times N is the sum over all words. Divide it by their number, then take e to that power.",
    ),
    mistakes=known(perplexity, MISTAKES),
)
