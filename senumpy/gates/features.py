"""What a gate is applied to, what comes out, and the two ways in which the gradient comes back."""

from contextlib import contextmanager

import numpy as np

from senumpy import ops
from senumpy.backend import array_module, to_numpy
from senumpy.gates.measurements import gradients_put_back
from senumpy.gates.values import evaluation_mode, pick_block


def feature_maps(model, image, block=None):
    """Return the feature maps of one picture before and after a block scales them, with the gates.

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

    Raises
    ------
    ValueError
        Where the model has no such block.
    """
    _, layer = pick_block(model, block)
    with evaluation_mode(model, gradients=True):
        _forward(model, image)
    *_, (x, _) = layer.cache  # the last step of the block is out = s x, and its cache is (x, s)
    x, s = to_numpy(x)[0], to_numpy(layer.s)[0]  # layer.s, so that overridden gates are seen as well
    return x, s[:, None, None] * x, s


def gradient_paths(model, image, label, block=None):
    """Return the gradient of the loss that reaches a block's input, split into the two paths it takes.

    ``dx = s dout + dz / (H W)``: directly through the product, and through the gate, which spreads the same number
    over all pixels of a channel.

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
        Where the model has no such block.
    """
    _, layer = pick_block(model, block)
    with evaluation_mode(model, gradients=True), gradients_put_back(model), _listening(layer) as heard:
        logits = _forward(model, image)
        _, cache = ops.softmax_cross_entropy_forward(logits, np.array([label]))
        model.backward(ops.softmax_cross_entropy_backward(1.0, cache))
    dout, dx = heard
    *_, cache_scale = layer.cache
    direct, _ = ops.scale_backward(dout, cache_scale)
    return to_numpy(direct)[0], to_numpy(dx - direct)[0]


def _forward(model, image):
    xp = array_module(*model.params.values())
    return model.forward(xp.asarray(image)[None])


@contextmanager
def _listening(layer):
    """Write down the gradient that comes to a layer and the one that leaves it."""
    heard = []
    backward = layer.backward

    def listen(dout):
        dx = backward(dout)
        heard[:] = [dout, dx]
        return dx

    layer.backward = listen  # on this one object; deleting it brings the class's method back
    try:
        yield heard
    finally:
        del layer.backward
