"""One picture and all its gates: a bar for each channel, block after block."""

import numpy as np

from senumpy.finite import largest_first
from senumpy.pictures.style import channel_ticks, gate_range, new_figure, plain, show_image
from senumpy.pictures.wanted import by_name, places


def plot_gates_of_image(image, gates, *, caption="", top=3):
    """Draw a picture beside its gates, a bar for each channel; the widest of each block are marked.

    Parameters
    ----------
    image : array (3, H, W) or (1, H, W)
    gates : dict of str to array (C,)
        The gates of this one picture.
    caption : str
        A line below the picture, such as what the network takes it for.
    top : int
        How many channels of each block to mark.

    Raises
    ------
    ValueError
        Where there are no gates, or those of more than one picture.
    """
    by_name("gates", gates, "arrays (C,) by block", "shape")
    places("top", [top], 10**9)
    if not gates or any(np.ndim(s) != 1 for s in gates.values()):
        raise ValueError("expected the gates of one picture, (channels,) for each block")
    figure = new_figure(0.8 + 1.5 * len(gates), f"The gates of one picture (orange: the {top} widest of each block)")
    grid = figure.add_gridspec(len(gates), 2, width_ratios=[1, 2.4])
    ax = figure.add_subplot(grid[:, 0])
    show_image(ax, image)
    ax.set_xlabel(plain(caption), fontsize=11)
    for row, (block, s) in enumerate(gates.items()):
        ax = figure.add_subplot(grid[row, 1])
        widest = largest_first(s)[:top]
        colours = np.where(np.isin(np.arange(len(s)), widest), "#D55E00", "#56B4E9")
        bars = ax.bar(range(len(s)), np.where(np.isfinite(s), s, 0), color=colours)
        marks = [str(c) if c in widest else "" for c in range(len(s))]
        ax.bar_label(bars, [m if np.isfinite(gate) else "nan" for m, gate in zip(marks, s, strict=True)], fontsize=9)
        ax.axhline(0.5, color="0.4", linewidth=0.8, linestyle="--")
        channel_ticks(ax, len(s))
        low, high = gate_range(s)
        ax.set(ylim=(1.25 * low, high + 0.25 * (high - low)), ylabel="gate s", xlim=(-0.7, len(s) - 0.3))
        if (low, high) == (0, 1):
            ax.set_yticks((0, 0.5, 1))
        ax.set_title(block, fontsize=11, loc="left")
    return figure
