"""What an exercise is made of. The exercises themselves are in `bank/`, one file each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cs231n.exercises.known_mistakes import Mistake


class NotYet(RuntimeError):
    """In a pack without the reference: a function is needed that the reader has not written yet.

    because: the reason at the root, where another cell could not run
    """

    def __init__(self, text, because=None):
        super().__init__(text)
        self.because = because or text

    def _render_traceback_(self):
        return [str(self)]  # a notebook shows this instead of a traceback


@dataclass(frozen=True)
class Case:
    """One test input.

    sizes: what the reader is told, such as "N=3, D=5, H=4"
    inputs: arguments of the (forward) function by name, in order
    upstream: for a backward function, the gradients that come in by name, in order
    """

    sizes: str
    inputs: dict
    upstream: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Exercise:
    """One exercise, with all that it needs. Its name is that of its reference.

    chapter: the notebook that asks for it; reference: our answer, which stands in for one that is not right
    cases: makes the cases, the same each time; with a seed, others of other sizes
    needs: names of the other exercises that an answer may call, right ones of the package too
    outputs: name of each output, and the names of its axes; for a dict output, a dict of such pairs
    returns_cache: True where the function returns a cache as its last output
    forward: for a backward function, the name of the forward function whose cache it reads
    step: for a function over a sequence, the name of the step function it may be built from
    between: for a backward function, what people keep in a cache as well as inputs and outputs, by name
    usual: name of the mistake that most people make along with others, or nothing
    whole_numbers: True where the outputs count or name things, such as words
    hide_expected: True where the answer is a few fixed numbers: a message does not say what they should be
    cache: names of the parts of the cache, where the chapter asks for just these
    without_loop: where the answer should have no loop, makes inputs of a given number of captions and steps
    without_waste: where places that `mask` leaves out should cost no work, makes inputs that have many of them
    of_the_notebook: names of the arguments that cells below need again as they are
    start: where to begin, for a student who has not; hints: three, from a question to nearly the line
    """

    chapter: str
    reference: Callable
    outputs: dict
    cases: Callable[..., list[Case]]
    start: str
    worth_knowing: str
    next_step: str
    hints: tuple[str, str, str]
    mistakes: tuple[Mistake, ...]
    needs: tuple[str, ...] = ()
    returns_cache: bool = False
    forward: str | None = None
    step: str | None = None
    between: Callable | None = None
    usual: str = ""
    whole_numbers: bool = False
    hide_expected: bool = False
    cache: tuple[str, ...] = ()
    without_loop: Callable[[int], dict] | None = None
    without_waste: Callable[[], dict] | None = None
    of_the_notebook: tuple[str, ...] = ()

    @property
    def name(self):
        """The name that an answer has."""
        return self.reference.__name__
