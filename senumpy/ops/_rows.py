"""Channels-last rows: the memory layout in which the operations on images are short *and* fast.

An image batch has the logical shape (N, C, H, W). In memory we keep it as (N, H, W, C), "channels last": all channels
of one pixel side by side. NumPy hides the difference (``transpose`` is only a view), so every operation accepts any
layout and is merely faster in this one.

One row of pixels is then W * C numbers in a line. NumPy's inner loops run along the last axis, and a long line keeps
them busy where a last axis of C = 16 numbers would not. So per-channel factors are repeated along the row,

    (c0 c1 c2 | c0 c1 c2 | c0 c1 c2 ...)                 W times

and elementwise formulas work on arrays of shape (N, H, W * C).
"""

from senumpy.backend import array_module


def channels_last(x):
    """Return logical (N, C, H, W) as contiguous (N, H, W, C): a view where the memory is so already, else a copy."""
    return array_module(x).ascontiguousarray(x.transpose(0, 2, 3, 1))  # (N, H, W, C)


def to_rows(x):
    """Return logical (N, C, H, W) as rows (N, H, W * C): a view where the memory is channels-last, else a copy."""
    N, C, H, W = x.shape
    return channels_last(x).reshape(N, H, W * C)  # (N, H, W * C)


def from_rows(rows, shape):
    """Return rows (N, H, W * C) as a view of the logical shape (N, C, H, W)."""
    N, C, H, W = shape
    return rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)


def along_row(factor, W):
    """Repeat per-channel factors along a row: (C,) to (1, W * C), and (N, C) to (N, 1, W * C)."""
    return array_module(factor).tile(factor, W)[..., None, :]


def spread_over_pixels(a, H, W):
    """Give each of the H x W pixels the (N, C) numbers of its image: logical (N, C, H, W), a read-only view."""
    N, C = a.shape
    rows = array_module(a).broadcast_to(along_row(a, W), (N, H, W * C))
    return from_rows(rows, (N, C, H, W))


def sum_over_height(rows):
    """Sum rows (N, H, W * C) over H: columns (N, W * C). As a product with ones the BLAS does it, faster than `sum`."""
    xp = array_module(rows)
    ones = xp.ones((1, rows.shape[1]), dtype=rows.dtype)
    return (ones @ rows)[:, 0]  # (N, W * C)


def dot_over_height(a, b):
    """Sum ``a * b`` of rows (N, H, W * C) over H: columns (N, W * C), without storing the product."""
    return array_module(a).einsum("nhk,nhk->nk", a, b)  # (N, W * C)


def sum_over_width(columns, C):
    """Sum columns (N, W * C) over W: (N, C)."""
    return columns.reshape(len(columns), -1, C).sum(axis=1)  # (N, C)


def sum_per_channel(columns, C):
    """Sum columns (N, W * C) over N and W: (C,)."""
    return columns.sum(axis=0).reshape(-1, C).sum(axis=0)  # (C,); over N first, in long lines of W * C numbers


def sum_over_pixels(rows, C):
    """Sum rows (N, H, W * C) over the pixels of each image: (N, C)."""
    return sum_over_width(sum_over_height(rows), C)
