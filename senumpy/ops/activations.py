"""Activations bend the straight line: each works entry by entry, so each backward pass is one product per entry.

Here are the two of the SE block. What others put in the sigmoid's place is in `gate_functions`.
"""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array, check_floating
from senumpy.ops.fast.pixels import maximum


def relu_forward(x):
    """Keep what is positive: ``out = max(x, 0)``.

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
    >>> relu_forward(np.array([-1.0, 0.0, 2.0]))[0]
    array([0., 0., 2.])
    """
    check_floating("x", x)
    out = maximum(0, x)
    return out, (out,)  # out tells which entries passed, and the next layer keeps it anyway


def relu_backward(dout, cache):
    """Return ``dx = dout`` where x was positive, else 0; at the kink ``relu'(0) = 0``, as in PyTorch.

    >>> import numpy as np
    >>> _, cache = relu_forward(np.array([-1.0, 0.0, 2.0]))
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), cache)
    array([0., 0., 5.])
    """
    (out,) = cache
    check_array("dout", dout, out.shape)
    return dout * (out != 0)  # 1 where x passed, else 0


def sigmoid_forward(x):
    """Squash to (0, 1): ``out = 1 / (1 + exp(-x))``.

    Computed from ``exp(-|x|)``, which cannot overflow: ``1 / (1 + e)`` on the right, ``e / (1 + e)`` on the left.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    out : array like x
        Exactly 0 or 1 only where the dtype has no number in between.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_forward(np.array([-1e4, 0.0, np.log(3.0), 1e4]))[0]
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    check_floating("x", x)
    xp = array_module(x)
    right = x.real > 0
    e = xp.exp(xp.where(right, -x, x))  # exp(-|x|), written so that it stays analytic on each side
    out = xp.where(right, 1, e) / (1 + e)
    return out, (out,)  # the derivative is a formula in out alone


def sigmoid_backward(dout, cache):
    """Return ``dx = dout out (1 - out)``: at most a quarter of dout, and next to nothing where the gate is saturated.

    >>> import numpy as np
    >>> _, cache = sigmoid_forward(np.array([0.0]))
    >>> sigmoid_backward(np.array([1.0]), cache)
    array([0.25])
    """
    (out,) = cache
    check_array("dout", dout, out.shape)
    return dout * out * (1 - out)
