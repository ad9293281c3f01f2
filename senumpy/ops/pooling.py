"""Pooling makes the image smaller: each window of pixels becomes one number per channel, its mean or its largest."""

from senumpy.arguments import check_flag
from senumpy.backend import array_module
from senumpy.ops._checks import check_array, check_window, output_size
from senumpy.ops.fast.blocks import blocks
from senumpy.ops.fast.pixels import RUN, maximum, new_image
from senumpy.ops.fast.windows import image_for, join, planes_of, taps, zero_planes


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
    window, stride, out_shape = _prepare(x, kernel_size, stride, padding)
    xp = array_module(x)
    count_include_pad = check_flag("count_include_pad", count_include_pad)
    count = xp.zeros(out_shape[2:], dtype=x.real.dtype)  # (OH, OW)
    total = new_image(xp, out_shape, xp.result_type(x, xp.float64) if len(window) > RUN else x.dtype, 0)
    planes = planes_of(x, window, stride)
    for tap in window:
        total[tap.outputs] += planes[tap.plane][tap.inputs]
        count[slice(None) if count_include_pad else tap.outputs] += 1
    out = (total / count).astype(x.dtype)  # (N, C, OH, OW)
    return out, (count, window, stride, x.shape)


def avg_pool2d_backward(dout, cache):
    """Return ``dx``: each window hands ``dout / n`` to each of its pixels.

    >>> import numpy as np
    >>> _, cache = avg_pool2d_forward(np.zeros((1, 1, 2, 2)), 2)
    >>> avg_pool2d_backward(np.array([[[[8.0]]]]), cache)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    count, window, stride, x_shape = cache
    check_array("dout", dout, (*x_shape[:2], *count.shape))
    share = dout / count  # (N, C, OH, OW)
    planes = zero_planes(x_shape, window, stride, share)
    for tap in window:
        planes[tap.plane][tap.inputs] += share[tap.outputs]
    return join(planes, image_for(window, x_shape, stride, share), stride)  # (N, C, H, W)


def max_pool2d_forward(x, kernel_size, *, stride=None, padding=0):
    """Keep the largest value in each window.

    ``out_ncij = max_kl x_nc(i S + k - P)(j S + l - P)``; padding never wins.

    Parameters
    ----------
    x : array (N, C, H, W)
    kernel_size, stride, padding : int or (height, width)
        The stride defaults to the kernel size; padding is at most half the kernel.

    Returns
    -------
    out : array (N, C, OH, OW), with ``OH = floor((H + 2 P - KH) / S) + 1``

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
    window, stride, out_shape = _prepare(x, kernel_size, stride, padding)
    xp = array_module(x)
    out = new_image(xp, out_shape, x.dtype, -xp.inf)  # (N, C, OH, OW)
    winner = new_image(xp, out_shape, "uint8" if len(window) <= 256 else "int32", 0)  # the number of a tap
    for k in reversed(range(len(window))):
        winner[window[k].outputs] = k  # at first, the first tap inside the image: it stands if none is above -inf

    for out_block, winner_block, x_block in blocks(out, winner, x):
        planes = planes_of(x_block, window, stride)
        for k, tap in enumerate(window):
            candidate, best, number = planes[tap.plane][tap.inputs], out_block[tap.outputs], winner_block[tap.outputs]
            better = candidate.real > best.real  # strictly: of equals the first one wins
            # Numbers grow, so the maximum keeps the last tap that was better. (A choice by `where` is far slower.)
            maximum(number, better.astype(number.dtype) * k, out=number)
            maximum(best, candidate, out=best)
    return out, (winner, window, stride, x.shape)


def max_pool2d_backward(dout, cache):
    """Return ``dx``: each window hands all of its gradient to its winner, the first maximum in row-major order.

    >>> import numpy as np
    >>> _, cache = max_pool2d_forward(np.array([[[[1.0, 5.0], [5.0, 2.0]]]]), 2)
    >>> max_pool2d_backward(np.array([[[[7.0]]]]), cache)
    array([[[[0., 7.],
             [0., 0.]]]])
    """
    winner, window, stride, x_shape = cache
    check_array("dout", dout, winner.shape)
    dx = image_for(window, x_shape, stride, dout)  # (N, C, H, W)
    for dout_block, winner_block, dx_block in blocks(dout, winner, dx):
        planes = zero_planes(dx_block.shape, window, stride, dout)
        for k, tap in enumerate(window):
            share = (winner_block[tap.outputs] == k).astype(dout.dtype)  # 1 for the winner, 0 for the others
            share *= dout_block[tap.outputs]
            planes[tap.plane][tap.inputs] += share  # add, because windows may overlap
        join(planes, dx_block, stride)
    return dx


def _prepare(x, kernel_size, stride, padding):
    """Check the arguments; return the taps of the window, the stride and the shape of the output."""
    check_array("x", x, "N C H W")
    kernel_size, stride, padding = check_window(kernel_size, stride, padding)
    out_size = output_size(x.shape[2:], kernel_size, stride, padding)
    return taps(x.shape[2:], kernel_size, stride, padding, out_size), stride, (*x.shape[:2], *out_size)
