"""A probe for the SE block's variants: which one, the generator decides."""

import numpy as np

from senumpy import ops
from senumpy.gradcheck.checking import check
from senumpy.gradcheck.suite.draws import distinct, images, sizes
from senumpy.ops.se_variants import GATES, SQUEEZES


def _apply_gates(rng, **options):
    x, combine = images(rng), str(rng.choice(["product", "sum"]))
    s = rng.standard_normal(x.shape if rng.integers(2) else x.shape[:2])

    def forward(x, s):
        return ops.apply_gates_forward(x, s, combine=combine)

    return check(forward, ops.apply_gates_backward, {"x": x, "s": s}, **options)


def _se_variant(rng, **options):
    squeeze, gate, combine = (str(rng.choice(words)) for words in (list(SQUEEZES), list(GATES), ["product", "sum"]))
    kernel = (1, 1) if squeeze == "none" else ()
    while True:
        x, hidden = distinct(rng, sizes(rng, 4, 3, 6)), int(rng.integers(2, 5))
        x, C = x / x.std(), x.shape[1]
        w1, w2 = rng.standard_normal((hidden, C, *kernel)), rng.standard_normal((C, hidden, *kernel))
        b1, b2 = rng.standard_normal(hidden), rng.standard_normal(C)
        if hidden != C and _has_both_sides(x, w1, b1, w2, b2, squeeze, gate):
            break

    def forward(x, w1, b1, w2, b2):
        return ops.se_variant_forward(x, w1, b1, w2, b2, squeeze=squeeze, gate=gate, combine=combine)

    inputs = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    return check(forward, ops.se_variant_backward, inputs, **options)


def _has_both_sides(x, w1, b1, w2, b2, squeeze, gate):
    """Whether the hidden ReLU, and a gate with kinks, have entries on all their sides and none near a kink."""
    squeeze_forward, _, layer_forward, _ = SQUEEZES[squeeze]
    a, _ = layer_forward(squeeze_forward(x)[0], w1, b1)
    e, _ = layer_forward(np.maximum(a, 0), w2, b2)
    kinks = {"relu": (0,), "hard_sigmoid": (-3, 3)}.get(gate, ())
    return all(
        np.abs(z - kink).min() > 1e-3 and 0 < np.mean(z > kink) < 1 for z, kink in [(a, 0), *((e, k) for k in kinks)]
    )


def _fixed_gates(rng, **options):
    x, gate, combine = images(rng), str(rng.choice(["sigmoid", "tanh"])), str(rng.choice(["product", "sum"]))

    def forward(x, b):
        return ops.fixed_gates_forward(x, b, gate=gate, combine=combine)

    return check(forward, ops.fixed_gates_backward, {"x": x, "b": rng.standard_normal(x.shape[1])}, **options)


VARIANTS = {"apply_gates": _apply_gates, "se_variant": _se_variant, "fixed_gates": _fixed_gates}
