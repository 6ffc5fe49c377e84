"""Chapters 00, 03 and 12: what is built, how captions are written as numbers, and how words become vectors."""

from matplotlib.patches import Circle, Polygon, Rectangle

from cs231n.course.plotting import PALETTE

from .pencil import Sheet, tint

CAPTION = "<START> one <UNK> white tent in a meadow in the sunshine <END>".split()
NUMBERS = [1, 18, 3, 12, 41, 6, 4, 51, 6, 5, 80, 2]  # training caption 222 of the painted scenes
LENGTH = 17


def _picture(sheet, x, y, side):
    """A small landscape: a kite over the sea."""

    def paint(shape, colour):
        shape.set(facecolor=colour, edgecolor="none", zorder=3)
        sheet.ax.add_patch(shape)

    def at(right, down):
        return x + right * side, y + down * side

    paint(Rectangle((x, y), side, side * 0.68), "#BFE0F5")
    paint(Rectangle(at(0, 0.62), side, side * 0.38), "#2F7FB8")
    paint(Circle(at(0.2, 0.2), side * 0.09), "#F5C542")
    kite = [at(0.66, 0.12), at(0.8, 0.28), at(0.62, 0.52), at(0.52, 0.26)]
    paint(Polygon(kite), "#D64531")
    paint(Polygon([kite[0], kite[1], kite[2]]), "#B93526")
    tail = [at(0.62, 0.52), at(0.55, 0.6), at(0.62, 0.68), at(0.56, 0.77)]
    sheet.ax.plot(*zip(*tail, strict=True), color="#D64531", linewidth=2, zorder=4)
    for right in (0.08, 0.3, 0.74):
        ripple = [at(right, 0.86), at(right + 0.16, 0.86)]
        sheet.ax.plot(*zip(*ripple, strict=True), color="#8FC3E6", linewidth=2, zorder=4)


def what_you_will_build():
    """A picture of a red kite over the sea becomes a row of numbers, its features; these become h0, the first
    state of a recurrent network. From START on, each step gives one word, and the word goes into the next step:
    a, red, kite, END."""
    sheet = Sheet(800, 350)
    _picture(sheet, 26, 112, 128)
    sheet.text(90, 262, "picture")
    sheet.arrow((156, 176), (184, 176))
    for number, strength in enumerate((0.7, 0.2, 0.45, 0.9, 0.3, 0.6)):
        cell = Rectangle(
            (188, 112 + number * 21.5), 26, 20, facecolor=_blue(strength), edgecolor="none", zorder=3
        )
        sheet.ax.add_patch(cell)
    sheet.text(201, 262, "features")
    h0 = sheet.box(272, 176, "h0", "state", w=52, h=52)
    sheet.arrow((217, 176), h0)
    words = ["<START>", "a", "red", "kite", "<END>"]
    state = h0
    for t in range(4):
        x = 370 + t * 120
        step = sheet.box(x, 176, "RNN", "state", w=70, h=52)
        sheet.arrow(state, step, "state", width=2.4)
        came = sheet.box(x, 62, words[t + 1], "output", w=82, h=38, size=16)
        went = sheet.box(x, 290, words[t], "input", w=82, h=38, size=16)
        sheet.arrow(went, step, "input")
        sheet.arrow(step, came, "output")
        if t < 3:
            start, turn = came.at(1, 0), x + 60
            sheet.line([start, (turn, start[1]), (turn, 290)], "output")
            sheet.arrow((turn, 290), (x + 79, 290), "output")
        state = step
    sheet.text(370, 328, "a word goes in", size=15, role="input")
    sheet.text(370, 26, "a word comes out", size=15, role="output")
    return sheet


def _blue(strength):
    return tuple(1 - strength * (1 - part) for part in (0.0, 0.447, 0.698))


def _caption_rows(sheet, left, w, top, rows):
    """Rows of number cells below the words of CAPTION, each (name, y, part): the cells of each row, as shapes."""
    special = {"<START>": "state", "<END>": "gradient", "<UNK>": "output", "<NULL>": "quiet"}
    words = CAPTION + ["<NULL>"] * (LENGTH - len(CAPTION))
    numbers = [str(number) for number in NUMBERS] + ["0"] * (LENGTH - len(CAPTION))
    roles = [special.get(word, "input") for word in words]
    for t, (word, role) in enumerate(zip(words, roles, strict=True)):
        sheet.text(left + (t + 0.45) * w, top, word, size=16, role=role, ha="left", code=True, rotation=65)
    for name, y, part in rows:
        sheet.text(left - 10, y + 17, name, ha="right", code=True, bold=True, size=14)
        yield sheet.cells(left, y, numbers[part], roles=roles[part], w=w)


def special_tokens():
    """One caption of the painted scenes, "one UNK white tent in a meadow in the sunshine", as a row of 17
    numbers, with the word above each: 1 for START, a number for each word, 3 for UNK (a word that is not in the
    vocabulary), 2 for END, and then 0 for NULL up to the end of the row."""
    sheet = Sheet(800, 220)
    (cells,) = _caption_rows(sheet, 126, 38, 116, [("caption", 126, slice(0, LENGTH))])
    for cell, text in (
        (cells[0], "speak"),
        (cells[2], "rare"),
        (cells[11], "done"),
        (cells[14], "filling"),
    ):
        sheet.arrow((cell.x, 192), (cell.x, 164), "quiet")
        sheet.text(cell.x, 202, text, size=15)
    return sheet


