"""The pictures of the painted world: the same bytes everywhere, plausible, and read back as drawn."""

import hashlib

import numpy as np
import pytest
from make_scenes.random_facts import random_facts

from cs231n.coco_utils import stored_scene
from cs231n.course.scenes import (
    HELD_OUT,
    KINDS,
    PLACES,
    crisp_picture,
    draw_scene,
    is_held_out,
    load_picture,
    scene_of,
)
from cs231n.course.scenes.canvas import Canvas, Dice, Pen, curve
from cs231n.course.scenes.facts import COMPANIONS, FACTS, MEDIUM, TIMES, WEATHERS
from cs231n.image_utils import image_from_url

FACTS_OF_ONE = dict(
    kind="car", colour="red", count=1, side="left", place="street",
    time="day", weather="clear", companion="lamp", companion_side="right", seed=1,
)  # fmt: skip
SHA256_OF_40_SMALL = "10baf6c3913c86e9b0cd44c69b319de81fb6c8dc91d0240735dd3793b81d8894"
SHA256_OF_10_LARGE = "3b7ba48b5755df4c32e80e596aefea67474840262b0606690c9bcdd32b787315"


def scenes(n, seed, **options):
    rng = np.random.Generator(np.random.PCG64(seed))
    return [random_facts(rng, **options) for _ in range(n)]


def digest(*arrays):
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


def test_pictures_are_the_same_bytes_on_every_system():
    assert (
        digest(*map(draw_scene, scenes(40, 99)))
        == "10baf6c3913c86e9b0cd44c69b319de81fb6c8dc91d0240735dd3793b81d8894"
    )


def test_large_pictures_are_the_same_bytes_on_every_system():
    assert digest(*(draw_scene(f, 288) for f in scenes(10, 98))) == SHA256_OF_10_LARGE


@pytest.mark.parametrize("size", [72, 96, 144, 288])
def test_a_picture_has_the_size_asked_for(size):
    picture = draw_scene(FACTS_OF_ONE, size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.uint8


def test_small_and_large_picture_show_the_same_scene():
    small, large = draw_scene(FACTS_OF_ONE, 72).astype(int), draw_scene(FACTS_OF_ONE, 288)
    means = large.reshape(72, 4, 72, 4, 3).mean(axis=(1, 3))
    assert np.abs(means - small).max() <= 8


def test_drawing_leaves_the_facts_alone():
    facts = dict(FACTS_OF_ONE)
    draw_scene(facts)
    assert facts == FACTS_OF_ONE


@pytest.mark.parametrize("fact", ["kind", "colour", "place", "time", "weather", "companion"])
def test_every_fact_can_be_seen(fact):
    seen = [draw_scene(FACTS_OF_ONE | {fact: value}) for value in FACTS[fact] if value]
    assert len({p.tobytes() for p in seen}) == len(seen)


def test_the_thing_stands_on_the_side_that_is_stated():
    for side, third in (("left", 0), ("middle", 1), ("right", 2)):
        one = FACTS_OF_ONE | {"side": side, "companion": None, "companion_side": None}
        red, blue = (draw_scene(one | {"colour": c}).astype(int) for c in ("red", "blue"))
        columns = np.flatnonzero((red != blue).any(axis=(0, 2)))
        assert columns.mean() // 24 == third


def test_scenes_are_plausible():
    for facts in scenes(2000, 5):
        kinds, companions = PLACES[facts["place"]]
        assert facts["kind"] in kinds
        assert facts["companion"] in (*companions, None)
        assert (MEDIUM[facts["kind"]] == "water") <= (facts["place"] == "sea")
        assert not (facts["weather"] == "snow" and facts["place"] in ("sea", "beach", "desert"))


def test_all_values_of_all_facts_occur():
    drawn = scenes(3000, 6)
    for name, values in FACTS.items():
        assert {f[name] for f in drawn} == set(values), name


def test_held_out_pairs_come_only_when_asked_for():
    assert not any(map(is_held_out, scenes(3000, 7)))
    apart = scenes(300, 8, held_out=True)
    assert all(map(is_held_out, apart))
    assert {(f["kind"], f["colour"]) for f in apart} == HELD_OUT


def test_thing_and_colour_of_held_out_pairs_both_occur_in_training_with_others():
    drawn = scenes(3000, 9)
    for kind, colour in HELD_OUT:
        assert any(f["kind"] == kind for f in drawn)
        assert any(f["colour"] == colour for f in drawn)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "dragon"}, "kind"),
        ({"colour": "teal"}, "colour"),
        ({"count": 2}, "side"),
        ({"side": None}, "side"),
        ({"companion": None}, "companion_side"),
        ({"companion_side": "left"}, "other side"),
    ],
)
def test_facts_that_cannot_be_drawn_are_refused_by_name(change, word):
    with pytest.raises(ValueError, match=word):
        draw_scene(FACTS_OF_ONE | change)


