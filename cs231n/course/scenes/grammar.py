"""The sentences of the painted world: phrases, what each of them states, and the patterns that join them."""

from typing import NamedTuple

from .facts import AIR, COLOURS, KINDS, LAND, WATER

RARE = (
    "lovely shiny pretty splendid cheerful wonderful dusty handsome bright quiet tidy famous "
    "charming elegant old new lonely curious modest proud"
).split()
NOUNS = {  # singular, plural
    "house": (("house", "houses"), ("cottage", "cottages")),
    "car": (("car", "cars"),),
    "bus": (("bus", "buses"),),
    "tractor": (("tractor", "tractors"),),
    "tent": (("tent", "tents"),),
    "horse": (("horse", "horses"), ("pony", "ponies")),
    "mushroom": (("mushroom", "mushrooms"),),
    "umbrella": (("umbrella", "umbrellas"), ("parasol", "parasols")),
    "sailboat": (("sailboat", "sailboats"), ("sailing boat", "sailing boats")),
    "ship": (("ship", "ships"), ("steamer", "steamers")),
    "whale": (("whale", "whales"),),
    "duck": (("duck", "ducks"), ("rubber duck", "rubber ducks")),
    "balloon": (("balloon", "balloons"), ("hot air balloon", "hot air balloons")),
    "plane": (("plane", "planes"), ("airplane", "airplanes")),
    "kite": (("kite", "kites"),),
}
COMPANION_NOUNS = {
    "tree": ("a tree", "a green tree"),
    "windmill": ("a windmill",),
    "cactus": ("a cactus", "a tall cactus"),
    "palm": ("a palm tree", "a tall palm"),
    "pine": ("a pine tree", "a fir tree"),
    "snowman": ("a snowman",),
    "lamp": ("a street lamp", "a lamp post"),
    "lighthouse": ("a lighthouse", "a tall lighthouse"),
    "island": ("an island", "a small island"),
    "campfire": ("a campfire", "a fire"),
}
ON = {  # where a thing of the land or the water is
    "sea": ("on the sea", "on the water", "on the ocean", "on the blue sea", "at sea"),
    "beach": ("on the beach", "on a sandy beach", "on the sand by the sea", "by the sea"),
    "meadow": ("in a meadow", "in a green meadow", "on the grass", "in a field of flowers"),
    "desert": ("in the desert", "in a hot desert", "among the dunes"),
    "snow": ("in deep snow", "on a snowy field", "on the white snow"),
    "street": ("on a street", "on a city street", "in the city", "in town"),
    "forest": ("in the forest", "in the woods", "in a dark forest", "in front of the trees"),
    "mountains": ("in the mountains", "in front of the mountains", "near the mountains"),
}
OVER = {  # what a flying thing is over
    "sea": ("the sea", "the water", "the ocean"),
    "beach": ("the beach", "a sandy beach"),
    "meadow": ("a meadow", "a green meadow", "a field of flowers"),
    "desert": ("the desert", "the dunes"),
    "snow": ("a snowy field", "the white snow"),
    "street": ("a city street", "the city", "the town"),
    "mountains": ("the mountains", "the rocky mountains"),
}
WHEN = {  # (time, weather), None where the phrase leaves it open
    ("day", "clear"): ("on a sunny day", "in the sunshine", "under a blue sky"),
    ("day", "cloudy"): ("on a cloudy day",),
    ("day", "rain"): ("on a rainy day",),
    ("day", "snow"): ("on a snowy day",),
    ("sunset", None): ("at sunset", "in the evening", "at dusk"),
    ("sunset", "clear"): ("on a clear evening",),
    ("sunset", "cloudy"): ("on a cloudy evening",),
    ("night", None): ("at night", "in the dark"),
    ("night", "clear"): ("under the stars", "under the moon", "on a starry night"),
    ("night", "cloudy"): ("on a cloudy night",),
    ("night", "rain"): ("on a rainy night",),
    ("night", "snow"): ("on a snowy night",),
    (None, "cloudy"): ("under a cloudy sky", "under the clouds"),
    (None, "rain"): ("in the rain",),
    (None, "snow"): ("in falling snow", "while snow is falling"),
}
# What can be seen at several values of a fact.
SEEN = {"clouds": ("cloudy", "rain", "snow"), "dark": ("sunset", "night"), "hot": ("day", "sunset")}
# Phrases that were written of fewer or of more scenes than they are true of: what they really state. The judge
# reads them so. "The blue sea", "the white snow" and their like are painted so at every hour.
REALLY = {
    "under a cloudy sky": ("weather", "clouds"),
    "under the clouds": ("weather", "clouds"),
    "in a dark forest": ("time", "dark"),
    "in a hot desert": ("time", "hot"),
}
IT_IS = {
    ("day", "clear"): ("it is a sunny day and",),
    ("sunset", None): ("it is evening and",),
    ("night", None): ("it is night and",),
    (None, "rain"): ("it is raining and",),
    (None, "snow"): ("it is snowing and",),
}
VERBS = (  # kinds; finite singular, finite plural, participle
    (("house", "tent", "mushroom", "umbrella", "horse"), "stands", "stand", "standing"),
    (("car", "bus", "tractor"), "is parked", "are parked", "parked"),
    (("sailboat", "ship"), "sails", "sail", "sailing"),
    (("sailboat", "ship", "duck"), "floats", "float", "floating"),
    (("whale", "duck"), "swims", "swim", "swimming"),
    (("balloon",), "floats", "float", "floating"),
    (AIR, "flies", "fly", "flying"),
)


