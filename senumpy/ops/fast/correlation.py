"""Patches turn a convolution into a product of matrices: a row for each output pixel, of the inputs its kernel sees.

All patches at once would take KH * KW times the memory of the images. So they are gathered a slab of samples at a
time, as many as fit in the processor's cache: the product reads them while they are warm, and the memory it takes does
not grow with the batch.
"""

import numpy as np

from senumpy.backend import array_module
from senumpy.ops.fast import depthwise
from senumpy.ops.fast.pixels import channels_last
from senumpy.ops.fast.region import padded_region

# Of patches, on a CPU and on a GPU: a slab should stay in a CPU's cache until the product has read it. A GPU wants few
# and large launches instead.
SLAB_BYTES = 1 << 20, 1 << 28
RUN = 1 << 14  # pixels: a product adds them up one after the other, and over a million of them float32 loses a digit


def correlate(x, kernels, groups, *, stride=(1, 1), start, out_size):
    """Return ``out_nfij = sum_ckl x_nc(i S + k + top)(j S + l + left) kernels_fckl``: (N, F, OH, OW).

    ``start`` is (top, left), where the first window begins; pixels outside the image count as zero. With groups, c
    runs over the channels of f's group.
    """
    xp = array_module(x, kernels)
    F, CG, KH, KW = kernels.shape  # CG = C / groups: each group of outputs sees only its own channels
    if (groups, 1) == (F, CG):
        return depthwise.correlate(x, kernels, stride=stride, start=start, out_size=out_size)
    matrix = kernels.reshape(groups, F // groups, CG, KH, KW).transpose(0, 3, 4, 2, 1)  # (G, KH, KW, C / G, F / G)
    matrix = matrix.reshape(groups, KH * KW * CG, F // groups)  # (G, K, F / G), K = KH KW C / G
    out = xp.empty((len(x), *out_size, F), dtype=xp.result_type(x, kernels))
    for samples, patches in _slabs(x, (KH, KW), groups, stride, start, out_size):
        slab = out[samples].reshape(-1, groups, F // groups)  # (P, G, F / G), a view; P = pixels of this slab
        xp.matmul(patches, matrix, out=slab.swapaxes(0, 1))  # (G, P, F / G)
    return out.transpose(0, 3, 1, 2)


def kernel_gradient(dout, x, kernels_shape, groups, *, stride, start):
    """Return ``sum_nij dout_nfij x_nc(i S + k + top)(j S + l + left)``, shaped like the kernels: patches times dout."""
    xp = array_module(dout, x)
    F, CG, KH, KW = kernels_shape
    if (groups, 1) == (F, CG):
        return depthwise.kernel_gradient(dout, x, (KH, KW), stride=stride, start=start)
    pixels = channels_last(dout)  # (N, OH, OW, F)
    gradient = xp.zeros((groups, KH * KW * CG, F // groups), dtype=xp.result_type(dout, x))
    for samples, patches in _slabs(x, (KH, KW), groups, stride, start, dout.shape[2:]):
        slab = pixels[samples].reshape(-1, groups, F // groups)  # (P, G, F / G), P = pixels of this slab
        for first in range(0, len(slab), RUN):
            run = slice(first, first + RUN)
            gradient += patches[:, run].swapaxes(1, 2) @ slab[run].swapaxes(0, 1)  # (G, K, F / G)
    gradient = gradient.reshape(groups, KH, KW, CG, F // groups).transpose(0, 4, 3, 1, 2)  # (G, F / G, C / G, KH, KW)
    return gradient.reshape(kernels_shape)


def _slabs(x, kernel_size, groups, stride, start, out_size):
    """Yield ``(samples, patches)``: a slice of the batch and its patches (G, n * OH * OW, KH * KW * C / G)."""
    xp = array_module(x)
    N, C, _, _ = x.shape
    (KH, KW), (SH, SW), (OH, OW) = kernel_size, stride, out_size
    n = max(1, SLAB_BYTES[xp is not np] // (OH * OW * KH * KW * C * x.itemsize))
    region = None
    for first in range(0, N, n):
        samples = slice(first, min(first + n, N))
        region = padded_region(x[samples], kernel_size, stride, start, out_size, region)
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
