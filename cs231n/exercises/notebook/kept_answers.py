"""Load a student's kept answers, each checked again, with the reference where there is none."""

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.judge.failures import text_of
from cs231n.exercises.notebook import answers_file
from cs231n.exercises.notebook.grading import grade
from cs231n.exercises.notebook.session import SESSION
from cs231n.exercises.say.printing import say
from cs231n.exercises.say.words import words

MOST = 8  # names in a list that nobody asked for; print(my) lists them all


class Answers:
    """The student's functions by name: `my.rnn_forward` and so on. `print(my)` says whose each one is.

    refused: name of a function that is kept and not used → why, a fact
    """

    def __init__(self, functions, yours, refused, file=None):
        self.__dict__.update(functions)
        self._yours, self.refused, self._file = yours, refused, file

    def __repr__(self):
        return self.told(len(bank.ORDER))

    def told(self, most):
        """Whose the functions are, as text. A list of more than `most` names is counted."""
        yours, others = self._yours, tuple(name for name in _met() if name not in self._yours)
        if len(yours) == len(bank.ORDER):
            lines = [fact("all_yours", count=len(yours))]
        elif yours:
            lines = [_listed(("yours", "yours_counted"), yours, most)]
            lines += [_listed(("others", "others_counted"), others, most)] if others else []
        else:
            lines = [fact("none_yours")]
        lines += [fact("kept_but_not_used", name=name, reason=why) for name, why in self.refused.items()]
        lines += [fact("kept_in", file=self._file)] if self._file else []
        return "\n".join(map(words, lines))


def answers():
    """Your kept answers as one object: `my = answers()`, then `my.rnn_forward` and so on.

    Every kept function is checked again; where there is none, or it is not right any more, the reference is used.
    A forward and a backward function share a cache, so they come from the same hand.
    Prints which are whose, and where they are kept.
    """
    path = answers_file.path()
    sections = answers_file.read(path)
    functions = {name: bank.find(name).reference for name in bank.ORDER}
    yours, refused = [], {}
    backward_of = {bank.find(name).forward: name for name in bank.ORDER}
    for name in bank.ORDER:
        exercise = bank.find(name)
        if exercise.forward:
            continue  # comes with its forward function
        names = [name, backward_of[name]] if name in backward_of else [name]
        loaded = {}
        for each in names:
            if each in sections:
                line, text = sections[each]
                function, reason = answers_file.load(each, text, functions, line)
                forward = loaded.get(name) if each != name else None
                if name in refused and each != name:
                    reason = fact("reads_unused_cache", forward=name)
                reason = reason or _still_right(each, function, forward)
                if reason:
                    refused[each] = reason
                else:
                    loaded[each] = function
        if name in loaded and len(loaded) < len(names) and bank.REFERENCE:
            missing = names[1]
            refused[name] = fact("partner_not_kept", partner=missing)
            loaded = {}
        functions.update(loaded)
        yours += loaded
    yours = tuple(name for name in bank.ORDER if name in yours)
    my = Answers(functions, yours, refused, answers_file.shown_path())
    say(my.told(MOST))
    return my


def _listed(kinds, names, most):
    listed, counted = kinds
    return fact(listed, names=names) if len(names) <= most else fact(counted, count=len(names))


def _met():
    """The exercises of the chapters that the reader has come to, as far as can be seen."""
    seen = {*answers_file.read(answers_file.path()), *SESSION.statuses} & {*bank.ORDER}
    last = max((bank.find(name).chapter for name in seen), default="")
    return [name for name in bank.ORDER if bank.find(name).chapter <= last]


def _still_right(name, function, forward):
    """None when a check finds it right, else the reason, a fact."""
    verdict = grade(function, forward, name)
    if "cache_does_not_fit" in (*verdict.remarks, verdict.mistake):
        return fact("cannot_read_cache", forward=bank.find(name).forward)
    if verdict.status == "right":
        return None
    error = next((run.error for run in verdict.attempt.runs if run.error), None) if verdict.attempt else None
    if error is not None:
        return fact("stops_with_error", error=f"{type(error).__name__}: {text_of(error)[:200]}")
    return fact("not_right_any_more")
