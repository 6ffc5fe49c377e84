"""Skies, weather and grounds: everything in a scene that is not a thing."""

from .canvas import SIDE, curve, mix

SKIES = {
    ("day", "clear"): ((88, 168, 238), (206, 236, 250)),
    ("day", "cloudy"): ((148, 176, 204), (216, 226, 234)),
    ("day", "rain"): ((112, 126, 146), (172, 182, 192)),
    ("day", "snow"): ((164, 178, 200), (224, 230, 238)),
    ("sunset", "clear"): ((112, 74, 150), (255, 172, 92)),
    ("sunset", "cloudy"): ((122, 86, 130), (250, 164, 110)),
    ("sunset", "rain"): ((92, 76, 112), (214, 146, 112)),  # these two only in scenes that somebody paints
    ("sunset", "snow"): ((128, 104, 146), (238, 184, 150)),
    ("night", "clear"): ((12, 18, 58), (48, 62, 122)),
    ("night", "cloudy"): ((26, 30, 58), (58, 64, 96)),
    ("night", "rain"): ((20, 24, 42), (50, 58, 78)),
    ("night", "snow"): ((28, 36, 70), (76, 88, 128)),
}
# What the hour does to the scenery and, more gently, to the things (256 leaves a colour as it is).
SCENERY_LIGHT = {"day": (256, 256, 256), "sunset": (244, 198, 184), "night": (86, 106, 172)}
THING_LIGHT = {"day": (256, 256, 256), "sunset": (252, 238, 228), "night": (232, 234, 246)}
HORIZON = 172


def cloud(canvas, x, y, size, colour, alpha=230):
    for dx, dy, r in ((-32, 4, 20), (-8, -8, 26), (22, -2, 22), (42, 7, 14)):
        canvas.ellipse(
            x + dx * size // 100, y + dy * size // 100, r * size // 100, r * size * 8 // 1000, colour, alpha
        )
    canvas.rect(
        x - 46 * size // 100, y + 4 * size // 100, x + 52 * size // 100, y + 19 * size // 100, colour, alpha
    )


def paint_sky(canvas, time, weather, dice):
    top, low = SKIES[time, weather]
    canvas.gradient(0, HORIZON + 24, top, low)
    x = dice.choice((40, 74, 214, 248)) + dice.between(-8, 8)
    if weather == "clear" and time == "day":
        canvas.ellipse(x, 40, 34, 34, (255, 246, 190), 90)
        canvas.ellipse(x, 40, 23, 23, (255, 226, 74))
    elif time == "sunset":
        for r, alpha in ((62, 60), (46, 80)):
            canvas.ellipse(x, HORIZON - 22, r, r, (255, 200, 110), alpha)
        canvas.ellipse(x, HORIZON - 22, 30, 30, (255, 232, 150) if weather == "clear" else (252, 208, 140))
        for _ in range(3 if weather == "clear" else 0):
            cx, cy = dice.between(0, SIDE), dice.between(96, 140)
            canvas.ellipse(cx, cy, dice.between(30, 60), 4, (236, 120, 120), 150)
    elif weather == "clear":
        for _ in range(26):
            sx, sy, r = dice.between(4, 283), dice.between(4, 150), dice.choice((1, 1, 2, 3))
            canvas.ellipse(sx, sy, r, r, (255, 250, 224))
        canvas.ellipse(x, 40, 24, 24, (252, 244, 204))
        canvas.ellipse(x + 11, 34, 20, 20, mix(top, low, 1, 6))
    if weather != "clear":
        white = {"day": (250, 250, 252), "sunset": (206, 132, 140), "night": (92, 98, 128)}[time]
        colour = white if weather == "cloudy" else mix(white, (70, 76, 92), 10, 20)
        for cx in (8, 84, 160, 236) if weather == "cloudy" else (0, 58, 116, 174, 232, 284):
            cloud(canvas, cx + dice.between(-16, 16), dice.between(20, 62), dice.between(80, 115), colour)


