"""The facts of the painted world: what there is, and what can be where."""

COLOURS = {
    "red": (216, 44, 48),
    "orange": (243, 134, 28),
    "yellow": (250, 214, 56),
    "green": (44, 156, 72),
    "blue": (44, 100, 210),
    "purple": (128, 62, 172),
    "pink": (250, 140, 186),
    "white": (248, 248, 244),
}
AIR = ("balloon", "plane", "kite")
WATER = ("sailboat", "ship", "whale", "duck")
LAND = ("house", "car", "bus", "tractor", "tent", "horse", "mushroom", "umbrella")
KINDS = LAND + WATER + AIR
MEDIUM = {kind: name for name, kinds in (("land", LAND), ("water", WATER), ("air", AIR)) for kind in kinds}

# What can be in each place: the things a scene is about, and what may stand beside one of them.
PLACES = {
    "sea": (WATER + AIR, ("lighthouse", "island")),
    "beach": (("umbrella", "tent", "horse", "house", *AIR), ("palm", "lighthouse")),
    "meadow": (("house", "tractor", "tent", "horse", "mushroom", "umbrella", *AIR), ("tree", "windmill")),
    "desert": (("car", "bus", "tent", "horse", "house", *AIR), ("cactus", "palm")),
    "snow": (("house", "tractor", "tent", "horse", "car", "bus", *AIR), ("pine", "snowman")),
    "street": (("house", "car", "bus", "tractor", *AIR), ("lamp", "tree")),
    "forest": (("tent", "horse", "mushroom", "house", "car"), ("campfire",)),
    "mountains": (("house", "tent", "horse", "car", "bus", *AIR), ("pine", "campfire")),
}
COMPANIONS = tuple(sorted({companion for _, companions in PLACES.values() for companion in companions}))
TIMES = ("day", "sunset", "night")
WEATHERS = ("clear", "cloudy", "rain", "snow")
SIDES = ("left", "middle", "right")

# Pairs never seen in training, nor in the training of the feature extractor: they measure composition.
HELD_OUT = frozenset(
    {
        ("house", "purple"),
        ("car", "green"),
        ("bus", "blue"),
        ("tent", "pink"),
        ("horse", "orange"),
        ("sailboat", "yellow"),
        ("whale", "red"),
        ("balloon", "white"),
    }
)
FACTS = {
    "kind": KINDS,
    "colour": tuple(COLOURS),
    "count": (1, 2, 3),
    "side": (*SIDES, None),
    "place": tuple(PLACES),
    "time": TIMES,
    "weather": WEATHERS,
    "companion": (*COMPANIONS, None),
    "companion_side": ("left", "right", None),
}


def weather_there(weather, time, place):
    """The weather, or another one where this hour and this place do not have it."""
    if time == "sunset" and weather in ("rain", "snow"):
        weather = "clear"
    if weather == "snow" and place in ("sea", "beach", "desert"):
        weather = "cloudy"
    if weather == "rain" and place in ("desert", "snow"):
        weather = "clear"
    return weather


def never_trained(facts):
    """Which pairs of facts of a scene no training picture has: a list of such as ("kind", "colour")."""
    kinds, companions = PLACES[facts["place"]]
    found = [("kind", "colour")] if is_held_out(facts) else []
    found += [("kind", "place")] if facts["kind"] not in kinds else []
    found += [("companion", "place")] if facts["companion"] not in (None, *companions) else []
    weather, time, place = facts["weather"], facts["time"], facts["place"]
    if time == "sunset" and weather in ("rain", "snow"):
        return [*found, ("weather", "time")]
    return [*found, ("weather", "place")] if weather_there(weather, time, place) != weather else found


def scene_of(
    kind="house",
    colour="red",
    count=1,
    side="middle",
    place="meadow",
    time="day",
    weather="clear",
    companion=None,
    seed=0,
):
    """The facts of a scene of one's own; what is left out is that of a red house in a meadow.

    Two or three things fill the picture: side and companion do not count then. A companion stands on the other
    side; beside a thing in the middle, on the right. Nothing is too strange: a car may stand on the sea.
    """
    if count > 1:
        side = companion = None
    other = {"left": "right", "right": "left", "middle": "right"}
    return {
        "kind": kind,
        "colour": colour,
        "count": count,
        "side": side,
        "place": place,
        "time": time,
        "weather": weather,
        "companion": companion,
        "companion_side": other.get(side) if companion else None,
        "seed": seed,
    }


def check_facts(facts):
    """Raise a ValueError that names the first fact which is missing or not of this world."""
    for name, values in FACTS.items():
        if name not in facts:
            raise ValueError(f"The facts have no {name!r}. Each scene needs: {', '.join(FACTS)}.")
        if facts[name] not in values:
            raise ValueError(f"{name} is {facts[name]!r}; this world knows: {', '.join(map(str, values))}.")
    if facts["count"] > 1 and (facts["side"] or facts["companion"]):
        raise ValueError("Two or three things fill the whole picture: side and companion must be None.")
    if facts["count"] == 1 and not facts["side"]:
        raise ValueError("One thing alone needs a side: left, middle or right.")
    if bool(facts["companion"]) != bool(facts["companion_side"]):
        raise ValueError("companion and companion_side belong together: give both, or None for both.")
    if facts["companion"] and facts["companion_side"] == facts["side"]:
        raise ValueError("A companion stands on the other side: choose companion_side different from side.")


def is_held_out(facts):
    """Whether the scene shows a pair of thing and colour that never occurs in training."""
    return (facts["kind"], facts["colour"]) in HELD_OUT
