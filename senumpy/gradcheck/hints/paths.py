"""A gradient that is a sum over paths tells, path by path, which summand is missing or wrong.

Where an input takes more than one way to the output, its gradient is a sum. In an SE block that is
``s dout + dz / (HW)``: a multiple of dout plus a number that is the same at every pixel of a channel. In batch norm it
is a multiple of dout, plus a number per channel (the mean's path), plus a multiple of x (the variance's path). Fitting
these pieces to the right and to the wrong gradient shows which piece differs.
"""

import numpy as np

from senumpy.gradcheck.hints.patterns import SAME, alike

FIT = 1e-7  # what a fit may leave over, as a part of the largest entry


def through_the_gate(a, n, dout, factor_words):
    """Compare the direct path and the path through the mean of each channel of each image."""
    if a.ndim != 4 or a.shape[2] * a.shape[3] < 4:
        return None
    rows = dout.reshape(a.shape[0] * a.shape[1], -1)
    pieces = [rows, np.ones_like(rows)]
    right, wrong = _fit(n.reshape(rows.shape), pieces), _fit(a.reshape(rows.shape), pieces)
    if right is None or wrong is None or not np.any(np.abs(right[:, 1]) > FIT * np.abs(n).max()):
        return None
    words = "the path through the mean of each channel (in an SE block the gate's path, dz / (H W))"
    right, wrong = (fit.reshape(*a.shape[:2], len(pieces)) for fit in (right, wrong))
    return _differing(right, wrong, ["the direct path (dout times the gate)", words], factor_words)


def through_the_statistics(a, n, dout, x, factor_words):
    """Compare the direct path and the paths through the mean and the variance of each channel."""
    M = a.size // a.shape[1] if a.ndim in (2, 4) else 0
    if M < 5:
        return None

    def rows_of(array):
        return np.moveaxis(array, 1, 0).reshape(a.shape[1], -1)

    centred = rows_of(x) - rows_of(x).mean(1, keepdims=True)
    pieces = [rows_of(dout), np.ones_like(centred), centred]
    right, wrong = _fit(rows_of(n), pieces), _fit(rows_of(a), pieces)
    if right is None or wrong is None or not np.any(np.abs(right[:, 1:]) > FIT * np.abs(n).max()):
        return None
    paths = ("the direct path", "the path through the mean", "the path through the variance")
    return _differing(right, wrong, [f"{path} of each channel" for path in paths], factor_words)


def _fit(rows, pieces):
    """Return the coefficients of the pieces in each row, or None where they do not add up to it."""
    basis = np.stack(pieces, axis=-1)  # (rows, points, pieces)
    size = np.sqrt(np.mean(basis**2, axis=1, keepdims=True))
    if np.any(size == 0):
        return None
    scaled = basis / size
    gram = np.swapaxes(scaled, 1, 2) @ scaled
    if np.linalg.cond(gram).max() > 1e8:
        return None
    coefficients = np.linalg.solve(gram, np.swapaxes(scaled, 1, 2) @ rows[..., None])
    left_over = rows - (scaled @ coefficients)[..., 0]
    if np.abs(left_over).max() > FIT * np.abs(rows).max():
        return None
    return coefficients[..., 0]  # (rows, pieces), each in units of the gradient


def _differing(right, wrong, words, factor_words):
    different = [k for k in range(len(words)) if not _close(right[..., k], wrong[..., k], right)]
    if len(different) != 1:
        return None
    (k,) = different
    if not np.any(np.abs(wrong[..., k]) > FIT * np.abs(right).max()):
        return f"{words[k]} is missing; the rest is right"
    return f"{words[k]} is {factor_words(wrong[..., k], right[..., k]) or 'wrong'}; the rest is right"


def _close(a, b, scale):
    return alike(a, b) or np.abs(a - b).max() <= SAME * np.abs(scale).max()
