"""NaN and infinity: noticed with one look per step, and then their cause is searched for, in the images first."""

import numpy as np

from senumpy import backend

QUIET = np.errstate(over="ignore", invalid="ignore")  # they are looked for: one message is enough
HUGE = 1e6  # images hold numbers of about 1; sums of the squares of much larger ones leave float32


def loss_if_all_finite(loss, arrays):
    """Return the loss, or NaN where it or any of the arrays is not finite: 0-d, so that one reading tells both."""
    xp = backend.array_module(*arrays)
    finite = xp.isfinite(loss)
    if arrays:  # in one go, which is several times faster than one by one
        finite = finite & xp.isfinite(xp.concatenate([a.ravel() for a in arrays])).all()
    return xp.where(finite, loss, xp.nan)


def not_finite(arrays):
    """Return the names of the arrays that hold NaN or infinity."""
    return [name for name, a in arrays.items() if not np.isfinite(backend.to_numpy(a)).all()]


def bad_images(x, name, indices=None):
    """Say which images no network can learn from: those with NaN or infinity, or else the one with a huge number.

    Parameters
    ----------
    x : array (N, ...)
    name : str
        What to call the data set.
    indices : integer array, optional
        Look at these images only.

    Returns
    -------
    str
        Empty where all images are well.

    Examples
    --------
    >>> x = np.ones((4, 1, 2, 2))
    >>> x[2, 0, 1, 1] = np.nan
    >>> bad_images(x, "the test images")
    'image 2 of the test images holds NaN'
    """
    x = backend.to_numpy(x)
    indices = np.arange(len(x)) if indices is None else np.sort(indices)
    largest = np.array([np.abs(x[i]).max() for i in indices])  # NaN where there is one
    bad = indices[~np.isfinite(largest)]
    if len(bad) == 1:
        return f"image {bad[0]} of {name} holds {'NaN' if np.isnan(x[bad[0]]).any() else 'infinity'}"
    if len(bad):
        return f"images {_listed(bad)} of {name} hold NaN or infinity"
    worst = int(largest.argmax())
    if largest[worst] > HUGE:
        return (
            f"image {indices[worst]} of {name} holds values up to {largest[worst]:.3g} in size, where half of all stay "
            f"below {np.median(largest):.3g}"
        )
    return ""


def _listed(numbers, most=5):
    text = ", ".join(map(str, numbers[:most]))
    return text if len(numbers) <= most else f"{text} and {len(numbers) - most} more"
