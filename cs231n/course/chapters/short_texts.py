"""The captions for the race of words, pieces and characters: short, every word written out, one word hidden."""

import numpy as np

from cs231n.course.scenes import captions_for, load_facts
from cs231n.course.text_units import caption_texts, spell


def short_texts(data, longest, hidden=None, painted=True):
    """Captions of at most this many characters, none of the training captions with the hidden word.

    data: dict from `load_coco_data`, left as it is
    longest: characters per caption at most, spaces among them
    painted: True asks the painter of the scenes for five new captions per picture, where every word is written
        out; False takes the captions of data, where a rare word is <UNK>
    returns: data without the captions left out; {"train": […], "val": […]}, their texts
    """
    data = dict(data)
    if painted:
        random = np.random.default_rng(7)
        texts = {}
        for split in ("train", "val"):
            data[f"{split}_image_idxs"] = np.repeat(np.arange(len(data[f"{split}_features"])), 5)
            texts[split] = [text for scene in load_facts(split) for text in captions_for(scene, random)]
    else:
        texts = caption_texts(data)
    for split, some in texts.items():
        banned = hidden if split == "train" else None
        kept = [
            k for k, text in enumerate(some) if len(spell(text)) <= longest and banned not in text.split()
        ]
        texts[split] = [some[k] for k in kept]
        data[f"{split}_image_idxs"] = data[f"{split}_image_idxs"][kept]
    return data, texts
