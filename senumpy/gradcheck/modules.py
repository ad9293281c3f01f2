"""Check a whole layer, or a model with its loss, and leave not a bit of it changed."""

from copy import deepcopy

import numpy as np

from senumpy import backend, ops
from senumpy.arguments import check_plain
from senumpy.gradcheck.checking import check
from senumpy.gradcheck.inside import judge_insides
from senumpy.gradcheck.training_pass import judge_backward_params
from senumpy.layers.layer import require_layer


def check_layer(layer, x, *, method="auto", dtype="float64", max_entries=None, rng=None):
    """Check the gradients of a layer's input and of each of its parameters, see `check`.

    All work is done on a copy: parameters, gradients, running statistics, caches and the training flag of the layer
    stay as they are. Beyond what `check` can see from outside, the report says whether all ReLUs are on or off, whether
    a max pool holds ties, and whether ``backward_params``, which training calls, gives the same gradients.

    Parameters
    ----------
    layer : Layer
        Any layer or composition of layers, in training or evaluation as it stands.
    x : array
        The probe.
    method, dtype, max_entries, rng
        As in `check`.

    Returns
    -------
    Report
        Its tensors are "x" and the names of the parameters.

    Raises
    ------
    ValueError
        For something that is not a layer, and as in `check`.

    Examples
    --------
    >>> import numpy as np
    >>> from senumpy.layers import Linear
    >>> rng = np.random.default_rng(0)
    >>> report = check_layer(Linear(4, 3, rng=rng), rng.standard_normal((2, 4)).astype(np.float32))
    >>> report.status, list(report.tensors)
    ('PASS', ['x', 'weight', 'bias'])
    """
    module = _Module(require_layer(layer, "layer"))
    options = {"method": method, "dtype": dtype, "max_entries": max_entries, "rng": rng}
    return _with_insides(check(module.forward, module.backward, module.inputs(x), **options), layer, x)


def check_model(model, x, labels, *, label_smoothing=0.0, method="auto", dtype="float64", max_entries=50, rng=None):
    """Check the gradients of the mean cross-entropy of a model: for its input and each of its parameters, see `check`.

    All work is done on a copy, as in `check_layer`.

    Parameters
    ----------
    model : Layer
        From x to logits (N, K).
    x : array
    labels : array of int (N,)
    label_smoothing : float
    method, dtype, rng
        As in `check`.
    max_entries : int or None
        At most so many entries of each tensor are checked one by one (each costs a forward pass), the others along
        random directions. None for all.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        For something that is not a layer, and as in `check`.

    Examples
    --------
    >>> import numpy as np
    >>> from senumpy.layers import Linear
    >>> rng = np.random.default_rng(0)
    >>> model, x = Linear(4, 3, rng=rng), rng.standard_normal((2, 4)).astype(np.float32)
    >>> check_model(model, x, np.array([0, 2])).status
    'PASS'
    """
    check_plain("labels", labels)
    module = _WithLoss(require_layer(model), backend.to_numpy(labels), label_smoothing)
    options = {"method": method, "dtype": dtype, "max_entries": max_entries, "rng": rng}
    return _with_insides(check(module.forward, module.backward, module.inputs(x), **options), model, x)


class _Module:
    """A copy of a layer, turned into a pair: parameters come in by name, and their gradients go out in that order."""

    def __init__(self, layer):
        self.copy = copy_of(layer)
        self.places = {
            f"{prefix}.{name}" if prefix else name: (part._params, name)  # a part's own, not its children's
            for prefix, part in self.copy.named_layers()
            for name in part._params
        }

    def inputs(self, x):
        check_plain("x", x)
        return {"x": backend.to_numpy(x), **{name: params[key] for name, (params, key) in self.places.items()}}

    def forward(self, x, **parameters):
        for name, value in parameters.items():
            params, key = self.places[name]
            params[key] = value
        return self.copy.forward(x), None

    def backward(self, dout, cache):
        dx, grads = self.copy.backward(dout), self.copy.grads
        return dx, *(np.copy(grads[name]) if grads[name] is not None else None for name in self.places)


class _WithLoss(_Module):
    """The same, with the mean cross-entropy behind it."""

    def __init__(self, model, labels, label_smoothing):
        super().__init__(model)
        self.labels, self.label_smoothing = labels, label_smoothing

    def forward(self, x, **parameters):
        logits, _ = super().forward(x, **parameters)
        return ops.softmax_cross_entropy_forward(logits, self.labels, label_smoothing=self.label_smoothing)

    def backward(self, dout, cache):
        return super().backward(ops.softmax_cross_entropy_backward(dout, cache), None)


def _with_insides(report, layer, x):
    blind_spots, lesser = judge_insides(copy_of(layer), backend.to_numpy(x))
    report.failures += judge_backward_params(copy_of(layer), backend.to_numpy(x))
    report.blind_spots += blind_spots
    report.lesser_warnings += lesser
    return report


def copy_of(layer):
    """Return a copy of a layer that shares nothing with it, in NumPy, and keeps in evaluation what backward needs."""
    return deepcopy(layer).to("numpy").keep_caches()
