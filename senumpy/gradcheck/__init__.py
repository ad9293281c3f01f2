"""Gradient checking: is this backward pass the derivative of that forward pass, and how sure can we be?

`check` judges any pair, your own too; `check_layer` and `check_model` judge whole layers and models. Each returns a
`Report` that says PASS, FAIL or INCONCLUSIVE, how far apart the gradients are, what the probe could not see, and what
is probably wrong. `compare`, `against_torch` and `golden` hold gradients against other programs'.

In reading order; whoever wants the idea can stop after `checking`:

===============  ==============================================================================================
`numerical`      `numerical_gradient`: move one number a little, and see how the output moves
`pairs`          a forward and its backward, with named inputs
`differences`    real differences: shorten the step at a kink, or look at both sides
`truth`          which derivative to believe: the complex step, as far as real differences vouch for it
`judging`        the acceptance rule: how far apart may two gradients be and still be the same?
`checking`       `check`: all of it put together
`report`         `Report`: a verdict that explains itself
`modules`        `check_layer`, `check_model`: whole layers, and a model with its loss
`vouching`       how far do real differences vouch for the complex step?
`rounding`       how finely does forward compute?
`branches`       a probe that sits exactly on a kink
`directions`     one difference along a random direction speaks for all entries at once
`between`        what the comparison entry by entry has not seen
`promises`       backward is linear in dout, and disturbs nothing
`calls`          another call in between: what is left behind in a global, a buffer or a memo
`layouts`        the same numbers in another order of memory
`training_pass`  ``backward_params`` must leave the same gradients as ``backward``
`second_look`    once more, from inputs where masks shut
`probe`          what a probe cannot see, told from the outside
`inside`         what only the layers know about a probe
`step_errors`    `step_errors`: the error against the step of the difference
`arrays`         what counts as an array here
===============  ==============================================================================================

They share their words: a ``pair`` is forward and backward, a ``probe`` the inputs, output and dout that they are asked
at; ``analytic`` is what backward says, ``measured`` what the numerical derivative says, both by input; ``entries`` are
flat indices of those that were looked at, ``noise`` is the rounding error of ``sum(dout * f(x))``, and ``rng`` draws.

`hints` turns the pattern of an error into its cause, `against` holds gradients against other programs', and `suite` has
a probe for everything in this library.
"""

from senumpy.gradcheck.against.comparison import Comparison, compare
from senumpy.gradcheck.against.torch_golden import Golden, golden
from senumpy.gradcheck.against.torch_twin import against_torch
from senumpy.gradcheck.checking import check
from senumpy.gradcheck.modules import check_layer, check_model
from senumpy.gradcheck.numerical import directional_derivative, numerical_gradient
from senumpy.gradcheck.report import GradientError, Report, TensorResult
from senumpy.gradcheck.step_errors import StepErrors, step_errors

__all__ = [
    "Comparison",
    "Golden",
    "GradientError",
    "Report",
    "StepErrors",
    "TensorResult",
    "against_torch",
    "check",
    "check_layer",
    "check_model",
    "compare",
    "directional_derivative",
    "golden",
    "numerical_gradient",
    "step_errors",
]