def paint_weather(canvas, time, weather, dice):
    """What falls in front of everything: rain or snow."""
    canvas.light = (256, 256, 256)
    if weather == "rain":
        for _ in range(48):
            x, y, n = dice.between(-10, 290), dice.between(50, 280), dice.between(14, 24)
            canvas.polygon(
                [(x, y), (x + 3, y), (x - n // 4 + 2, y + n), (x - n // 4, y + n)], (196, 218, 240), 190
            )
    elif weather == "snow":
        for _ in range(46):
            r = dice.choice((3, 4, 5))
            canvas.ellipse(dice.between(0, 288), dice.between(40, 286), r, r, (255, 255, 255), 235)


def hills(canvas, colour, y, height, dice, step=72):
    """A row of soft hills along the horizon."""
    x = dice.between(-60, 0)
    while x < SIDE + 20:
        w, h = step + dice.between(0, 40), height * dice.between(60, 100) // 100
        canvas.polygon(curve((x - w // 2, y), (x + w // 2, y - 2 * h), (x + w * 3 // 2, y)), colour)
        x += w


def sea(canvas, dice, top=(36, 108, 176), low=(20, 66, 132), y0=HORIZON, y1=SIDE):
    canvas.gradient(y0, y1, top, low)
    for k, y in enumerate(range(y0 + 12, y1 - 4, 17)):
        for x in range(dice.between(-40, 0), SIDE, 58 + 8 * k):
            n = 16 + 3 * k
            canvas.polygon(
                curve((x, y), (x + n // 2, y + 9), (x + n, y), 6)
                + curve((x + n, y), (x + n // 2, y + 15), (x, y), 6)[1:],
                (128, 190, 230),
                200,
            )


def beach(canvas, dice):
    sea(canvas, dice, (56, 160, 196), (90, 196, 210), HORIZON, HORIZON + 40)
    canvas.gradient(HORIZON + 38, SIDE, (246, 222, 160), (230, 196, 124))
    edge = HORIZON + 38
    for x in range(-30, SIDE, 66):
        canvas.polygon(curve((x, edge + 1), (x + 33, edge + 18), (x + 66, edge + 1), 8), (240, 248, 250))
        canvas.polygon(curve((x, edge), (x + 33, edge + 12), (x + 66, edge), 8), (96, 198, 212))
    for _ in range(7):
        x, y = dice.between(5, 283), dice.between(edge + 24, 282)
        canvas.ellipse(x, y, 4, 3, dice.choice(((250, 240, 224), (214, 168, 120))))


def meadow(canvas, dice):
    hills(canvas, (126, 190, 104), HORIZON + 6, 22, dice)
    canvas.gradient(HORIZON, SIDE, (138, 206, 92), (70, 156, 64))
    for _ in range(16):
        x, y = dice.between(4, 284), dice.between(HORIZON + 16, 282)
        canvas.polygon(
            [
                (x - 4, y),
                (x - 6, y - 9),
                (x - 1, y - 2),
                (x, y - 12),
                (x + 2, y - 2),
                (x + 6, y - 8),
                (x + 4, y),
            ],
            (52, 128, 52),
        )
    for _ in range(16):
        x, y = dice.between(4, 284), dice.between(HORIZON + 14, 282)
        colour = dice.choice(((255, 250, 250), (255, 226, 90), (250, 160, 190)))
        for dx, dy in ((-4, 0), (4, 0), (0, -4), (0, 4)):
            canvas.ellipse(x + dx, y + dy, 3, 3, colour)
        canvas.ellipse(x, y, 2, 2, (240, 170, 40))


def desert(canvas, dice):
    hills(canvas, (222, 160, 92), HORIZON + 4, 26, dice, 100)
    canvas.gradient(HORIZON, SIDE, (240, 190, 112), (212, 146, 74))
    for y in (196, 232, 268):
        x, w = dice.between(-50, 100), dice.between(150, 220)
        crest = curve((x, y + 14), (x + w // 2, y - 26), (x + w, y + 14))
        canvas.polygon(crest, (248, 206, 132))
        canvas.polygon([crest[5], *crest[6:], (x + w * 2 // 3, y + 14)], (206, 138, 70))


def snow(canvas, dice):
    hills(canvas, (212, 226, 242), HORIZON + 6, 30, dice, 90)
    canvas.gradient(HORIZON, SIDE, (244, 248, 254), (214, 226, 244))
    for y in (200, 236, 268):
        x, w = dice.between(-60, 120), dice.between(120, 200)
        canvas.polygon(
            curve((x, y), (x + w // 2, y - 16), (x + w, y))
            + curve((x + w, y), (x + w // 2, y - 8), (x, y))[1:],
            (190, 208, 234),
        )


def street(canvas, dice):
    x = dice.between(-30, 0)
    while x < SIDE:
        w, h = dice.between(34, 56), dice.between(36, 86)
        grey = dice.choice(((132, 138, 158), (112, 118, 140), (150, 150, 164)))
        canvas.rect(x, HORIZON - h, x + w, HORIZON + 16, grey)
        for wy in range(HORIZON - h + 8, HORIZON - 4, 16):
            for wx in range(x + 6, x + w - 8, 14):
                canvas.rect(
                    wx, wy, wx + 7, wy + 9, (226, 226, 206) if (wx * 7 + wy * 3) % 5 < 3 else (84, 92, 116)
                )
        x += w + 2
    canvas.rect(0, HORIZON + 12, SIDE, HORIZON + 34, (198, 194, 190))
    canvas.rect(0, HORIZON + 32, SIDE, HORIZON + 38, (150, 148, 148))
    canvas.gradient(HORIZON + 38, SIDE, (92, 94, 104), (76, 78, 88))
    for x in range(dice.between(-50, 0), SIDE, 72):
        canvas.polygon([(x, 266), (x + 38, 266), (x + 34, 274), (x - 4, 274)], (238, 232, 206))


def forest(canvas, dice):
    canvas.gradient(80, HORIZON + 20, (52, 108, 84), (34, 84, 58))
    for x in range(dice.between(-20, 0), SIDE + 20, 34):
        canvas.ellipse(x, 86 + dice.between(-8, 12), 30, 24, (40, 112, 66))
    for x in range(dice.between(-16, 4), SIDE + 20, 40):
        w, shade = dice.between(6, 10), dice.choice(((86, 60, 42), (72, 50, 38)))
        canvas.rect(x - w, 98, x + w, HORIZON + 22, shade)
        canvas.ellipse(
            x + dice.between(-6, 6), 98, 32, 28, dice.choice(((50, 132, 70), (62, 146, 76), (44, 120, 72)))
        )
    canvas.gradient(HORIZON + 10, SIDE, (110, 116, 58), (82, 88, 44))
    for _ in range(18):
        x, y = dice.between(4, 284), dice.between(HORIZON + 24, 284)
        canvas.ellipse(x, y, 6, 3, dice.choice(((186, 120, 50), (150, 92, 40), (66, 116, 48))))


def mountains(canvas, dice):
    x = dice.between(-90, -30)
    while x < SIDE:
        w, h = dice.between(110, 160), dice.between(72, 116)
        top, foot = (x + w // 2, HORIZON - h), HORIZON + 14
        canvas.polygon([(x, foot), top, (x + w, foot)], (122, 126, 156))
        canvas.polygon([top, (x + w, foot), (x + w * 11 // 20, foot)], (96, 98, 130))
        cap = h * 2 // 5
        half = w * cap // (2 * (h + 14))
        zig = [(top[0] - half, top[1] + cap), top, (top[0] + half, top[1] + cap)]
        zig += [(top[0] + half // 3, top[1] + cap * 3 // 4), (top[0] - half // 4, top[1] + cap)]
        canvas.polygon(zig, (244, 248, 255))
        x += w * 3 // 5
    canvas.gradient(HORIZON + 12, SIDE, (136, 152, 112), (104, 122, 88))
    for _ in range(12):
        x, y = dice.between(4, 284), dice.between(HORIZON + 28, 284)
        n = dice.between(5, 10)
        canvas.ellipse(x, y, n, n * 2 // 3, (146, 144, 142))
        canvas.ellipse(x - 1, y - 2, n * 2 // 3, n // 3, (186, 184, 180))


GROUNDS = {f.__name__: f for f in (sea, beach, meadow, desert, snow, street, forest, mountains)}
