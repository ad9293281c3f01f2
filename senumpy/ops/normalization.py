"""Batch norm gives every channel mean 0 and variance 1 over the batch, then lets it choose its own scale and shift."""

from senumpy.arguments import check_flag, check_number
from senumpy.backend import array_module
from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import add_scaled, dot_over_batch, scale_and_shift, spread, sum_over_batch


def this_batch_alone(sums):
    """Return sums over the batch as they are. Who has other parts of the batch elsewhere adds theirs here."""
    return sums


def batch_norm_forward(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.1, eps=1e-5, all_sums=this_batch_alone
):
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
    all_sums : callable
        From a pair of sums over this batch to the pair over all of it, where it is shared out.

    Returns
    -------
    out : array like x

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
    images = as_images(x)
    if training:
        centred, left, mean, var, M = _centre(images, all_sums)
        if M == 1:
            raise ValueError(f"batch norm in training needs more than one value per channel, got x of shape {x.shape}")
        _move(running_mean, mean.real, momentum)
        _move(running_var, var.real * (M / (M - 1)), momentum)
    else:
        centred, left, var, M = images, running_mean.astype(x.dtype), running_var.astype(x.dtype), None
    inv_std = (var + eps) ** -0.5  # (C,), and x_hat = (centred - left) inv_std
    out = scale_and_shift(centred, gamma * inv_std, beta - gamma * inv_std * left)  # (N, C, H, W)
    return out.reshape(x.shape), (centred, left, gamma, inv_std, M, all_sums, x.shape)


def _centre(x, all_sums):
    """Return x minus its mean, what is left of the mean in it, mean, biased variance, and the values per channel.

    In two passes, since E[x^2] - E[x]^2 cancels catastrophically where the mean is large. And the mean is rounded, so
    the mean of the centred values is not quite zero: that is ``left`` (the corrected two-pass algorithm, see Chan,
    Golub and LeVeque, Algorithms for computing the sample variance, 1983).
    """
    N, C, H, W = x.shape
    total, M = all_sums((sum_over_batch(x), N * H * W))
    mean = total / M  # (C,)
    centred = x - spread(mean, W)  # (N, C, H, W)
    left, squares = all_sums((sum_over_batch(centred), dot_over_batch(centred, centred)))
    xp, left, var = array_module(x), left / M, squares / M  # (C,)
    var = xp.where(xp.isfinite(var), var - left * left, var)  # where the squares leave all numbers, so does left^2
    var = xp.where(var.real < 0, 0, var)  # rounding may do that to a constant channel
    mean = xp.where(xp.isfinite(mean), mean + left, mean)  # the mean of values with an infinity is that infinity
    return centred, left, mean, var, M


def batch_norm_backward(dout, cache):
    """Return the gradients of x, gamma and beta.

    With ``x_hat = (x - mean) / std``: ``dbeta = sum dout`` and ``dgamma = sum dout x_hat``. In training every value
    also moves the mean and the variance, which takes two averages out of dout again:
    ``dx = (gamma / std) (dout - mean(dout) - x_hat mean(dout x_hat))``. In evaluation ``dx = (gamma / std) dout``.

    Adding the same to all values changes nothing, so the gradients of a channel sum to zero:

    >>> import numpy as np
    >>> x, one, zero = np.array([[1.0], [2.0], [6.0]]), np.ones(1), np.zeros(1)
    >>> _, cache = batch_norm_forward(x, one, zero, np.zeros(1), np.ones(1), training=True)
    >>> dx, dgamma, dbeta = batch_norm_backward(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> bool(abs(dx.sum()) < 1e-15), dbeta
    (True, array([1.]))
    """
    centred, left, gamma, inv_std, M, all_sums, x_shape = cache
    check_array("dout", dout, x_shape)
    dout, W, training = as_images(dout), centred.shape[3], M is not None
    if not training:
        centred, left = centred - spread(left, W), 0  # x until now

    dbeta = sum_over_batch(dout)  # (C,)
    dgamma = (dot_over_batch(dout, centred) - left * dbeta) * inv_std  # (C,)
    dx = dout * spread(gamma * inv_std, W)  # (N, C, H, W)
    if training:
        total_dbeta, total_dgamma = all_sums((dbeta, dgamma))
        slope = inv_std * total_dgamma / M  # (C,), so that x_hat mean(dout x_hat) = (centred - left) slope
        dx -= spread(gamma * inv_std * (total_dbeta / M - left * slope), W)  # through the mean
        add_scaled(dx, centred, -gamma * inv_std * slope)  # through the variance
    return dx.reshape(x_shape), dgamma, dbeta


def as_images(x):
    """Return (N, C) as images of one pixel, (N, C, 1, 1), and images as they are."""
    return x.reshape(*x.shape, 1, 1) if x.ndim == 2 else x


def _move(running, batch, momentum):
    """Move running statistics (C,) towards the batch's, in place.

    As the sum of two shares, and not as ``running + momentum (batch - running)``: inf - inf is no number, and an
    infinite statistic would become NaN.
    """
    running[...] = (1 - momentum) * running + momentum * batch


def _check_arguments(x, gamma, beta, running_mean, running_var):
    array_module(x, gamma, beta, running_mean, running_var)  # refuses arrays of two libraries
    check_array("x", x, "N C" if getattr(x, "ndim", 4) == 2 else "N C H W")
    C = x.shape[1]
    vectors = {"gamma": gamma, "beta": beta, "running_mean": running_mean, "running_var": running_var}
    for name, vector in vectors.items():
        check_array(name, vector, (C,), beside=f"x of shape {x.shape}")
    if "c" in (running_mean.dtype.kind, running_var.dtype.kind):
        raise ValueError("running_mean and running_var must be real, got complex arrays")
