"""A figure is the last thing a command makes: one that cannot be drawn must not take the numbers with it."""

import matplotlib

from senumpy.files.whole import whole_file
from senumpy.manners.streams import complain


def save_figure(make, path, *, dpi):
    """Draw a figure and write it to a file; return None, or a sentence where that did not work.

    A command is a process of its own, so it draws under matplotlib's own settings: a matplotlibrc that asks for LaTeX,
    for fonts that are not there or for millions of pixels is made for other figures. Library code must not do so (the
    settings are those of the whole process): see `senumpy.pictures.style.PlainFigure` for what it does instead.

    Parameters
    ----------
    make : callable
        Returns the `matplotlib.figure.Figure`.
    path : Path
    dpi : int
    """
    try:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            figure = make()
            with whole_file(path) as part:
                figure.savefig(part, dpi=dpi)
    except Exception as error:  # matplotlib, its fonts and its writers raise whatever they like
        return f"the figure {str(path)!r} could not be drawn: {type(error).__name__}: {error}"
    return None


def tell_troubles(sentences):
    """Say at the end of a command which figures are missing; return its exit code, 0 or 1."""
    troubles = [sentence for sentence in sentences if sentence is not None]
    for sentence in troubles:
        complain(sentence)
    return 1 if troubles else 0
