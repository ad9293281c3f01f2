"""The same picture twice, upright and turned: which gates notice?"""

import numpy as np

from senumpy.pictures.style import OKABE_ITO, new_figure, plain, show_image
from senumpy.pictures.wanted import by_name, names_of

COLUMNS = 3
COLOURS = OKABE_ITO[4], OKABE_ITO[1]  # of the picture and of the turned one


def plot_turned_gates(images, gates, captions):
    """Draw two pictures, and for each block the gates of both, channels sorted by the first one's.

    Where the block does not care which way up the picture is, the dots lie on the line.

    Parameters
    ----------
    images : two arrays (3, H, W)
    gates : dict of str to two arrays (C,)
        By block, the gates of both.
    captions : two str
        What stands above the pictures.

    Raises
    ------
    ValueError
        Where there are not two of each, or no gates.
    """
    by_name("gates", gates, "the gates of two pictures by block", "__len__")
    captions = names_of("captions", captions, 2)
    if not hasattr(images, "__len__") or len(images) != 2 or not gates:
        raise ValueError("expected two pictures, and their gates in at least one block")
    pairs = {block: [np.asarray(s) for s in pair] for block, pair in gates.items()}
    if any(len(pair) != 2 or pair[0].ndim != 1 or pair[0].shape != pair[1].shape for pair in pairs.values()):
        raise ValueError("expected the gates of two pictures, (channels,) each, for every block")
    rows = -(-len(pairs) // COLUMNS)
    figure = new_figure(1.6 + 1.9 * rows, "Gates of a picture (line) and of the same picture turned (dots)")
    grid = figure.add_gridspec(rows + 1, 2 * COLUMNS, height_ratios=[0.7, *[1] * rows])
    for side, (image, caption) in enumerate(zip(images, captions, strict=True)):
        ax = figure.add_subplot(grid[0, COLUMNS * side : COLUMNS * (side + 1)])
        show_image(ax, image)
        ax.set_title(plain(caption), fontsize=11, color=COLOURS[side])
    for number, (block, (first, second)) in enumerate(pairs.items()):
        row, column = divmod(number, COLUMNS)
        ax = figure.add_subplot(grid[row + 1, 2 * column : 2 * column + 2])
        _draw_pair(ax, block, first, second)
    return figure


def _draw_pair(ax, block, first, second):
    order = np.argsort(-first, kind="stable")
    channels = np.arange(len(order))
    ax.plot(channels, first[order], color=COLOURS[0], linewidth=2, drawstyle="steps-mid")
    ax.plot(channels, second[order], ".", color=COLOURS[1], markersize=5 if len(order) < 100 else 3)
    ax.set_title(f"{plain(block)}: {len(order)} channels, apart by {np.mean(abs(first - second)):.3f}", fontsize=10)
    both = np.concatenate([first, second])
    low, high = min(0.0, both.min()), max(1.0, both.max())
    ax.set(ylim=(low - 0.04, high + 0.04), xticks=(), yticks=(0, 0.5, 1))
    ax.tick_params(labelsize=9)
