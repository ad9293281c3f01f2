"""What one call of a layer costs: multiplications and additions, each kind by itself, and none that nobody knows."""

from senumpy.layers import BatchNorm2d, Conv2d, GlobalAvgPool, GlobalMaxPool, Linear, SEBlock

CONVOLUTIONS = "convolutions"
LINEAR = "linear layers"
POOLING = "global pooling"
BATCH_NORM = "batch norm"
GATES = "SE: two layers"
SQUEEZE = "SE: squeeze"
SCALE = "SE: scale"
KINDS = (CONVOLUTIONS, LINEAR, POOLING, BATCH_NORM, GATES, SQUEEZE, SCALE)
MATRIX_PRODUCTS = (CONVOLUTIONS, LINEAR, GATES)  # all that most counters count

OWNERS = ((Conv2d, CONVOLUTIONS), (Linear, LINEAR), (BatchNorm2d, BATCH_NORM), (SEBlock, GATES))


def kind_of(layer):
    """Return the kind that a layer's parameters are counted under; for one that nobody knows the name of its class."""
    return next((kind for owner, kind in OWNERS if isinstance(layer, owner)), type(layer).__name__)


def cost_of(layer, x, out):
    """Return how many multiply-adds ``out = layer.forward(x)`` takes, by kind, or None for a layer that is not known.

    A class that has a forward pass of its own may do anything: it is not known, whatever it was derived from.

    Parameters
    ----------
    layer : Layer
    x, out : array
        What went in and what came out.

    Examples
    --------
    >>> import numpy as np
    >>> layer, x = Conv2d(3, 16, 3, padding=1), np.zeros((1, 3, 8, 8), np.float32)
    >>> cost_of(layer, x, layer.forward(x))  # 8 x 8 places, 16 filters, 3 x 3 x 3 products each
    {'convolutions': 27648}
    """
    for cls in type(layer).__mro__:
        if cls in COSTS:
            return COSTS[cls](layer._params, x, out)
        if "forward" in vars(cls) or "_forward" in vars(cls):
            return None
    return None


def _convolution(params, x, out):
    N, _, OH, OW = out.shape
    return {CONVOLUTIONS: N * OH * OW * params["weight"].size}  # every weight is used once at every place


def _linear(params, x, out):
    return {LINEAR: len(x) * params["weight"].size}


def _global_pool(params, x, out):
    return {POOLING: x.size}  # every value is added once, or compared


def _se_block(params, x, out):
    """SENet, equations 2 to 4. Without a squeeze (section 7.1) the two layers run at every pixel."""
    N, _, H, W = x.shape
    if "fc.0.weight" not in params:  # fixed gates: nothing is computed from the image
        return {SCALE: x.size}
    weights = params["fc.0.weight"].size + params["fc.2.weight"].size
    if params["fc.0.weight"].ndim == 4:  # 1 x 1 convolutions
        return {GATES: N * H * W * weights, SCALE: x.size}
    return {GATES: N * weights, SQUEEZE: x.size, SCALE: x.size}


COSTS = {
    Conv2d: _convolution,
    Linear: _linear,
    GlobalAvgPool: _global_pool,
    GlobalMaxPool: _global_pool,
    SEBlock: _se_block,
}
