"""The units that residual networks are stacked from, and the five places in one where an SE block can stand.

=============  ==============================================================================================
"standard"     on the branch, after its last batch norm                                    (figures 3 and 5b)
"pre"          at the head of the branch                                                   (figure 5c)
"post"         after the addition and its ReLU                                             (figure 5d)
"identity"     on the shortcut; behind the projection where there is one, which the paper leaves open (5e)
"inside"       after the ReLU of the 3 x 3, in a basic unit of the first of its two        (table 15)
=============  ==============================================================================================
"""

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from senumpy.arguments import check_count, check_flag
from senumpy.layers import BatchNorm2d, Conv2d, PaddedShortcut, ReLU, ResidualUnit, SEBlock, Sequential

POSITIONS = ("standard", "pre", "post", "identity", "inside")
SHORTCUTS = ("projection", "pad")


@dataclass(frozen=True)
class SEPlan:
    """Which stages of a residual network have SE blocks, where in the unit, and what kind.

    ``hidden_multiple_of=8`` is timm's rule for the hidden layer: C / r rounded to the nearest multiple of 8, and at
    least 8. By default it is the paper's C // r. What is in ``options`` goes to `SEBlock` as it is.
    """

    se: bool
    stages: tuple
    position: str
    reduction: int
    bias: bool
    hidden_multiple_of: int
    rng: np.random.Generator
    dtype: type
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        check_flag("se", self.se)
        if self.position not in POSITIONS:
            raise ValueError(f"position must be one of {', '.join(POSITIONS)}, got {self.position!r}")
        if self.options and not self.se:
            raise ValueError(f"se=False: there is no block for the options {', '.join(self.options)}")
        check_count("hidden_multiple_of", self.hidden_multiple_of)

    def block(self, channels):
        """Return a new block for so many channels."""
        options = dict(self.options)
        if self.hidden_multiple_of > 1:
            unit = check_count("reduction", self.reduction) * self.hidden_multiple_of
            options["hidden"] = self.hidden_multiple_of * max(1, (2 * channels + unit) // (2 * unit))  # to the nearest
        return SEBlock(channels, self.reduction, self.bias, self.rng, self.dtype, **options)


@dataclass(frozen=True)
class Units:
    """Builds the units of one network; ``channels`` goes along with what has been built so far."""

    plan: SEPlan
    conv: partial
    norm: partial

    @classmethod
    def drawn_from(cls, rng, dtype, plan):
        return cls(plan, partial(Conv2d, bias=False, rng=rng, dtype=dtype), partial(BatchNorm2d, dtype=dtype))

    def basic(self, C, F, stride):
        """Return the branch of a basic unit, C to F channels: two 3 x 3 convolutions."""
        conv, norm = self.conv, self.norm
        return {
            "conv1": conv(C, F, 3, stride, 1), "bn1": norm(F), "relu1": ReLU(),
            "conv2": conv(F, F, 3, 1, 1), "bn2": norm(F),
        }  # fmt: skip

    def bottleneck(self, C, F, stride, *, width, groups, stride_in_1x1):
        """Return the branch of a bottleneck: 1 x 1 down to ``width`` channels, 3 x 3 in groups, 1 x 1 up to F."""
        conv, norm = self.conv, self.norm
        first, second = (stride, 1) if stride_in_1x1 else (1, stride)
        return {
            "conv1": conv(C, width, 1, first), "bn1": norm(width), "relu1": ReLU(),
            "conv2": conv(width, width, 3, second, 1, groups=groups), "bn2": norm(width), "relu2": ReLU(),
            "conv3": conv(width, F, 1), "bn3": norm(F),
        }  # fmt: skip

    def stage(self, number, count, C, F, stride, branch, shortcut="projection"):
        """Return a Sequential of ``count`` units; the first changes C to F channels and has the stride."""
        units = []
        for i in range(count):
            unit_stride = stride if i == 0 else 1
            around = {} if unit_stride == 1 and C == F else self._around(C, F, unit_stride, shortcut)
            units.append(self._unit(branch(C, F, unit_stride), around, C, F, number in self.plan.stages))
            C = F
        return Sequential(*units)

    def _around(self, C, F, stride, shortcut):
        if shortcut == "pad":
            return {"pad": PaddedShortcut(F, stride)}
        return {"downsample": Sequential(self.conv(C, F, 1, stride), self.norm(F))}

    def _unit(self, branch, shortcut, C, F, has_se):
        after = {"relu": ReLU()}
        position = self.plan.position
        if not (self.plan.se and has_se):
            return ResidualUnit(branch, shortcut, after)
        if position == "standard":
            branch = {**branch, "se": self.plan.block(F)}
        elif position == "pre":
            branch = {"se": self.plan.block(C), **branch}
        elif position == "post":
            after = {**after, "se": self.plan.block(F)}
        elif position == "identity":
            shortcut = {**shortcut, "se": self.plan.block(F)}
        else:
            branch = self._with_se_inside(branch)
        return ResidualUnit(branch, shortcut, after)

    def _with_se_inside(self, branch):
        """Put a block behind the ReLU of the unit's first 3 x 3 convolution."""
        number = 1 if "conv3" not in branch else 2
        width = branch[f"conv{number}"].params["weight"].shape[0]
        names = list(branch)
        cut = names.index(f"relu{number}") + 1
        first, rest = ({name: branch[name] for name in part} for part in (names[:cut], names[cut:]))
        return {**first, "se": self.plan.block(width), **rest}


def chosen_stages(stages, count):
    """Return which stages have blocks as a tuple of numbers from 1 to ``count``; None means all of them."""
    if stages is None:
        return tuple(range(1, count + 1))
    try:
        chosen = tuple(check_count("a stage", stage) for stage in stages)
    except (TypeError, ValueError):
        chosen = ()
    if not chosen or max(chosen) > count:
        raise ValueError(f"stages must be some of the numbers 1 to {count}, such as (1, 2), got {stages!r}")
    return chosen
