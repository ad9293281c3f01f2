"""The tiny CNN: small enough to train while you watch, and with one switch that adds squeeze-and-excitation."""

import itertools

import numpy as np

from senumpy.arguments import as_generator, check_flag, check_sizes
from senumpy.layers import BatchNorm2d, Conv2d, GlobalAvgPool, Linear, MaxPool2d, ReLU, SEBlock, Sequential
from senumpy.layers.foreign_names import hint
from senumpy.layers.init import normal
from senumpy.layers.state import arrays_by_name, to_array, without_kernel

ALWAYS_THERE = dict.fromkeys(("conv1.weight", "fc.weight"))  # whatever the arguments of a TinyCNN
MAY_BE_THERE = {f"se{i}.fc.{k}.weight": None for i in range(1, 21) for k in (0, 2)}  # more stages than any image has


class TinyCNN(Sequential):
    """Stages of convolution, batch norm, ReLU, SE (or not) and 2 x 2 max-pool; then global average pool and linear.

    The weights that both variants share are drawn first, and the SE blocks' from a generator spawned from ``rng``. So
    for one seed the network without SE starts from the same weights as the one with it, and differs in nothing else.
    The classifier starts small (standard deviation 0.01): the first loss is ln(num_classes), that of a network that
    knows nothing yet.

    Parameters
    ----------
    in_channels, num_classes : int
    widths : tuple of int
        Channels of each stage. Each stage halves the image, so its sides must be at least ``2 ** len(widths)``.
    se : bool
        With SE blocks, or the same network without.
    reduction : int
        The SE blocks' ratio r.
    rng : numpy.random.Generator, optional
        Without one a new one is made from the operating system's entropy.
    dtype : float32 or float64

    Examples
    --------
    >>> model = TinyCNN(rng=np.random.default_rng(0))
    >>> model.forward(np.zeros((2, 3, 32, 32), np.float32)).shape
    (2, 10)
    >>> [name for name in model.params if name.startswith("se1")]
    ['se1.fc.0.weight', 'se1.fc.2.weight']
    >>> model.count_parameters(), TinyCNN(se=False).count_parameters()
    (15898, 14746)
    """

    def __init__(
        self, in_channels=3, num_classes=10, widths=(16, 32, 32), se=True, reduction=4, rng=None, dtype=np.float32
    ):
        super().__init__()
        if not hasattr(widths, "__len__") or not len(widths):
            raise ValueError(f"widths must be the channels of each stage, such as (16, 32, 32), got {widths!r}")
        check_sizes(in_channels=in_channels, num_classes=num_classes)
        se = check_flag("se", se)
        rng = as_generator(rng)
        (se_rng,) = rng.spawn(1)
        C = in_channels
        for i, width in enumerate(widths, start=1):
            self.add(f"conv{i}", Conv2d(C, width, 3, padding=1, bias=False, rng=rng, dtype=dtype))
            self.add(f"bn{i}", BatchNorm2d(width, dtype=dtype))
            self.add(f"relu{i}", ReLU())
            if se:
                self.add(f"se{i}", SEBlock(width, reduction, rng=se_rng, dtype=dtype))
            self.add(f"pool{i}", MaxPool2d(2))
            C = width
        self.add("gap", GlobalAvgPool())
        fc = self.add("fc", Linear(C, num_classes, rng=rng, dtype=dtype))
        fc.params["weight"] = normal((num_classes, C), 0.01, rng, dtype)


def tiny_cnn_from_state(state):
    """Build the TinyCNN that a state belongs to, and load the state into it.

    Input channels, classes, widths, whether there are SE blocks and their reduction all follow from names and shapes.

    Parameters
    ----------
    state : dict of str to array
        As `Layer.state_dict` returns it, or the same network's from elsewhere, in any form that
        `Layer.load_state_dict` reads.

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
    numbers = range(1, len(arrays) + 1)
    convolutions = _shapes(arrays, (f"conv{i}.weight" for i in numbers), 4)  # (F, C, KH, KW) each
    widths = [F for F, *_ in convolutions]
    hidden = [M for M, _ in _shapes(arrays, (f"se{i}.fc.0.weight" for i in numbers), 2)]
    ((num_classes, _),) = _shapes(arrays, ["fc.weight"], 2)
    model = TinyCNN(
        in_channels=convolutions[0][1],
        num_classes=num_classes,
        widths=tuple(widths),
        se=bool(hidden),
        reduction=_reduction(widths, hidden) if hidden else 1,
        rng=np.random.default_rng(0),  # its numbers are overwritten at once
    )
    model.load_state_dict(arrays)
    return model


def _shapes(arrays, names, axes):
    """Return the shapes of the arrays of these names, up to the first that is not there."""
    shapes = []
    for name in itertools.takewhile(arrays.__contains__, names):
        shape = arrays[name].shape if axes == 4 else without_kernel(arrays[name].shape)
        if len(shape) != axes:
            raise ValueError(f"{name} must have {axes} axes, got shape {shape}")
        shapes.append(shape)
    return shapes


def _reduction(widths, hidden):
    """Return the ratio r that gives every stage its number of hidden units, C // r."""
    for r in range(1, min(widths) + 1):
        if [C // r for C in widths] == hidden:
            return r
    raise ValueError(f"no one reduction gives SE blocks with {hidden} hidden units for widths {widths}")
