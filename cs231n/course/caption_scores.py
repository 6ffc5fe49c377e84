"""Judge captions by numbers: BLEU, variety, and, in the painted scenes, truth.

Captions here are texts without <START> and <END>, as `plain_texts` in `text_units` gives them.
"""

from cs231n.course.scenes import caption_is_true, claims
from cs231n.course.text_units import plain_texts


def references(data, split="val"):
    """What people said of each picture.

    data: dict from `load_coco_data`
    returns: list of lists of texts, one list for each row of the split's features
    """
    said = [[] for _ in data[f"{split}_features"]]
    texts = plain_texts(data[f"{split}_captions"], data["idx_to_word"])
    for row, text in zip(data[f"{split}_image_idxs"], texts, strict=True):
        said[row].append(text)
    return said


def bleu(captions, references):
    """BLEU-1 to BLEU-4 over all captions together: BP · exp(1/n Σ_k≤n log p_k)  (Papineni et al., 2002).

    p_k is the share of the captions' runs of k words that a reference holds too; BP < 1 punishes captions
    that are shorter than their nearest reference. Words are what stands between spaces; nothing is smoothed.

    captions: list of N texts; references: list of N lists of one or more texts
    returns: list of four numbers from 0 to 1
    ValueError: when there are no captions, or one has no reference
    """
    from sacrebleu.metrics import BLEU  # here, since a browser has no sacrebleu; only this asks for it

    _check_lengths(captions, references=references)
    bare = next((i for i, texts in enumerate(references) if not texts), None)
    if bare is not None:
        raise ValueError(f"Caption {bare} has no reference to compare it with: leave this picture out")
    most = max(len(texts) for texts in references)
    streams = [[texts[k] if k < len(texts) else None for texts in references] for k in range(most)]
    scores = []
    for n in (1, 2, 3, 4):
        measure = BLEU(max_ngram_order=n, tokenize="none", smooth_method="none", force=True)
        scores.append(min(measure.corpus_score(list(captions), streams).score / 100, 1.0))
    return scores


def share_distinct(captions):
    """How many different captions there are, divided by how many captions."""
    _check_lengths(captions)
    return len(set(captions)) / len(captions)


def share_new(captions, training_texts):
    """Share of captions that stand nowhere in the training captions word for word."""
    _check_lengths(captions)
    known = set(training_texts)
    return sum(caption not in known for caption in captions) / len(captions)


def share_true(captions, facts):
    """Share of captions that are sentences of the painted world and true in everything they say.

    facts: list of N dicts from `cs231n.course.scenes.load_facts`, one per caption
    """
    _check_lengths(captions, facts=facts)
    return sum(caption_is_true(c, f) for c, f in zip(captions, facts, strict=True)) / len(captions)


def share_true_facts(captions, facts):
    """Mean over captions of the share of its stated facts that are true; 0 for one that is no sentence."""
    _check_lengths(captions, facts=facts)
    shares = []
    for caption, scene in zip(captions, facts, strict=True):
        stated = claims(caption, scene)
        shares.append(sum(true for *_, true in stated) / len(stated) if stated else 0)
    return sum(shares) / len(shares)


def statements(captions, facts):
    """Mean number of facts that a caption states, true or not; 0 for one that is no sentence."""
    _check_lengths(captions, facts=facts)
    return sum(len(claims(c, f)) for c, f in zip(captions, facts, strict=True)) / len(captions)


def judge(captions, references, training_texts, facts=None):
    """Every number of this module for one way of captioning: a row of a table.

    facts: for the painted scenes; left out for data without known facts, such as COCO
    returns: dict from name to a number from 0 to 1
    """
    row = {}
    if facts is not None:
        row = {"true": share_true(captions, facts), "true facts": share_true_facts(captions, facts)}
    row |= {f"BLEU-{n}": score for n, score in enumerate(bleu(captions, references), start=1)}
    return row | {"distinct": share_distinct(captions), "new": share_new(captions, training_texts)}


def table(rows, form="{:.0%}"):
    """Rows of numbers as lines of text under one head, for print.

    rows: dict from name to a dict of numbers (or texts, which stay), all with the same keys
    form: how a number is written, as for str.format
    """
    heads = list(next(iter(rows.values())))
    cells = [["", *heads]]
    for name, row in rows.items():
        cells.append([name, *(v if isinstance(v, str) else form.format(v) for v in row.values())])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for first, *others in cells:
        numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        lines.append("   ".join([first.ljust(widths[0]), *numbers]))
    return "\n".join(lines)


def _check_lengths(captions, **others):
    if len(captions) == 0:
        raise ValueError("There are no captions to judge")
    for name, values in others.items():
        if len(values) != len(captions):
            raise ValueError(
                f"{name} has {len(values)} entries, expected one for each of {len(captions)} captions"
            )
