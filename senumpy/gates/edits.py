"""Change the picture and leave the network alone: what the gates then do is their answer to that change.

Every function takes pictures of shape (..., 3, H, W) with values in [0, 1] and returns a changed copy.
"""

import numpy as np

from senumpy.arguments import check_count, check_number, check_plain
from senumpy.gates.arguments import as_numbers


def erase(x, top, left, height, width, colour=None):
    """Cover a rectangle.

    Parameters
    ----------
    x : array (..., C, H, W)
    top, left, height, width : int
        In pixels; the rectangle must lie within the picture.
    colour : C numbers in [0, 1], optional
        By default each picture's own mean colour: the squeeze of that picture hardly changes by the colour of the
        patch, so what happens to the gates comes from what was hidden.

    Returns
    -------
    array (..., C, H, W)

    Raises
    ------
    ValueError
        Where the rectangle does not lie within the picture.

    Examples
    --------
    >>> erase(np.ones((1, 2, 3)), 0, 1, 2, 2, colour=[0])[0]
    array([[1., 0., 0.],
           [1., 0., 0.]])
    """
    x = _copy(x)
    H, W = x.shape[-2:]
    top, left = check_count("top", top, least=0), check_count("left", left, least=0)
    height, width = check_count("height", height), check_count("width", width)
    if top + height > H or left + width > W:
        raise ValueError(
            f"the rectangle must lie within {H} x {W} pixels, got rows {top} to {top + height} and columns {left} to "
            f"{left + width}"
        )
    if colour is None:
        patch = x.mean(axis=(-2, -1), keepdims=True)  # (..., C, 1, 1)
    else:
        patch = as_numbers("colour", colour, f"{x.shape[-3]} numbers, one for each channel").astype(x.dtype)
        if patch.shape != x.shape[-3:-2]:
            raise ValueError(f"colour must be {x.shape[-3]} numbers, one for each channel, got {colour!r}")
        patch = patch[:, None, None]
    x[..., top : top + height, left : left + width] = patch
    return x


def mix_channels(x, matrix):
    """Mix the colours anew: each new channel is a sum of the old ones, cut to [0, 1].

    Parameters
    ----------
    x : array (..., 3, H, W)
    matrix : array (3, 3), or 3 numbers
        ``new_i = sum_j matrix_ij old_j``. Three numbers are a factor for each channel, a colour cast.
        ``GREY`` and ``SWAP_RED_BLUE`` are ready made.

    Returns
    -------
    array (..., 3, H, W)

    Examples
    --------
    >>> mix_channels(np.array([1.0, 0.5, 0.0]).reshape(3, 1, 1), [0, 1, 1]).ravel()
    array([0. , 0.5, 0. ])
    """
    x, matrix = _copy(x), as_numbers("matrix", matrix, "3 x 3 numbers, or 3, a factor for each channel")
    matrix = np.diag(matrix) if matrix.shape == (3,) else matrix
    if matrix.shape != (3, 3) or x.shape[-3] != 3:
        raise ValueError(f"recolour needs (..., 3, H, W) pictures and a (3, 3) matrix, got {x.shape}, {matrix.shape}")
    return np.clip(np.einsum("ij,...jhw->...ihw", matrix.astype(x.dtype), x), 0, 1)


GREY = np.full((3, 3), 1 / 3)
SWAP_RED_BLUE = np.eye(3)[::-1]


def adjust_brightness(x, factor):
    """Change the light: every value times a factor, cut to [0, 1]; 0.5 is one stop darker.

    >>> adjust_brightness(np.array([[[0.2, 0.8]]]), 2.0)
    array([[[0.4, 1. ]]])
    """
    factor = check_number("factor", factor, "and not negative", lambda factor: factor >= 0)
    x = _copy(x)
    return np.clip(x * x.dtype.type(factor), 0, 1)


def gaussian_blur(x, sigma):
    """Blur with a Gaussian of standard deviation ``sigma`` pixels; at the border the last pixel goes on.

    >>> gaussian_blur(np.array([[[0.0, 0.0, 1.0, 0.0, 0.0]]]), 0.5).round(2).ravel()
    array([0.  , 0.11, 0.79, 0.11, 0.  ])
    """
    sigma = check_number("sigma", sigma, "of pixels above 0", lambda sigma: sigma > 0)
    x = _copy(x)
    reach = max(1, int(np.ceil(3 * sigma)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(x.dtype)
    for axis in (-2, -1):  # a Gaussian blur is one along the rows after one along the columns
        pad = [(0, 0)] * x.ndim
        pad[axis] = (reach, reach)
        x = np.lib.stride_tricks.sliding_window_view(np.pad(x, pad, mode="edge"), len(kernel), axis=axis) @ kernel
    return x


def _copy(x):
    check_plain("x", x)
    x = np.array(x)
    if x.ndim < 3 or x.dtype.kind != "f":
        raise ValueError(f"pictures must be floating-point of shape (..., C, H, W), got {x.dtype} of shape {x.shape}")
    return x
