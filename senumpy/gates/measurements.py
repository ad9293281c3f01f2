"""Before a verdict come measurements: run each SE block forward and backward, and count."""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from senumpy.backend import array_module, to_numpy
from senumpy.gates.overrides import overriding
from senumpy.gates.values import evaluation_mode, outputs, se_blocks
from senumpy.layers.modes import in_use


class Measurements(NamedTuple):
    """What was measured on one block.

    Attributes
    ----------
    called : bool
        Whether the model's forward pass calls the block at all. If not, the gates' numbers below are NaN.
    effect : float
        By how much the logits change when random gates replace the block's own: root mean square, relative to the
        spread of the logits.
    mean : float
        Mean gate over pictures and channels.
    spread : float
        How much a gate changes from picture to picture: standard deviation over pictures, mean over channels.
    near_zero, near_half, near_one : float
        Shares of gates below 0.05, within 0.05 of 1/2, and above 0.95.
    gradients : dict of str to float
        Root mean square of the gradient of each weight of the block, relative to that of all parameters of the model;
        0 where backward left none.
    """

    called: bool
    effect: float
    mean: float
    spread: float
    near_zero: float
    near_half: float
    near_one: float
    gradients: dict


def measure_blocks(model, x):
    """Measure every SE block of a model on some pictures, and leave the model as it was.

    The gradient is that of a random weighting of the logits, not of a loss: so no labels are needed, and a network
    that has learned its lesson, whose loss is flat, still shows what its backward pass can do.

    Parameters
    ----------
    model : Layer
    x : array (N, C, H, W)
        At least two pictures; 30 and more of different classes tell more.

    Returns
    -------
    dict of str to Measurements
        By block name.

    Raises
    ------
    ValueError
        Where the model has no SE blocks or x is fewer than two pictures.
    """
    blocks = se_blocks(model)
    if not blocks:
        raise ValueError("the model has no SE blocks to check: build it with se=True")
    if getattr(x, "ndim", None) != 4 or len(x) < 2:
        shape = getattr(x, "shape", type(x).__name__)
        raise ValueError(f"x must be at least two pictures of shape (N, C, H, W), got {shape}")
    with in_use(model, alone=True), evaluation_mode(model, gradients=True), gradients_put_back(model):
        gates, logits, gradients = _forward_and_backward(model, blocks, x)
        effects = {name: _effect(model, name, x, logits) for name in blocks}
    return {name: _measurements(gates[name], effects[name], gradients[name]) for name in blocks}


@contextmanager
def gradients_put_back(model):
    """Let backward run inside a ``with`` block without leaving a trace in the gradients."""
    before = [(layer.grads, dict(layer.grads)) for _, layer in model.named_layers() if not layer.children]
    try:
        yield
    finally:
        for grads, saved in before:
            grads.update(saved)


def _forward_and_backward(model, blocks, x):
    """Return gates by block (None where it was not called), the logits, and relative gradients by block and weight."""
    xp = array_module(*model.params.values())
    for block in blocks.values():
        block.s = None
    for _, layer in model.named_layers():
        if not layer.children:
            layer.grads.update(dict.fromkeys(layer.grads))
    logits = model.forward(xp.asarray(x))
    weighting = np.random.default_rng(0).standard_normal(logits.shape)
    model.backward(xp.asarray(weighting, dtype=logits.dtype))

    gates = {name: None if block.s is None else to_numpy(block.s) for name, block in blocks.items()}
    squares = [(_sum_of_squares(g), p.size) for g, p in zip(model.grads.values(), model.params.values(), strict=True)]
    total, count = np.sum(squares, axis=0)
    typical = (total / count) ** 0.5 or 1.0  # where all gradients are zero any scale will do
    gradients = {
        name: {w: (_sum_of_squares(g) / block.params[w].size) ** 0.5 / typical for w, g in block.grads.items()}
        for name, block in blocks.items()
    }
    return gates, to_numpy(logits), gradients


def _sum_of_squares(g):
    return 0.0 if g is None else float((to_numpy(g).astype(np.float64) ** 2).sum())


def _effect(model, name, x, logits):
    """Return by how much random gates in one block move the logits, relative to the spread of the logits."""
    rng = np.random.default_rng(0)
    with overriding(model, lambda s: array_module(s).asarray(rng.random(s.shape), dtype=s.dtype), [name]):
        moved = outputs(model, x, batch_size=len(x))
    scale = logits.astype(np.float64).std() or 1.0
    return float(np.sqrt(((moved - logits).astype(np.float64) ** 2).mean()) / scale)


def _measurements(s, effect, gradients):
    if s is None:
        nothing = [float("nan")] * 5
        return Measurements(False, effect, *nothing, gradients)
    s = s.astype(np.float64)
    return Measurements(
        called=True,
        effect=effect,
        mean=float(s.mean()),
        spread=float(s.std(axis=0).mean()),
        near_zero=float((s < 0.05).mean()),
        near_half=float((abs(s - 0.5) < 0.05).mean()),
        near_one=float((s > 0.95).mean()),
        gradients=gradients,
    )
