"""Chapter 08: every word asks all words before it, and the block around that."""

from .pencil import Sheet


def self_attention():
    """Masked self-attention for a caption that begins: start, a, red, house. Each word's vector x gives a
    query, a key and a value. The query of "red" asks the keys of start, a and red, but not that of house,
    which comes later. A square table holds a score for each pair of words; those of later words are minus
    infinity, so that a triangle is left. Softmax makes weights of each row. With them the values are
    summed: all rows at the same time."""
    sheet = Sheet(800, 430)
    words = ["<START>", "a", "red", "house"]
    places = [70, 170, 270, 370]
    for x, word in zip(places, words, strict=True):
        asks = word == "red"
        sheet.text(x, 34, word, size=16, role="input", code=True)
        vector = sheet.box(x, 74, "x", "input", w=70, h=34)
        names = sheet.cells(x - 39, 128, ["q", "k", "v"], w=26, h=34, roles=["output", "weight", "state"])
        sheet.arrow(vector, (x, 125), "ink")
        if asks:
            query = names[0]
    sheet.text(418, 74, "(N, T, D)", ha="left", size=14, code=True)
    sheet.text(418, 146, "x @ Wq,  x @ Wk,  x @ Wv", ha="left", size=15, code=True)
    sheet.line([query.at(0, 1), (query.x, 194)], role="output")
    sheet.line([(70, 194), (270, 194)], role="output")
    for x in places[:3]:
        sheet.arrow((x, 194), (x, 163), "output")
    sheet.text(160, 216, '"red" asks the keys so far', size=15, role="output")
    sheet.text(370, 186, "not asked", size=14, role="quiet")

    left, top, side = 474, 222, 46
    for row in range(4):
        for column in range(4):
            allowed = column <= row
            chosen = "output" if row == 2 else "cell"
            sheet.cells(
                left + side * column,
                top + 34 * row,
                ["" if allowed else "−∞"],
                chosen if allowed else "quiet",
                w=side,
                h=34,
                size=13,
            )
        sheet.text(left - 10, top + 17 + 34 * row, words[row], size=14, ha="right", code=True)
    sheet.text(left + 2 * side, top - 14, "scores, the mask put in: q @ k.T / √H", size=14)
    sheet.text(left + 4 * side + 12, top + 17, "asks one", size=13, ha="left", role="quiet")
    sheet.text(left + 4 * side + 12, top + 17 + 34 * 3, "asks all four", size=13, ha="left", role="quiet")

    weights = sheet.box(306, 290, "weights", "output", w=120, below="(N, T, T)")
    sheet.arrow((392, 290), weights, "output")
    sheet.text(566, 384, "softmax of each row: weights that add up to 1", size=14)
    out = sheet.box(110, 330, "out", "state", w=140, below="weights @ v")
    sheet.arrow(weights, out, "output")
    values = sheet.box(306, 368, "v", "state", w=120, below="(N, T, H)")
    sheet.arrow(values, out, "state")
    return sheet


def transformer_block():
    """The block of a transformer that captions pictures. The words' vectors plus their positions go up a straight
    path, the residual path. Three parts hang on it: masked self-attention, attention to the picture's cells, and
    feed-forward. Each takes what is on the path, through a layer norm, and adds its result to the path. After the
    last block come one more norm and the scores of the next words."""
    sheet = Sheet(800, 430)
    y = 120
    sheet.box(84, y, "x", "input", w=130, below="word + place")
    sheet.line([(149, y), (640, y)], role="input", width=3.4)
    last = sheet.box(712, y, "scores", "output", w=132, below="norm, W_vocab")
    sheet.arrow((640, y), last, "input", width=3.4)
    sheet.text(390, 32, "the residual path: x stays, and each part adds to it", size=15)
    parts = (
        (220, "masked self-", "attention", "the words so far"),
        (390, "attention to", "the picture", ""),
        (560, "feed-", "forward", "each word alone"),
    )
    for x, first, second, asks in parts:
        norm = sheet.box(x - 44, 196, "norm", "weight", w=70, h=36, code=False, size=15)
        sheet.arrow((x - 44, y), norm, "input")
        sheet.box(x, 290, "", "ink", w=142, h=70)
        sheet.text(x, 278, first, size=16, bold=True)
        sheet.text(x, 302, second, size=16, bold=True)
        sheet.arrow(norm, (x - 44, 253), "input")
        plus = sheet.circle(x + 48, y, "+", r=15)
        sheet.arrow((x + 48, 255), plus, "state")
        sheet.text(x, 346, asks, size=14, role="quiet")
    cells = sheet.box(390, 388, "A", "cell", w=100, h=38, size=16)
    sheet.arrow(cells, (390, 327), "cell")
    sheet.text(450, 388, "cells of the picture", ha="left", size=14, role="cell")
    sheet.text(84, 176, "(N, T, D)", size=14, code=True)
    sheet.text(140, 66, "one block; a model has one or more", size=14, ha="left", role="quiet")
    return sheet
