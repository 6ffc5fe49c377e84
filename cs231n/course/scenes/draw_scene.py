"""From facts to a picture, and to the outlines of what is in it."""

import numpy as np

from . import draw_places
from .canvas import SIDE, SIZES, Canvas, Dice, Pen
from .draw_companions import COMPANION_DRAWINGS
from .draw_things import DRAWINGS, hue_of
from .facts import MEDIUM, check_facts

FOOT = {"land": 262, "water": 256, "air": 146}
CENTRES = {"left": 76, "middle": 144, "right": 212}


def draw_scene(facts, size=72):
    """Paint the scene the facts describe.

    facts: a dict as scene_of gives it; `seed` (0 where absent) decides what no fact states
    size: 72 (the dataset's, in steps of 8 grey levels, to be small), 96, 144, 288, 576 or 864 pixels
    Returns (size, size, 3) uint8, the same bytes on every system.
    """
    if size not in SIZES:
        raise ValueError(f"size is {size!r}; a picture can be {', '.join(map(str, SIZES))} pixels wide.")
    *_, (_, canvas) = _layers(facts, max(1, size // SIDE))
    return canvas.reduced(size, step=8 if size == 72 else 1)


def outlines(facts):
    """Where what is in the painted scene: the pixels that each layer of paint changed and no later one hides.

    facts: as for draw_scene
    Returns a dict of boolean (288, 288) arrays: "sky", "place", "companion", "thing". Shadows and ripples belong
    to what throws them; rain and snowflakes belong to nothing.
    """
    found, before = {}, None
    for name, canvas in _layers(facts):
        if name == "weather":
            break
        pixels = canvas.pixels.copy()
        changed = np.ones(pixels.shape[:2], bool) if before is None else (pixels != before).any(axis=2)
        found = {earlier: mask & ~changed for earlier, mask in found.items()} | {name: changed}
        before = pixels
    return found


def _layers(facts, scale=1):
    """Paint a scene from back to front; after each layer its name and the canvas so far."""
    check_facts(facts)
    dice, canvas = Dice(facts.get("seed", 0)), Canvas(scale)
    time, weather, place = facts["time"], facts["weather"], facts["place"]
    draw_places.paint_sky(canvas, time, weather, dice)
    yield "sky", canvas
    canvas.light = draw_places.SCENERY_LIGHT[time]
    draw_places.GROUNDS[place](canvas, dice)
    yield "place", canvas
    canvas.light = draw_places.THING_LIGHT[time]
    if facts["companion"]:
        centre = 38 if facts["companion_side"] == "left" else 250
        width = 76 if facts["side"] != "middle" else 66
        pen = Pen(canvas, centre + dice.between(-4, 4), 232 + dice.between(-4, 6), width, dice.chance(50))
        _shadow(pen, place)
        COMPANION_DRAWINGS[facts["companion"]](pen)
    yield "companion", canvas
    _paint_things(canvas, facts, dice)
    yield "thing", canvas
    draw_places.paint_weather(canvas, time, weather, dice)
    yield "weather", canvas


def _paint_things(canvas, facts, dice):
    kind, count = facts["kind"], facts["count"]
    medium, hue = MEDIUM[kind], hue_of(facts["colour"])
    width, mirrored = {1: 126, 2: 104, 3: 80}[count], dice.chance(50)
    centres = {1: [CENTRES.get(facts["side"])], 2: [80, 208], 3: [50, 144, 238]}[count]
    for x in centres:
        w = width * dice.between(92, 106) // 100
        y = FOOT[medium] + dice.between(-10, 8)
        if count > 1:
            y -= 10 if medium != "air" else 18
        if medium == "air" and count == 1:
            y += 6
        pen = Pen(canvas, x + dice.between(-8, 8) // count, y, w, mirrored)
        if medium != "air":
            _shadow(pen, facts["place"])
        DRAWINGS[kind](pen, hue)
        if medium == "water":
            pen.ellipse(-14, 0, 36, 4, (190, 222, 240), 200)
            pen.ellipse(20, -4, 34, 3, (190, 222, 240), 170)


def _shadow(pen, place):
    if place != "sea":
        pen.ellipse(2, 0, 50, 6, (20, 30, 40), 80)
