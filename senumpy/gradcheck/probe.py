"""A check is only as good as its probe: some inputs hide mistakes, and they can be told from the outside."""

from typing import NamedTuple

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.directions import DROWNED

ZERO = 1e-9  # of the largest gradient entry of all tensors: below it, a gradient is zero to rounding


class Probe(NamedTuple):
    """Where a pair is checked: its inputs and the upstream gradient, in float64, and the entries to look at."""

    values: dict
    dout: np.ndarray
    entries: dict  # name -> flat indices

    def values_beside(self, name):
        """Return the other inputs that are arrays of floating-point numbers."""
        return {other: self.values[other] for other in self.entries if other != name}


def judge_shapes(values, out):
    """Return ``(blind spots, lesser warnings)`` that the shapes alone give away.

    A leading size of 1 hides a sum where a mean belongs, and a bias gradient not summed over the batch. A square
    weight hides a transposed shape, equal height and width hide swapped axes.

    Examples
    --------
    >>> judge_shapes({"x": np.zeros((1, 3))}, np.zeros((1, 3)))[0]
    ['x has N = 1: a sum over the batch looks like a mean, or like nothing; use two samples or more']
    """
    blind_spots, swappable = [], []
    first, x = next(iter(values.items()))
    if x.ndim == 4 and x.shape[2] * x.shape[3] == 1:
        blind_spots.append(f"{first} has one pixel: a sum over the image looks like a mean; use H and W of 2 or more")
    for position, (name, a) in enumerate(values.items()):
        is_data = position == 0 or a.ndim == out.ndim > 1
        if is_data and a.shape[:1] == (1,) and out.shape[:1] in ((1,), ()):
            blind_spots.append(
                f"{name} has N = 1: a sum over the batch looks like a mean, or like nothing; use two samples or more"
            )
        if a.ndim == 2 and position > 0 and a.shape[0] == a.shape[1] > 1:
            blind_spots.append(
                f"{name} is square ({a.shape[0]} x {a.shape[1]}): a swap of its axes keeps every shape; use two sizes"
            )
        elif equal := _equal_axes(a.shape):
            swappable.append(f"{name} (axes {equal[0]} and {equal[1]})")
    if swappable:
        return blind_spots, [f"axes of equal size can be swapped without a shape error: {', '.join(swappable)}"]
    return blind_spots, []


def judge_gradients(measured, analytic):
    """Return ``(blind spots, lesser warnings)`` for gradients that vanish: a backward that forgets them is right."""
    blind_spots, lesser = [], []
    sizes = {name: largest_of(m.values) for name, m in measured.items()}
    claimed = {name: largest_of(a) for name, a in analytic.items() if a is not None}
    largest = max([*sizes.values(), *claimed.values()])
    for name, size in sizes.items():
        if analytic[name] is None:
            continue
        if size == 0 == claimed[name]:
            blind_spots.append(
                f"the gradient of {name} is zero everywhere at this probe: a backward that forgets it passes too"
            )
        elif max(size, claimed[name]) <= max(ZERO * largest, min(measured[name].floor, DROWNED * largest)):
            lesser.append(
                f"the gradient of {name} is zero to rounding (so it is for a bias before batch norm): "
                "little can be learned from comparing it"
            )
    return blind_spots, lesser


def _equal_axes(shape):
    pairs = ((i, j) for j in range(len(shape)) for i in range(j) if shape[i] == shape[j] > 1)
    return next(pairs, None)
