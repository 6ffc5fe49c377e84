"""Chapters 06 and 11: the cell of the LSTM, forward and backward; a probe that reads its state."""

from matplotlib.patches import Rectangle

from cs231n.course.plotting import PALETTE

from .pencil import Sheet


def lstm_cell():
    """One step of an LSTM. x and prev_h give a = x @ Wx + prev_h @ Wh + b, of width 4H, cut into four: the
    gates i, f, o through sigmoid, g through tanh. next_c = f * prev_c + i * g, and next_h = o * tanh(next_c).
    Dashed, the gradient has two ways into the cell: straight along the memory from dnext_c, and from dnext_h
    down through o and tanh. Both meet, and go on to dprev_c through f alone, with no tanh and no matrix in
    between."""
    sheet = Sheet(800, 670)
    sheet.band(20, 62, 760, 116, fill="#EDF6FC")
    sheet.arrow((24, 34), (74, 34), "ink", width=2.2)
    sheet.text(84, 34, "Forward", ha="left")
    sheet.arrow((232, 34), (182, 34), "gradient", width=2.2)
    sheet.text(242, 34, "Gradient", ha="left", role="gradient")
    sheet.text(776, 34, "the memory: no matrix, no tanh on the way", ha="right", role="cell")

    row, out_row, gates_row = 142, 300, 416
    prev_c = sheet.box(76, row, "prev_c", "cell", w=92)
    next_c = sheet.box(722, row, "next_c", "cell", w=92)
    next_h = sheet.box(722, out_row, "next_h", "state", w=92)
    forget, add = sheet.circle(206, row, "*", r=20, size=22), sheet.circle(380, row, "+", r=20, size=22)
    write, show = sheet.circle(380, 270, "*", r=20, size=22), sheet.circle(570, out_row, "*", r=20, size=22)
    tanh = sheet.circle(570, 222, "tanh", r=27, size=15)
    whole = sheet.box(388, 562, "a = x @ Wx + prev_h @ Wh + b", "output", w=430, h=52, below="(N, 4H)")
    for name, x, function, columns, place in (
        ("f", 206, "sigmoid", "H:2H", forget),
        ("i", 320, "sigmoid", ":H", write),
        ("g", 440, "tanh", "3H:", write),
        ("o", 570, "sigmoid", "2H:3H", show),
    ):
        gate = sheet.box(x, gates_row, name, "output", w=94, h=56, below=function, size=20)
        sheet.arrow((x, 535), gate, "output")
        sheet.text(x + 8, 486, f"a[:, {columns}]", ha="left", code=True, size=14)
        sheet.arrow(gate, place, "output")

    for start, end in ((prev_c, forget), (forget, add), (add, next_c)):
        sheet.arrow(start, end, "cell", width=3)
    sheet.arrow(write, add, "cell")
    sheet.arrow((570, row), tanh, "cell")
    sheet.arrow(tanh, show, "state")
    sheet.arrow(show, next_h, "state")
    sheet.arrow(sheet.box(76, 534, "x", "input", w=92, h=38), (172, 552), "input")
    sheet.arrow(sheet.box(76, 590, "prev_h", "state", w=92, h=38), (172, 572), "state")
    sheet.arrow(sheet.box(722, 562, "Wx, Wh, b", "weight", w=112), whole, "weight")

    sheet.arrow((670, 102), (126, 102), "gradient", width=2.6)
    sheet.text(722, 100, "dnext_c", code=True, bold=True, role="gradient")
    sheet.text(76, 100, "dprev_c", code=True, bold=True, role="gradient")
    sheet.text(206, 82, "through f alone", role="gradient", size=15)
    sheet.text(500, 82, "dc", code=True, bold=True, role="gradient")
    sheet.line([(674, 284), (620, 284), (620, 240)], "gradient", width=2.6, dashed=True)
    sheet.arrow((620, 240), (620, 106), "gradient", width=2.6)
    sheet.text(634, 206, "through o", ha="left", role="gradient", size=15)
    sheet.text(634, 226, "and tanh", ha="left", role="gradient", size=15)
    sheet.text(722, 262, "dnext_h", code=True, bold=True, role="gradient")
    formulas = "next_c = f * prev_c + i * g      next_h = o * tanh(next_c)"
    sheet.text(400, 638, formulas, code=True, size=17)
    return sheet


def linear_probe():
    """A linear probe. The captioner reads "a red kite" and stays as it is. After two words its state s, a row of
    K numbers, is taken out and goes through one affine layer, s W + b, the only part that is fitted. It gives one
    number for each answer: day, sunset, night. The largest is what the probe says."""
    sheet = Sheet(800, 300)
    before = None
    for x, word in zip((80, 220, 360), ("a", "red", "kite"), strict=True):
        state = sheet.box(x, 90, "s" if word == "red" else "", "state", w=84, h=48)
        sheet.arrow(sheet.box(x, 176, word, "input", w=84, h=40), state, "input")
        if before:
            sheet.arrow(before, state, "state")
        before = state
        if word == "red":
            read = state
    sheet.text(220, 230, "the captioner: it stays as it is", size=15)
    probe = sheet.box(540, 176, "s W + b", "weight", w=130, h=56, below="fitted")
    sheet.line([read.at(0, -1), (220, 34)], "state", width=2.4)
    sheet.line([(220, 34), (540, 34)], "state", width=2.4)
    sheet.arrow((540, 34), probe.at(0, -1), "state", width=2.4)
    for y, answer, share in ((120, "day", 20), (176, "sunset", 44), (232, "night", 76)):
        sheet.arrow(probe.at(1, 0), (640, y), "output")
        bar = Rectangle((648, y - 11), share, 22, facecolor=PALETTE["output"], zorder=4)
        bar.set(alpha=1.0 if answer == "night" else 0.45)
        sheet.ax.add_patch(bar)
        sheet.text(652 + share, y, answer, ha="left", code=True, bold=answer == "night", role="output")
    return sheet
