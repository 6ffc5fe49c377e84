"""Chapter 05: how the captioner speaks, and the ways to choose a word."""

import numpy as np
from matplotlib.patches import Rectangle

from cs231n.course.plotting import PALETTE

from .pencil import Sheet, tint

WORDS = ["boat", "ship", "duck", "kite", "house", "whale"]
SCORES = np.array([2.2, 1.8, 1.1, 0.4, -0.4, -1.2])


def sampling_loop():
    """How a caption is spoken. h0 from the picture starts the RNN. Each step gives the state h; h gives a score
    for every word of the vocabulary; one word is chosen. If it is END, stop. If not, its vector x is the input
    of the next step, and the new h is its state. The first word that goes in is START."""
    sheet = Sheet(800, 400)
    start = sheet.box(90, 84, "<START>", "input", w=110)
    h0 = sheet.box(90, 180, "h0", "state", w=110, h=52, below="from picture")
    vector = sheet.box(270, 84, "x", "input", w=120, h=52, below="word vector")
    step = sheet.box(270, 180, "RNN step", "state", w=130, h=56)
    scores = sheet.box(480, 180, "", "output", w=124, h=92)
    shares = (0.2, 0.95, 0.5, 0.3, 0.1, 0.6)
    for number, share in enumerate(shares):
        bar = Rectangle((428 + number * 18, 216), 13, -64 * share, facecolor=PALETTE["output"], zorder=4)
        bar.set(alpha=1.0 if share == max(shares) else 0.45)
        sheet.ax.add_patch(bar)
    sheet.text(480, 246, "scores of all words", role="output")
    choose = sheet.box(690, 180, "choose", "ink", w=120, h=56)
    word = sheet.box(690, 84, "kite", "output", w=120, h=52, below="next word")
    end = sheet.box(690, 300, "<END>", "gradient", w=120, h=52, below="stop")

    sheet.arrow(start, vector, "input")
    sheet.arrow(h0, step, "state")
    sheet.arrow(vector, step, "input")
    sheet.arrow(step, scores, "state")
    sheet.text(376, 164, "h", code=True, bold=True, role="state")
    sheet.arrow(scores, choose, "output")
    sheet.arrow(choose, word, "output")
    sheet.arrow(choose, end, "ink")
    sheet.arrow(word, vector, "output", width=2.4)
    sheet.text(480, 64, "feed it back", role="output")
    sheet.line([(250, 209), (250, 256)], "state")
    sheet.line([(250, 256), (290, 256)], "state")
    sheet.arrow((290, 256), (290, 208), "state")
    sheet.text(270, 278, "the new h stays for the next step", role="state")
    spoken = sheet.cells(60, 336, ["a", "red", "kite", "..."], "output", w=80, h=36, size=16)
    sheet.text(spoken[0].x - 40, 320, "said so far:", ha="left", size=15)
    return sheet


def beam_tree():
    """Beam search of width 2 over three steps. Every candidate carries the product of its words' probabilities,
    and after each step only the best two are kept. "a" with 0.60 leads at first, "the" with 0.30 is kept beside
    it; at the third step "the kite flies", 0.216, overtakes "a kite over", 0.135, which greedy choice would
    have said."""
    sheet = Sheet(800, 504)
    x = (72, 252, 472, 700)
    for at, text in zip(x[1:], ("1 word", "2 words", "3 words"), strict=True):
        sheet.text(at, 34, text, bold=True)
    start = sheet.box(x[0], 232, "<START>", "input", w=104)
    steps = [
        # (parent, word, its probability, product, kept)
        [(0, "a", 0.6, True), (0, "the", 0.3, True), (0, "two", 0.1, False)],
        [(0, "kite", 0.5, True), (0, "boat", 0.35, False), (1, "kite", 0.9, True), (1, "boat", 0.1, False)],
        [(0, "over", 0.45, True), (0, "flies", 0.3, False), (1, "flies", 0.8, True), (1, "over", 0.1, False)],
    ]
    heights = [(132, 332, 418), (90, 186, 290, 386), (90, 186, 290, 386)]
    parents = [(start, 1.0)]
    for column, (step, ys) in enumerate(zip(steps, heights, strict=True), start=1):
        kept = []
        for (parent, word, chance, keep), y in zip(step, ys, strict=True):
            box, product = parents[parent]
            product = product * chance
            role = "output" if keep else "quiet"
            marked = f"{word} {'✓' if keep else '✗'}"
            shape = sheet.box(
                x[column], y, marked, role, w=120, h=52, below=f"{product:.3f}", dashed=not keep
            )
            sheet.arrow(box.at(1, 0), shape.at(-1, 0), role, dashed=not keep, width=2.4 if keep else 1.4)
            middle = (box.at(1, 0)[0] + shape.at(-1, 0)[0]) / 2, (box.y + y) / 2
            sheet.text(*middle, f"×{chance:g}", size=15, code=True, on_line=True)
            if keep:
                kept.append((shape, product))
        parents = kept
    sheet.text(400, 478, "Greedy says “a kite over”, 0.135. The beam finds “the kite flies”, 0.216.")
    return sheet


def _two_digits(chance):
    return "0" if chance == 0 else "<0.01" if chance < 0.005 else f"{chance:.2f}"


def softmax(scores):
    """exp(s) / Σ exp(s)."""
    parts = np.exp(scores - scores.max())
    return parts / parts.sum()


def decoding_choices():
    """Four ways to choose from the same scores of six words, as bars of probability. Greedy: always the
    largest. Temperature 0.5: the large ones grow larger. Temperature 2: all come closer together. Nucleus 0.8:
    only the fewest words that reach 0.8 together can be chosen, and their shares are scaled up to 1."""
    sheet = Sheet(800, 344)
    plain = softmax(SCORES)
    inside = np.cumsum(plain) - plain < 0.8
    panels = (
        ("greedy", "the largest", (plain == plain.max()).astype(float)),
        ("temperature 0.5", "large ones grow", softmax(SCORES / 0.5)),
        ("temperature 2", "all more alike", softmax(SCORES / 2)),
        ("nucleus 0.8", "without the tail", np.where(inside, plain, 0) / plain[inside].sum()),
    )
    for number, word in enumerate(WORDS):
        sheet.text(76, 112 + number * 34, word, ha="right", code=True)
    for panel, (name, note, chances) in enumerate(panels):
        left, full = 88 + panel * 178, 112
        sheet.text(left + 76, 38, name, bold=True, size=17)
        sheet.text(left + 76, 64, note, size=15)
        for number, (chance, before) in enumerate(zip(chances, plain, strict=True)):
            y = 100 + number * 34
            for width, fill, edge in ((before, "none", "quiet"), (chance, "output", "output")):
                colour = fill if fill == "none" else tint(fill, 0.75)
                bar = Rectangle(
                    (left, y), max(full * width, 1), 24, facecolor=colour, edgecolor=PALETTE[edge]
                )
                bar.set(zorder=4 if fill == "none" else 3, linestyle=":" if fill == "none" else "-")
                sheet.ax.add_patch(bar)
            at = left + full * max(chance, before) + 7
            sheet.text(at, y + 12, _two_digits(chance), ha="left", size=14, role="ink")
    sheet.text(400, 318, "dotted: the probabilities before, softmax of the scores", size=15, role="quiet")
    return sheet
