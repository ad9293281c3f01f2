"""Gates while the network learns: they start close to 1/2, and then each goes its own way."""

import numpy as np
from matplotlib import colormaps

from senumpy.pictures.style import COLOURS_OF_GATES, gate_range, new_figure
from senumpy.pictures.wanted import RECORDER, blocks_of, places, wanted


def plot_gates_over_training(recorder, image=None, blocks=None):
    """Draw the gates of every block over the steps of training, a line for each channel.

    Lines have the colour of the gate they end with. The widest and the narrowest three carry their channel's number.

    Parameters
    ----------
    recorder : GateRecorder
        With at least two moments.
    image : int, optional
        The picture whose gates are shown; by default the mean over all pictures.
    blocks : list of str, optional
        All of them by default.

    Raises
    ------
    ValueError
        Where fewer than two moments were recorded.
    """
    wanted("recorder", recorder, *RECORDER)
    steps, gates = recorder.steps, recorder.gates
    if len(steps) < 2:
        raise ValueError(f"a line needs at least two recorded moments, got {len(steps)}: record more often")
    blocks = blocks_of(blocks, gates)
    if image is not None:
        places("image", [image], len(recorder.images))
    of = "mean over the pictures" if image is None else f"picture {image}"
    figure = new_figure(3.4, f"SE gates over training, a line for each channel ({of})")
    axes = figure.subplots(1, len(blocks), sharey=True, squeeze=False)[0]
    ends = gate_range(*(gates[block] for block in blocks))
    for ax, block in zip(axes, blocks, strict=True):
        s = gates[block].mean(axis=1) if image is None else gates[block][:, image]  # (T, C)
        ax.set_title(block)
        _lines(ax, steps, s, *ends)
        ax.set(xlabel="training step", xlim=(steps[0], steps[-1] + 0.12 * np.ptp(steps)), ylim=ends)
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("gate s")
    return figure


def _lines(ax, steps, s, low, high):
    sick = np.flatnonzero(~np.isfinite(s).all(axis=0))
    if len(sick):
        ax.set_title(f"{ax.get_title()}, not a number: {len(sick)} of {s.shape[1]} channels", fontsize=11)
    order = np.argsort(s[-1])
    order = order[np.isfinite(s[-1, order])]
    heights = (s[-1] - low) / (high - low)  # (C,), from 0 at the bottom to 1 at the top
    colours = colormaps[COLOURS_OF_GATES](0.9 * heights)  # the last tenth of the scale is too pale for a line on white
    for c in order:
        ax.plot(steps, s[:, c], color=colours[c], linewidth=1.4)
    ends = np.unique(np.concatenate([order[:3], order[-3:]]))
    for c, y in zip(ends, low + (high - low) * _apart(heights[ends], 0.055), strict=True):
        ax.annotate(
            str(c), (steps[-1], s[-1, c]), (steps[-1] + 0.06 * np.ptp(steps), y), fontsize=9, va="center",
            arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip


def _apart(y, gap):
    """Move numbers apart until neighbours differ by at least ``gap``, so that labels do not cover each other."""
    order = np.argsort(y, kind="stable")
    moved = np.array(y, dtype=float)
    for _ in range(100):
        for below, above in zip(order[:-1], order[1:], strict=True):
            lacking = max(0.0, gap - (moved[above] - moved[below]))
            moved[below] -= lacking / 2
            moved[above] += lacking / 2
        moved = np.clip(moved, 0.03, 0.97)
    return moved
