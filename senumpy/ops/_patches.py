"""Patches turn a convolution into a matrix product: one row per output pixel, holding the inputs its kernel sees.

All patches at once would take KH * KW times the memory of the images. So they are gathered a slab of samples at a
time, as many as fit in the processor's cache: the product reads them while they are warm, and the memory it takes does
not grow with the batch.
"""

from senumpy.backend import array_module, slab_bytes


def correlate(x, kernels, groups, *, stride=(1, 1), corner, out_size):
    """Return ``out_nijf = sum_ckl x_nc(i S + k + top)(j S + l + left) kernels_fckl``, channels-last (N, OH, OW, F).

    ``corner`` is (top, left), where the first window starts; pixels outside the image count as zero. With groups, c
    runs over the channels of f's group.
    """
    xp = array_module(x, kernels)
    F, CG, KH, KW = kernels.shape  # CG = C / groups: each group of outputs sees only its own channels
    matrix = kernels.reshape(groups, F // groups, CG, KH, KW).transpose(0, 3, 4, 2, 1)  # (G, KH, KW, C / G, F / G)
    matrix = matrix.reshape(groups, KH * KW * CG, F // groups)  # (G, K, F / G), K = KH KW C / G
    out = xp.empty((len(x), *out_size, F), dtype=xp.result_type(x, kernels))
    for samples, patches in _slabs(x, (KH, KW), groups, stride, corner, out_size):
        slab = out[samples].reshape(-1, groups, F // groups)  # (P, G, F / G), a view; P = pixels of this slab
        xp.matmul(patches, matrix, out=slab.swapaxes(0, 1))  # (G, P, F / G)
    return out


def kernel_gradient(dout, x, kernels_shape, groups, *, stride, corner):
    """Return ``sum_nij dout_nijf x_nc(i S + k + top)(j S + l + left)``, shaped like the kernels: patches times dout."""
    xp = array_module(dout, x)
    F, CG, KH, KW = kernels_shape
    gradient = xp.zeros((groups, KH * KW * CG, F // groups), dtype=xp.result_type(dout, x))
    for samples, patches in _slabs(x, (KH, KW), groups, stride, corner, dout.shape[1:3]):
        slab = dout[samples].reshape(-1, groups, F // groups)  # (P, G, F / G), P = pixels of this slab
        gradient += patches.swapaxes(1, 2) @ slab.swapaxes(0, 1)  # (G, K, F / G)
    gradient = gradient.reshape(groups, KH, KW, CG, F // groups).transpose(0, 4, 3, 1, 2)  # (G, F / G, C / G, KH, KW)
    return gradient.reshape(kernels_shape)


def _slabs(x, kernel_size, groups, stride, corner, out_size):
    """Yield ``(samples, patches)``: a slice of the batch and its patches (G, n * OH * OW, KH * KW * C / G)."""
    xp = array_module(x)
    N, C, _, _ = x.shape
    (KH, KW), (SH, SW), (OH, OW) = kernel_size, stride, out_size
    n = max(1, slab_bytes(xp) // (OH * OW * KH * KW * C * x.itemsize))
    region = None
    for start in range(0, N, n):
        samples = slice(start, min(start + n, N))
        region = padded_region(x[samples], kernel_size, stride, corner, out_size, region)
        m, by_sample, by_channel, by_row, by_column = len(region), *region.strides
        shape = groups, m, OH, OW, KH, KW, C // groups
        strides = by_channel * (C // groups), by_sample, SH * by_row, SW * by_column, by_row, by_column, by_channel
        windows = xp.lib.stride_tricks.as_strided(region, shape, strides)  # all patches, and nothing copied yet
        # The reshape gathers, and it is fast where long runs of numbers lie side by side. In channels-last memory these
        # are the KW * C numbers of a kernel row, so gather (P, K); a 1x1 kernel's patches lie there already and are not
        # copied. Else they are the OW numbers of an image row, so gather (K, P), and hand on the transposed view.
        if by_channel <= by_column:
            yield samples, windows.reshape(groups, m * OH * OW, -1)
        else:
            yield samples, windows.transpose(0, 4, 5, 6, 1, 2, 3).reshape(groups, -1, m * OH * OW).swapaxes(1, 2)


def padded_region(x, kernel_size, stride, corner, out_size, region=None):
    """Return the part of the images that the windows see, (N, C, RH, RW) in x's order in memory, zeros outside.

    Where that needs no padding it is a view of x. Else it is a copy, made in ``region`` if an earlier copy of the same
    kind is given: its border is zero already.
    """
    N, C, H, W = x.shape
    (top, left), (RH, RW) = corner, [(o - 1) * s + k for o, s, k in zip(out_size, stride, kernel_size, strict=True)]
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
