"""Slide a window over a large picture and write down the gates at every place: a map of what wakes each channel."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from senumpy.arguments import check_count
from senumpy.finite import QUIET, in_units_of
from senumpy.gates.arguments import as_numbers, as_picture
from senumpy.gates.values import gates_and_logits


class SlidingGates(NamedTuple):
    """The gates as a function of where the window was.

    Attributes
    ----------
    gates : dict of str to array (rows, columns, C)
        By block name.
    logits : array (rows, columns, K)
        What the network said about each window.
    tops, lefts : array (rows,), (columns,)
        The windows' top left corners, in pixels.
    window : int
        Height and width of the window, in pixels.
    """

    gates: dict
    logits: np.ndarray
    tops: np.ndarray
    lefts: np.ndarray
    window: int


@QUIET
def sliding_gates(model, image, window=32, stride=8):
    """Run the network on every window of a picture.

    Parameters
    ----------
    model : Layer
    image : array (C, H, W)
    window : int
        Height and width of the window in pixels, best the size the network was trained on.
    stride : int
        Pixels from one window to the next. The last window ends before the border where it does not divide evenly.

    Returns
    -------
    Sliding

    Raises
    ------
    ValueError
        Where the window does not fit into the picture.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> sliding = sliding_gates(TinyCNN(widths=(4, 8)), np.zeros((3, 20, 16), np.float32), window=8, stride=4)
    >>> sliding.gates["se2"].shape, sliding.tops
    ((4, 3, 8), array([ 0,  4,  8, 12]))
    """
    image, window, stride = as_picture(image), check_count("window", window), check_count("stride", stride)
    if window > min(image.shape[1:]):
        raise ValueError(
            f"a window of {window} pixels with stride {stride} does not fit a picture (C, H, W) of shape {image.shape}"
        )
    _, H, W = image.shape
    tops, lefts = np.arange(0, H - window + 1, stride), np.arange(0, W - window + 1, stride)
    rows = []
    for top in tops:  # a row at a time: all windows at once would hold most pixels many times over
        views = sliding_window_view(image[:, top : top + window], window, axis=2)[:, :, ::stride]
        rows.append(gates_and_logits(model, views.transpose(2, 0, 1, 3)))  # (columns, C, window, window)
    gates = {name: np.stack([row[name] for row, _ in rows]) for name in rows[0][0]}
    return SlidingGates(gates, np.stack([logits for _, logits in rows]), tops, lefts, window)


# Where things are in the bundled photograph of the cat: (top, left, height, width) in its 224 x 224 pixels.
CAT_REGIONS = {
    "left eye": (64, 48, 44, 50),
    "right eye": (82, 164, 40, 38),
    "nose": (160, 108, 44, 60),
    "forehead": (0, 40, 52, 120),
    "background": (120, 196, 104, 28),
}


@QUIET
def region_contrast(sliding, block, region):
    """Say by how much each channel is more open where the window lies on a region than elsewhere.

    A window lies on the region when its centre does. The contrast is the mean gate there minus the mean gate at all
    other places, in units of that channel's standard deviation over all places: above 1 is a lot.

    Parameters
    ----------
    sliding : Sliding
    block : str
    region : (top, left, height, width)
        In pixels, such as an entry of `CAT_REGIONS`.

    Returns
    -------
    array (C,)
        0 for channels that never change, or by less than a thousandth: rounding, or a gate so firmly open or shut
        that its moves mean nothing. NaN for channels that are not numbers everywhere.

    Raises
    ------
    ValueError
        Where no window has its centre in the region, or every window has.
    """
    if not isinstance(sliding, SlidingGates):
        raise ValueError(f"sliding must be what sliding_gates returns, got {type(sliding).__name__}")
    if not isinstance(block, str) or block not in sliding.gates:
        raise ValueError(f"there is no SE block {block!r}; the windows have {', '.join(sliding.gates)}")
    numbers = as_numbers("region", region, "(top, left, height, width) in pixels")
    if numbers.shape != (4,):
        raise ValueError(f"region must be (top, left, height, width) in pixels, got {region!r}")
    top, left, height, width = numbers
    centre_y, centre_x = sliding.tops + sliding.window / 2, sliding.lefts + sliding.window / 2
    inside = np.outer((top <= centre_y) & (centre_y < top + height), (left <= centre_x) & (centre_x < left + width))
    if not inside.any() or inside.all():
        raise ValueError(f"{inside.sum()} of {inside.size} windows have their centre in the region {region}; "
                         "use a larger region or a smaller stride")  # fmt: skip
    s = sliding.gates[block].astype(np.float64)
    std = s.std(axis=(0, 1))  # (C,)
    contrast = s[inside].mean(axis=0) - s[~inside].mean(axis=0)
    return in_units_of(std, contrast)
