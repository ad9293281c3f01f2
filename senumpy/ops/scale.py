"""Scaling gives every channel of every image one number to be multiplied by: the gate opens or closes it."""

from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import dot_over_pixels, spread


def scale_forward(x, s):
    """Multiply each channel of each image by its gate.

    ``out_nchw = s_nc x_nchw`` (SENet, equation 4).

    Parameters
    ----------
    x : array (N, C, H, W)
    s : array (N, C)
        The gates; between 0 and 1 when they come from a sigmoid, but any number will do.

    Returns
    -------
    out : array (N, C, H, W)

    Raises
    ------
    ValueError
        For shapes that do not fit together: (N, C) must never broadcast by accident against (H, W).

    Examples
    --------
    >>> import numpy as np
    >>> x, s = np.ones((1, 2, 1, 3)), np.array([[0.5, 2.0]])
    >>> scale_forward(x, s)[0][0, :, 0]
    array([[0.5, 0.5, 0.5],
           [2. , 2. , 2. ]])
    """
    check_array("x", x, "N C H W")
    check_array("s", s, x.shape[:2], beside=f"x of shape {x.shape}")
    out = x * spread(s, x.shape[3])  # (N, C, H, W)
    return out, (x, s)  # a product needs both factors


def scale_backward(dout, cache):
    """Return ``dx = s dout`` and ``ds_nc = sum_hw dout_nchw x_nchw``.

    Forward spread one gate over H * W pixels, so backward sums over those pixels.

    >>> import numpy as np
    >>> _, cache = scale_forward(np.full((1, 1, 2, 2), 3.0), np.array([[0.5]]))
    >>> dx, ds = scale_backward(np.ones((1, 1, 2, 2)), cache)
    >>> float(dx[0, 0, 0, 0]), float(ds[0, 0])
    (0.5, 12.0)
    """
    x, s = cache
    check_array("dout", dout, x.shape)
    dx = dout * spread(s, x.shape[3])  # (N, C, H, W)
    ds = dot_over_pixels(dout, x)  # (N, C)
    return dx, ds
