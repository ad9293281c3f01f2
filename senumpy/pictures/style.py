"""A figure is read at arm's length, printed in grey, and by people who see colours differently: plan for all three.

Figures are made without pyplot: nothing opens a window, and nothing piles up in memory behind the reader's back.
"""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

WIDTH = 10.0  # inches: the width of a notebook page
COLOURS_OF_GATES = "viridis"

# Okabe and Ito's palette, told apart by every kind of colour vision; grey for its yellow, which fades on white.
OKABE_ITO = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#999999")
DASHES = ("-", "--", ":")


class PlainFigure(Figure):
    """A figure whose texts matplotlib sets itself, also where the user's settings ask for LaTeX.

    LaTeX may be missing, and our labels are not written for it. The settings stay as they are, since they belong to
    the whole process: each text of this figure is told, just before it is drawn. Marks along the axes are made when
    they are needed, in the middle of the drawing, so enough of them are made before.
    """

    def draw(self, renderer):
        if matplotlib.rcParams["text.usetex"]:
            self.set_without_latex()
        super().draw(renderer)

    def set_without_latex(self):
        """Tell every text of the figure, marks that are still to come included."""
        for text in self.findobj(Text):
            text.set_usetex(False)
        for axis in (axis for ax in self.findobj(Axes) for axis in (ax.xaxis, ax.yaxis)):
            major, minor = 2 * len(axis.get_majorticklocs()) + 20, 2 * len(axis.get_minorticklocs()) + 20
            for tick in (*axis.get_major_ticks(major), *axis.get_minor_ticks(minor)):
                tick.label1.set_usetex(False)
                tick.label2.set_usetex(False)


def new_figure(height, title):
    """Return an empty figure of notebook width, with a title over all of it."""
    figure = PlainFigure(figsize=(WIDTH, height), layout="constrained")
    figure.suptitle(title, fontsize=13)
    return figure


def plain(text):
    """Return a label that matplotlib shows to the letter: no formula between dollars, none hidden by an underscore.

    >>> plain("$5"), plain("_x"), plain(7)
    ('\\\\$5', ' _x', '7')
    """
    text = str(text).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text


def square_side(columns, labels=1.3):
    """Return the inches of a column of relative width 1, so that a figure can be made as high as its square maps need.

    ``labels`` are the inches that the texts beside the maps take.
    """
    return (WIDTH - labels) / sum(columns) - 0.05


def gate_range(*gates):
    """Return the ends of the one scale that every picture of gates has: 0 and 1, and further only where a gate lies.

    A sigmoid stays between them; a tanh goes down to -1, and a ReLU as far up as it likes.

    >>> gate_range(np.array([0.2, 0.4])), gate_range(np.array([-0.5, np.nan]), np.array([2.0]))
    ((0.0, 1.0), (-0.5, 2.0))
    """
    ends = [(a.min(initial=0.0, where=np.isfinite(a)), a.max(initial=1.0, where=np.isfinite(a))) for a in gates]
    return float(min((low for low, _ in ends), default=0.0)), float(max((high for _, high in ends), default=1.0))


def gate_colours(*gates):
    """Return colours on that scale, as ``imshow`` wants them."""
    low, high = gate_range(*gates)
    return {"cmap": COLOURS_OF_GATES, "vmin": low, "vmax": high}


def line_style(number):
    """Return colour and dash for the line of this number; 24 of them differ."""
    return {
        "color": OKABE_ITO[number % len(OKABE_ITO)],
        "linestyle": DASHES[number // len(OKABE_ITO) % len(DASHES)],
    }


def as_picture(image):
    """Return (C, H, W) in [0, 1] as what ``imshow`` wants: (H, W, 3), or (H, W) for one channel.

    Raises
    ------
    ValueError
        For anything but 1 or 3 channels.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[0] not in (1, 3) or image.dtype.kind not in "fiu":
        raise ValueError(
            f"a picture must have shape (1, H, W) or (3, H, W) and hold numbers, got {image.dtype}, {image.shape}"
        )
    picture = np.clip(image.astype(float).transpose(1, 2, 0), 0, 1)  # (H, W, C)
    return picture[..., 0] if image.shape[0] == 1 else picture


def show_image(ax, image):
    """Draw a picture without ticks, in its own proportions."""
    ax.imshow(as_picture(image), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    bare(ax)


def bare(ax):
    """Take ticks and frame away: a picture needs neither."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def channel_ticks(ax, C):
    """Number the channels along the horizontal axis, few enough to be read."""
    ax.set_xticks(range(0, C, 4 if C <= 40 else 16 if C <= 160 else 64))
    ax.set_xlabel("channel")
