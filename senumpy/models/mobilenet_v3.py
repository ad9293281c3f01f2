"""MobileNetV3: units that widen, look at each channel alone, weight the channels, and narrow again.

Of the network the part that one in daily use needs: it says which way up a line of text is, and nine of its eleven
units have SE blocks (Howard et al., arXiv 1905.02244; SE gates from a hard sigmoid, see `load_text_direction`).
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from senumpy.arguments import as_generator
from senumpy.layers import (
    BatchNorm2d,
    Conv2d,
    GlobalAvgPool,
    HardSwish,
    Linear,
    MaxPool2d,
    ReLU,
    ResidualUnit,
    SEBlock,
    Sequential,
)

DOWN = (2, 1)  # halves the height alone: a line of text keeps its length
SMALLEST = 33, 3  # height and width of which the last pooling still finds 2 x 2 pixels


class Row(NamedTuple):
    """A unit: channels inside and behind it, kernel of the depthwise convolution, SE, activation, stride."""

    wide: int
    out: int
    kernel: int
    se: bool
    act: type
    stride: int | tuple


ROWS = (
    Row(8, 8, 3, True, ReLU, DOWN),
    Row(24, 8, 3, False, ReLU, DOWN),
    Row(32, 8, 3, False, ReLU, 1),
    Row(32, 16, 5, True, HardSwish, DOWN),
    Row(88, 16, 5, True, HardSwish, 1),
    Row(88, 16, 5, True, HardSwish, 1),
    Row(40, 16, 5, True, HardSwish, 1),
    Row(48, 16, 5, True, HardSwish, 1),
    Row(104, 32, 5, True, HardSwish, DOWN),
    Row(200, 32, 5, True, HardSwish, 1),
    Row(200, 32, 5, True, HardSwish, 1),
)


class TextDirection(Sequential):
    """MobileNetV3-small at 0.35 of its width, for lines of text: logits for "upright" and "turned by 180 degrees".

    Parameters
    ----------
    rng : numpy.random.Generator, optional
    dtype : float32 or float64

    Examples
    --------
    >>> model = TextDirection()
    >>> model.forward(np.zeros((1, 3, 48, 192), np.float32)).shape
    (1, 2)
    """

    def __init__(self, rng=None, dtype=np.float32):
        super().__init__()
        rng = as_generator(rng)
        conv_norm = partial(_conv_norm_act, rng=rng, dtype=dtype)
        C = 8
        self.add("stem", conv_norm(3, C, 3, HardSwish, stride=2))
        for number, row in enumerate(ROWS, start=1):
            self.add(f"block{number}", _unit(C, row, conv_norm, rng, dtype))
            C = row.out
        self.add("last", conv_norm(C, 200, 1, HardSwish))
        self.add("pool", MaxPool2d(2))
        self.add("gap", GlobalAvgPool())
        self.add("fc", Linear(200, 2, rng=rng, dtype=dtype))

    def check_input(self, x):
        if getattr(x, "ndim", 0) == 4 and (x.shape[2] < SMALLEST[0] or x.shape[3] < SMALLEST[1]):
            raise ValueError(
                f"the image is too small: after five strides of 2 nothing would be left of {x.shape[2]} x {x.shape[3]} "
                f"pixels; the least is {SMALLEST[0]} x {SMALLEST[1]}, and the weights want 48 x 192"
            )


def _unit(C, row, conv_norm, rng, dtype):
    """Return a unit for C channels; the input goes around it where what comes out has its shape."""
    layers = {
        "expand": conv_norm(C, row.wide, 1, row.act),
        "depthwise": conv_norm(row.wide, row.wide, row.kernel, row.act, stride=row.stride, groups=row.wide),
    }
    if row.se:  # after the activation; other networks of the family have it before
        options = {"bias": True, "gate": "hard_sigmoid", "slope": 0.2}
        layers["se"] = SEBlock(row.wide, 4, rng=rng, dtype=dtype, **options)
    layers["project"] = conv_norm(row.wide, row.out, 1)  # without an activation: the narrow end loses nothing more
    return ResidualUnit(layers) if row.stride == 1 and C == row.out else Sequential(**layers)


def _conv_norm_act(C, F, kernel_size, act=None, *, stride=1, groups=1, rng, dtype):
    padding = kernel_size // 2
    conv = Conv2d(C, F, kernel_size, stride, padding, groups=groups, bias=False, rng=rng, dtype=dtype)
    layers = Sequential(conv=conv, bn=BatchNorm2d(F, dtype=dtype))
    if act is not None:
        layers.add("act", act())
    return layers
