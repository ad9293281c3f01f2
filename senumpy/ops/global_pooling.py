"""Global pooling forgets where things are and keeps how much there is: one number per channel."""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import channels_last, new_image, spread, sum_over_pixels


def global_avg_pool_forward(x):
    """Average each channel over the whole image: the squeeze of SENet.

    ``z_nc = (1 / HW) sum_hw x_nchw`` (SENet, equation 2).

    Parameters
    ----------
    x : array (N, C, H, W)

    Returns
    -------
    z : array (N, C)

    Examples
    --------
    >>> import numpy as np
    >>> global_avg_pool_forward(np.arange(8.0).reshape(1, 2, 2, 2))[0]
    array([[1.5, 5.5]])
    """
    check_array("x", x, "N C H W")
    *_, H, W = x.shape
    z = sum_over_pixels(x) / (H * W)  # (N, C)
    return z, (x.shape,)


def global_avg_pool_backward(dout, cache):
    """Return ``dx_nchw = dout_nc / (HW)``: every pixel had the same share in the mean.

    >>> import numpy as np
    >>> _, cache = global_avg_pool_forward(np.zeros((1, 1, 2, 2)))
    >>> global_avg_pool_backward(np.array([[8.0]]), cache)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    ((N, C, H, W),) = cache
    check_array("dout", dout, (N, C))
    dx = new_image(array_module(dout), (N, C, H, W), dout.dtype)
    dx[...] = spread(dout / (H * W), W)  # (N, C, 1, W), the same share for every row
    return dx


def global_max_pool_forward(x):
    """Keep the largest value of each channel: ``z_nc = max_hw x_nchw`` (the squeeze of SENet's table 11).

    Parameters
    ----------
    x : array (N, C, H, W)
        Complex numbers are judged by their real part. NaN wins over every number.

    Returns
    -------
    z : array (N, C)

    Examples
    --------
    >>> import numpy as np
    >>> global_max_pool_forward(np.arange(8.0).reshape(1, 2, 2, 2))[0]
    array([[3., 7.]])
    """
    check_array("x", x, "N C H W")
    N, C, H, W = x.shape
    pixels = channels_last(x).reshape(N, H * W, C)  # (N, H * W, C)
    first = pixels.real.argmax(axis=1)  # (N, C), the first maximum in row-major order
    z = array_module(x).take_along_axis(pixels, first[:, None], axis=1)[:, 0]  # (N, C)
    return z, (first, x.shape)


def global_max_pool_backward(dout, cache):
    """Return ``dx``: all of dout at the first maximum in row-major order, 0 elsewhere.

    >>> import numpy as np
    >>> _, cache = global_max_pool_forward(np.array([[[[1.0, 3.0], [3.0, 2.0]]]]))
    >>> global_max_pool_backward(np.array([[8.0]]), cache)
    array([[[[0., 8.],
             [0., 0.]]]])
    """
    first, (N, C, H, W) = cache
    check_array("dout", dout, (N, C))
    is_first = first[:, None] == array_module(dout).arange(H * W)[:, None]  # (N, H * W, C)
    dx = dout[:, None] * is_first
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)
