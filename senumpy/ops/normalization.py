"""Batch norm gives every channel mean 0 and variance 1 over the batch, then lets it choose its own scale and shift."""

from senumpy.backend import array_module
from senumpy.ops._blocks import blocks
from senumpy.ops._checks import check_array
from senumpy.ops._options import check_flag, check_number
from senumpy.ops._rows import along_row, dot_over_height, from_rows, sum_over_height, sum_per_channel, to_rows


def batch_norm_forward(x, gamma, beta, running_mean, running_var, *, training, momentum=0.1, eps=1e-5):
    """Normalise each channel, by the batch's statistics in training and by the running ones otherwise.

    ``out = gamma (x - mean) / sqrt(var + eps) + beta`` (Ioffe and Szegedy, arXiv 1502.03167, algorithm 1), with mean
    and (biased) variance over the M = N H W values of a channel. In training the running statistics move towards the
    batch's, ``running = (1 - momentum) running + momentum batch``, in place, the variance unbiased (M - 1), as PyTorch
    keeps them. They are the only arguments that any operation here changes.

    Parameters
    ----------
    x : array (N, C, H, W) or (N, C)
    gamma, beta : array (C,)
    running_mean, running_var : real array (C,)
    training : bool
    momentum : float, 0 to 1
    eps : float, positive
        Keeps a constant channel from dividing by zero.

    Returns
    -------
    out : array like x
    cache : tuple for `batch_norm_backward`

    Raises
    ------
    ValueError
        For shapes that do not fit together, numbers out of range, or one value per channel in training, which has no
        variance.

    Examples
    --------
    >>> import numpy as np
    >>> x, one, zero = np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1)
    >>> mean, var = np.zeros(1), np.ones(1)
    >>> out, _ = batch_norm_forward(x, one, zero, mean, var, training=True)
    >>> out.round(3).ravel(), mean, var
    (array([-1.,  1.]), array([0.2]), array([1.1]))
    """
    _check_arguments(x, gamma, beta, running_mean, running_var)
    training = check_flag("training", training)
    momentum = check_number("momentum", momentum, "between 0 and 1", lambda m: 0 <= m <= 1)
    eps = check_number("eps", eps, "above 0", lambda e: e > 0)
    shape = x.shape if x.ndim == 4 else (*x.shape, 1, 1)
    N, C, H, W = shape
    M = N * H * W
    xp = array_module(x)
    rows = to_rows(x.reshape(shape))  # (N, H, W * C)

    if training:
        if M == 1:
            raise ValueError(f"batch norm in training needs more than one value per channel, got x of shape {x.shape}")
        mean = sum_per_channel(sum_over_height(rows), C) / M  # (C,)
        centred, squares = xp.empty_like(rows), xp.empty((N, W * C), dtype=rows.dtype)
        mean_row = along_row(mean, W)  # (1, W * C)
        for x_block, centred_block, squares_block in blocks(rows, centred, squares):
            xp.subtract(x_block, mean_row, out=centred_block)
            squares_block[...] = dot_over_height(centred_block, centred_block)
        # From the centred values, always: E[x^2] - E[x]^2 cancels catastrophically where the mean is large.
        var = sum_per_channel(squares, C) / M  # (C,)
        _move(running_mean, mean.real, momentum)
        _move(running_var, var.real * (M / (M - 1)), momentum)
    else:
        centred = rows - along_row(running_mean.astype(x.dtype), W)
        var = running_var
    inv_std = (1 / xp.sqrt(var + eps)).astype(centred.dtype)  # (C,)
    factor, shift = along_row(gamma * inv_std, W), along_row(beta, W)  # (1, W * C)
    out = xp.empty(rows.shape, dtype=xp.result_type(centred, factor, shift))
    for centred_block, out_block in blocks(centred, out):
        xp.multiply(centred_block, factor, out=out_block)
        out_block += shift
    return from_rows(out, shape).reshape(x.shape), (centred, gamma, inv_std, training, x.shape)


def batch_norm_backward(dout, cache):
    """Return the gradients of x, gamma and beta.

    With ``x_hat = (x - mean) / std``: ``dbeta = sum dout`` and ``dgamma = sum dout x_hat``. In training every value
    also moves the mean and the variance, which takes two averages out of dout again:
    ``dx = (gamma / std) (dout - mean(dout) - x_hat mean(dout x_hat))``. In evaluation ``dx = (gamma / std) dout``.

    Parameters
    ----------
    dout : array like x
    cache : tuple from `batch_norm_forward`

    Returns
    -------
    dx : array like x
    dgamma, dbeta : array (C,)

    Raises
    ------
    ValueError
        Where ``dout`` does not have the shape of the output.

    Examples
    --------
    Adding the same to all values changes nothing, so the gradients of a channel sum to zero:

    >>> import numpy as np
    >>> x, one, zero = np.array([[1.0], [2.0], [6.0]]), np.ones(1), np.zeros(1)
    >>> _, cache = batch_norm_forward(x, one, zero, np.zeros(1), np.ones(1), training=True)
    >>> dx, dgamma, dbeta = batch_norm_backward(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> bool(abs(dx.sum()) < 1e-15), dbeta
    (True, array([1.]))
    """
    centred, gamma, inv_std, training, x_shape = cache
    check_array("dout", dout, x_shape)
    shape = x_shape if len(x_shape) == 4 else (*x_shape, 1, 1)
    N, C, H, W = shape
    M = N * H * W
    dout = to_rows(dout.reshape(shape))  # (N, H, W * C)

    dbeta = sum_per_channel(sum_over_height(dout), C)  # (C,)
    dgamma = sum_per_channel(dot_over_height(dout, centred), C) * inv_std  # (C,)
    factor = along_row(gamma * inv_std, W)  # (1, W * C)
    if not training:
        return from_rows(dout * factor, shape).reshape(x_shape), dgamma, dbeta

    xp = array_module(dout)
    slope, mean_dout = along_row(inv_std * dgamma / M, W), along_row(dbeta / M, W)  # (1, W * C)
    dx = xp.empty(dout.shape, dtype=xp.result_type(dout, centred, factor))
    for dout_block, centred_block, dx_block in blocks(dout, centred, dx):
        # factor * (dout - mean_dout - slope * centred), step by step
        xp.multiply(centred_block, slope, out=dx_block)  # x_hat = centred / std: this is x_hat mean(dout x_hat)
        dx_block += mean_dout
        xp.subtract(dout_block, dx_block, out=dx_block)
        dx_block *= factor
    return from_rows(dx, shape).reshape(x_shape), dgamma, dbeta


def _move(running, batch, momentum):
    """Move running statistics (C,) towards the batch's, in place.

    As the sum of two shares, and not as ``running + momentum (batch - running)``: inf - inf is no number, and an
    infinite statistic would become NaN.
    """
    running[...] = (1 - momentum) * running + momentum * batch


def _check_arguments(x, gamma, beta, running_mean, running_var):
    check_array("x", x, "N C" if getattr(x, "ndim", 4) == 2 else "N C H W")
    C = x.shape[1]
    vectors = {"gamma": gamma, "beta": beta, "running_mean": running_mean, "running_var": running_var}
    for name, vector in vectors.items():
        check_array(name, vector, (C,), beside=f"x of shape {x.shape}")
    if "c" in (running_mean.dtype.kind, running_var.dtype.kind):
        raise ValueError("running_mean and running_var must be real, got complex arrays")
