"""Words that the tests share: ``assert_close`` for numbers, ``mentions`` for error messages, ``scaled`` for pairs."""

import re

import numpy as np


def assert_close(actual, expected, tolerance=1e-12, what=""):
    """Same shape, and the largest error is at most ``tolerance`` times the largest entry (or 1, if that is more).

    A NaN on either side fails, because no comparison with it is true.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    error = np.abs(actual - expected).max(initial=0.0)
    limit = tolerance * max(1.0, np.abs(expected).max(initial=0.0))
    assert error <= limit, f"{what}: largest error {error:.3g}, allowed {limit:.3g}"


def mentions(*parts):
    """A pattern for ``pytest.raises(match=...)``: every part occurs in the message, in any order, case ignored."""
    return "(?is)" + "".join(f"(?=.*{re.escape(str(part))})" for part in parts)


def scaled(forward, backward, scale):
    """The pair of ``scale * forward``: a gradient check must not care how large the loss is."""

    def scaled_forward(**inputs):
        out, cache = forward(**inputs)
        return out * scale, cache

    def scaled_backward(dout, cache):
        gradients = backward(dout, cache)
        if not isinstance(gradients, tuple):
            return gradients * scale
        return tuple(None if gradient is None else gradient * scale for gradient in gradients)

    return scaled_forward, scaled_backward
