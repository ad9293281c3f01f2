"""Two ways lead the gradient back into x: through the product, a picture; through the gate, one number a channel."""

import numpy as np

from senumpy.finite import largest_first, largest_of
from senumpy.pictures.style import bare, new_figure, show_image, square_side
from senumpy.pictures.wanted import numbers, places


def plot_gradient_paths(direct, through_gate, image=None, *, channels=None, title="The two gradient paths into x"):
    """Draw the gradient on the direct path, through the gate, and their sum, on one colour scale.

    Each map carries its root mean square. Through the gate every pixel of a channel gets the same number, so a map
    of one colour is what to expect there, and a pale one if that path is the weaker.

    Parameters
    ----------
    direct, through_gate : array (C, H, W)
        As `gradient_paths` returns them.
    image : array (3, H, W) or (1, H, W), optional
        The picture, to stand on the left.
    channels : list of int, optional
        By default the six with the largest gradient through the gate.
    title : str
    """
    direct, through_gate = numbers("direct", direct, "C H W"), numbers("through_gate", through_gate, "C H W")
    if direct.shape != through_gate.shape:
        raise ValueError(f"direct and through_gate must have one shape, got {direct.shape} and {through_gate.shape}")
    channels = None if channels is None else places("channels", channels, len(direct))
    if channels is None:
        channels = largest_first(_rms(through_gate))[:6].tolist()
    rows = {"direct\n$s\\,\\mathrm{dout}$": direct, "through the gate\n$dz / (H W)$": through_gate}
    rows["sum\n$dx$"] = direct + through_gate
    largest = max(largest_of(maps[channels]) for maps in rows.values()) or 1.0
    scale = {"cmap": "PuOr", "vmin": -largest, "vmax": largest}

    first = int(image is not None)
    columns = [*[1.3] * first, *[1] * len(channels), 0.1]
    figure = new_figure(0.7 + 3 * (0.2 + square_side(columns)), title)
    grid = figure.add_gridspec(3, len(columns), width_ratios=columns)
    if first:
        ax = figure.add_subplot(grid[:, 0])
        show_image(ax, image)
        ax.set_title("picture", fontsize=11)
    for row, (name, maps) in enumerate(rows.items()):
        rms = _rms(maps)
        for column, c in enumerate(channels, start=first):
            ax = figure.add_subplot(grid[row, column])
            mesh = ax.imshow(maps[c], interpolation="nearest", **scale)
            bare(ax)
            ax.spines[:].set(visible=True, color="0.7")
            ax.set_xlabel(f"{rms[c]:.1e}", fontsize=9, labelpad=2)
            if row == 0:
                ax.set_title(f"channel {c}", fontsize=11)
            if column == first:
                ax.set_ylabel(name, fontsize=11)
    label = "gradient of the loss, nats per unit of x\n(below each map: its root mean square)"
    figure.colorbar(mesh, cax=figure.add_subplot(grid[:, -1]), label=label)
    return figure


def _rms(maps):
    return np.sqrt((maps.astype(np.float64) ** 2).mean(axis=(1, 2)))
