"""Say what is in a scene, and judge whether a caption is true of it. Both use the same grammar."""

from functools import cache, lru_cache
from itertools import pairwise

from .canvas import Dice
from .grammar import PATTERNS, SLOTS, holds

SHORTEST, LONGEST = 5, 15
VOWELS = tuple("aeiou")
WORDS = {word for phrases in SLOTS.values() for phrase in phrases for word in phrase.words}


def captions_for(facts, rng, how_many=5):
    """Different captions of a scene, 5 to 15 words each.

    facts: a dict as scene_of gives it; rng: a NumPy Generator
    Returns a list of strings: lower case, no punctuation.
    """
    dice, found = Dice(rng), []
    while len(found) < how_many:
        caption = _one_caption(facts, dice)
        if caption and caption not in found:
            found.append(caption)
    return found


def _one_caption(facts, dice):
    words, slots = [], dice.weighted(PATTERNS)
    for slot in slots:
        if slot == "rare" and not dice.chance(2):
            continue
        if slot == "colour" and dice.chance(10):
            continue
        fitting = [
            p for p in SLOTS[slot] if _written_of(p, facts) and (p.words or slot not in ("rare", "colour"))
        ]
        fitting = [p for p in fitting if p.words != ("an",)]
        if not fitting:
            return None
        words += dice.weighted({p: p.weight for p in fitting}).words
    words = ["an" if w == "a" and n.startswith(VOWELS) else w for w, n in pairwise([*words, ""])]
    return " ".join(words) if SHORTEST <= len(words) <= LONGEST else None


def _written_of(phrase, facts):
    if phrase.kinds and facts["kind"] not in phrase.kinds:
        return False
    if phrase.plural is not None and phrase.plural != (facts["count"] > 1):
        return False
    return all(facts[fact] == value for fact, value in phrase.written)


def parse(caption):
    """The facts a caption states, as a list of (fact, value), or None when it is no sentence of this world.

    A value is one of FACTS, or "clouds", "dark", "hot", which more than one weather or hour shows.

    caption: words as decode_captions gives them; a leading <START> and all from <END> on are left aside, and so
        are capital letters and the full stop at the end
    """
    said = phrases(caption)
    return None if said is None else [state for _, states in said for state in states]


def phrases(caption):
    """The phrases of a caption, as (words, the facts they state), or None when it is no sentence of this world.

    Many state nothing, such as "there is"; together they are the caption's words, in their order.
    """
    read = _parse_words(_words(caption))
    return None if read is None else [(phrase.words, phrase.states) for phrase in read]


def claims(caption, facts):
    """Each fact a caption states, as (fact, stated value, whether it is true of these facts).

    The list is empty when the caption is no sentence of this world.
    """
    return [(fact, value, holds(fact, value, facts)) for fact, value in parse(caption) or ()]


def caption_is_true(caption, facts):
    """Whether a caption is a sentence of this world and every fact it states is true of the scene.

    "a house" states that there is exactly one. A caption that leaves a fact out, such as the colour, can be
    true. Word salad, wrong articles, wrong plurals and <UNK>, which nobody can read, are not: `why_not_true`
    says what is wrong.
    """
    stated = claims(caption, facts)
    return bool(stated) and all(true for _, _, true in stated)


WRONG = {  # what can be wrong with a caption, in words
    "differs": "{fact}: it says {value}, the picture shows {painted}",
    "alone": "nothing stands beside it",
    "several": "several things fill the whole picture",
    "silent": "it says nothing",
    "unknown word": "it holds <UNK>, a word that nobody can read",
    "foreign word": "no caption of this world says {word!r}",
    "article": "{words!r} has the wrong article",
    "no sentence": "its words make no sentence together",
}


def why_not_true(caption, facts):
    """What is wrong with a caption, in words: a list of texts, empty when it is true of the scene."""
    return [
        WRONG[what].format(**{name: str(value).replace("_", " ") for name, value in details.items()})
        for what, details in what_is_wrong(caption, facts)
    ]


def what_is_wrong(caption, facts):
    """What is wrong with a caption: a list of (key of WRONG, dict of details), empty when it is true."""
    words = _words(caption)
    if _parse_words(words) is not None:
        stated = claims(caption, facts)
        return [_difference(fact, value, facts[fact]) for fact, value, true in stated if not true]
    if not words:
        return [("silent", {})]
    if "<UNK>" in words:
        return [("unknown word", {})]
    unknown = sorted({word for word in words if word not in WORDS})
    if unknown:
        return [("foreign word", {"word": word}) for word in unknown]
    articles = [f"{a} {n}" for a, n in pairwise(words) if _wrong_article(a, n)]
    return [("article", {"words": text}) for text in articles] or [("no sentence", {})]


def _difference(fact, value, painted):
    if fact in ("companion", "companion_side") and painted is None:
        return "alone", {}
    if fact == "side" and painted is None:
        return "several", {}
    return "differs", {"fact": fact, "value": value, "painted": painted}


def _words(caption):
    words = caption.strip().removesuffix(".").split()
    if "<END>" in words:
        words = words[: words.index("<END>")]
    words = [word if word.startswith("<") else word.lower() for word in words]
    return tuple(word for word in words if word not in ("<START>", "<NULL>"))


def _wrong_article(word, following):
    return word in ("a", "an") and (word == "an") != following.startswith(VOWELS)


@lru_cache(maxsize=20_000)
def _parse_words(words):
    if any(_wrong_article(word, following) for word, following in pairwise(words)):
        return None
    for slots in PATTERNS:
        for phrases in _readings(words, slots):
            if _agree(phrases):
                return phrases
    return None


def _readings(words, slots):
    """All ways to read the words as one phrase for each slot."""
    if not slots:
        if not words:
            yield ()
        return
    for phrase in _beginnings()[slots[0]].get(words[:1], ()):
        n = len(phrase.words)
        if words[:n] == phrase.words:
            for rest in _readings(words[n:], slots[1:]):
                yield (phrase, *rest)


@cache
def _beginnings():
    """For each slot, and each word that may come next, the phrases to try, in the slot's order."""
    firsts = {(), *((word,) for word in WORDS)}
    return {
        slot: {first: [p for p in phrases if p.words[:1] in ((), first)] for first in firsts}
        for slot, phrases in SLOTS.items()
    }


def _agree(phrases):
    """Whether all phrases can be said of the one thing the sentence names, in its number."""
    if len({phrase.plural for phrase in phrases} - {None}) > 1:
        return False
    kind = next(value for phrase in phrases for fact, value in phrase.states if fact == "kind")
    return all(phrase.kinds is None or kind in phrase.kinds for phrase in phrases)