def shifted_caption():
    """A caption is used twice. captions is the row of 17 numbers: START, ten words, END, NULL up to the end.
    captions_in is the row without its last number; captions_out, one place further, is the row without its
    first: what must come out after each word that went in. Places where NULL should come out do not count."""
    sheet = Sheet(800, 370)
    left, w = 126, 38
    rows = (
        ("captions", 116, slice(0, LENGTH)),
        ("captions_in", 204, slice(0, LENGTH - 1)),
        ("captions_out", 274, slice(1, LENGTH)),
    )
    _, tops, cells = _caption_rows(sheet, left, w, 106, rows)
    for place, (top, cell) in enumerate(zip(tops, cells, strict=True), start=1):
        counts = place < len(CAPTION)
        sheet.arrow(top.at(0, 1), cell.at(0, -1), "ink" if counts else "quiet", width=1.4)
        sheet.text(cell.x, 332, "✓" if counts else "–", role="state" if counts else "quiet", size=18)
    sheet.text(left - 10, 332, "counts?", ha="right", size=15)
    sheet.text(left, 176, "captions_in = captions[:, :-1]", ha="left", code=True, size=15)
    sheet.text(left + 16 * w, 176, "captions_out = captions[:, 1:]", ha="right", code=True, size=15)
    return sheet


def word_embedding():
    """Forward: each of the five word numbers x of "a kite and a boat" picks its row of W, and the rows stand in
    out in the order of the words; row 4, for "a", is picked twice. Backward: each row of dout is added to the
    row of dW it came from. dW[4] gets two, dout[0] + dout[3]; dW[6], which no word picked, stays 0."""
    sheet = Sheet(800, 420)
    words, x = "a kite and a boat".split(), [4, 56, 34, 4, 144]  # their numbers in the painted scenes
    vocabulary = [4, 6, 34, 56, 144]  # some of its rows; 6 is "in"
    roles = dict(zip(vocabulary, ("input", "quiet", "state", "weight", "output"), strict=True))
    picked = [(row, roles[number]) for row, number in enumerate(x)]

    def rows(x, name, numbered):
        gradient = name.startswith("d")
        sheet.text(x, 86, name, code=True, bold=True, size=18, role="gradient" if gradient else "ink")
        return {
            number: sheet.box(
                x, 130 + 52 * row, f"{name}[{number}]", role, w=86, h=36, size=15, dashed=gradient
            )
            for row, (number, role) in enumerate(numbered)
        }

    sheet.text(206, 36, "Forward: pick rows", bold=True, size=18)
    W, out = rows(222, "W", roles.items()), rows(356, "out", picked)
    sheet.text(106, 86, "x", code=True, bold=True, size=18)
    for (row, role), word, number in zip(picked, words, x, strict=True):
        y = 130 + 52 * row
        (cell,) = sheet.cells(88, y - 18, [number], role, w=36, h=36)
        sheet.text(78, y, word, ha="right", role=role)
        sheet.arrow(cell.at(1, 0), W[number].at(-1, 0), role)
        sheet.arrow(W[number].at(1, 0), out[row].at(-1, 0), role)

    sheet.text(620, 36, "Backward: rows add up", bold=True, size=18, role="gradient")
    dout, dW = rows(490, "dout", picked), rows(622, "dW", roles.items())
    for (row, role), number in zip(picked, x, strict=True):
        sheet.arrow(dout[row].at(1, 0), dW[number].at(-1, 0), role, dashed=True)
    for row, sums in enumerate(("dout[0]\n+ dout[3]", "0", "dout[2]", "dout[1]", "dout[4]")):
        sheet.text(674, 130 + 52 * row, f"= {sums}", ha="left", code=True, size=15)
    below = "Five rows of W, one for each word of the vocabulary; a row of out for each word of the caption."
    sheet.text(400, 388, below)
    return sheet


def words_or_characters():
    """The caption "a red kite" cut in three ways. In words, it has 5 places with START and END; in pieces of
    words (a, space red, space k, ite) it has 6; in characters, the space among them, 12. Below, to scale, the
    table W_embed for the COCO captions: 1,004 rows of words against 31 rows of characters. Words make a short
    sequence and a large table, characters a long sequence and a small table."""
    sheet = Sheet(800, 554)
    left, w = 28, 62
    words = ["<START>", "a", "red", "kite", "<END>"]
    pieces = ["<START>", "a", "␣red", "␣k", "ite", "<END>"]
    characters = ["<START>", *"a␣red␣kite", "<END>"]
    of_pieces = ["quiet", "input", "gradient", "state", "state", "quiet"]
    of_words = ["quiet", "input", "gradient", "state", "quiet"]
    of_characters = ["quiet", "input", "quiet", *["gradient"] * 3, "quiet", *["state"] * 4, "quiet"]
    for y, name, cells, roles in (
        (58, "In words", words, of_words),
        (152, "In pieces", pieces, of_pieces),
        (246, "In characters", characters, of_characters),
    ):
        sheet.text(left, y - 20, name, ha="left", bold=True, size=18)
        sheet.text(left + 160, y - 20, f"T = {len(cells)} places", ha="left", size=16)
        sheet.cells(left, y, cells, w=w, h=40, size=14, roles=roles)

    sheet.text(left, 334, "W_embed for the COCO captions, to scale", ha="left", bold=True, size=18)
    bottom, per_row = 528, 166 / 1004
    for x, rows, lines in (
        (left, 1004, ("V = 1004", "one row per word")),
        (420, 31, ("V = 31", "26 letters, the space,", "4 special signs")),
    ):
        high = rows * per_row
        table = Rectangle(
            (x, bottom - high), 110, high, facecolor=tint("weight"), edgecolor=PALETTE["weight"]
        )
        sheet.ax.add_patch(table)
        for number, line in enumerate(lines):
            y = bottom - 10 - 24 * (len(lines) - 1 - number)
            sheet.text(
                x + 126,
                y,
                line,
                ha="left",
                code=number == 0,
                bold=number == 0,
                role="weight" if number == 0 else "ink",
            )
    return sheet
