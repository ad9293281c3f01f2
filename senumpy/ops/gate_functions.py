"""What else can squash a number into a gate: SENet tried tanh (table 12), MobileNetV3 took three straight lines."""

from senumpy.arguments import check_number
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


def hard_sigmoid_forward(x, slope=1 / 6):
    """Squash to [0, 1] with three straight lines: ``out = clip(slope x + 1/2, 0, 1)``.

    A slope of 1/6 is MobileNetV3's (Howard et al.) and PyTorch's; 1/5 is an older one that weights from elsewhere may
    have been trained with.

    Parameters
    ----------
    x : array of any shape
        Complex numbers are judged by their real part. NaN stays NaN.
    slope : float
        Above 0; the kinks are at ``-1 / (2 slope)`` and ``1 / (2 slope)``.

    Returns
    -------
    out : array like x

    Raises
    ------
    ValueError
        Where the slope is no number above 0.

    Examples
    --------
    >>> import numpy as np
    >>> hard_sigmoid_forward(np.array([-9.0, 0.0, 1.5, 9.0]))[0]
    array([0.  , 0.5 , 0.75, 1.  ])
    >>> hard_sigmoid_forward(np.array([-9.0, 0.0, 1.5, 9.0]), slope=0.2)[0]
    array([0. , 0.5, 0.8, 1. ])
    """
    check_floating("x", x)
    slope = check_number("slope", slope, "above 0", lambda slope: slope > 0)
    xp, kink = array_module(x), 0.5 / slope
    out = xp.where(x.real <= -kink, 0, xp.where(x.real >= kink, 1, slope * x + 0.5))
    return out, (x, slope)  # x, not out: just inside the kink out may round to 0 or 1


def hard_sigmoid_backward(dout, cache):
    """Return ``dx = slope dout`` between the kinks, else 0; the kinks themselves count as flat, as in PyTorch.

    >>> import numpy as np
    >>> _, cache = hard_sigmoid_forward(np.array([-3.0, 0.0, 9.0]))
    >>> hard_sigmoid_backward(np.array([6.0, 6.0, 6.0]), cache)
    array([0., 1., 0.])
    """
    x, slope = cache
    check_array("dout", dout, x.shape)
    kink = 0.5 / slope
    return slope * dout * ((x.real > -kink) & (x.real < kink))


def hard_swish_forward(x):
    """Let each number be its own gate: ``out = x clip(x / 6 + 1/2, 0, 1)`` (Howard et al., MobileNetV3, section 5.2).

    Parameters
    ----------
    x : array of any shape
        Complex numbers are judged by their real part. NaN stays NaN.

    Returns
    -------
    out : array like x
        0 from -3 down, minus infinity included (where PyTorch's product gives NaN).

    Examples
    --------
    >>> import numpy as np
    >>> hard_swish_forward(np.array([-9.0, -1.5, 0.0, 1.5, 9.0]))[0]
    array([ 0.   , -0.375,  0.   ,  1.125,  9.   ])
    """
    gate, _ = hard_sigmoid_forward(x)
    kept = array_module(x).where(x.real <= -3, 0, x)  # 0, since an infinity times the gate 0 is no number
    out = kept * gate
    return out, (x, gate)


def hard_swish_backward(dout, cache):
    """Return ``dx = dout (gate + x / 6)``, the product rule, between the kinks, and ``dout gate`` where it is flat.

    >>> import numpy as np
    >>> _, cache = hard_swish_forward(np.array([-9.0, 0.0, 1.5, 9.0]))
    >>> hard_swish_backward(np.ones(4), cache)
    array([0. , 0.5, 1. , 1. ])
    """
    x, gate = cache
    check_array("dout", dout, x.shape)
    bent = (x.real > -3) & (x.real < 3)
    return dout * array_module(x).where(bent, gate + x / 6, gate)
