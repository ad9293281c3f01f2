"""A map of one gate: bright where a window on that place of the photograph opens the channel."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from senumpy.finite import AS_GOOD_AS_CONSTANT, largest_first
from senumpy.pictures.style import bare, new_figure, show_image, square_side
from senumpy.pictures.wanted import places, wanted


def plot_sliding_gates(image, sliding, block, *, channels=None, regions=None):
    """Draw the photograph, and beside it the gate of some channels as a function of where the window was.

    All maps share one colour scale, from the smallest gate shown to the largest. A map is smaller than the photograph
    by half a window on each side, since its places are the windows' centres.

    Parameters
    ----------
    image : array (3, H, W) or (1, H, W)
    sliding : Sliding
        As `sliding_gates` returns it.
    block : str
    channels : list of int, optional
        By default the seven that change most with the place.
    regions : dict of str to (top, left, height, width), optional
        Drawn into the photograph and the maps, such as `CAT_REGIONS`.

    Raises
    ------
    ValueError
        Where the block was not recorded.
    """
    wanted("sliding", sliding, "what sliding_gates returns", "gates", "window", "tops", "lefts")
    if not isinstance(block, str) or block not in sliding.gates:
        raise ValueError(f"there is no block {block!r}; recorded were {', '.join(sliding.gates)}")
    s = sliding.gates[block]  # (rows, columns, C)
    if channels is None:
        channels = largest_first(s.std(axis=(0, 1)))[:7].tolist()
    channels = places("channels", channels, s.shape[2])
    if regions is not None and not (isinstance(regions, dict) and all(np.shape(r) == (4,) for r in regions.values())):
        raise ValueError(f"regions must be (top, left, height, width) by name, got {regions!r}")
    numbers = s[..., channels][np.isfinite(s[..., channels])]
    low, high = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
    if high - low < AS_GOOD_AS_CONSTANT:  # a scale no wider than rounding would paint a still gate in all colours
        low, high = 0.0, 1.0
    scale = {"cmap": "viridis", "vmin": low, "vmax": high}
    columns = min(4, len(channels) + 1)
    rows = -(-(len(channels) + 1) // columns)
    title = f"Gates of {block} while a window of {sliding.window} pixels slides over the photograph"
    figure = new_figure(0.4 + rows * (0.2 + square_side([1] * columns, labels=1.0)), title)
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for ax in axes:
        bare(ax)
    show_image(axes[0], image)
    axes[0].add_patch(Rectangle((2, 2), sliding.window, sliding.window, fill=False, color="white", linewidth=1.5))
    axes[0].set_title("photograph, a window", fontsize=11)
    extent = _extent(sliding)
    H, W = np.shape(image)[1:]
    for ax, c in zip(axes[1:], channels, strict=False):
        mesh = ax.imshow(s[..., c], extent=extent, interpolation="nearest", **scale)
        ax.set(xlim=(0, W), ylim=(H, 0), facecolor="0.9")
        ax.set_title(f"channel {c}: {s[..., c].min():.2f} to {s[..., c].max():.2f}", fontsize=11)
    for ax in axes[: len(channels) + 1]:
        _draw_regions(ax, regions or {}, with_names=ax is axes[0])
    figure.colorbar(mesh, ax=axes.tolist(), label="gate s", fraction=0.025)
    return figure


def _extent(sliding):
    """Return left, right, bottom, top of the map in pixels of the photograph: each place is a cell around a centre."""
    edges = []
    for corners in (sliding.lefts, sliding.tops):
        half = (corners[1] - corners[0]) / 2 if len(corners) > 1 else sliding.window / 2
        centre = corners + sliding.window / 2
        edges.append((centre[0] - half, centre[-1] + half))
    (left, right), (top, bottom) = edges
    return left, right, bottom, top


def _draw_regions(ax, regions, with_names):
    for name, (top, left, height, width) in regions.items():
        ax.add_patch(Rectangle((left, top), width, height, fill=False, color="white", linewidth=1, linestyle="--"))
        if with_names:
            to_the_left = left + width > 0.75 * ax.get_xlim()[1]
            x, side = (left + width - 2, "right") if to_the_left else (left + 2, "left")
            text = ax.text(x, top + 3, name, color="white", fontsize=9, va="top", ha=side)
            text.set_path_effects([withStroke(linewidth=2, foreground="black")])
