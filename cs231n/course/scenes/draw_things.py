"""How each thing of the world looks: one function a kind, drawn with a Pen in its own coordinates.

Foot at y = 0, x from -50 to 50. `hue` holds the thing's colour and a darker and a lighter shade of it.
"""

from typing import NamedTuple

from .canvas import curve, mix
from .facts import COLOURS

INK, GLASS, CREAM, WOOD = (38, 38, 50), (190, 226, 244), (250, 238, 208), (138, 88, 48)
PALE, LEAF, STONE = (214, 218, 224), (52, 132, 66), (150, 146, 140)
GLOW = (255, 232, 140)


class Hue(NamedTuple):
    base: tuple
    dark: tuple
    light: tuple


def hue_of(colour):
    base = COLOURS[colour]
    return Hue(
        base, mix(base, (30, 24, 60), 7 if colour != "white" else 6, 20), mix(base, (255, 255, 255), 9, 20)
    )


def wheel(pen, x, y, r):
    pen.ellipse(x, y, r, r, INK)
    pen.ellipse(x, y, r // 2, r // 2, PALE)


def house(pen, hue):
    pen.rect(20, 60, 32, 92, hue.dark)
    pen.rect(-40, 0, 40, 52, hue.base)
    pen.rect(-40, 0, 40, 5, hue.dark)
    pen.polygon([(-52, 46), (0, 94), (52, 46)], hue.dark)
    pen.polygon([(-40, 50), (0, 86), (40, 50)], hue.light)
    pen.polygon([(-34, 50), (0, 80), (34, 50)], hue.base)
    pen.ellipse(0, 61, 8, 8, CREAM)
    pen.rect(-9, 0, 9, 32, WOOD)
    pen.ellipse(5, 15, 2, 2, GLOW)
    for x in (-26, 26):
        pen.rect(x - 11, 20, x + 11, 42, CREAM)
        pen.rect(x - 8, 23, x + 8, 39, GLOW)
        pen.rect(x - 1, 23, x + 1, 39, CREAM)
        pen.rect(x - 8, 30, x + 8, 32, CREAM)


def car(pen, hue):
    pen.polygon(curve((-34, 34), (-26, 64), (-4, 64)) + curve((6, 64), (24, 62), (34, 34)), hue.base)
    pen.polygon([(-26, 36), (-20, 56), (-3, 57), (-3, 36)], GLASS)
    pen.polygon([(3, 36), (3, 57), (14, 55), (25, 36)], GLASS)
    pen.polygon(curve((-52, 12), (-54, 38), (-34, 38)) + curve((32, 38), (54, 36), (52, 12)), hue.base)
    pen.rect(-51, 12, 51, 18, hue.dark)
    pen.rect(-46, 27, 44, 30, hue.light)
    pen.rect(0, 18, 1, 36, hue.dark)
    pen.ellipse(47, 27, 4, 5, GLOW)
    for x in (-29, 29):
        pen.ellipse(x, 13, 15, 14, hue.dark)
        wheel(pen, x, 12, 12)


def bus(pen, hue):
    pen.rect(-52, 10, 52, 74, hue.base)
    pen.rect(-49, 74, 49, 78, hue.light)
    pen.rect(-52, 28, 52, 34, hue.light)
    pen.rect(-52, 10, 52, 17, hue.dark)
    for x in (-46, -26, -6, 14):
        pen.rect(x, 42, x + 16, 66, GLASS)
    pen.rect(35, 18, 50, 66, GLASS)
    pen.rect(42, 18, 43, 66, hue.dark)
    for x in (-30, 22):
        wheel(pen, x, 11, 11)


def tractor(pen, hue):
    pen.rect(26, 52, 31, 80, INK)
    pen.rect(-4, 24, 46, 52, hue.base)
    pen.rect(-4, 46, 46, 52, hue.light)
    for x in (28, 34, 40):
        pen.rect(x, 28, x + 3, 43, hue.dark)
    pen.rect(-36, 26, 0, 56, hue.base)
    pen.rect(-34, 54, -1, 86, hue.dark)
    pen.rect(-29, 56, -6, 80, GLASS)
    pen.rect(-40, 84, 4, 91, hue.base)
    pen.ellipse(-26, 27, 27, 27, INK)
    pen.ellipse(-26, 27, 15, 15, hue.light)
    pen.ellipse(-26, 27, 5, 5, INK)
    pen.ellipse(34, 15, 15, 15, INK)
    pen.ellipse(34, 15, 7, 7, hue.light)


def tent(pen, hue):
    pen.line(0, 66, 0, 92, 3, WOOD)
    pen.polygon([(1, 92), (1, 80), (18, 86)], hue.light)
    pen.polygon([(-52, 0), (0, 76), (52, 0)], hue.base)
    pen.polygon([(-52, 0), (0, 76), (-34, 0)], hue.light)
    pen.polygon([(52, 0), (0, 76), (36, 0)], hue.dark)
    pen.polygon([(-20, 0), (0, 56), (20, 0)], INK)
    pen.polygon([(-20, 0), (0, 56), (-5, 0)], hue.dark)


def horse(pen, hue):
    for x, shade in ((-22, hue.dark), (22, hue.dark), (-30, hue.base), (15, hue.base)):
        pen.polygon([(x - 5, 44), (x - 4, 4), (x + 4, 4), (x + 7, 44)], shade)
        pen.rect(x - 4, 0, x + 5, 6, INK)
    pen.polygon(curve((-34, 56), (-56, 56), (-52, 18)) + curve((-44, 22), (-44, 44), (-32, 46)), hue.dark)
    pen.ellipse(-2, 46, 35, 17, hue.base)
    pen.polygon(
        curve((10, 48), (22, 62), (25, 86)) + [(40, 80)] + curve((38, 70), (36, 50), (30, 40)), hue.base
    )
    pen.polygon([(23, 86), (34, 94), (54, 72), (50, 62), (36, 68)], hue.base)
    pen.polygon([(26, 88), (28, 102), (34, 92)], hue.dark)
    pen.polygon(curve((30, 94), (12, 88), (8, 58)) + curve((16, 62), (20, 78), (28, 86)), hue.dark)
    pen.ellipse(37, 83, 2, 2, INK)
    pen.ellipse(49, 68, 2, 1, INK)


def mushroom(pen, hue):
    pen.polygon(curve((-16, 0), (-8, 20), (-12, 46)) + curve((12, 46), (8, 20), (16, 0)), CREAM)
    pen.polygon(curve((2, 0), (4, 20), (2, 46)) + curve((12, 46), (8, 20), (16, 0)), mix(CREAM, WOOD, 1, 4))
    pen.ellipse(0, 44, 46, 8, hue.dark)
    pen.dome(0, 42, 50, 50, hue.base)
    for x, y, r in ((-26, 56, 8), (2, 74, 9), (26, 58, 8), (-4, 52, 5)):
        pen.ellipse(x, y, r, r - 1, CREAM if hue.base[2] < 230 or hue.base[0] < 200 else hue.dark)


def umbrella(pen, hue):
    pen.line(-8, 0, 4, 84, 4, WOOD)
    pen.dome(2, 56, 52, 46, hue.base)
    left, right = curve((-32, 56), (-26, 92), (2, 102)), curve((2, 102), (-6, 80), (-10, 56))
    pen.polygon(left + right, hue.light)
    left, right = curve((14, 56), (10, 80), (2, 102)), curve((2, 102), (30, 92), (36, 56))
    pen.polygon(left + right, hue.light)
    pen.rect(-50, 53, 54, 57, hue.dark)
    pen.ellipse(2, 102, 3, 4, hue.dark)


def sailboat(pen, hue):
    pen.line(-2, 14, -2, 102, 3, WOOD)
    pen.polygon(curve((1, 100), (22, 62), (46, 26)) + [(1, 26)], hue.base)
    pen.polygon(curve((-5, 92), (-18, 60), (-40, 26)) + [(-5, 26)], hue.light)
    pen.polygon([(1, 52), (31, 47), (36, 41), (1, 46)], hue.dark)
    pen.polygon(curve((-50, 18), (-40, 0), (-26, 0)) + curve((30, 0), (44, 2), (52, 20)), WOOD)
    pen.polygon([(-50, 18), (-47, 13), (49, 14), (52, 20)], hue.dark)


def ship(pen, hue):
    for x in (-20, 2):
        pen.rect(x, 50, x + 13, 82, hue.base)
        pen.rect(x, 74, x + 13, 82, INK)
    pen.rect(-34, 28, 28, 44, (236, 238, 240))
    pen.rect(-26, 44, 22, 56, (222, 226, 232))
    for x in (-28, -14, 0, 14):
        pen.rect(x, 33, x + 8, 40, (60, 110, 150))
    pen.polygon([(-52, 32), (-42, 0), (38, 0), (56, 36), (40, 28)], hue.base)
    pen.polygon([(-46, 12), (-42, 0), (38, 0), (45, 12)], hue.dark)
    for x in (-30, -10, 10, 30):
        pen.ellipse(x, 21, 3, 3, CREAM)


def whale(pen, hue):
    for bend in (-10, 10):
        pen.polygon(curve((20, 52), (20 + bend, 88), (20 + 2 * bend, 74)) + [(22, 52)], (206, 236, 250))
    pen.polygon(curve((-32, 20), (-50, 30), (-40, 44)) + curve((-40, 44), (-60, 74), (-62, 56)), hue.base)
    pen.polygon(curve((-40, 40), (-52, 76), (-64, 70)) + curve((-58, 58), (-50, 40), (-34, 30)), hue.dark)
    pen.polygon(curve((-38, 44), (-24, 78), (-20, 66)) + curve((-24, 54), (-26, 44), (-32, 34)), hue.dark)
    body = (
        curve((-44, 40), (-30, 30), (-8, 44))
        + curve((-8, 44), (22, 62), (44, 42))
        + curve((44, 42), (56, 24), (48, 0))
    )
    pen.polygon(body + [(-24, 0)] + curve((-24, 0), (-36, 12), (-44, 40)), hue.base)
    pen.polygon(curve((-14, 0), (20, 20), (50, 14)) + [(48, 0)], hue.light)
    pen.ellipse(33, 28, 4, 4, (250, 250, 250))
    pen.ellipse(34, 28, 2, 2, INK)
    pen.polygon(curve((2, 18), (-4, 4), (-12, 2)) + curve((-8, 8), (-6, 14), (-8, 18)), hue.dark)


def duck(pen, hue):
    beak = (240, 140, 30) if hue.base[0] < 230 or hue.base[2] > 200 else (206, 70, 34)
    pen.polygon([(38, 74), (58, 68), (38, 60)], beak)
    pen.polygon(
        curve((-50, 46), (-54, 0), (-10, 0)) + curve((10, 0), (42, 0), (38, 36)) + [(-20, 38)], hue.base
    )
    pen.ellipse(20, 66, 25, 25, hue.base)
    pen.polygon([(2, 30), (4, 56), (34, 54), (38, 30)], hue.base)
    pen.polygon(curve((-34, 32), (-20, 0), (14, 16)) + curve((14, 16), (16, 34), (-4, 32)), hue.dark)
    pen.polygon(curve((-28, 32), (-18, 8), (10, 19)) + curve((10, 19), (12, 32), (-4, 32)), hue.light)
    pen.ellipse(28, 72, 5, 5, (250, 250, 250))
    pen.ellipse(29, 72, 3, 3, INK)


def balloon(pen, hue):
    pen.line(-22, 38, -9, 14, 2, WOOD)
    pen.line(22, 38, 9, 14, 2, WOOD)
    pen.rect(-10, 0, 10, 15, WOOD)
    pen.rect(-12, 13, 12, 17, mix(WOOD, INK, 1, 3))
    pen.polygon([(-38, 54), (-10, 26), (10, 26), (38, 54)], hue.base)
    pen.ellipse(0, 74, 44, 42, hue.base)
    pen.polygon([(-20, 48), (-5, 26), (5, 26), (20, 48)], hue.light)
    pen.ellipse(0, 74, 24, 42, hue.light)
    pen.polygon([(-7, 46), (-2, 26), (2, 26), (7, 46)], hue.dark)
    pen.ellipse(0, 74, 9, 42, hue.dark)


def plane(pen, hue):
    pen.polygon([(-8, 44), (-26, 70), (-14, 70), (18, 44)], hue.dark)
    pen.polygon([(-52, 72), (-40, 72), (-26, 46), (-48, 44)], hue.base)
    pen.polygon(
        curve((-52, 50), (-40, 28), (10, 26))
        + curve((30, 26), (52, 28), (54, 38))
        + curve((54, 38), (50, 52), (24, 54))
        + [(-20, 54)],
        hue.base,
    )
    pen.polygon(curve((32, 52), (44, 50), (49, 44)) + [(32, 42)], GLASS)
    for x in (-24, -10, 4, 18):
        pen.ellipse(x, 44, 4, 4, GLASS)
    pen.polygon([(-10, 36), (20, 36), (-14, 6), (-28, 6)], hue.light)
    pen.polygon([(-10, 36), (-2, 36), (-24, 6), (-28, 6)], hue.dark)


def kite(pen, hue):
    tail = curve((0, 26), (26, 16), (8, 6), 6) + curve((8, 6), (-12, -4), (10, -18), 6)
    for (x0, y0), (x1, y1) in zip(tail, tail[1:], strict=False):
        pen.line(x0, y0, x1, y1, 3, CREAM)
    for x, y in ((13, 14), (-1, -4)):
        pen.polygon([(x - 9, y + 6), (x - 9, y - 6), (x + 9, y + 6), (x + 9, y - 6)], hue.base)
    pen.polygon([(0, 102), (-36, 66), (0, 24)], hue.base)
    pen.polygon([(0, 102), (36, 66), (0, 24)], hue.light)
    pen.polygon([(0, 66), (36, 66), (0, 24)], hue.dark)
    pen.line(-36, 66, 36, 66, 3, CREAM)
    pen.line(0, 24, 0, 102, 3, CREAM)


DRAWINGS = {
    f.__name__: f
    for f in (
        house,
        car,
        bus,
        tractor,
        tent,
        horse,
        mushroom,
        umbrella,
        sailboat,
        ship,
        whale,
        duck,
        balloon,
        plane,
        kite,
    )
}
