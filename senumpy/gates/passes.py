"""Run a model forward and backward, or with random gates, write down what comes out, and leave no trace in it."""

from contextlib import contextmanager

import numpy as np

from senumpy.backend import array_module, to_numpy
from senumpy.finite import all_finite, root_mean_square
from senumpy.gates.overrides import override_gates
from senumpy.gates.values import predict_logits


@contextmanager
def gradients_put_back(model):
    """Let backward run inside a ``with`` block without leaving a trace in the gradients."""
    before = [(layer.grads, dict(layer.grads)) for _, layer in model.named_layers() if not layer.children]
    try:
        yield
    finally:
        for grads, saved in before:
            grads.update(saved)


def forward_and_backward(model, blocks, x):
    """Return gates by block (None where it was not called), the logits, and the gradients by name."""
    xp = array_module(*model.params.values())
    for block in blocks.values():
        block.s = None
    for _, layer in model.named_layers():
        if not layer.children:
            layer.grads.update(dict.fromkeys(layer.grads))  # what an earlier backward left must not pass for this one's
    logits = model.forward(xp.asarray(x))
    weighting = np.random.default_rng(0).standard_normal(logits.shape)
    model.backward(xp.asarray(weighting, dtype=logits.dtype))
    gates = {name: None if block.s is None else to_numpy(block.s) for name, block in blocks.items()}
    gradients = {name: np.zeros(p.shape) for name, p in model.params.items()}
    gradients.update({name: to_numpy(g).astype(np.float64) for name, g in model.grads.items() if g is not None})
    return gates, to_numpy(logits), gradients


def effect_of_random_gates(model, name, x, logits):
    """Return by how much random gates in one block move the logits, relative to the spread of the logits."""
    rng = np.random.default_rng(0)
    with override_gates(model, lambda s: array_module(s).asarray(rng.random(s.shape), dtype=s.dtype), [name]):
        moved = predict_logits(model, x, batch_size=len(x))
    if not all_finite(logits, moved):
        return float("nan")
    rounding = 8 * float(np.finfo(logits.dtype).eps * abs(logits).max())
    logits, moved = logits.astype(np.float64), moved.astype(np.float64)
    change = root_mean_square([moved - logits])
    if change <= rounding:
        return 0.0
    # Logits that are all alike have no spread to measure by; those they were moved to have one, most likely.
    scale = next((float(a.std()) for a in (logits, moved) if a.std() > rounding), 1.0)
    return change / scale
