"""Networks for large photographs were shown theirs in one way: the short side brought to a size, then the middle."""

import numpy as np
from PIL import Image

from senumpy.arguments import check_count
from senumpy.data.decoding import MAX_PIXELS
from senumpy.data.pixels import to_rgb
from senumpy.data.reader import open_picture

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def read_cropped(picture, resize=256, crop=224, resample="bilinear"):
    """Read a picture, bring its short side to a size, and cut a square from the middle.

    Pixel for pixel what torchvision's ``Resize(resize)`` and ``CenterCrop(crop)`` make of a picture from Pillow, which
    averages over all pixels that become one (antialiasing). Without that a network sees patterns that are not there.

    Parameters
    ----------
    picture
        As in `read_image`.
    resize, crop : int
        In pixels; the crop is at most as large.
    resample : "bilinear" or "bicubic"

    Returns
    -------
    ndarray, float32, shape (3, crop, crop)
        Red, green and blue from 0 to 1.

    Raises
    ------
    ValueError
        As in `read_image`; and for a crop that is larger, another filter, or a picture so narrow that it would become
        too long.

    Examples
    --------
    >>> read_cropped("cat", resize=64, crop=56).shape
    (3, 56, 56)
    """
    resize, crop = check_count("resize", resize), check_count("crop", crop)
    if crop > resize:
        raise ValueError(f"crop must be at most resize: {crop} pixels cannot be cut from {resize}")
    if resample not in list(FILTERS):
        raise ValueError(f"resample must be one of {', '.join(FILTERS)}, got {resample!r}")
    image, name = open_picture(picture)
    short = min(image.size)
    width, height = (resize if side == short else resize * side // short for side in image.size)
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"{name} is {image.width} x {image.height}: with its short side at {resize} pixels it would have more than "
            f"{MAX_PIXELS:,}; cut it first"
        )
    image = to_rgb(image, name).resize((width, height), FILTERS[resample])
    left, top = round((width - crop) / 2), round((height - crop) / 2)
    image = image.crop((left, top, left + crop, top + crop))
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255         # (H, W, 3) -> (3, H, W)
