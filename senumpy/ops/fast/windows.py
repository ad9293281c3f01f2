"""Windows slide over an image: which inputs does each entry, or tap, of the window meet?

Tap k of the window at output o sees input ``i = stride * o + k - padding``. For one tap, all its inputs lie ``stride``
apart, so a loop over the few taps with whole-array slices replaces a loop over the many windows.

Every stride-th pixel of every stride-th row, taken together, makes a smaller image, a plane. All inputs of a tap lie in
one plane, since ``i = stride * (o + shift) + plane``, and side by side. So the image is copied into its planes once,
and then every tap reads an unbroken slice.
"""

from typing import NamedTuple

from senumpy.backend import array_module
from senumpy.ops.fast.pixels import new_image


class Tap(NamedTuple):
    """One entry of the window: its plane, and slices for the outputs and, in that plane, the inputs that it meets."""

    plane: tuple
    outputs: tuple
    inputs: tuple


def taps(size, kernel_size, stride, padding, out_size):
    """Return the taps of the window in row-major order.

    Only pairs inside the image appear in the slices: padding is never stored.
    """
    rows = [_along(k, size[0], stride[0], padding[0], out_size[0]) for k in range(kernel_size[0])]
    columns = [_along(k, size[1], stride[1], padding[1], out_size[1]) for k in range(kernel_size[1])]
    return [
        Tap((row_plane, column_plane), (..., out_rows, out_columns), (..., in_rows, in_columns))
        for row_plane, out_rows, in_rows in rows
        for column_plane, out_columns, in_columns in columns
    ]


def _along(k, size, stride, padding, out_size):
    """Return, along one axis, tap k's plane, the outputs for which it falls inside the image, and its inputs there."""
    shift, plane = divmod(k - padding, stride)  # i = stride * o + k - padding = stride * (o + shift) + plane
    first = max(0, -shift)  # smallest o with i >= 0
    last = min(out_size - 1, (size - 1 + padding - k) // stride)  # largest o with i <= size - 1
    count = max(0, last - first + 1)
    return plane, slice(first, first + count), slice(first + shift, first + shift + count)


def planes_of(x, taps, stride):
    """Return the planes that the taps look at: a dict from the row and column where a plane starts to its pixels."""
    SH, SW = stride
    return {(h, w): x[:, :, h::SH, w::SW].copy(order="K") for h, w in {tap.plane for tap in taps}}


def zero_planes(shape, taps, stride, like):
    """Return planes of zeros for an image of this shape, in the library and type of ``like``."""
    (N, C, H, W), (SH, SW) = shape, stride
    sizes = {(h, w): (len(range(h, H, SH)), len(range(w, W, SW))) for h, w in {tap.plane for tap in taps}}
    return {plane: new_image(array_module(like), (N, C, *size), like.dtype, 0) for plane, size in sizes.items()}


def image_for(taps, shape, stride, like):
    """Return an image to `join` planes into: zero where no tap looks, in the library and type of ``like``."""
    whole = len({tap.plane for tap in taps}) == stride[0] * stride[1]
    return new_image(array_module(like), shape, like.dtype, None if whole else 0)


def join(planes, image, stride):
    """Write planes into the image that they belong to, and return it."""
    for (h, w), plane in planes.items():
        image[:, :, h :: stride[0], w :: stride[1]] = plane
    return image
