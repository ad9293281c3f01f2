"""Pictures, gates and edits are looked at where they come in."""

from collections.abc import Mapping

import numpy as np

from senumpy.arguments import check_plain


def as_picture(image):
    """Return one picture as an array, or raise a ValueError for what is none.

    >>> as_picture(np.zeros((2, 3, 8, 8), np.float32))
    Traceback (most recent call last):
    ...
    ValueError: image must be one picture of floating-point numbers, (C, H, W), got float32 of shape (2, 3, 8, 8)
    """
    check_plain("image", image)
    image = image if hasattr(image, "dtype") else np.asarray(image)  # one that lives on a GPU stays there
    if image.dtype.kind != "f" or len(image.shape) != 3 or 0 in image.shape:
        raise ValueError(
            f"image must be one picture of floating-point numbers, (C, H, W), got {image.dtype} of shape {image.shape}"
        )
    return image


def check_gates(gates):
    """Raise a ValueError unless these are arrays by name."""
    if not isinstance(gates, Mapping):
        raise ValueError(
            f"gates must be a dictionary of arrays by block, as gate_values returns it, got {type(gates).__name__}"
        )


def as_numbers(name, values, wanted):
    """Return an array of float64, or raise a ValueError that says what is wanted."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be {wanted}, got {values!r}") from error
