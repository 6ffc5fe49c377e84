"""Exercise: backpropagation through time with a pencil, one unit and three steps."""

from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def bptt_by_hand():
    """The table of chapter 02: h_t = x_t + 2 h_{t−1} from 1 on, x = 1, −1, 2, and L = h_0 + h_1 + h_2.

    returns: h, g and dWh_shares, three numbers each, and dWh, one number
    """
    x, dh, Wh, start = [1, -1, 2], [1, 1, 1], 2, 1
    h, g = [start], [0]
    for t in range(3):
        h.append(x[t] + Wh * h[-1])
    for t in reversed(range(3)):
        g.insert(0, dh[t] + Wh * g[0])
    before, h, g = h[:-1], h[1:], g[:-1]
    shares = [g[t] * before[t] for t in range(3)]
    return h, g, shares, sum(shares)


def inputs(seed=None):
    """One case: the numbers stand in the chapter."""
    return [Case("the numbers of the picture", {})]


MISTAKES = """
start_forgotten: [1, 1, 1], 2, 1 -> [1, 1, 1], 2, 0
    The chain does not begin at 0: the state to start from is 1, and step 0 multiplies it with Wh.
state_not_multiplied: x[t] + Wh * h[-1] -> x[t] + h[-1]
    The state before goes through Wh on its way to the next one.
later_steps_forgotten: dh[t] + Wh * g[0] -> dh[t]
    A state acts on L itself, and on the next state, which acts on L too. You follow only the first.
own_share_forgotten: dh[t] + Wh * g[0] -> (dh[t] if t == 2 else 0) + Wh * g[0]
    Each state is a term of L itself. That gives it a 1, before anything comes from the next step.
carried_without_weight: dh[t] + Wh * g[0] -> dh[t] + g[0]
    The gradient goes back along the same arrow as the state went forward. What stands on that arrow?
written_backwards: g = h[:-1], h[1:], g[:-1] -> g = h[:-1], h[1:], g[-2::-1]
    You find g from the last step to the first, but g[0] is the one of step 0: write them down by step.
all_written_backwards: return h, g, shares -> return h, g[::-1], shares[::-1]
    You find g and the shares from the last step to the first, but place 0 is for step 0: write them down by step.
shares_written_backwards: return h, g, shares -> return h, g, shares[::-1]
    dWh_shares: you write the share of the last step first. Place 0 is for step 0.
start_among_the_states: return h, g -> return before, g
    h: you begin with the state to start from. h[0] is the state that step 0 makes.
start_has_no_share: g[t] * before[t] -> g[t] * (before[t] if t else 0)
    dWh: step 0 multiplied Wh too, with the state to start from, which is 1.
state_after_the_step: g[t] * before[t] -> g[t] * h[t]
    A share of dWh: Wh multiplied the state before the step, not the one after it.
shares_of_the_inputs: g[t] * before[t] -> g[t] * x[t]
    These are the shares of dWx. What did Wh multiply?
shares_averaged: sum(shares) -> sum(shares) / 3
    dWh: the three shares are added. You take their mean.
last_share_only: sum(shares) -> shares[-1]
    dWh: Wh was used three times, and you count the last time only.
"""

EXERCISE = Exercise(
    chapter="02_rnn_sequence",
    reference=bptt_by_hand,
    outputs={"h": ("time step",), "g": ("time step",), "dWh_shares": ("time step",), "dWh": ()},
    hide_expected=True,
    cases=inputs,
    start="Start with h[0]: 1 times x[0], and 2 times the state to start from.",
    worth_knowing="you have just done backpropagation through time. The code below does the same.",
    next_step="the same dWh, measured.",
    hints=(
        "Begin on the right: the last state acts on L only by being one of its terms. So how large is g[2]?",
        "h[1] acts on L twice: it is a term of L, and it is multiplied by Wh on its way into h[2]. Add both.",
        "g[t] is 1 plus 2 times g[t + 1]. A share of dWh is g[t] times the state before step t; before step 0 "
        "that is the start.",
    ),
    mistakes=known(bptt_by_hand, MISTAKES),
)
