"""Paint a scene of one's own, and hear what a captioner says about it."""

import textwrap

import matplotlib.pyplot as plt

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import MARKS
from cs231n.course.plotting.sliders import figure_with_choices
from cs231n.course.scenes import FACTS, draw_scene, extract_features, scene_of, why_not_true


def show_painted_scene(facts, speak):
    """A scene, and beside it captions with ✓, or with ✗ and what is wrong.

    facts: dict as `scene_of` gives it
    speak: features (1, 512) → dict from the name of a way to its caption
    returns: the axes of the picture and of the captions
    """
    said = speak(extract_features(draw_scene(facts)))
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9.6, 4.2), layout="constrained", width_ratios=(1, 1.7)
    )
    for ax in (left, right):
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(False)
    left.imshow(draw_scene(facts, size=288), interpolation="bicubic")
    told = [f"{fact} {value}" for fact, value in facts.items() if fact != "seed" and value is not None]
    told = [f"A painted scene: {', '.join(told)}"]
    for k, (way, caption) in enumerate(said.items()):
        reasons = why_not_true(caption, facts)
        told.append(f"{way}: “{caption}” ({'; '.join(reasons) or 'true'})")
        sign, colour = MARKS[not reasons]
        y = 0.97 - k / max(len(said), 4)
        right.text(0, y, way, va="top", fontsize=11, weight="bold", transform=right.transAxes)
        lines = textwrap.fill(f"{sign} {caption}", 62)
        right.text(0.0, y - 0.075, lines, va="top", fontsize=11, color=colour, transform=right.transAxes)
        if reasons:
            why = textwrap.fill("; ".join(reasons), 84)
            y -= 0.065 * (1 + lines.count("\n"))
            right.text(0.03, y - 0.075, why, va="top", fontsize=9.5, transform=right.transAxes)
    describe(figure, ". ".join(told))
    return left, right


def paint_your_own(speak, start):
    """Lists to choose every fact from, and the scene with its captions below; a still picture for `start`
    where no notebook runs.

    speak: as in `show_painted_scene`; start: facts to begin with, as keywords of `scene_of`
    """
    choices = {
        name: [value for value in FACTS[name] if value is not None or name == "companion"]
        for name in FACTS
        if name != "companion_side"
    }
    choices["seed"] = list(range(10))

    def draw(**chosen):
        show_painted_scene(scene_of(**chosen), speak)

    figure_with_choices(draw, choices, {name: start.get(name, scene_of()[name]) for name in choices})
