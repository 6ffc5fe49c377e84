"""Load a student's kept answers, each checked again, with the reference where there is none."""

from cs231n.exercises import answers_file, bank
from cs231n.exercises.judging import grade
from cs231n.exercises.printing import say


class Answers:
    """The student's functions by name: `my.rnn_forward` and so on. `print(my)` says whose each one is.

    refused: name of a function that is kept and not used → why
    """

    def __init__(self, functions, yours, refused, file=None):
        self.__dict__.update(functions)
        self._yours, self.refused, self._file = yours, refused, file

    def __repr__(self):
        others = [name for name in bank.ORDER if name not in self._yours]
        lines = []
        if not others:
            lines.append(f"All {len(self._yours)} functions are your own, checked again.")
        elif self._yours:
            lines.append(f"Your own, checked again: {', '.join(self._yours)}.")
            lines.append(f"From the reference: {', '.join(others)}.")
        else:
            lines.append("All functions are the reference's: no answer of yours is kept here yet.")
        lines += [f"Kept but not used: {name}, because {reason}" for name, reason in self.refused.items()]
        lines += [f"Answers are kept in {self._file}"] * bool(self._file)
        return "\n".join(lines)


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
                    reason = f"it reads the cache of your {name}, which is not used."
                reason = reason or _still_right(function, forward)
                if reason:
                    refused[each] = reason
                else:
                    loaded[each] = function
        if name in loaded and len(loaded) < len(names) and bank.REFERENCE:
            missing = names[1]
            refused[name] = f"it shares a cache with {missing}, and yours is not kept yet."
            loaded = {}
        functions.update(loaded)
        yours += loaded
    my = Answers(
        functions, [name for name in bank.ORDER if name in yours], refused, answers_file.shown_path()
    )
    say(repr(my))
    return my


def _still_right(function, forward):
    """None when a check finds it right, else the reason for a reader."""
    verdict = grade(function, forward)
    if "cache_does_not_fit" in verdict.remarks:
        return f"it cannot read the cache of your {forward.__name__}."
    if verdict.status == "right":
        return None
    lines = verdict.message.splitlines()
    if verdict.status == "error":
        return next((line.strip() for line in lines[1:] if "Error:" in line), "it stops with an error") + "."
    return "it is not right any more."
