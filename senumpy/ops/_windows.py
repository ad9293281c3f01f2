"""Windows slide over an image: which inputs does each entry, or tap, of the kernel meet?

Tap k of the window at output o sees input ``i = stride * o + k - padding``. For one tap, all its inputs lie ``stride``
apart, so a loop over the few taps with whole-array slices replaces a loop over the many windows.

Every stride-th pixel of every stride-th row, taken together, makes a smaller image, a plane; there are SH * SW of them.
All inputs of a tap lie in one plane, since ``i = stride * (o + shift) + plane``, and side by side. So the image is
copied into its planes once, and then every tap reads an unbroken slice.
"""

from typing import NamedTuple

from senumpy.backend import array_module


class Tap(NamedTuple):
    """One entry of the kernel: its number, its plane, and slices for the outputs and, in that plane, the inputs."""

    number: int
    plane: tuple
    outputs: tuple
    inputs: tuple


def taps(size, kernel_size, stride, padding, out_size):
    """Return the taps of the kernel in row-major order.

    ``outputs`` index an output (N, OH, OW, C), ``inputs`` the tap's plane of the image (N, H', W', C). Only pairs
    inside the image appear: padding is never stored.
    """
    found = []
    for kh in range(kernel_size[0]):
        row_plane, out_rows, in_rows = _reach(kh, size[0], stride[0], padding[0], out_size[0])
        for kw in range(kernel_size[1]):
            column_plane, out_columns, in_columns = _reach(kw, size[1], stride[1], padding[1], out_size[1])
            outputs, inputs = (slice(None), out_rows, out_columns), (slice(None), in_rows, in_columns)
            found.append(Tap(kh * kernel_size[1] + kw, (row_plane, column_plane), outputs, inputs))
    return found


def _reach(k, size, stride, padding, out_size):
    """Return, along one axis, tap k's plane, the outputs for which it falls inside the image, and its inputs there."""
    shift, plane = divmod(k - padding, stride)  # i = stride * o + k - padding = stride * (o + shift) + plane
    first = max(0, -shift)  # smallest o with i >= 0
    last = min(out_size - 1, (size - 1 + padding - k) // stride)  # largest o with i <= size - 1
    count = max(0, last - first + 1)
    return plane, slice(first, first + count), slice(first + shift, first + shift + count)


def split(pixels, stride):
    """Return the planes of (N, H, W, C): a dict from the row and column where a plane starts to (N, H', W', C)."""
    SH, SW = stride
    return {(h, w): pixels[:, h::SH, w::SW].copy() for h in range(SH) for w in range(SW)}


def zero_planes(pixels, stride):
    """Return the planes of an array like ``pixels`` that is zero everywhere."""
    SH, SW = stride
    xp = array_module(pixels)
    return {(h, w): xp.zeros_like(pixels[:, h::SH, w::SW], order="C") for h in range(SH) for w in range(SW)}


def join(pixels, planes, stride):
    """Write planes into the (N, H, W, C) array they belong to; together they hold each of its pixels once."""
    for (h, w), plane in planes.items():
        pixels[:, h :: stride[0], w :: stride[1]] = plane
