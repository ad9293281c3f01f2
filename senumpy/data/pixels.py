"""Files have grey, palettes, ink, transparency and numbers of many widths; a network has red, green and blue."""

import numpy as np
from PIL import Image


def to_rgb(image: Image.Image, name: str) -> Image.Image:
    """Bring any kind of pixels to red, green and blue in 8 bits, with white behind what is transparent.

    Grey in 16 bits is divided by 257, so that 65535 is white. Integers of 32 bits say nowhere which number is white:
    where none is above 255 they are taken for 8 bits, where none is above 65535 for 16.

    Raises
    ------
    ValueError
        For integers that fit neither, and for floating-point pixels.

    Examples
    --------
    >>> [to_rgb(Image.new("I", (1, 1), white), "x").getpixel((0, 0)) for white in (255, 65535)]
    [(255, 255, 255), (255, 255, 255)]
    """
    if image.mode.startswith("I"):
        image = _from_integers(image, name)
    if image.mode == "F":
        raise ValueError(
            f"{name} has floating-point pixels, and nothing says which value is white: save it with 8 or 16 bits"
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _from_integers(image, name):
    """Scale grey in 16 or 32 bits to 8 bits; Pillow's own conversion would cut everything above 255 to white."""
    grey = np.asarray(image)
    if grey.min() < 0 or grey.max() > 65535:
        raise ValueError(
            f"{name} has values from {grey.min()} to {grey.max()}, and nothing says which is white: save it with 8 or "
            "16 bits"
        )
    sixteen = image.mode.startswith("I;16")
    if image.info.get("transparency") is not None:  # this one grey is transparent: white, as everything behind it
        grey = np.where(grey == image.info["transparency"], 65535 if sixteen or grey.max() > 255 else 255, grey)
    if not sixteen and grey.max() <= 255:
        return Image.fromarray(grey.astype(np.uint8))
    return Image.fromarray(((grey.astype(np.uint32) + 128) // 257).astype(np.uint8))  # rounded, in half the memory
