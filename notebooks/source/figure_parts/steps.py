"""Chapters 01, 02 and 13: one step of the vanilla RNN, all steps unrolled, and what can leave the loop."""

from .pencil import Sheet


def _step_graph(sheet, backward):
    """The graph of one step, its arrows turned round where backward is True. Returns its shapes by name."""
    s = {
        "x": sheet.box(275, 118, "x", "input", w=92),
        "Wx": sheet.box(275, 182, "Wx", "weight", w=92),
        "prev_h": sheet.box(275, 262, "prev_h", "state", w=92),
        "Wh": sheet.box(275, 326, "Wh", "weight", w=92),
        "b": sheet.box(520, 338, "b", "weight", w=92),
        "at_x": sheet.circle(400, 150, "@"),
        "at_h": sheet.circle(400, 294, "@"),
        "add": sheet.circle(520, 222, "+", size=24),
        "tanh": sheet.circle(618, 222, "tanh", r=30, size=16),
        "next_h": sheet.box(728, 222, "next_h", "state", w=96),
    }
    pairs = "x at_x, Wx at_x, prev_h at_h, Wh at_h, at_x add, at_h add, b add, add tanh, tanh next_h"
    for pair in pairs.split(", "):
        start, end = pair.split()
        if backward:
            sheet.arrow(s[end], s[start], "gradient", width=2.2)
        else:
            sheet.arrow(s[start], s[end])
    return s


def rnn_step():
    """One step of a vanilla RNN as a graph. x (N, D) times Wx (D, H), prev_h (N, H) times Wh (H, H) and the
    bias b (H,) are added to a; tanh(a) is next_h (N, H)."""
    sheet = Sheet(800, 400)
    sheet.text(400, 44, "next_h = tanh(x @ Wx + prev_h @ Wh + b)", size=21, code=True)
    s = _step_graph(sheet, backward=False)
    for name, what, shape in (
        ("x", "input at this step", "(N, D)"),
        ("Wx", "weights", "(D, H)"),
        ("prev_h", "state before", "(N, H)"),
        ("Wh", "weights", "(H, H)"),
    ):
        sheet.text(212, s[name].y - 10, what, ha="right")
        sheet.text(212, s[name].y + 11, shape, ha="right", code=True, size=15)
    sheet.text(578, 328, "bias", ha="left")
    sheet.text(578, 349, "(H,)", ha="left", code=True, size=15)
    sheet.text(728, 164, "state after")
    sheet.text(728, 185, "(N, H)", code=True, size=15)
    sheet.text(462, 166, "(N, H)", ha="left", code=True, size=15)
    sheet.text(452, 292, "(N, H)", ha="left", code=True, size=15)
    sheet.text(565, 207, "a", code=True)
    return sheet


def rnn_step_backward():
    """The same graph with every arrow turned round: gradients flow back. dnext_h (N, H) goes through tanh and
    becomes da, the gradient of the sum. The sum hands the same da to its three parts. Each product sends one
    gradient to both of its sides: dx (N, D) and dWx (D, H), dprev_h (N, H) and dWh (H, H); b gets db (H,)."""
    sheet = Sheet(800, 430)
    sheet.text(400, 34, "Every gradient has the shape of its array.", size=18, role="gradient")
    s = _step_graph(sheet, backward=True)
    for name, shape in (("x", "(N, D)"), ("Wx", "(D, H)"), ("prev_h", "(N, H)"), ("Wh", "(H, H)")):
        sheet.text(
            212, s[name].y - 10, f"d{name}", ha="right", code=True, bold=True, role="gradient", size=17
        )
        sheet.text(212, s[name].y + 11, shape, ha="right", code=True, size=15)
    sheet.text(578, 328, "db", ha="left", code=True, bold=True, role="gradient", size=17)
    sheet.text(578, 349, "(H,)", ha="left", code=True, size=15)
    sheet.text(728, 164, "dnext_h", code=True, bold=True, role="gradient", size=17)
    sheet.text(728, 185, "(N, H)", code=True, size=15)
    for x, y in ((565, 203), (476, 168), (474, 290), (546, 284)):
        sheet.text(x, y, "da", code=True, bold=True, role="gradient", size=17)
    sheet.text(
        400, 398, "+ hands the same da to all its parts.  Each @ sends a gradient to both sides.", size=16
    )
    return sheet


