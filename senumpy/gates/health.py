"""A sick SE block makes no noise: the network trains on without it. So ask each block how it is.

A block is well when its numbers are numbers, the network calls it, its gates matter to the output, some of them differ
from picture to picture, and gradient reaches its weights.
"""

import math
from typing import NamedTuple

import numpy as np

from senumpy.gates.measurements import FLAT, STILL, Measurements, measure_blocks

NOT_A_NUMBER = "not a number"
NOT_CALLED = "not called"
NO_EFFECT = "no effect"
SATURATED = "saturated"
STUCK = "stuck near 1/2"
STUCK_AT_ZERO = "stuck near 0"  # the same of a tanh
CONSTANT = "constant"
NO_GRADIENT = "no gradient"

MOSTLY = 0.95  # share of gates that makes a picture of the whole block
# A single gate that moves by this much looks at the picture, and the block with it, however many neighbours are still.
# Where only one of C >= 2 gates moves, a mean of STILL takes as much: so the number of still neighbours never decides.
SWITCHES = 2 * STILL
WORDS = {"sigmoid": "sigmoid", "hard_sigmoid": "hard sigmoid", "tanh": "tanh", "relu": "ReLU"}
LOOK_FOR = (
    "look for hidden units that are all dead, weights near zero, too much weight decay, or a task that can do without "
    "this block."
)
NOTHING = 1e-6  # effects and gradients below this, relative to the usual ones, are rounding


class BlockHealth(NamedTuple):
    """The state of one SE block.

    Attributes
    ----------
    diseases : tuple of str
        Empty for a healthy block; else from "not a number", "not called", "no effect", "saturated", "stuck near 1/2"
        (of a tanh "stuck near 0"), "constant" and "no gradient", the likely cause first.
    verdict : str
        The same in a plain sentence or two.
    measured : Measurements
    """

    diseases: tuple
    verdict: str
    measured: Measurements


def check_health(model, x):
    """Examine every SE block of a model on some pictures.

    Gates that are all near 0 or 1 are no disease as long as they change with the picture: they switch channels. Nor are
    gates of which most stand still, as long as one of them moves; the verdict tells how many do.

    Where a gate function is flat, and where weights of zero leave it, is another place for each of them: 0, 1 and 1/2
    for a sigmoid, -1, 1 and 0 for a tanh. Fixed gates are not blamed for standing still. Without a squeeze every pixel
    has gates of its own, and counts as a picture does elsewhere.

    NaN and infinity are told first, wherever they are: in the block, in the logits, in a gradient, or in any parameter
    or running statistic of the model. (Those of another SE block are told there, and here as soon as they arrive.)

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
        Where the model has no SE blocks, or x is fewer than two pictures or holds NaN or infinity.

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
    """Yield what is wrong, the likely cause first; a block that is not called needs no further list.

    A comparison with NaN is False: so what was measured as NaN brings the first disease, and none of those below.
    """
    measured = (m.effect, *m.gradients.values(), *((m.mean, m.spread) if m.called else ()))
    if m.not_finite or not all(map(math.isfinite, measured)):
        yield NOT_A_NUMBER
    if not m.called:
        yield NOT_CALLED
        return
    if m.effect < NOTHING:
        yield NO_EFFECT
    if m.spread < STILL and m.largest_spread < SWITCHES:
        if m.flat > MOSTLY:
            yield SATURATED
        elif m.fixed:
            pass  # as it was meant
        elif m.middle > MOSTLY:
            yield STUCK_AT_ZERO if m.gate == "tanh" else STUCK
        else:
            yield CONSTANT
    if any(size < NOTHING for size in m.gradients.values()):
        yield NO_GRADIENT


def _sentence(disease, m):
    unreached = ", ".join(weight for weight, size in m.gradients.items() if size < NOTHING)
    moving = f"{m.moving} of {m.channels} channels {'moves' if m.moving == 1 else 'move'}"
    still = f"({moving}, none by more than {m.largest_spread:.2g})"
    multiplies = m.combine == "product"
    if disease is None and m.fixed:
        return (
            f"Healthy, for gates that are fixed and look at no picture: they have mean {m.mean:.2f}, they change the "
            "output, and gradient reaches them."
        )
    return {
        None: f"Healthy: the gates have mean {m.mean:.2f}; {moving} from {m.of} to {m.of}, the liveliest by "
        f"{m.largest_spread:.2f}, all together by {m.spread:.2g} on average. They change the output, and gradient "
        "reaches the weights.",
        NOT_A_NUMBER: f"Not a number: NaN or infinity in {_some(m.not_finite)}. The other numbers here may come from "
        "it, so start there: weights of an earlier epoch, a smaller learning rate, a look at the training pictures.",
        NOT_CALLED: "Not called: the block is part of the model, but the forward pass never uses it.",
        NO_EFFECT: "No effect: other gates leave the output as it is; look at what becomes of the block's output.",
        SATURATED: f"Saturated: {_shares_at_the_ends(m)} whatever the {m.of} {still}; there the "
        f"{WORDS[m.gate]} is flat and learning slow. Look for weights grown too large, or a learning rate too high.",
        STUCK: f"Stuck near 1/2: {m.middle:.0%} of the gates are within 0.05 of 1/2 whatever the {m.of} {still}. "
        "Before training that is usual; after it, the block does hardly more than "
        f"{'halve' if multiplies else 'add 1/2 to'} its input: {LOOK_FOR}",
        STUCK_AT_ZERO: f"Stuck near 0: {m.middle:.0%} of the gates are within 0.05 of 0, where a tanh begins, whatever "
        f"the {m.of} {still}. The block lets next to {'nothing' if multiplies else 'everything'} through: {LOOK_FOR}",
        CONSTANT: f"Constant: the gates stay as they are whatever the {m.of} {still}, so the block does hardly more "
        "than a fixed weight for each channel. Before training that is usual; after it, the block hardly looks.",
        NO_GRADIENT: f"No gradient reaches {unreached}: the block cannot learn (any more). Dead hidden units, a flat "
        f"{WORDS[m.gate]}, or a backward pass that forgets the gate.",
    }[disease]


def _shares_at_the_ends(m):
    if FLAT[m.gate] == (0, 1):
        return f"{m.near_zero:.0%} of the gates are near 0 and {m.near_one:.0%} near 1"
    return f"{m.flat:.0%} of the gates are near {' or '.join(map(str, FLAT[m.gate]))}"


def _some(names):
    """Return the first names of many."""
    more = f" and {len(names) - 3} more" * (len(names) > 3)
    return ", ".join(names[:3]) + more if names else "what was measured with random gates"


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
    if not isinstance(health, dict) or not all(isinstance(of, BlockHealth) for of in health.values()):
        raise ValueError(f"health must be what check_health returns, got {health!r}")
    lines = ["block       mean  spread    near 0  near 1/2    near 1    effect   gradient"]
    for name, (_, verdict, m) in health.items():
        lines.append(
            f"{name:<10}{m.mean:6.2f}{m.spread:8.3f}{m.near_zero:10.0%}{m.near_half:10.0%}{m.near_one:10.0%}"
            f"{m.effect:10.2g}{np.min(list(m.gradients.values())):11.2g}"  # NaN, where one is
        )
        lines.append(f"          {verdict}")
    return "\n".join(lines)
