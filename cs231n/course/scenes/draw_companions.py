"""How the companions look: what may stand beside the thing a scene is about. Their colours never change.

Coordinates as in things.py: foot at y = 0, x from -50 to 50.
"""

from .canvas import curve, mix
from .draw_things import GLOW, INK, LEAF, STONE, WOOD


def tree(pen):
    pen.polygon([(-8, 0), (-6, 50), (6, 50), (9, 0)], WOOD)
    for x, y, r in ((-22, 62, 24), (22, 60, 24), (0, 82, 28), (0, 58, 24)):
        pen.ellipse(x, y, r, r, LEAF)
    for x, y, r in ((-14, 76, 11), (10, 92, 11), (20, 64, 8)):
        pen.ellipse(x, y, r, r - 2, mix(LEAF, (220, 240, 120), 1, 4))


def pine(pen):
    pen.rect(-6, 0, 6, 20, WOOD)
    for y, half in ((14, 38), (40, 31), (66, 23)):
        pen.polygon([(-half, y), (0, y + 48), (half, y)], (26, 92, 70))
        pen.polygon([(-half, y), (0, y + 48), (-half // 3, y + 4)], (226, 240, 246))


def palm(pen):
    pen.polygon(curve((-12, 0), (-2, 40), (6, 84)) + curve((12, 84), (6, 40), (0, 0)), (166, 116, 66))
    for bend, tip in (
        ((-26, 116), (-46, 74)),
        ((-14, 102), (-34, 56)),
        ((44, 116), (56, 72)),
        ((30, 100), (44, 54)),
        ((10, 118), (20, 112)),
    ):
        under = (bend[0], bend[1] - 16)
        pen.polygon(curve((8, 86), bend, tip) + curve(tip, under, (8, 80))[1:], (46, 140, 66))
    pen.ellipse(4, 78, 6, 6, (110, 66, 36))
    pen.ellipse(14, 77, 6, 6, (110, 66, 36))


def cactus(pen):
    green, dark = (58, 140, 82), (40, 108, 66)
    for x0, x1, y0, y1 in ((-38, -24, 40, 70), (24, 38, 34, 78)):
        pen.rect(x0, y0, x1, y1, green)
        pen.ellipse((x0 + x1) // 2, y1, 7, 8, green)
    pen.rect(-38, 36, 0, 48, green)
    pen.rect(0, 30, 38, 42, green)
    pen.rect(-13, 0, 13, 92, green)
    pen.ellipse(0, 92, 13, 14, green)
    for x in (-6, 5):
        pen.rect(x, 4, x + 2, 94, dark)
    pen.ellipse(0, 106, 5, 5, (246, 120, 160))


def lamp(pen):
    pen.rect(-10, 0, 10, 6, INK)
    pen.rect(-4, 0, 4, 86, INK)
    pen.ellipse(0, 98, 30, 30, GLOW, 70)
    pen.polygon([(-12, 86), (-17, 112), (17, 112), (12, 86)], GLOW)
    pen.polygon([(-20, 111), (0, 124), (20, 111)], INK)
    pen.rect(-14, 84, 14, 88, INK)


def snowman(pen):
    for y, r in ((26, 29), (64, 22), (94, 16)):
        pen.ellipse(0, y, r, r, (176, 196, 222))
        pen.ellipse(-2, y + 1, r - 3, r - 2, (250, 252, 255))
    pen.rect(-18, 104, 18, 109, INK)
    pen.rect(-12, 106, 12, 124, INK)
    pen.line(-20, 68, -46, 86, 4, WOOD)
    pen.line(20, 68, 46, 86, 4, WOOD)
    pen.polygon([(0, 96), (22, 91), (0, 90)], (238, 128, 40))
    for x, y in ((-6, 99), (6, 99), (0, 70), (0, 58)):
        pen.ellipse(x, y, 2, 2, INK)


def lighthouse(pen):
    pen.polygon(curve((-44, 0), (-30, 18), (0, 16)) + curve((0, 16), (34, 16), (44, 0)), STONE)
    for k in range(4):
        colour = (240, 240, 236) if k % 2 else (92, 96, 110)
        low, high = 24 - 2 * k, 22 - 2 * k
        pen.polygon(
            [(-low, 12 + 18 * k), (-high, 30 + 18 * k), (high, 30 + 18 * k), (low, 12 + 18 * k)], colour
        )
    pen.ellipse(0, 93, 36, 24, GLOW, 70)
    pen.rect(-18, 82, 18, 86, INK)
    pen.rect(-11, 86, 11, 102, GLOW)
    pen.polygon([(-16, 101), (0, 116), (16, 101)], INK)


def island(pen):
    pen.polygon(curve((-50, 0), (-30, 24), (0, 22)) + curve((0, 22), (34, 22), (50, 0)), (236, 208, 140))
    palm(pen.at(0, 14, 88))


def campfire(pen):
    pen.ellipse(0, 26, 48, 40, (255, 190, 80), 60)
    pen.line(-34, 2, 30, 14, 9, WOOD)
    pen.line(34, 2, -30, 14, 9, mix(WOOD, INK, 1, 3))
    pen.polygon(
        curve((-26, 10), (-30, 38), (-8, 76))
        + curve((-2, 54), (6, 60), (10, 68))
        + curve((10, 68), (34, 36), (24, 10)),
        (240, 96, 32),
    )
    pen.polygon(curve((-15, 10), (-16, 32), (-2, 54)) + curve((-2, 54), (20, 30), (14, 10)), (255, 186, 46))
    pen.ellipse(0, 16, 8, 12, (255, 240, 160))


def windmill(pen):
    pen.polygon([(-24, 0), (-15, 70), (15, 70), (24, 0)], (232, 222, 204))
    pen.polygon([(-18, 68), (0, 88), (18, 68)], (120, 72, 56))
    pen.rect(-7, 0, 7, 20, WOOD)
    for x, y in ((40, 28), (-28, 40), (-40, -28), (28, -40)):
        pen.line(0, 70, x, 70 + y, 3, WOOD)
        n = (y * 10 // 49, -x * 10 // 49)
        a, b = (x // 4, 70 + y // 4), (x, 70 + y)
        pen.polygon([a, b, (b[0] + n[0], b[1] + n[1]), (a[0] + n[0], a[1] + n[1])], (250, 246, 236))
    pen.ellipse(0, 70, 4, 4, INK)


COMPANION_DRAWINGS = {
    f.__name__: f for f in (tree, pine, palm, cactus, lamp, snowman, lighthouse, island, campfire, windmill)
}
