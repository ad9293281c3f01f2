"""The film of the gates: the same pictures, moment after moment, while the network learns what to look at."""

from os import PathLike
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from senumpy.pictures.heatmaps import draw_heatmaps, thumbnails
from senumpy.pictures.style import gate_colours, new_figure
from senumpy.pictures.wanted import RECORDER, blocks_of, names_of, places, positive, wanted


def save_film(recorder, path, *, names=None, frames=40, frames_per_second=6, dpi=80):
    """Write the gates over training as an animated GIF, with the pictures beside them, and return its path.

    Parameters
    ----------
    recorder : GateRecorder
    path : path
        The suffix .gif is added where it is missing.
    names : list of str, optional
        A word for each picture.
    frames : int
        At most so many, spread evenly over the recorded moments; the last one stays for two seconds. 40 frames take
        some ten seconds to draw and 1 MB to keep.
    frames_per_second : float
    dpi : int
        Pixels per inch of a figure 10 inches wide.

    Raises
    ------
    ValueError
        Where nothing is recorded, or no moment is asked for.
    """
    positive("frames_per_second", frames_per_second)
    positive("dpi", dpi)
    wanted("recorder", recorder, *RECORDER)
    if not isinstance(path, (str, PathLike)) or not str(path):
        raise ValueError(f"path must be the path of a file, got {path!r}")
    path = Path(path)
    path = path if path.suffix == ".gif" else path.with_name(path.name + ".gif")
    names = [""] * len(recorder.images) if names is None else names_of("names", names, len(recorder.images))
    colours = gate_colours(*recorder.gates.values())
    figure, (heatmaps,) = draw_heatmaps([recorder.at(0)], recorder.images, names, [""], colours)
    figure.set_dpi(dpi)
    canvas, film = FigureCanvasAgg(figure), []
    for t in spread_evenly(len(recorder.steps), frames):
        for block, s in recorder.at(t).items():
            heatmaps[block].set_data(s)
        figure.suptitle(f"SE gates at training step {recorder.steps[t]} of {recorder.steps[-1]}", fontsize=13)
        canvas.draw()
        figure.set_layout_engine("none")  # the places found for the first frame hold for the whole film
        film.append(Image.fromarray(np.array(canvas.buffer_rgba())).convert("RGB"))
    milliseconds = [round(1000 / frames_per_second)] * (len(film) - 1) + [2000]
    film[0].save(path, save_all=True, append_images=film[1:], duration=milliseconds, loop=0)
    return path


def plot_film(recorder, moments=6, *, names=None, blocks=None):
    """Draw some moments of the film side by side, for a page that cannot move.

    Parameters
    ----------
    recorder : GateRecorder
    moments : int or list of int
        How many, spread evenly over what was recorded, first and last among them; or which.
    names : list of str, optional
        A word for each picture.
    blocks : list of str, optional
        All of them by default, a row each.

    Raises
    ------
    ValueError
        Where nothing is recorded, or no moment is asked for.
    """
    wanted("recorder", recorder, *RECORDER)
    first = recorder.at(0)
    if isinstance(moments, str) or np.ndim(moments) == 0:
        moments = spread_evenly(len(recorder.steps), moments)
    else:
        moments = places("moments", moments, len(recorder.steps))
    blocks = blocks_of(blocks, first)
    N = len(recorder.images)
    names = [""] * N if names is None else names_of("names", names, N)
    colours = gate_colours(*(recorder.at(t)[block] for t in moments for block in blocks))
    row_height = min(0.3, 4.0 / N)
    figure = new_figure(1.2 + len(blocks) * (0.4 + N * row_height), "SE gates over training: one row per picture")
    columns = [row_height * len(moments) / 8, *[1] * len(moments), 0.12]  # a thumbnail about as wide as high
    grid = figure.add_gridspec(len(blocks), len(columns), width_ratios=columns)
    for row, block in enumerate(blocks):
        thumbnails(figure.add_subplot(grid[row, 0]), recorder.images, names, fontsize=9)
        for column, t in enumerate(moments, start=1):
            ax = figure.add_subplot(grid[row, column])
            mesh = ax.imshow(recorder.at(t)[block], aspect="auto", interpolation="nearest", **colours)
            ax.set(xticks=[], yticks=[])
            if row == 0:
                ax.set_title(f"step {recorder.steps[t]}", fontsize=11)
            if column == 1:
                ax.set_xlabel(f"{block}: {first[block].shape[1]} channels", fontsize=11, loc="left")
    figure.colorbar(mesh, cax=figure.add_subplot(grid[:, -1]), label="gate s: 0 closed, 1 open")
    return figure


def spread_evenly(length, count):
    """Return at most ``count`` places of a list of this length, the first and (from two on) the last among them.

    >>> spread_evenly(9, 3), spread_evenly(2, 5)
    ([0, 4, 8], [0, 1])
    """
    if not hasattr(count, "__index__") or isinstance(count, bool) or np.ndim(count) or count < 1:
        raise ValueError(f"there must be at least one moment to show, and a whole number of them, got {count!r}")
    return np.unique(np.linspace(0, length - 1, count).round().astype(int)).tolist()
