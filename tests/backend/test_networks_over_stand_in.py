"""Whole networks over the stand-in for CuPy: built there, forward and backward, they have NumPy's bits."""

from functools import partial

import numpy as np
import pytest
from device_cases import draw, same_bits

from senumpy import backend
from senumpy.models import SmallResNet, TextDirection
from senumpy.models.residual_units import POSITIONS

SMALL = {"depth": 8, "num_classes": 3, "widths": (4, 6, 8), "reduction": 2}
NETWORKS = {
    **{position: partial(SmallResNet, **SMALL, position=position) for position in POSITIONS},
    "padded": partial(SmallResNet, **SMALL, shortcut="pad", squeeze="none"),
    "text direction": TextDirection,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_made_on_the_device_has_numpys_bits(name, stand_in):
    here = NETWORKS[name](rng=np.random.default_rng(0))
    with backend.use("cupy"):
        there = NETWORKS[name](rng=np.random.default_rng(0))
    x = draw(1, (2, 3, 35, 9))
    results = {}
    for model, module in ((there, stand_in), (here, np)):
        out = model.forward(module.asarray(x))
        results[module] = {"out": out, "dx": model.backward(module.asarray(draw(2, out.shape)))}
    same_bits(results[stand_in], results[np])
    for arrays in ("params", "grads", "buffers"):
        same_bits(getattr(there, arrays), getattr(here, arrays))
