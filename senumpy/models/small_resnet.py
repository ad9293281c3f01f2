"""The residual networks for images of 32 pixels: 6 n + 2 layers, small enough to train on a laptop."""

import numpy as np

from senumpy.arguments import as_generator, check_count, check_sizes
from senumpy.layers import ReLU, Sequential
from senumpy.models.residual_units import SHORTCUTS, SEPlan, Units, chosen_stages
from senumpy.models.resnet import add_classifier


class SmallResNet(Sequential):
    """A 3 x 3 stem, three stages of n basic units each, the mean over the image, and a linear classifier.

    He et al., "Deep Residual Learning", section 4.2, with SE blocks in every unit where ``se`` is True.

    Parameters
    ----------
    depth : int
        6 n + 2: 8, 20, 32, 56, 110, ...
    num_classes, in_channels : int
    shortcut : "projection" or "pad"
        What stands beside a change of channels: a 1 x 1 convolution and a batch norm (option B, 272,474 trained
        parameters at depth 20), or zeros for the new channels (option A, which the original networks have, 269,722).
    widths : tuple of three int
        The channels of the stages.
    se, reduction, stages, position, bias, hidden_multiple_of, rng, dtype, **block
        As in `ResNet`. With r = 16 the first stage's blocks have one hidden unit: 2 to 8 show more here.

    Raises
    ------
    ValueError
        As in `ResNet`.

    Examples
    --------
    >>> SmallResNet(20, se=False, shortcut="pad").count_parameters()
    269722
    """

    def __init__(
        self, depth=20, *, num_classes=10, in_channels=3, shortcut="projection", widths=(16, 32, 64), se=True,
        reduction=16, stages=None, position="standard", bias=False, hidden_multiple_of=1, rng=None, dtype=np.float32,
        **block,
    ):  # fmt: skip
        super().__init__()
        if check_count("depth", depth) < 8 or depth % 6 != 2:
            raise ValueError(f"depth must be 6 n + 2, such as 8, 20, 32, 56 or 110, got {depth}")
        if shortcut not in SHORTCUTS:
            raise ValueError(f"shortcut must be one of {', '.join(SHORTCUTS)}, got {shortcut!r}")
        if not hasattr(widths, "__len__") or len(widths) != 3:
            raise ValueError(f"widths must be the channels of the three stages, such as (16, 32, 64), got {widths!r}")
        check_sizes(num_classes=num_classes, in_channels=in_channels)
        rng = as_generator(rng)
        (se_rng,) = rng.spawn(1)
        stages = chosen_stages(stages, len(widths))
        plan = SEPlan(se, stages, position, reduction, bias, hidden_multiple_of, se_rng, dtype, block)
        units = Units.drawn_from(rng, dtype, plan)

        C = widths[0]
        self.add("conv1", units.conv(in_channels, C, 3, 1, 1))
        self.add("bn1", units.norm(C))
        self.add("relu", ReLU())
        for number, F in enumerate(widths, start=1):
            stride = 1 if number == 1 else 2
            self.add(f"layer{number}", units.stage(number, (depth - 2) // 6, C, F, stride, units.basic, shortcut))
            C = F
        add_classifier(self, C, num_classes, rng, dtype)