def test_a_missing_fact_and_an_impossible_size_are_refused():
    with pytest.raises(ValueError, match="weather"):
        draw_scene({k: v for k, v in FACTS_OF_ONE.items() if k != "weather"})
    with pytest.raises(ValueError, match="100"):
        draw_scene(FACTS_OF_ONE, size=100)


def test_there_are_a_dozen_kinds_and_more():
    assert len(KINDS) >= 12
    assert len(COMPANIONS) >= 8


def test_dice_use_the_raw_stream_and_are_fair():
    dice = Dice(3)
    throws = np.bincount([dice.between(0, 5) for _ in range(6000)])
    assert throws.min() > 850
    assert [Dice(3).between(0, 999) for _ in range(2)] == [Dice(3).between(0, 999)] * 2
    assert Dice(np.random.Generator(np.random.PCG64(3))).between(0, 999) == Dice(3).between(0, 999)


def test_a_polygon_covers_the_area_of_its_outline():
    canvas = Canvas()
    canvas.polygon([(10, 10), (110, 10), (110, 60), (60, 35), (10, 60)], (255, 255, 255))
    area = (canvas.pixels[..., 0] > 0).sum()
    assert abs(area - (100 * 50 - 100 * 25 / 2)) < 60


def test_an_ellipse_covers_pi_times_its_radii():
    canvas = Canvas()
    canvas.ellipse(140, 140, 60, 40, (255, 255, 255))
    assert abs((canvas.pixels[..., 0] > 0).sum() - np.pi * 60 * 40) < 100


def test_shapes_may_leave_the_canvas():
    canvas = Canvas()
    canvas.polygon([(-50, -50), (400, -50), (400, 400), (-50, 400)], (9, 9, 9))
    canvas.ellipse(-100, -100, 20, 20, (1, 1, 1))
    canvas.rect(280, 280, 400, 400, (7, 7, 7))
    assert (canvas.pixels[:280] == 9).all()


def test_a_mirrored_pen_draws_the_mirror_image():
    left, right = Canvas(), Canvas()
    Pen(left, 144, 200, 100).rect(10, 0, 40, 30, (255, 255, 255))
    Pen(right, 144, 200, 100, mirrored=True).rect(10, 0, 40, 30, (255, 255, 255))
    assert (left.pixels[:, :288] == np.roll(right.pixels[:, ::-1], 0, axis=1)).all()


def test_a_curve_begins_and_ends_where_it_is_told():
    points = curve((0, 0), (50, 100), (100, 0))
    assert (points[0], points[5], points[-1]) == ((0, 0), (50, 50), (100, 0))


@pytest.mark.parametrize("time", ["day", "sunset", "night"])
def test_the_sea_is_blue_and_the_meadow_green_at_every_hour(time):
    """So "the blue sea" and "a green meadow" state the place alone."""
    scene = dict(kind="plane", colour="red", count=1, side="middle", time=time, weather="cloudy", seed=1)
    scene |= {"companion": None, "companion_side": None}
    for place, channel in (("sea", 2), ("meadow", 1)):
        ground = draw_scene(scene | {"place": place})[60:].mean(axis=(0, 1))
        assert ground.argmax() == channel


def test_a_crisp_picture_is_the_stored_one_but_larger():
    crisp, stored = crisp_picture("scene:val/00007"), load_picture("scene:val/00007")
    assert crisp.shape == (288, 288, 3)
    blocks = crisp.reshape(72, 4, 72, 4, 3).mean(axis=(1, 3))
    assert np.abs(blocks - stored).max() <= 5  # the stored one has steps of 8 grey levels
    assert (image_from_url("scene:val/00007") == crisp).all()
    assert (stored_scene("scene:val/00007") == stored).all()  # without the course
    with pytest.raises(IndexError, match="0 to 599"):
        crisp_picture("scene:val/00600")


@pytest.mark.parametrize("place", PLACES)
def test_whatever_somebody_chooses_is_painted(place):
    """Every hour with every weather, every thing and every companion in every place."""
    for time in TIMES:
        for weather in WEATHERS:
            assert draw_scene(scene_of(place=place, time=time, weather=weather)).std() > 5
    for kind in KINDS:
        assert draw_scene(scene_of(kind, place=place)).std() > 5
    for companion in COMPANIONS:
        assert draw_scene(scene_of(place=place, companion=companion)).std() > 5


@pytest.mark.parametrize("size", [576, 864])
def test_a_larger_picture_has_the_same_drawing_on_it(size):
    rng = np.random.default_rng(5)
    for _ in range(8):
        facts = random_facts(rng)
        small, k = draw_scene(facts, 288).astype(int), size // 288
        means = draw_scene(facts, size).reshape(288, k, 288, k, 3).mean(axis=(1, 3))
        assert (np.abs(means - small).max(axis=2) > 8).mean() < 0.12  # they differ along the edges only
