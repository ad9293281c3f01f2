"""A linear layer multiplies by a matrix; its backward pass multiplies by the transpose."""

from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import sum_over_batch


def linear_forward(x, w, b=None):
    """Apply the same affine map to every row of x.

    ``out = x w^T + b``, that is ``out_nm = sum_d w_md x_nd + b_m``.

    Parameters
    ----------
    x : array (N, D)
    w : array (M, D)
        One row per output, as in PyTorch and in the paper's ``W1 z``.
    b : array (M,), optional

    Returns
    -------
    out : array (N, M)

    Raises
    ------
    ValueError
        For shapes that do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> x, w, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([0.5, 0.0])
    >>> linear_forward(x, w, b)[0]
    array([[11.5, 17. ]])
    """
    check_array("x", x, "N D")
    check_array("w", w, ("M", x.shape[1]), beside=f"x of shape {x.shape}")
    out = x @ w.T  # (N, M)
    if b is not None:
        check_array("b", b, (len(w),), beside=f"w of shape {w.shape}")
        out = out + b
    return out, (x, w, b is not None)  # a product needs both factors


def linear_backward(dout, cache):
    """Return ``dx = dout w``, ``dw = dout^T x`` and ``db = sum_n dout_n`` (None where there was no bias).

    Each output entry touches a row of w and a row of x, so each gradient is dout times the *other* factor.
    The bias was added to every row, so its gradient is the sum over the rows.

    >>> import numpy as np
    >>> _, cache = linear_forward(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    >>> dx, dw, db = linear_backward(np.array([[10.0]]), cache)
    >>> dx, dw, db
    (array([[30., 40.]]), array([[10., 20.]]), None)
    """
    x, w, has_bias = cache
    check_array("dout", dout, (len(x), len(w)))
    dx = dout @ w  # (N, D)
    dw = dout.T @ x  # (M, D)
    db = sum_over_batch(dout) if has_bias else None  # (M,)
    return dx, dw, db
