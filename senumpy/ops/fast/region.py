"""The part of an image that the windows see, with zeros where they reach beyond its edge."""

from senumpy.backend import array_module


def padded_region(x, kernel_size, stride, start, out_size, region=None):
    """Return the part of the images that the windows see, (N, C, RH, RW) in x's order in memory, zeros outside.

    Where that needs no padding it is a view of x. Else it is a copy, made in ``region`` if an earlier copy of the same
    kind is given: its border is zero already.
    """
    N, C, H, W = x.shape
    (top, left), (RH, RW) = start, [(o - 1) * s + k for o, s, k in zip(out_size, stride, kernel_size, strict=True)]
    if top >= 0 and left >= 0 and top + RH <= H and left + RW <= W:
        return x[:, :, top : top + RH, left : left + RW]
    if region is None:
        zeros, last = array_module(x).zeros, x.strides[1] <= x.strides[3]
        region = zeros((N, RH, RW, C), x.dtype).transpose(0, 3, 1, 2) if last else zeros((N, C, RH, RW), x.dtype)
    region = region[:N]
    rows, region_rows = _overlap(top, RH, H)
    columns, region_columns = _overlap(left, RW, W)
    region[:, :, region_rows, region_columns] = x[:, :, rows, columns]
    return region


def _overlap(start, length, size):
    """Return where ``[start, start + length)`` meets ``[0, size)``: as a slice of the image and one of the region."""
    first, last = max(start, 0), min(start + length, size)
    last = max(first, last)
    return slice(first, last), slice(first - start, last - start)
