"""Networks by the names that commands know: ``build_model("se-resnet50")``."""

from functools import partial

from senumpy.models.mobilenet_v3 import TextDirection
from senumpy.models.resnet import UNITS, ResNet
from senumpy.models.small_resnet import SmallResNet
from senumpy.models.tiny_cnn import TinyCNN

RESNEXT50 = {"groups": 32, "width_per_group": 4}  # "32x4d"
PLAIN = {
    "tiny-cnn": TinyCNN,
    **{f"resnet{depth}": partial(ResNet, depth) for depth in UNITS},
    "resnext50": partial(ResNet, 50, **RESNEXT50),
    **{f"resnet{depth}": partial(SmallResNet, depth) for depth in (8, 20, 32, 56, 110)},
}
MODELS = {
    **{name: partial(make, se=False) for name, make in PLAIN.items()},
    **{f"se-{name}": make for name, make in PLAIN.items()},
    "text-direction": TextDirection,
}


def build_model(name, **options):
    """Return a new network by its name.

    Parameters
    ----------
    name : str
        One of `MODELS`: "tiny-cnn"; "resnet18", 34, 50, 101, 152 and "resnext50" for large images; "resnet8", 20, 32,
        56, 110 for images of 32 pixels; each of them also with "se-" before it; and "text-direction", untrained.
    **options
        Those of `TinyCNN`, `ResNet`, `SmallResNet` or `TextDirection`.

    Raises
    ------
    ValueError
        For a name that is not there, and as the network does.

    Examples
    --------
    >>> build_model("se-resnet20", reduction=4).count_parameters()
    280538
    """
    if not isinstance(name, str) or name not in MODELS:
        raise ValueError(f"there is no network {name!r}; there are {', '.join(MODELS)}")
    return MODELS[name](**options)
