"""Whole networks, built from `senumpy.layers`.

================  ===========================================================================
`tiny_cnn`        `TinyCNN`, with or without SE
`tiny_cnn_state`  `tiny_cnn_from_state`: the same from its weights alone
`shipped`         `load_tiny_cnn`: from a file of weights, or one that comes with the package
`residual_units`  what residual networks are made of, and where in a unit SE stands
`resnet`          `ResNet`: 18 to 152 layers, ResNeXt, for large images
`small_resnet`    `SmallResNet`: 8 to 110 layers, for images of 32 pixels
`names`           `build_model`: each of them by its name
================  ===========================================================================
"""

from senumpy.models.names import MODELS, build_model
from senumpy.models.resnet import ResNet
from senumpy.models.shipped import SHIPPED, load_tiny_cnn
from senumpy.models.small_resnet import SmallResNet
from senumpy.models.tiny_cnn import TinyCNN
from senumpy.models.tiny_cnn_state import tiny_cnn_from_state

__all__ = [
    "MODELS",
    "SHIPPED",
    "ResNet",
    "SmallResNet",
    "TinyCNN",
    "build_model",
    "load_tiny_cnn",
    "tiny_cnn_from_state",
]
