"""What a check found, as data: a kind, and values by name. The words come last, from `say/catalogue.py`."""

from dataclasses import dataclass


class Term(str):
    """A word for the reader, such as "time step", which a translation puts into its own language."""


class Shape(tuple):
    """The lengths of an array's axes; empty for one number."""


@dataclass(frozen=True)
class Fact:
    """One fact. Make it with `fact`.

    kind: the name of its sentence in the catalogue
    values: pairs of a name and a value. A value is a text that is said as it is, such as a name in code; a Term;
        a number; a Shape; a known mistake; another fact; or a tuple of these, which are listed
    """

    kind: str
    values: tuple = ()

    def __getitem__(self, name):
        return dict(self.values)[name]


def fact(kind, **values):
    """A fact: `fact("right_where", letter="T")`."""
    return Fact(kind, tuple(values.items()))
