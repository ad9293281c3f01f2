"""Training calls ``backward_params``, the check ``backward``: they must leave the same gradients behind."""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.pairs import random_dout

ROUNDING = 1e-10  # of the largest entry: a layer may add up in another order where it saves work
SMALL = 1e-3  # of the largest gradient of all: below it, a gradient that is truly zero is all rounding


def judge_backward_params(layer, x):
    """Say where ``backward_params`` gives other gradients than ``backward``, as a list of sentences.

    Call it with a copy: it changes the arrays of the layer.

    Examples
    --------
    >>> from senumpy.layers import Conv2d
    >>> class Forgetful(Conv2d):
    ...     def backward_params(self, dout):
    ...         super().backward_params(dout)
    ...         self._grads["weight"] = -self._grads["weight"]
    >>> judge_backward_params(Forgetful(2, 3, 1, rng=np.random.default_rng(0)), np.ones((2, 2, 4, 3)))
    ['backward_params, which training calls, gives another gradient than backward for weight']
    """
    for _, part in layer.named_layers():
        part._params.update({name: a.astype(np.float64) for name, a in part._params.items()})
    out = layer.forward(x.astype(np.float64))
    dout = random_dout(out, np.random.default_rng(0))
    layer.backward(dout.copy())
    expected = _taken_from(layer)
    try:
        layer.backward_params(dout.copy())
    except Exception as error:
        return [f"backward_params, which training calls, raises {type(error).__name__}: {error}"]
    found = _taken_from(layer)
    largest = max((largest_of(a) for a in expected.values() if a is not None), default=0.0)
    wrong = [name for name, right in expected.items() if _differ(found[name], right, SMALL * largest)]
    if not wrong:
        return []
    return [f"backward_params, which training calls, gives another gradient than backward for {', '.join(wrong)}"]


def _taken_from(layer):
    """Return copies of the gradients, and leave None in their places."""
    taken = {name: None if a is None else np.array(a) for name, a in layer.grads.items()}
    for _, part in layer.named_layers():
        part._grads = dict.fromkeys(part._grads)
    return taken


def _differ(a, right, small):
    if a is None or right is None:
        return a is not right
    if a.shape != right.shape:
        return True
    return not np.all(np.abs(a - right) <= ROUNDING * max(largest_of(right), small))
