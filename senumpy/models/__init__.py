"""Whole networks, built from `senumpy.layers`.

================  ===========================================================================
`tiny_cnn`        `TinyCNN`, with or without SE
`tiny_cnn_state`  `tiny_cnn_from_state`: the same from its weights alone
`shipped`         `load_tiny_cnn`, `load_text_direction`: weights that come with the package
`residual_units`  what residual networks are made of, and where in a unit SE stands
`resnet`          `ResNet`: 18 to 152 layers, ResNeXt, for large images
`small_resnet`    `SmallResNet`: 8 to 110 layers, for images of 32 pixels
`mobilenet_v3`    `TextDirection`: depthwise units; which way up is a line of text?
`names`           `build_model`: each of them by its name
`pretrained`      `load_pretrained`, `build_pretrained`: weights from elsewhere, all of a file or nothing
`rebuilt`         SE blocks with the hidden width of a file
`loaded`          what was read, and what was changed for it
`recognized`      which residual network a state is of
`preprocessing`   `Preprocessing`: how pictures become what a network takes
================  ===========================================================================
"""

from senumpy.layers.se_names import timm_names
from senumpy.models.loaded import Loaded
from senumpy.models.mobilenet_v3 import TextDirection
from senumpy.models.names import MODELS, build_model
from senumpy.models.preprocessing import LINES_OF_TEXT, PREPROCESSING, Preprocessing
from senumpy.models.pretrained import build_pretrained, load_pretrained
from senumpy.models.resnet import ResNet
from senumpy.models.shipped import SHIPPED, load_text_direction, load_tiny_cnn
from senumpy.models.small_resnet import SmallResNet
from senumpy.models.tiny_cnn import TinyCNN
from senumpy.models.tiny_cnn_state import tiny_cnn_from_state

__all__ = [
    "LINES_OF_TEXT",
    "MODELS",
    "PREPROCESSING",
    "SHIPPED",
    "Loaded",
    "Preprocessing",
    "ResNet",
    "SmallResNet",
    "TextDirection",
    "TinyCNN",
    "build_model",
    "build_pretrained",
    "load_pretrained",
    "load_text_direction",
    "load_tiny_cnn",
    "timm_names",
    "tiny_cnn_from_state",
]
