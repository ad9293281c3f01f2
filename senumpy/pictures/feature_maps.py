"""Feature maps before and after the gate, on one colour scale: on two of their own they would look the same."""

import numpy as np

from senumpy.finite import largest_first, largest_of
from senumpy.pictures.style import bare, new_figure, show_image, square_side
from senumpy.pictures.wanted import numbers, places


def plot_feature_maps(before, after, s, image=None, *, channels=None, title="Feature maps before and after the gate"):
    """Draw feature maps above what is left of them after scaling, with one colour scale for all.

    Parameters
    ----------
    before, after : array (C, H, W)
    s : array (C,)
        As `feature_maps` returns the three.
    image : array (3, H, W) or (1, H, W), optional
        The picture, to stand on the left.
    channels : list of int, optional
        By default the four most open and the four most closed among the channels that have something to show.
    title : str
    """
    before, after = numbers("before", before, "C H W"), numbers("after", after, "C H W")
    s = numbers("s", s, "C")
    if not before.shape == after.shape or len(s) != len(before):
        raise ValueError(
            f"before, after and s must be of the same channels, got {before.shape}, {after.shape} and {s.shape}"
        )
    channels = open_and_closed(s, before) if channels is None else places("channels", channels, len(s))
    shown = np.concatenate([before[channels], after[channels]])
    # A few bright pixels at the border would leave all else dark, so the top half percent shares one colour.
    known = shown[np.isfinite(shown)]
    most = float(np.quantile(known, 0.995)) if len(known) else 1.0
    scale = {"cmap": "cividis", "vmin": float(known.min(initial=0.0)), "vmax": most or 1.0}
    first = int(image is not None)
    columns = [*[1.6] * first, *[1] * len(channels), 0.12]
    figure = new_figure(0.9 + 2 * square_side(columns), title)
    grid = figure.add_gridspec(2, len(columns), width_ratios=columns)
    if first:
        ax = figure.add_subplot(grid[:, 0])
        show_image(ax, image)
        ax.set_title("picture", fontsize=11)
    for column, c in enumerate(channels, start=first):
        for row, maps in enumerate((before, after)):
            ax = figure.add_subplot(grid[row, column])
            mesh = ax.imshow(maps[c], interpolation="nearest", **scale)
            bare(ax)
            if row == 0:
                ax.set_title(f"channel {c}\ns = {s[c]:.2f}", fontsize=11)
            if column == first:
                ax.set_ylabel(("before", "after")[row], fontsize=11)
    figure.colorbar(mesh, cax=figure.add_subplot(grid[:, -1]), label="feature value", extend="max")
    return figure


def open_and_closed(s, maps=None, count=4):
    """Return the channels with the widest and the narrowest gates, widest first; before them, those that are NaN.

    With feature maps (C, H, W), only of the liveliest channels: a gate on an empty map
    shows nothing.

    >>> open_and_closed(np.array([0.1, 0.9, 0.5, 0.6, 0.2]), count=2)
    [1, 3, 4, 0]
    """
    s = np.asarray(s)
    candidates = np.arange(len(s))
    if maps is not None:
        strength = np.abs(maps).mean(axis=(1, 2))
        lively = max(2 * count, int((~(strength < 0.15 * largest_of(strength))).sum()))
        candidates = np.sort(largest_first(strength)[:lively])
    order = candidates[largest_first(s[candidates])]
    if len(order) <= 2 * count:
        return order.tolist()
    return [*order[:count].tolist(), *order[-count:].tolist()]
