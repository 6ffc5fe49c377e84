"""Chapter 09: captions are drawn, judged, compared, and made more or less probable."""

from .pencil import Sheet

CAPTIONS = (("a red car", "0.5", "1", "+1", "right"), ("a red bus", "0.25", "0", "−0.5", "wrong"))
CAPTIONS += (("a blue car", "0.25", "0", "−0.5", "wrong"),)


def reward_loop():
    """Learning from a judge, from left to right. The model looks at a picture and draws three captions: a red
    car, with probability 0.5, a red bus and a blue car, with 0.25 each. The judge gives them the rewards 1, 0
    and 0. Each caption's advantage is its reward less the mean of the two others: plus 1, minus 0.5, minus
    0.5. An arrow leads from the advantages back to the model: it is to say the first more often, and the
    other two less. Nothing flows back through the judge."""
    sheet = Sheet(800, 400)
    picture = sheet.box(90, 80, "picture", "input", w=120)
    model = sheet.layer(90, 190, "the model", w=130, h=60)
    sheet.arrow(picture, model, "input")
    for x, title in ((290, "drawn"), (410, "P"), (530, "reward"), (690, "advantage")):
        sheet.text(x, 40, title, bold=True)
    for row, (caption, p, reward, advantage, mark) in enumerate(CAPTIONS):
        y = 100 + 90 * row
        drawn = sheet.box(290, y, caption, "output", w=150, code=False)
        sheet.arrow(model, drawn, "output")
        sheet.text(410, y, p)
        judged = sheet.box(530, y, reward, "state" if mark == "right" else "weight", w=64)
        sheet.arrow((430, y), judged, "ink")
        better = sheet.box(690, y, advantage, "gradient", w=110)
        sheet.arrow(judged, better, "ink")
    sheet.text(690, 62, "reward − mean of the others", size=13)
    sheet.text(480, 330, "the judge: numbers only,", size=14)
    sheet.text(480, 350, "nothing flows back through it", size=14)
    sheet.line([(690, 302), (690, 376), (90, 376)], "gradient", dashed=True)
    sheet.arrow((90, 376), (90, 220), "gradient")
    sheet.text(104, 330, "say it more, or less:", ha="left", role="gradient", size=14)
    sheet.text(104, 350, "the loss, times the advantage", ha="left", role="gradient", size=14)
    return sheet
