"""Exercise: let the model speak, one word after another."""

import numpy as np

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.bank.models import Silent, small_model, words
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known

_reference = CaptioningRNN.sample


def captioning_sample(model, features, max_length=30):
    """Greedy captions: the reference of this exercise.

    features: (N, D)
    returns: (N, max_length) integers: words with <END>, without <START>, filled up with <NULL>
    """
    return _reference(model, features, max_length)


def inputs(seed=None):
    """Cases: captions that end early, late and never; <START> is not number 1 in one vocabulary."""
    odd = words(6, ("word6", "<END>", "<NULL>", "<START>"))
    made = [
        (SEEDS[0], words(8), (5, 4, 7), 5, 9, np.float64),
        (SEEDS[1], words(4), (3, 5, 4), 1, 6, np.float64),
        (SEEDS[2], odd, (4, 3, 6), 4, 7, np.float64),
        (SEEDS[3], words(9), (4, 6, 5), 3, 8, np.float32),
        (SEEDS[4], words(6), (1, 1, 1), 1, 4, np.float64),
    ]
    cases = []
    for k, vocabulary, sizes, N, max_length, dtype in made:
        [(D, W, H)] = longer([sizes], seed)
        model = small_model(generator(k, seed), vocabulary, (D, W, H), dtype)
        features = generator(200 + k, seed).normal(size=(N, D)).astype(dtype)
        model.__class__ = Silent
        sizes = f"N={N}, V={len(vocabulary)}, D={D}, W={W}, H={H}, max_length={max_length}"
        cases.append(Case(sizes, {"model": model, "features": features, "max_length": max_length}))
    return cases


SEEDS = (16, 37, 378, 176, 10)  # captions that differ, and end at different places


def solution(model, features, max_length):
    p, N = model.params, len(features)
    h = features @ p["W_proj"] + p["b_proj"]
    words = np.full(N, model._start)
    captions = np.full((N, max_length), model._null)
    speaking = np.ones(N, bool)
    for t in range(max_length):
        h = np.tanh(p["W_embed"][words] @ p["Wx"] + h @ p["Wh"] + p["b"])
        scores = h @ p["W_vocab"] + p["b_vocab"]
        words = scores.argmax(axis=1)
        captions[speaking, t] = words[speaking]
        speaking &= words != model._end
    return captions


