"""Which residual network is this? Its names and shapes tell, and so an error can say more than two lists of names."""

import re

from senumpy.layers.se_names import blocks_in
from senumpy.models.names import MODELS

UNIT = re.compile(r"layer(\d+)\.(\d+)\.")


def recognized(shapes):
    """Return in words which residual network arrays of these names and shapes are of, and how to build it; else None.

    Parameters
    ----------
    shapes : dict of str to tuple
        By torchvision's names; how SE layers are called does not matter.

    Returns
    -------
    (str, str) or None
        The second is empty where the network has no name here.

    Examples
    --------
    >>> from senumpy.models import build_model
    >>> recognized({name: a.shape for name, a in build_model("se-resnet20", num_classes=7).params.items()})
    ('SE-ResNet-20 with 3 input channels and 7 classes', "build_model('se-resnet20', num_classes=7)")
    """
    units = {(int(m[1]), int(m[2])) for m in map(UNIT.match, shapes) if m}
    last = "conv3" if "layer1.0.conv3.weight" in shapes else "conv2"
    names = ("conv1", "layer1.0.conv1", "layer1.0.conv2", f"layer{max(units, default=(1,))[0]}.0.{last}", "fc")
    stem, first, second, end, fc = (shapes.get(f"{name}.weight", ()) for name in names)
    if {len(stem), len(first), len(second), len(end)} != {4} or not second[1] or fc[1:] != end[:1]:
        return None
    depth = 2 + (3 if last == "conv3" else 2) * len(units)
    groups, width = first[0] // second[1], second[1]
    se = bool(blocks_in(shapes))
    kind = f"ResNeXt-{depth} {groups}x{width}d" if groups > 1 else f"ResNet-{depth}"
    name = f"{'se-' if se else ''}{'resnext' if groups > 1 else 'resnet'}{depth}"
    channels = "" if stem[1] == 3 else f", in_channels={stem[1]}"
    return (
        f"{'SE-' if se else ''}{kind} with {stem[1]} input channels and {fc[0]} classes",
        f"build_model({name!r}, num_classes={fc[0]}{channels})" if name in MODELS else "",
    )
