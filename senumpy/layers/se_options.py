"""What an SE block can be made of: its options checked, and the weights that it starts with."""

import numpy as np

from senumpy import backend
from senumpy.arguments import check_count, check_flag, check_number
from senumpy.layers.init import he_normal, normal
from senumpy.ops.gating import combination
from senumpy.ops.se_variants import GATES, SQUEEZES, chosen

OPEN = {"tanh": 1.0, "relu": 1.0}  # at 0 these two would be shut; the others begin at 1/2, as usual


def check_variant(squeeze, gate, slope, combine, fixed, hidden):
    """Return the slope as a number, or None where there is none, or raise a ValueError for what makes no block."""
    chosen("squeeze", squeeze, SQUEEZES)
    chosen("gate", gate, GATES)
    combination(combine, of_pixels=False)
    if check_flag("fixed", fixed) and (squeeze != "avg" or hidden is not None):
        raise ValueError(
            "fixed gates look at no image, so there is nothing to squeeze and no hidden layer: leave squeeze and "
            f"hidden out, got squeeze={squeeze!r} and hidden={hidden!r}"
        )
    if gate != "hard_sigmoid":
        if slope is not None:
            raise ValueError(f'slope is the hard sigmoid\'s: leave it out, or take gate="hard_sigmoid", got {gate!r}')
        return None
    return 1 / 6 if slope is None else check_number("slope", slope, "above 0", lambda slope: slope > 0)


def hidden_units(channels, reduction, hidden=None):
    """Return the width of the hidden layer: ``channels // reduction``, or the one that is asked for.

    >>> hidden_units(64, 16), hidden_units(64, 16, hidden=8)
    (4, 8)
    """
    whole = hasattr(reduction, "__index__") and not isinstance(reduction, (bool, np.bool_, np.ndarray))
    if not whole or reduction < 1 or (hidden is None and reduction > channels):
        advice = "use a smaller reduction, or say hidden=1" if whole and reduction > 1 else "the paper's is 16"
        raise ValueError(
            f"reduction must be an integer from 1 to the number of channels, got reduction={reduction!r} for "
            f"{channels} channels: the hidden layer has channels // reduction units; {advice}"
        )
    return channels // reduction if hidden is None else check_count("hidden", hidden)


def first_weights(channels, hidden, bias, kernel, rng, dtype):
    """Return the weights of the two layers by name; ``kernel`` is (1, 1) where they are convolutions, else ()."""
    zeros = backend.current().zeros
    weights = {
        "fc.0.weight": he_normal((hidden, channels, *kernel), rng, dtype),
        "fc.0.bias": zeros(hidden, dtype=dtype),
        "fc.2.weight": normal((channels, hidden, *kernel), hidden**-0.5, rng, dtype),
        "fc.2.bias": zeros(channels, dtype=dtype),
    }
    return {name: a for name, a in weights.items() if bias or name.endswith("weight")}


def first_fixed_gates(channels, gate, dtype):
    """Return the one vector of gates that do not look, by name: it starts where they are half open or more."""
    return {"fc.2.bias": backend.current().full(channels, OPEN.get(gate, 0.0), dtype=dtype)}
