"""Depthwise convolution: one kernel per channel. There is nothing to sum over channels, so no matrix product helps.

But all pixels meet the same tap at once: a tap is one whole-array product, and there are only KH * KW of them.
"""

from senumpy.backend import array_module
from senumpy.ops.fast.blocks import blocks
from senumpy.ops.fast.pixels import dot_over_batch, new_image, spread
from senumpy.ops.fast.region import padded_region


def correlate(x, kernels, *, stride, start, out_size):
    """Return ``out_ncij = sum_kl x_nc(i S + k + top)(j S + l + left) kernels_c0kl``, like `correlation.correlate`."""
    xp = array_module(x, kernels)
    C, _, KH, KW = kernels.shape
    factors = [spread(tap, out_size[1]) for tap in kernels.reshape(C, KH * KW).T]  # KH * KW times (1, C, 1, OW)
    out = new_image(xp, (len(x), C, *out_size), xp.result_type(x, kernels), 0)
    for x_block, out_block in blocks(x, out):
        for factor, inputs in zip(factors, _inputs_by_tap(x_block, (KH, KW), stride, start, out_size), strict=True):
            out_block += inputs * factor
    return out


def kernel_gradient(dout, x, kernel_size, *, stride, start):
    """Return ``dw_c0kl = sum_nij dout_ncij x_nc(i S + k + top)(j S + l + left)``."""
    xp, C = array_module(dout, x), x.shape[1]
    dw = xp.zeros((kernel_size[0] * kernel_size[1], C), dtype=xp.result_type(dout, x))
    for dout_block, x_block in blocks(dout, x):
        for tap, inputs in enumerate(_inputs_by_tap(x_block, kernel_size, stride, start, dout.shape[2:])):
            dw[tap] += dot_over_batch(dout_block, inputs)
    return dw.T.reshape(C, 1, *kernel_size)


def _inputs_by_tap(x, kernel_size, stride, start, out_size):
    """Yield, tap by tap in row-major order, the inputs that it meets, (N, C, OH, OW)."""
    (SH, SW), (OH, OW) = stride, out_size
    region = padded_region(x, kernel_size, stride, start, out_size)
    for row in range(kernel_size[0]):
        for column in range(kernel_size[1]):
            yield region[:, :, row : row + SH * OH : SH, column : column + SW * OW : SW]
