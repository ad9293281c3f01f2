"""Global pooling forgets where things are and keeps how much there is: one number per channel."""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array
from senumpy.ops._rows import channels_last, from_rows, spread_over_pixels, sum_over_pixels, to_rows


def global_avg_pool_forward(x):
    """Average each channel over the whole image: the squeeze of SENet.

    ``z_nc = (1 / HW) sum_hw x_nchw`` (SENet, equation 2).

    Parameters
    ----------
    x : array (N, C, H, W)

    Returns
    -------
    z : array (N, C)
    cache : tuple for `global_avg_pool_backward`

    Raises
    ------
    ValueError
        For any other rank, or an image without pixels.

    Examples
    --------
    >>> import numpy as np
    >>> global_avg_pool_forward(np.arange(8.0).reshape(1, 2, 2, 2))[0]
    array([[1.5, 5.5]])
    """
    check_array("x", x, "N C H W")
    N, C, H, W = x.shape
    z = sum_over_pixels(to_rows(x), C) / (H * W)  # (N, C)
    return z, (x.shape,)


def global_avg_pool_backward(dout, cache):
    """Return ``dx_nchw = dout_nc / (HW)``: every pixel had the same share in the mean.

    Parameters
    ----------
    dout : array (N, C)
    cache : tuple from `global_avg_pool_forward`

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
    >>> _, cache = global_avg_pool_forward(np.zeros((1, 1, 2, 2)))
    >>> global_avg_pool_backward(np.array([[8.0]]), cache)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    ((N, C, H, W),) = cache
    check_array("dout", dout, (N, C))
    return spread_over_pixels(dout / (H * W), H, W).copy(order="K")  # (N, C, H, W)


def global_max_pool_forward(x):
    """Keep the largest value of each channel: ``z_nc = max_hw x_nchw`` (the squeeze of SENet's table 11).

    Parameters
    ----------
    x : array (N, C, H, W)
        Complex numbers are judged by their real part. NaN wins over every number.

    Returns
    -------
    z : array (N, C)
    cache : tuple for `global_max_pool_backward`

    Raises
    ------
    ValueError
        For any other rank, or an image without pixels.

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

    Parameters
    ----------
    dout : array (N, C)
    cache : tuple from `global_max_pool_forward`

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
    >>> _, cache = global_max_pool_forward(np.array([[[[1.0, 3.0], [3.0, 2.0]]]]))
    >>> global_max_pool_backward(np.array([[8.0]]), cache)
    array([[[[0., 8.],
             [0., 0.]]]])
    """
    first, (N, C, H, W) = cache
    check_array("dout", dout, (N, C))
    is_first = first[:, None] == array_module(dout).arange(H * W)[:, None]  # (N, H * W, C)
    return from_rows(dout[:, None] * is_first, (N, C, H, W))
