"""Images with all channels of a pixel side by side: one number for every pixel's channel, and sums over pixels.

An image batch has the logical shape (N, C, H, W). In memory we keep it as (N, H, W, C), "channels last". NumPy hides
the difference (``transpose`` is only a view), so every operation accepts any layout and is merely faster in this one.

One row of pixels is then W * C numbers in a line. NumPy's inner loops run along such lines, and a long one keeps them
busy where one of C = 16 numbers would not. So a factor per channel is repeated along the row, see `spread`.

Sums are taken in two stages: over rows of pixels in the precision of the array, at most `RUN` of them, and then over
all that in float64. A plain running sum in float32 would be off by 16 % after 20 million equal numbers.
"""

from senumpy.backend import array_module
from senumpy.ops.fast.blocks import blocks

RUN = 128  # so many float32 numbers may be added one after the other: the error stays near 1e-6


def spread(a, W):
    """Give a row of W pixels the numbers of its channels: (C,) to logical (1, C, 1, W), (N, C) to (N, C, 1, W).

    In memory that is one line, ``(c0 c1 c2 | c0 c1 c2 | ...)``, as long as a row of the image: so ``x * spread(a, W)``
    runs along whole rows, where ``x * a[:, None, None]`` would stop after every pixel.

    >>> import numpy as np
    >>> spread(np.array([1.0, 2.0]), 3)[0, :, 0]
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    lines = a.reshape(-1, 1, 1, a.shape[-1]).repeat(W, axis=2)  # (1 or N, 1, W, C)
    return lines.transpose(0, 3, 1, 2)  # (1 or N, C, 1, W)


def channels_last(x):
    """Return logical (N, C, H, W) as contiguous (N, H, W, C): a view where the memory is so already, else a copy."""
    return array_module(x).ascontiguousarray(x.transpose(0, 2, 3, 1))  # (N, H, W, C)


def scale_and_shift(x, a, b):
    """Return ``a_c x_nchw + b_c`` for a and b (C,), in one new array."""
    xp, W = array_module(x), x.shape[3]
    out = xp.multiply(x, spread(a, W), dtype=xp.result_type(x, a, b))
    out += spread(b, W)
    return out


def add_scaled(total, x, a):
    """Add ``a_c x_nchw`` to ``total`` in place; the product never fills new memory, only a block of it at a time."""
    factor = spread(a, x.shape[3])
    for total_block, x_block in blocks(total, x):
        total_block += x_block * factor


def maximum(a, b, out=None):
    """Return the larger one, entry by entry: by real part, a where they tie, NaN where either is NaN."""
    xp = array_module(b)
    if b.dtype.kind != "c":
        return xp.maximum(a, b, out=out)
    larger = xp.where((b.real > a.real) | (b != b), b, a)
    if out is not None:
        out[...] = larger
    return larger


def new_image(xp, shape, dtype, value=None):
    """Return an array of logical shape (N, C, H, W), channels-last in memory, full of a value where one is given."""
    N, C, H, W = shape
    pixels = xp.zeros((N, H, W, C), dtype) if value == 0 else xp.empty((N, H, W, C), dtype)
    if value:
        pixels[...] = value
    return pixels.transpose(0, 3, 1, 2)


def sum_over_pixels(x):
    """Sum (N, C, H, W) over the pixels of each image: (N, C)."""
    return _total(_sums(x), x, over=1)


def sum_over_batch(x):
    """Sum (N, C, H, W), or (N, C), over everything but the channels: (C,)."""
    return _total(_sums(x), x, over=(0, 1))


def dot_over_pixels(a, b):
    """Sum ``a * b`` over the pixels of each image, without storing the product: (N, C)."""
    return _total(_dots(a, b), a, over=1)


def dot_over_batch(a, b):
    """Sum ``a * b`` over everything but the channels, without storing the product: (C,)."""
    return _total(_dots(a, b), a, over=(0, 1))


def _rows(x):
    """Return (N, C, H, W) as (N, H, W * C), and (N, C) as (N, 1, C)."""
    return channels_last(x).reshape(len(x), x.shape[2], -1) if x.ndim == 4 else x[:, None]


def _sums(x):
    """Sum at most `RUN` rows at a time: (N, H / RUN, W * C). As a product with ones the BLAS does it, the fastest."""
    rows, xp = _rows(x), array_module(x)
    if rows.shape[1] == 1:
        return rows
    runs = [rows[:, start : start + RUN] for start in range(0, rows.shape[1], RUN)]
    return _side_by_side([xp.ones((1, run.shape[1]), dtype=run.dtype) @ run for run in runs])


def _dots(a, b):
    """Sum the products of at most `RUN` rows at a time: (N, H / RUN, W * C)."""
    a, b, xp = _rows(a), _rows(b), array_module(a, b)
    runs = [slice(start, start + RUN) for start in range(0, a.shape[1], RUN)]
    return _side_by_side([xp.einsum("nhk,nhk->nk", a[:, run], b[:, run])[:, None] for run in runs])


def _side_by_side(parts):
    return parts[0] if len(parts) == 1 else array_module(*parts).concatenate(parts, axis=1)


def _total(sums, x, over):
    """Sum (N, L, W * C) over ``over`` and then over the pixels of a row, in float64; return the type of the sums."""
    xp = array_module(sums)
    rows = sums.sum(axis=over, dtype=xp.result_type(sums, xp.float64))  # (N, W * C) or (W * C,), in long lines
    pixels = rows.reshape(*rows.shape[:-1], -1, x.shape[1])  # (N, W, C) or (W, C)
    return (xp.ones(pixels.shape[-2], pixels.dtype) @ pixels).astype(sums.dtype)  # (N, C) or (C,)
