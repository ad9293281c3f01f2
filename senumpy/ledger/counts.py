"""Walk a network once and write down what it holds and what it does: counted, never looked up.

The walk is a forward pass of zeros through the real layers, with every layer listened to, so each shape is the one
that is really there: odd sizes, strides and padding need no rule of their own here. A layer that is called twice has
its parameters once and its work twice; an array with two names is one array.
"""

from contextlib import contextmanager

import numpy as np

from senumpy.arguments import check_count
from senumpy.backend import array_module
from senumpy.finite import QUIET
from senumpy.layers import Conv2d, Linear, SEBlock, evaluation_mode
from senumpy.layers.layer import require_layer
from senumpy.ledger.costs import cost_of, kind_of
from senumpy.ledger.left_out import left_out
from senumpy.ledger.sums import Entry, Ledger


def count(model, shape=None):
    """Return what a network holds and what one image costs it.

    Parameters
    ----------
    model : Layer
        It is left in the mode it had; what its last forward pass left behind is gone.
    shape : tuple of int, optional
        Of one image, (C, H, W), or of whatever else the network takes, without the batch. Without one nothing is sent
        through, and only what the network holds is counted.

    Returns
    -------
    Ledger

    Raises
    ------
    ValueError
        Where the network does not take such an image.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> ledger = count(TinyCNN(se=True), (3, 32, 32))
    >>> ledger.parameters, ledger.statistics, ledger.multiply_adds
    (15898, 160, 2267072)
    >>> ledger.se.parameters, ledger.se.multiply_adds
    (1152, 54400)
    """
    require_layer(model)
    calls = {} if shape is None else _walk(model, _checked(shape))
    stages, counted, entries = _stages(model), set(), []
    for name, layer in _layers(model):
        heard = calls.get(id(layer), ())
        entries.append(
            Entry(
                name=name,
                stage=stages.get(name.partition(".")[0], name or type(layer).__name__),
                layer=type(layer).__name__,
                kind=kind_of(layer),
                is_se=isinstance(layer, SEBlock),
                parameters=_new(layer._params.values(), counted),
                statistics=_new(layer._buffers.values(), counted),
                calls=len(heard),
                out=heard[-1][0] if heard else None,
                work=_sum(cost for _, cost in heard),
            )
        )
    return Ledger(tuple(entries), *(left_out(_layers(model), calls) if calls else ()))


def _checked(shape):
    if not isinstance(shape, (tuple, list)) or not shape:
        raise ValueError(f"shape must be that of one image, such as (3, 224, 224), got {shape!r}")
    return tuple(check_count("each size of the image", size) for size in shape)


@QUIET
def _walk(model, shape):
    """Send zeros through the model; return by layer's id, call by call, the shape that came out and what it cost."""
    arrays = list(model.params.values())
    xp, dtype = (array_module(*arrays), arrays[0].dtype) if arrays else (np, np.float32)
    calls = {id(layer): [] for _, layer in _layers(model)}
    with evaluation_mode(model), _listened_to(model, calls):
        try:
            model.forward(xp.zeros((1, *shape), dtype=dtype))
        except ValueError as error:
            size = " x ".join(map(str, shape))
            raise ValueError(f"the network does not take an image of {size}: {error}") from error
    for _, layer in _layers(model):
        layer.forget()
    return calls


@contextmanager
def _listened_to(model, calls):
    """Let every layer's forward note its cost for one ``with`` block; an instance's attribute hides its class's."""
    before = {}
    for _, layer in _layers(model):
        before[layer] = vars(layer).get("forward")
        layer.forward = _listener(layer, layer.forward, calls[id(layer)])
    try:
        yield
    finally:
        for layer, forward in before.items():
            if forward is None:
                del layer.forward
            else:
                layer.forward = forward


def _listener(layer, forward, heard):
    def listen(x, *more, **named):
        out = forward(x, *more, **named)
        heard.append((out.shape[1:], cost_of(layer, x, out)))
        return out

    return listen


def _layers(model):
    """Yield ``(dotted name, layer)``, each layer once."""
    seen = set()
    for name, layer in model.named_layers():
        if id(layer) not in seen:
            seen.add(id(layer))
            yield name, layer


def _new(arrays, counted):
    """Return how many numbers are in those arrays that were not counted yet."""
    total = 0
    for array in arrays:
        if id(array) not in counted:
            counted.add(id(array))
            total += array.size
    return total


def _sum(costs):
    total = {}
    for cost in costs:
        for kind, number in (cost or {}).items():
            total[kind] = total.get(kind, 0) + number
    return total


def _stages(model):
    """Return by child the line of the table that it belongs to.

    A child with layers of its own has a line, called by its name; so has each convolution and linear layer between
    them, together with what follows it, and with the pooling before it.
    """
    stages, line, waiting = {}, None, []
    for name, child in model.children.items():
        if child.children or isinstance(child, (Conv2d, Linear)):
            stages.update(dict.fromkeys((*waiting, name), name))
            line, waiting = (None if child.children else name), []
        elif line is None:
            waiting.append(name)
        else:
            stages[name] = line
    return {**stages, **dict.fromkeys(waiting, waiting[0] if waiting else None)}
