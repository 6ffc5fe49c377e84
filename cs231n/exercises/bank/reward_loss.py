"""Exercise: the softmax loss of drawn captions, each with its advantage, and the gradient of the scores."""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.reward import reward_loss

SIZES = [(3, 4, 5), (1, 3, 4), (2, 1, 3), (4, 5, 6), (2, 4, 7), (3, 3, 3)]


def inputs(seed=None):
    """Cases: captions of several lengths, one caption, one step, float32, and an advantage of 0."""
    found = []
    for k, (N, T, V) in enumerate(longer(SIZES, seed)):
        random = generator(820 + k, seed)
        dtype = np.float32 if k == 4 else np.float64
        x = random.normal(size=(N, T, V)).astype(dtype) * 2
        mask = np.arange(T) < (np.arange(N) % T + 1)[:, None]
        advantages = random.normal(size=N).round(2) + np.where(np.arange(N) % 2, -1, 1) * 0.5
        if k == 5:
            advantages[1] = 0
        given = {"x": x, "y": random.integers(V, size=(N, T)), "mask": mask}
        found.append(Case(f"N={N}, T={T}, V={V}", {**given, "advantages": advantages.astype(dtype)}))
    return found


def solution(x, y, mask, advantages):
    N, T, V = x.shape
    p = np.exp(x - x.max(axis=2, keepdims=True))
    p = p / p.sum(axis=2, keepdims=True)
    drawn = np.eye(V, dtype=x.dtype)[y]
    weights = mask * advantages[:, None] / N
    loss = -(weights * np.log((p * drawn).sum(axis=2))).sum()
    dx = weights[:, :, None] * (p - drawn)
    return loss, dx


MISTAKES = """
sign_turned: weights = mask -> weights = -1 * mask
    Loss and gradient have the other sign: what was good becomes less probable.
loss_sign_turned: loss = -( -> loss = (
    The loss has the other sign: log P is below 0, and a loss falls when a good caption becomes more probable.
gradient_sign_turned: (p - drawn) -> (drawn - p)
    dx has the other sign: it points to where the loss grows, and a step goes against it.
padding_counted: weights = mask * -> weights = np.ones_like(mask) *
    The places after <END> count in your loss. Nothing was drawn there: what does mask say?
advantages_forgotten: advantages[:, None] -> 1
    All captions have the same weight. How good was each of them?
advantages_not_in_the_loss: -(weights * np.log -> -(mask / N * np.log
    (dx is right.) The loss does not know the advantages.
advantages_not_in_the_gradient: dx = weights[:, :, None] -> dx = (mask / N)[:, :, None]
    (loss is right.) dx does not know the advantages.
advantages_twice_in_the_gradient: dx = weights -> dx = advantages[:, None, None] * weights
    dx: the advantage stands there twice. Is it in your weights already?
shared_among_the_words: / N -> / N / mask.sum(axis=1, keepdims=True)
    You divide a caption's advantage among its words. Each word gets the whole of it.
averaged_over_words: / N -> / mask.sum()
    You divide by the number of words. Here the sum is averaged over captions only.
averaged_over_steps: / N -> / N / T
    You divide by the number of time steps, too. Here the sum is averaged over captions only.
summed_over_captions: / N ->
    Your loss is a sum over the captions. It should be their average.
gradient_not_divided: dx = weights -> dx = N * weights
    (loss is right.) dx is not divided by N, as the loss is.
drawn_word_not_taken_off: (p - drawn) -> p
    dx lacks one term: at the word that was drawn it is p − 1.
only_the_drawn_word: (p - drawn) -> -drawn
    When one word's probability grows, those of the others fall. Your dx is 0 for them.
only_the_good_ones: advantages[:, None] -> np.maximum(advantages, 0)[:, None]
    Captions that were worse than the others have no weight in yours. They should become less probable.
probability_without_log: np.log((p * drawn).sum(axis=2)) -> (p * drawn).sum(axis=2)
    The loss is made of log P of the words, not of P.
"""


def at_the_last_word_only(x, y, mask, advantages):
    """Only the last word of each caption gets the advantage. All words that were drawn led to the reward."""
    last = mask & ~np.pad(mask, ((0, 0), (0, 1)))[:, 1:]
    return solution(x, y, last, advantages)


EXERCISE = Exercise(
    chapter="09_you_get_what_you_reward",
    reference=reward_loss,
    outputs={"loss": (), "dx": ("caption", "step", "word")},
    cases=inputs,
    of_the_notebook=("y", "mask", "advantages"),
    start="Start with the weight of each place: mask (N, T), times the advantage of its caption, divided by N.",
    worth_knowing="the same loss as in chapter 4: there every caption had the advantage 1.",
    next_step="one step by hand, and look what has become more probable.",
    hints=(
        "What would the loss of chapter 4 be, if the caption n counted advantages[n] times?",
        "mask may hold weights in place of True and False. Which weight does the place (n, t) have? "
        "advantages[:, None] has the shape (N, 1).",
        "temporal_softmax_loss(x, y, mask) takes any weights as mask, and gives the loss and its gradient: "
        "from cs231n.rnn_layers import temporal_softmax_loss. "
        "Without it: weights times (p − 1 at the drawn word, p at the others).",
    ),
    mistakes=known(solution, MISTAKES, at_the_last_word_only),
)
