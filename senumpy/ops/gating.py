"""How a gate meets its channel: as a factor, as in the paper, or as a summand; one for the channel, or one a pixel."""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import spread, sum_over_pixels
from senumpy.ops.scale import scale_backward, scale_forward


def apply_gates_forward(x, s, *, combine="product"):
    """Put gates on the channels of each image.

    ``out_nchw = s_nc x_nchw`` for "product" (SENet, equation 4; then it is `scale_forward`), ``out_nchw = x_nchw +
    s_nc`` for "sum". Gates of four axes have one number for every pixel, ``s_nchw``.

    Parameters
    ----------
    x : array (N, C, H, W)
    s : array (N, C) or (N, C, H, W)
    combine : "product" or "sum"

    Returns
    -------
    out : array (N, C, H, W)

    Raises
    ------
    ValueError
        For shapes that do not fit together, or another word.

    Examples
    --------
    >>> import numpy as np
    >>> x, s = np.ones((1, 2, 1, 3)), np.array([[0.5, 2.0]])
    >>> apply_gates_forward(x, s, combine="sum")[0][0, :, 0]
    array([[1.5, 1.5, 1.5],
           [3. , 3. , 3. ]])
    """
    check_array("x", x, "N C H W")
    of_pixels = getattr(s, "ndim", 2) == 4
    check_array("s", s, x.shape if of_pixels else x.shape[:2], beside=f"x of shape {x.shape}")
    forward, _ = combination(combine, of_pixels)
    out, _ = forward(x, s)  # (N, C, H, W)
    return out, (x, s, combine)


def apply_gates_backward(dout, cache):
    """Return dx and ds: for a product ``s dout`` and ``x dout``, for a sum ``dout`` twice.

    A gate that was spread over H * W pixels gets the sum over those pixels.

    >>> import numpy as np
    >>> _, cache = apply_gates_forward(np.full((1, 1, 2, 2), 3.0), np.array([[0.5]]), combine="sum")
    >>> dx, ds = apply_gates_backward(np.ones((1, 1, 2, 2)), cache)
    >>> float(dx[0, 0, 0, 0]), float(ds[0, 0])
    (1.0, 4.0)
    """
    x, s, combine = cache
    check_array("dout", dout, x.shape)
    _, backward = combination(combine, s.ndim == 4)
    return backward(dout, (x, s))


def combination(combine, of_pixels):
    """Return the pair of functions for a word, and for gates of pixels or of channels."""
    if combine not in ("product", "sum"):
        raise ValueError(f'combine must be "product" or "sum", got {combine!r}')
    return COMBINATIONS[combine, of_pixels]


def _multiply_forward(x, s):
    return x * s, (x, s)


def _multiply_backward(dout, cache):
    x, s = cache
    return dout * s, dout * x


def _add_forward(x, s):
    return x + (s if s.ndim == 4 else spread(s, x.shape[3])), (x, s)


def _add_backward(dout, cache):
    x, s = cache
    array_module(dout, x)  # refuses, in words, one that lives on the other side
    dx = 1 * dout  # a copy: a gradient shares no memory with dout
    ds = 1 * dout if s.ndim == 4 else sum_over_pixels(dout)  # (N, C, H, W) or (N, C)
    return dx, ds


COMBINATIONS = {  # by word, and whether every pixel has a gate of its own
    ("product", False): (scale_forward, scale_backward),
    ("product", True): (_multiply_forward, _multiply_backward),
    ("sum", False): (_add_forward, _add_backward),
    ("sum", True): (_add_forward, _add_backward),
}
