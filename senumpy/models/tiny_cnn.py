"""The tiny CNN: small enough to train while you watch, and with one switch that adds squeeze-and-excitation."""

import numpy as np

from senumpy.arguments import as_generator, check_flag, check_sizes
from senumpy.layers import BatchNorm2d, Conv2d, GlobalAvgPool, Linear, MaxPool2d, ReLU, SEBlock, Sequential
from senumpy.layers.init import normal
from senumpy.models.residual_units import chosen_stages


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
    stages : tuple of int, optional
        Which of the stages, counted from 1, have SE blocks, by default all.
    **block
        Further options of `senumpy.layers.SEBlock`: ``bias``, ``hidden``, ``squeeze``, ``gate``, ``slope``,
        ``combine``, ``fixed``.

    Raises
    ------
    ValueError
        For a stage that does not exist, for options that make no SE block, and for options without a block.

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
        self, in_channels=3, num_classes=10, widths=(16, 32, 32), se=True, reduction=4, rng=None, dtype=np.float32, *,
        stages=None, **block,
    ):  # fmt: skip
        super().__init__()
        if not hasattr(widths, "__len__") or not len(widths):
            raise ValueError(f"widths must be the channels of each stage, such as (16, 32, 32), got {widths!r}")
        check_sizes(in_channels=in_channels, num_classes=num_classes)
        stages = chosen_stages(stages, len(widths))
        if not check_flag("se", se):
            if block:
                raise ValueError(f"se=False: there is no block for the options {', '.join(block)}")
            stages = ()
        rng = as_generator(rng)
        (se_rng,) = rng.spawn(1)
        C = in_channels
        for i, width in enumerate(widths, start=1):
            self.add(f"conv{i}", Conv2d(C, width, 3, padding=1, bias=False, rng=rng, dtype=dtype))
            self.add(f"bn{i}", BatchNorm2d(width, dtype=dtype))
            self.add(f"relu{i}", ReLU())
            if i in stages:
                self.add(f"se{i}", SEBlock(width, reduction, rng=se_rng, dtype=dtype, **block))
            self.add(f"pool{i}", MaxPool2d(2))
            C = width
        self.add("gap", GlobalAvgPool())
        fc = self.add("fc", Linear(C, num_classes, rng=rng, dtype=dtype))
        fc.params["weight"] = normal((num_classes, C), 0.01, rng, dtype)
        self.stages = len(widths)

    def check_input(self, x):
        if getattr(x, "ndim", 0) == 4 and min(x.shape[2:]) < 2**self.stages:
            raise ValueError(
                f"the image is too small: each of {self.stages} stages halves it, so that its sides must be at least "
                f"{2**self.stages} pixels, got {x.shape[2]} x {x.shape[3]}"
            )
