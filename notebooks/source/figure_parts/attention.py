"""Chapter 07: one look at the cells of a picture, and the LSTM that looks before every word."""

from .pencil import Sheet


def attention():
    """One step of an LSTM with attention. The picture is a grid of cells, each a row of A. The state prev_h asks:
    its product with each cell is a score; softmax makes the scores weights that add up to 1, large for the cells
    of the red house. The context is the sum of the cells, each with its weight. Then the LSTM's own step takes
    the word x, the state prev_h and the context, and gives next_h, from which the next word is chosen."""
    sheet = Sheet(800, 500)
    sheet.text(120, 38, "the picture's cells: A")
    for row in range(3):
        for column in range(3):
            x, y = 30 + 60 * column, 58 + 60 * row
            thing = (row, column) in ((1, 1), (2, 1))
            role = "gradient" if thing else "cell" if row == 0 else "state"
            sheet.cells(x, y, [""], role, w=60, h=60)
    sheet.text(120, 148, "a red", size=14)
    sheet.text(120, 208, "house", size=14)
    cells = sheet.box(120, 284, "A", "input", w=110, below="(L, H)")
    sheet.arrow((120, 239), cells, "input")

    scores = sheet.box(310, 160, "scores", "output", w=126, below="A · h / √H")
    weights = sheet.box(520, 160, "weights", "output", w=126, below="add up to 1")
    prev_h = sheet.box(310, 60, "prev_h", "state", w=100)
    sheet.arrow(prev_h, scores, "state")
    sheet.text(322, 108, "asks", ha="left", role="state", size=15)
    sheet.arrow((178, 270), (254, 184), "input")
    sheet.arrow(scores, weights, "output")
    sheet.text(415, 146, "softmax", size=14)
    context = sheet.box(520, 300, "context", "state", w=130, below="Σ weights · A")
    sheet.arrow(weights, context, "output")
    sheet.arrow((178, 292), (453, 300), "input")
    sheet.text(300, 316, "read", role="input", size=15)

    for place, weight in enumerate((6, 8, 6, 8, 52, 8, 6, 40, 6)):
        sheet.band(606 + 19 * place, 190 - weight, 14, weight, fill="#CC79A7", rounding=2)
    sheet.text(690, 208, "one weight a cell", size=14)

    lstm = sheet.layer(450, 412, "the LSTM's step", w=190, h=54)
    x = sheet.box(110, 394, "x", "input", w=110, h=38)
    before = sheet.box(110, 440, "prev_h", "state", w=110, h=38)
    next_h = sheet.box(690, 412, "next_h", "state", w=190, below="chooses the next word")
    sheet.arrow(x, (353, 405), "input")
    sheet.arrow(before, (353, 422), "state")
    sheet.text(240, 388, "the word said before", role="input", size=14)
    sheet.arrow((505, 323), (480, 384), "state")
    sheet.arrow(lstm, next_h, "state")
    sheet.text(430, 474, "a = x @ Wx + prev_h @ Wh + context @ Wc + b", code=True, size=16)
    return sheet
