"""A TinyCNN from its weights alone: names and shapes say nearly all of it."""

import itertools

import numpy as np

from senumpy.layers.foreign_names import hint
from senumpy.layers.state import arrays_by_name, to_array, without_kernel
from senumpy.models.tiny_cnn import TinyCNN

ALWAYS_THERE = dict.fromkeys(("conv1.weight", "fc.weight"))  # whatever the arguments of a TinyCNN
MOST_STAGES = 20  # each halves the image
MAY_BE_THERE = dict.fromkeys(
    f"se{i}.fc.{k}.{kind}" for i in range(1, MOST_STAGES + 1) for k in (0, 2) for kind in ("weight", "bias")
)


def tiny_cnn_from_state(state, **block):
    """Build the TinyCNN that a state belongs to, and load the state into it.

    Input channels, classes, widths, which stages have SE blocks, their hidden widths and biases, and whether gates are
    fixed all follow from names and shapes. What leaves no trace there must be said.

    Parameters
    ----------
    state : dict of str to array
        As `Layer.state_dict` returns it, or the same network's from elsewhere, in any form that
        `Layer.load_state_dict` reads.
    **block
        Of the SE blocks: ``squeeze``, ``gate``, ``slope`` and ``combine``, where they are not those of the paper.
        The 1 x 1 kernels of a block without a squeeze may as well be another project's way to write linear layers, so
        ``squeeze="none"`` must be said too.

    Returns
    -------
    TinyCNN

    Raises
    ------
    ValueError
        Where this is not the state of a TinyCNN.

    Examples
    --------
    >>> model = TinyCNN(num_classes=8, widths=(8, 16), reduction=2)
    >>> copy = tiny_cnn_from_state(model.state_dict())
    >>> copy.count_parameters() == model.count_parameters()
    True
    """
    arrays = {name: to_array(name, a) for name, a in arrays_by_name(ALWAYS_THERE | MAY_BE_THERE, state).items()}
    if not ALWAYS_THERE.keys() <= arrays.keys():
        raise ValueError(
            "these are not the weights of a TinyCNN: expected arrays named conv1.weight, ..., fc.weight, got "
            f"{', '.join(sorted(map(str, arrays))[:6]) or 'none'}{hint(ALWAYS_THERE, list(map(str, arrays)))}"
        )
    names = itertools.takewhile(arrays.__contains__, (f"conv{i}.weight" for i in itertools.count(1)))
    convolutions = [_shape(arrays, name, 4) for name in names]  # (F, C, KH, KW) each
    widths = [F for F, *_ in convolutions]
    num_classes, _ = _shape(arrays, "fc.weight", 2)
    model = TinyCNN(
        in_channels=convolutions[0][1],
        num_classes=num_classes,
        widths=tuple(widths),
        rng=np.random.default_rng(0),  # its numbers are overwritten at once
        **_blocks(arrays, widths),
        **block,
    )
    model.load_state_dict(arrays)
    return model


def _shape(arrays, name, axes):
    """Return the shape of an array, that of a matrix without the kernel of a 1 x 1 convolution."""
    shape = arrays[name].shape if axes == 4 else without_kernel(arrays[name].shape)
    if len(shape) != axes:
        raise ValueError(f"{name} must have {axes} axes, got shape {shape}")
    return shape


def _blocks(arrays, widths):
    """Return the arguments of a TinyCNN that say which SE blocks a state has, and of what size."""
    stages = [i for i in range(1, len(widths) + 1) if any(str(name).startswith(f"se{i}.") for name in arrays)]
    if not stages:
        return {"se": False}
    looking = [i for i in stages if f"se{i}.fc.0.weight" in arrays]
    if not looking:
        return {"stages": stages, "fixed": True}
    hidden = [_shape(arrays, f"se{i}.fc.0.weight", 2)[0] for i in looking]
    has_biases = all(f"se{i}.fc.{place}.bias" in arrays for i in stages for place in (0, 2))
    return {"stages": stages, "bias": has_biases, **_width([widths[i - 1] for i in looking], hidden)}


def _width(widths, hidden):
    """Return the ratio r that gives every block its number of hidden units, C // r, or the number they all have."""
    for r in range(1, min(widths) + 1):
        if [C // r for C in widths] == hidden:
            return {"reduction": r}
    if len(set(hidden)) == 1:
        return {"hidden": hidden[0]}
    raise ValueError(f"no one reduction gives SE blocks with {hidden} hidden units for widths {widths}")