def rnn_unrolled():
    """An RNN unrolled over three time steps. Forward, from left to right: each step takes x[:, t] and the state
    before, and gives h[:, t]; all steps share one Wx, Wh and b. Backward, from right to left: at each state the
    gradient dh[:, t] of its own output joins the gradient from the step after, and the shares of all steps are
    added up to dWx, dWh and db."""
    sheet = Sheet(800, 560)
    columns = (162, 382, 602)
    between = (272, 492, 722)

    sheet.text(24, 30, "Forward", bold=True, ha="left")
    shared = sheet.box(382, 42, "the same  Wx, Wh, b  at every step", "weight", w=520, h=36)
    state = sheet.box(58, 142, "h0", "state", w=64)
    for t, (x, next_x) in enumerate(zip(columns, between, strict=True)):
        step = sheet.circle(x, 142, "step", r=31)
        sheet.arrow((x, shared.y + 18), step, "weight")
        sheet.arrow(sheet.box(x, 232, f"x[:, {t}]", "input", w=92, h=38), step, "input")
        sheet.arrow(state, step, "state")
        state = sheet.box(next_x, 142, f"h[:, {t}]", "state", w=92)
        sheet.arrow(step, state, "state")

    sheet.text(24, 296, "Backward", bold=True, ha="left", role="gradient")
    total = sheet.box(382, 520, "dWx, dWh, db  =  the sum over all steps", "gradient", w=520, h=36)
    later = None
    for t in (2, 1, 0):
        step = sheet.circle(columns[t], 412, "step", "gradient", r=31)
        own = sheet.box(between[t], 332, f"dh[:, {t}]", "gradient", w=92, h=38)
        if later is None:
            sheet.arrow(own, step, "gradient", through="|-")
        else:
            plus = sheet.circle(between[t], 412, "+", "gradient", r=18, size=20)
            sheet.arrow(own, plus, "gradient")
            sheet.arrow(later, plus, "gradient")
            sheet.arrow(plus, step, "gradient")
        sheet.arrow(step, sheet.box(columns[t], 332, f"dx[:, {t}]", "gradient", w=92, h=38), "gradient")
        sheet.arrow(step, (columns[t], total.y - 18), "gradient")
        later = step
    sheet.arrow(later, sheet.box(58, 412, "dh0", "gradient", w=64), "gradient")
    return sheet


def bptt_by_hand():
    """One unit over three steps, without tanh: h[t] = 1 x[t] + 2 h[t-1]. The state before is 1; x is 1, -1, 2.
    The three states are to be found, from left to right. Then, from right to left, the gradient g of each state:
    its own 1, from the loss h[0] + h[1] + h[2], and 2 times the g of the state after it. Last, each arrow with
    Wh = 2 has a share of dWh: the g where it ends times the state where it starts."""
    sheet = Sheet(800, 430)
    columns = (250, 450, 650)
    sheet.text(24, 36, "Forward", bold=True, ha="left")
    sheet.text(24, 290, "Backward", bold=True, ha="left", role="gradient")
    state = sheet.box(70, 112, "1", "state", w=72, h=52, below="start", size=18)
    later = None
    for t, (x, value) in enumerate(zip(columns, (1, -1, 2), strict=True)):
        before, state = state, sheet.box(x, 112, "?", "state", w=84, h=52, below=f"h[{t}]", size=18)
        sheet.arrow(before, state, "state")
        sheet.text((before.x + x) / 2, 96, "· 2", role="weight", bold=True)
        sheet.arrow(
            sheet.box(x, 216, str(value), "input", w=84, h=52, below=f"x[{t}]", size=18), state, "input"
        )
        sheet.text(x + 12, 168, "· 1", role="weight", bold=True, ha="left")
    for t in (2, 1, 0):
        x = columns[t]
        g = sheet.box(x, 384, "?", "gradient", w=84, h=52, below=f"g[{t}]", size=18)
        sheet.arrow(sheet.box(x, 302, "1", "gradient", w=84, h=38), g, "gradient")
        if later:
            sheet.arrow(later, g, "gradient")
            sheet.text((later.x + x) / 2, 368, "· 2", role="weight", bold=True)
        later = g
    sheet.text(724, 112, "L = sum", ha="left", size=15)
    sheet.text(724, 302, "from L", ha="left", size=15, role="gradient")
    return sheet


