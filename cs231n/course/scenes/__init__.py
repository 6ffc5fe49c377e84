"""The embedded dataset: a small painted world with pictures, captions, facts and features."""

from .captions import caption_is_true, captions_for, claims, parse, phrases, what_is_wrong, why_not_true
from .draw_scene import draw_scene, outlines
from .extractor import extract_features
from .facts import COLOURS, FACTS, HELD_OUT, KINDS, PLACES, is_held_out, never_trained, scene_of
from .files import crisp_picture, load_facts, load_picture, load_pictures
from .grid import extract_grid, grid_features, weight_map

__all__ = [
    "COLOURS",
    "FACTS",
    "HELD_OUT",
    "KINDS",
    "PLACES",
    "caption_is_true",
    "captions_for",
    "claims",
    "crisp_picture",
    "draw_scene",
    "extract_features",
    "extract_grid",
    "grid_features",
    "is_held_out",
    "load_facts",
    "load_picture",
    "load_pictures",
    "never_trained",
    "outlines",
    "parse",
    "phrases",
    "scene_of",
    "weight_map",
    "what_is_wrong",
    "why_not_true",
]
