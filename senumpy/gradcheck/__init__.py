"""Gradient checking: is this backward pass the derivative of that forward pass, and how sure can we be?

`check` judges any pair, your own too; `check_layer` and `check_model` judge whole layers and models. Each returns a
`Report` that says PASS, FAIL or INCONCLUSIVE, how far apart the gradients are, what the probe could not see, and what
is probably wrong. `compare`, `against_torch` and `golden` hold gradients against other programs'.

Read `numerical` first, then `differences` and `truth` (which derivative to believe), `judging` (the rule), `checking`.
"""

from senumpy.gradcheck.against.comparison import Comparison, compare
from senumpy.gradcheck.against.torch_golden import Golden, golden
from senumpy.gradcheck.against.torch_twin import against_torch
from senumpy.gradcheck.checking import check
from senumpy.gradcheck.modules import check_layer, check_model
from senumpy.gradcheck.numerical import directional_derivative, numerical_gradient
from senumpy.gradcheck.report import GradientError, Report, TensorResult

__all__ = [
    "Comparison",
    "Golden",
    "GradientError",
    "Report",
    "TensorResult",
    "against_torch",
    "check",
    "check_layer",
    "check_model",
    "compare",
    "directional_derivative",
    "golden",
    "numerical_gradient",
]
