"""Rewards for captions of the painted scenes: what chapter 09 asks for, and what it gets.

A reward looks at all captions that were drawn for one picture, a list of texts, and at its facts, and returns a
number for each caption.
"""

from cs231n.course.scenes import caption_is_true, claims


def only_true(texts, facts):
    """1 for a caption that is a sentence and true in everything it says, else 0."""
    return [float(caption_is_true(text, facts)) for text in texts]


def length(texts, facts):
    """The number of words."""
    return [len(text.split()) for text in texts]


def true_facts(texts, facts):
    """1 for each true statement; false ones cost nothing."""
    return per_fact(texts, facts, price=0)


def per_fact(texts, facts, price=1):
    """1 for each true statement, −price for each false one; 0 for what is no sentence.

    A statement that is true with probability p brings p − (1 − p) price on average: more than 0 where
    p > price / (1 + price).
    """
    return [sum(1 if true else -price for *_, true in claims(text, facts)) for text in texts]


def per_fact_but_weather(texts, facts):
    """1 for each true statement and −1 for each false one; but this judge never looks at the sky: all it hears
    about the weather is true to it."""
    return [
        sum(1 if true or fact == "weather" else -1 for fact, _, true in claims(text, facts)) for text in texts
    ]


def nothing_false(texts, facts):
    """1 for a caption that says nothing false, else 0: a judge with a hole."""
    return [float(all(true for *_, true in claims(text, facts))) for text in texts]


def shared_prizes(texts, facts):
    """A prize of 1 for each true statement, shared by the captions that make it; nothing for one with a lie.

    What all 8 captions of a picture say brings each of them 1/8, what one alone says brings it 1.
    """
    said = []
    for text in texts:
        stated = claims(text, facts)
        said.append({(fact, value) for fact, value, _ in stated} if caption_is_true(text, facts) else set())
    return [sum(1 / sum(statement in each for each in said) for statement in own) for own in said]
