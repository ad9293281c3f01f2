"""Patches turn a convolution into a matrix product: one row per output pixel, holding the inputs its kernel sees.

All patches at once would copy every pixel KH * KW times. So they are gathered a slab of samples at a time, as many
as fit in the processor's cache: the product reads them while they are warm, and memory does not grow with the batch.
"""

from senumpy.backend import array_module, slab_bytes


def correlate(x, kernels, groups, *, stride=(1, 1), corner, out_size):
    """Return ``out_nijf = sum_klc x_n(i S + k + top)(j S + l + left)c kernels_fckl``, channels-last (N, OH, OW, F).

    ``corner`` is (top, left), where the first window starts; pixels outside the image count as zero.
    """
    xp = array_module(x, kernels)
    F, CG, KH, KW = kernels.shape  # CG = C / groups: each group of outputs sees only its own channels
    matrix = kernels.reshape(groups, F // groups, CG, KH, KW).transpose(0, 3, 4, 2, 1)  # (G, KH, KW, C / G, F / G)
    matrix = matrix.reshape(groups, KH * KW * CG, F // groups)  # (G, K, F / G), K = KH KW C / G
    out = xp.empty((len(x), *out_size, F), dtype=xp.result_type(x, kernels))
    for samples, patches in slabs(x, (KH, KW), groups, stride, corner, out_size):
        slab = out[samples].reshape(-1, groups, F // groups)  # (P, G, F / G), a view; P = pixels of this slab
        xp.matmul(patches, matrix, out=slab.transpose(1, 0, 2))  # (G, P, F / G)
    return out


def slabs(x, kernel_size, groups, stride, corner, out_size):
    """Yield ``(samples, patches)``: a slice of the batch and its patches (G, n * OH * OW, KH * KW * C / G)."""
    xp = array_module(x)
    N, C, H, W = x.shape
    (KH, KW), (SH, SW), (top, left), (OH, OW) = kernel_size, stride, corner, out_size
    RH, RW = (OH - 1) * SH + KH, (OW - 1) * SW + KW  # the region that the windows see
    n = min(N, max(1, slab_bytes(xp) // (OH * OW * KH * KW * C * x.itemsize)))
    x = x.transpose(0, 2, 3, 1).reshape(N, H, W, groups, C // groups)
    inside = top >= 0 and left >= 0 and top + RH <= H and left + RW <= W
    if inside:
        region = x[:, top : top + RH, left : left + RW]
    else:
        rows, region_rows = _overlap(top, RH, H)
        columns, region_columns = _overlap(left, RW, W)
        region = xp.zeros((n, RH, RW, groups, C // groups), dtype=x.dtype)
    windows = xp.lib.stride_tricks.sliding_window_view(region, (KH, KW), axis=(1, 2))
    windows = windows[:, ::SH, ::SW].transpose(3, 0, 1, 2, 5, 6, 4)  # (G, N or n, OH, OW, KH, KW, C / G), a view

    for start in range(0, N, n):
        m = min(n, N - start)
        if inside:
            slab = windows[:, start : start + m]
        else:
            region[:m, region_rows, region_columns] = x[start : start + m, rows, columns]
            slab = windows[:, :m]
        # The reshape gathers: in channels-last memory a kernel row is one run of KW * C numbers. A 1x1 kernel's patches
        # lie there already, and nothing is copied.
        yield slice(start, start + m), slab.reshape(groups, m * OH * OW, -1)


def _overlap(start, length, size):
    """Return where ``[start, start + length)`` meets ``[0, size)``: as a slice of the image and one of the region."""
    first, last = max(start, 0), min(start + length, size)
    last = max(first, last)
    return slice(first, last), slice(first - start, last - start)
