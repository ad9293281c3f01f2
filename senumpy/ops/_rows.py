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


def sum_over_pixels(rows, C):
    """Sum rows (N, H, W * C) over the pixels of each image: (N, C). A product with ones is the fastest sum there is."""
    xp = array_module(rows)
    N, H, WC = rows.shape
    ones = xp.ones((1, H * WC // C), dtype=rows.dtype)
    return (ones @ rows.reshape(N, -1, C))[:, 0]  # (N, C)


def dot_over_pixels(a, b, C):
    """Sum ``a * b`` over the pixels of each image: rows (N, H, W * C) to (N, C), without storing the product."""
    N = len(a)
    return array_module(a).einsum("npc,npc->nc", a.reshape(N, -1, C), b.reshape(N, -1, C))  # (N, C)