class Phrase(NamedTuple):
    """Some words, the facts they state, and the things they can be said of.

    states: ((fact, value), ...), where a value may be a key of SEEN; plural: True, False, or None for both;
    kinds: which things, None for all; weight: how often it is chosen beside the other phrases of its slot;
    written: the facts of the scenes it is written of, which REALLY may tell apart from states
    """

    words: tuple
    states: tuple = ()
    plural: bool | None = None
    kinds: tuple | None = None
    weight: int = 4
    written: tuple = ()


def holds(fact, value, facts):
    """Whether a statement is true of a scene."""
    return facts[fact] in SEEN.get(value, (value,))


def _say(text, *states, plural=None, kinds=None, weight=4):
    written = tuple(s for s in states if s[1] is not None)
    really = REALLY.get(text)
    stated = (*(s for s in written if s[0] != really[0]), really) if really else written
    return Phrase(tuple(text.split()), stated, plural, kinds, weight, written)


def _noun_phrases():
    for kind in KINDS:
        for one, many in NOUNS[kind]:
            yield _say(one, ("kind", kind), plural=False, kinds=(kind,))
            yield _say(many, ("kind", kind), plural=True, kinds=(kind,))


def _companions(prefix, suffix="", *states, kinds=None):
    return [
        _say(f"{prefix} {noun} {suffix}", ("companion", name), *states, kinds=kinds)
        for name, nouns in COMPANION_NOUNS.items()
        for noun in nouns
    ]


GROUND = LAND + WATER
SLOTS = {
    "how_many": [
        _say("a", ("count", 1), plural=False),
        _say("an", ("count", 1), plural=False),
        _say("one", ("count", 1), plural=False, weight=1),
        _say("two", ("count", 2), plural=True, weight=8),
        _say("a pair of", ("count", 2), plural=True),
        _say("a couple of", ("count", 2), plural=True),
        _say("three", ("count", 3), plural=True),
    ],
    "rare": [_say(""), *(_say(word) for word in RARE)],
    "colour": [_say(""), *(_say(colour, ("colour", colour)) for colour in COLOURS)],
    "thing": list(_noun_phrases()),
    "where": [_say(t, ("place", p), kinds=WATER if p == "sea" else LAND) for p in ON for t in ON[p]]
    + [_say(f"{w} {t}", ("place", p), kinds=AIR) for w in ("over", "above") for p in OVER for t in OVER[p]],
    "when": [_say(t, ("time", time), ("weather", w)) for (time, w), texts in WHEN.items() for t in texts],
    "it_is": [_say(t, ("time", time), ("weather", w)) for (time, w), texts in IT_IS.items() for t in texts],
    "side": [
        _say("on the left", ("side", "left")),
        _say("in the middle", ("side", "middle")),
        _say("on the right", ("side", "right")),
    ],
    "verb": [_say(v[1 + plural], plural=bool(plural), kinds=v[0]) for v in VERBS for plural in (0, 1)],
    "doing": [_say(v[3], kinds=v[0]) for v in VERBS],
    "there_is": [_say("there is", plural=False), _say("there are", plural=True)],
    "picture_of": [_say("a picture of"), _say("a painting of")],
    "beside": [c for word in ("next to", "beside", "near") for c in _companions(word, kinds=GROUND)]
    + _companions("to the left of", "", ("companion_side", "right"), kinds=GROUND)
    + _companions("to the right of", "", ("companion_side", "left"), kinds=GROUND),
    "and": _companions("and", kinds=GROUND),
    "with": _companions("with")
    + [c for s in ("left", "right") for c in _companions("with", f"on the {s}", ("companion_side", s))],
}
# Each pattern with its weight; <thing> stands for: how_many rare colour thing.
PATTERNS = {
    tuple(text.replace("THING", "how_many rare colour thing").split()): weight
    for text, weight in {
        "THING where": 2,
        "THING where when": 4,
        "THING verb where": 3,
        "THING verb where when": 3,
        "THING doing where": 2,
        "THING doing where when": 2,
        "there_is THING where": 2,
        "there_is THING where when": 1,
        "picture_of THING where": 1,
        "picture_of THING where when": 1,
        "when THING verb where": 3,
        "where verb THING": 1,
        "it_is THING verb where": 3,
        "side there_is THING where": 2,
        "side THING verb where": 2,
        "THING side when": 1,
        "THING verb side when": 1,
        "THING and where": 1,
        "THING and where when": 1,
        "THING beside where": 5,
        "THING beside where when": 3,
        "THING beside when": 2,
        "THING where with": 5,
        "there_is THING where with": 2,
        "when THING verb beside": 2,
    }.items()
}
