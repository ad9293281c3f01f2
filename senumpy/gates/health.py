"""A sick SE block makes no noise: the network trains on without it. So ask each block how it is.

A block is well when the network calls it, its gates matter to the output, they differ from picture to picture, and
gradient reaches its weights.
"""

from typing import NamedTuple

from senumpy.gates.measurements import Measurements, measure_blocks

NOT_CALLED = "not called"
NO_EFFECT = "no effect"
SATURATED = "saturated"
STUCK = "stuck near 1/2"
CONSTANT = "constant"
NO_GRADIENT = "no gradient"

MOSTLY = 0.95  # share of gates that makes a picture of the whole block
STILL = 0.01  # a gate that moves less than this from picture to picture does not look at the picture
NOTHING = 1e-6  # effects and gradients below this, relative to the usual ones, are rounding


class BlockHealth(NamedTuple):
    """The state of one SE block.

    Attributes
    ----------
    diseases : tuple of str
        Empty for a healthy block; else from "not called", "no effect", "saturated", "stuck near 1/2", "constant" and
        "no gradient", the likely cause first.
    verdict : str
        The same in a plain sentence or two.
    measured : Measurements
    """

    diseases: tuple
    verdict: str
    measured: Measurements


def check_health(model, x):
    """Examine every SE block of a model on some pictures.

    Gates that are all near 0 or 1 are no disease as long as they change with the picture: they switch channels.

    Parameters
    ----------
    model : Layer
        Left as it was: weights, gradients and mode.
    x : array (N, C, H, W)
        At least two pictures; 30 and more of different classes tell more.

    Returns
    -------
    dict of str to BlockHealth
        By block name.

    Raises
    ------
    ValueError
        Where the model has no SE blocks, or x is fewer than two pictures.

    Examples
    --------
    A block with weights of zero has every gate at sigmoid(0), and it cannot learn:

    >>> import numpy as np
    >>> from senumpy.models import TinyCNN
    >>> model = TinyCNN(widths=(8,), rng=np.random.default_rng(0))
    >>> model.params["se1.fc.0.weight"][:] = 0
    >>> model.params["se1.fc.2.weight"][:] = 0
    >>> check_health(model, np.random.default_rng(1).random((8, 3, 8, 8), np.float32))["se1"].diseases
    ('stuck near 1/2', 'no gradient')
    """
    return {name: _examine(m) for name, m in measure_blocks(model, x).items()}


def _examine(m):
    diseases = tuple(_diseases(m))
    return BlockHealth(diseases, " ".join(_sentence(disease, m) for disease in diseases or (None,)), m)


def _diseases(m):
    """Yield what is wrong, the likely cause first; a block that is not called needs no further list."""
    if not m.called:
        yield NOT_CALLED
        return
    if m.effect < NOTHING:
        yield NO_EFFECT
    if m.spread < STILL:
        if m.near_zero + m.near_one > MOSTLY:
            yield SATURATED
        elif m.near_half > MOSTLY:
            yield STUCK
        else:
            yield CONSTANT
    if min(m.gradients.values()) < NOTHING:
        yield NO_GRADIENT


def _sentence(disease, m):
    unreached = ", ".join(weight for weight, size in m.gradients.items() if size < NOTHING)
    return {
        None: f"Healthy: the gates have mean {m.mean:.2f}, move by {m.spread:.2f} from picture to picture, change the "
        "output, and gradient reaches the weights.",
        NOT_CALLED: "Not called: the block is part of the model, but the forward pass never uses it.",
        NO_EFFECT: "No effect: other gates leave the output as it is; look at what becomes of the block's output.",
        SATURATED: f"Saturated: {m.near_zero:.0%} of the gates are near 0 and {m.near_one:.0%} near 1 whatever the "
        "picture; there the sigmoid is flat and learning slow. Look for weights grown too large, or a learning rate "
        "too high.",
        STUCK: f"Stuck near 1/2: {m.near_half:.0%} of the gates are within 0.05 of 1/2 whatever the picture. Before "
        "training that is usual; after it, the block has learned nothing: look for hidden units that are all dead, "
        "weights near zero, or too much weight decay.",
        CONSTANT: f"Constant: the gates move by only {m.spread:.4f} from picture to picture, so the block does no more "
        "than a fixed weight for each channel. Before training that is usual; after it, the block does not look.",
        NO_GRADIENT: f"No gradient reaches {unreached}: the block cannot learn (any more). Dead hidden units, a flat "
        "sigmoid, or a backward pass that forgets the gate.",
    }[disease]


def health_table(health):
    """Return the health of all blocks as text, a line of numbers and the verdict for each.

    Parameters
    ----------
    health : dict of str to BlockHealth
        As `check_health` returns it.

    Returns
    -------
    str
    """
    lines = ["block       mean  spread    near 0  near 1/2    near 1    effect   gradient"]
    for name, (_, verdict, m) in health.items():
        lines.append(
            f"{name:<10}{m.mean:6.2f}{m.spread:8.3f}{m.near_zero:10.0%}{m.near_half:10.0%}{m.near_one:10.0%}"
            f"{m.effect:10.2g}{min(m.gradients.values()):11.2g}"
        )
        lines.append(f"          {verdict}")
    return "\n".join(lines)
