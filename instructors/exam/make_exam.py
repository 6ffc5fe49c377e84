"""Write a paper exam: the questions on one sheet, the answers with their points on another."""

import secrets
from random import Random

from nbconvert.filters.markdown import markdown2html

from instructors.exam import choosing, looking, recurrent, words

KINDS = {  # in the order of the chapters; the name stands in the command
    "rnn_step": recurrent.rnn_step,
    "rnn_step_backward": recurrent.rnn_step_back,
    "bptt": recurrent.bptt,
    "bptt_with_tanh": recurrent.bptt_with_tanh,
    "clip": recurrent.clip_gradient,
    "embedding": words.word_embedding,
    "loss": words.softmax_loss,
    "lstm_step": recurrent.lstm_step,
    "attention": looking.attention,
    "self_attention": looking.self_attention,
    "layer_norm": looking.layer_norm,
    "rewards": choosing.advantages,
    "beam": choosing.beam_search,
    "nucleus": choosing.nucleus,
    "bleu": choosing.bleu,
    "pieces": words.word_pieces,
}
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 11pt/1.45 Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em }}
body {{ color: #000; background: #fff }}
h2 {{ font-size: 1.15em; margin-top: 2em; break-after: avoid }}
pre, code {{ font: 10pt/1.4 Consolas, Menlo, "DejaVu Sans Mono", monospace }}
pre, table {{ break-inside: avoid }}
table {{ border-collapse: collapse; margin: 1em 0 }}
th, td {{ border: 1px solid #888; padding: .2em .7em; text-align: left }}
.anchor-link {{ display: none }}
</style>
{body}
</html>
"""


def questions(seed, chapters=(), only=()):
    """The questions of a seed; a question is the same whether or not there are others beside it.

    seed: a number; chapters: such as '02', none for all; only: names of KINDS, none for all
    returns: dict from name to Question
    """
    found = {name: make(Random(f"{name} {seed}")) for name, make in KINDS.items() if not only or name in only}
    return {name: one for name, one in found.items() if not chapters or one.chapter in chapters}


def make_exam(folder, seed=None, chapters=(), only=()):
    """Write the sheets as Markdown and as pages to print. Yields a line for each thing done.

    folder: new or empty; seed: None draws one that nobody can guess; chapters, only: as for `questions`
    ValueError: when the folder is in use, or no question fits
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} is not empty. Give a new folder, so that no exam of yours is overwritten."
        )
    if unknown := [name for name in only if name not in KINDS]:
        raise ValueError(f"There is no question {unknown[0]}. There are: {', '.join(KINDS)}.")
    seed = secrets.randbelow(10**12) if seed is None else seed
    chosen = questions(seed, chapters, only)
    if not chosen:
        there = ", ".join(dict.fromkeys(one.chapter for one in questions(seed).values()))
        raise ValueError(f"No question fits. There are questions on the chapters {there}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"questions": _sheet(chosen), "answers": _answers(chosen, seed)}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
        page = PAGE.format(title=name.capitalize(), body=markdown2html(text))
        (folder / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")
        yield f"Written: {folder / name}.md, and {name}.html to print"
    yield f"Seed {seed}. It stands on the answers only: the same seed makes the same exam again."


def _sheet(chosen):
    points, minutes = (sum(getattr(one, what) for one in chosen.values()) for what in ("points", "minutes"))
    parts = [
        "# Questions",
        "Name: ______________________________",
        f"{len(chosen)} questions, {points} points, about {minutes} minutes. No calculator is needed: "
        "fractions, roots, ln 2 and tanh of a number stay as they are. Show how you got there.",
    ]
    for number, one in enumerate(chosen.values(), start=1):
        parts += [f"## {number}. {one.title} ({one.points} points)", one.asks]
    return "\n\n".join(parts) + "\n"


def _answers(chosen, seed):
    parts = ["# Answers", f"Seed {seed}. For instructors only."]
    for number, (name, one) in enumerate(chosen.items(), start=1):
        about = f"Chapter {one.chapter}, `{name}`, about {one.minutes} minutes."
        parts += [f"## {number}. {one.title} ({one.points} points)", about, one.answer]
    return "\n\n".join(parts) + "\n"
