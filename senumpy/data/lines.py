"""A line of text is long and narrow, and a network that reads it keeps it so."""

import numpy as np

from senumpy.arguments import check_count
from senumpy.data.cropped import FILTERS
from senumpy.data.pixels import to_rgb
from senumpy.data.reader import open_picture


def read_line(picture, height=48, width=192, resample="bilinear"):
    """Read a picture of a line of text and bring it to a height, at most so wide.

    Parameters
    ----------
    picture
        As in `read_image`.
    height, width : int
        In pixels. The picture keeps its proportions, unless it would become wider than that.
    resample : "bilinear" or "bicubic"
        With antialiasing.

    Returns
    -------
    ndarray, float32, shape (3, height, W), W at most ``width``
        Red, green and blue from 0 to 1.

    Raises
    ------
    ValueError
        As in `read_image`, and for another filter.

    Examples
    --------
    >>> read_line(np.zeros((20, 50, 3), np.uint8)).shape
    (3, 48, 120)
    """
    height, width = check_count("height", height), check_count("width", width)
    if resample not in tuple(FILTERS):
        raise ValueError(f"resample must be one of {', '.join(FILTERS)}, got {resample!r}")
    image, name = open_picture(picture)
    size = min(width, -(-image.width * height // image.height)), height
    image = to_rgb(image, name).resize(size, FILTERS[resample])
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255         # (H, W, 3) -> (3, H, W)
