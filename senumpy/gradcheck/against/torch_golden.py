"""Gradients that PyTorch computed once: compare with it without installing it."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np


class Golden(NamedTuple):
    """One network that PyTorch ran forward and backward in float64, see ``golden_data/make_golden.py``.

    All are dictionaries of arrays; parameters and gradients share their names, and "x" has a gradient too.
    """

    inputs: dict
    parameters: dict
    outputs: dict
    gradients: dict


def golden(name):
    """Load the inputs, parameters, outputs and gradients of a network that PyTorch ran.

    Parameters
    ----------
    name : {"se", "se_with_biases", "tiny_cnn"}
        An SE block of 8 channels with ratio 4; the same with biases; a CNN of two stages with SE blocks, batch norm in
        training mode, and the mean cross-entropy as its loss. The CNN is
        ``TinyCNN(in_channels=2, num_classes=5, widths=(4, 6), reduction=2)``.

    Returns
    -------
    Golden

    Raises
    ------
    ValueError
        For another name.

    Examples
    --------
    >>> se = golden("se")
    >>> sorted(se.gradients), se.inputs["x"].shape
    (['fc.0.weight', 'fc.2.weight', 'x'], (3, 8, 5, 4))
    """
    data = files("senumpy.gradcheck.against") / "golden_data" / "golden.npz"
    with data.open("rb") as file, np.load(file) as arrays:
        networks = sorted({key.partition("/")[0] for key in arrays if "/" in key})
        if name not in networks:
            raise ValueError(f"there are golden gradients of {', '.join(networks)}, not of {name!r}")
        parts = {kind: {} for kind in Golden._fields}
        for key in arrays:
            network, _, rest = key.partition("/")
            if network == name:
                kind, _, array_name = rest.partition("/")
                parts[kind][array_name] = arrays[key]
    return Golden(**parts)
