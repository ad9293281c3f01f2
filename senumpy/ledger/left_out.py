"""What the sums leave out, in words: a number of operations is worth as much as the list of those not in it."""

from math import prod

from senumpy.layers import BatchNorm2d, ResidualUnit, SEBlock, Sequential
from senumpy.models import TextDirection

DOES_NOTHING_ELSE = (Sequential, ResidualUnit, TextDirection)  # beside calling its layers, but for shortcuts: see below


def left_out(named_layers, calls):
    """Return which operations are left out on purpose, and sentences about what nobody here knows.

    Parameters
    ----------
    named_layers : iterable of (str, Layer)
    calls : dict of int to list of (shape, cost)
        By the layer's id, call by call: what came out, and what it cost, None where that is not known.
    """
    named_layers = list(named_layers)
    plain, unknown = [], []
    for name, layer in named_layers:
        heard, title = calls[id(layer)], type(layer).__name__
        has_cost = heard and heard[0][1] is not None
        if layer._params and not heard:
            unknown.append(f"{title} {name!r} has parameters, and forward never calls it")
        elif layer._params and not has_cost and not isinstance(layer, BatchNorm2d):
            unknown.append(f"{title} {name!r} is not known here: its parameters are counted, its work is not")
        elif layer.children and _author_of_forward(layer) not in DOES_NOTHING_ELSE:
            plain.append(f"what {title} does beside calling its layers")
        elif heard and not has_cost and not layer.children:
            plain.append(title)
    layers = [layer for _, layer in named_layers]
    plain += _additions(layers, calls)
    if any(isinstance(layer, SEBlock) for layer in layers):
        plain.append("the ReLU and the gate function inside SE blocks")
    return tuple(dict.fromkeys(plain)), tuple(unknown)


def _additions(layers, calls):
    """Yield those of biases, and with their number those of shortcuts, which some counters have in their sums."""
    if any(name.endswith("bias") for layer in layers if not isinstance(layer, BatchNorm2d) for name in layer._params):
        yield "the additions of biases"
    units = [layer for layer in layers if isinstance(layer, ResidualUnit)]
    if units:
        yield f"the {sum(prod(shape) for unit in units for shape, _ in calls[id(unit)]):,} additions of shortcuts"


def _author_of_forward(layer):
    """Return the class that wrote the forward pass which the layer runs."""
    return next(cls for cls in type(layer).__mro__ if "forward" in vars(cls))
