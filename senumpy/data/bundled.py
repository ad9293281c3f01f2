"""A picture is an array: rows, columns, and three numbers for the colour of each dot."""

from pathlib import Path

import numpy as np
from PIL import Image

ASSETS = Path(__file__).parent / "assets"

PHOTO_NAMES = ("cat", "coffee", "astronaut", "brick", "grass", "gravel", "galaxies", "retina")


def load_photo(name: str) -> np.ndarray:
    """Load one of the bundled photographs, as the file holds it.

    `read_image` gives the same picture in the form a network wants.

    Parameters
    ----------
    name : str
        One of `PHOTO_NAMES`.

    Returns
    -------
    ndarray, uint8, shape (224, 224, 3)
        Rows, columns, and red, green, blue in 0 to 255.

    Raises
    ------
    ValueError
        Where there is no photograph of that name.

    Examples
    --------
    >>> load_photo("cat").shape
    (224, 224, 3)
    """
    if name not in PHOTO_NAMES:
        raise ValueError(
            f"there is no bundled photograph {name!r}: choose one of {', '.join(PHOTO_NAMES)}, or use read_image for a "
            "file of your own"
        )
    with Image.open(ASSETS / "photos" / f"{name}.png") as image:
        return np.array(image)


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Load the 1,797 bundled handwritten digits, as they were collected.

    They are the test set of Alpaydin and Kaynak's "Optical Recognition of Handwritten Digits" (UCI Machine Learning
    Repository, CC BY 4.0). Thirteen people wrote them, and the file does not say who wrote which.

    Returns
    -------
    images : ndarray, uint8, shape (1797, 8, 8)
        Ink in 0 (paper) to 16 (full).
    labels : ndarray, int64, shape (1797,)
        The digit, 0 to 9.

    Examples
    --------
    >>> images, labels = load_digits()
    >>> images.shape, int(images.max()), int(labels[0])
    ((1797, 8, 8), 16, 0)
    """
    with np.load(ASSETS / "digits.npz") as file:
        return file["images"], file["labels"].astype(np.int64)
