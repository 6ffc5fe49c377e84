"""How a scene of the dataset is chosen at random: plausible, with its rare pairs kept apart."""

from cs231n.course.scenes.canvas import Dice
from cs231n.course.scenes.facts import AIR, COLOURS, HELD_OUT, PLACES, SIDES, scene_of, weather_there


def random_facts(rng, held_out=False):
    """The facts of one scene, plausible and chosen at random.

    rng: a NumPy Generator; held_out: True for one of the pairs of thing and colour kept out of training
    Returns a dict with the keys of FACTS and `seed`, from which draw_scene takes all that no fact states.
    One thing alone has a side (left, middle, right) and may have a companion; two or three have neither.
    """
    dice = Dice(rng)
    place = dice.choice(tuple(PLACES))
    kinds, companions = PLACES[place]
    while True:
        kind = dice.weighted({kind: 1 if kind in AIR else 2 for kind in kinds})
        colour = dice.choice(tuple(COLOURS))
        if ((kind, colour) in HELD_OUT) == held_out:
            break
        if held_out:  # not every place has a held-out pair at hand: draw the place again too
            place = dice.choice(tuple(PLACES))
            kinds, companions = PLACES[place]
    time = dice.weighted({"day": 5, "sunset": 3, "night": 4})
    weather = dice.weighted({"clear": 5, "cloudy": 2, "rain": 2, "snow": 2})
    weather = weather_there(weather, time, place)
    count = dice.weighted({1: 60, 2: 22, 3: 18})
    side = dice.choice(SIDES) if count == 1 else None
    companion = dice.choice(companions) if count == 1 and dice.chance(60) else None
    beside_the_middle = dice.choice(("left", "right"))
    seed = dice.between(0, 2**31 - 1)
    facts = scene_of(kind, colour, count, side, place, time, weather, companion, seed)
    return facts | ({"companion_side": beside_the_middle} if companion and side == "middle" else {})
