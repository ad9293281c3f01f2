"""What a gate is applied to, what comes out, and the two ways in which the gradient comes back."""

from copy import deepcopy

import numpy as np

from senumpy import ops
from senumpy.arguments import check_count
from senumpy.backend import array_module, to_numpy
from senumpy.finite import QUIET
from senumpy.gates.arguments import as_picture
from senumpy.gates.values import of_channels, pick_block


@QUIET
def feature_maps(model, image, block=None):
    """Return the feature maps of one picture before and after a block's gates, with the gates.

    Parameters
    ----------
    model : Layer
    image : array (C, H, W)
    block : str, optional
        The block's name; the last one by default.

    Returns
    -------
    before, after : NumPy array (channels, height, width)
    s : NumPy array (channels,)
        Of a block without a squeeze the mean over the pixels.

    Raises
    ------
    ValueError
        Where the model has no such block, or never calls it.
    """
    model, layer = _copies(model, block)
    _forward(model, image, layer)
    x, s, combine = _last_step(layer)
    after, _ = ops.apply_gates_forward(x, s, combine=combine)
    return tuple(to_numpy(a)[0] for a in (x, after, of_channels(s)))


@QUIET
def gradient_paths(model, image, label, block=None):
    """Return the gradient of the loss that reaches a block's input, split into the two paths it takes.

    ``dx = s dout + dz / (H W)``: directly through the product, and through the gate, which spreads the same number
    over all pixels of a channel. In a block that adds its gates the direct path is ``dout``; behind a maximum the path
    through the gate reaches one pixel; without a squeeze every pixel has its own.

    Parameters
    ----------
    model : Layer
    image : array (C, H, W)
    label : int
        The class whose loss is taken, in evaluation mode.
    block : str, optional
        The block's name; the last one by default.

    Returns
    -------
    direct, through_gate : NumPy array (channels, height, width)

    Raises
    ------
    ValueError
        Where the model has no such block, or never calls it.
    """
    model, layer = _copies(model, block)
    came, left = _listen_to(layer)
    logits = _forward(model, image, layer)
    _, cache = ops.softmax_cross_entropy_forward(logits, np.array([check_count("label", label, least=0)]))
    model.backward(ops.softmax_cross_entropy_backward(1.0, cache))
    dout, dx = came[-1], left[-1]
    direct, _ = ops.apply_gates_backward(dout, _last_step(layer))
    return to_numpy(direct)[0], to_numpy(dx - direct)[0]


def _copies(model, block):
    """Return a copy of the model for one look, in evaluation mode, and its block: there is nothing to put back then."""
    name, _ = pick_block(model, block)
    model = deepcopy(model).eval(gradients=True)
    _, layer = pick_block(model, name)
    layer.forget()  # what an earlier forward left must not pass for this one's
    return model, layer


def _last_step(layer):
    """Return what the last step of a block puts together: x, the gates, overridden ones too, and by which word."""
    *_, (x, *_) = layer.cache  # the last step's cache begins with x
    return x, layer.s, layer.combine


def _forward(model, image, layer):
    image = as_picture(image)
    xp = array_module(*model.params.values())
    logits = model.forward(xp.asarray(image)[None])
    if layer.cache is None:
        raise ValueError("the model's forward never calls this block: see senumpy.gates.check_health")
    return logits


def _listen_to(layer):
    """Return two lists, for the gradients that will come to a layer and for those that leave it. For a copy only."""
    came, left, backward = [], [], layer.backward

    def listen(dout):
        came.append(dout)
        left.append(backward(dout))
        return left[-1]

    layer.backward = listen
    return came, left
