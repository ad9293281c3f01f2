"""Before a verdict come measurements: run each SE block forward and backward, and count."""

from typing import NamedTuple

import numpy as np

from senumpy.arguments import check_plain
from senumpy.backend import to_numpy
from senumpy.finite import QUIET, all_finite, root_mean_square
from senumpy.gates.passes import effect_of_random_gates, forward_and_backward, gradients_put_back
from senumpy.gates.values import evaluation_mode, se_blocks
from senumpy.layers.modes import in_use

FLAT = {"sigmoid": (0, 1), "hard_sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0,)}  # there nothing is learned any more
MIDDLE = {"sigmoid": 0.5, "hard_sigmoid": 0.5, "tanh": 0.0}  # what comes of weights of zero
STILL = 0.01  # a gate that moves less than this from picture to picture does not look at the picture


class Measurements(NamedTuple):
    """What was measured on one block.

    Attributes
    ----------
    called : bool
        Whether the model's forward pass calls the block at all. If not, the gates' numbers below are NaN, and no
        channel moves.
    not_finite : tuple of str
        What holds NaN or infinity: parameters, buffers and gradients by name, "its gates", "the logits". The
        parameters and gradients of the other SE blocks are told there.
    effect : float
        By how much the logits change when random gates replace the block's own: root mean square, relative to the
        spread of the logits.
    mean : float
        Mean gate over pictures and channels.
    spread : float
        How much a gate changes from picture to picture: standard deviation over pictures, mean over channels.
    largest_spread : float
        The same of the channel that changes most, so that many still neighbours do not hide it.
    moving, channels : int
        How many channels change by a standard deviation of 0.01 and more, of how many.
    near_zero, near_half, near_one : float
        Shares of gates below 0.05, within 0.05 of 1/2, and above 0.95.
    gradients : dict of str to float
        Root mean square of the gradient of each weight of the block, relative to that of all parameters of the model;
        0 where backward left none.
    gate, combine : str
        The block's gate function, and how it puts gates on channels.
    fixed : bool
        Whether its gates are fixed, so that they cannot look at the picture.
    of : "picture" or "pixel"
        What has a gate of its own. In a block without a squeeze every pixel counts as a picture does elsewhere.
    flat, middle : float
        Shares of gates within 0.05 of a value where the gate function is flat (for a sigmoid 0 and 1), and of the value
        that weights of zero give (for a sigmoid 1/2).
    """

    called: bool
    not_finite: tuple
    effect: float
    mean: float
    spread: float
    largest_spread: float
    moving: int
    channels: int
    near_zero: float
    near_half: float
    near_one: float
    gradients: dict
    gate: str
    combine: str
    fixed: bool
    of: str
    flat: float
    middle: float


@QUIET
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
        Where the model has no SE blocks, or x is fewer than two pictures or holds NaN or infinity.
    """
    blocks = se_blocks(model)
    if not blocks:
        raise ValueError("the model has no SE blocks to check: build it with se=True")
    _check_pictures(x)
    with in_use(model, alone=True), evaluation_mode(model, gradients=True), gradients_put_back(model):
        gates, logits, gradients = forward_and_backward(model, blocks, x)
        effects = {name: effect_of_random_gates(model, name, x, logits) for name in blocks}
    not_finite = _not_finite(model, blocks, gates, logits, gradients)
    typical = root_mean_square(g for g in gradients.values() if all_finite(g))
    return {
        name: _measurements(
            block, gates[name], not_finite[name], effects[name], _relative(gradients, name, block, typical)
        )
        for name, block in blocks.items()
    }


def _relative(gradients, name, block, typical):
    """Return the size of the gradient of each weight of a block beside the typical one of the model."""
    sizes = {weight: root_mean_square([gradients[_dotted(name, weight)]]) for weight in block.params}
    return {weight: size / (typical or 1.0) for weight, size in sizes.items()}  # where all are zero any scale will do


def _check_pictures(x):
    check_plain("x", x)
    if getattr(x, "ndim", None) != 4 or len(x) < 2:
        shape = getattr(x, "shape", type(x).__name__)
        raise ValueError(f"x must be at least two pictures of shape (N, C, H, W), got {shape}")
    sick = [i for i in range(len(x)) if x.dtype.kind in "fc" and not all_finite(to_numpy(x[i]))]
    if sick:
        raise ValueError(
            f"{len(sick)} of the {len(x)} pictures given hold NaN or infinity, the first is x[{sick[0]}]: what the "
            "model makes of them says nothing about the model. Look at where the pictures come from"
        )


def _not_finite(model, blocks, gates, logits, gradients):
    """Return for each block the names of what holds NaN or infinity, without the arrays of the other blocks."""
    sick = [(name, name) for name, a in {**model.params, **model.buffers}.items() if not all_finite(to_numpy(a))]
    sick += [(name, f"the gradient of {name}") for name, g in gradients.items() if not all_finite(g)]
    found = {}
    for block, s in gates.items():
        others = tuple(_dotted(other, "") for other in blocks if other != block)
        found[block] = [label for name, label in sick if not name.startswith(others)]
        found[block] += ["its gates"] * (s is not None and not all_finite(s))
        found[block] += ["the logits"] * (not all_finite(logits))
    return found


def _dotted(block, name):
    return f"{block}.{name}" if block else name  # a model that is a block itself has the name ""


def _measurements(block, s, not_finite, effect, gradients):
    if s is None or not all_finite(s):
        names = ("mean", "spread", "largest_spread", "near_zero", "near_half", "near_one", "flat", "middle")
        of_gates = {**dict.fromkeys(names, float("nan")), "moving": 0, "channels": 0 if s is None else s.shape[1]}
    else:
        s = np.moveaxis(s, 1, -1).reshape(-1, s.shape[1]).astype(np.float64)  # (N, C), or (N * H * W, C)
        std = s.std(axis=0)  # (C,)
        of_gates = {
            "mean": float(s.mean()),
            "spread": float(std.mean()),
            "largest_spread": float(std.max()),
            "moving": int((std >= STILL).sum()),
            "channels": len(std),
            "near_zero": float((s < 0.05).mean()),
            "near_half": float((abs(s - 0.5) < 0.05).mean()),
            "near_one": float((s > 0.95).mean()),
            "flat": _near(s, *FLAT[block.gate]),
            "middle": _near(s, *[MIDDLE[block.gate]] if block.gate in MIDDLE else []),
        }
    of = "pixel" if block.squeeze == "none" else "picture"
    kind = {"gate": block.gate, "combine": block.combine, "fixed": block.fixed, "of": of}
    return Measurements(s is not None, tuple(not_finite), effect, gradients=gradients, **kind, **of_gates)


def _near(s, *values):
    """Return the share of gates within 0.05 of one of some values."""
    return float(np.any([abs(s - value) < 0.05 for value in values], axis=0).mean()) if values else 0.0
