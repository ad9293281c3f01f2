"""Depthwise convolution: one kernel per channel. There is nothing to sum over channels, so no matrix product helps.

But all pixels meet the same tap at once: a tap is one whole-array product, and there are only KH * KW of them.
"""

from senumpy.backend import array_module
from senumpy.ops._blocks import blocks
from senumpy.ops._patches import padded_region
from senumpy.ops._rows import along_row, channels_last, dot_over_height, sum_over_width


def correlate(x, kernels, groups, *, stride=(1, 1), corner, out_size):
    """Return ``out_nijc = sum_kl x_nc(i S + k + top)(j S + l + left) kernels_c0kl``, like `_patches.correlate`."""
    xp = array_module(x, kernels)
    (OH, OW), (C, _, KH, KW) = out_size, kernels.shape  # as many groups as channels
    rows = {(kh, kw): along_row(kernels[:, 0, kh, kw], OW) for kh in range(KH) for kw in range(KW)}  # (1, OW * C)
    out = xp.zeros((len(x), OH, OW * C), dtype=xp.result_type(x, kernels))
    for pixels, out_block in blocks(channels_last(x), out):
        for tap, inputs in _inputs_by_tap(pixels, (KH, KW), stride, corner, out_size):
            out_block += inputs * rows[tap]
    return out.reshape(len(x), OH, OW, C)


def kernel_gradient(dout, x, kernels_shape, groups, *, stride, corner):
    """Return ``dw_c0kl = sum_nij dout_nijc x_nc(i S + k + top)(j S + l + left)`` for dout (N, OH, OW, C)."""
    xp = array_module(dout, x)
    N, OH, OW, C = dout.shape
    _, _, KH, KW = kernels_shape
    columns = xp.zeros((KH, KW, OW * C), dtype=xp.result_type(dout, x))
    for pixels, dout_block in blocks(channels_last(x), dout.reshape(N, OH, OW * C)):
        for tap, inputs in _inputs_by_tap(pixels, (KH, KW), stride, corner, (OH, OW)):
            columns[tap] += dot_over_height(dout_block, inputs).sum(axis=0)
    return sum_over_width(columns.reshape(KH * KW, -1), C).T.reshape(kernels_shape)  # (C, 1, KH, KW)


def _inputs_by_tap(pixels, kernel_size, stride, corner, out_size):
    """Yield each tap (kh, kw) with the inputs that it meets: rows (N, OH, OW * C)."""
    (SH, SW), (OH, OW) = stride, out_size
    region = padded_region(pixels.transpose(0, 3, 1, 2), kernel_size, stride, corner, out_size).transpose(0, 2, 3, 1)
    for kh in range(kernel_size[0]):
        for kw in range(kernel_size[1]):
            inputs = region[:, kh : kh + SH * OH : SH, kw : kw + SW * OW : SW]  # (N, OH, OW, C)
            yield (kh, kw), inputs.reshape(len(region), OH, -1)
