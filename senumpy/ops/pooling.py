"""Pooling over windows: a patch of pixels becomes one number per channel, its largest or its mean."""

from senumpy.backend import array_module
from senumpy.ops._blocks import blocks
from senumpy.ops._checks import check_array, output_size
from senumpy.ops._options import check_window
from senumpy.ops._rows import channels_last
from senumpy.ops._windows import join, split, taps, zero_planes


def max_pool2d_forward(x, kernel_size, *, stride=None, padding=0):
    """Keep the largest value in each window.

    ``out_ncij = max_kl x_nc(i S + k - P)(j S + l - P)``; padding never wins.

    Parameters
    ----------
    x : array (N, C, H, W)
        Complex numbers are judged by their real part. NaN wins over every number.
    kernel_size, stride, padding : int or (height, width)
        The stride defaults to the kernel size; padding is at most half the kernel.

    Returns
    -------
    out : array (N, C, OH, OW), with ``OH = floor((H + 2 P - KH) / S) + 1``
    cache : tuple for `max_pool2d_backward`

    Raises
    ------
    ValueError
        For a kernel larger than the padded input, or padding of more than half the kernel.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool2d_forward(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0]
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """
    kernel_taps, stride, out_shape = _prepare(x, kernel_size, stride, padding)
    xp = array_module(x)
    out = xp.full(out_shape, -xp.inf, dtype=x.dtype)  # (N, OH, OW, C)
    winner = xp.zeros(out_shape, dtype="uint8" if len(kernel_taps) <= 256 else "int32")  # the number of the winning tap
    for tap in reversed(kernel_taps):
        winner[tap.outputs] = tap.number  # at first, the first tap inside the image: it stands if none is above -inf

    for out_block, winner_block, pixels in blocks(out, winner, channels_last(x)):
        planes = split(pixels, stride)
        for tap in kernel_taps:
            candidate, best, number = planes[tap.plane][tap.inputs], out_block[tap.outputs], winner_block[tap.outputs]
            better = candidate.real > best.real  # strictly: of equals the first one wins
            # Numbers grow, so the maximum keeps the last tap that was better. (A choice by `where` is far slower.)
            xp.maximum(number, better.astype(number.dtype) * tap.number, out=number)
            _keep_larger(best, candidate)
    return out.transpose(0, 3, 1, 2), (winner, kernel_taps, stride, x.shape)


def max_pool2d_backward(dout, cache):
    """Return ``dx``: each window hands all of its gradient to its winner, the first maximum in row-major order.

    In a window with NaN the largest number before it gets the gradient, NaN itself where it comes first.

    Parameters
    ----------
    dout : array (N, C, OH, OW)
    cache : tuple from `max_pool2d_forward`

    Returns
    -------
    dx : array (N, C, H, W)

    Raises
    ------
    ValueError
        Where ``dout`` does not have the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = max_pool2d_forward(np.array([[[[1.0, 5.0], [5.0, 2.0]]]]), 2)
    >>> max_pool2d_backward(np.array([[[[7.0]]]]), cache)
    array([[[[0., 7.],
             [0., 0.]]]])
    """
    winner, kernel_taps, stride, (N, C, H, W) = cache
    _, OH, OW, _ = winner.shape
    check_array("dout", dout, (N, C, OH, OW))
    dx = array_module(dout).empty((N, H, W, C), dtype=dout.dtype)
    for dout_block, winner_block, dx_block in blocks(channels_last(dout), winner, dx):
        planes = zero_planes(dx_block, stride)
        for tap in kernel_taps:
            share = (winner_block[tap.outputs] == tap.number).astype(dout.dtype)  # 1 for the winner, 0 for the others
            share *= dout_block[tap.outputs]
            planes[tap.plane][tap.inputs] += share  # add, because windows may overlap
        join(dx_block, planes, stride)
    return dx.transpose(0, 3, 1, 2)


def avg_pool2d_forward(x, kernel_size, *, stride=None, padding=0, count_include_pad=True):
    """Average each window.

    ``out_ncij = (1 / n_ij) sum_kl x_nc(i S + k - P)(j S + l - P)``, where padding counts as zeros and n is the
    size of the kernel; with ``count_include_pad=False`` n is the number of pixels inside the image.

    Parameters
    ----------
    x : array (N, C, H, W)
    kernel_size, stride, padding : int or (height, width)
        The stride defaults to the kernel size; padding is at most half the kernel.
    count_include_pad : bool

    Returns
    -------
    out : array (N, C, OH, OW), with ``OH = floor((H + 2 P - KH) / S) + 1``
    cache : tuple for `avg_pool2d_backward`

    Raises
    ------
    ValueError
        For a kernel larger than the padded input, or padding of more than half the kernel.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool2d_forward(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0]
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])
    """
    kernel_taps, stride, out_shape = _prepare(x, kernel_size, stride, padding)
    xp = array_module(x)
    out = xp.zeros(out_shape, dtype=x.dtype)  # (N, OH, OW, C)
    count = xp.full((1, *out_shape[1:3], 1), len(kernel_taps) if count_include_pad else 0, dtype=x.real.dtype)
    if not count_include_pad:
        for tap in kernel_taps:
            count[tap.outputs] += 1
    for out_block, pixels in blocks(out, channels_last(x)):
        planes = split(pixels, stride)
        for tap in kernel_taps:
            out_block[tap.outputs] += planes[tap.plane][tap.inputs]
        out_block /= count
    return out.transpose(0, 3, 1, 2), (count, kernel_taps, stride, x.shape)


def avg_pool2d_backward(dout, cache):
    """Return ``dx``: each window hands ``dout / n`` to each of its pixels.

    Parameters
    ----------
    dout : array (N, C, OH, OW)
    cache : tuple from `avg_pool2d_forward`

    Returns
    -------
    dx : array (N, C, H, W)

    Raises
    ------
    ValueError
        Where ``dout`` does not have the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = avg_pool2d_forward(np.zeros((1, 1, 2, 2)), 2)
    >>> avg_pool2d_backward(np.array([[[[8.0]]]]), cache)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    count, kernel_taps, stride, (N, C, H, W) = cache
    _, OH, OW, _ = count.shape
    check_array("dout", dout, (N, C, OH, OW))
    dx = array_module(dout).empty((N, H, W, C), dtype=dout.dtype)
    for dout_block, dx_block in blocks(channels_last(dout), dx):
        share = dout_block / count
        planes = zero_planes(dx_block, stride)
        for tap in kernel_taps:
            planes[tap.plane][tap.inputs] += share[tap.outputs]
        join(dx_block, planes, stride)
    return dx.transpose(0, 3, 1, 2)


def _prepare(x, kernel_size, stride, padding):
    """Check the arguments; return the taps of the kernel, the stride and the channels-last shape of the output."""
    check_array("x", x, "N C H W")
    N, C, H, W = x.shape
    kernel_size, stride, padding = check_window(kernel_size, stride, padding)
    OH, OW = output_size((H, W), kernel_size, stride, padding)
    return taps((H, W), kernel_size, stride, padding, (OH, OW)), stride, (N, OH, OW, C)


def _keep_larger(best, candidate):
    """Set ``best`` to the entrywise maximum: by real part, itself where they tie, NaN where either is NaN."""
    xp = array_module(best)
    if best.dtype.kind == "c":
        best[...] = xp.where((candidate.real <= best.real) | (best != best), best, candidate)
    else:
        xp.maximum(best, candidate, out=best)
