"""A line of text as a picture, for those who have none at hand."""

from numbers import Integral

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import is_color_like

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
        For a text that is empty or has more than one line, and for what is no colour.

    Examples
    --------
    >>> draw_line_of_text("squeeze").shape[0]
    48
    """
    if not isinstance(text, str) or not text.strip() or "\n" in text:
        raise ValueError(f"expected one line with something on it, got {text!r}")
    if isinstance(height, bool) or not isinstance(height, Integral) or height < 8:
        raise ValueError(f"height must be an integer of at least 8, got {height!r}")
    for name, colour in (("ink", ink), ("paper", paper)):
        if not is_color_like(colour):
            raise ValueError(f"{name} must be a colour that Matplotlib knows, got {colour!r}")
    dpi = 100
    figure = PlainFigure(figsize=(1, height / dpi), dpi=dpi, facecolor=paper)
    canvas = FigureCanvasAgg(figure)
    written = figure.text(0.5, 0.47, plain(text), ha="center", va="center", color=ink, family=family)
    written.set_fontsize(0.55 * height * 72 / dpi)
    length = written.get_window_extent(canvas.get_renderer()).width
    figure.set_size_inches((length + 0.6 * height) / dpi, height / dpi)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:height, :, :3].copy()
