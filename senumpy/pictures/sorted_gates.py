"""The gates of a large network: hundreds of channels cannot be read as bars, but how many are open can be seen."""

import numpy as np

from senumpy.pictures.style import gate_range, new_figure, plain, show_image
from senumpy.pictures.wanted import by_name

COLUMNS = 4
BESIDE = 2 * (COLUMNS - 2)  # blocks beside the picture, which takes two rows and two columns


def plot_sorted_gates(image, gates, *, caption=""):
    """Draw a picture, and for each block its gates from the most open to the most closed channel.

    A plateau at the top are channels that pass whole; a flat line in the middle is a block that hardly chooses.

    Parameters
    ----------
    image : array (3, H, W) or (1, H, W)
    gates : dict of str to array (C,)
        The gates of this one picture.
    caption : str
        A line below the picture, such as what the network takes it for.

    Raises
    ------
    ValueError
        Where there are no gates, or those of more than one picture.
    """
    by_name("gates", gates, "arrays (C,) by block", "shape")
    if not gates or any(np.ndim(s) != 1 for s in gates.values()):
        raise ValueError("expected the gates of one picture, (channels,) for each block")
    rows = 2 + -(-max(0, len(gates) - BESIDE) // COLUMNS)
    figure = new_figure(
        0.8 + 1.7 * rows, "The gates of one picture, in each block from the most open to the most closed"
    )
    grid = figure.add_gridspec(rows, COLUMNS)
    ax = figure.add_subplot(grid[:2, :2])
    show_image(ax, image)
    ax.set_xlabel(plain(caption), fontsize=11)
    cells = [divmod(cell, COLUMNS) for cell in range(rows * COLUMNS)]
    cells = [(row, column) for row, column in cells if row > 1 or column > 1]
    for (row, column), (block, s) in zip(cells, gates.items(), strict=False):
        _draw_sorted(figure.add_subplot(grid[row, column]), block, np.asarray(s))
    return figure


def _draw_sorted(ax, block, s):
    """Draw the gates of one block as an area under a line of steps."""
    known = np.sort(s[np.isfinite(s)])[::-1]
    ax.fill_between(range(len(known)), known, step="mid", color="#56B4E9", linewidth=0)
    ax.axhline(0.5, color="0.4", linewidth=0.8, linestyle="--")
    sick = f", {len(s) - len(known)} nan" if len(known) < len(s) else ""
    ax.set_title(f"{plain(block)}: {len(s)} channels{sick}", fontsize=10)
    ax.set(xlim=(-0.5, max(1, len(s)) - 0.5), ylim=gate_range(known), xticks=(), yticks=(0, 0.5, 1))
    ax.tick_params(labelsize=9)