def bptt_with_tanh():
    """The chain of three steps once more, now with a tanh in each. The states are 1 at the start, then 0.5, -0.5
    and 0.8; x is -1.45, -1.55 and 2.1. Below each state its slope, 1 minus the state's square: 0.75, 0.75 and
    0.36. From the loss come 2, 0.4 and 5. From right to left each g is multiplied with the slope of its step,
    which gives da: three numbers to be found. da times Wh = 2 goes on to the step before."""
    sheet = Sheet(800, 520)
    columns = (250, 450, 650)
    sheet.text(24, 36, "Forward", bold=True, ha="left")
    sheet.text(24, 300, "Backward", bold=True, ha="left", role="gradient")
    state = sheet.box(70, 112, "1", "state", w=72, h=52, below="h0", size=18)
    for t, (x, value, made) in enumerate(
        zip(columns, ("-1.45", "-1.55", "2.1"), ("0.5", "-0.5", "0.8"), strict=True)
    ):
        before, state = state, sheet.box(x, 112, made, "state", w=84, h=52, below=f"h[{t}]", size=18)
        sheet.arrow(before, state, "state")
        sheet.text((before.x + x) / 2, 96, "· 2", role="weight", bold=True)
        sheet.text(x - 50, 134, "tanh", ha="right", size=14)
        sheet.arrow(sheet.box(x, 216, value, "input", w=84, h=52, below=f"x[{t}]", size=18), state, "input")
        sheet.text(x + 12, 168, "· 1", role="weight", bold=True, ha="left")
    later = None
    for t in (2, 1, 0):
        x = columns[t]
        g = sheet.box(x, 390, f"g[{t}]", "gradient", w=84, h=38, size=16)
        da = sheet.box(x, 470, "?", "gradient", w=84, h=52, below=f"da[{t}]", size=18)
        sheet.arrow(sheet.box(x, 318, ("2", "0.4", "5")[t], "gradient", w=84, h=38), g, "gradient")
        sheet.arrow(g, da, "gradient")
        sheet.text(x + 12, 426, ("· 0.75", "· 0.75", "· 0.36")[t], role="state", bold=True, ha="left")
        if later:
            sheet.arrow(later.at(-1, 0), g.at(1, 0), "gradient")
            sheet.text((later.x + x) / 2 - 8, 456, "· 2", role="weight", bold=True)
        later = da
    sheet.arrow(later.at(-1, 0), (96, 470), "gradient")
    sheet.text(173, 456, "· 2", role="weight", bold=True)
    sheet.text(58, 470, "dh0 ?", role="gradient", code=True, bold=True)
    sheet.text(724, 318, "from L", ha="left", size=15, role="gradient")
    sheet.text(732, 426, "slope", ha="left", size=15, role="state")
    return sheet


def hoisting():
    """Moving the input's product out of the time loop. Left: inside the loop, each of T steps multiplies its
    own x[:, t] (N, D) by Wx, T small products. Right: before the loop, all steps stand below each other as one
    array (N*T, D), and one large product with Wx gives every step's part at once; only state @ Wh, which needs
    the step before, stays in the loop."""
    sheet = Sheet(800, 480)

    def row(y, *parts):
        """Boxes and signs along one line: (middle, text, role, width) or (middle, sign)."""
        for middle, text, *box in parts:
            if box:
                sheet.box(middle, y, text, box[0], w=box[1], h=40, size=15)
            else:
                sheet.text(middle, y, text, code=True, bold=True, size=18)

    sheet.text(206, 38, "In the loop: T small products", bold=True, size=18)
    sheet.band(22, 62, 368, 394)
    sheet.text(36, 86, "for t in range(T):", code=True, ha="left")
    for t, y in enumerate((152, 252, 352)):
        row(y, (84, f"x[:, {t}]", "input", 96), (146, "@"), (190, "Wx", "weight", 58), (236, "+"))
        row(y, (272, "h", "state", 42), (308, "@"), (350, "Wh", "weight", 58))
        sheet.text(84, y + 34, "(N, D)", code=True, size=14)
    sheet.text(190, 424, "Wx is read T times", role="weight")

    sheet.text(598, 38, "Before it: one large product", bold=True, size=18)
    for x, name, role, shape in ((482, "x", "input", "(N*T, D)"), (718, "a", "state", "(N*T, H)")):
        for t in range(3):
            sheet.cells(x - 48, 66 + 40 * t, [f"{name}[:, {t}]"], role, w=96, h=40)
        sheet.text(x, 206, shape, code=True, size=14)
    row(126, (548, "@"), (594, "Wx", "weight", 58), (646, "="))
    sheet.text(594, 166, "once", role="weight")
    sheet.band(410, 232, 368, 224)
    sheet.text(424, 256, "for t in range(T):", code=True, ha="left")
    for t, y in enumerate((302, 362, 422)):
        row(y, (482, f"a[:, {t}]", "state", 96), (554, "+"), (600, "h", "state", 42), (646, "@"))
        row(y, (694, "Wh", "weight", 58))
    return sheet
