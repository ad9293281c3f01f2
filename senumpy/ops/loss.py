"""Softmax turns scores into probabilities; cross-entropy asks how surprised they are by the right answer."""

from numbers import Number

from senumpy.arguments import check_number, check_plain
from senumpy.backend import array_module
from senumpy.ops._checks import check_array


def softmax_cross_entropy_forward(logits, labels, *, label_smoothing=0.0):
    """Return the mean surprise at the labels, in nats.

    ``loss = -(1 / N) sum_nk t_nk log p_nk`` with ``p = softmax(logits)``. The target t is 1 at the label and 0
    elsewhere; label smoothing moves a share e of it to all K classes alike: ``(1 - e) t + e / K``
    (Szegedy et al., arXiv 1512.00567, section 7).

    Parameters
    ----------
    logits : array (N, K)
    labels : integer array (N,)
        Class numbers, 0 to K - 1. They may stay in NumPy: checking them there does not wait for a GPU.
    label_smoothing : float, 0 to 1

    Returns
    -------
    loss : 0-d, ln(K) for a network that knows nothing

    Raises
    ------
    ValueError
        For labels outside 0 to K - 1 (-1 would quietly mean the last class), or shapes that do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> loss, _ = softmax_cross_entropy_forward(np.zeros((2, 10)), np.array([3, 7]))
    >>> round(float(loss), 4) == round(float(np.log(10)), 4)
    True
    """
    xp = array_module(logits)
    check_array("logits", logits, "N K")
    N, K = logits.shape
    _check_labels(labels, N, K)
    label_smoothing = check_number("label_smoothing", label_smoothing, "between 0 and 1", lambda s: 0 <= s <= 1)

    shifted = logits - logits.real.max(axis=1, keepdims=True)  # (N, K), at most 0: exp cannot overflow
    log_p = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))  # (N, K)
    labels = xp.asarray(labels)[:, None]  # (N, 1)
    loss = -(1.0 - label_smoothing) * xp.take_along_axis(log_p, labels, axis=1).sum() / N
    if label_smoothing:  # asked, because a masked class has log p = -inf, and 0 * -inf is not 0
        loss = loss - label_smoothing * log_p.sum() / (N * K)
    target = (labels == xp.arange(K)).astype(logits.real.dtype)  # (N, K), one-hot
    if label_smoothing:
        target = target * (1.0 - label_smoothing) + label_smoothing / K
    return loss, (xp.exp(log_p), target)


def softmax_cross_entropy_backward(dout, cache):
    """Return ``dlogits = dout (p - t) / N``: what the network believed, minus what it should have believed.

    ``dout`` is a scalar, the gradient of the loss: 1.0 where the loss is the end of the chain.

    >>> import numpy as np
    >>> _, cache = softmax_cross_entropy_forward(np.zeros((1, 2)), np.array([1]))
    >>> softmax_cross_entropy_backward(1.0, cache)
    array([[ 0.5, -0.5]])
    """
    p, target = cache
    if not isinstance(dout, Number):
        check_array("dout", dout, (), beside="a loss, which is one number")
    dout = array_module(p).asarray(dout, dtype=p.dtype)  # a float64 scalar must not promote float32
    return dout * (p - target) / len(p)


def _check_labels(labels, N, K):
    check_plain("labels", labels)
    if not hasattr(labels, "dtype") or labels.dtype.kind not in "iu":
        kind = getattr(labels, "dtype", type(labels).__name__)
        raise ValueError(f"labels must be an array of integers, the class numbers 0 to {K - 1}, got {kind}")
    if labels.shape != (N,):
        raise ValueError(f"labels must have shape ({N},) beside logits of shape ({N}, {K}), got {labels.shape}")
    if bool(((labels < 0) | (labels >= K)).any()):
        raise ValueError(
            f"labels must lie between 0 and {K - 1} for {K} classes, got {int(labels.min())} to {int(labels.max())}"
        )
