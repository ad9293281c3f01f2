"""ResNet and ResNeXt, and with one switch the SE-ResNet of the paper: an image of 224 pixels in, 1000 logits out."""

from functools import partial

import numpy as np

from senumpy.arguments import as_generator, check_count, check_flag, check_sizes
from senumpy.layers import GlobalAvgPool, Linear, MaxPool2d, ReLU, Sequential
from senumpy.layers.init import normal
from senumpy.models.residual_units import SEPlan, Units, chosen_stages

UNITS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}  # of each stage
PLANES = (64, 128, 256, 512)
EXPANSION = 4  # a bottleneck ends with four times as many channels


class ResNet(Sequential):
    """A stem, four stages of residual units, the mean over the image, and a linear classifier.

    He et al., "Deep Residual Learning", table 1; with ``se`` every unit has an SE block (SENet, figure 3). The state's
    names and shapes are torchvision's, SE aside, which is called ``se.fc.0`` and ``se.fc.2`` as everywhere here. As in
    `TinyCNN` the weights that both variants share are drawn first.

    Parameters
    ----------
    depth : 18, 34, 50, 101 or 152
        18 and 34 are made of basic units, the others of bottlenecks.
    num_classes, in_channels : int
    se : bool
    reduction : int
        The SE blocks' ratio r.
    stages : tuple of int, optional
        Which of the stages 1 to 4 have SE blocks, by default all. They are torchvision's ``layer1`` to ``layer4``; the
        paper counts the stem as well, so that table 13's stages 2 to 4 are 1 to 3 here.
    position : "standard", "pre", "post", "identity" or "inside"
        Where in the unit the block stands, see `senumpy.models.residual_units`.
    bias : bool
        Of the SE blocks.
    stride_in_1x1 : bool
        Which convolution of a bottleneck has the stride: False, the 3 x 3, is torchvision's and timm's; True, the first
        1 x 1, is the authors', and the only one with which the paper's multiply-adds come out.
    groups, width_per_group : int
        ResNeXt-50 32x4d has 32 groups of width 4; bottlenecks only.
    hidden_multiple_of : int
        8 is timm's rule for the SE blocks' hidden layer: C / r rounded to a multiple of 8, and at least 8.
    rng : numpy.random.Generator, optional
    dtype : float32 or float64
    **block
        Further options of `senumpy.layers.SEBlock`.

    Raises
    ------
    ValueError
        For a depth or a stage that does not exist, a position that has no name here, and options that nothing here
        would use.

    Examples
    --------
    >>> model = ResNet(18, num_classes=10)
    >>> model.forward(np.zeros((1, 3, 64, 64), np.float32)).shape
    (1, 10)
    >>> [name for name in model.params if name.startswith("layer1.0.")][-2:]
    ['layer1.0.se.fc.0.weight', 'layer1.0.se.fc.2.weight']
    """

    def __init__(
        self, depth=50, *, num_classes=1000, in_channels=3, se=True, reduction=16, stages=None, position="standard",
        bias=False, stride_in_1x1=False, groups=1, width_per_group=64, hidden_multiple_of=1, rng=None,
        dtype=np.float32, **block,
    ):  # fmt: skip
        super().__init__()
        if check_count("depth", depth) not in tuple(UNITS):
            raise ValueError(f"depth must be one of {', '.join(map(str, UNITS))}, got {depth!r}")
        check_sizes(num_classes=num_classes, in_channels=in_channels)
        rng = as_generator(rng)
        (se_rng,) = rng.spawn(1)
        stages = chosen_stages(stages, len(PLANES))
        plan = SEPlan(se, stages, position, reduction, bias, hidden_multiple_of, se_rng, dtype, block)
        units = Units.drawn_from(rng, dtype, plan)
        branch, expansion = _branch(units, depth, groups, width_per_group, stride_in_1x1)

        C = PLANES[0]
        self.add("conv1", units.conv(in_channels, C, 7, 2, 3))
        self.add("bn1", units.norm(C))
        self.add("relu", ReLU())
        self.add("maxpool", MaxPool2d(3, 2, 1))
        for number, (count, planes) in enumerate(zip(UNITS[depth], PLANES, strict=True), start=1):
            F = expansion * planes
            stage = units.stage(number, count, C, F, 1 if number == 1 else 2, branch(planes))
            self.add(f"layer{number}", stage)
            C = F
        add_classifier(self, C, num_classes, rng, dtype)


def _branch(units, depth, groups, width_per_group, stride_in_1x1):
    """Return what makes the branch of a unit, given the stage's planes, and how many channels come out of one plane."""
    check_sizes(groups=groups, width_per_group=width_per_group)
    stride_in_1x1 = check_flag("stride_in_1x1", stride_in_1x1)
    if depth >= 50:
        options = {"groups": groups, "stride_in_1x1": stride_in_1x1}
        return lambda planes: partial(
            units.bottleneck, width=planes * width_per_group // 64 * groups, **options
        ), EXPANSION
    if (groups, width_per_group, stride_in_1x1) != (1, 64, False):
        raise ValueError(f"groups, width_per_group and stride_in_1x1 are for bottlenecks; a ResNet-{depth} has none")
    return lambda planes: units.basic, 1


def add_classifier(model, channels, num_classes, rng, dtype):
    """End a network: the mean over the image, then a linear layer that starts small (standard deviation 0.01).

    So the first loss is ln(num_classes), that of a network that knows nothing yet.
    """
    model.add("avgpool", GlobalAvgPool())
    fc = model.add("fc", Linear(channels, num_classes, rng=rng, dtype=dtype))
    fc.params["weight"] = normal((num_classes, channels), 0.01, rng, dtype)
