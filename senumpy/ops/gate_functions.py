"""What else can squash a number into a gate: SENet tried tanh (table 12), MobileNetV3 took three straight lines."""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array, check_floating


def tanh_forward(x):
    """Squash to (-1, 1): ``out = tanh(x)``.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    out : array like x

    Examples
    --------
    >>> import numpy as np
    >>> tanh_forward(np.array([-1e4, 0.0, 1e4]))[0]
    array([-1.,  0.,  1.])
    """
    check_floating("x", x)
    xp = array_module(x)
    out = xp.tanh(x)
    return out, (out,)


def tanh_backward(dout, cache):
    """Return ``dx = dout (1 - out^2)``.

    >>> import numpy as np
    >>> _, cache = tanh_forward(np.array([0.0]))
    >>> tanh_backward(np.array([3.0]), cache)
    array([3.])
    """
    (out,) = cache
    check_array("dout", dout, out.shape)
    return dout * (1 - out * out)


def hard_sigmoid_forward(x):
    """Squash to [0, 1] with three straight lines: ``out = clip(x / 6 + 1/2, 0, 1)`` (Howard et al., MobileNetV3).

    Parameters
    ----------
    x : array of any shape
        Complex numbers are judged by their real part. NaN stays NaN.

    Returns
    -------
    out : array like x

    Examples
    --------
    >>> import numpy as np
    >>> hard_sigmoid_forward(np.array([-9.0, 0.0, 1.5, 9.0]))[0]
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    check_floating("x", x)
    xp = array_module(x)
    out = xp.where(x.real <= -3, 0, xp.where(x.real >= 3, 1, x / 6 + 0.5))
    return out, (x,)  # x, not out: just inside the kink out may round to 0 or 1


def hard_sigmoid_backward(dout, cache):
    """Return ``dx = dout / 6`` where ``-3 < x < 3``, else 0; the kinks at -3 and 3 count as flat, as in PyTorch.

    >>> import numpy as np
    >>> _, cache = hard_sigmoid_forward(np.array([-3.0, 0.0, 9.0]))
    >>> hard_sigmoid_backward(np.array([6.0, 6.0, 6.0]), cache)
    array([0., 1., 0.])
    """
    (x,) = cache
    check_array("dout", dout, x.shape)
    return dout / 6 * ((x.real > -3) & (x.real < 3))
