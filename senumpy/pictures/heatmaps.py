"""The whole block at a glance: one row per picture, one column per channel, the brighter the wider open."""

from senumpy.pictures.style import WIDTH, as_picture, channel_ticks, gate_colours, new_figure, plain
from senumpy.pictures.wanted import by_name


def plot_channels_by_images(gates_before, gates_after=None, images=None, *, names=None, titles=None):
    """Draw the gates of every block as heat maps, channels by images, with the pictures along the axis.

    Parameters
    ----------
    gates_before : dict of str to array (N, C)
        As `gate_values` returns them.
    gates_after : dict of str to array (N, C), optional
        The same blocks and pictures at another time, in a second row under the same colours.
    images : array (N, 3, H, W) or (N, 1, H, W), optional
        Thumbnails to stand beside the rows.
    names : list of str, optional
        A word or two for each picture: its class, what was done to it.
    titles : tuple of str, optional
        One for each row of heat maps: by default "before training" and "after training", or none for a single row.

    Raises
    ------
    ValueError
        Where blocks, or the numbers of gates, pictures and names, do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> gates = {"se1": np.full((2, 16), 0.5)}
    >>> figure = plot_channels_by_images(gates, images=np.zeros((2, 3, 8, 8)), names=["one", "two"])
    """
    moments = [gates_before] if gates_after is None else [gates_before, gates_after]
    if titles is None:
        titles = ("",) if gates_after is None else ("before training", "after training")
    N = _check(moments, images, names, titles)
    names = [""] * N if names is None else names

    return draw_heatmaps(moments, images, names, titles)[0]


def draw_heatmaps(moments, images, names, titles, colours=None):
    """Draw one row of heat maps per moment; return the figure and the heat maps, by moment and block."""
    colours = gate_colours(*(s for gates in moments for s in gates.values())) if colours is None else colours
    N = len(names)
    row_height = min(0.55, 6.0 / N)  # inches: large for a few pictures, and never off the screen for many
    figure = new_figure(0.8 + len(moments) * (0.8 + N * row_height), "SE gates: channels by images")
    widths = [s.shape[1] for s in moments[0].values()]
    thumbnail = row_height / WIDTH * sum(widths) * 1.25  # as wide as high; labels take about a fifth of the width
    columns = [thumbnail, *widths, sum(widths) / 50]
    grid = figure.add_gridspec(len(moments), len(columns), width_ratios=columns)
    heatmaps = []
    for row, (gates, title) in enumerate(zip(moments, titles, strict=True)):
        thumbnails(figure.add_subplot(grid[row, 0]), images, names)
        axes = {block: figure.add_subplot(grid[row, column]) for column, block in enumerate(gates, start=1)}
        heatmaps.append({block: _heatmap(axes[block], block, s, title, colours) for block, s in gates.items()})
    colourbar = figure.add_subplot(grid[:, -1])
    figure.colorbar(next(iter(heatmaps[0].values())), cax=colourbar, label="gate s: 0 closed, 1 open")
    return figure, heatmaps


def _heatmap(ax, block, s, title, colours):
    channel_ticks(ax, s.shape[1])
    ax.set_yticks([])
    ax.set_title(f"{block}, {title}" if title else block, fontsize=11)
    return ax.imshow(s, aspect="auto", interpolation="nearest", **colours)


def thumbnails(ax, images, names, fontsize=11):
    """Fill one column, a row high for each picture, with its name and the picture."""
    N = len(names)
    if images is not None:
        for row, image in enumerate(images):
            extent = (0, 1, row + 0.46, row - 0.46)
            ax.imshow(as_picture(image), cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=extent)
    ax.set(xlim=(0, 1), ylim=(N - 0.5, -0.5), aspect="auto", xticks=[])
    ax.set_yticks(range(N), map(plain, names), fontsize=fontsize)
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)


def _check(moments, images, names, titles):
    """Return the number of pictures, or say what does not fit."""
    for gates in moments:
        by_name("gates", gates, "arrays (N, C) by block", "shape")
    first = moments[0]
    if not first:
        raise ValueError("there are no gates to draw: the model has no SE blocks")
    N = len(next(iter(first.values())))
    for gates in moments:
        shapes = {block: s.shape for block, s in gates.items()}
        expected = {block: (N, s.shape[-1]) for block, s in first.items()}
        if shapes != expected:
            raise ValueError(f"the gates must be (pictures, channels) of the same blocks, {expected}, got {shapes}")
    for what, items, count in (("images", images, N), ("names", names, N), ("titles", titles, len(moments))):
        if items is not None and (isinstance(items, str) or not hasattr(items, "__len__") or len(items) != count):
            got = len(items) if hasattr(items, "__len__") and not isinstance(items, str) else repr(items)
            raise ValueError(f"expected {count} {what} for gates of {N} pictures, got {got}")
    return N
