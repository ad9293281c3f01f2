"""Windows slide over an image: which inputs does each entry, or tap, of the kernel meet?

Tap k of the window at output o sees input ``i = stride * o + k - padding``. For one tap, all its inputs are a strided
slice, so a loop over the few taps with whole-array slices replaces a loop over the many windows.
"""


def taps(size, kernel_size, stride, padding, out_size):
    """Yield ``(number, outputs, inputs)`` for each tap of the kernel, in row-major order.

    ``outputs`` and ``inputs`` index (N, H, W, C) arrays. Only pairs inside the image appear: padding is never stored.
    """
    KH, KW = kernel_size
    for kh in range(KH):
        out_rows, in_rows = _reach(kh, size[0], stride[0], padding[0], out_size[0])
        for kw in range(KW):
            out_columns, in_columns = _reach(kw, size[1], stride[1], padding[1], out_size[1])
            yield kh * KW + kw, (slice(None), out_rows, out_columns), (slice(None), in_rows, in_columns)


def _reach(k, size, stride, padding, out_size):
    """Return, along one axis, the outputs whose tap k falls inside the image, and the inputs it falls on."""
    first = max(0, -((k - padding) // stride))  # smallest o with stride * o + k - padding >= 0
    last = min(out_size - 1, (size - 1 + padding - k) // stride)  # largest o with ... <= size - 1
    count = max(0, last - first + 1)
    start = stride * first + k - padding
    return slice(first, first + count), slice(start, start + stride * count, stride)
