"""Depthwise convolution: one kernel per channel. There is nothing to sum over channels, so no matrix product helps.

But all pixels meet the same tap at once: a tap is one whole-array product, and there are only KH * KW of them.
"""

from senumpy.backend import array_module
from senumpy.ops._blocks import blocks
from senumpy.ops._patches import seen
from senumpy.ops._rows import along_row, channels_last, dot_over_rows, sum_columns


def correlate(x, kernels, groups, *, stride=(1, 1), corner, out_size):
    """Return ``out_nijc = sum_kl x_n(i S + k + top)(j S + l + left)c kernels_c0kl``, like `_patches.correlate`."""
    xp = array_module(x, kernels)
    (OH, OW), KH, KW = out_size, *kernels.shape[2:]
    rows = {(kh, kw): along_row(kernels[:, 0, kh, kw], OW) for kh in range(KH) for kw in range(KW)}  # (1, OW * C)
    out = xp.zeros((len(x), OH, OW * groups), dtype=xp.result_type(x, kernels))
    for pixels, out_block in blocks(channels_last(x), out):
        for tap, inputs in _taps(pixels, (KH, KW), stride, corner, out_size):
            out_block += inputs * rows[tap]
    return out.reshape(len(x), OH, OW, groups)


def kernel_gradient(dout, x, kernels_shape, groups, *, stride, corner):
    """Return ``dw_c0kl = sum_nij dout_nijc x_n(i S + k + top)(j S + l + left)c`` for dout (N, OH, OW, C)."""
    xp = array_module(dout, x)
    N, OH, OW, C = dout.shape
    _, _, KH, KW = kernels_shape
    columns = xp.zeros((KH, KW, OW * C), dtype=xp.result_type(dout, x))
    for pixels, dout_block in blocks(channels_last(x), dout.reshape(N, OH, OW * C)):
        for tap, inputs in _taps(pixels, (KH, KW), stride, corner, (OH, OW)):
            columns[tap] += dot_over_rows(dout_block, inputs).sum(axis=0)
    return sum_columns(columns.reshape(KH * KW, -1), C).T.reshape(kernels_shape)  # (C, 1, KH, KW)


def _taps(pixels, kernel_size, stride, corner, out_size):
    """Yield each tap (kh, kw) with the inputs that it meets: rows (N, OH, OW * C)."""
    (SH, SW), (OH, OW) = stride, out_size
    region = seen(pixels.transpose(0, 3, 1, 2), kernel_size, stride, corner, out_size).transpose(0, 2, 3, 1)
    for kh in range(kernel_size[0]):
        for kw in range(kernel_size[1]):
            inputs = region[:, kh : kh + SH * OH : SH, kw : kw + SW * OW : SW]  # (N, OH, OW, C)
            yield (kh, kw), inputs.reshape(len(region), OH, -1)
