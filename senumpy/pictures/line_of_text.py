"""A line of text as a picture, for those who have none at hand."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from senumpy.pictures.style import PlainFigure, plain


def draw_line_of_text(text, *, family="DejaVu Sans", ink="#202020", paper="#f4f1e8", height=48):
    """Return a line of text as an array (height, W, 3) of uint8, as wide as the text needs.

    Parameters
    ----------
    text : str
        What is written, on one line.
    family : str
        A font that Matplotlib brings: "DejaVu Sans", "DejaVu Serif" or "DejaVu Sans Mono"; or one that is installed.
    ink, paper : colours of Matplotlib
    height : int
        In pixels, at least 8.

    Raises
    ------
    ValueError
        For a text that is empty or has more than one line.

    Examples
    --------
    >>> draw_line_of_text("squeeze").shape[0]
    48
    """
    if not text.strip() or "\n" in text:
        raise ValueError(f"expected one line with something on it, got {text!r}")
    if height < 8:
        raise ValueError(f"height must be at least 8 pixels, got {height}")
    dpi = 100
    figure = PlainFigure(figsize=(1, height / dpi), dpi=dpi, facecolor=paper)
    canvas = FigureCanvasAgg(figure)
    written = figure.text(0.5, 0.47, plain(text), ha="center", va="center", color=ink, family=family)
    written.set_fontsize(0.55 * height * 72 / dpi)
    length = written.get_window_extent(canvas.get_renderer()).width
    figure.set_size_inches((length + 0.6 * height) / dpi, height / dpi)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:height, :, :3].copy()
