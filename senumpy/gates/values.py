"""To see the channel weights, run the network once and look into its SE blocks."""

import numpy as np

from senumpy import ops
from senumpy.arguments import check_count, check_plain
from senumpy.backend import array_module, to_numpy
from senumpy.layers import SEBlock, evaluation_mode
from senumpy.layers.layer import require_layer
from senumpy.layers.modes import in_use


def se_blocks(model):
    """Return the SE blocks of a model by their dotted names, in the order of the layers.

    Parameters
    ----------
    model : Layer

    Returns
    -------
    dict of str to SEBlock
        Empty where there are none.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> list(se_blocks(TinyCNN())), list(se_blocks(TinyCNN(se=False)))
    (['se1', 'se2', 'se3'], [])
    """
    return {name: layer for name, layer in require_layer(model).named_layers() if isinstance(layer, SEBlock)}


def pick_block(model, name):
    """Return the name and the SE block of that name, or those of the last block for None.

    Raises
    ------
    ValueError
        Where the model has no such block.
    """
    blocks = se_blocks(model)
    if not blocks:
        raise ValueError("the model has no SE blocks: build it with se=True")
    if name is None:
        return list(blocks.items())[-1]
    if not isinstance(name, str) or name not in blocks:
        raise ValueError(f"there is no SE block {name!r}; the model has {', '.join(blocks)}")
    return name, blocks[name]


def predict_logits(model, x, batch_size=256):
    """Return what the model says about each picture, as a NumPy array: one row of logits per picture.

    Parameters
    ----------
    model : Layer
    x : array (N, C, H, W)
    batch_size : int
        How many pictures go through at a time.

    Returns
    -------
    NumPy array (N, K)

    Raises
    ------
    ValueError
        Where x is not a batch of pictures.
    """
    return np.concatenate([to_numpy(out) for out in _batches_through(model, x, batch_size)])


def gate_values(model, x, batch_size=256):
    """Return the gates ``s`` that every SE block chooses for each picture (SENet, equation 3).

    Of a block without a squeeze, which has a gate for every pixel, the mean over the pixels. The model runs in
    evaluation mode and is left in the mode it had.

    Parameters
    ----------
    model : Layer
    x : array (N, C, H, W)
    batch_size : int
        How many pictures go through at a time.

    Returns
    -------
    dict of str to NumPy array (N, C)
        By block name; C is the number of channels of that block. Empty for a model without SE blocks.

    Raises
    ------
    ValueError
        Where x is not a batch of pictures, or forward never calls one of the blocks.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> gates = gate_values(TinyCNN(rng=np.random.default_rng(0)), np.zeros((5, 3, 16, 16), np.float32))
    >>> {name: s.shape for name, s in gates.items()}
    {'se1': (5, 16), 'se2': (5, 32), 'se3': (5, 32)}
    """
    return gates_and_logits(model, x, batch_size)[0]


def gates_and_logits(model, x, batch_size=256):
    """Return the gates as `gate_values` does, and the logits as `predict_logits` does, from one forward pass."""
    blocks = se_blocks(model)
    rows, logits = {name: [] for name in blocks}, []
    with in_use(model, alone=True):
        for block in blocks.values():
            block.s = None  # what an earlier forward left must not pass for this one's
        for out in _batches_through(model, x, batch_size):
            logits.append(to_numpy(out))
            for name, block in blocks.items():
                if block.s is None:
                    raise ValueError(f"the model's forward never calls {name}: see senumpy.gates.check_health")
                rows[name].append(to_numpy(of_channels(block.s)))
    return {name: np.concatenate(parts) for name, parts in rows.items()}, np.concatenate(logits)


def of_channels(s):
    """Return gates as one number for each channel, (N, C): gates of pixels, (N, C, H, W), by their mean.

    >>> of_channels(np.array([[[[0.2, 0.4]], [[0.5, 0.7]]]]))
    array([[0.3, 0.6]])
    """
    return s if s.ndim == 2 else ops.global_avg_pool_forward(s)[0]


def _batches_through(model, x, batch_size):
    """Yield the model's output for one batch after the other, in evaluation mode."""
    if getattr(x, "ndim", None) != 4 or len(x) == 0:
        shape = getattr(x, "shape", type(x).__name__)
        raise ValueError(f"x must be a batch of pictures, (N, C, H, W), got {shape}; for one picture write image[None]")
    check_plain("x", x)
    batch_size = check_count("batch_size", batch_size)
    xp = array_module(*require_layer(model).params.values())
    with evaluation_mode(model):
        for start in range(0, len(x), batch_size):
            yield model.forward(xp.asarray(x[start : start + batch_size]))