MISTAKES = """
start_in_output: return captions -> return np.hstack([np.full((N, 1), model._start), captions[:, :-1]])
    Your caption begins with <START>. The model hears it, but does not say it.
always_fed_start: p["W_embed"][words] -> p["W_embed"][[model._start] * N]
    Every step hears <START>. From the second step on, it should hear its own last word.
picture_ignored:
    h = features @ p["W_proj"] + p["b_proj"] -> h = np.zeros((N, len(p["b_proj"])), features.dtype)
    The picture does not reach the network: the first state should come from the features.
state_not_carried: h @ p["Wh"] -> (features @ p["W_proj"] + p["b_proj"]) @ p["Wh"]
    Every step starts from the picture's state again. What should the next step start from?
only_last_word_written: captions[speaking, t] = words[speaking] -> pass
    return captions -> captions[:, t] = words; return captions
    Only the last step's word is in your captions. Does the line that writes a word stand in the loop?
words_chosen_after_the_loop: words = scores.argmax(axis=1) -> pass
    captions[speaking, t] = words[speaking] -> pass
    return captions -> captions[:, t] = scores.argmax(axis=1); return captions
    You choose a word once, after the loop, and every step hears <START>. Choose one in each step.
row_for_column: speaking = np.ones(N, bool) -> captions[0], speaking = model._start, np.ones(N, bool)
    captions[0] is all places of the first caption. You fill them with <START>, which is never in the output.
column_0_left_empty: in range(max_length) -> in range(1, max_length)
    Your first word stands in column 1, and column 0 stays empty.
scores_of_old_state: h = np.tanh( -> old, h = h, np.tanh(
    scores = h -> scores = old
    Your scores are those of the state before the step. The step comes first.
hears_null: p["W_embed"][words] -> p["W_embed"][captions[:, t]]
    Every step hears <NULL>. Is captions[:, t] read before anything is written there?
hears_null_after_first_word: p["W_embed"][words] -> p["W_embed"][captions[:, t] if t else words]
    From the second step on, <NULL> is heard. Is captions[:, t] read before anything is written there?
first_vector_is_zero: p["W_embed"][words] -> (p["W_embed"][words] * (t > 0))
    The first step hears a vector of zeros. <START> has a vector of its own in W_embed.
max_for_argmax: argmax(axis=1) -> max(axis=1).astype(int)
    You take the highest score itself. Which word has it?
stops_when_all_end_together: speaking &= words != model._end -> speaking &= (words != model._end).any()
    A caption goes on until all captions say <END> at the same step. Each one stops for itself.
projection_squashed:
    h = features @ p["W_proj"] + p["b_proj"] -> h = np.tanh(features @ p["W_proj"] + p["b_proj"])
    The first state is squashed before the first step. Here the projection is linear.
input_forgotten: p["W_embed"][words] @ p["Wx"] + ->
    Your steps do not hear any word: the term with the word's vector is missing.
step_bias_forgotten: + p["b"]) -> )
    One term of the step is missing: b.
goes_on_after_end: speaking &= words != model._end -> pass
    Words follow after <END>. Once a caption has ended, only <NULL> comes.
end_left_out: captions[speaking, t] = -> speaking &= words != model._end; captions[speaking, t] =
    <END> itself is missing. It belongs to the caption, and <NULL> comes after it.
end_repeated: (N, max_length), model._null -> (N, max_length), model._end
    After <END> you repeat <END>. The rest should be <NULL>.
all_stop_with_the_first: speaking &= words != model._end -> speaking &= (words != model._end).all()
    All captions stop when the first one ends. The others have more to say.
least_likely_word: argmax -> argmin
    You take the word with the lowest score.
first_word_is_null: np.full(N, model._start) -> np.full(N, model._null)
    The first step hears <NULL>. A caption begins with another special word.
first_word_is_end: np.full(N, model._start) -> np.full(N, model._end)
    The first step hears <END>. A caption begins with another special word.
start_taken_as_one: np.full(N, model._start) -> np.full(N, 1)
    You take 1 for <START>. Its number is model._start, which is not 1 in every vocabulary.
null_taken_as_zero: (N, max_length), model._null -> (N, max_length), 0
    You fill up with 0. The number of <NULL> is model._null, which is not 0 in every vocabulary.
score_bias_forgotten: + p["b_vocab"] ->
    One term of the scores is missing: b_vocab.
projection_bias_forgotten: + p["b_proj"] ->
    One term of the first state is missing: b_proj.
last_word_missing: range(max_length) -> range(max_length - 1)
    The loop stops one word too early.
max_length_ignored: p, N = -> max_length = 30; p, N =
    Your captions have 30 places. max_length says how many are asked for.
number_of_step_for_word: p["W_embed"][words] -> p["W_embed"][[t] * N]
    Step t hears the word with the number t. From the second step on, it should hear its own last word.
words_before_heard_too:
    speaking = np.ones(N, bool) -> speaking, heard = np.ones(N, bool), np.zeros((N, len(p["W_embed"])))
    h = np.tanh(p["W_embed"][words] -> heard[np.arange(N), words] = 1; h = np.tanh(heard @ p["W_embed"]
    Your one-hot row keeps the words before. Each step hears one word only: make the row anew.
"""

EXERCISE = Exercise(
    chapter="05_sampling",
    reference=captioning_sample,
    needs=("rnn_step_forward", "word_embedding_forward"),
    outputs={"captions": ("sample", "time step")},
    whole_numbers=True,
    usual="goes_on_after_end",
    cases=inputs,
    of_the_notebook=("model", "features"),
    start="Start with the state that the picture gives, and with the word <START> for every picture.",
    worth_knowing="the best word at each step need not give the best caption. Beam search keeps several.",
    next_step="train a captioner, and listen to it.",
    hints=(
        "In training the model heard the right word at each step. Which word can it hear now?",
        "One pass of the loop: the word's vector, one RNN step, the scores, the best word. "
        "What of these goes into the next pass?",
        "Keep an array of booleans: which captions are still speaking? Write a word only there. After a "
        "caption has said model._end, its places stay model._null.",
    ),
    mistakes=known(solution, MISTAKES),
)
