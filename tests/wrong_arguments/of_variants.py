"""What SE blocks of another kind, and their ops, answer."""

import numpy as np

from senumpy import layers, ops
from wrong_arguments.of_layers import DTYPE, PYTORCHS
from wrong_arguments.of_networks import SLOPE, WORDS
from wrong_arguments.of_ops import BIAS, IMAGES, ROWS, SE, backward, entrywise
from wrong_arguments.table import FINE, array, asked, count, flag, normal, number, rng

ASKED = [
    asked(
        ops.hard_sigmoid_forward,
        lambda: {"x": normal(*IMAGES), "slope": 0.2},
        x=array(one_axis_fewer=FINE, one_axis_more=FINE),
        slope=number("slope", zero=(0, "slope")),
    ),
    asked(
        layers.SEBlock,
        lambda: {
            "channels": 4,
            "reduction": 2,
            "bias": False,
            "rng": None,
            "dtype": np.float32,
            "hidden": None,
            "squeeze": "avg",
            "gate": "hard_sigmoid",
            "slope": 0.2,
            "combine": "product",
            "fixed": False,
        },
        channels=count(),
        reduction=count("reduction must be an integer from 1"),
        bias=flag(),
        rng=rng(),
        dtype=DTYPE,
        hidden=count(nothing=FINE),
        slope=SLOPE,
        fixed=flag(),
        **WORDS,
    ),
    entrywise(ops.hard_swish_forward),
    backward("hard_swish", normal(*IMAGES)),
    asked(
        ops.apply_gates_forward,
        lambda: {"x": normal(*IMAGES), "s": normal(*ROWS), "combine": "sum"},
        x=array(),
        s=array(
            "s must",
            integers="floating-point",
            words="floating-point",
            objects="floating-point",
            masked="masked array",
            NaN=FINE,
            infinity=FINE,
        ),
        combine=WORDS["combine"],
    ),
    backward("apply_gates", normal(*IMAGES), normal(*ROWS)),
    asked(
        ops.fixed_gates_forward,
        lambda: {"x": normal(*IMAGES), "b": normal(3), "gate": "hard_sigmoid", "slope": 0.2, "combine": "sum"},
        x=array(),
        b=array(no_entries="b must have shape"),
        gate=WORDS["gate"],
        slope=SLOPE,
        combine=WORDS["combine"],
    ),
    backward("fixed_gates", normal(*IMAGES), normal(3)),
    asked(
        ops.se_variant_forward,
        lambda: {**SE(), "squeeze": "avg", "gate": "hard_sigmoid", "slope": 0.2, "combine": "product"},
        x=array(),
        w1=array(),
        b1=array(**BIAS),
        w2=array(no_entries="{} must have shape"),
        b2=array(**BIAS),
        slope=SLOPE,
        **WORDS,
    ),
    backward("se_variant", *SE().values()),
    asked(layers.HardSwish, dict, **PYTORCHS),
]
