"""Figures one after another, as a film on the page of a notebook."""

import base64
import io
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from PIL import Image

LAST = 3000  # milliseconds that the last frame stays


def film_of(figures, milliseconds, quality):
    """The bytes of an animated WebP, a frame for each figure; the figures are closed.

    quality: of 100. A palette of 256 colours, as a GIF has, would draw rings around soft light
    """
    frames, file = [], io.BytesIO()
    for figure in figures:
        figure.canvas.draw()
        frames.append(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3]))
        plt.close(figure)
    about = {"duration": [milliseconds] * (len(frames) - 1) + [LAST], "loop": 0, "quality": quality}
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], **about)
    return file.getvalue()


def show_film(film, alt):
    """An animated WebP in a notebook, with its alt text. nbconvert knows no WebP, so it stands in HTML."""
    data = base64.b64encode(film).decode("ascii")
    return HTML(f'<img src="data:image/webp;base64,{data}" alt="{escape(alt)}">')
